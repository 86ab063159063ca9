"""Repeat groups: who is the report, the parent or its children, and what they tell one another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.sources.child_rows import join_children
from situasi.ingest.tables import Table
from tests.effort import examples

Row = Mapping[str, Any]
PARENT = {
    "SubmissionDate": "2024-11-27T03:00:00.000Z", "tanggal": "27/11/2024", "kecamatan": "Indralaya",
    "desa": "Burai", "tps": "1", "KEY": "uuid:1", "ReviewState": "approved",
}  # fmt: skip
CHILD = {"jam": "08.00", "hadir": "31", "PARENT_KEY": "uuid:1", "KEY": "uuid:1/p[1]"}


def table(name: str, *rows: Row) -> Table:
    cells = pd.DataFrame(list(rows), dtype="object")
    cells = cells.where(cells.notna(), None).assign(__lembar=name).astype("object")
    return Table(cells, list(range(2, len(rows) + 2)), sheet=name)


def alone(*rows: Row) -> Table:
    cells = pd.DataFrame(list(rows), dtype="object")
    return Table(cells.where(cells.notna(), None), list(range(1, len(rows) + 1)))


def join(board: Board, *tables: Table) -> list[Table]:
    context = board.ingest_context
    return list(join_children(tables, context.sources, context.election.zone))


def rows_of(table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in table.cells.to_dict("records")]


def test_child_takes_place_and_source_and_keeps_what_it_says_itself(board):
    parent, child = join(board, table("a", PARENT), table("a-p", CHILD | {"tps": "7"}))
    assert (len(parent.cells), child.source) == (0, "odk-central")
    (row,) = rows_of(child)
    assert (row["kecamatan"], row["tps"], row["jam"]) == ("Indralaya", "7", "08.00")
    assert "1 baris induk" in parent.notes[-1]


def test_officer_who_reports_counts_is_no_report_beside_them(board):
    parent, child = join(board, table("a", PARENT | {"petugas": "P-0001"}), table("a-p", CHILD))
    assert (len(parent.cells), len(child.cells)) == (0, 1)
    came = {**CHILD, "petugas": "P-0002"}
    parent, child = join(board, table("a", PARENT | {"petugas": "P-0001"}), table("a-p", came))
    assert len(parent.cells) == 1


def test_numbers_in_a_repeat_group_of_tps_are_tps(board):
    parent = {key: value for key, value in PARENT.items() if key != "tps"}
    told = {"nomor": "2", "hadir": "31", "PARENT_KEY": "uuid:1", "KEY": "uuid:1/r[1]"}
    _, child = join(board, table("a", parent), table("a-tps_rep", told))
    assert rows_of(child)[0]["tps"] == "2"
    for group, above in (("a-rincian", parent), ("a-tps_rep", PARENT)):
        _, child = join(board, table("a", above), table(group, told))
        assert rows_of(child)[0].get("tps") != "2"


def test_day_of_the_parent_goes_with_the_hour_of_the_child(board):
    parent = {key: value for key, value in PARENT.items() if key != "tanggal"}
    late = parent | {"waktu": "2024-11-27T23:30:00.000Z"}
    for wanted, stated in (("27/11/2024", parent), ("28/11/2024", late)):
        _, child = join(board, table("a", stated), table("a-p", CHILD))
        assert rows_of(child)[0]["tanggal"] == wanted
        assert "waktu" not in child.cells.columns


@pytest.mark.parametrize(("hour", "day"), [("23.50", "27"), ("00.35", "28"), ("01.20", "28")])
def test_an_hour_later_than_that_of_its_form_is_of_the_day_before(board, hour: str, day: str):
    parent = {key: value for key, value in PARENT.items() if key != "tanggal"}
    sent = parent | {"SubmissionDate": "2024-11-27T17:40:00.000Z"}  # 00.40 of the 28th here
    _, child = join(board, table("a", sent), table("a-p", CHILD | {"jam": hour}))
    assert rows_of(child)[0]["tanggal"] == f"{day}/11/2024"


def test_counts_of_the_parent_are_never_those_of_its_children(board):
    whole = PARENT | {"hadir": "99", "jam": "08.00"}
    parent, child = join(board, table("a", whole), table("a-p", CHILD))
    assert len(parent.cells) == 1
    assert rows_of(child)[0]["hadir"] == "31"


def test_last_count_and_sum_of_the_children_are_not_counted_again(board):
    of_no_hour = PARENT | {"hadir": "99"}
    of_no_station = {n: c for n, c in PARENT.items() if n != "tps"} | {
        "hadir": "99",
        "jam": "08.00",
    }
    for row in (of_no_hour, of_no_station):
        parent, child = join(board, table("a", row), table("a-p", CHILD))
        assert len(parent.cells) == 0
        assert "bukan laporan sendiri" in parent.notes[-1]
        assert rows_of(child)[0]["hadir"] == "31"


def test_children_may_come_before_their_parents(board):
    _, child = join(board, table("b", PARENT), table("a-p", CHILD))
    assert rows_of(child)[0]["desa"] == "Burai"


def test_child_that_needs_a_missing_parent_is_held_and_one_that_needs_none_is_doubted(board):
    lost = {"PARENT_KEY": "uuid:9", "KEY": "uuid:9/p[1]"}
    _, child = join(board, table("a", PARENT), table("a-p", CHILD, CHILD | lost))
    first, second = (row["__bukan_laporan"] for row in rows_of(child))
    assert first is None
    assert "induk baris ini tidak ada dalam berkas" in second
    whole = PARENT | CHILD
    _, child = join(board, table("a", PARENT), table("a-p", whole, whole | lost))
    assert [row["__keraguan"] for row in rows_of(child)] == [
        None, "induk baris ini tidak ada dalam berkas",
    ]  # fmt: skip
    assert "__bukan_laporan" not in child.cells.columns


def test_details_are_no_reports(board):
    details = {"umur": "34", "PARENT_KEY": "uuid:1", "KEY": "uuid:1/k[1]"}
    parent, child = join(board, table("a", PARENT | {"jenis": "hoaks"}), table("a-k", details))
    assert len(parent.cells) == 1
    assert "rincian" in rows_of(child)[0]["__bukan_laporan"]


def test_lists_in_cells_become_rows_under_the_number_of_their_object(board):
    lists = [{"jam": "08.00", "hadir": 31}, {"jam": "10.00", "hadir": 90}]
    cell = json.dumps(lists, separators=(",", ":"))
    parents, children = join(board, alone(PARENT | {"pantau": cell}, PARENT | {"KEY": "uuid:2"}))
    assert (parents.row_numbers, children.row_numbers) == ([2], [1, 1])
    assert [row["id"] for row in rows_of(children)] == ["uuid:1/pantau/1", "uuid:1/pantau/2"]
    assert not {"__kunci", "__induk"} & {*parents.cells.columns, *children.cells.columns}


@pytest.mark.parametrize("cell", ['[{"a":1}]', "[{", '[{"hadir":', "[{}]", '[{"nama":"x"}]'])
def test_list_that_is_no_report_stays_as_it_is(board, cell):
    source = alone(PARENT | {"hadir": "5", "lampiran": cell})
    assert join(board, source) == [source]


PLACE = {"kecamatan": "Indralaya", "desa": "Sudimampir", "tps": "1"}


@pytest.mark.parametrize(
    ("time", "count"),
    [("jam_{}", "hadir_{}"), ("pantau-jam_{}", "pantau-hadir_{}"), ("Jam {}", "Hadir {}"),
     ("pantau[{}]/jam", "pantau[{}]/hadir"), ("pantau/{}/jam", "pantau/{}/hadir")],
)  # fmt: skip
def test_columns_with_a_number_are_rows_where_each_has_an_hour(board, time, count):
    numbered = {
        time.format(1): "08.00", count.format(1): "3", time.format(2): "10.00", count.format(2): "9"
    }  # fmt: skip
    parents, children = join(board, alone(PLACE | numbered))
    hours = [h for h in children.cells.columns if "jam" in h.lower()]
    counts = [h for h in children.cells.columns if "hadir" in h.lower()]
    rows = rows_of(children)
    assert [(row[hours[0]], row[counts[0]]) for row in rows] == [("08.00", "3"), ("10.00", "9")]
    assert [row["desa"] for row in rows] == ["Sudimampir", "Sudimampir"]
    assert parents.cells.empty


@pytest.mark.parametrize(
    "numbered",
    [{"hadir_1": "3", "hadir_2": "9"}, {"TPS 1": "40", "TPS 2": "30"},
     {"jam_2": "08.00", "hadir_2": "3", "jam_4": "10.00", "hadir_4": "9"},
     {"jam_1": "08.00", "hadir_1": "3"}],
)  # fmt: skip
def test_columns_with_a_number_but_no_hours_counted_from_one_stay_columns(board, numbered):
    own = alone(PLACE | numbered)
    assert join(board, own) == [own]


def test_groups_of_a_station_with_the_hours_of_its_phases_are_rows(board):
    numbered = {"no_tps_1": "1", "jam_buka_1": "07.02", "jam_tutup_1": "13.00",
                "no_tps_2": "2", "jam_buka_2": "07.08", "jam_tutup_2": "13.01"}  # fmt: skip
    parents, children = join(board, alone(PLACE | {"tanggal": "27/11/2024"} | numbered))
    rows = [(row["no_tps"], row["jam_buka"], row["jam_tutup"]) for row in rows_of(children)]
    assert rows == [("1", "07.02", "13.00"), ("2", "07.08", "13.01")]
    assert parents.cells.empty


def test_source_that_numbers_its_repeats_needs_no_hours_in_them(board):
    cto = {"SubmissionDate": "Nov 27, 2024 8:00:00 AM", "starttime": "x", "formdef_version": "1"}
    numbered = {"jenis_1": "hoaks", "jenis_2": "listrik"}
    _, children = join(board, alone(cto | {"KEY": "uuid:1", "kecamatan": "Kandis"} | numbered))
    assert [row["jenis"] for row in rows_of(children)] == ["hoaks", "listrik"]


def test_own_tables_pass_untouched(board):
    source = alone({"waktu": "27/11/2024 08.00", "jenis": "hoaks", "kecamatan": "Kandis"})
    assert join(board, source)[0] is source


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(40))
@given(links=st.lists(st.integers(0, 4), max_size=8), parents=st.integers(1, 4))
def test_every_parent_and_child_is_a_row_or_noted(board, links: Sequence[int], parents: int):
    above = [PARENT | {"KEY": f"uuid:{number}"} for number in range(parents)]
    below = [
        CHILD | {"PARENT_KEY": f"uuid:{link}", "KEY": f"uuid:{link}/p[{n}]"}
        for n, link in enumerate(links)
    ]
    joined = join(board, table("a", *above), *([table("a-p", *below)] if below else []))
    children = joined[1].cells if below else []
    assert len(children) == len(links)
    with_children = {link for link in links if link < parents}
    assert len(joined[0].cells) == parents - len(with_children)


def test_officers_who_came_are_reports_of_the_form_that_says_where(board):
    officer = {"nrp": "87041234", "jam_tiba": "06.21", "PARENT_KEY": "uuid:1", "KEY": "uuid:1/p[1]"}
    parent, child = join(board, table("a", PARENT), table("a-p", officer))
    (row,) = rows_of(child)
    assert (row["tanggal"], row["tps"], row["jam_tiba"]) == ("27/11/2024", "1", "06.21")
    assert "__bukan_laporan" not in row
    assert len(parent.cells) == 0


def test_boxes_that_came_are_details_of_their_form(board):
    box = {"kotak": "A1", "jam_tiba": "16.20", "PARENT_KEY": "uuid:1", "KEY": "uuid:1/p[1]"}
    _, child = join(board, table("a", PARENT | {"fase": "ditutup"}), table("a-p", box))
    assert "rincian" in rows_of(child)[0]["__bukan_laporan"]
