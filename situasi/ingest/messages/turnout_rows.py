"""Rows of heads counted: voters present, by TPS, by hour, together and apart."""

from __future__ import annotations

import re

from situasi.ingest.messages.entities import Scene
from situasi.ingest.messages.place_mentions import Tps
from situasi.ingest.messages.proposal import Draft, Unclear, Understood
from situasi.ingest.messages.station_codes import UNKNOWN
from situasi.ingest.messages.time_mentions import Clock
from situasi.ingest.messages.turnout_counts import SEX, Count, counts_of, dated

_WHOLE = re.compile(
    r"\bse[- ]?(?:desa|kecamatan|kelurahan)\b|\b(?:total|rekap|seluruh|semua)\b|\b[0-9]{1,3} tps\b",
    re.IGNORECASE,
)


def count_rows(scene: Scene) -> tuple[list[Draft], list[str]]:
    """A row for each TPS and hour of which heads are told, and what was left unread."""
    counts, notes = counts_of(scene)
    groups: dict[tuple[Tps | None, Clock | None], list[Count]] = {}
    for count in counts:
        groups.setdefault((count.tps, count.clock), []).append(count)
    return [_row(scene, *key, group) for key, group in groups.items()], notes


def _row(scene: Scene, tps: Tps | None, clock: Clock | None, group: list[Count]) -> Draft:
    draft = Draft("tps")
    _figures(scene, draft, group)
    first = group[0].span
    if tps and len(tps.numbers) == 1:
        draft.put("tps", tps.numbers[0], scene.passage.words(tps.span), tps.span)
    elif tps and tps.doubt == UNKNOWN:
        draft.ask("tps", UNKNOWN)  # and its number is told as not understood
    elif tps:
        why = tps.doubt or f"satu jumlah untuk {len(tps.numbers)} TPS: tulis per TPS"
        draft.ask("tps", why, scene.passage.words(tps.span), tps.span)
    elif not _WHOLE.search(scene.passage.text):
        draft.ask("tps", "nomor TPS tidak disebut: jumlah seluruh desa?")
    scene.place(draft, first, tps)
    if clock:
        scene.timing.at(draft, clock)
    else:
        scene.timing.state(draft, first, dated(scene))
    return draft


def _figures(scene: Scene, draft: Draft, group: list[Count]) -> None:
    """Put each count; ask where two are told of the same, or where the sexes do not fit."""
    for column in dict.fromkeys(count.column for count in group if count.column != SEX):
        told = {count.number: count for count in group if count.column == column}
        asked = next((one for one in told.values() if one.asked), None)
        if len(told) == 1 and asked:
            draft.ask(column, str(asked.asked), asked.number, asked.digits)
        elif len(told) == 1:
            count = next(iter(told.values()))
            draft.put(column, count.number, scene.passage.words(count.span), count.digits)
        else:
            told_at = [count.digits for count in group if count.column == column]
            named = ", ".join(dict.fromkeys(scene.passage.words(at) for at in told_at))
            draft.ask(column, f"beberapa jumlah disebut: {named}", "", *told_at)
    sexes = [count for count in group if count.column == SEX]
    both = sum(count.value for count in sexes)
    stated = [count.value for count in group if count.column == "hadir"]
    told_of = " dan ".join(scene.passage.words(count.span) for count in sexes)
    digits = [count.digits for count in sexes]
    if sexes and not stated and "hadir_dpt" not in draft.cells:
        draft.ask("hadir", f'hanya "{told_of}" disebut: jumlah yang hadir?', "", *digits)
    elif len(sexes) == 2 and len(stated) == 1:
        draft.read += digits
        if both == stated[0]:  # the sum confirms what was told of all
            draft.understood += [Understood("hadir", scene.passage.words(c.span)) for c in sexes]
        else:
            why = f'L dan P berjumlah {both}, bukan {stated[0]} ("{told_of}")'
            draft.unclear.append(Unclear("hadir", why))
