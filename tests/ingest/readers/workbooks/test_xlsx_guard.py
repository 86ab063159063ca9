"""The quick weighing of a plain sheet never finds less than following its XML tag by tag."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.ingest.readers.table_builder import column_letters
from situasi.ingest.readers.workbooks import xlsx_guard
from situasi.ingest.readers.workbooks.xlsx_size import (
    SheetSize,
    measure_any_sheet,
    measure_plain_sheet,
)
from tests.effort import examples

SHARED = [10, 200, 3_000]
PLACES = st.tuples(st.integers(0, 700), st.integers(1, 2_000_000))
KINDS = st.sampled_from(
    [
        ' t="s"><v>{index}</v></c>',
        ' s="3" t="s"><v>{index}</v></c>',
        "><v>1.5</v></c>",
        ' s="12"><v>45000</v></c>',
        ' t="str"><v>t="s"</v></c>',
        ' t="inlineStr"><is><t>isi</t></is></c>',
    ]
)
CELLS = st.lists(st.tuples(PLACES, KINDS, st.integers(0, 2)), max_size=20)


def sheet(cells: list[tuple[tuple[int, int], str, int]]) -> bytes:
    rows = "".join(
        f'<row><c r="{column_letters(column)}{row}"{kind.format(index=index)}</row>'
        for (column, row), kind, index in cells
    )
    return (
        f'<worksheet><cols><col min="1"/></cols><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def quickly(xml: bytes) -> SheetSize | None:
    return measure_plain_sheet(xlsx_guard.read_xml_chunks(io.BytesIO(xml)), SHARED)


@settings(max_examples=examples(300))
@given(CELLS)
def test_a_plain_sheet_weighs_the_same_both_ways(
    cells: list[tuple[tuple[int, int], str, int]],
) -> None:
    small = [((column % 300, row % 9_000 + 1), kind, index) for (column, row), kind, index in cells]
    assert quickly(sheet(small)) == measure_any_sheet(io.BytesIO(sheet(small)), SHARED)


@pytest.mark.parametrize(
    "cell",
    [
        '<x:c r="A1"><x:v>1</x:v></x:c>',
        "<x:c><v>1</v></x:c>",
        "<c r='A1'><v>1</v></c>",
        "<c><v>1</v></c>",
        '<c r="A1" t="s"> <v>0</v></c>',
        '<c r="A1" t="s"><v> 0 </v></c>',
        '<c\nr="A1"><v>1</v></c>',
        '<c r="A1" t="s"><v>3</v></c>',
    ],
)
def test_a_cell_written_in_another_way_is_followed_tag_by_tag(cell: str) -> None:
    plain = sheet([((0, 1), ' t="s"><v>{index}</v></c>', 0)])
    assert quickly(plain) == SheetSize(1, 1, 10)
    assert quickly(re.sub(rb"</sheetData>", cell.encode() + b"</sheetData>", plain)) is None
