"""Builds rows of turnout counts: voters present, by TPS and time, in total and by part."""

import re
from collections.abc import Mapping

from situasi.domain.labels import N_
from situasi.ingest.messages.clock_mentions import ClockMention
from situasi.ingest.messages.counts.count_words import ON_LIST, SEX
from situasi.ingest.messages.counts.turnout_counts import TurnoutCount, find_counts
from situasi.ingest.messages.counts.written_sums import find_written_sums
from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.pasted_tables import TableRow
from situasi.ingest.messages.proposal import RecognisedCell, RowDraft, UnclearCell
from situasi.ingest.messages.station_codes import UNKNOWN_CODE
from situasi.ingest.messages.station_mentions import TpsMention
from situasi.ingest.messages.status_rows import find_dated_phases

_AREA_TOTAL = re.compile(
    r"\bse[- ]?(?:desa|kecamatan|kelurahan)\b|\b(?:total|rekap|seluruh|semua)\b|\b[0-9]{1,3} tps\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(r"\b(?:ralat|koreksi|revisi|perbaikan|pembetulan)\b", re.IGNORECASE)
# By law a TPS has at most 600 voters, and some come with a letter of transfer.
_MOST_VOTERS = 700


def build_count_rows(entities: MessageEntities) -> tuple[list[RowDraft], list[str]]:
    """Return a row for each TPS and time with counts, and for each line of a table, and notes.

    The notes say what was not read.
    """
    counts, notes = find_counts(entities)
    groups: dict[tuple[TpsMention | None, ClockMention | None], list[TurnoutCount]] = {}
    for count in counts:
        groups.setdefault((count.tps, count.clock), []).append(count)
    with_counts = {
        key: group
        for key, group in groups.items()
        if any(count.column != ON_LIST for count in group)
    }
    drafts = [_build_row(entities, *key, group) for key, group in with_counts.items()]
    for written in find_written_sums(entities, counts):
        if written.note:
            notes.append(written.note)
        drafts[0].read_spans.append(written.digits)
    return drafts + [_build_table_row(entities, row) for row in entities.table_rows], notes


def _build_row(
    entities: MessageEntities,
    tps: TpsMention | None,
    clock: ClockMention | None,
    group: list[TurnoutCount],
) -> RowDraft:
    draft = RowDraft("tps", told="hadir")
    _fill_counts(entities, draft, group)
    first_span = group[0].span
    if tps and len(tps.numbers) == 1:
        draft.fill("tps", tps.numbers[0], entities.passage.excerpt(tps.span), tps.span)
    elif tps and tps.doubt == UNKNOWN_CODE:
        draft.ask("tps", UNKNOWN_CODE)  # its number is noted as not understood
    elif tps:
        text = N_("satu jumlah untuk {n} TPS: tulis per TPS")
        question = tps.doubt or text.format(n=len(tps.numbers))
        draft.ask("tps", question, entities.passage.excerpt(tps.span), tps.span)
    elif not _AREA_TOTAL.search(entities.passage.text):
        draft.ask("tps", N_("nomor TPS tidak disebut: jumlah seluruh desa?"))
    entities.fill_place(draft, first_span, tps)
    if clock:
        entities.timing.fill_from_clock(draft, clock)
    elif not entities.clocks and _CORRECTION.search(entities.passage.text):
        draft.ask("waktu", N_("ralat tanpa jam: hitungan pukul berapa?"))
    else:
        entities.timing.fill_state_time(draft, first_span, find_dated_phases(entities))
    return draft


def _fill_counts(entities: MessageEntities, draft: RowDraft, group: list[TurnoutCount]) -> None:
    """Fill in each count; ask where one column has two, or where the sexes do not add up."""
    columns = dict.fromkeys(count.column for count in group)
    for column in (name for name in columns if name not in {SEX, ON_LIST}):
        digit_spans = [count.digits for count in group if count.column == column]
        by_text = {count.text: count for count in group if count.column == column}
        unclear = next((other for other in by_text.values() if other.question), None)
        if len(by_text) == 1 and unclear:
            draft.ask(column, str(unclear.question), unclear.text, *digit_spans)
        elif len(by_text) == 1:
            count = next(iter(by_text.values()))
            draft.fill(column, count.text, entities.passage.excerpt(count.span), *digit_spans)
        else:
            excerpts = ", ".join(
                dict.fromkeys(entities.passage.excerpt(digit_span) for digit_span in digit_spans)
            )
            text = N_("beberapa jumlah disebut: {names}").format(names=excerpts)
            draft.ask(column, text, "", *digit_spans)
    _check_sexes(entities, draft, group)
    _check_voter_list(entities, draft, group)
    if any(count.value > _MOST_VOTERS and count.tps for count in group):
        draft.doubts.append(N_("lebih dari {n} pemilih di satu TPS").format(n=_MOST_VOTERS))


def _check_sexes(entities: MessageEntities, draft: RowDraft, group: list[TurnoutCount]) -> None:
    """Confirm the total by the sum of the sexes; ask where they do not add up."""
    sexes = [count for count in group if count.column == SEX]
    sex_sum = sum(count.value for count in sexes)
    totals = [count.value for count in group if count.column == "hadir"]
    sex_excerpts = " dan ".join(entities.passage.excerpt(count.span) for count in sexes)
    digits = [count.digits for count in sexes]
    if sexes and not totals and "hadir_dpt" not in draft.cells:
        text = N_('hanya "{words}" disebut: jumlah yang hadir?').format(words=sex_excerpts)
        draft.ask("hadir", text, "", *digits)
    elif len(sexes) == 2 and len(totals) == 1:
        draft.read_spans += digits
        if sex_sum == totals[0]:  # the sum confirms the total
            draft.recognised_cells += [
                RecognisedCell("hadir", entities.passage.excerpt(count.span)) for count in sexes
            ]
        else:
            text = N_('L dan P berjumlah {n}, bukan {total} ("{words}")')
            question = text.format(n=sex_sum, total=totals[0], words=sex_excerpts)
            draft.unclear_cells.append(UnclearCell("hadir", question))


def _check_voter_list(
    entities: MessageEntities, draft: RowDraft, group: list[TurnoutCount]
) -> None:
    """Confirm the total by the list of voters (DPT): no more can be present, but for a few."""
    lists = [count for count in group if count.column == ON_LIST]
    totals = [count.value for count in group if count.column == "hadir"]
    if len(lists) != 1 or len(totals) != 1:
        return
    draft.read_spans.append(lists[0].digits)
    excerpt = entities.passage.excerpt(lists[0].span)
    draft.recognised_cells.append(RecognisedCell("hadir", excerpt))
    if totals[0] > lists[0].value:
        text = N_('{n} lebih banyak daripada "{words}"')
        question = text.format(n=totals[0], words=excerpt)
        draft.unclear_cells.append(UnclearCell("hadir", question))


def _build_table_row(entities: MessageEntities, row: TableRow) -> RowDraft:
    draft, text = RowDraft("tps", told="hadir"), entities.passage.text
    spans = {field.column: field.span for field in row.fields}
    counts = {column: text[slice(*span)] for column, span in spans.items()}
    for column in ("hadir", "hadir_dpt", "hadir_dptb", "hadir_dpk"):
        if counts.get(column, "-") != "-":
            draft.fill(column, counts[column], counts[column], spans[column])
    if "hadir" not in draft.cells:
        draft.ask("hadir", N_("jumlah hadir tidak diisi"))
    _check_table_row(draft, counts, spans)
    number, span = counts["tps"], spans["tps"]
    numbers = (f"{int(number):03d}",) if number.isdigit() and 1 <= int(number) <= 999 else ()
    if numbers:
        draft.fill("tps", numbers[0], number, span)
    else:
        draft.ask("tps", N_("nomor TPS tidak terbaca"), number, span)
    entities.fill_place(draft, span, TpsMention(span, numbers))
    entities.timing.fill_state_time(draft, span, [])
    return draft


def _check_table_row(draft: RowDraft, counts: Mapping[str, str], spans: Mapping[str, Span]) -> None:
    """Confirm the total of a line by its list of voters and its sexes; ask where they differ."""
    present = int(counts["hadir"]) if counts["hadir"].isdigit() else None
    draft.read_spans += [spans[column] for column in ("line",) if column in spans]
    voters, sexes = counts.get("dpt", ""), [counts.get("l", ""), counts.get("p", "")]
    if voters.isdigit() and present is not None:
        draft.read_spans.append(spans["dpt"])
        draft.recognised_cells.append(RecognisedCell("hadir", f"DPT {voters}"))
        if present > int(voters):
            draft.unclear_cells.append(UnclearCell("hadir", f"{present} lebih dari DPT {voters}"))
    if all(map(str.isdigit, sexes)) and present is not None:
        draft.read_spans += [spans["l"], spans["p"]]
        draft.recognised_cells += [RecognisedCell("hadir", count) for count in sexes]
        if sum(map(int, sexes)) != present:
            question = f"L dan P berjumlah {sum(map(int, sexes))}, bukan {present}"
            draft.unclear_cells.append(UnclearCell("hadir", question))
