"""TPS reports at the door: phases, heads apart and together, what a count covers, escorts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FASE
from situasi.ingest.parsing.box_arrivals import READ_AS_PPK, WHERE_ARRIVED
from tests.builders import wib
from tests.builders_files import report
from tests.ingest.door import accepted, deliver, everything_kept, judged, reasons
from tests.ingest.test_pipeline import fresh_board


@pytest.fixture(scope="module")
def any_board() -> Iterator[Board]:
    """A board for rows that are judged and never stored."""
    with fresh_board() as (board, _):
        yield board


WIB = ZoneInfo("Asia/Jakarta")
COUNT = {"fase": "", "hadir": "412"}


@pytest.mark.parametrize("phase", FASE)
def test_every_phase_is_a_report_of_its_own(board: Board, phase: str) -> None:
    found = accepted(board, "tps", fase=phase, hadir="", pengawal="P-0001")
    assert (found["fase"], found["lingkup"], found["flags"]) == (phase, "tps", None)


@pytest.mark.parametrize("written", ["1", "01", "TPS 001", 1, 1.0])
def test_a_tps_is_written_alike_however_it_came(board: Board, written: object) -> None:
    assert accepted(board, "tps", tps=written)["tps"] == "001"


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [("07.00 s.d. 09.00", 7, 9), ("jam 7 s/d 9 WIB", 7, 9), ("07.00 - selesai", 7, 7),
     ("09.00 s.d. 07.00", 9, 9), ("09.00", 9, 9)],
)  # fmt: skip
def test_a_count_over_a_span_of_hours_is_of_its_end_and_a_phase_of_its_start(
    board: Board, written: str, start: int, end: int
) -> None:
    written = f"27/11/2024 {written}"
    count = accepted(board, "tps", waktu=written, **COUNT)
    assert count["occurred_at"].astimezone(WIB).hour == end
    assert ("dipakai akhirnya" in (count["flags"] or "")) == (start != end)
    phase = accepted(board, "tps", waktu=written, fase="dibuka", hadir="")
    assert phase["occurred_at"].astimezone(WIB).hour == start


@pytest.mark.parametrize(
    ("feed", "of_a_station", "of_none"),
    [
        ("tps", {"tps": "001"}, {"tps": "", "fase": "", "hadir": "90", "lingkup": "desa"}),
        ("personnel", {"tps": "001", "desa": "Tanjung Gelam", "checkin": "tiba di TPS"}, {}),
    ],
)
def test_a_point_is_kept_of_a_row_that_names_its_tps_and_of_no_other(
    board: Board, feed: str, of_a_station: dict[str, str], of_none: dict[str, str]
) -> None:
    point = {"titik koordinat": "-3.2531, 104.6512"}
    found = accepted(board, feed, id="a", **of_a_station, **point)
    assert (found["lat"], found["lon"]) == (-3.2531, 104.6512)
    assert accepted(board, feed, id="b", **of_none, **point)[["lat", "lon"]].isna().all()
    far = accepted(board, feed, id="c", **of_a_station, latitude="-6.2", longitude="106.8")
    assert far[["lat", "lon"]].isna().all()
    assert "titik tidak digambar" in far["flags"]


# Heads: together and apart.


def test_heads_of_the_list_alone_are_the_sum_of_the_parts_given(board: Board) -> None:
    found = accepted(board, "tps", hadir="", hadir_dpt="400", hadir_dptb="5", hadir_dpk="-")
    assert (found["hadir"], found["hadir_dpt"], found["hadir_dptb"]) == (405, 400, 5)
    assert found.isna()["hadir_dpk"]


def test_no_part_is_made_up_where_only_the_sum_was_told(board: Board) -> None:
    found = accepted(board, "tps", **COUNT)
    assert found["hadir"] == 412
    assert found[["hadir_dpt", "hadir_dptb", "hadir_dpk"]].isna().all()


@pytest.mark.parametrize(
    ("parts", "doubted"),
    [(("400", "8", "4"), False), (("400", "8", "5"), True), (("413", "", ""), True),
     (("400", "", ""), False), (("400", "8", ""), False), (("0", "0", "412"), False)],
)  # fmt: skip
def test_parts_that_do_not_add_up_are_doubted_never_repaired(
    board: Board, parts: tuple[str, str, str], doubted: bool
) -> None:
    dpt, dptb, dpk = parts
    found = accepted(board, "tps", **COUNT, hadir_dpt=dpt, hadir_dptb=dptb, hadir_dpk=dpk)
    assert found["hadir"] == 412
    assert ("tidak sama" in (found["flags"] or "")) == doubted


def test_guests_alone_are_no_turnout(board: Board) -> None:
    found = accepted(board, "tps", fase="", hadir="", hadir_dptb="3")
    assert found.isna()["hadir"]
    assert "tidak disebut" in found["flags"]


@pytest.mark.parametrize("cell", ["banyak", "-5", "4,5", "412/450", "1e9999"])
def test_only_a_count_that_cannot_be_read_is_refused(board: Board, cell: str) -> None:
    assert "jumlah" in reasons(board, "tps", hadir=cell)


def test_counts_that_fall_repeat_or_exceed_the_list_are_taken_as_told(board: Board) -> None:
    rows = [
        report("tps", **{**COUNT, "hadir": count}, waktu=f"27/11/2024 {hour}.00")
        for hour, count in [("08", "300"), ("09", "300"), ("10", "200"), ("11", "700")]
    ]
    assert deliver(board, "tps", *rows).accepted == 4


# What a count covers.


def test_a_count_without_a_tps_is_of_the_desa_or_kecamatan_it_names(board: Board) -> None:
    assert accepted(board, "tps", **COUNT, tps="")["lingkup"] == "desa"
    found = accepted(board, "tps", **COUNT, id="K-2", tps="-", desa="")
    assert (found["lingkup"], found["kecamatan"], found["tps"]) == ("kecamatan", "16.10.04", None)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"tps": "", "fase": "dibuka", "hadir": ""}, "nomor TPS kosong"),
        ({"tps": "", "desa": "", "fase": "dibuka", "hadir": "12"}, "nomor TPS kosong"),
        ({"tps": "", "lingkup": "desa", "fase": "dibuka"}, "hanya dapat dilaporkan per TPS"),
        ({"desa": ""}, "desa kosong"),
        ({**COUNT, "lingkup": "desa"}, "pilih salah satu"),
        ({**COUNT, "lingkup": "kecamatan", "tps": ""}, "pilih salah satu"),
        ({**COUNT, "lingkup": "tps", "tps": ""}, "nomor TPS kosong"),
        ({**COUNT, "tps": "", "desa": "", "kode_kecamatan": "", "kecamatan": "Ogan Ilir"},
         "seluruh kabupaten"),
        ({"fase": "", "hadir": ""}, "tidak ada fase maupun jumlah hadir"),
        ({"fase": "-", "hadir": "-"}, "tidak ada fase maupun jumlah hadir"),
        ({"fase": "entah"}, "entah"),
    ],
)  # fmt: skip
def test_what_is_not_said_of_a_tps_or_its_area_is_asked_again(
    board: Board, stated: dict[str, str], said: str
) -> None:
    assert said in reasons(board, "tps", **stated)


def test_a_tps_that_cannot_be_reached_is_a_report_without_phase_or_count(board: Board) -> None:
    found = accepted(board, "tps", fase="", hadir="", kontak="tidak bisa dihubungi")
    assert (found["kontak"], found["fase"]) == ("tak_terjangkau", None)
    assert found.isna()["hadir"]


# Who escorts a box.


def test_a_box_on_the_move_that_nobody_is_said_to_escort_is_doubted(board: Board) -> None:
    assert "tanpa pengawal" in accepted(board, "tps", fase="kotak bergeser")["flags"]
    escorted = accepted(board, "tps", id="K-2", fase="kotak bergeser", pengawal="P-0012, P-0013")
    assert (escorted["pengawal"], escorted["flags"]) == ("P-0012, P-0013", None)


@pytest.mark.parametrize(
    "named", ["Budi Santoso", "Bripka Budi", "AIPTU BUDI", "Bapak Budi (2 orang)"]
)
def test_an_escort_named_by_name_is_kept_as_an_escort_without_the_name(
    board: Board, named: str
) -> None:
    found = accepted(board, "tps", fase="kotak bergeser", pengawal=named)
    assert found["pengawal"] == "disebut"
    assert "nama pengawal tidak disimpan" in found["flags"]
    reasons(board, "tps", fase="entah", pengawal=named)
    assert "budi" not in everything_kept(board).lower()


@pytest.mark.parametrize("named", ["AIPTU BUDI 87010123", "87010123", "Budi, NRP 8701-0123"])
def test_an_escort_named_by_nrp_is_kept_by_its_mark(board: Board, named: str) -> None:
    found = accepted(board, "tps", fase="kotak bergeser", pengawal=named)
    mark = board.ingest_context.officer_key.mark_number("87010123")
    assert (found["pengawal"], found["flags"]) == (mark, None)
    kept = everything_kept(board).lower()
    assert "budi" not in kept and "0123" not in kept


@pytest.mark.parametrize("heading", ["Nama KPPS", "nama petugas", "Nama"])
def test_a_column_of_names_in_a_tps_file_leaves_no_trace(board: Board, heading: str) -> None:
    ledger = deliver(board, "tps", report("tps", fase="entah", **{heading: "Budi Santoso"}))
    assert any("kolom nama tidak disimpan" in note for note in ledger.notes)
    assert "Budi" not in everything_kept(board)


PART = st.one_of(st.none(), st.integers(0, 250))  # more than a list of voters is held


@given(total=PART, parts=st.tuples(PART, PART, PART))
def test_heads_are_stated_or_a_sum_of_what_was_stated_and_missing_stays_missing(
    any_board: Board, total: int | None, parts: tuple[int | None, int | None, int | None]
) -> None:
    dpt, dptb, dpk = parts
    row = report("tps", hadir=total, hadir_dpt=dpt, hadir_dptb=dptb, hadir_dpk=dpk)
    found = judged(any_board, "tps", row).accepted.iloc[0]
    given_parts = [part for part in parts if part is not None]
    expected = total if total is not None else sum(given_parts) if dpt is not None else None
    assert (None if found.isna()["hadir"] else found["hadir"]) == expected


# What cannot be true waits: it is in no sum.


@pytest.mark.parametrize(
    ("cells", "is_held"),
    [({"hadir": "4900"}, True), ({"hadir": "600"}, False),
     ({"tps": "", "hadir": "1300", "lingkup": "desa"}, False),
     ({"tps": "", "hadir": "13000", "lingkup": "desa"}, True),
     ({"tps": "", "desa": "", "hadir": "30000", "lingkup": "kecamatan"}, False),
     ({"tps": "", "desa": "", "hadir": "300000", "lingkup": "kecamatan"}, True)],
)  # fmt: skip
def test_a_count_far_above_the_list_of_what_it_covers_waits(
    any_board: Board, cells: dict[str, str], is_held: bool
) -> None:
    found = judged(any_board, "tps", report("tps", **{**COUNT, "desa": "Tanjung Gelam", **cells}))
    assert [len(found.accepted), len(found.rejected)] == [not is_held, is_held]
    assert all("padahal pemilih di daftar" in row.reasons[0] for row in found.rejected)


@pytest.mark.parametrize("is_estimated", [True, False])
def test_a_list_that_is_only_estimated_may_be_longer(any_board: Board, is_estimated: bool) -> None:
    context = any_board.ingest_context
    tps = context.register.tps.assign(estimated=is_estimated)
    context = replace(context, register=replace(context.register, tps=tps))
    board = replace(any_board, ingest_context=context)
    found = judged(board, "tps", report("tps", **{**COUNT, "hadir": "800"}))  # of 464
    assert len(found.accepted) == is_estimated


@pytest.mark.parametrize("phase", FASE)
def test_only_supplies_come_before_the_morning_of_the_voting(any_board: Board, phase: str) -> None:
    row = report("tps", fase=phase, hadir="", pengawal="P-0001")
    night = judged(any_board, "tps", row | {"waktu": "27/11/2024 00.40"})
    assert len(night.accepted) == (phase == "logistik_tiba")
    assert all("sebelum pemungutan suara" in held.reasons[0] for held in night.rejected)
    assert len(judged(any_board, "tps", row | {"waktu": "27/11/2024"}).accepted) == 1


@pytest.mark.parametrize(
    ("phase", "hour", "accepted"),
    [
        ("dibuka", "12.55", 1),
        ("dibuka", "17.05", 0),
        ("ditutup", "06.30", 0),
        ("ditutup", "11.30", 1),
        ("ditutup", "17.05", 1),
    ],
)
def test_no_tps_opens_after_the_voting_or_closes_before_it(
    any_board: Board, phase: str, hour: str, accepted: int
) -> None:
    row = report("tps", fase=phase, hadir="", waktu=f"27/11/2024 {hour}")
    assert len(judged(any_board, "tps", row, wib("21.00")).accepted) == accepted
    early = row | {"waktu_lapor": "27/11/2024 05.40"}
    assert len(judged(any_board, "tps", early, wib("21.00")).accepted) == accepted
    late = judged(any_board, "tps", row | {"waktu_lapor": "27/11/2024 18.00"}, wib("21.00"))
    [mark] = late.accepted["flags"]
    assert ("periksa jamnya" in (mark or "")) == (not accepted)


# What cannot be: a count of no hour, a TPS that no kecamatan has, a desa that nobody knows.


def test_a_count_without_its_hour_waits_and_a_phase_keeps_its_day_with_a_mark(
    board: Board,
) -> None:
    assert "jam hitungan tidak disebut" in reasons(board, "tps", waktu="27/11/2024", **COUNT)
    parts = {"fase": "ditutup", "hadir": "", "hadir_dpt": "400"}
    assert "jam hitungan tidak disebut" in reasons(board, "tps", waktu="27/11/2024", **parts)
    found = accepted(board, "tps", waktu="27/11/2024", fase="dibuka", hadir="")
    assert (found["precision"], found["hadir"]) == ("hari", None) or found.isna()["hadir"]
    assert "jam tidak disebut" in found["flags"]
    assert accepted(board, "tps", id="K-3", waktu="27/11/2024", jam="11.00", **COUNT)["hadir"]


@pytest.mark.parametrize(
    ("feed", "cells"),
    [
        ("tps", COUNT),
        ("tps", {"fase": "dibuka", "hadir": ""}),
        ("incidents", {}),
        ("personnel", {"checkin": "tiba di TPS"}),
        ("postings", {}),
    ],
)
def test_a_tps_above_those_of_its_whole_kecamatan_waits_in_every_feed(
    board: Board, feed: str, cells: dict[str, str]
) -> None:
    place = {"kode_kecamatan": "", "kecamatan": "Kandis", "desa": "Lubuk Rukam"}
    reason = reasons(board, feed, **place, tps="45", **cells)
    assert "TPS 045 tidak mungkin: seluruh kecamatan Kandis mempunyai 19 TPS" in reason
    found = accepted(board, feed, id="K-9", **place, tps="6", **cells)
    assert "TPS 006 tidak ada di daftar Lubuk Rukam" in found["flags"]


def test_a_count_of_a_tps_far_above_the_list_of_its_desa_waits(board: Board) -> None:
    place = {"kode_kecamatan": "", "kecamatan": "Kandis", "desa": "Lubuk Rukam", "tps": "19"}
    assert "TPS 019 tidak mungkin: Lubuk Rukam" in reasons(board, "tps", **place, **COUNT)
    assert "TPS 0 tidak mungkin: Lubuk Rukam" in reasons(
        board, "tps", **place | {"tps": "0"}, **COUNT
    )
    assert "TPS 019 tidak ada" in accepted(board, "incidents", id="K-9", **place)["flags"]


@pytest.mark.parametrize("cells", [COUNT, {"fase": "dibuka", "hadir": ""}])
def test_a_count_or_phase_of_an_unknown_desa_waits_with_the_nearest_names(
    board: Board, cells: dict[str, str]
) -> None:
    place = {"kode_kecamatan": "", "kecamatan": "Indralaya Selatan", "tps": "1"}
    reason = reasons(board, "tps", **place, desa="Meranjat IV", **cells)
    assert "Meranjat IV" in reason and "Meranjat I" in reason.replace("Meranjat IV", "")
    assert "tidak dikenal" in reasons(board, "tps", **place, desa="Entah Berantah", **cells)


def test_a_sum_of_an_unknown_desa_waits_too(board: Board) -> None:
    total = {**COUNT, "tps": "", "desa": "Entah Berantah"}
    assert "tidak dikenal" in reasons(board, "tps", **total)


@pytest.mark.parametrize(
    "heading",
    ["DPT", "Jumlah DPT di TPS", "Pemilih terdaftar", "Registered Voters", "DPT (L+P)", "data/dpt"],
)
def test_a_count_above_the_list_in_its_own_row_waits(board: Board, heading: str) -> None:
    too_many = reasons(board, "tps", **{heading: "471", "fase": "", "hadir": "532"})
    assert "hadir 532 melebihi DPT 471 di berkas" in too_many
    # Ballots are printed for 2.5 % more, and a few voters come from elsewhere.
    assert accepted(board, "tps", **{heading: "471", "fase": "", "hadir": "485"})["hadir"] == 485


@pytest.mark.parametrize(
    "heading", ["% DPT", "DPT L", "DPT P", "hadir per dpt", "DPT hadir persen", "sisa DPT"]
)
def test_shares_and_parts_of_the_list_bound_no_count(board: Board, heading: str) -> None:
    assert accepted(board, "tps", **{heading: "87", "fase": "", "hadir": "412"})["hadir"] == 412


def test_voters_who_were_added_to_the_list_count_beside_it(board: Board) -> None:
    lists = {"DPT": "400", "DPTb": "30", "DPK": "10", "fase": ""}
    assert accepted(board, "tps", **lists, hadir="438")["hadir"] == 438
    assert "melebihi DPT" in reasons(board, "tps", **lists, hadir="460")


def test_an_hour_of_the_report_that_differs_from_when_it_was_sent_is_only_doubted(
    board: Board,
) -> None:
    sent = {"waktu_lapor": "27/11/2024 09.40", "jam_lapor": "09.30"}
    found = accepted(board, "tps", waktu="27/11/2024 09.00", **COUNT, **sent)
    assert found["flags"] == 'jam lapor "09.30" tidak sama dengan waktu lapor'
    assert (found["reported_at"].astimezone(WIB).hour, found["hadir"]) == (9, 412)


# A box that only arrived.

NOON_AFTER = datetime(2024, 11, 28, 12, tzinfo=WIB)


@pytest.mark.parametrize(
    ("written", "moment", "phase"),
    [("kotak tiba", "27/11/2024 06.05", "logistik_tiba"),
     ("kotak suara sudah tiba", "26/11/2024 16.40", "logistik_tiba"),
     ("kotak_tiba", "27/11/2024 19.15", "kotak_tiba_ppk"),
     ("Kotak suara diterima", "28/11/2024 00.35", "kotak_tiba_ppk"),
     ("kotak tiba di TPS", "27/11/2024 19.15", "logistik_tiba"),
     ("logistik tiba", "27/11/2024 19.15", "logistik_tiba")],
)  # fmt: skip
def test_a_box_that_only_arrived_was_at_its_tps_before_voting_and_at_the_ppk_after_it(
    any_board: Board, written: str, moment: str, phase: str
) -> None:
    row = report("tps", fase=written, hadir="", waktu=moment)
    found = judged(any_board, "tps", row, NOON_AFTER).accepted.iloc[0]
    assert found["fase"] == phase
    assert (READ_AS_PPK in (found["flags"] or "")) == (phase == "kotak_tiba_ppk")


@pytest.mark.parametrize("moment", ["27/11/2024", "27/11/2024 00.35"])
def test_a_box_that_may_have_arrived_at_either_place_is_asked(board: Board, moment: str) -> None:
    arrived = report("tps", id="K-1", fase="kotak tiba", hadir="", waktu=moment)
    ledger = deliver(board, "tps", arrived, now=NOON_AFTER)
    assert WHERE_ARRIVED in ledger.reasons[0]["reasons"]


def test_a_box_that_left_in_the_same_file_did_not_arrive_at_its_tps(board: Board) -> None:
    left = report("tps", id="K-1", fase="kotak bergeser", hadir="", waktu="27/11/2024 23.50")
    arrived = report("tps", id="K-2", fase="kotak tiba", hadir="", waktu="27/11/2024 00.35")
    ledger = deliver(board, "tps", left, arrived, now=NOON_AFTER)
    assert "kotak tiba ppk sebelum pemungutan" in str(ledger.reasons)
