"""One viewer who asks for ever more moments and filters keeps no other wall waiting."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from situasi.access.roles import ROLES, Viewer
from situasi.analysis.situation import area_summary
from situasi.board import Board, open_board
from situasi.common.work_limits import TooManyQueries
from situasi.live import analysis_cache
from situasi.live.analysis_cache import AnalysisView
from situasi.server.fair_workers import FairWorkers
from situasi.server.wall import query as wall_query
from situasi.server.wall import service as wall_service
from situasi.server.wall import state as wall_state
from situasi.server.wall import state_pool
from situasi.server.wall.service import EncodedState, WallService
from situasi.server.wall.state import Sources
from tests.conftest import NOON, settings_in

BUSY, OTHER = (Viewer(name, ROLES["analis"]) for name in ("usil", "rina"))
MOMENTS = [f"saat=2024-11-27T{8 + n // 60:02}:{n % 60:02}" for n in range(240)] * 2 + [
    f"saat=2024-11-27T07:{n:02}" for n in range(20)
]
LONG = 60  # seconds after which a test gives up: nothing here takes as many


class Held:
    """Builds states, those of past moments only after `go`, and counts them by viewer.

    What a past moment shows is asked for elsewhere: here it is the same of each.
    """

    def __init__(self, make: Any) -> None:
        self._make, self.go = make, threading.Event()
        self.past: Counter[str] = Counter()

    def __call__(
        self, sources: Sources, viewer: Viewer, wanted: wall_query.WallQuery
    ) -> EncodedState:
        if not sources.view_time.live:
            self.past[viewer.name] += 1
            assert self.go.wait(LONG)
            return EncodedState(b"", b"", "", NOON)
        made: EncodedState = self._make(sources, viewer, wanted)
        return made


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    made = Held(wall_service._encode_state)
    monkeypatch.setattr(wall_service, "_encode_state", made)
    yield made
    made.go.set()


async def body(screen: WallService, query: str, viewer: Viewer) -> EncodedState:
    register = wall_state.visible_register(screen.board, viewer)
    return await screen.get_state(
        viewer, wall_query.parse_query(QueryParams(query), viewer, register)
    )


async def soon(some: Coroutine[Any, Any, EncodedState]) -> EncodedState:
    return await asyncio.wait_for(some, LONG)


async def begun(held: Held, name: str) -> None:
    while not held.past[name]:
        await asyncio.sleep(0)


def test_the_live_wall_of_others_is_never_behind_past_moments(board: Board, held: Held) -> None:
    screen = WallService(board)

    async def crowd() -> list[Any]:
        asking = [asyncio.create_task(body(screen, one, BUSY)) for one in MOMENTS]
        await asyncio.wait_for(begun(held, BUSY.name), LONG)
        # All that follows is answered while not one of those is.
        await soon(body(screen, "", OTHER))
        await soon(body(screen, "", replace(BUSY, name="lain")))
        await soon(body(screen, "rentang=1j", BUSY))
        held.go.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    answers = asyncio.run(crowd())
    refused = [one for one in answers if isinstance(one, TooManyQueries)]
    given = [one for one in answers if isinstance(one, EncodedState)]
    assert len(refused) + len(given) == len(MOMENTS) == 500
    assert held.past[BUSY.name] <= state_pool.MAX_QUERIES
    assert len(refused) > 300


def test_somebody_elses_past_moment_is_not_behind_theirs(board: Board, held: Held) -> None:
    screen = WallService(board)

    async def crowd() -> None:
        asking = [asyncio.create_task(body(screen, one, BUSY)) for one in MOMENTS[:30]]
        await asyncio.wait_for(begun(held, BUSY.name), LONG)
        other = asyncio.create_task(body(screen, MOMENTS[-1], OTHER))
        await asyncio.wait_for(begun(held, OTHER.name), LONG)
        assert held.past == {BUSY.name: 1, OTHER.name: 1}
        held.go.set()
        await asyncio.gather(other, *asking)

    asyncio.run(crowd())


def test_filters_and_views_are_questions_too_and_an_open_page_goes_on(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(board.register.kecamatan) < state_pool.MAX_QUERIES  # each once, one after another
    monkeypatch.setattr(state_pool, "MAX_QUERIES", 6)
    screen, some = WallService(board), list(board.register.kecamatan)[:4]
    # What none of the answers is kept of, as when a report comes in between.
    first = [f"kec={code}" for code in some]
    more = [f"kec={code}&tampilan={view}" for code in some for view in
            ("situasi", "tps", "partisipasi", "personel", "perhatian")]  # fmt: skip

    async def crowd() -> None:
        for query in first:
            await body(screen, query, BUSY)
        with pytest.raises(TooManyQueries) as refused:
            for query in more:
                await body(screen, query, BUSY)
        assert refused.value.wait_s > 0
        screen._live_pool._states.clear()
        for query in first:
            await body(screen, query, BUSY)
        await body(screen, more[-1], OTHER)

    asyncio.run(crowd())


def test_a_moment_is_that_of_its_minute(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, days = WallService(board), []
    find = AnalysisView.compute

    def counted(view: AnalysisView, work: Any, *given: Any) -> Any:
        days.append(work is area_summary.compute_area_summary)
        return find(view, work, *given)

    monkeypatch.setattr(AnalysisView, "compute", counted)

    async def crowd() -> set[bytes]:
        some = [f"saat=2024-11-27T08:30:{n:02}.{n:06}" for n in range(60)]
        return {(await body(screen, one, BUSY)).content for one in some}

    assert len(asyncio.run(crowd())) == 1
    assert sum(days) == 1


def test_past_moments_push_nothing_of_now_out_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A memory that a few moments fill.
    monkeypatch.setattr(analysis_cache, "_MAX_RESULTS", 40)
    monkeypatch.setattr(analysis_cache, "_MAX_FRAMES", 4)
    board = open_board(settings_in(tmp_path), lambda: NOON)
    screen = WallService(board)

    async def crowd() -> None:
        await body(screen, "", OTHER)
        kept = (
            set(board.analysis_cache._results._futures),
            set(board.analysis_cache._frames._futures),
        )
        for number, one in enumerate(MOMENTS[:8]):
            await body(screen, one, replace(BUSY, name=f"u{number // 4}"))
        assert kept[0] <= set(board.analysis_cache._results._futures)
        assert kept[1] <= set(board.analysis_cache._frames._futures)

    asyncio.run(crowd())
    board.close()


def test_who_gives_up_waiting_frees_no_place_while_the_thread_goes_on() -> None:
    workers, goes_on = FairWorkers("uji", threads=2, per_owner=1), threading.Event()
    began: list[int] = []

    def first() -> None:
        began.append(1)
        goes_on.wait(30)

    async def work() -> None:
        task = asyncio.create_task(workers.run("wati", first))
        async with asyncio.timeout(30):
            while not began:
                await asyncio.sleep(0)
        task.cancel()
        another = asyncio.create_task(workers.run("wati", lambda: began.append(2)))
        await asyncio.sleep(0)
        await workers.run("budi", lambda: None)  # whatever was let in before is done by then
        assert began == [1]
        goes_on.set()
        await another
        assert began == [1, 2]

    try:
        asyncio.run(work())
    finally:
        goes_on.set()
