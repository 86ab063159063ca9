"""Sessions of browsers that were cut off: some are kept, and each is ended."""

from __future__ import annotations

import asyncio
import gc
import inspect
import weakref
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from streamlit.runtime import app_session, memory_session_storage
from streamlit.runtime.session_manager import SessionInfo
from streamlit.web.server.starlette import starlette_app

from situasi.common import metrics
from situasi.common.lazy_event_loop import LazyEventLoop
from situasi.server.auth import websocket
from situasi.server.auth.websocket import ORDINARY_MESSAGE_BYTES, ManagedWebSocket
from situasi.server.parked_sessions import MAX_PARKED, ParkedSessions
from situasi.server.state_budget import MAX_BYTES_PER_SESSION, MAX_LARGE_BYTES, StateBudget
from tests.stock_streamlit import patch


@dataclass
class Session:
    """What a storage needs of Streamlit's."""

    id: str
    ended: int = field(default=0)

    def shutdown(self) -> None:
        self.ended += 1


def of(owner: str, kept: int = 0) -> ManagedWebSocket:
    async def nowhere(_message: Any) -> None: ...

    made = ManagedWebSocket(owner, nowhere, b"")
    made.last_message_bytes = kept
    return made


def descriptors() -> int:
    found = metrics.count_descriptors()
    assert found
    return found[0]


def park(storage: ParkedSessions, name: str, owner: str, kept: int = 0) -> Session:
    session = Session(name)
    websocket.CURRENT_WEBSOCKET.set(of(owner, kept))
    storage.save(SessionInfo(client=None, session=session))  # type: ignore[arg-type]
    return session


def on_a_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def test_a_session_is_there_for_whoever_comes_back_and_is_not_ended() -> None:
    async def work() -> None:
        storage = ParkedSessions(websocket.CURRENT_WEBSOCKET.get, 60)
        session = park(storage, "a", "wati")
        assert storage.get("a").session is session
        storage.delete("a")
        assert storage.get("a") is None and not session.ended

    on_a_loop(work)


def test_who_goes_on_and_is_cut_off_again_is_kept_for_a_whole_while_from_then() -> None:
    async def work() -> None:
        storage = ParkedSessions(websocket.CURRENT_WEBSOCKET.get, 60)
        park(storage, "a", "wati")
        first = storage._parked["a"].timer
        storage.delete("a")
        again = park(storage, "a", "wati")
        assert first.cancelled() and not storage._parked["a"].timer.cancelled()
        assert storage.get("a").session is again

    on_a_loop(work)


def test_whoever_loads_a_page_a_thousand_times_takes_nobody_elses_place() -> None:
    async def work() -> None:
        storage = ParkedSessions(websocket.CURRENT_WEBSOCKET.get, 60)
        others = [park(storage, f"other {n}", f"viewer {n}") for n in range(MAX_PARKED // 2)]
        storm = [park(storage, f"again {n}", "wati") for n in range(1000)]
        assert len(storage.list()) == MAX_PARKED
        assert not any(session.ended for session in others)
        assert [session.ended for session in storm[-1 - MAX_PARKED // 2 :]] == [1] + [0] * (
            MAX_PARKED // 2
        )
        assert sum(session.ended for session in storm) == 1000 - (MAX_PARKED - MAX_PARKED // 2)

    on_a_loop(work)


def test_when_its_time_is_over_a_session_is_ended_without_anybody_coming() -> None:
    async def work() -> None:
        storage = ParkedSessions(websocket.CURRENT_WEBSOCKET.get, 0.01)
        session = park(storage, "a", "wati")
        async with asyncio.timeout(30):
            while not session.ended:
                await asyncio.sleep(0.01)
        assert storage.list() == []

    on_a_loop(work)


def test_of_a_page_that_said_more_than_any_page_does_nothing_is_kept() -> None:
    async def work() -> None:
        storage = ParkedSessions(websocket.CURRENT_WEBSOCKET.get, 60)
        session = park(storage, "a", "wati", kept=ORDINARY_MESSAGE_BYTES + 1)
        assert storage.get("a") is None
        async with asyncio.timeout(30):
            while not session.ended:
                await asyncio.sleep(0)

    on_a_loop(work)


@pytest.mark.usefixtures("stock_streamlit")
def test_streamlit_takes_its_storage_by_the_name_that_is_replaced() -> None:
    made = inspect.getsource(starlette_app.App._create_runtime)
    assert "from streamlit.runtime.memory_session_storage import MemorySessionStorage" in made
    wanted = {name for name in vars(memory_session_storage.MemorySessionStorage) if name[0] != "_"}
    assert wanted <= set(vars(ParkedSessions))
    patch("parked_sessions")
    assert isinstance(memory_session_storage.MemorySessionStorage(), ParkedSessions)


def test_the_loop_of_a_script_holds_nothing_until_it_is_used() -> None:
    before = descriptors()
    loops = [LazyEventLoop(asyncio.new_event_loop) for _ in range(20)]  # type: ignore[abstract]
    assert descriptors() == before
    assert not any(loop.is_closed() or loop.is_running() for loop in loops)
    for loop in loops:
        app_session._close_script_event_loop(loop)
        assert loop.is_closed()
    assert descriptors() == before


def test_the_loop_of_a_script_works_once_it_is_used() -> None:
    loop = LazyEventLoop(asyncio.new_event_loop)  # type: ignore[abstract]

    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    asyncio.set_event_loop(loop)
    try:
        assert loop.run_until_complete(work()) == "done"
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    with pytest.raises(RuntimeError):
        loop.call_soon(print)


@pytest.mark.usefixtures("stock_streamlit")
def test_streamlit_makes_its_loops_by_the_name_that_is_replaced() -> None:
    source = inspect.getsource(app_session.AppSession)
    assert source.count("asyncio.new_event_loop()") == 2
    patch("event_loops")
    assert isinstance(app_session.asyncio.new_event_loop(), LazyEventLoop)
    assert app_session.asyncio.Task is asyncio.Task


def test_of_one_sign_in_no_more_is_kept_than_of_forty_full_pages() -> None:
    budget = StateBudget()
    pages = [of("wati") for _ in range(40)]
    assert all(budget.try_reserve(page, 106_000) for page in pages)
    assert not budget.try_reserve(of("wati"), MAX_BYTES_PER_SESSION - 39 * 106_000)
    assert budget.try_reserve(of("budi"), 106_000)
    for page in pages:
        budget.release(page)
    assert budget.try_reserve(of("wati"), MAX_BYTES_PER_SESSION)


def test_a_page_that_speaks_again_counts_once() -> None:
    budget, page = StateBudget(), of("wati")
    assert all(budget.try_reserve(page, MAX_BYTES_PER_SESSION) for _ in range(10))


def test_when_much_is_kept_of_some_ordinary_pages_go_on() -> None:
    budget = StateBudget()
    greedy = [of(f"tamu {n}") for n in range(1000)]
    taken = [budget.try_reserve(page, MAX_BYTES_PER_SESSION // 2) for page in greedy]
    assert sum(taken) == MAX_LARGE_BYTES // (MAX_BYTES_PER_SESSION // 2)
    left = MAX_LARGE_BYTES - sum(page.last_message_bytes for page in greedy)
    assert not budget.try_reserve(of("wati"), left + ORDINARY_MESSAGE_BYTES)
    assert budget.try_reserve(of("wati"), ORDINARY_MESSAGE_BYTES)
    for page, was_taken in zip(greedy, taken, strict=True):
        if was_taken:
            budget.release(page)
    assert budget.try_reserve(of("wati"), left + ORDINARY_MESSAGE_BYTES)


@pytest.mark.usefixtures("stock_streamlit")
def test_a_session_that_is_dropped_goes_without_the_collector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def at_once(_self: Any, work: Callable[[], None]) -> None:
        work()

    monkeypatch.setattr(app_session.AppSession, "_call_soon_on_event_loop", at_once)
    monkeypatch.setattr(app_session.AppSession, "__del__", lambda _self: None)
    patch("messages")
    session: Any = object.__new__(app_session.AppSession)
    done: list[int] = []
    session._call_soon_on_event_loop(lambda: done.append(1))
    assert done == [1]
    gone = weakref.ref(session)
    gc.disable()
    try:
        del session
        assert gone() is None
    finally:
        gc.enable()
