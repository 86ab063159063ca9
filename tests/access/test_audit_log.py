"""The audit log: who saw neutrality is recorded once an hour, who exported rows each time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from situasi.access.audit_log import AuditLog
from situasi.access.roles import AUDITED_FEEDS, ROLES, LinkScope, Viewer
from situasi.domain.feed_schemas import FEEDS
from situasi.store import Store, open_store
from tests.conftest import NOON

SITI = Viewer("siti", ROLES["propam"])


class Told:
    """An audit log whose clock the test sets, and the entries that it wrote."""

    def __init__(self, store: Store) -> None:
        self.at = NOON
        self.store, self.deeds = store, AuditLog(store, self.clock)

    def clock(self) -> datetime:
        return self.at

    def trail(self) -> list[tuple[str, str, dict[str, Any]]]:
        self.deeds.close()
        found = self.store.audit_entries()
        assert self.store.version() == 0  # nobody's page is drawn again for it
        entries = zip(found["action"], found["actor"], found["detail"], strict=True)
        return [(action, actor, json.loads(detail)) for action, actor, detail in entries]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    yield Told(store)
    store.close()


def test_files_leave_as_fast_as_a_person_asks_and_no_faster(told: Told) -> None:
    other = Viewer("wati", ROLES["analis"])
    assert [told.deeds.allow_download(SITI) for _ in range(40)].count(True) == 30
    assert told.deeds.allow_download(other)
    told.at = NOON + timedelta(seconds=59)
    assert not told.deeds.allow_download(SITI)
    told.at = NOON + timedelta(seconds=61)
    assert told.deeds.allow_download(SITI)


def test_whoever_goes_on_looking_is_told_of_once_an_hour(told: Told) -> None:
    for minutes in range(0, 180, 2):
        told.at = NOON + timedelta(minutes=minutes)
        told.deeds.log_viewed(SITI, {"neutrality"}, "netralitas")
    assert told.trail() == [("saw", "siti", {"feed": "neutrality", "page": "netralitas"})] * 3


def test_each_viewer_is_told_of_by_themselves(told: Told) -> None:
    guest = Viewer("tautan", ROLES["pimpinan"], link=LinkScope("L-1", "situasi", (), NOON))
    other = Viewer("tautan", ROLES["pimpinan"], link=LinkScope("L-2", "situasi", (), NOON))
    for viewer in (SITI, guest, other, SITI, guest):
        told.deeds.log_viewed(viewer, {"neutrality", "incidents"}, "netralitas")
    assert [actor for _, actor, _ in told.trail()] == ["siti", "tautan", "tautan"]


def test_who_asks_for_what_is_not_theirs_is_told_of_once_an_hour_for_each_thing(
    told: Told,
) -> None:
    for minutes in (0, 30, 59, 61):
        told.at = NOON + timedelta(minutes=minutes)
        for page in ("netralitas", "masukan"):
            told.deeds.log_refused("wati", {"page": page})
    assert [detail["page"] for _, _, detail in told.trail()] == ["netralitas", "masukan"] * 2


def test_what_is_not_to_be_witnessed_is_not_told(told: Told) -> None:
    told.deeds.log_viewed(SITI, set(FEEDS) - AUDITED_FEEDS, "situasi")
    assert told.trail() == []
    assert set(FEEDS) >= AUDITED_FEEDS


def test_every_file_is_told_of_and_no_entry_is_large(told: Told) -> None:
    what = {"table": "kasus", "title": "judul " * 100}
    for rows in (3, 3):
        told.deeds.log_exported(SITI, what, "csv", rows, {"kec": ["16.10.05", "16.10.13"] * 50})
    (first, second) = told.trail()
    assert first == second
    assert (first[0], first[1], first[2]["rows"], first[2]["form"]) == ("export", "siti", 3, "csv")
    assert len(json.dumps(first[2])) < 1000
