"""Acknowledgements: the first word on a case counts, is kept, and can be read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from situasi.actions import acknowledgements
from situasi.store import Store, open_store
from tests.conftest import NOON

LATER = NOON + timedelta(seconds=40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    yield opened
    opened.close()


def test_who_took_note_and_how_long_that_took_is_read_back(store: Store) -> None:
    acknowledgements.acknowledge(
        store, "K-2", "Aipda Yusuf", "posko", NOON, LATER + timedelta(minutes=1)
    )
    acknowledgements.acknowledge(store, "K-1", "  Iptu   Rahmat ", "posko", NOON, LATER)
    found = sorted(acknowledgements.load_all(store).values(), key=lambda item: item.at)
    assert [(item.case, item.by, item.account, item.response_time_s) for item in found] == [
        ("K-1", "Iptu Rahmat", "posko", 40),
        ("K-2", "Aipda Yusuf", "posko", 100),
    ]
    assert [item.at for item in found] == [LATER, LATER + timedelta(minutes=1)]


def test_a_second_word_on_a_case_changes_nothing_and_is_told_the_first(store: Store) -> None:
    first = acknowledgements.acknowledge(store, "K-1", "Iptu Rahmat", "posko", NOON, LATER)
    again = acknowledgements.acknowledge(
        store, "K-1", "Bripka Sari", "rina", NOON, LATER + timedelta(hours=1)
    )
    assert again == first
    assert acknowledgements.load_all(store) == {"K-1": first}


def test_an_acknowledgement_is_in_the_trail_and_moves_no_page(store: Store) -> None:
    acknowledgements.acknowledge(store, "K-1", "Iptu Rahmat", "posko", NOON, LATER)
    acknowledgements.acknowledge(store, "K-1", "Bripka Sari", "rina", NOON, LATER)
    found = store.audit_entries()
    assert list(found["action"]) == ["acknowledge"]
    told = json.loads(found["detail"].iloc[0])
    assert told.pop("sealed")["access"]
    assert told == {
        "case": "K-1", "by": "Iptu Rahmat", "seconds": 40,
    }  # fmt: skip
    assert store.version() == 0
    assert store.verify() == []


def test_nobody_takes_note_without_a_name(store: Store) -> None:
    with pytest.raises(acknowledgements.MissingName):
        acknowledgements.acknowledge(store, "K-1", "  ", "posko", NOON, LATER)
    assert acknowledgements.load_all(store) == {}


def test_a_slip_is_taken_back_at_once_by_who_made_it_and_then_anybody_may_take_note(
    store: Store,
) -> None:
    acknowledgements.acknowledge(store, "K-1", "Iptu Rahmat", "posko", NOON, LATER)
    late = LATER + acknowledgements.UNDO_TIME + timedelta(seconds=1)
    assert not acknowledgements.withdraw(store, "K-1", "rina", LATER)
    assert not acknowledgements.withdraw(store, "K-1", "posko", late)
    assert not acknowledgements.withdraw(store, "K-2", "posko", LATER)
    assert acknowledgements.withdraw(store, "K-1", "posko", LATER)
    assert acknowledgements.load_all(store) == {}
    assert not acknowledgements.withdraw(store, "K-1", "posko", LATER)
    again = acknowledgements.acknowledge(store, "K-1", "Bripka Sari", "rina", NOON, late)
    assert (again.by, again.at) == ("Bripka Sari", late)
    assert list(store.audit_entries()["action"]) == [
        "acknowledge", "acknowledge-undo", "acknowledge",
    ]  # fmt: skip
