"""Rows of heads counted: voters present, by TPS, by hour, together and apart."""

from __future__ import annotations

import re

from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.place_mentions import TpsMention
from situasi.ingest.messages.proposal import RecognisedCell, RowDraft, UnclearCell
from situasi.ingest.messages.station_codes import UNKNOWN_CODE
from situasi.ingest.messages.time_mentions import ClockMention
from situasi.ingest.messages.turnout_counts import SEX, TurnoutCount, find_counts, find_dated_phases

_AREA_TOTAL = re.compile(
    r"\bse[- ]?(?:desa|kecamatan|kelurahan)\b|\b(?:total|rekap|seluruh|semua)\b|\b[0-9]{1,3} tps\b",
    re.IGNORECASE,
)


def build_count_rows(entities: MessageEntities) -> tuple[list[RowDraft], list[str]]:
    """A row for each TPS and hour of which heads are told, and what was left unread."""
    counts, notes = find_counts(entities)
    groups: dict[tuple[TpsMention | None, ClockMention | None], list[TurnoutCount]] = {}
    for count in counts:
        groups.setdefault((count.tps, count.clock), []).append(count)
    return [_build_row(entities, *key, group) for key, group in groups.items()], notes


def _build_row(
    entities: MessageEntities,
    tps: TpsMention | None,
    clock: ClockMention | None,
    group: list[TurnoutCount],
) -> RowDraft:
    draft = RowDraft("tps")
    _fill_counts(entities, draft, group)
    first = group[0].span
    if tps and len(tps.numbers) == 1:
        draft.fill("tps", tps.numbers[0], entities.passage.excerpt(tps.span), tps.span)
    elif tps and tps.doubt == UNKNOWN_CODE:
        draft.ask("tps", UNKNOWN_CODE)  # and its number is told as not understood
    elif tps:
        why = tps.doubt or f"satu jumlah untuk {len(tps.numbers)} TPS: tulis per TPS"
        draft.ask("tps", why, entities.passage.excerpt(tps.span), tps.span)
    elif not _AREA_TOTAL.search(entities.passage.text):
        draft.ask("tps", "nomor TPS tidak disebut: jumlah seluruh desa?")
    entities.fill_place(draft, first, tps)
    if clock:
        entities.timing.fill_from_clock(draft, clock)
    else:
        entities.timing.fill_state_time(draft, first, find_dated_phases(entities))
    return draft


def _fill_counts(entities: MessageEntities, draft: RowDraft, group: list[TurnoutCount]) -> None:
    """Put each count; ask where two are told of the same, or where the sexes do not fit."""
    for column in dict.fromkeys(count.column for count in group if count.column != SEX):
        told = {count.text: count for count in group if count.column == column}
        asked = next((one for one in told.values() if one.question), None)
        if len(told) == 1 and asked:
            draft.ask(column, str(asked.question), asked.text, asked.digits)
        elif len(told) == 1:
            count = next(iter(told.values()))
            draft.fill(column, count.text, entities.passage.excerpt(count.span), count.digits)
        else:
            told_at = [count.digits for count in group if count.column == column]
            named = ", ".join(dict.fromkeys(entities.passage.excerpt(at) for at in told_at))
            draft.ask(column, f"beberapa jumlah disebut: {named}", "", *told_at)
    sexes = [count for count in group if count.column == SEX]
    both = sum(count.value for count in sexes)
    stated = [count.value for count in group if count.column == "hadir"]
    told_of = " dan ".join(entities.passage.excerpt(count.span) for count in sexes)
    digits = [count.digits for count in sexes]
    if sexes and not stated and "hadir_dpt" not in draft.cells:
        draft.ask("hadir", f'hanya "{told_of}" disebut: jumlah yang hadir?', "", *digits)
    elif len(sexes) == 2 and len(stated) == 1:
        draft.read_spans += digits
        if both == stated[0]:  # the sum confirms what was told of all
            draft.recognised_cells += [
                RecognisedCell("hadir", entities.passage.excerpt(c.span)) for c in sexes
            ]
        else:
            why = f'L dan P berjumlah {both}, bukan {stated[0]} ("{told_of}")'
            draft.unclear_cells.append(UnclearCell("hadir", why))
