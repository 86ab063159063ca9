"""Sheets of a file as tables of one source, where the profile says how they are mapped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import read_context
from situasi.ingest.layout.header_detection import HeaderRow
from situasi.ingest.readers import grid, reserved_columns, table_builder
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.sources.catalog import score_signature
from situasi.ingest.sources.choices import is_form_definition
from situasi.ingest.sources.conversion import convert_table
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.sources.source_times import DateOrder
from situasi.ingest.tables import Table

MAX_HEADER_ROWS = 3
_EMPTY_HEADER = HeaderRow(0, -1, (), frozenset(), frozenset(), 0)
_PARENTS_READ = "{} baris induk “{}” bukan laporan sendiri: isinya dibaca di baris rinciannya"
_NO_CHILDREN = "baris induk tanpa baris rincian, jadi tanpa laporan"
_NOT_MAPPED = "lembar “{}” tidak ikut dipetakan; bila laporan, kirim lembar itu tersendiri"


@dataclass(frozen=True)
class SheetMapping:
    """How the sheets of one file are read: the profile, and the heading of each of its sheets.

    headers: by the position of the sheet in the file.
    """

    profile: SourceProfile
    headers: Mapping[int, HeaderPosition]


def find_mapping(
    sheets: Sequence[Sheet], file_name: str, profiles: Sequence[SourceProfile]
) -> SheetMapping | None:
    """Return the mapping by the profile that asks most; only profiles that name a feed.

    The heading of a sheet is looked for in its first rows, whatever else they hold. A repeat group
    that shows the columns of its parents is none of those sheets where the parents are.
    """
    best: tuple[int, SheetMapping] | None = None
    for profile in profiles:
        if profile.feed is None:
            continue
        found = {
            index: header
            for index, sheet in enumerate(sheets)
            if not sheet.is_hidden and (header := _find_header(sheet, file_name, profile))
        }
        score = max((score for score, _ in found.values()), default=0)
        if score and (best is None or score > best[0]):
            names = {sheets[index].name for index in found}
            headers = {
                index: position
                for index, (_, position) in found.items()
                if sheets[index].parent not in names
            }
            best = score, SheetMapping(profile, headers)
    return best[1] if best else None


def _find_header(
    sheet: Sheet, file_name: str, profile: SourceProfile
) -> tuple[int, HeaderPosition] | None:
    """Return the rows whose headings show the signature, and how many of them do."""
    best: tuple[int, HeaderPosition] | None = None
    for first in range(min(len(sheet.rows), grid.HEADER_SEARCH_ROWS)):
        for count in range(1, MAX_HEADER_ROWS + 1):
            position = HeaderPosition(first, count)
            if position.end > len(sheet.rows):
                break
            headings = list_headings(sheet, position)
            score = score_signature(profile, headings, sheet.name, file_name)
            if score and (best is None or score > best[0]):
                best = score, position
    return best


def list_headings(sheet: Sheet, header: HeaderPosition) -> list[str]:
    """Return the headings of a sheet, without columns that have none."""
    return [name for name in grid.build_headings(sheet, header) if name is not None]


def take_alike(sheets: Sequence[Sheet], header: HeaderPosition) -> Table:
    """Return the rows of the first sheet, with those of others under the same headings."""
    headings = grid.build_headings(sheets[0], header)
    alike = [sheet for sheet in sheets if grid.build_headings(sheet, header) == headings]
    tables = [next(grid.build_tables(sheet, header)) for sheet in alike]
    cells = pd.concat([table.cells for table in tables], ignore_index=True)
    numbers = [number for table in tables for number in table.row_numbers]
    return replace(tables[0], cells=cells.astype("object"), row_numbers=numbers)


def build_mapped_tables(
    sheets: Sequence[Sheet],
    mapping: SheetMapping,
    file_name: str,
    context: IngestContext,
    order: DateOrder,
) -> Iterator[Table]:
    """Yield all rows under our headings; those of other sheets as no reports, with that reason.

    Of hidden sheets only a note remains, as of any file. Where the sheets name several kecamatan,
    each is of its own, whichever was said of the file. The parents of a repeat group that is mapped
    are left out with a note. order: of the dates of the file. Raises MonthFirstFound.
    """
    parents = _list_parents(sheets, mapping)
    has_several = sum(not sheet.is_hidden for sheet in sheets) > 1
    covers = [sheet.rows for sheet in sheets if not sheet.is_hidden and not grid.is_table(sheet)]
    cover = tuple(line for rows in covers for line in table_builder.format_titles(rows))
    titles_by_sheet = {
        index: table_builder.format_titles(sheets[index].rows[: header.first])
        for index, header in mapping.headers.items()
    }
    named = {
        index: read_context(titles, sheets[index].name, "", context).kecamatan
        for index, titles in titles_by_sheet.items()
    }
    for index, sheet in enumerate(sheets):
        header = mapping.headers.get(index)
        if header is not None:
            profile = mapping.profile
            if len(set(named.values())) > 1 and named[index] is not None:
                profile = _without_kecamatan(profile)
            for table in grid.build_tables(sheet, header, has_sheet_column=has_several):
                titles = titles_by_sheet[index]
                source = replace(table, titles=titles, sheet=sheet.name, cover=cover)
                yield convert_table(source, file_name, context, profile, order)
        elif sheet.is_hidden or is_form_definition(sheet.name, sheet.rows[0]):
            note = f"lembar “{sheet.name}” dilewati: {len(sheet.rows)} baris"
            yield from table_builder.build_tables([], _EMPTY_HEADER, 1, (note,))
        else:
            yield from _build_unmapped_tables(sheet, is_parent=sheet.name in parents)


def _list_parents(sheets: Sequence[Sheet], mapping: SheetMapping) -> set[str]:
    """Return the names of the sheets whose columns stand in those that are mapped."""
    above = {sheet.name: sheet.parent for sheet in sheets if sheet.parent is not None}
    parents: set[str] = set()
    for index in mapping.headers:
        name = above.get(sheets[index].name)
        while name is not None and name not in parents:
            parents.add(name)
            name = above.get(name)
    return parents


def _without_kecamatan(profile: SourceProfile) -> SourceProfile:
    constants = {own: value for own, value in profile.constants.items() if own != "kecamatan"}
    return profile.model_copy(update={"constants": constants})


def _build_unmapped_tables(sheet: Sheet, *, is_parent: bool) -> Iterator[Table]:
    reason = _NOT_MAPPED.format(sheet.name)
    lines = list(zip(sheet.row_numbers, sheet.rows, strict=True))
    notes: tuple[str, ...] = ()
    if is_parent:
        reason, count = _NO_CHILDREN, len(sheet.parent_numbers)
        notes = (_PARENTS_READ.format(count, sheet.name),)
        end = grid.guess_header(sheet.rows).end
        lines = [line for line in lines[end:] if line[0] not in sheet.parent_numbers]
    rows = [
        (number, table_builder.make_unread_row(row, reason))
        for number, row in lines
        if sum(cell is not None for cell in row) > 1
    ]
    constants = {reserved_columns.SHEET: sheet.name}
    for table in table_builder.build_tables(
        rows, _EMPTY_HEADER, len(rows) or 1, constants=constants
    ):
        yield replace(table, notes=notes or table.notes)
