"""Forms: what is typed becomes rows that the door takes, and steps of a case stay of that case."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from situasi.board import Board
from situasi.ingest import form_rows
from situasi.ingest.form_rows import SubmissionStamp
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file, ingest_rows
from situasi.simulation.generate import generate_day
from tests.builders import WIB, case_table, incident, unbounded
from tests.builders import incidents as frame
from tests.conftest import NOON

NOW = SubmissionStamp(NOON.astimezone(WIB), is_exercise=False)
PLAYED = SubmissionStamp(NOON.astimezone(WIB), is_exercise=True)


def brought(board: Board, feed: str, *rows: dict[str, str], later: int = 0) -> IngestResult:
    now = NOON + timedelta(minutes=later)
    return ingest_rows(
        list(rows),
        "formulir",
        board.store,
        board.ingest_context,
        unbounded("operator"),
        feed=feed,
        now=now,
    )


def rows_of(board: Board, feed: str) -> pd.DataFrame:
    return board.snapshot_reader.refresh().snapshot.frames[feed]


def cases_of(board: Board) -> pd.DataFrame:
    return case_table(rows_of(board, "incidents"))


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("", "27/11 12.00"),
        ("09.15", "27/11 09.15"),
        ("0915", "27/11 09.15"),
        ("9:15 WIB", "27/11 09.15"),
        ("26/11/2024 23.10", "26/11 23.10"),
    ],
)
def test_a_clock_is_of_today_and_nothing_typed_is_now(board: Board, typed: str, local: str) -> None:
    where = form_rows.build_place_cells(board.register, "16.10.05")
    row = {**where, **NOW.build_cells(typed), **form_rows.keep_filled(jenis="kericuhan")}
    assert brought(board, "incidents", row).accepted == 1
    at = rows_of(board, "incidents")["occurred_at"].iloc[0].tz_convert(WIB)
    assert f"{at:%d/%m %H.%M}" == local


def test_a_place_chosen_from_the_register_is_taken_without_a_doubt(board: Board) -> None:
    places = (
        form_rows.build_place_cells(board.register, desa.kecamatan, desa.code, "1")
        for desa in board.register.desa.values()
    )
    row = {**NOW.build_cells(), "jenis": "akses"}
    brought(board, "incidents", *({**where, **row} for where in places))
    rows = rows_of(board, "incidents")
    assert rows["desa"].tolist() == list(board.register.desa)
    assert rows["flags"].isna().all()
    assert set(rows["tps"]) == {"001"}


def test_nihil_of_a_kecamatan_is_one_whole_report_and_twice_in_a_minute_once(board: Board) -> None:
    row = form_rows.build_nihil_row(board.register, "16.10.05", None, NOW, "Polsek Pemulutan")
    assert brought(board, "incidents", row).accepted == 1
    assert brought(board, "incidents", row).duplicate == 1
    told = rows_of(board, "incidents").iloc[0]
    assert (told["jenis"], told["status"], told["pelapor"]) == (
        "nihil",
        "nihil",
        "Polsek Pemulutan",
    )


def test_what_is_typed_in_an_exercise_is_marked_and_known_at_its_clock(board: Board) -> None:
    row = form_rows.build_nihil_row(board.register, "16.10.05", None, PLAYED, "")
    brought(board, "incidents", row, later=60 * 24 * 30)
    told = rows_of(board, "incidents").iloc[0]
    assert told["latihan"]
    assert told["known_at"] == NOON


def test_an_empty_cell_of_the_table_of_a_desa_sends_nothing_and_never_zero(board: Board) -> None:
    desa = next(iter(board.register.desa))
    typed = [
        {"tps": "001", "fase": None, "hadir": "", "pengawal": " "},
        {"tps": "002", "fase": "dibuka", "hadir": None, "pengawal": ""},
        {"tps": "003", "fase": None, "hadir": "0", "pengawal": None},
    ]
    rows = form_rows.build_station_rows(board.register, desa, typed, NOW, "")
    assert brought(board, "tps", *rows).accepted == len(rows) == 2
    told = rows_of(board, "tps").set_index("tps")
    assert told["fase"].to_dict() == {"002": "dibuka", "003": None}
    assert pd.isna(told.loc["002", "hadir"])
    assert told.loc["003", "hadir"] == 0


@pytest.mark.parametrize("status", ["dilaporkan", "diverifikasi", "ditangani", "diteruskan"])
def test_an_open_case_can_be_closed_and_weighed_anew_and_never_goes_back(status: str) -> None:
    assert {"selesai", "tidak_terbukti", form_rows.REASSESS_STEP} <= set(
        form_rows.list_next_steps(status)
    )
    assert "dilaporkan" not in form_rows.list_next_steps(status)
    assert ("diverifikasi" in form_rows.list_next_steps(status)) == (status == "dilaporkan")


@pytest.mark.parametrize("status", ["selesai", "tidak_terbukti"])
def test_a_case_that_ended_can_only_be_taken_up_again(status: str) -> None:
    assert form_rows.list_next_steps(status) == ("ditangani", form_rows.REASSESS_STEP)


@pytest.mark.slow
def test_a_step_stays_of_its_case_whatever_its_sender_wrote(board: Board, tmp_path: Path) -> None:
    generate_day(board.register, board.boundaries, 7, tmp_path)
    public = board.settings.sample_folder / "public" / board.register.election.slug
    for path in [*public.glob("*.csv"), *tmp_path.glob("*incident*.csv")]:
        ingest_file(
            IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=NOON)
        )
    before = cases_of(board)
    assert set(before["precision"]) >= {"menit", "hari"} and before["kecamatan"].isna().any()
    for step, told in enumerate(({"status": "ditangani"}, {"tingkat": "tinggi"})):
        rows = [
            row
            for _, case in before.groupby("case")
            for row in form_rows.build_step_rows(board.register, case, told, NOW, "operator")
        ]
        ledger = brought(board, "incidents", *rows, later=60 + step)
        assert (ledger.accepted, ledger.reasons) == (len(rows), [])
    assert set(cases_of(board)["case"]) == set(before["case"])


def test_a_step_says_who_and_when_and_keeps_what_was_said_before(board: Board) -> None:
    where = form_rows.build_place_cells(board.register, "16.10.05")
    typed = form_rows.keep_filled(
        jenis="kericuhan", tingkat="tinggi", uraian="Ribut", pelapor="Pos 3"
    )
    brought(board, "incidents", {**where, **NOW.build_cells(), **typed})
    told = form_rows.keep_filled(status="ditangani", ditugaskan="Regu 2")
    rows = form_rows.build_step_rows(board.register, cases_of(board), told, NOW, "budi")
    brought(board, "incidents", *rows, later=1)
    both = rows_of(board, "incidents")
    assert both["pelapor"].tolist() == ["Pos 3", "budi"]
    case = cases_of(board).iloc[0]
    assert (case["status"], case["ditugaskan"], case["tingkat"]) == (
        "ditangani",
        "Regu 2",
        "tinggi",
    )


def test_only_the_open_members_of_a_group_are_closed(board: Board) -> None:
    members = frame(incident(id="A", status="selesai"), incident(id="B"), incident(id="C"))
    rows = form_rows.build_step_rows(board.register, members, {"status": "selesai"}, NOW, "x")
    assert [row["id"] for row in rows] == ["B", "C"]


def test_rows_of_an_area_are_all_of_it() -> None:
    assert form_rows.is_in_area(["16.10.01", None], ())
    assert form_rows.is_in_area(["16.10.01"], ("16.10.01",))
    assert not form_rows.is_in_area(["16.10.01", "16.10.02"], ("16.10.01",))
    assert not form_rows.is_in_area([None], ("16.10.01",))
