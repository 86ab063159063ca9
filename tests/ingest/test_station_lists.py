"""Lists of TPS that are no reports: they wait, and say what they are and where they belong."""

from __future__ import annotations

import pytest

from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestRequest, ingest_file
from tests.builders import unbounded, wib
from tests.ingest.readers.build import put

VOTERS = "daftar pemilih (DPT) per TPS"
POINTS = "titik TPS"
RISK = "kerawanan TPS"

LISTS = {
    "voters by the title": (
        "DAFTAR PEMILIH TETAP KECAMATAN KANDIS\ndesa;tps;lk;pr;jml\nMiji;1;231;240;471\n",
        (VOTERS,),
    ),
    "voters by the heading": ("kecamatan;desa;tps;DPT\nKandis;Miji;1;471\n", (VOTERS,)),
    "points in degrees": (
        "kecamatan;desa;tps;lintang;bujur;ket\nKandis;Miji;1;-3,4123;104,7123;Balai\n",
        (POINTS,),
    ),
    "points in one cell": (
        "desa;tps;koordinat;DPT\nMiji;1;-3.4123, 104.7123;471\nMiji;2;-3.4151, 104.7188;466\n",
        (VOTERS, POINTS),
    ),
    "risk as a mark under its level": (
        "PEMETAAN KERAWANAN TPS\nno;desa;tps;aman;rawan;sangat rawan\n1;Miji;1;;v;\n2;Miji;2;v;;\n",
        (RISK,),
    ),
    "risk and point of a dated survey": (
        "tanggal;kecamatan;desa;tps;tingkat kerawanan;kendala sinyal;lat;lon\n"
        "15/11/2024;Kandis;Miji;1;rawan;listrik padam;-3.41;104.71\n",
        (POINTS, RISK),
    ),
    "kinds of risk of a dated survey": (
        "tanggal;kecamatan;desa;tps;jenis kerawanan;keterangan\n"
        "15/11/2024;Kandis;Miji;1;banjir;dekat sungai\n15/11/2024;Kandis;Miji;2;akses;rawa\n",
        (RISK,),
    ),
    "risk in the title, words below": (
        "DATA TPS RAWAN BANJIR KECAMATAN KANDIS 27 NOVEMBER 2024\n"
        "desa;tps;keterangan\nMiji;1;rumah panggung dekat sungai\n",
        (RISK,),
    ),
}
OTHERS = {
    "an amount beside the voters": "desa;tps;dpt;jumlah\nMiji;1;480;120\nMiji;2;470;131\n",
    "turnout in the title": "DPT DAN PARTISIPASI\ndesa;tps;dpt;jml\nMiji;1;480;120\n",
    "a point at a moment": "waktu;desa;tps;lat;lon\n27/11/2024 09.00;Miji;1;-3.41;104.71\n",
    "no TPS": "kecamatan;desa;lat;lon\nKandis;Miji;-3.41;104.71\n",
}


def why(board, folder, text: str) -> str:
    path = put(folder, text, "kiriman.csv")
    request = IngestRequest(path, board.store, board.ingest_context, unbounded(), now=wib("18.00"))
    result = ingest_file(request)
    assert (result.feed, result.read) == (None, 0)
    assert result.waiting, result.refused
    return result.notes[0]


@pytest.mark.parametrize(("text", "kinds"), LISTS.values(), ids=LISTS)
def test_list_of_tps_says_what_it_is_and_where_it_belongs(board, tmp_path, text, kinds):
    sentence = why(board, tmp_path, text)
    assert tuple(kind for kind in (VOTERS, POINTS, RISK) if kind in sentence) == kinds
    assert "bukan laporan: tempatnya tps_kpu.csv di folder pemilihan" in sentence


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_may_be_a_report_is_not_called_a_list(board, tmp_path, text):
    assert why(board, tmp_path, text).startswith("judul kolom tidak menunjukkan jenis laporan")


def test_what_went_wrong_on_the_day_at_tps_of_known_risk_is_an_incident(board, tmp_path):
    text = (
        "PEMANTAUAN TPS RAWAN KECAMATAN KANDIS 27 NOVEMBER 2024\n"
        "desa;tps;kategori kerawanan;jam;kendala\nMiji;1;rawan;10.00;listrik padam\n"
    )
    path = put(tmp_path, text, "pantau.csv")
    request = IngestRequest(path, board.store, board.ingest_context, unbounded(), now=wib("18.00"))
    result = ingest_file(request)
    assert (result.feed, result.accepted) == ("incidents", 1), result


PHASES = "tanggal;jam;kecamatan;desa;tps;fase;hadir\n27/11/2024;09.00;Kandis;Miji;"


@pytest.mark.parametrize(
    ("cells", "stations"),
    [
        ("TPS 01 - 02;buka;", ["001", "002"]),
        ("1 dan 2;buka;", ["001", "002"]),
        ("TPS 01, 02;buka;120", ["TPS 01, 02"]),  # the voters of both
        ("TPS 01, 02;;120", ["TPS 01, 02"]),
        ("TPS 1/2;buka;", ["TPS 1/2"]),
    ],
)
def test_phases_of_several_stations_are_a_row_each_but_counts_are_not(
    cells, stations, board, tmp_path
):
    path = put(tmp_path, (PHASES + cells + "\n").encode(), "fase.csv")
    request = IngestRequest(path, board.store, board.ingest_context, unbounded(), now=wib("18.00"))
    result = ingest_file(request)
    assert result.read == result.accepted + result.quarantined
    frame = board.store.rows_after(FEEDS["tps"]).sort_values("seq")
    assert frame["tps"].tolist() == (stations if result.accepted else [])
    again = ingest_file(request)
    assert (again.accepted, again.duplicate) == (0, result.accepted)
    if len(stations) > 1:
        assert frame["flags"].str.contains("satu baris untuk beberapa TPS").all()
