"""Markers of briefings: who sets one, who sees it, and from when on it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from situasi.access.roles import ROLES, LinkScope, Viewer
from situasi.actions import briefings
from situasi.actions.briefings import Briefing, BriefingRefused, list_until, load_all, mark
from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import Store, open_store
from tests.builders import wib
from tests.conftest import NOON
from tests.store.builders import delivery, numbered

CHIEF = Viewer("kapolres", ROLES["pimpinan"])
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    yield opened
    opened.close()


def set_at(store: Store, clock: str, note: str = "", **told: bool) -> Briefing:
    return mark(store, CHIEF, wib(clock), note, NOON, version=0, **{"exercise": False, **told})


def test_a_marker_is_seen_by_every_process_of_the_store(store: Store, tmp_path: Path) -> None:
    done = set_at(store, "09.00", "pagi")
    other = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    assert load_all(other) == [done]
    other.close()


def test_a_marker_is_in_the_trail_with_who_and_when_and_moves_no_version(store: Store) -> None:
    before = store.version(), store.audit_head()[0]
    set_at(store, "09.00", "pagi")
    entry = store.audit_entries(before[1]).iloc[-1]
    assert (entry["action"], entry["actor"], bool(entry["moves"])) == (
        "briefing",
        "kapolres",
        False,
    )
    assert entry["at"] == NOON
    told = json.loads(entry["detail"])
    assert told.pop("sealed")["access"]
    assert told == {
        "moment": wib("09.00").isoformat(), "note": "pagi", "exercise": False,
    }  # fmt: skip
    assert store.version() == before[0]


def test_a_moment_marked_again_stays_one_marker_with_the_last_word_and_both_are_kept(
    store: Store,
) -> None:
    set_at(store, "09.00", "pagi")
    set_at(store, "09.00", "pagi, ulang")
    assert [one.note for one in load_all(store)] == ["pagi, ulang"]
    assert list(store.audit_entries(0)["action"]) == ["briefing", "briefing"]


@pytest.mark.parametrize(
    "viewer",
    [
        Viewer("tamu", ROLES["tamu"]),
        Viewer("propam", ROLES["propam"]),
        Viewer("polsek", ROLES["operator"], ("16.10.05",)),
        replace(CHIEF, link=LinkScope("x", "situasi", (), LATER)),
    ],
    ids=["guest", "propam", "of one area", "by a link"],
)
def test_who_may_not_mark_leaves_nothing_behind(store: Store, viewer: Viewer) -> None:
    with pytest.raises(BriefingRefused):
        mark(store, viewer, wib("09.00"), "", NOON, exercise=False, version=0)
    assert load_all(store) == []
    assert store.audit_head()[0] == 0


def test_command_and_staff_of_the_whole_board_may_mark() -> None:
    may = {name for name, role in ROLES.items() if briefings.may_mark(Viewer("x", role))}
    assert may == {"pimpinan", "analis", "operator", "admin"}


def test_a_marker_is_there_from_its_own_moment_on_and_the_newest_comes_first(store: Store) -> None:
    nine, ten = set_at(store, "09.00"), set_at(store, "10.00")
    found = load_all(store)
    assert list_until(found, wib("08.59"), exercise=False) == []
    assert list_until(found, wib("09.00"), exercise=False) == [nine]
    assert list_until(found, wib("10.30"), exercise=False) == [ten, nine]


def test_an_exercise_and_the_real_day_do_not_share_markers(store: Store) -> None:
    real, played = set_at(store, "09.00"), set_at(store, "09.30", exercise=True)
    found = load_all(store)
    assert list_until(found, wib("12.00"), exercise=True) == [played]
    assert list_until(found, wib("12.00"), exercise=False) == [real]


def test_a_record_that_cannot_be_read_hides_no_other(store: Store) -> None:
    done = set_at(store, "09.00")
    store.put_record(briefings.KIND, "rusak", {"moment": "kemarin"}, NOON, "uji")
    assert load_all(store) == [done]


def test_a_note_is_kept_in_one_line_and_not_at_any_length(store: Store) -> None:
    set_at(store, "09.00", "  dua\n baris " + "x" * 500)
    (one,) = load_all(store)
    assert one.note.startswith("dua baris x")
    assert len(one.note) == briefings.MAX_NOTE_LENGTH


def test_rows_that_the_one_who_marks_did_not_see_are_new_since_the_marker(tmp_path: Path) -> None:
    """They came between the picture on the screen and the press of the button."""
    clock = [wib("09.00")]
    store = open_store(f"sqlite:///{tmp_path / 'b.db'}", clock=lambda: clock[0])
    with store.deliver(delivery(recorded_at=wib("08.59"))) as writing:
        writing.add(numbered(1, known_at=wib("08.59")), [])
    seen = store.version()
    with store.deliver(delivery(recorded_at=wib("09.00"))) as writing:
        writing.add(numbered(2, known_at=wib("09.00")), [])
        clock[0] = wib("09.01")
    done = [
        mark(store, CHIEF, wib("09.02"), "", wib("09.02"), exercise=False, version=version)
        for version in (seen, store.version())
    ]
    known = store.rows_after(INCIDENTS)["known_at"].tolist()
    assert known[0] <= done[0].at < known[1] == wib("09.01")
    assert done[1].at == wib("09.02")
    store.close()


def test_a_marker_is_taken_back_by_who_set_it_alone_and_one_before_it_comes_back(
    store: Store,
) -> None:
    first = set_at(store, "09.00", "pagi")
    with pytest.raises(BriefingRefused):
        briefings.undo(store, Viewer("wati", ROLES["analis"]), first, NOON)
    again = set_at(store, "09.00", "pagi, ulang")
    briefings.undo(store, CHIEF, again, NOON)
    assert load_all(store) == [first]
    briefings.undo(store, CHIEF, first, NOON)
    assert load_all(store) == []
    assert list(store.audit_entries(0)["action"]) == ["briefing"] * 4
