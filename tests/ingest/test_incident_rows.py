"""Incident rows at the door: what is accepted, what is doubted, what is quarantined and why."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.validation.place_check import AREA_ALONE
from tests.builders import unbounded
from tests.conftest import NOON


def row(**stated: str) -> dict[str, str]:
    """One good row in our own headings; a test states only what it is about."""
    return {
        "id": "K-1",
        "waktu": "27/11/2024 08.03",
        "kode_kecamatan": "16.10.04",
        "kecamatan": "Indralaya",
        "desa": "",
        "tps": "",
        "lat": "",
        "lon": "",
        "jenis": "logistik",
        "tingkat": "rendah",
        "status": "dilaporkan",
        "uraian": "Logistik terlambat.",
        "pelapor": "Polsek Indralaya",
        **stated,
    }


def deliver(
    board: Board, tmp_path: Path, *rows: dict[str, str], name: str = "a.csv"
) -> IngestResult:
    path = tmp_path / name
    pd.DataFrame(rows, columns=list(dict.fromkeys(k for r in rows for k in r))).to_csv(
        path, index=False
    )
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("test"), now=NOON)
    )
    assert ledger.read == ledger.accepted + ledger.duplicate + ledger.quarantined
    return ledger


def accepted(board: Board, tmp_path: Path, **stated: str) -> Any:
    ledger = deliver(board, tmp_path, row(**stated))
    assert ledger.accepted == 1, ledger
    return board.store.rows_after(INCIDENTS).iloc[-1]


def reasons(board: Board, tmp_path: Path, **stated: str) -> str:
    ledger = deliver(board, tmp_path, row(**stated))
    assert ledger.quarantined == 1, ledger
    return "; ".join(ledger.reasons[0]["reasons"])


def test_a_good_row_is_accepted_as_written(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path)
    assert found["occurred_at"] == datetime(2024, 11, 27, 1, 3, tzinfo=UTC)
    assert (found["kecamatan"], found["jenis"], found["tingkat"]) == (
        "16.10.04", "logistik", "rendah",
    )  # fmt: skip
    assert found["flags"] == AREA_ALONE


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"waktu": ""}, "waktu"),
        ({"waktu": "kemarin sore"}, "kemarin sore"),
        ({"waktu": "31/02/2024 08.00"}, "31/02/2024"),
        ({"waktu": "32/27/2024 08.00"}, "32/27/2024"),
        ({"waktu": "27/11/2024 12.16"}, "masa depan"),
        ({"waktu": "27/11/2023 11.00"}, "periksa tahunnya"),  # `27/11/2020` alone is of the past
        ({"kode_kecamatan": "", "kecamatan": ""}, "tempat"),
        ({"kode_kecamatan": "", "kecamatan": "Tanjung"}, "Tanjung Batu"),
        ({"kode_kecamatan": "16.10.99", "kecamatan": ""}, "16.10.99"),
        ({"kode_kecamatan": "16.10.04", "kecamatan": "Tanjung Raja"}, "Tanjung Raja"),
        ({"jenis": ""}, "jenis"),
        ({"jenis": "entah apa"}, "entah apa"),
        ({"tingkat": "gawat sekali"}, "gawat sekali"),
        ({"status": "hilang"}, "hilang"),
    ],
)
def test_a_faulty_row_is_quarantined_with_a_reason_for_its_sender(
    board: Board, tmp_path: Path, stated: dict[str, str], said: str
) -> None:
    assert said in reasons(board, tmp_path, **stated)


def test_every_reason_is_given_not_only_the_first(board: Board, tmp_path: Path) -> None:
    said = reasons(board, tmp_path, waktu="?", jenis="", kode_kecamatan="", kecamatan="Atlantis")
    assert all(word in said for word in ("waktu", "jenis", "Atlantis"))


def test_a_quarter_of_an_hour_ahead_is_a_wrong_watch_not_a_lie(
    board: Board, tmp_path: Path
) -> None:
    assert accepted(board, tmp_path, waktu="27/11/2024 12.14")["id"] == "K-1"


def test_only_time_place_and_kind_are_required(board: Board, tmp_path: Path) -> None:
    ledger = deliver(
        board,
        tmp_path,
        {"waktu": "27/11/2024 8:03", "kecamatan": "Kec. Tj. Raja", "jenis": "banjir"},
    )
    found = board.store.rows_after(INCIDENTS).iloc[-1]
    assert ledger.accepted == 1
    assert (found["kecamatan"], found["jenis"]) == ("16.10.03", "bencana")
    assert found["tingkat"] is None
    assert found["id"]


def test_a_derived_id_is_the_same_for_the_same_report(board: Board, tmp_path: Path) -> None:
    bare = {"waktu": "27/11/2024 8:03", "kecamatan": "Kandis", "jenis": "banjir"}
    deliver(board, tmp_path, bare)
    assert deliver(board, tmp_path, {**bare, "waktu": "27-11-2024 08.03 WIB"}).duplicate == 1


def test_two_reports_that_differ_only_in_words_have_two_ids(board: Board, tmp_path: Path) -> None:
    bare = {"waktu": "27/11/2024 8:03", "kecamatan": "Kandis", "jenis": "banjir"}
    deliver(board, tmp_path, {**bare, "uraian": "air naik"}, {**bare, "uraian": "jalan putus"})
    assert board.store.rows_after(INCIDENTS)["id"].nunique() == 2


def test_words_under_several_headings_are_all_kept_each_once(board: Board, tmp_path: Path) -> None:
    told = {"uraian": "Air naik", "kronologi": "Dua rumah terendam", "keterangan": "Air naik"}
    assert accepted(board, tmp_path, **told)["uraian"] == "Air naik; Dua rumah terendam"


def test_nihil_as_a_status_is_a_whole_report(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, jenis="", status="nihil", tingkat="")
    assert (found["jenis"], found["status"]) == ("nihil", "nihil")


def test_a_point_in_its_kecamatan_is_kept(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, lat="-3,25", lon="104,65")
    assert (found["lat"], found["lon"], found["flags"]) == (-3.25, 104.65, None)


def test_exchanged_coordinates_are_exchanged_back_and_said(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, lat="104.65", lon="-3.25")
    assert (found["lat"], found["lon"]) == (-3.25, 104.65)
    assert "tertukar" in found["flags"]


@pytest.mark.parametrize(
    ("lat", "lon", "said"),
    [
        ("0", "0", "0,0"),
        ("-3.25", "", "tidak lengkap"),
        ("utara", "timur", "utara"),
        ("-6.2", "106.8", "luar kabupaten"),
        ("-3.70", "104.56", "Muara Kuang"),
    ],
)
def test_a_point_that_cannot_be_right_never_withholds_a_report(
    board: Board, tmp_path: Path, lat: str, lon: str, said: str
) -> None:
    found = accepted(board, tmp_path, lat=lat, lon=lon)
    assert math.isnan(found["lat"])
    assert math.isnan(found["lon"])
    assert said in found["flags"]
    assert found["kecamatan"] == "16.10.04"


def test_a_point_alone_tells_the_kecamatan(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, kode_kecamatan="", kecamatan="", lat="-3.25", lon="104.65")
    assert found["kecamatan"] == "16.10.04"


@pytest.mark.parametrize(("lat", "lon"), [("-6.2", "106.8"), ("0", "0"), ("x", "y")])
def test_a_wrong_point_alone_is_no_place(board: Board, tmp_path: Path, lat: str, lon: str) -> None:
    said = reasons(board, tmp_path, kode_kecamatan="", kecamatan="", lat=lat, lon=lon)
    assert "koordinat" in said


def test_the_whole_kabupaten_is_a_place(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, kode_kecamatan="", kecamatan="Ogan Ilir")
    assert found["kecamatan"] is None


def test_a_desa_with_one_home_tells_the_kecamatan(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, kode_kecamatan="", kecamatan="", desa="Tanjung Gelam")
    assert found["kecamatan"] == "16.10.04"


def test_a_desa_name_that_exists_twice_tells_nothing(board: Board, tmp_path: Path) -> None:
    said = reasons(board, tmp_path, kode_kecamatan="", kecamatan="", desa="Seri Kembang")
    assert "Seri Kembang" in said


def test_an_unknown_desa_is_doubted_not_refused(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, desa="Desa Entah")
    assert found["desa"] is None
    assert found["desa_text"] == "Desa Entah"
    assert "Entah" in found["flags"]


def test_tps_is_written_alike_however_it_came(board: Board, tmp_path: Path) -> None:
    for written in ("1", "01", "TPS 001"):
        assert accepted(board, tmp_path, id=written, tps=written)["tps"] == "001"


def test_columns_of_votes_are_refused_and_leave_no_trace(board: Board, tmp_path: Path) -> None:
    ledger = deliver(
        board, tmp_path,
        {**row(), "suara paslon 1": "168", "kolom kosong": "136"},
        {**row(id="K-2", jenis="entah"), "suara paslon 1": "777", "kolom kosong": "888"},
    )  # fmt: skip
    assert (ledger.accepted, ledger.quarantined) == (1, 1)
    assert sum("polisi tidak mencatat perolehan suara" in note for note in ledger.notes) == 2
    held = board.store.quarantined_rows()[0].raw
    assert not {"777", "888"} & set(held.values())


def test_a_file_of_votes_alone_is_no_report(board: Board, tmp_path: Path) -> None:
    ledger = ingest_rows_of_votes(board, tmp_path)
    assert ledger.refused
    assert "suara" in ledger.refused


def ingest_rows_of_votes(board: Board, tmp_path: Path) -> IngestResult:
    path = tmp_path / "suara.csv"
    path.write_text("tps,suara 01,suara 02\n1,168,136\n", encoding="utf-8")
    return ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("test"), now=NOON)
    )


def test_sending_a_file_twice_changes_nothing(board: Board, tmp_path: Path) -> None:
    rows = [row(), row(id="K-2", jenis="entah"), row(id="K-3")]
    deliver(board, tmp_path, *rows)
    version, held = board.store.version(), board.store.quarantined_rows()
    again = deliver(board, tmp_path, *rows)
    assert (again.accepted, again.duplicate, again.quarantined) == (0, 2, 1)
    assert board.store.version() == version
    assert board.store.quarantined_rows() == held


def test_a_row_of_the_day_is_known_when_it_is_stored(board: Board, tmp_path: Path) -> None:
    assert accepted(board, tmp_path, waktu="27/11/2024 08.03")["known_at"] == NOON


def test_before_the_watch_is_over_nothing_is_history(board: Board, tmp_path: Path) -> None:
    assert accepted(board, tmp_path, waktu="20/11/2024 08.03")["known_at"] == NOON


def test_history_is_known_at_its_own_time(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    pd.DataFrame([row()]).to_csv(path, index=False)
    later = NOON + timedelta(days=40)
    ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("test"), now=later)
    )
    found = board.store.rows_after(INCIDENTS).iloc[-1]
    assert found["known_at"] == datetime(2024, 11, 27, 1, 3, tzinfo=UTC)


def test_a_row_told_on_a_day_without_an_hour_was_told_at_the_end_of_that_day(
    board: Board, tmp_path: Path
) -> None:
    """So it goes before no row that was told within that day."""
    found = accepted(board, tmp_path, waktu="25/11/2024 08.03", waktu_lapor="26/11/2024")
    assert found["reported_at"] == datetime(2024, 11, 26, 16, 59, 59, tzinfo=UTC)


def test_an_exercise_is_known_when_its_file_says(board: Board, tmp_path: Path) -> None:
    found = accepted(
        board, tmp_path, waktu="27/11/2024 18.03", waktu_lapor="27/11/2024 18.10", latihan="ya"
    )
    assert found["known_at"] == datetime(2024, 11, 27, 11, 10, tzinfo=UTC)
    assert found["latihan"]


def test_reported_before_it_happened_is_doubted(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, waktu_lapor="27/11/2024 07.00")
    assert "lebih awal" in found["flags"]


def test_only_the_month_known_is_said_so(board: Board, tmp_path: Path) -> None:
    assert accepted(board, tmp_path, waktu="2024-10")["precision"] == "bulan"


def test_an_incident_of_a_day_alone_is_marked_so(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, waktu="27/11/2024")
    assert found["precision"] == "hari"
    assert "jam tidak disebut" in found["flags"]


def test_date_and_clock_in_two_columns_make_one_moment(board: Board, tmp_path: Path) -> None:
    for headings in (("tanggal", "jam"), ("tanggal", "waktu")):
        bare = {headings[0]: "27/11/2024", headings[1]: "7.30", "kecamatan": "Kandis"}
        deliver(board, tmp_path, {**bare, "jenis": "banjir", "uraian": headings[1]})
        found = board.store.rows_after(INCIDENTS).iloc[-1]
        assert found["occurred_at"] == datetime(2024, 11, 27, 0, 30, tzinfo=UTC)
        assert found["precision"] == "menit"


def test_a_place_in_free_words_is_read_only_where_it_is_certain(
    board: Board, tmp_path: Path
) -> None:
    def place(written: str) -> IngestResult:
        bare = {"waktu": "27/11/2024 8:03", "tempat kejadian": written, "jenis": "banjir"}
        return deliver(board, tmp_path, bare)

    assert place("Desa Tanjung Gelam, Kec. Indralaya").accepted == 1
    assert board.store.rows_after(INCIDENTS).iloc[-1]["kecamatan"] == "16.10.04"
    assert "Antah Berantah" in place("Antah Berantah").reasons[0]["reasons"][0]
    assert place("Kec. Indralaya, Kec. Kandis").quarantined == 1


def test_a_desa_code_is_read(board: Board, tmp_path: Path) -> None:
    found = accepted(board, tmp_path, kode_desa="16.10.04.2001")
    assert found["desa"] in {None, "16.10.04.2001"}
    known = next(code for code in board.register.desa if code.startswith("16.10.04"))
    assert accepted(board, tmp_path, id="K-9", kode_desa=known)["desa"] == known


def test_a_column_headed_time_may_hold_the_whole_moment(board: Board, tmp_path: Path) -> None:
    deliver(
        board, tmp_path, {"time": "2024-11-27T01:03:00Z", "district": "Kandis", "type": "flood"}
    )
    found = board.store.rows_after(INCIDENTS).iloc[-1]
    assert found["occurred_at"] == datetime(2024, 11, 27, 1, 3, tzinfo=UTC)
    ledger = deliver(board, tmp_path, {"time": "8:03", "district": "Kandis", "type": "flood"})
    assert ledger.reasons[0]["reasons"] == ["jam tanpa tanggal"]


def test_of_a_line_that_is_no_row_only_that_is_said(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"waktu":"27/11/2024 8.03","kecamatan":"Kandis","jenis":"banjir"}\n{rusak\n')
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("test"), now=NOON)
    )
    assert ledger.reasons == [{"row": 2, "reasons": ["baris tidak dapat dibaca"]}]


@pytest.mark.parametrize(
    "stated",
    [{"jenis": "nihil", "status": "nihil", "situasi": "merah"},
     {"jenis": "kericuhan", "status": "nihil"}],
)  # fmt: skip
def test_a_row_that_contradicts_itself_is_asked_again(
    board: Board, tmp_path: Path, stated: dict[str, str]
) -> None:
    assert "pilih salah satu" in reasons(board, tmp_path, **stated)


def test_votes_hide_in_no_broken_line_and_no_unused_column(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"waktu":"27/11/2024 8.03","kecamatan":"Kandis","jenis":"banjir"}\n'
        '{"suara_paslon_1": 120, rusak\n'
        '{"waktu":"?","kecamatan":"Kandis","jenis":"banjir","lampiran":{"kolom kosong":"12"}}\n'
    )
    ingest_file(IngestRequest(path, board.store, board.ingest_context, unbounded("test"), now=NOON))
    held = str([entry.raw for entry in board.store.quarantined_rows()])
    assert "120" not in held
    assert "12" not in held.replace("27/11/2024", "")
