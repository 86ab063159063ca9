"""Builds rows of turnout counts: voters present, by TPS and time, in total and by part."""

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
    """Return a row for each TPS and time with counts, and notes on what was not read."""
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
    first_span = group[0].span
    if tps and len(tps.numbers) == 1:
        draft.fill("tps", tps.numbers[0], entities.passage.excerpt(tps.span), tps.span)
    elif tps and tps.doubt == UNKNOWN_CODE:
        draft.ask("tps", UNKNOWN_CODE)  # its number is noted as not understood
    elif tps:
        question = tps.doubt or f"satu jumlah untuk {len(tps.numbers)} TPS: tulis per TPS"
        draft.ask("tps", question, entities.passage.excerpt(tps.span), tps.span)
    elif not _AREA_TOTAL.search(entities.passage.text):
        draft.ask("tps", "nomor TPS tidak disebut: jumlah seluruh desa?")
    entities.fill_place(draft, first_span, tps)
    if clock:
        entities.timing.fill_from_clock(draft, clock)
    else:
        entities.timing.fill_state_time(draft, first_span, find_dated_phases(entities))
    return draft


def _fill_counts(entities: MessageEntities, draft: RowDraft, group: list[TurnoutCount]) -> None:
    """Fill in each count; ask where one column has two, or where the sexes do not add up."""
    for column in dict.fromkeys(count.column for count in group if count.column != SEX):
        by_text = {count.text: count for count in group if count.column == column}
        unclear = next((other for other in by_text.values() if other.question), None)
        if len(by_text) == 1 and unclear:
            draft.ask(column, str(unclear.question), unclear.text, unclear.digits)
        elif len(by_text) == 1:
            count = next(iter(by_text.values()))
            draft.fill(column, count.text, entities.passage.excerpt(count.span), count.digits)
        else:
            digit_spans = [count.digits for count in group if count.column == column]
            excerpts = ", ".join(
                dict.fromkeys(entities.passage.excerpt(digit_span) for digit_span in digit_spans)
            )
            draft.ask(column, f"beberapa jumlah disebut: {excerpts}", "", *digit_spans)
    sexes = [count for count in group if count.column == SEX]
    sex_sum = sum(count.value for count in sexes)
    totals = [count.value for count in group if count.column == "hadir"]
    sex_excerpts = " dan ".join(entities.passage.excerpt(count.span) for count in sexes)
    digits = [count.digits for count in sexes]
    if sexes and not totals and "hadir_dpt" not in draft.cells:
        draft.ask("hadir", f'hanya "{sex_excerpts}" disebut: jumlah yang hadir?', "", *digits)
    elif len(sexes) == 2 and len(totals) == 1:
        draft.read_spans += digits
        if sex_sum == totals[0]:  # the sum confirms the total
            draft.recognised_cells += [
                RecognisedCell("hadir", entities.passage.excerpt(count.span)) for count in sexes
            ]
        else:
            question = f'L dan P berjumlah {sex_sum}, bukan {totals[0]} ("{sex_excerpts}")'
            draft.unclear_cells.append(UnclearCell("hadir", question))
