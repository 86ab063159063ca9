"""What is read of messages of field officers, what is left open, and what may be kept."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.domain.officer_marks import NUMBER_MARK
from situasi.ingest.messages.chat_splitter import Message, split_chat
from situasi.ingest.messages.extractor import (
    MAX_MESSAGES,
    NOTHING_READ,
    VOTES_REFUSED,
    MessageExtractor,
    extract_all,
    filter_by_day,
)
from situasi.ingest.messages.proposal import Proposal, ProposedRow
from situasi.ingest.tables import SourceError
from situasi.ingest.vocabulary.vote_headings import VOTES_REMOVED
from tests.ingest.door import deliver

EVENING = datetime(2024, 11, 27, 13, tzinfo=UTC)
MESSAGES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "messages.toml").read_text(encoding="utf-8")
)["message"]
SIGNED = {"teks_asli", "waktu_lapor", "uraian", "pelapor"}  # the same in every row of a message


def read(
    reader: MessageExtractor, text: str, sent: str = "10.05", sender: str = "Aipda Budi"
) -> Proposal:
    (message,) = split_chat(f"27/11/24 {sent} - {sender}: {text}")
    return reader.extract(message)


def without_key(text: str) -> str:
    """A text as messages.toml writes it: a mark differs from board to board."""
    return NUMBER_MARK.sub("N-", text)


def said(row: ProposedRow) -> dict[str, str]:
    """A row as messages.toml writes it."""
    cells = {heading: cell for heading, cell in row.cells.items() if heading not in SIGNED}
    asked = ", ".join(unclear.heading for unclear in row.unclear_cells)
    return {"feed": row.feed, **cells, **({"ask": asked} if asked else {})}


def the_rows(reader: MessageExtractor, text: str, **how: str) -> list[dict[str, str]]:
    return [said(row) for row in read(reader, text, **how).rows]


@pytest.mark.parametrize("case", MESSAGES, ids=lambda case: " ".join(case["text"].split())[:60])
def test_a_message_is_read_as_far_as_it_is_plain(
    reader: MessageExtractor, case: dict[str, Any]
) -> None:
    found = read(reader, case["text"], case.get("sent", "10.05"))
    assert [said(row) for row in found.rows] == case.get("rows", [])
    assert list(found.notes) == case.get("notes", [])
    assert without_key(found.text) == case.get("kept", case["text"]).strip()
    assert found.pelapor == case.get("pelapor")
    assert list(found.unread_numbers) == case.get("unread", [])
    assert list(found.description_numbers) == case.get("described", [])


def test_there_are_enough_messages_to_learn_from() -> None:
    assert len(MESSAGES) >= 150


@pytest.mark.slow
def test_what_is_plain_goes_through_the_door_with_its_whole_text(board: Board) -> None:
    reader = MessageExtractor(board.ingest_context)
    for case in MESSAGES:
        found = read(reader, case["text"], case.get("sent", "10.05"))
        for row in filter(lambda row: row.is_complete, found.rows):
            ledger = deliver(board, row.feed, dict(row.cells), now=EVENING)
            assert not ledger.quarantined, (case["text"], ledger.reasons)
    for feed in ("incidents", "tps", "personnel"):
        kept = set(map(without_key, board.store.rows_after(FEEDS[feed])["teks_asli"]))
        assert kept
        assert kept <= {case.get("kept", case["text"]).strip() for case in MESSAGES}


def test_every_word_understood_stands_in_the_text(reader: MessageExtractor) -> None:
    for case in MESSAGES:
        found = read(reader, case["text"], case.get("sent", "10.05"))
        words = [u.words for row in found.rows for u in row.recognised_cells]
        assert all(w in found.text or w == "waktu pesan dikirim" for w in words), words


# When

PHASE = "TPS 3 Ds Lorok dibuka"


@pytest.mark.parametrize(
    ("text", "sent", "waktu"),
    [
        ("jam 7", "08.00", "27/11/2024 07.00"),
        ("jam 7", "20.00", "27/11/2024 07.00"),  # no TPS opens at 19.00
        ("jam 7 pagi", "20.00", "27/11/2024 07.00"),
        ("jam 1 siang", "20.00", "27/11/2024 13.00"),
        ("pukul 07.05 WIB", "08.00", "27/11/2024 07.05 WIB"),
        ("tgl 26/11/2024 pukul 21.00", "08.00", "26/11/2024 21.00"),
        ("Selasa, 26 November 2024 jam 21.00", "08.00", "26/11/2024 21.00"),
        ("pukul 23.50", "00.10", None),  # of which day?
        ("pukul 07.00 - 08.00", "09.00", None),
        ("", "09.00", None),
    ],
)
def test_a_clock_is_taken_only_where_it_has_one_meaning(
    reader: MessageExtractor, text: str, sent: str, waktu: str | None
) -> None:
    (row,) = the_rows(reader, f"{PHASE} {text}", sent=sent)
    assert row.get("waktu") == waktu
    assert ("waktu" in row.get("ask", "")) == (waktu is None)


def test_without_a_header_the_day_is_what_the_operator_says(reader: MessageExtractor) -> None:
    message = Message(f"{PHASE} pukul 07.05")
    (row,) = reader.extract(message, date(2024, 11, 27)).rows
    assert row.cells["waktu"] == "27/11/2024 07.05"
    assert "waktu_lapor" not in row.cells
    (row,) = reader.extract(message).rows
    assert [unclear.heading for unclear in row.unclear_cells] == ["waktu"]


def test_a_header_with_the_month_first_tells_no_time(reader: MessageExtractor) -> None:
    (message,) = split_chat("11/27/24, 8:15 AM - Budi: TPS 3 Ds Lorok aman")
    found = reader.extract(message)
    assert found.sent_at is None
    assert "hari/bulan/tahun" in found.notes[0]
    assert [unclear.heading for unclear in found.rows[0].unclear_cells] == ["waktu"]


def test_a_report_is_told_when_it_was_sent(reader: MessageExtractor) -> None:
    (message,) = split_chat("[27/11/24, 08.15.33] Budi: TPS 3 Ds Lorok aman")
    found = reader.extract(message)
    assert found.sent_at == datetime(2024, 11, 27, 1, 15, 33, tzinfo=UTC)
    assert found.rows[0].cells["waktu_lapor"] == "27/11/2024 08.15.33"


def test_an_export_of_months_is_read_for_one_day(any_board: Board) -> None:
    zone = any_board.ingest_context.election.zone
    chat = split_chat(
        "26/11/24 23.59 - A: a\n27/11/24 00.01 - A: b\n27/11 08.00 - A: c\n28/11/24 0.00 - A: d"
    )
    assert [message.text[0] for message in filter_by_day(chat, date(2024, 11, 27), zone)] == [
        "b",
        "c",
    ]


# Who

FIXED = "TPS 3 Ds Lorok aman"


@pytest.mark.parametrize(
    ("sender", "pelapor"),
    [
        ("Aipda Budi Santoso", None),
        ("Polsek Pemulutan", "Polsek Pemulutan"),
        ("Aipda Budi Polsek Tj Batu", "Polsek Tj Batu"),
        ("Padal Lorok Andi", "Padal Lorok"),
        ("Bhabinkamtibmas Ibul", "Bhabinkamtibmas Ibul"),
        ("+62 812-3456-7890", "*****890"),
        ("0812 3456 7890", "*****890"),
    ],
)
def test_of_a_sender_the_function_is_kept_never_the_name(
    reader: MessageExtractor, sender: str, pelapor: str | None
) -> None:
    found = read(reader, FIXED, sender=sender)
    assert found.pelapor == pelapor
    assert found.rows[0].cells.get("pelapor") == pelapor


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Bripka Andi Wijaya, S.H. di TPS 3", "Bripka [nama] di TPS 3"),
        ("aipda budi melaporkan", "aipda [nama] melaporkan"),
        ("bripka rahmat hidayat di tps 3", "bripka [nama] di tps 3"),
        ("2 Bripka dan 1 Aipda di TPS 3", "2 Bripka dan 1 Aipda di TPS 3"),
        ("Padal : Iptu Rahmat", "Padal : [nama]"),
        ("Pelapor: Rahmat Hidayat", "Pelapor: [nama]"),
        ("Pelapor: Polsek Pemulutan", "Pelapor: Polsek Pemulutan"),
        ("hub 0812 3456 7890 atau +62812-3456-7891", "hub *****890 atau *****891"),
        ("NRP 87654321", "NRP [N-]"),
        ("*TPS 3* _aman_", "TPS 3 aman"),
        ("hormat kami, Budi Santoso", "hormat kami, [nama]"),
    ],
)
def test_names_and_numbers_of_persons_are_not_kept(
    reader: MessageExtractor, text: str, kept: str
) -> None:
    assert without_key(read(reader, text, sender="Budi Santoso").text) == kept


# Votes

VOTES = [
    "Paslon 1 : {n}",
    "paslon 01 memperoleh {n} suara",
    "01: {n}, kolom kosong: 31",
    "kolom kosong {n}",
    "kotak kosong = {n}",
    "Panca-Ardani {n}",
    "Panca: {n}",
    "suara sah {n}",
    "tidak sah {n}",
    "Perolehan suara TPS 3:\nA {n}\nB 31",
    "Hasil hitung suara: {n}",
    "No urut 1 = {n}, no urut 2 = 31",
    "01 = {n}\n02 = 31",
    "real count {n}",
    "pasangan calon nomor urut 1 mendapat {n}",
    "Hadir jam 14.00\nPanca Wijaya\n1 = {n}\n2 = 31",
    "Hasil hadir Lorok 1 = {n}, 2 = 31",
    "Pemilih hadir TPS 1 Lorok\n1 = {n}\n2 = 31",
    "Hadir 88 di Lorok, 1 = {n}, 2 = 31",
    "timses paslon 01 bagi uang, hasil paslon 01 {n} paslon 02 31",
    "paslon 01: {n} bagi sembako",
    "bagi kaos, paslon 01 dapat {n}",
]
AROUND = [
    "{}",
    "TPS 3 Ds Lorok hadir 77. {}",
    "{}\nTPS 3 Ds Lorok aman",
    "TPS 3 Ds Lorok pukul 15.10 wib\n{}\nterima kasih",
    "Kehadiran pemilih jam 12.00\nDs Lorok\nTPS 1 : 88\n{}\nJml 88",
    "Perkembangan pemungutan suara Ds Lorok 27 November 2024\n{}\nTPS 2 : 99",
]


@pytest.mark.parametrize("vote", VOTES)
@given(number=st.integers(150, 480), around=st.sampled_from(AROUND))
def test_votes_are_nowhere_in_what_is_kept(
    reader: MessageExtractor, vote: str, number: int, around: str
) -> None:
    found = read(reader, around.format(vote.format(n=number)), "16.00")
    everything = repr(found)
    assert str(number) not in everything.replace("2024", "")
    assert VOTES_REMOVED in found.text
    assert VOTES_REFUSED in found.notes


def test_votes_take_no_count_with_them_that_stands_below_words_on_voters(
    reader: MessageExtractor,
) -> None:
    text = (
        "Perkembangan pemungutan suara hari Rabu 27 November 2024 pukul 12.00 WIB\n"
        "1. Ds. Lorok\n- TPS 1 : 201 / DPT 467\n- TPS 2 : 188\nJml 389\n"
        "Perolehan sementara Paslon 01 : 610, KK : 290\nTPS 3 : 175"
    )
    found = read(reader, text, "12.10")
    assert [row.cells.get("hadir") for row in found.rows] == ["201", "188"]
    assert {row.cells["waktu"] for row in found.rows} == {"27/11/2024 12.00 WIB"}
    assert not [number for number in ("610", "290", "175") if number in repr(found)]


@pytest.mark.parametrize(
    "text",
    [
        "Pemungutan suara di TPS 3 Ds Lorok berjalan aman",
        "Penghitungan suara TPS 3 Ds Lorok selesai 15.40 wib",
        "Massa pendukung paslon 01 dan paslon 02 saling dorong di TPS 2 Ds Lorok",
        "Surat suara diterima 500 lembar, kotak suara 2 buah",
        "110 pemilih telah memberikan suara di TPS 3",
        "perkembangan s.d. 10.00 wib\nTPS 1 : 123\nTPS 2 : 98",
        "saksi paslon 1 tidak hadir di TPS 4",
        "ada tim paslon 01 bagi uang 50 ribu di desa Harapan",
        "Timses paslon bagi2 sembako di RT 3 desa Harapan",
        "bagi2 amplop gambar paslon 02 isi 100 ribu di desa Harapan",
    ],
)
def test_what_is_no_vote_stays(reader: MessageExtractor, text: str) -> None:
    found = read(reader, text, "16.00")
    assert found.text == text
    assert VOTES_REFUSED not in found.notes


# Whatever comes


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error_and_kept(reader: MessageExtractor, text: str) -> None:
    for message in split_chat(text):
        found = reader.extract(message, date(2024, 11, 27))
        assert found.rows or found.notes or found.kind != "laporan"


_WORDS = """tps TPS 1 2, 003 : = 123 - hadir dpt dptb dpk pemilih ds desa Lorok Ibul Besar III kec
Indralaya Utara pukul 07.05 wib jam 9 s.d. dibuka ditutup aman kondusif nihil keributan banjir
tidak belum suara paslon kolom kosong 27/11/2024 orang L P Aipda Budi 081234567890 tiba di
personel . ,"""
WORDS = st.sampled_from([*_WORDS.split(), "\n"])


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_a_row_without_a_question_has_what_the_door_needs(
    reader: MessageExtractor, text: str
) -> None:
    for row in read(reader, text, "16.00").rows:
        asked = {unclear.heading for unclear in row.unclear_cells}
        assert {"waktu"} <= row.cells.keys() | asked
        assert {"kecamatan", "desa"} & (row.cells.keys() | asked)
        if row.feed == "incidents":
            assert "jenis" in row.cells.keys() | asked
        assert "081234567890" not in row.cells["teks_asli"]


def test_too_many_messages_are_refused_before_the_first(any_board: Board) -> None:
    chat = [Message("NIHIL")] * (MAX_MESSAGES + 1)
    with pytest.raises(SourceError, match="pilih satu hari"):
        extract_all(chat, any_board.ingest_context)
    first, found = next(iter(extract_all(chat[:2], any_board.ingest_context)))
    assert first.text == "NIHIL"
    assert found.rows


def test_talk_is_no_report(reader: MessageExtractor) -> None:
    for text in ("siap komandan", "86", "\U0001f44d", "terima kasih ndan"):
        assert read(reader, text).notes == (NOTHING_READ,)


# Officers by NRP.


def mark_of(board: Board, nrp: str = "87041234") -> str:
    return board.ingest_context.officer_key.mark_number(nrp)


@pytest.mark.parametrize(
    "text",
    [
        "Bripka Andi 87041234 sdh di TPS 3 Tanjung Seteko",
        "Bripka Andi NRP 87041234 tiba di TPS 3 Tanjung Seteko",
        "Bripka Andi, NRP. 8704-1234 sudah di TPS 3 Tanjung Seteko",
        "87041234 standby di TPS 3 Tanjung Seteko",
        "Izin lapor, Andi Saputra / 87041234 sampai di TPS 3 Tanjung Seteko",
        "Bripka Andi 8704 1234 sdh di TPS 3 Tanjung Seteko",
    ],
)
def test_an_officer_who_names_an_nrp_checks_in_by_its_mark(
    any_board: Board, reader: MessageExtractor, text: str
) -> None:
    proposal = read(reader, text)
    assert [said(row) for row in proposal.rows] == [
        {
            "feed": "personnel",
            "checkin": "tiba_di_tps",
            "petugas": mark_of(any_board),
            "desa": "Tanjung Seteko",
            "tps": "003",
            "waktu": proposal.rows[0].cells["waktu"],
        }
    ]
    assert proposal.unread_numbers == ()
    assert not {"8704", "1234", "87041234"} & set(re.findall(r"\d+", str(proposal)))
    assert "Saputra" not in str(proposal) or "Andi Saputra" in text


@pytest.mark.parametrize("nrp", ["8704123", "0104123", "104123"])
def test_whoever_names_too_few_digits_is_asked_for_the_number(
    reader: MessageExtractor, nrp: str
) -> None:
    proposal = read(reader, f"Bripka Andi NRP {nrp} tiba di TPS 3 Tanjung Seteko")
    (row,) = map(said, proposal.rows)
    assert (row.get("petugas"), row["ask"]) == (None, "petugas")
    assert nrp not in str(proposal)


def test_each_line_of_a_list_is_the_check_in_of_its_own_officer(
    any_board: Board, reader: MessageExtractor
) -> None:
    proposal = read(
        reader,
        "Lap personel:\nBripka Andi 87041234 sdh di TPS 3 Tanjung Seteko\n"
        "Briptu Budi 95110077 sdh di TPS 4 Tanjung Seteko",
    )
    found = [(row.cells["petugas"], row.cells["tps"]) for row in proposal.rows]
    assert found == [(mark_of(any_board), "003"), (mark_of(any_board, "95110077"), "004")]


def test_several_officers_at_one_tps_check_in_each(
    any_board: Board, reader: MessageExtractor
) -> None:
    proposal = read(
        reader, "Personel tiba di TPS 3 Tanjung Seteko:\n1. Andi 87041234\n2. Budi 95110077"
    )
    assert {(row.cells["petugas"], row.cells["tps"]) for row in proposal.rows} == {
        (mark_of(any_board), "003"), (mark_of(any_board, "95110077"), "003"),
    }  # fmt: skip


def test_officers_and_tps_on_one_line_are_not_paired_by_guessing(
    reader: MessageExtractor,
) -> None:
    proposal = read(
        reader, "personel 87041234 dan 95110077 sudah di TPS 3 dan TPS 4 Tanjung Seteko"
    )
    assert all("petugas" in {c.heading for c in row.unclear_cells} for row in proposal.rows)


def test_a_telephone_number_is_no_officer(reader: MessageExtractor) -> None:
    proposal = read(reader, "personel sudah di TPS 3 Tanjung Seteko hub 081234567890")
    [row] = proposal.rows
    assert [cell.heading for cell in row.unclear_cells] == ["petugas"]
    assert "*****890" in proposal.text


@pytest.mark.parametrize("number", ["1. ", "1 ", "1) ", " - 1. "])
def test_numbers_of_a_list_do_not_hide_the_desa(reader: MessageExtractor, number: str) -> None:
    text = f"Kec. Payaraman pkl 12.00\n{number}Tebedak II TPS 1 = 205"
    (row,) = reader.extract(Message(text)).rows
    assert (row.cells["desa"], row.cells["tps"], row.cells["hadir"]) == ("Tebedak II", "001", "205")


def test_who_signs_a_report_is_none_of_the_officers_counted_at_an_incident(
    reader: MessageExtractor,
) -> None:
    found = read(
        reader,
        "terjadi kericuhan di TPS 02 Kel. Tanjung Raja Timur pukul 10.45\n"
        "Personel yang hadir di lokasi 6 orang\nPelapor : Aipda Suparman NRP 81060321",
    )
    assert [row.feed for row in found.rows] == ["incidents"]
    assert "6" in found.unread_numbers


def test_a_count_in_words_is_read_and_one_that_no_number_is_so_written_is_shown(
    reader: MessageExtractor,
) -> None:
    (row,) = the_rows(reader, "saka tiga tps 1 hadir jam 9 = seratus lima\ncatatan: dua kali dicek")
    assert row["hadir"] == "105"
    found = read(reader, "saka tiga tps 1 hadir jam 9 = lima seratus puluh")
    assert found.unread_numbers[-1] == "lima seratus puluh"


def test_the_word_of_the_region_for_open_is_a_phase(reader: MessageExtractor) -> None:
    (row,) = the_rows(reader, "Ndan, TPS 1 Kota Daro II la bukak jam 7 lewat 10")
    assert (row["fase"], row["waktu"]) == ("dibuka", "27/11/2024 07.10")


def test_a_misspelt_word_that_makes_another_desa_is_asked(reader: MessageExtractor) -> None:
    for name in ("Saka Tiga Sebrang", "desa Saka Tiga Sebrang"):
        for row in read(reader, f"Tps 2 {name} lah 99 wong, aman bae").rows:
            assert row.cells.get("desa") != "Saka Tiga"
            assert row.unclear_cells


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tps 2 Burai ado uwong mabok bawa parang ndan, mohon bantuan segera!!", "pidana_umum"),
        ("TPS 1 Burai surat suara gubernur kurang 40 lembar. jam stengah 9", "logistik"),
        ("TPS 03 Soak Batok ujan deras, tenda bocor. 09.30", "bencana"),
    ],
)
def test_words_of_the_street_for_what_happens_are_known(
    reader: MessageExtractor, text: str, kind: str
) -> None:
    assert [row["jenis"] for row in the_rows(reader, text)] == [kind]
