"""Names of officers and whole NRPs: no way through the door, not even into quarantine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.redaction.persons import is_person_heading, mask_numbers
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS
from tests.builders_files import FAULTS, report
from tests.ingest.door import deliver, everything_kept, judged
from tests.ingest.test_pipeline import bring, fresh_board
from tests.ingest.test_vocabulary import feeds, rows


@pytest.fixture(scope="module")
def any_board() -> Iterator[Board]:
    """A board for rows that are judged and never stored."""
    with fresh_board() as (board, _):
        yield board


NAME = "Suharto Wibowo"
NRP = "87010678"


@pytest.mark.parametrize(
    "heading",
    ["Nama", "NAMA PETUGAS", "nama_personel", "Nama Lengkap", "namaPetugas", "namapetugas",
     "Nama / NRP", "Pangkat, Nama, NRP", "nama pelapor", "Full Name", "officer name", "Terlapor",
     "nama anggota tps", "Nama Kapolsek"],
)  # fmt: skip
def test_a_heading_of_names_is_recognised(heading: str) -> None:
    assert is_person_heading(heading)


@pytest.mark.parametrize(
    "heading",
    ["Nama Kecamatan", "nama desa", "nama TPS", "Nama Satuan", "nama kegiatan", "nrp_tersamar",
     "petugas", "Nomor Petugas", "pangkat", "dinamika", "", "keterangan", "nama instansi"],
)  # fmt: skip
def test_a_heading_of_places_units_or_numbers_is_no_heading_of_names(heading: str) -> None:
    assert not is_person_heading(heading)


def test_no_heading_that_a_feed_of_officers_reads_is_taken_for_names() -> None:
    for row in rows("columns.csv"):
        for feed in set(feeds(row["feed"])) & OFFICER_FEEDS:
            if row["column"] in FEEDS[feed].column_names and row["column"] != "pelapor":
                assert not is_person_heading(row["synonym"]), row


@pytest.mark.parametrize("feed", sorted(OFFICER_FEEDS))
@pytest.mark.parametrize("good", [True, False])
def test_a_column_of_names_is_refused_and_leaves_no_trace(
    board: Board, feed: str, good: bool
) -> None:
    row = report(feed, **({} if good else FAULTS[feed]), **{"Nama Petugas": NAME})
    ledger = deliver(board, feed, row)
    assert 'kolom nama tidak disimpan: "Nama Petugas"' in ledger.notes
    assert (ledger.accepted, ledger.quarantined) == (int(good), int(not good))
    assert "Suharto" not in everything_kept(board)


@pytest.mark.parametrize("feed", sorted(OFFICER_FEEDS))
def test_a_column_that_nobody_knows_may_hold_names_and_is_not_kept(board: Board, feed: str) -> None:
    deliver(board, feed, report(feed, **FAULTS[feed], **{"(kolom K)": NAME, "Danton": NAME}))
    assert "Suharto" not in everything_kept(board)


def test_a_name_in_place_of_the_number_is_not_kept(board: Board) -> None:
    for feed in ("roster", "postings", "personnel"):
        deliver(board, feed, report(feed, petugas=NAME))
    assert len(board.store.quarantined_rows()) == 3
    assert "Suharto" not in everything_kept(board)


def test_of_a_shifted_row_no_cell_is_kept_for_any_may_be_the_name(
    board: Board, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "nama,petugas,pangkat,instansi\nSuharto, Wibowo,P-1,Bripka,polri\n", encoding="utf-8"
    )
    ledger = bring(board, path, feed="roster")
    assert ledger.reasons == [{"row": 2, "reasons": ["jumlah sel melebihi jumlah judul kolom"]}]
    assert not {"Suharto", "Wibowo"} & set(re.findall(r"\w+", everything_kept(board)))


def test_of_a_line_that_is_no_row_nothing_is_kept(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = '{"petugas": "P-1", "instansi": "polri", "pangkat": "Bripka"}\n'
    path.write_text(good + '{"nama": "Suharto", "nrp": 87010678, rusak\n', encoding="utf-8")
    assert bring(board, path, feed="roster").quarantined == 1
    assert not re.search(r"Suharto|87010678", everything_kept(board))


def test_a_faulty_row_still_says_enough_to_be_corrected(board: Board) -> None:
    deliver(board, "personnel", report("personnel", checkin="entah", NRP=NRP))
    raw = board.store.quarantined_rows()[0].raw
    assert (raw["petugas"], raw["checkin"], raw["kecamatan"]) == ("P-0001", "entah", "Indralaya")
    assert raw["NRP"] == board.ingest_context.officer_key.mark_number(NRP)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("NRP 87010678", "NRP *****"), ("an. 87010678/Bripka", "an. *****/Bripka"),
     ("nrp: 87 01 06 78", "nrp: *****"), ("Bripka A 8701 0678", "Bripka A *****"),
     ("27/11/2024 08.03", "27/11/2024 08.03"),
     ("20241127", "20241127"), ("2024-11-27T08:03:00+07:00", "2024-11-27T08:03:00+07:00"),
     ("16.10.04.2001", "16.10.04.2001"), ("1234567", "1234567"), ("P-0001", "P-0001"),
     ("3201234567890123", "*****"), ("20120101", "*****"),
     ("27112024", "27112024"), ("104.65041234", "104.65041234")],
)  # fmt: skip
def test_long_numbers_are_masked_and_dates_and_codes_stay(text: str, kept: str) -> None:
    assert mask_numbers(text) == kept


BIRTH = st.builds("{:02d}{:02d}{:04d}".format, st.integers(60, 99), st.integers(1, 12),
                  st.integers(0, 9999))  # fmt: skip
AROUND = st.sampled_from(
    ["{}", "NRP {}", "Bripka {} hadir", "{}/P-1", "'{}", " {} ", "x{}", "{}.0"]
)
CELL = st.one_of(st.builds(str.format, AROUND, BIRTH), BIRTH.map(int), BIRTH.map(float))


@pytest.mark.parametrize("feed", sorted(OFFICER_FEEDS))
@given(data=st.data())
def test_no_whole_nrp_ever_reaches_store_or_quarantine(
    any_board: Board, feed: str, data: st.DataObject
) -> None:
    columns = [*report(feed), "nrp", "NRP", "Nama", "uraian", "sumber", "lokasi", "satuan",
               "pangkat", "tanggal", "jam", "catatan lain"]  # fmt: skip
    row = dict(report(feed))
    for column in data.draw(st.sets(st.sampled_from(columns), min_size=1, max_size=4)):
        row[column] = data.draw(CELL)
    checked = judged(any_board, feed, row)
    assert checked.row_count == 1
    kept = checked.accepted.to_csv(index=False) + str(checked.rejected)
    assert not re.search(r"(?<!\d)[6-9]\d(?:0[1-9]|1[0-2])\d{4}(?!\d)", kept)


@pytest.mark.parametrize("place", ["Indralaya", "Entah"])
@pytest.mark.parametrize(
    "words",
    ["ribut soal hasil paslon 01 {} paslon 02 31", "suara 01 unggul {}", "kolom kosong: {}"],
)
def test_votes_in_the_words_of_a_row_are_kept_nowhere(
    any_board: Board, words: str, place: str
) -> None:
    row = report("incidents", jenis="kericuhan", kecamatan=place, kode_kecamatan="")
    checked = judged(any_board, "incidents", row | {"uraian": words.format(217)})
    assert checked.row_count == 1
    assert "217" not in checked.accepted.to_csv(index=False) + str(checked.rejected)


@pytest.mark.parametrize(
    "words",
    [
        "tim paslon 01 bagi uang 50 ribu kepada 12 warga",
        "Timses paslon bagi2 sembako di RT 3",
        "surat suara kurang 15 lembar di TPS 1",
        "kotak suara 2 rusak; segel putus 3",
    ],
)
def test_what_supporters_did_and_what_is_missing_stays_in_the_words_of_a_row(
    any_board: Board, words: str
) -> None:
    checked = judged(any_board, "incidents", report("incidents", uraian=words))
    assert checked.accepted["uraian"].tolist() == [words]
