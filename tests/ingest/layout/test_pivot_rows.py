"""Pivot tables kept as values: places one below the other in one column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.layout.pivot_rows import unfold_pivot
from tests.effort import examples
from tests.ingest.readers.workbooks.build import write_xlsx
from tests.ingest.test_pipeline import bring

HEADING = ["Row Labels", "Sum of HADIR JAM 09.00", "Sum of HADIR JAM 11.00"]
PLACES = ["Muara Kuang", "Kasah", "Rantau Alai", "Kandis"]
_STATIONS = st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), min_size=1, max_size=3)
_DESA = st.lists(st.tuples(st.sampled_from(PLACES), _STATIONS), min_size=1, max_size=3)
TREES = st.lists(st.tuples(st.sampled_from(PLACES), _DESA), min_size=1, max_size=3)
Tree = list[tuple[str, list[tuple[str, list[tuple[int, int]]]]]]


def add_up(cells: list[tuple[int, int]]) -> list[object]:
    return [sum(pair[0] for pair in cells), sum(pair[1] for pair in cells)]


def fold(tree: Tree) -> tuple[list[list[object]], list[list[object]]]:
    """A pivot table of a tree, and its TPS with their places as they are to be read."""
    rows, stations = [], []
    for kecamatan, desas in tree:
        rows.append([kecamatan, *add_up([cell for _, cells in desas for cell in cells])])
        for desa, cells in desas:
            rows.append([desa, *add_up(cells)])
            for number, pair in enumerate(cells, start=1):
                rows.append([f"TPS {number}", *pair])
                stations.append([kecamatan, desa, f"TPS {number}", *pair])
    return [["TANGGAL", "27/11/2024", None], [None] * 3, HEADING, *rows,
            ["Grand Total", 0, 0]], stations  # fmt: skip


@settings(max_examples=examples(60))
@given(tree=TREES)
def test_each_station_gets_the_places_above_it_and_keeps_its_row(tree: Tree) -> None:
    folded, stations = fold(tree)
    unfolded = unfold_pivot(folded)
    assert unfolded is not None
    assert len(unfolded) == len(folded)
    assert [row for row in unfolded if str(row[2]).startswith("TPS ")] == stations
    for before, after in zip(folded[3:], unfolded[3:], strict=True):
        assert before[1:] == after[3:]
        assert str(before[0]) in (after[2], str(after[0]).removeprefix("Jumlah "))
    assert unfolded[2] == ["Kecamatan", "Desa", "TPS", "HADIR JAM 09.00", "HADIR JAM 11.00"]


@settings(max_examples=examples(60))
@given(tree=TREES, data=st.data())
def test_a_desa_whose_stations_are_folded_away_is_never_taken_for_a_kecamatan(
    tree: Tree, data: st.DataObject
) -> None:
    folded, _ = fold(tree)
    desas = [
        index
        for index in range(4, len(folded) - 1)
        if str(folded[index + 1][0]) == "TPS 1" and folded[index + 1][1]
    ]
    at = data.draw(st.sampled_from(desas))
    end = next(i for i in range(at + 1, len(folded)) if not str(folded[i][0]).startswith("TPS "))
    assert unfold_pivot([*folded[: at + 1], *folded[end:]]) is None


@pytest.mark.parametrize(
    "rows",
    [
        [["Kasah", 9, 9], ["TPS 1", 9, 9]],  # desa or kecamatan?
        [["Muara Kuang", 9, 9], ["Kasah", 9, 9]],
        [["Muara Kuang", "9", 9], ["Kasah", 9, 9], ["TPS 1", 9, 9]],
        [["Ogan Ilir", 9, 9], ["Muara Kuang", 9, 9], ["Kasah", 9, 9], ["TPS 1", 9, 9]],
    ],
)
def test_what_is_not_certain_is_left_as_it_is(rows: list[list[object]]) -> None:
    assert unfold_pivot([HEADING, *rows]) is None


@pytest.mark.parametrize(("kasah", "told"), [(139, "sesuai dengan baris di bawahnya"),
                                             (149, "di bawahnya berjumlah")])  # fmt: skip
def test_the_sums_of_a_pivot_are_checked_and_wait(
    board: Board, tmp_path: Path, kasah: int, told: str
) -> None:
    rows = [
        ["Label Baris", "Jumlah dari HADIR JAM 09.00"], ["Muara Kuang", 213], ["Kasah", kasah],
        ["TPS 1", 71], ["TPS 2", 68], ["Muara Kuang", 74], ["TPS 1", 74],
        ["Total Keseluruhan", 213],
    ]  # fmt: skip
    write_xlsx(tmp_path / "a.xlsx", {"Pivot": rows}, {})
    ledger = bring(board, tmp_path / "a.xlsx")
    assert (ledger.accepted, ledger.quarantined) == (3, 4)
    reasons = {entry["row"]: entry["reasons"][0] for entry in ledger.reasons}
    assert reasons.keys() == {2, 3, 6, 8}
    assert told in reasons.pop(3)
    assert all("sesuai" in reason for reason in reasons.values())
