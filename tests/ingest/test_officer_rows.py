"""Officers at the door: the roster, who is posted where, who has checked in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import INSTANSI, PENUGASAN, POSTINGS, ROSTER
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.numbers import read_tps_list
from tests.builders_files import report
from tests.conftest import NOON
from tests.ingest.door import accepted, deliver, reasons

NO_PLACE = {"kode_kecamatan": "", "kecamatan": "", "desa": "", "tps": ""}


# The roster.


def test_an_officer_of_the_roster_needs_neither_time_nor_place(board: Board) -> None:
    found = accepted(board, "roster", waktu="", kode_kecamatan="", kecamatan="")
    assert pd.isna(found["occurred_at"])
    assert (found["kecamatan"], found["precision"], found["flags"]) == (None, None, None)
    assert found["known_at"] == NOON


def test_a_roster_without_times_that_is_history_is_known_when_it_was_stored(board: Board) -> None:
    later = NOON + timedelta(days=40)
    deliver(board, "roster", report("roster", waktu=""), now=later)
    assert board.store.rows_after(ROSTER)["known_at"].tolist() == [later]


def test_of_an_nrp_only_the_last_three_digits_are_kept(board: Board) -> None:
    row = report("roster", nrp_tersamar="87010678", pangkat="Bripka", satuan="Polsek Indralaya")
    deliver(board, "roster", row)
    found = board.store.rows_after(ROSTER).iloc[0]
    assert (found["nrp"], found["pangkat"], found["satuan"]) == (
        "*****678", "Bripka", "Polsek Indralaya",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "kept", "doubt"),
    [("NRP 87 01 0678", "*****678", False), (87010678.0, "*****678", False),
     ("*****678", "*****678", False), ("1234", "*****234", True)],
)  # fmt: skip
def test_an_nrp_is_masked_however_it_came(
    board: Board, written: object, kept: str, doubt: bool
) -> None:
    found = accepted(board, "roster", nrp_tersamar=written)
    assert (found["nrp"], bool(found["flags"])) == (kept, doubt)


@pytest.mark.parametrize("feed", ["roster", "postings", "personnel"])
@pytest.mark.parametrize(
    ("petugas", "said"),
    [
        ("", "nomor petugas kosong"),
        ("87010678", "NRP tidak disimpan; tulis nomor petugas"),
        (87010678.0, "NRP tidak disimpan"),
        ("NRP. 8701-0678", "NRP tidak disimpan"),
        ("8701 0678", "NRP tidak disimpan"),
        ("*****678", "NRP tidak disimpan"),
        ("Budi Santoso", "bukan nama"),
        ("Bripka Budi 2", "bukan nama"),
        ("x1" * 400, "petugas harus nomor"),
    ],
)
def test_an_officer_is_a_number_of_the_roster(
    board: Board, feed: str, petugas: object, said: str
) -> None:
    found = reasons(board, feed, petugas=petugas)
    assert said in found
    assert "Budi" not in found


def test_a_number_of_the_roster_is_kept_as_written(board: Board) -> None:
    for number in ("P-0001", "17", "BKO/12", "OI 0331"):
        assert accepted(board, "personnel", id=number, petugas=number)["petugas"] == number


def test_an_nrp_column_in_place_of_the_number_is_answered_with_what_to_write(board: Board) -> None:
    row = report("personnel", NRP="87010678")
    del row["petugas"]
    ledger = deliver(board, "personnel", row)
    assert ledger.reasons[0]["reasons"] == [
        "NRP tidak disimpan; tulis nomor petugas dari daftar personel"
    ]


def test_an_nrp_beside_the_number_is_left_at_the_door(board: Board) -> None:
    assert accepted(board, "personnel", NRP="87010678")["petugas"] == "P-0001"


@pytest.mark.parametrize("agency", INSTANSI)
def test_the_roster_takes_every_agency(board: Board, agency: str) -> None:
    assert accepted(board, "roster", instansi=agency)["instansi"] == agency


def test_a_place_that_is_unknown_is_asked_again_even_where_none_is_needed(board: Board) -> None:
    assert "Atlantis" in reasons(board, "roster", kode_kecamatan="", kecamatan="Atlantis")


# Postings.


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("01,02,03", "001,002,003"), ("1-4", "001,002,003,004"), ("1 s.d. 4", "001,002,003,004"),
        ("TPS 1, 2 dan 5", "001,002,005"), ("1 s/d 3", "001,002,003"), ("TPS 07", "007"),
        ("TPS 1 sampai dengan TPS 3", "001,002,003"), ("3;1;1", "001,003"), (2, "002"),
        (2.0, "002"), ("TPS001 & TPS002", "001,002"), ("1–3, 7", "001,002,003,007"),
        ("no. 4 hingga 5", "004,005"), ("TPS 02 Tanjung Gelam", "002"), ("01/02", "001,002"),
    ],
)  # fmt: skip
def test_a_list_of_tps_is_read_as_posts_write_it(written: object, read: str) -> None:
    assert read_tps_list(written) == read  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    ["semua", "4-1", "0", "1000", 1.2, datetime(2024, 4, 1), "1,x", "-", "1--", "satu dan dua",
     "010203", "9" * 3000, "1-999-3", True],
)  # fmt: skip
def test_a_list_of_tps_that_may_mean_anything_is_refused(written: object) -> None:
    with pytest.raises(UnreadableCell, match="daftar TPS"):
        read_tps_list(written)  # type: ignore[arg-type]


@given(st.sets(st.integers(1, 40), min_size=1, max_size=12), st.sampled_from([",", ", ", " dan "]))
def test_any_list_of_numbers_is_read_in_order_and_reads_itself(
    numbers: set[int], between: str
) -> None:
    read = read_tps_list(between.join(map(str, numbers)))
    assert [int(part) for part in read.split(",")] == sorted(numbers)
    assert read_tps_list(read) == read


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans()))
def test_any_cell_is_a_list_of_tps_or_refused(cell: object) -> None:
    try:
        read = read_tps_list(cell)  # type: ignore[arg-type]
    except UnreadableCell:
        return
    assert all(len(part) == 3 and part.isdigit() and part != "000" for part in read.split(","))


def test_tps_that_are_named_are_guarded_without_a_word(board: Board) -> None:
    found = accepted(board, "postings", penugasan="", tps="1 s.d. 2")
    assert (found["penugasan"], found["tps"], found["desa"]) == ("tps", "001,002", "16.10.04.2006")


@pytest.mark.parametrize("task", PENUGASAN)
def test_every_kind_of_posting_is_taken(board: Board, task: str) -> None:
    place = {} if task == "tps" else {"tps": "", "desa": "", "lokasi": "Mapolres"}
    assert accepted(board, "postings", penugasan=task, **place)["penugasan"] == task


def test_a_reserve_may_stand_for_the_whole_kabupaten(board: Board) -> None:
    found = accepted(board, "postings", **NO_PLACE, penugasan="siaga", lokasi="Mapolres")
    assert (found["penugasan"], found["kecamatan"], found["lokasi"]) == (
        "cadangan", None, "Mapolres",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"tps": "1-x"}, "daftar TPS"),
        ({"desa": ""}, "desa kosong"),
        ({"tps": ""}, "nomor TPS kosong"),
        ({"tps": "", "penugasan": ""}, "penugasan kosong"),
        ({"penugasan": "cadangan"}, "pilih salah satu"),
        ({**NO_PLACE, "penugasan": "kecamatan"}, "tanpa kecamatan"),
        ({"petugas": ""}, "nomor petugas kosong"),
        ({"penugasan": "entah"}, "entah"),
        ({"waktu": "besok"}, "besok"),
    ],
)
def test_a_posting_that_does_not_say_who_or_where_is_asked_again(
    board: Board, stated: dict[str, str], said: str
) -> None:
    assert said in reasons(board, "postings", **stated)


def test_an_unreadable_list_is_one_fault_not_three(board: Board) -> None:
    ledger = deliver(board, "postings", report("postings", tps="1-x", penugasan=""))
    assert len(ledger.reasons[0]["reasons"]) == 1


def test_tps_that_the_register_does_not_have_are_doubted(board: Board) -> None:
    assert "098, 099" in accepted(board, "postings", tps="1,98-99")["flags"]


def test_a_posting_without_a_time_holds_from_the_start_of_the_watch(board: Board) -> None:
    rows = [report("postings", id=f"K-{n}", waktu="") for n in range(3)]
    ledger = deliver(board, "postings", *rows)
    assert [note for note in ledger.notes if "tanpa waktu" in note] == [
        "3 baris tanpa waktu: penugasan berlaku sejak jaga hari pemungutan suara"
    ]
    at = board.store.rows_after(POSTINGS)["occurred_at"].unique().tolist()
    assert at == [datetime(2024, 11, 26, 21, tzinfo=UTC)]


def test_an_order_may_be_for_a_time_to_come(board: Board) -> None:
    assert accepted(board, "postings", waktu="28/11/2024 06.00")["flags"] is None


# Check-ins.


def test_a_check_in_cannot_be_of_the_future(board: Board) -> None:
    assert "masa depan" in reasons(board, "personnel", waktu="28/11/2024 06.00")
