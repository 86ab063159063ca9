"""Messages of a run go out together: one wake for all that waits, in order, and none lost."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable

import pytest
from streamlit.runtime import app_session, runtime

from situasi.common.callback_batch import (
    MESSAGES_PER_TURN,
    CallbackBatch,
    CoalescingSleep,
)


class Loop:
    """A loop that does what it was woken for when the test says so."""

    def __init__(self) -> None:
        self.woken: list[Callable[[], None]] = []

    def wake(self, work: Callable[[], None]) -> None:
        self.woken.append(work)

    def turn(self) -> None:
        now, self.woken = self.woken, []
        for work in now:
            work()


def test_what_comes_before_the_loop_turns_needs_one_wake_and_keeps_its_order() -> None:
    loop, done = Loop(), list[int]()
    pending = CallbackBatch(loop.wake)
    for number in range(5):
        pending.add(lambda number=number: done.append(number))  # type: ignore[misc]
    assert len(loop.woken) == 1
    loop.turn()
    assert done == [0, 1, 2, 3, 4]
    pending.add(lambda: done.append(5))
    loop.turn()
    assert done[-1] == 5


def test_what_fails_is_told_and_holds_nothing_up() -> None:
    loop, done = Loop(), list[str]()
    pending = CallbackBatch(loop.wake)

    def fails() -> None:
        pending.add(lambda: done.append("came meanwhile"))
        raise ValueError("first")

    pending.add(fails)
    pending.add(lambda: done.append("second"))
    with pytest.raises(ValueError, match="first"):
        loop.turn()
    while loop.woken:
        loop.turn()
    assert done == ["second", "came meanwhile"]


def test_who_cannot_wait_has_it_done_at_once_in_order_whatever_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop, done = Loop(), list[int]()
    pending = CallbackBatch(loop.wake)

    def fails() -> None:
        raise ValueError("of the second")

    pending.add(lambda: done.append(1))
    pending.add(fails)
    pending.add(lambda: done.append(3))
    pending.drain()
    assert done == [1, 3]
    assert "of the second" in caplog.text
    loop.turn()  # it was woken for nothing
    pending.add(lambda: done.append(4))
    loop.turn()
    assert done == [1, 3, 4]


def test_nothing_is_lost_between_many_threads_and_a_loop() -> None:
    async def told() -> list[tuple[int, int]]:
        loop, done = asyncio.get_running_loop(), list[tuple[int, int]]()

        def wake(work: Callable[[], None]) -> None:
            loop.call_soon_threadsafe(work)

        pending = CallbackBatch(wake)

        def tell(who: int) -> None:
            for number in range(500):
                pending.add(lambda number=number: done.append((who, number)))  # type: ignore[misc]

        threads = [threading.Thread(target=tell, args=(who,)) for who in range(8)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) or len(done) < 8 * 500:
            await asyncio.sleep(0.001)
        return done

    done = asyncio.run(asyncio.wait_for(told(), 30))
    assert len(done) == 8 * 500
    for who in range(8):
        assert [number for one, number in done if one == who] == list(range(500))


def test_the_sender_turns_to_others_now_and_then_and_always_where_it_is_to_wait() -> None:
    slept: list[float] = []

    class Real:
        Event = asyncio.Event

        @staticmethod
        async def sleep(seconds: float) -> None:
            slept.append(seconds)

    async def send() -> None:
        patient = CoalescingSleep(Real)  # type: ignore[arg-type]
        for _ in range(3 * MESSAGES_PER_TURN):
            await patient.sleep(0)
        await patient.sleep(0.005)
        assert patient.Event is asyncio.Event

    asyncio.run(send())
    assert slept == [0, 0, 0, 0.005]


def test_streamlit_still_has_what_is_changed() -> None:
    """The names that `send` replaces, and the calls by which they matter."""
    session, loop = app_session.AppSession, runtime.Runtime
    assert "_call_soon_on_event_loop" in inspect.getsource(session._on_scriptrunner_event)
    asked = inspect.getsource(session.request_rerun)
    assert asked.index("_scriptrunner.request_rerun(") < asked.index("_create_scriptrunner(")
    assert "_enqueued_some_message" in inspect.getsource(loop)
    flushing = inspect.getsource(loop._loop_coroutine)
    assert "asyncio.sleep(0)" in flushing
    # A message counts as said once it is asked to be sent: the flag falls before the queue is read.
    assert flushing.index("need_send_data.clear()") < flushing.index("flush_browser_queue()")
