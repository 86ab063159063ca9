"""Officers at the door: the roster, who is posted where, who has checked in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import INSTANSI, PENUGASAN, PERSONNEL, POSTINGS, ROSTER
from situasi.ingest import quarantine
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.numbers import read_tps_list
from tests.builders import unbounded
from tests.builders_files import report
from tests.conftest import NOON
from tests.ingest.door import accepted, deliver, everything_kept, reasons

NO_PLACE = {"kode_kecamatan": "", "kecamatan": "", "desa": "", "tps": ""}


def test_a_check_in_of_a_day_alone_keeps_its_day_with_a_mark(board: Board) -> None:
    found = accepted(board, "personnel", waktu="27/11/2024", checkin="tiba di TPS")
    assert (found["precision"], found["checkin"]) == ("hari", "tiba_di_tps")
    assert "jam tidak disebut" in found["flags"]


def test_which_tps_of_an_unknown_desa_is_meant_is_marked_as_unsure(board: Board) -> None:
    place = {"kode_kecamatan": "", "kecamatan": "Indralaya Utara", "tps": "3"}
    found = accepted(board, "personnel", **place, desa="Margo Rejo", checkin="tiba di TPS")
    assert "TPS 003 mana tidak pasti: desanya tidak dikenal" in found["flags"]
    known = accepted(board, "personnel", id="K-2", **place, desa="Lorok", checkin="tiba di TPS")
    assert known["flags"] is None


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


def mark_of(board: Board, nrp: str) -> str:
    return board.ingest_context.officer_key.mark_number(nrp)


def test_of_an_nrp_only_its_mark_is_kept(board: Board) -> None:
    row = report("roster", nrp_tersamar="87010678", pangkat="Bripka", satuan="Polsek Indralaya")
    deliver(board, "roster", row)
    found = board.store.rows_after(ROSTER).iloc[0]
    assert (found["petugas"], found["nrp"], found["pangkat"], found["satuan"]) == (
        "P-0001", mark_of(board, "87010678"), "Bripka", "Polsek Indralaya",
    )  # fmt: skip
    assert "8701" not in everything_kept(board)


SAME = [
    "87010678", 87010678, 87010678.0, "87010678.0", "'87010678", "NRP 87010678", "NRP. 8701-0678",
    "8701 0678", "87 01 0678", "87.01.0678", "N.R.P : 87010678", "NRP/NIP 87010678",
    "Bripka Andi / 87010678", "ANDI S. 87010678", "87010678/BRIPKA", "8,7010678E+07",
    "Bripka Andi 8701 0678",
]  # fmt: skip


# The feeds read it by the same code: one takes each writing, the others some.
@pytest.mark.parametrize(
    ("feed", "written"),
    [*(("roster", one) for one in SAME), *(("postings", one) for one in SAME[::6]),
     *(("personnel", one) for one in SAME[1::6])],
)  # fmt: skip
@pytest.mark.parametrize("column", ["petugas", "NRP"])
def test_an_nrp_is_one_mark_however_and_wherever_it_is_written(
    board: Board, feed: str, column: str, written: object
) -> None:
    stated = {"petugas": "", column: written}
    assert accepted(board, feed, **stated)["petugas"] == mark_of(board, "87010678")
    assert "0678" not in everything_kept(board)


@pytest.mark.parametrize(
    ("written", "nrp", "doubt"),
    [
        ("5041234", "05041234", "nol di depan dipulihkan"),
        (5041234.0, "05041234", "nol di depan dipulihkan"),
        ("41234", "00041234", "nol di depan dipulihkan"),
        (101234, "00101234", "nol di depan dipulihkan"),
        ("512345/P", "512345", "bukan 8 angka"), ("123456789", "123456789", "bukan 8 angka"),
        ("198704122010011003", "198704122010011003", None),
        ("19870412 201001 1 003", "198704122010011003", None),
        (198704122010011003, "198704122010011003", None),
        ("21080123450688", "21080123450688", None), ("11970028060", "11970028060", None),
    ],
)  # fmt: skip
def test_a_number_of_another_length_is_completed_or_doubted(
    board: Board, written: object, nrp: str, doubt: str | None
) -> None:
    found = accepted(board, "roster", petugas="", nrp_tersamar=written)
    assert found["petugas"] == mark_of(board, nrp)
    assert (doubt in found["flags"]) if doubt else (found["flags"] is None)


DAMAGED = [
    ("8,70412E+07", "rusak"), ("8.70412E+07", "rusak"), ("1.98704E+17", "rusak"),
    (1.98704122010011e17, "rusak"), ("198704122010011000", "rusak"), ("9E+07", "rusak"),
    ("*****678", "tersamar"), ("NRP *****", "tersamar"), ("XXXXX678", "tersamar"),
    ("87010678 / 87020789", "beberapa NRP"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("feed", "written", "said"),
    [*(("roster", *one) for one in DAMAGED), *(("postings", *one) for one in DAMAGED[::4]),
     *(("personnel", *one) for one in DAMAGED[1::4])],
)  # fmt: skip
@pytest.mark.parametrize("column", ["petugas", "NRP"])
def test_an_nrp_that_lost_digits_is_held_with_its_reason_and_none_of_them(
    board: Board, feed: str, column: str, written: object, said: str
) -> None:
    assert said in reasons(board, feed, **{"petugas": "", column: written})
    kept = everything_kept(board)
    assert not any(part in kept for part in ("70412", "8704", "678", "1.98", "789"))


@pytest.mark.parametrize("written", ["7912345", "0104123", "12", "tidak ada"])
def test_an_nrp_column_that_tells_no_number_is_asked_again(board: Board, written: str) -> None:
    assert "NRP" in reasons(board, "personnel", petugas="", NRP=written)


def test_an_unusable_nrp_beside_a_number_is_doubted_and_a_masked_one_left_out(
    board: Board,
) -> None:
    found = accepted(board, "roster", id="1", nrp_tersamar="8,70412E+07")
    assert (found["petugas"], found["nrp"]) == ("P-0001", None)
    assert "rusak" in found["flags"]
    found = accepted(board, "roster", id="2", nrp_tersamar="*****678")
    assert (found["nrp"], found["flags"]) == (None, None)


@pytest.mark.parametrize("feed", ["roster", "postings", "personnel"])
@pytest.mark.parametrize(
    ("petugas", "said"),
    [
        ("", "nomor petugas kosong: tulis nomor petugas atau NRP"),
        ("Budi Santoso", "bukan nama"),
        ("Bripka Budi 2", "bukan nama"),
        ("x1" * 400, "nomor petugas"),
    ],
)
def test_an_officer_is_a_number_or_an_nrp(
    board: Board, feed: str, petugas: object, said: str
) -> None:
    found = reasons(board, feed, petugas=petugas)
    assert said in found
    assert "Budi" not in found + everything_kept(board)


def test_a_number_of_the_roster_is_kept_as_written(board: Board) -> None:
    for number in ("P-0001", "17", "BKO/12", "OI 0331", "N-0001", "1234567"):
        assert accepted(board, "personnel", id=number, petugas=number)["petugas"] == number


def test_an_nrp_beside_the_number_makes_both_one_officer(board: Board) -> None:
    found = accepted(board, "postings", NRP="87010678")
    assert (found["petugas"], found["nrp"]) == ("P-0001", mark_of(board, "87010678"))


def test_a_column_of_names_with_nrp_tells_the_officer_and_is_not_kept(board: Board) -> None:
    row = report("postings", **{"Pangkat, Nama, NRP": "Bripka Suharto / 87010678"})
    del row["petugas"]
    assert deliver(board, "postings", row).accepted == 1
    found = board.store.rows_after(POSTINGS).iloc[-1]
    assert found["petugas"] == mark_of(board, "87010678")
    assert "Suharto" not in everything_kept(board)


def test_a_held_row_keeps_the_mark_and_is_released_by_its_correction(board: Board) -> None:
    for heading, cell in (("NRP", "87010678"), ("Nama / NRP", "Suharto 87010678")):
        row = report("personnel", checkin="entah", **{heading: cell})
        del row["petugas"]
        deliver(board, "personnel", row)
        held = board.store.quarantined_rows()[-1]
        assert mark_of(board, "87010678") in held.raw.values()
        result = quarantine.release_row(
            board.store, board.ingest_context, unbounded("uji"), held, {"checkin": "apel"}, NOON
        )
        assert (result.accepted + result.duplicate, result.reasons) == (1, [])
        assert board.store.rows_after(PERSONNEL).iloc[-1]["petugas"] == mark_of(board, "87010678")


def test_ids_made_of_nrp_stay_apart_and_hold_none(board: Board) -> None:
    for feed in ("incidents", "personnel"):
        one, other = (accepted(board, feed, id=nrp)["id"] for nrp in ("87010678", "87020678"))
        assert one != other
    assert "0678" not in everything_kept(board)


# Names.

ROSTER_ROWS = [
    {"petugas": "P-1", "Nama": "Bripka Andi Saputra, S.H.", "satuan": "Polsek Indralaya"},
    {"petugas": "", "NRP": "87010678", "Nama": "Budi Santoso", "satuan": "Polsek Indralaya"},
    {"petugas": "P-3", "Nama": "Budi Hartono", "satuan": "POLSEK  INDRALAYA"},
    {"petugas": "P-4", "Nama": "Andi Wijaya", "satuan": "Polsek Pemulutan"},
]


@pytest.fixture
def named(board: Board) -> Board:
    """A board whose roster came with names."""
    rows = [report("roster", id=f"R-{n}", **row) for n, row in enumerate(ROSTER_ROWS)]
    assert deliver(board, "roster", *rows).accepted == len(rows)
    return board


@pytest.mark.parametrize(
    ("written", "unit", "found"),
    [
        ("Bripka Andi S., Polsek Indralaya", "", "P-1"),
        ("ANDI SAPUTRA", "Polsek Indralaya", "P-1"),
        ("Andi", "polsek indralaya", "P-1"), ("Budi Santoso", "Polsek Indralaya", "mark"),
        ("Aipda Budi H.", "Polsek Indralaya", "P-3"), ("Andi (Polsek Pemulutan)", "", "P-4"),
        ("Budi", "Polsek Indralaya", None), ("Andi", "", None),
        ("Andi", "Polsek Tanjung Raja", None),
        ("Candra", "Polsek Indralaya", None), ("Andi Kurnia", "Polsek Indralaya", None),
    ],
)  # fmt: skip
def test_a_name_matches_inside_its_units_roster_when_only_one_has_it(
    named: Board, written: str, unit: str, found: str | None
) -> None:
    stated = report("personnel", petugas=written, Kesatuan=unit)
    ledger = deliver(named, "personnel", stated)
    assert (ledger.accepted, ledger.quarantined) == ((1, 0) if found else (0, 1))
    if found:
        row = named.store.rows_after(PERSONNEL).iloc[-1]
        assert row["petugas"] == (mark_of(named, "87010678") if found == "mark" else found)
        assert "dikenali dari namanya" in row["flags"]
    else:
        assert "nomor petugas atau NRP" in "; ".join(ledger.reasons[0]["reasons"])
    kept = everything_kept(named).lower()
    assert not any(name in kept for name in ("andi", "budi", "saputra", "santoso", "candra"))


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
        ({"petugas": ""}, "petugas kosong"),
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
    assert "058, 059" in accepted(board, "postings", tps="1,58-59")["flags"]


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


def test_a_posting_to_a_desa_that_is_not_in_its_kecamatan_waits(board: Board) -> None:
    place = {"kode_kecamatan": "16.10.03", "kecamatan": "Tanjung Raja", "desa": "Seri Menanti"}
    said = reasons(board, "postings", **place, tps="001")
    assert 'desa "Seri Menanti" ada di kecamatan Muara Kuang, bukan Tanjung Raja' in said
