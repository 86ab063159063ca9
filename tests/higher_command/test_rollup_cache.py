"""The roll-ups of a whole Polda in memory: what moved is asked again, what is away is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from situasi.domain import election, higher_command, register
from situasi.domain.higher_command import HigherCommand
from situasi.higher_command.rollup_cache import COUNTS, RollupCache, build_parameters
from situasi.higher_command.rollups.model import Rollup, RollupParameters
from situasi.higher_command.rollups.reader import RollupReader, open_rollup_reader
from situasi.store import Scope, Store, StoreError, open_store
from situasi.store.audit.hash_chain import AuditPosition
from tests.builders_command import CONTEST, small_command
from tests.store.builders import delivery, frame, row

MORNING = datetime(2030, 11, 20, 0, 30, tzinfo=UTC)  # 08.30 WITA


class Clock:
    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


class Watched(RollupReader):
    """Real roll-ups that say whom they were asked for, and can be away."""

    def __init__(self, real: RollupReader) -> None:
        self.real, self.asked, self.away = real, list[str](), False
        self.closed = False

    def read_positions(self) -> dict[str, AuditPosition]:
        if self.away:
            raise StoreError("Server penyimpanan tidak menjawab.")
        return self.real.read_positions()

    def compute(
        self, kabupaten: str, parameters: RollupParameters, now: datetime, *, live: bool = True
    ) -> Rollup:
        self.asked.append(kabupaten)
        return self.real.compute(kabupaten, parameters, now, live=live)

    def close(self) -> None:
        self.real.close()


@pytest.fixture
def polda(tmp_path: Path) -> HigherCommand:
    return higher_command.load(small_command(tmp_path))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rollups(database: str) -> Iterator[Watched]:
    opened = Watched(open_rollup_reader(database, CONTEST))
    yield opened
    opened.close()


@pytest.fixture
def overseeing(rollups: Watched, polda: HigherCommand, clock: Clock) -> RollupCache:
    return RollupCache(rollups, polda, clock)


@pytest.fixture
def stores(database: str) -> Iterator[dict[str, Store]]:
    opened = {code: open_store(database, Scope(CONTEST, code)) for code in ("99.01", "99.02")}
    yield opened
    for store in opened.values():
        store.close()


def tell(store: Store, feed: str, at: datetime = MORNING, **stated: Any) -> None:
    """One row of a feed, known at once."""
    clear = {"occurred_at": at, "known_at": at, "reported_at": at, "desa": None, "tingkat": None}
    with store.deliver(delivery(feed=feed, recorded_at=at)) as writing:
        writing.add(frame(row(feed, **clear | stated), feed=feed), [])


def count(store: Store, code: str, heads: int, at: datetime = MORNING) -> None:
    tell(store, "tps", at, desa=f"{code}.01.1001", tps="001", hadir=heads, lingkup="tps",
         kecamatan=f"{code}.01", id=f"{heads}")  # fmt: skip


def test_a_database_in_which_nothing_is_yet_gives_nothing_and_no_trouble(
    overseeing: RollupCache,
) -> None:
    found = overseeing.current_overview()
    assert found.rollups == {} and found.trouble is None
    total = found.total()
    assert (total.member_count, total.reporting_count, total.tps) == (3, 0, 100)
    assert set(total.counts.values()) == {None} and total.turnout.rate is None


def test_sums_are_over_those_that_told_and_say_how_many_they_were(
    overseeing: RollupCache, stores: dict[str, Store]
) -> None:
    count(stores["99.01"], "99.01", 200)
    tell(stores["99.02"], "incidents", kecamatan="99.02.01", tingkat="tinggi")
    found = overseeing.current_overview()
    total = found.total()
    assert total.counts["heads"] == 200 and total.reporting_by_count["heads"] == 1
    assert total.counts["incidents_open"] == 1 and total.reporting_by_count["incidents_open"] == 1
    assert (total.member_count, total.reporting_count) == (3, 2)
    assert total.turnout.rate == pytest.approx(100 * 200 / 300)
    assert found.total("99.02").counts["heads"] is None
    assert found.total("99.71").reporting_count == 0
    assert [case.kabupaten for case in found.critical_cases()] == ["99.02"]


def test_a_total_is_the_sum_of_its_kabupaten_for_every_count(
    overseeing: RollupCache, stores: dict[str, Store]
) -> None:
    for code, store in stores.items():
        count(store, code, 100)
        tell(store, "incidents", kecamatan=f"{code}.01", situasi="merah")
    found = overseeing.current_overview()
    for name in COUNTS:
        each = [getattr(one, name) for one in found.rollups.values()]
        told = [number for number in each if number is not None]
        assert found.total().counts[name] == (sum(told) if told else None)
        assert found.total().reporting_by_count[name] == len(told)
    assert found.total().counts["situasi_merah"] == 2


def test_only_a_kabupaten_whose_version_moved_is_asked_again(
    overseeing: RollupCache, stores: dict[str, Store], rollups: Watched
) -> None:
    for code, store in stores.items():
        count(store, code, 100)
    overseeing.current_overview()
    rollups.asked.clear()
    overseeing.current_overview()
    assert rollups.asked == []
    count(stores["99.02"], "99.02", 150)
    assert overseeing.current_overview().rollups["99.02"].heads == 150
    assert rollups.asked == ["99.02"]


def test_what_changes_by_the_clock_alone_is_asked_again_when_it_does(
    overseeing: RollupCache, stores: dict[str, Store], rollups: Watched, clock: Clock
) -> None:
    tell(stores["99.01"], "incidents", kecamatan="99.01.01", situasi="hijau")
    assert overseeing.current_overview().rollups["99.01"].situasi_hijau == 1
    clock.now += timedelta(minutes=179)
    rollups.asked.clear()
    assert overseeing.current_overview().rollups["99.01"].situasi_hijau == 1
    assert rollups.asked == []
    clock.now += timedelta(minutes=2)
    assert overseeing.current_overview().rollups["99.01"].situasi_hijau is None
    assert rollups.asked == ["99.01"]


def test_the_last_good_figures_stay_with_their_age_while_the_database_is_away(
    overseeing: RollupCache, stores: dict[str, Store], rollups: Watched, clock: Clock
) -> None:
    count(stores["99.01"], "99.01", 100)
    overseeing.current_overview()
    rollups.away = True
    clock.now += timedelta(minutes=7)
    found = overseeing.current_overview()
    assert found.rollups["99.01"].heads == 100
    assert found.trouble == "Server penyimpanan tidak menjawab."
    assert (found.at, found.checked_at) == (clock.now, MORNING)
    rollups.away = False
    found = overseeing.current_overview()
    assert found.trouble is None and found.checked_at == clock.now


def test_a_past_moment_shows_what_was_known_then(
    overseeing: RollupCache, stores: dict[str, Store], rollups: Watched, clock: Clock
) -> None:
    count(stores["99.01"], "99.01", 100)
    clock.now += timedelta(hours=1)
    count(stores["99.01"], "99.01", 180, clock.now)
    count(stores["99.02"], "99.02", 50, clock.now)
    past = overseeing.overview_at(MORNING + timedelta(minutes=5))
    assert {code: one.heads for code, one in past.rollups.items()} == {"99.01": 100}
    assert not past.live and past.total().counts["waiting"] is None
    rollups.asked.clear()
    assert overseeing.overview_at(MORNING + timedelta(minutes=5)) is past and rollups.asked == []
    assert overseeing.current_overview().total().counts["heads"] == 230


def test_a_past_moment_that_cannot_be_found_out_shows_nothing_of_now(
    overseeing: RollupCache, stores: dict[str, Store], rollups: Watched
) -> None:
    count(stores["99.01"], "99.01", 100)
    overseeing.current_overview()
    rollups.away = True
    past = overseeing.overview_at(MORNING)
    assert past.rollups == {} and past.trouble


def test_kabupaten_of_which_nothing_came_for_long_are_silent_while_the_day_is_watched(
    overseeing: RollupCache, stores: dict[str, Store], clock: Clock
) -> None:
    count(stores["99.01"], "99.01", 100)
    stores["99.02"].put_note("papan", 1, MORNING, "uji")  # a word of its store, and no row
    assert [one.code for one in overseeing.current_overview().silent_members()] == [
        "99.02",
        "99.71",
    ]
    clock.now += timedelta(minutes=91)
    assert [one.code for one in overseeing.current_overview().silent_members()] == [
        "99.01",
        "99.02",
        "99.71",
    ]
    clock.now = MORNING - timedelta(days=3)
    assert overseeing.current_overview().silent_members() == []


def test_rows_of_an_exercise_are_reckoned_by_its_own_clock_and_marked(
    overseeing: RollupCache, stores: dict[str, Store], clock: Clock
) -> None:
    clock.now = MORNING + timedelta(days=200)
    tell(stores["99.01"], "incidents", kecamatan="99.01.01", situasi="hijau", latihan=True)
    stores["99.01"].put_note("exercise", {"at": MORNING.isoformat()}, clock.now, "latihan")
    found = overseeing.current_overview()
    mine = found.rollups["99.01"]
    assert (mine.exercise, mine.rehearsal, mine.at) == (True, True, MORNING)
    assert mine.situasi_hijau == 1 and found.total().rehearsal
    assert "99.01" not in [one.code for one in found.silent_members()]


def test_without_a_register_every_tps_that_is_named_counts_and_it_is_said(
    overseeing: RollupCache, stores: dict[str, Store]
) -> None:
    for code, store in stores.items():
        tell(store, "tps", desa=f"{code}.01.1001", tps="099", fase="dibuka", hadir=None)
    found = overseeing.current_overview().rollups
    assert (found["99.01"].register, found["99.01"].tps_reported) == (True, None)
    assert (found["99.02"].register, found["99.02"].tps_reported) == (False, 1)
    assert found["99.02"].turnout_dpt is None


def test_many_who_look_at_once_ask_the_database_once(
    overseeing: RollupCache, stores: dict[str, Store], rollups: Watched
) -> None:
    count(stores["99.01"], "99.01", 100)
    seen: list[int | None] = []

    def look() -> None:
        seen.append(overseeing.current_overview().total().counts["heads"])

    viewers = [threading.Thread(target=look) for _ in range(12)]
    for one in viewers:
        one.start()
    for one in viewers:
        one.join()
    assert seen == [100] * 12 and rollups.asked == ["99.01"]


def test_terms_are_those_of_the_election_of_the_kabupaten(polda: HigherCommand) -> None:
    folder = polda.member("99.01").election_folder
    assert folder is not None
    own = register.load(election.load(folder))
    found = build_parameters(own)
    assert found.midnight == polda.midnight and found.midnight.utcoffset() == timedelta(hours=8)
    assert found.voters_by_tps is not None and len(found.voters_by_tps) == len(own.tps)
