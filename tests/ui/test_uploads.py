"""An uploaded file leaves memory once it is taken in, replaced, or put away."""

from __future__ import annotations

import gc
from datetime import datetime
from typing import Any

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile
from streamlit.testing.v1 import AppTest

from pages.intake import actions as intake_actions
from situasi.board import Board
from situasi.ui import session
from tests.conftest import NOON
from tests.rehearsed import run, script_of

_PAGE = script_of("intake")
ROW = b"waktu,kode_kecamatan,jenis,status,uraian\n2024-11-27 08:00,16.10.04,akses,dilaporkan,"


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that Streamlit was told to forget."""
    told: list[str] = []

    def remove(_self: Any, session_id: str, file_id: str) -> None:
        told.append(file_id)

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", remove)
    return told


@pytest.fixture
def page(empty: Board, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    def noon() -> datetime:
        return NOON

    monkeypatch.setattr(session, "now", noon)
    return run(AppTest.from_string(_PAGE))


def hand_in(page: AppTest, name: str, content: bytes) -> str:
    page.file_uploader[0].set_value((name, content, "text/csv"))
    run(page)
    return str(page.session_state["_masukan_dicoba"][0])


def take_in(page: AppTest) -> None:
    next(one for one in page.button if one.label == "Masukkan ke papan").click()
    run(page)


def test_a_file_that_was_taken_in_is_forgotten(
    page: AppTest, empty: Board, removed: list[str]
) -> None:
    file = hand_in(page, "a.csv", ROW + b"satu\n")
    assert removed == []
    take_in(page)
    assert empty.store.version() == 1
    assert removed == [file]


def test_a_file_is_mapped_before_anything_of_it_is_taken_in(
    page: AppTest, empty: Board, removed: list[str]
) -> None:
    file = hand_in(page, "a.csv", ROW + b"satu\n")
    page.button(key="petakan_dulu").click()
    run(page)
    assert removed == [file] and empty.store.batches().empty
    [item] = empty.store.waiting_items()
    assert (item.source, item.note["feed"]) == ("a.csv", "incidents")
    boxes = {box.label: box.value for box in page.selectbox}
    assert boxes["Buka berkas"] == item.number
    assert (boxes["Jenis laporan"], boxes["jenis"]) == ("incidents", "jenis")
    next(one for one in page.button if one.label.startswith("Simpan pemetaan")).click()
    run(page)
    assert len(empty.store.batches()) == 1 and empty.store.waiting_items() == []


def test_nothing_of_a_page_holds_the_bytes_of_a_file_that_was_put_away(page: AppTest) -> None:
    """An argument of a button would, as long as the session lives."""
    page.file_uploader[0].set_value(("a.csv", ROW + b"satu\n", "text/csv"))
    run(page)
    held = [one for one in gc.get_objects() if isinstance(one, UploadedFile)]
    assert held
    ids = {id(one) for one in held}
    del held
    page.file_uploader[0].set_value(None)
    run(run(page))
    gc.collect()
    assert not ids & {id(one) for one in gc.get_objects() if isinstance(one, UploadedFile)}


def test_a_trial_keeps_the_first_reasons_and_says_how_many_more_there_are(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_actions, "MAX_REFUSED_ROWS", 3)
    hand_in(page, "a.csv", ROW + b"\n" + b"kapan,16.10.04,akses,dilaporkan,\n" * 5)
    trial = page.session_state["_masukan_dicoba"][1]
    assert (len(trial.result.reasons), trial.more_refused_count) == (
        3,
        trial.result.quarantined - 3,
    )
    assert any(
        "3 baris pertama yang akan ditolak" in one.proto.popover.label
        for one in page.get("popover")
    )


def test_a_file_that_was_replaced_or_put_away_is_forgotten(
    page: AppTest, removed: list[str]
) -> None:
    first = hand_in(page, "a.csv", ROW + b"satu\n")
    second = hand_in(page, "b.csv", ROW + b"dua\n")
    assert removed == []  # the page still remembers it
    page.file_uploader[0].set_value(None)
    run(page)
    assert removed == [first]
    run(page)
    assert removed == [first, second]
