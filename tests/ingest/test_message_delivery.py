"""Files of messages: each message waits once on Lapor, and every part of the file is counted."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from situasi.board import Board
from situasi.ingest import message_tray
from situasi.ingest.message_files import kept_chats
from situasi.ingest.message_tray import TrayMessage
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from tests.builders import unbounded
from tests.conftest import NOON
from tests.ingest.readers.workbooks.build import WORKBOOK_WRITERS

ANDROID = """26/11/24 21.00 - Pesan dan panggilan dienkripsi secara end-to-end.
27/11/24 08.50 - Bripka Budi: TPS 2 Desa Miji Kec Kandis hadir 61
pemilih, jam 8.30
27/11/24 08.55 - +62 812-1111-2222: <Media tidak disertakan>
27/11/24 09.05 - +62 812-1111-2222: Terjadi keributan di TPS 3 Pegayut Kec. Pemulutan pukul 09.00
"""
LOG = """# waktu (UTC) | pengirim | isi
2024-11-27 01:32:00|+6281211112222|TPS 2 Desa Miji Kec Kandis hadir 61 pemilih
2024-11-27 02:05:00|081311113333|TPS 1 Desa Miji Kec Kandis hadir 70 pemilih
"""
RADIO = """Posko, 27/11/2024
0715 Rajawali 1 : TPS 2 Desa Miji Kec Kandis dibuka
0840 Rajawali 2 : TPS 1 Desa Miji Kec Kandis hadir 55 pemilih
"""


def bring(board: Board, folder: Path, name: str, text: str, **options: bool) -> IngestResult:
    (folder / name).write_text(text, "utf-8")
    context = board.ingest_context
    return ingest_file(
        IngestRequest(folder / name, board.store, context, unbounded("i"), now=NOON, **options)
    )


def tray(board: Board) -> list[TrayMessage]:
    items = message_tray.list_items(board.store, ())
    return [message_tray.load_message(board.store, *pair, board.ingest_context) for pair in items]


def test_an_exported_chat_is_counted_message_by_message_and_comes_once(
    board: Board, tmp_path: Path
) -> None:
    first = bring(board, tmp_path, "Chat WhatsApp.txt", ANDROID).messages
    again = bring(board, tmp_path, "Chat WhatsApp.txt", ANDROID).messages
    assert first is not None and again is not None
    assert (first.read, first.waiting, first.left_out) == (4, 2, 2)
    assert (again.waiting, again.duplicate) == (0, 2)
    riot, count = tray(board)
    assert count.proposal.rows[0].cells["hadir"] == "61"
    assert count.proposal.rows[0].cells["waktu"] == "27/11/2024 08.30"
    assert riot.proposal.rows[0].cells["jenis"] == "kericuhan"
    assert count.note.sender and count.note.sender != riot.note.sender


def test_a_chat_in_an_archive_with_its_pictures_is_the_same_chat(
    board: Board, tmp_path: Path
) -> None:
    path = tmp_path / "Chat WhatsApp - Posko.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", ANDROID)
        archive.writestr("00000012-PHOTO-2024-11-27.jpg", b"\xff\xd8\xff")
        archive.writestr("__MACOSX/._chat.txt", b"\0")
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("i"), now=NOON)
    )
    assert result.messages is not None
    assert (result.messages.read, result.messages.waiting) == (4, 2)
    again = bring(board, tmp_path, "_chat.txt", ANDROID).messages
    assert again is not None and (again.waiting, again.duplicate) == (0, 2)


def test_a_text_that_unpacks_without_end_is_refused(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "Chat.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", ANDROID + " " * 20_000_000)
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("i"), now=NOON)
    )
    assert result.refused and "terlalu besar" in result.refused


def test_a_trial_of_a_chat_stores_nothing(board: Board, tmp_path: Path) -> None:
    result = bring(board, tmp_path, "chat.txt", ANDROID, dry_run=True)
    assert result.messages is not None and result.messages.waiting == 2
    assert tray(board) == [] and board.store.waiting_items(include_settled=True) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("chat.txt", ANDROID), ("sms.log", LOG), ("radio.txt", RADIO)],
)
def test_the_file_is_kept_as_one_that_came_without_its_text(
    board: Board, tmp_path: Path, name: str, text: str
) -> None:
    result = bring(board, tmp_path, name, text)
    [item] = board.store.waiting_items("file", include_settled=True)
    assert item.source == name and item.settlement is not None
    assert result.messages is not None
    assert item.settlement.detail["messages"] == result.messages.waiting
    assert board.store.waiting_content(item.number) == []


def test_a_log_in_utc_is_told_by_its_heading(board: Board, tmp_path: Path) -> None:
    assert bring(board, tmp_path, "sms.log", LOG).messages is not None
    times = {str(message.note.sent_at)[11:16] for message in tray(board)}
    assert times == {"01:32", "02:05"}
    assert {m.note.doubt for m in tray(board)} == {None}
    without = LOG.replace(" (UTC)", "").replace("Miji", "Tanjung Alai")
    bring(board, tmp_path, "sms2.log", without)
    assert sum("tanpa zona" in str(message.note.doubt) for message in tray(board)) == 2


def test_a_log_of_a_post_is_read_entry_by_entry_and_names_no_caller(
    board: Board, tmp_path: Path
) -> None:
    bring(board, tmp_path, "radio.txt", RADIO)
    rows = [row.cells for message in tray(board) for row in message.proposal.rows]
    facts = {(r.get("fase"), r.get("hadir"), r["tps"], r["waktu"]) for r in rows}
    assert facts == {
        ("dibuka", None, "002", "27/11/2024 07.15"),
        (None, "55", "001", "27/11/2024 08.40"),
    }
    assert not any("Rajawali" in message.proposal.text for message in tray(board))


def test_saved_deliveries_and_exports_as_json_come_as_messages(
    board: Board, tmp_path: Path
) -> None:
    export = {
        "name": "PAM", "type": "private_group", "id": 5,
        "messages": [
            {"id": 1, "type": "service", "date_unixtime": "1732670000", "text": ""},
            {"id": 2, "type": "message", "date_unixtime": "1732673400", "from": "Pos",
             "from_id": "u",
             "text": ["TPS 2 Desa Miji Kec Kandis hadir ", {"type": "bold", "text": "61"}]},
        ],
    }  # fmt: skip
    result = bring(board, tmp_path, "result.json", json.dumps(export)).messages
    assert result is not None and (result.waiting, result.left_out) == (1, 1)
    assert [row.cells["hadir"] for m in tray(board) for row in m.proposal.rows] == ["61"]


def test_a_message_that_says_what_another_said_is_doubted_and_names_it(
    board: Board, tmp_path: Path
) -> None:
    line = "27/11/2024 09:{:02d}|0812345678{:02d}|TPS 2 Desa Miji Kec Kandis jam 09.00 hadir {}\n"
    text = line.format(2, 10, 61) + line.format(9, 10, 61) + line.format(9, 11, 62)
    bring(board, tmp_path, "sms.log", "waktu (WIB)|dari|isi\n" + text)
    first, again, other = sorted(tray(board), key=lambda message: message.number)
    assert (first.note.doubt, other.note.doubt) == (None, None)
    assert again.note.doubt == f"isinya sama dengan pesan {first.number}"
    assert first.note.is_clear and not again.note.is_clear


def test_two_messages_without_a_place_are_not_called_the_same(board: Board, tmp_path: Path) -> None:
    line = "27/11/2024 09:{:02d}|0812345678{:02d}|TPS 2 jam 09.00 hadir 61 org\n"
    bring(
        board,
        tmp_path,
        "sms.log",
        "waktu (WIB)|dari|isi\n" + line.format(2, 10) + line.format(9, 11),
    )
    assert [message.note.doubt for message in tray(board)] == [None, None]


# A code of a TPS has as many digits as a moment in milliseconds, a column of times as many letters.
CHECKLIST = (
    "No HP;Kode;PMLH;Update\n"
    "628127100001;1610022018001;88;2024-11-27 06:13:40\n"
    "628127100002;1610022018002;79;2024-11-27 06:16:40\n"
)
TIMES = CHECKLIST.replace("Kode", "Dikirim").replace("1610022018001", "1732669390000").replace(
    "1610022018002", "1732669490000"
)  # fmt: skip
APOLLO = (
    "Participant ID,DB Phone,Location Code,Quarantine Status,Comment,Timestamp\n"
    "160001,628127100001,1610022018001,,petugas belum datang,2024-11-27 06:13:40\n"
)


@pytest.mark.parametrize("text", [CHECKLIST, TIMES, APOLLO])
def test_a_table_with_telephones_is_no_log_of_messages(
    board: Board, tmp_path: Path, text: str
) -> None:
    result = bring(board, tmp_path, "daftar.csv", text)
    assert result.messages is None and tray(board) == [] and result.waiting


def test_texts_of_agreed_codes_are_messages_too(board: Board, tmp_path: Path) -> None:
    text = "2024-11-27 02:04:17|+6281200008001|HDR#1610132006001#0900#88\n"
    log = "# waktu (UTC)|dari|isi\n" + text + text.replace("04:17", "05:02").replace("#88", "#95")
    result = bring(board, tmp_path, "sms.log", log)
    assert result.messages is not None and result.messages.waiting == 2


def test_a_letter_that_reports_nothing_is_refused_as_before(board: Board, tmp_path: Path) -> None:
    result = bring(board, tmp_path, "surat.txt", "Undangan rapat\nHari Senin di aula\n")
    assert result.messages is None and tray(board) == []


def test_a_kept_chat_names_nobody_and_stays_a_chat(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(ANDROID.replace("hadir 61", "Bripka Budi 87041234 hadir 61"), "utf-8")
    for _ in range(2):
        kept_chats.redact_kept_file(path, board.ingest_context, NOON, is_about_officers=True)
        text = path.read_text("utf-8")
        assert not any(word in text for word in ("Budi", "1111", "2222", "87041234"))
    found = kept_chats.read_exported_messages(path, board.ingest_context, NOON)
    assert found is not None and len(found.messages) == 2


@pytest.mark.parametrize("piece", [": ", "\t", "09.10 ", "a/b:"])
def test_a_long_line_of_a_text_takes_no_longer_than_its_length(
    board: Board, tmp_path: Path, piece: str
) -> None:
    """What tries every way to read it would not end before the tests do."""
    path = tmp_path / "panjang.txt"
    path.write_text(piece * (60_000 // len(piece)) + "\n09.10 x", "utf-8")
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("inbox"), now=NOON)
    )
    assert result.accepted == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_chat_is_known_in_any_encoding(board: Board, tmp_path: Path, encoding: str) -> None:
    text = ANDROID.replace("keributan", "keributan \u2013 besar")
    (tmp_path / "chat.txt").write_text(text, encoding)
    result = ingest_file(
        IngestRequest(
            tmp_path / "chat.txt", board.store, board.ingest_context, unbounded("i"), now=NOON
        )
    )
    assert result.messages is not None and result.messages.waiting == 2


PHONES = """Date,Type,Address/Number,Message
2024-11-27 09:05:02,Received,+6281211112222,"TPS 2 Miji Kec Kandis hadir 61, jam 09.00"
2024-11-27 09:06:02,Received,+6281211113333,TPS 1 Miji Kec Kandis terjadi kericuhan
2024-11-27 09:07:02,Sent,+6281211113333,Diterima
"""
GATEWAY = """id;received_at;from;to;text;status
1;2024-11-27T02:05:02Z;6281211112222;6282;TPS 2 Miji Kec Kandis hadir 61 jam 09.00;received
2;2024-11-27T02:06:02Z;6281211113333;6282;TPS 1 Miji Kec Kandis terjadi kericuhan;received
"""
OFFICE = """Isi Pesan;Jenis;Tanggal;Nama Pengirim;Nomor
TPS 2 Miji Kec Kandis hadir 61 jam 09.00;Masuk;27/11/2024 09.05;Bripka Budi;081211112222
TPS 1 Miji Kec Kandis terjadi kericuhan;Masuk;27/11/2024 09.06;Polsek Kandis;081211113333
Diterima;Keluar;27/11/2024 09.07;Polsek Kandis;081211113333
"""
NAMED = """Waktu,Pengirim,Isi
27/11/2024 09.05,Polsek Kandis,TPS 2 Miji Kec Kandis hadir 61 jam 09.00
27/11/2024 09.06,Polsek Kandis,TPS 1 Miji Kec Kandis terjadi kericuhan
"""
MODEM = """"ReceivingDateTime","Text","SenderNumber","TextDecoded","Processed"
"2024-11-27 09:05:02","00540050","+6281211112222","TPS 2 Miji Kec Kandis hadir 61 jam 09.00",""
"2024-11-27 09:06:02","00540050","+6281211113333","TPS 1 Miji Kec Kandis terjadi kericuhan",""
"""
BACKUP = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<smses count="3"><sms address="+6281211112222" date="1732673102000" type="1" read="1"
 body="TPS 2 Miji Kec Kandis hadir 61 jam 09.00" contact_name="(Unknown)" />
<sms address="+6281211113333" date="1732673162000" type="1"
 body="TPS 1 Miji Kec Kandis terjadi kericuhan" contact_name="Budi" />
<sms address="+6281211113333" date="1732673222000" type="2" body="Diterima" /></smses>
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [("sms.csv", PHONES), ("sms.csv", PHONES.replace("Address/Number", "Alamat")),
     ("gateway.csv", GATEWAY), ("inbox.csv", MODEM), ("kantor.csv", OFFICE), ("daftar.csv", NAMED),
     ("sms.xml", BACKUP)],
)  # fmt: skip
def test_a_table_of_messages_goes_to_the_tray_and_its_rows_are_no_reports(
    board: Board, tmp_path: Path, name: str, text: str
) -> None:
    result = bring(board, tmp_path, name, text)
    counts = result.messages
    assert counts is not None, result
    assert (counts.waiting, counts.read - counts.left_out) == (2, 2)
    riot, count = tray(board)
    assert count.proposal.rows[0].cells["hadir"] == "61"
    assert riot.proposal.rows[0].cells["jenis"] == "kericuhan"
    assert {str(one.note.sent_at)[11:16] for one in (riot, count)} == {"02:05", "02:06"}


def test_a_workbook_of_messages_goes_to_the_tray(board: Board, tmp_path: Path) -> None:
    rows = [line.split(";") for line in OFFICE.splitlines()]
    WORKBOOK_WRITERS[".xlsx"](tmp_path / "sms.xlsx", {"Sheet1": rows}, {})
    result = ingest_file(
        IngestRequest(
            tmp_path / "sms.xlsx", board.store, board.ingest_context, unbounded("i"), now=NOON
        )
    )
    assert result.messages is not None and result.messages.waiting == 2


@pytest.mark.parametrize(
    "text",
    [
        "Date,Type,Location,Message\n"
        '2024-11-27 08:15,Kericuhan,"TPS 1 Miji, Kandis",Saksi ribut dengan KPPS\n',
        "Waktu;Jenis;Kecamatan;No HP;Pesan\n"
        "27/11/2024 08.15;Kericuhan;Kandis;081211112222;Saksi ribut dengan KPPS\n",
    ],
)
def test_a_table_that_names_place_and_kind_holds_reports_and_no_messages(
    board: Board, tmp_path: Path, text: str
) -> None:
    result = bring(board, tmp_path, "kejadian.csv", text)
    assert (result.feed, result.accepted, result.messages) == ("incidents", 1, None)
