"""Conversion of a table of another tool to our headings, times, words and places."""

from dataclasses import replace

from situasi.ingest.context import IngestContext
from situasi.ingest.facts import completion
from situasi.ingest.facts.file_context import FileContext, find_hour_of_file, read_context
from situasi.ingest.facts.free_words import join_titles, keep_replaced_words
from situasi.ingest.facts.mixed_reports import split_reports
from situasi.ingest.facts.review_columns import apply_review_columns, take_approved_status
from situasi.ingest.facts.time_and_place import split_place_columns, split_times_and_places
from situasi.ingest.facts.time_columns import find_time_columns
from situasi.ingest.facts.times_of_report import (
    TIME_OF_FORM,
    check_form_days,
    complete_from_reports,
    date_hours_of_forms,
)
from situasi.ingest.layout.cell_lines import split_lines
from situasi.ingest.layout.continued_rows import join_continued_rows
from situasi.ingest.layout.words_by_hour import unfold_days, unfold_hours
from situasi.ingest.parsing.cells import format_cell, is_blank
from situasi.ingest.redaction.citizens import find_citizen_columns, remove_citizens
from situasi.ingest.sources.catalog import SourceHeadings
from situasi.ingest.sources.child_lists import unfold_numbered
from situasi.ingest.sources.choices import merge_choices, name_tagged_choices
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.officer_lists import (
    name_strength,
    split_officer_columns,
    take_attendance,
)
from situasi.ingest.sources.officer_posts import (
    ask_arrivals,
    ask_posts,
    split_officer_places,
    take_posts,
)
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.sources.source_times import (
    DateOrder,
    convert_heading_zones,
    convert_source_zones,
    convert_times,
    judge_utc_answers,
    name_asked_times,
    name_reported_days,
)
from situasi.ingest.sources.table_rows import (
    hold_test_entries,
    leave_out_statements,
    name_grouped_codes,
    repeat_above,
    take_part_headings,
    take_tag_row,
    take_time_headings,
)
from situasi.ingest.tables import Cell, Table
from situasi.ingest.vocabulary.csv_lists import normalize_key


def convert_table(
    table: Table,
    file_name: str,
    context: IngestContext,
    profile: SourceProfile | None = None,
    order: DateOrder | None = None,
) -> Table:
    """Return a table under our headings; the same object where nothing has to be converted.

    profile: the source's; None where its headings are our own or nobody's. order: one for
    all tables of a file; raises MonthFirstFound, and UnknownHeadings where its own times are
    all that a source has, in a zone that it does not name. Rows keep their numbers: none is added,
    and none lost but those that state that nothing happened, which a note names.
    What is doubtful is noted at its row (reserved_columns.DOUBT); a row that its source rejected,
    and one of tags or titles, is marked as no report.
    """
    converted, facts = _convert(table, file_name, context, profile, order or DateOrder())
    _complete(converted, facts, context, profile)
    return converted.build()


def convert_reports(
    table: Table,
    file_name: str,
    context: IngestContext,
    profile: SourceProfile | None = None,
    order: DateOrder | None = None,
) -> list[Table]:
    """Return a table as `convert_table` does, but one of a form for each kind of report it asked.

    A row may be a report in several of them; it is in one at least.
    """
    converted, facts = _convert(table, file_name, context, profile, order or DateOrder())
    tables = []
    for feed, part, kind in split_reports(converted, facts, context):
        _complete(part, facts, context, profile, feed or None)
        if kind is not None:
            rows = part.find_empty_rows("jenis")
            part.fill("jenis", dict.fromkeys(rows, kind), "jenis dari pertanyaannya")
        tables.append(replace(part.build(), feed=feed) if feed else part.build())
    return tables


def _complete(
    converted: ConvertedTable,
    facts: FileContext,
    context: IngestContext,
    profile: SourceProfile | None,
    feed: str | None = None,
) -> None:
    has_time = _is_wide(converted) or converted.has_any("waktu", "tanggal", "jam")
    has_time = has_time or bool(profile and find_time_columns(converted))
    is_day_asked = converted.has_any("waktu", "tanggal") or facts.day is not None
    feed = feed or (profile.feed if profile is not None else None)
    if profile is not None and not is_day_asked:
        date_hours_of_forms(converted, profile, context.election)
    completion.complete(converted, facts, context, feed)
    leave_out_statements(converted)
    known = feed or context.vocabulary.detect_feed(converted.headings)
    if known == "incidents" and not converted.has_any("status"):
        take_approved_status(converted)
    by_row = known in {"incidents", "personnel"} or (known == "tps" and not _is_wide(converted))
    if profile is not None and by_row:
        complete_from_reports(converted, context.election.zone)
    if known == "roster" and (profile is None or profile.feed is None):
        ask_posts(converted)
    if known == "postings" and (profile is None or profile.feed is None):
        ask_arrivals(converted)
    if profile is not None and profile.unzoned_times:
        check_form_days(converted, profile, context.election, has_time, is_day_asked)


def _is_wide(converted: ConvertedTable) -> bool:
    return bool(converted.vocabulary.find_wide_headings(converted.headings))


def _convert(
    table: Table,
    file_name: str,
    context: IngestContext,
    profile: SourceProfile | None,
    order: DateOrder,
) -> tuple[ConvertedTable, FileContext]:
    """Return the cells under our headings, and what else is known of all rows."""
    table = _unfold_reports(table, context, profile)
    catalog, converted = context.sources, ConvertedTable(table, context.vocabulary)
    if profile is not None:
        converted.notes.append(f"sumber: {profile.title}")
        convert_source_zones(converted, profile, order, context.election.zone)
    convert_heading_zones(converted, profile, context.election.zone)
    apply_review_columns(converted, profile)
    _leave_out_citizens(converted)
    tags = take_tag_row(converted)
    merge_choices(converted)
    name_grouped_codes(converted, context)
    name_strength(converted)
    split_times_and_places(converted)
    split_place_columns(converted)
    split_officer_columns(converted)
    name_reported_days(converted, profile)
    name_asked_times(converted, profile)
    headings = _prefer_asked_time(
        converted, catalog.sort_headings(converted.headings, profile, tags)
    )
    _rename(converted, headings)
    join_titles(converted)
    name_tagged_choices(converted)
    repeat_above(converted)
    take_posts(converted, context)
    split_officer_places(converted)
    hold_test_entries(converted)
    if headings.form_time is not None:
        rows = sorted(set(range(len(converted.cells))) - set(converted.find_empty_rows("waktu")))
        converted.doubt(rows, TIME_OF_FORM)
        converted.timed_by_form.update(rows)
    if profile is not None:
        _apply_profile(converted, profile)
    convert_times(converted, profile, order, context.election.zone)
    judge_utc_answers(converted, profile, context.election)
    take_part_headings(converted, context)
    facts = _read_facts(table, file_name, context, profile)
    take_time_headings(converted, facts, context.election.day)
    take_attendance(converted, facts.words)
    return converted, facts


def _unfold_reports(table: Table, context: IngestContext, profile: SourceProfile | None) -> Table:
    """Return one row a report: hours and days, numbered columns, and lines of a cell unfolded."""
    if profile is None:  # a form writes each report in one row
        table = join_continued_rows(table, context.vocabulary)
    else:
        table = unfold_numbered(table, profile)
    table = unfold_days(table, context.vocabulary, context.election.day)
    return split_lines(unfold_hours(table, context.vocabulary), context.vocabulary)


def _apply_profile(converted: ConvertedTable, profile: SourceProfile) -> None:
    """Give places, ids, words and constants the meaning that the source's profile states."""
    _join_places(converted)
    _drop_id_scheme(converted, profile)
    _prefix_ids(converted, profile)
    _leave_out_unclear(converted, profile)
    _apply_words(converted, profile)
    no_station = converted.find_unnamed_stations() if profile.constants else set()
    for heading, value in _list_constants(converted, profile):
        skipped = no_station if heading in {"kecamatan", "kode_kecamatan", "desa"} else set()
        rows = [row for row in converted.find_empty_rows(heading) if row not in skipped]
        converted.fill(heading, dict.fromkeys(rows, value))


def _read_facts(
    table: Table, file_name: str, context: IngestContext, profile: SourceProfile | None
) -> FileContext:
    # A program names its files after the moment of export; a person may add the hour of a round.
    name = file_name if profile is None else ""
    facts = read_context(
        table.titles, table.sheet, name, context, table.cover, table.titles_of_sheet
    )
    if profile is not None and facts.clock is None:
        facts = replace(facts, clock=find_hour_of_file(file_name))
    if profile is not None and "kecamatan" in profile.constants:
        facts = replace(facts, kecamatan=profile.constants["kecamatan"])
    return facts


def _list_constants(converted: ConvertedTable, profile: SourceProfile) -> list[tuple[str, str]]:
    """Return what is known of every row: beside places in words no kecamatan, which they tell."""
    is_stated = converted.has_any("tempat")
    return [pair for pair in profile.constants.items() if pair[0] != "kecamatan" or not is_stated]


def _leave_out_citizens(converted: ConvertedTable) -> None:
    """Remove the people of a register of police reports; their headings are noted."""
    names = find_citizen_columns(converted.headings, converted.vocabulary.clues)
    changed = []
    for name in names:
        column = converted.cells[name].tolist()
        if (kept := remove_citizens(column)) != column:
            converted.set_column(name, kept)
            changed.append(f'"{name}"')
    if changed:
        converted.notes.append(f"nama warga tidak disimpan: {', '.join(changed)}")
    clues = converted.vocabulary.clues
    stages = [name for name in converted.headings if clues.is_heading("case_stage", name)]
    if names and stages and not converted.has_any("status"):  # of the case, not of a TPS
        converted.rename(stages[0], "status penanganan")


def _prefer_asked_time(converted: ConvertedTable, headings: SourceHeadings) -> SourceHeadings:
    """Leave out the time of the form where another column under an unknown heading holds times."""
    used = {*headings.own, *headings.left_out}
    if headings.form_time is None or not find_time_columns(converted, used):
        return headings
    own = {theirs: n for theirs, n in headings.own.items() if theirs != headings.form_time}
    left_out = (*headings.left_out, headings.form_time)
    return replace(headings, own=own, left_out=left_out, form_time=None)


def _rename(converted: ConvertedTable, headings: SourceHeadings) -> None:
    """Give columns our headings and leave out metadata, which is named in a note."""
    if headings.left_out:
        names = ", ".join(headings.left_out)
        converted.notes.append(f"data teknis sumber tidak dipakai: {names}")
        converted.leave_out(headings.left_out)
    columns = list(converted.cells.columns)
    names_by_column = list(map(headings.name, columns))
    if names_by_column != columns:
        unique = headings.list_unique_names(columns)
        renamed = converted.cells.set_axis(unique, axis="columns")
        # The first column of a meaning counts, so `id (2)` goes behind `id`.
        is_second = [name != plain for name, plain in zip(unique, names_by_column, strict=True)]
        order = sorted(range(len(unique)), key=is_second.__getitem__)
        converted.cells = renamed.iloc[:, order]


def _join_places(converted: ConvertedTable) -> None:
    """Join what a source says of the place in several columns: its name, and where it lies."""
    names = converted.find_columns("tempat")
    if len(names) > 1:
        rows = zip(*(converted.cells[name].tolist() for name in names), strict=True)
        parts = [[str(cell) for cell in row if not is_blank(cell)] for row in rows]
        converted.drop_columns(names)
        converted.set_column("tempat", [", ".join(dict.fromkeys(p)) or None for p in parts])


def _drop_id_scheme(converted: ConvertedTable, profile: SourceProfile) -> None:
    """Take the scheme from ids: an edited report names its first id with it, the first without."""
    for name in converted.find_columns("id") if profile.id_scheme else ():
        column = converted.cells[name].tolist()
        texts = [
            cell.removeprefix(profile.id_scheme) if isinstance(cell, str) else cell
            for cell in column
        ]
        if texts != column:
            converted.set_column(name, texts)


def _prefix_ids(converted: ConvertedTable, profile: SourceProfile) -> None:
    """Put the source's name before ids that only count its reports."""
    for name in converted.find_columns("id")[:1] if profile.id_prefix else ():
        column = converted.cells[name].tolist()
        texts = [
            cell if is_blank(cell) else f"{profile.id_prefix}-{format_cell(cell)}"
            for cell in column
        ]
        converted.set_column(name, texts)


def _leave_out_unclear(converted: ConvertedTable, profile: SourceProfile) -> None:
    """Empty cells with a word that the versions of the source use for different things."""
    for heading, words in profile.unclear.items():
        keys = {normalize_key(word) for word in words}
        for name in converted.find_columns(heading):
            column = converted.cells[name].tolist()
            rows = [r for r, c in enumerate(column) if not is_blank(c) and _make_key(c) in keys]
            for row in rows:
                note = f"{heading} {format_cell(column[row])} tidak dipakai: artinya tidak pasti"
                converted.doubt([row], note)
                column[row] = None
            if rows:
                converted.set_column(name, column)


def _make_key(cell: Cell) -> str:
    return normalize_key(format_cell(cell))


def _apply_words(converted: ConvertedTable, profile: SourceProfile) -> None:
    """Replace the source's words by our codes; a word that is not listed stays."""
    for heading, codes in profile.code_by_word.items():
        for name in converted.find_columns(heading):
            column = converted.cells[name].tolist()
            code_by_cell = {
                cell: codes.get(_make_key(cell), cell) for cell in set(column) if not is_blank(cell)
            }
            if heading == "giat":
                keep_replaced_words(converted, column, code_by_cell)
            if any(cell != code for cell, code in code_by_cell.items()):
                rows = {r for r, cell in enumerate(column) if code_by_cell.get(cell, cell) != cell}
                converted.worded.setdefault(heading, set()).update(rows)
                converted.set_column(name, [code_by_cell.get(cell, cell) for cell in column])
