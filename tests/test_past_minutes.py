"""What a board shows at a past minute is what it showed at that minute.

A day is driven through a real board: files that take their time, duplicates, faulty rows and their
corrections, rows taken back, cases merged, briefings marked. At each minute the picture is kept;
afterwards each minute is asked for again.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.access.roles import ROLES, Viewer
from situasi.actions import briefings
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.personnel import coverage
from situasi.analysis.queries import reads
from situasi.analysis.situation import changes
from situasi.analysis.stations import status
from situasi.analysis.view_time import ViewTime
from situasi.board import Board, open_board
from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.domain.register import Register
from situasi.ingest import quarantine
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.live import access_scope
from tests.builders import unbounded, wib
from tests.builders_files import csv_file, faulty, report
from tests.conftest import settings_in
from tests.effort import effort

CHIEF = Viewer("kapolres", ROLES["pimpinan"])
EVERYTHING = access_scope.scope_of(CHIEF)
MINUTE = timedelta(minutes=1)


@reads(*FEEDS.values())
def every_row(known: Mapping[str, pd.DataFrame], _register: Register, _at: datetime) -> Any:
    """All rows that are known, as any analysis is given them."""
    return {feed: known[feed] for feed in FEEDS}


WORKS: tuple[Callable[..., Any], ...] = (
    every_row,
    status.build_station_table,
    coverage.compute_coverage,
    changes.compute_situation_state,
)


class Day:
    """A board whose clock goes on while files are taken in; the picture of each minute is kept."""

    def __init__(self, folder: Path, begins: datetime) -> None:
        self.now, self.folder, self.numbers = begins, folder, 0
        self.board: Board = open_board(settings_in(folder), self.clock)
        self.shown: dict[datetime, Any] = {}
        self.marked: list[tuple[datetime, set[str]]] = []

    def clock(self) -> datetime:
        """Two things never happen at the very same moment."""
        self.now += timedelta(microseconds=1)
        return self.now

    def pass_time(self, seconds: int) -> None:
        """Let the clock go on, and keep the picture of each minute that begins."""
        end = self.now + timedelta(seconds=seconds)
        while (following := self.now.replace(second=0, microsecond=0) + MINUTE) <= end:
            self.now = following
            self.shown[following] = self.picture(following, live=True)
        self.now = end

    def picture(self, at: datetime, *, live: bool) -> Any:
        """All that pages show at this moment, as plain values."""
        shown, moment = (
            self.board.snapshot_reader.refresh(),
            ViewTime(at, live=live, is_exercise=False),
        )
        assert shown.trouble is None
        view = self.board.analysis_cache.view(shown.snapshot, moment, EVERYTHING)
        found: dict[str, Any] = {work.__name__: view.compute(work) for work in WORKS}
        found["overview"] = view.compute_overview(Selection())
        found["heard"] = view.feed_states()
        found["held"] = self.board.store.quarantine_frame(None if live else at)
        return plain(found)

    def take(self, rows: list[dict[str, Any]], seconds: int, actor: str, feed: str) -> None:
        """A file that takes so many seconds between its beginning and its commit."""
        self.numbers += 1
        path = csv_file(self.folder / f"{feed}-{self.numbers}.csv", *rows)
        ingest_file(
            IngestRequest(
                path,
                self.board.store,
                self.board.ingest_context,
                unbounded(actor),
                now=self.now,
                feed=feed,
                progress=lambda _done, _rows: self.pass_time(seconds),
            )
        )

    def correct(self, turn: int) -> None:
        waiting = self.board.store.quarantined_rows("incidents")
        if waiting:
            row = waiting[turn % len(waiting)]
            quarantine.release_row(
                self.board.store,
                self.board.ingest_context,
                unbounded("wati"),
                row,
                {"jenis": "banjir"},
                self.now,
            )

    def undo(self, turn: int) -> None:
        batches = self.board.store.batches()["batch"].tolist()
        if batches:
            self.board.store.withdraw(batches[turn % len(batches)], self.now, "wati", "salah")

    def merge(self, turn: int, seconds: int) -> None:
        cases = (
            self.board.snapshot_reader.refresh().snapshot.frames[INCIDENTS.name]["case"].unique()
        )
        if len(cases) > 1:
            one, other = cases[turn % len(cases)], cases[(turn + 1) % len(cases)]
            when = f"{self.now.astimezone(wib('00.00').tzinfo):%d/%m/%Y %H.%M}"
            row = {"id": f"G-{self.numbers}", "waktu": when, "kasus": one, "ke": other,
                   "tindakan": "gabung"}  # fmt: skip
            self.take([row], seconds, "wati", "merges")

    def mark(self, seconds: int) -> None:
        """Look at the board, take in a report, then set a briefing marker for what was seen."""
        snapshot = self.board.snapshot_reader.refresh().snapshot
        seen = set(snapshot.frames[INCIDENTS.name]["case"])
        self.take([incident(90 + self.numbers, 1)], seconds, "bot", "incidents")
        done = briefings.mark(
            self.board.store, CHIEF, self.now, "", self.now, exercise=False,
            version=snapshot.version,
        )  # fmt: skip
        self.marked.append((done.at, seen))


def incident(number: int, place: int, **more: Any) -> dict[str, Any]:
    kinds = ("logistik", "banjir", "nihil")
    own = {"jenis": kinds[number % 3], "kode_kecamatan": f"16.10.{place:02}", "kecamatan": None}
    state = {"situasi": "merah"} if number % 5 == 1 else {}
    return report(**{"id": f"K-{number}", "tingkat": None, **own, **state, **more})


def plain(value: Any) -> Any:
    """The value as what can be compared: missing is None, whatever it was."""
    if isinstance(value, pd.DataFrame):
        # Of a row that was taken back later it says so: what is shown is that it stood.
        return {str(name): plain(list(value[name])) for name in value if name != "withdrawn_at"}
    if isinstance(value, pd.Series):
        return plain(list(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    return value


def differing(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two pictures differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [said for key in one for said in differing(one[key], other[key], f"{where}.{key}")]
    return [] if one == other else [f"{where}: {one!r} then, {other!r} now"]


_SECONDS = st.sampled_from([0, 5, 40, 70])
_NUMBERS = st.integers(0, 9)
_ROW = st.one_of(
    st.builds(incident, _NUMBERS, st.integers(1, 4)),
    st.builds(lambda n: faulty(id=f"K-{n}", kecamatan=None), _NUMBERS),
)
_TPS = st.builds(
    lambda n, hadir: report("tps", id=f"T-{n}", tps=f"{n + 1:03}", hadir=str(hadir)),
    _NUMBERS, st.integers(1, 90),
)  # fmt: skip
_OFFICERS = st.builds(
    lambda n, what: report("personnel", id=f"P-{n}", petugas=f"P-{n}", checkin=what),
    _NUMBERS, st.sampled_from(["apel", "tiba di tps"]),
)  # fmt: skip
_POSTINGS = st.builds(
    lambda n: report("postings", id=f"O-{n}", petugas=f"P-{n}", tps=f"{n + 1}"), _NUMBERS
)
_SENDERS = st.sampled_from(["wati", "bot"])


def files(feed: str, row: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    rows = st.lists(row, min_size=1, max_size=4)
    return st.tuples(st.just("take"), rows, _SECONDS, _SENDERS, st.just(feed))


_EVENTS = st.lists(
    st.one_of(
        files("incidents", _ROW),
        files("incidents", _ROW),
        files("tps", _TPS),
        files("personnel", _OFFICERS),
        files("postings", _POSTINGS),
        st.tuples(st.just("correct"), _NUMBERS),
        st.tuples(st.just("undo"), _NUMBERS),
        st.tuples(st.just("merge"), _NUMBERS, _SECONDS),
        st.tuples(st.just("mark"), _SECONDS),
        st.tuples(st.just("pass_time"), st.sampled_from([30, 61])),
    ),
    min_size=4,
    max_size=9,
)


def drive(day: Day, events: list[tuple[Any, ...]]) -> None:
    for name, *told in events:
        getattr(day, name)(*told)
        day.pass_time(20)
    day.pass_time(60)


def ask_again(day: Day) -> None:
    """Each minute that was shown is shown again, and a marker tells what was new since."""
    assert day.shown
    for minute, was in day.shown.items():
        found = differing(was, day.picture(minute, live=False))
        assert not found, f"{minute}: {found[0]} (of {len(found)})"
    rows = day.board.snapshot_reader.refresh().snapshot.frames[INCIDENTS.name]
    for at, seen in day.marked:
        first = rows.groupby("case")["known_at"].min()
        unseen = {case for case, when in first.items() if case not in seen}
        assert unseen <= {case for case, when in first.items() if when > at}


@settings(max_examples=effort(6, check=2))
@given(_EVENTS)
def test_every_minute_of_a_day_is_shown_afterwards_as_it_was(events: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        day = Day(Path(folder), wib("08.10"))
        try:
            drive(day, events)
            ask_again(day)
        finally:
            day.board.close()


def test_a_file_that_is_read_over_the_minute_is_shown_from_its_commit(tmp_path: Path) -> None:
    day = Day(tmp_path, wib("08.10"))
    day.take([incident(1, 1), faulty(id="K-2")], 70, "wati", "incidents")
    day.mark(70)
    day.undo(0)
    day.pass_time(130)
    held = [len(was["held"]["number"]) for was in day.shown.values()]
    known = [len(was["every_row"]["incidents"]["id"]) for was in day.shown.values()]
    assert (held[:2], known[:2]) == ([0, 1], [0, 1])
    ask_again(day)
    day.board.close()


@pytest.mark.parametrize("seconds", [0, 70])
def test_history_that_is_loaded_later_changes_no_minute_after_it(
    tmp_path: Path, seconds: int
) -> None:
    """Earlier minutes it joins, as is written in docs/rules.md: it tells of them."""
    day = Day(tmp_path, wib("08.10") + timedelta(days=40))
    day.pass_time(70)
    before = dict(day.shown)
    day.take([incident(1, 1), incident(2, 2)], seconds, "wati", "incidents")
    day.shown.clear()  # until its commit, those too in which it was read
    day.pass_time(70)
    ask_again(day)
    assert before
    day.board.close()
