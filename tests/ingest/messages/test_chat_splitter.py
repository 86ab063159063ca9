"""Chats parted into messages: every form of header, none at all, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.messages.chat_splitter import (
    MAX_CHARACTERS,
    Message,
    MessageKind,
    split_chat,
    split_chat_file,
)
from situasi.ingest.tables import SourceError

HEADERS = {
    "27/11/24 08.15 - Aipda Budi: ": ("Aipda Budi", "27/11/24", "08.15"),
    "27/11/2024 08:15 - Budi: ": ("Budi", "27/11/2024", "08:15"),
    "27/11/2024, 8:15 AM - Budi: ": ("Budi", "27/11/2024", "8:15 AM"),
    "27/11/2024, 8:15\u202fAM - Budi: ": ("Budi", "27/11/2024", "8:15\u202fAM"),
    "27/11/24 pukul 08.15 - Budi: ": ("Budi", "27/11/24", "08.15"),
    "2024-11-27, 08:15 - Budi: ": ("Budi", "2024-11-27", "08:15"),
    "[27/11/24, 08.15.33] Budi: ": ("Budi", "27/11/24", "08.15.33"),
    "\u200e[27/11/24, 08.15.33] ~ Budi: \u200e": ("~ Budi", "27/11/24", "08.15.33"),
    "[27/11/2024, 8:15:33 PM] Budi: ": ("Budi", "27/11/2024", "8:15:33 PM"),
    "[27/11, 08.15] Budi: ": ("Budi", "27/11", "08.15"),
    "[08.15, 27/11/2024] Budi: ": ("Budi", "27/11/2024", "08.15"),
    "[8:15 AM, 27/11/2024] Budi: ": ("Budi", "27/11/2024", "8:15 AM"),
    "27/11/24 08.15 - \u202a+62 812-3456-7890\u202c: ": (
        "+62 812-3456-7890", "27/11/24", "08.15",
    ),
}  # fmt: skip

ANY_HEADER = st.sampled_from([*HEADERS, "27/11/24 08.15 - ", ""])
ANY_LINE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["Selamat pagi", "Izin melaporkan TPS 3", "Terima kasih", "", "NIHIL", "[27/"]),
)
CHATS = st.lists(st.tuples(ANY_HEADER, ANY_LINE), max_size=12).map(
    lambda parts: "\n".join(head + line for head, line in parts)
)


def joined(messages: list[Message]) -> str:
    return "".join(message.header + message.text for message in messages)


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_tells_sender_day_and_clock(header: str) -> None:
    first, second = split_chat(f"{header}TPS 1 aman\nbaris kedua\n{header}NIHIL")
    assert (first.sender, first.day, first.clock) == HEADERS[header]
    assert first.text.strip("\u200e") == "TPS 1 aman\nbaris kedua\n"
    assert second.text.strip("\u200e") == "NIHIL"


@given(CHATS)
def test_no_sign_of_a_chat_is_lost(text: str) -> None:
    messages = split_chat(text)
    assert joined(messages) == (text if text.strip() else "") or not messages
    assert bool(messages) or not text.strip()


@given(CHATS)
def test_parting_again_changes_nothing(text: str) -> None:
    once = split_chat(text)
    assert split_chat(joined(once)) == once


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("27/11/24 08.15 - Budi: <Media tidak disertakan>", MessageKind.MEDIA),
        ("[27/11/24, 08.15.33] Budi: \u200egambar tidak disertakan", MessageKind.MEDIA),
        ("27/11/24 08.15 - Budi: IMG-20241127-WA0001.jpg (file terlampir)", MessageKind.MEDIA),
        ("[27/11/24, 08.15.33] Budi: \u200e<terlampir: 0001-PHOTO.jpg>", MessageKind.MEDIA),
        ("27/11/24 08.15 - Budi: Pesan ini dihapus", MessageKind.DELETED),
        ("[27/11/24, 08.15.33] Budi: \u200ePesan ini telah dihapus.", MessageKind.DELETED),
        ("27/11/24 08.15 - Anda menghapus pesan ini: x", MessageKind.REPORT),
        ("27/11/24 08.15 - Budi menambahkan Andi", MessageKind.SYSTEM),
        ('27/11/24 08.15 - Budi mengubah nama grup dari "A" menjadi "B: C"', MessageKind.SYSTEM),
        (
            "[27/11/24, 08.15.33] Grup PAM: \u200ePesan dan panggilan dienkripsi secara end-to-end",
            MessageKind.SYSTEM,
        ),
        ("27/11/24 08.15 - Budi: IMG-1.jpg (file terlampir)\nTPS 1 aman", MessageKind.REPORT),
        ("NIHIL", MessageKind.REPORT),
    ],
)
def test_what_is_no_report_is_told_apart(text: str, kind: MessageKind) -> None:
    (message,) = split_chat(text)
    assert message.kind == kind


def test_messages_without_headers_are_parted_where_one_opens() -> None:
    pasted = (
        "Selamat pagi komandan\nIzin melaporkan TPS 1 Ds Lorok dibuka 07.00 wib\nTerima kasih\n"
        "Selamat pagi, izin lapor TPS 2 Ds Lorok aman\n\nDemikian\n\nTPS 3 Ds Lorok aman"
    )
    assert [message.text.split("\n")[0] for message in split_chat(pasted)] == [
        "Selamat pagi komandan",
        "Selamat pagi, izin lapor TPS 2 Ds Lorok aman",
        "TPS 3 Ds Lorok aman",
    ]


def test_one_message_with_blank_lines_stays_one() -> None:
    assert len(split_chat("Izin melaporkan:\n\nTPS 1 : 40\n\nTPS 2 : 55\n\nDs Lorok")) == 1


def test_text_before_the_first_header_is_a_message_of_its_own() -> None:
    first, second = split_chat("sambungan laporan\n27/11/24 08.15 - Budi: NIHIL")
    assert (first.text, first.sender, second.sender) == ("sambungan laporan\n", None, "Budi")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_export_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "Chat WhatsApp dengan Pam TPS.txt"
    path.write_text("27/11/24 08.15 - Budi: TPS 1 aman \u2705\r\n", encoding=encoding, newline="")
    (message,) = split_chat_file(path)
    assert message.text == "TPS 1 aman \u2705\n"


def test_a_text_beyond_all_measure_is_refused_in_a_sentence() -> None:
    with pytest.raises(SourceError, match="tempel per bagian"):
        split_chat("a" * (MAX_CHARACTERS + 1))
