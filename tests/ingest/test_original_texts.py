"""The whole message beside a row, however it came: without names, numbers and votes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.messages.chat_splitter import split_chat
from situasi.ingest.messages.extractor import extract_all
from situasi.ingest.messages.sender import redact_original
from situasi.ingest.pipeline import IngestRequest, ingest_file
from tests.builders import unbounded
from tests.builders_files import csv_file, faulty, jsonl_file, report, xlsx_file
from tests.conftest import NOON
from tests.ingest.door import deliver, everything_kept, judged
from tests.ingest.test_pipeline import fresh_board

SAID = (
    "Izin, Aipda Suharto Wibowo NRP 87010678 melaporkan TPS 001 Desa Tanjung Gelam hadir 12.\n"
    "Pelapor: Suharto, HP 081234567890\nPaslon 1: 120 suara"
)
NEVER = ("Suharto", "Wibowo", "87010678", "081234567890", "120")
# Feeds of which a row has the whole message.
WITH_TEXT = sorted(name for name, feed in FEEDS.items() if "teks_asli" in feed.column_names)

ENDINGS = {csv_file: "a.csv", jsonl_file: "a.jsonl", xlsx_file: "a.xlsx"}

# What names, numbers and votes stand among, in any order and with or without room between.
PIECES = [
    *("Aipda", "Bripka", "Kapten", "budi", "Suharto", "Wibowo", "S.H.", ", S.I.K.", "[nama]"),
    *("Pelapor:", "petugas :", "nama", "a.n.", "Hormat kami:", "Polsek", "Pemulutan", "Kapolsek"),
    *("TPS 01", "NRP", "87010678", "081234567890", "62 812-3456-7890", "*****678", "12345678901"),
    *("paslon 1", "suara sah", "perolehan suara", "hadir", "120", "45", "dan", "di"),
    *(",", ".", ":", "=", "(", ")", "-"),
]


@st.composite
def texts(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.sampled_from(PIECES), max_size=14))
    return "".join(piece + draw(st.sampled_from(["", " ", "  ", "\n"])) for piece in pieces)


@pytest.fixture(scope="module")
def any_board() -> Iterator[Board]:
    """A board for texts and rows that are judged and never stored."""
    with fresh_board() as (board, _):
        yield board


@pytest.mark.parametrize("feed", WITH_TEXT)
@pytest.mark.parametrize("write", ENDINGS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("row", [report, faulty], ids=lambda f: f.__name__)
def test_no_file_brings_a_name_a_number_or_votes_into_the_store(
    board: Board, feed: str, write: Any, row: Any, tmp_path: Path
) -> None:
    path = write(tmp_path / ENDINGS[write], row(feed, teks_asli=SAID, uraian="x"))
    ledger = ingest_file(
        IngestRequest(
            path, board.store, board.ingest_context, unbounded("uji"), now=NOON, feed=feed
        )
    )
    assert (ledger.accepted, ledger.quarantined) == ((1, 0) if row is report else (0, 1))
    kept = everything_kept(board)
    assert not [word for word in NEVER if word in kept]
    assert "Pelapor: [nama]" in kept and "Desa Tanjung Gelam hadir 12" in kept


def test_what_was_kept_is_a_duplicate_when_it_is_sent_again(board: Board) -> None:
    for text in (SAID, redact_original(SAID, board.ingest_context)):
        ledger = deliver(board, "incidents", report(teks_asli=text))
    assert (ledger.accepted, ledger.duplicate) == (0, 1)


@given(texts())
def test_what_has_been_through_the_door_comes_out_as_it_is(any_board: Board, text: str) -> None:
    once = redact_original(text, any_board.ingest_context)
    assert redact_original(once, any_board.ingest_context) == once


@given(st.text(max_size=80))
def test_a_text_that_says_none_of_it_is_kept_to_the_letter(any_board: Board, text: str) -> None:
    plain = "".join(sign for sign in text if not sign.isdigit() and sign not in ":=")
    assert redact_original(plain, any_board.ingest_context) == plain


def test_a_message_that_was_pasted_goes_through_the_door_unchanged(any_board: Board) -> None:
    export = "".join(
        f"[27/11/24 09.{minute:02d}] Aipda Suharto: {said}\n"
        for minute, said in enumerate((SAID, "Nihil", "Kotak bergeser dikawal Bripka Budi"))
    )
    proposals = [
        proposal for _, proposal in extract_all(split_chat(export), any_board.ingest_context)
    ]
    assert len(proposals) == 3
    for proposal in proposals:
        assert redact_original(proposal.text, any_board.ingest_context) == proposal.text


COUNTED = ("kecamatan", "desa", "tps", "jenis", "fase", "hadir", "hadir_dpt", "lingkup", "status",
           "id", "uraian", "occurred_at")  # fmt: skip


@pytest.mark.parametrize("feed", WITH_TEXT)
@given(text=texts())
def test_the_text_changes_nothing_of_what_is_counted(
    any_board: Board, feed: str, text: str
) -> None:
    bare = {k: v for k, v in report(feed).items() if k != "id"}
    without, beside = (
        judged(any_board, feed, {**bare, **more}) for more in ({}, {"teks_asli": text})
    )
    assert len(without.accepted) == len(beside.accepted) == 1
    columns = [name for name in COUNTED if name in without.accepted]
    pd.testing.assert_frame_equal(without.accepted[columns], beside.accepted[columns])


def test_the_ledger_names_the_source_by_what_was_sent(board: Board, tmp_path: Path) -> None:
    digests = set()
    for name, dry in itertools.product("ab", (True, False)):
        path = csv_file(tmp_path / f"{name}.csv", report(teks_asli=SAID))
        ledger = ingest_file(
            IngestRequest(
                path, board.store, board.ingest_context, unbounded("uji"), now=NOON, dry_run=dry
            )
        )
        digests.add(ledger.sha256)
    assert len(digests) == 1
