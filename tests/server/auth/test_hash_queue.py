"""Whoever waits to have a password looked at waits behind one of a flood, not behind all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.server.auth.hash_queue import (
    MAX_CONCURRENT,
    MAX_WAITING,
    MAX_WAITING_PER_ORIGIN,
    HashQueue,
    QueueFull,
)


async def hold(queue: HashQueue, done: list[str], origin: str, known: bool = False) -> None:
    try:
        async with queue.acquire_slot(origin, is_known=known):
            await asyncio.sleep(0)
            done.append(origin)
    except QueueFull:
        done.append(f"-{origin}")


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_addresses_come_by_turns() -> None:
    async def work() -> None:
        queue, done = HashQueue(), list[str]()
        flood = [
            asyncio.create_task(hold(queue, done, "flood")) for _ in range(MAX_WAITING_PER_ORIGIN)
        ]
        await asyncio.sleep(0)
        one = asyncio.create_task(hold(queue, done, "wati"))
        await asyncio.gather(*flood, one)
        assert done.index("wati") <= 2 * MAX_CONCURRENT + 1

    run(work())


def test_no_address_is_served_twice_before_each_other_was_once() -> None:
    async def work() -> None:
        queue, done = HashQueue(), list[str]()
        async with queue.acquire_slot("x", is_known=False), queue.acquire_slot("x", is_known=False):
            everybody = [asyncio.create_task(hold(queue, done, one)) for one in "abc" * 20]
            await settled()
        await asyncio.gather(*everybody)
        for end in range(len(done)):
            counts = [done[:end].count(one) for one in "abc"]
            assert max(counts) - min(counts) <= 1

    run(work())


def test_who_gives_up_leaves_the_place_to_another() -> None:
    async def work() -> None:
        queue, done = HashQueue(), list[str]()
        async with queue.acquire_slot("x", is_known=False), queue.acquire_slot("x", is_known=False):
            gone = [
                asyncio.create_task(hold(queue, done, "x")) for _ in range(MAX_WAITING_PER_ORIGIN)
            ]
            await settled()
            for one in gone:
                one.cancel()
            await settled()
            last = asyncio.create_task(hold(queue, done, "x"))
            await settled()
        await last
        assert done == ["x"]

    run(work())


def test_who_was_here_before_waits_apart_from_strangers() -> None:
    async def work() -> None:
        queue, done = HashQueue(), list[str]()
        flood = [
            asyncio.create_task(hold(queue, done, f"flood {n}")) for n in range(MAX_WAITING * 2)
        ]
        await asyncio.sleep(0)
        known = asyncio.create_task(hold(queue, done, "wati", known=True))
        await asyncio.gather(*flood, known)
        served = [one for one in done if not one.startswith("-")]
        assert served.index("wati") <= 2 * MAX_CONCURRENT + 1
        assert (
            len(served) <= MAX_WAITING + MAX_CONCURRENT + 1
        )  # the rest of the flood gets no place

    run(work())


def test_a_newcomer_takes_the_place_of_the_longest_line() -> None:
    async def work() -> None:
        queue, done = HashQueue(), list[str]()
        async with queue.acquire_slot("x", is_known=False), queue.acquire_slot("y", is_known=False):
            crowd = [asyncio.create_task(hold(queue, done, f"flood {n % 12}"))
                     for n in range(MAX_WAITING)]  # fmt: skip
            await settled()
            assert done == []
            one = asyncio.create_task(hold(queue, done, "wati"))
            await settled()
            assert len(done) == 1 and done[0].startswith("-flood")
        await asyncio.gather(*crowd, one)
        assert "wati" in done

    run(work())


def test_neither_line_waits_behind_the_other() -> None:
    async def work() -> None:
        queue, done = HashQueue(), list[str]()
        async with queue.acquire_slot("x", is_known=False), queue.acquire_slot("y", is_known=False):
            waiting = [
                asyncio.create_task(hold(queue, done, f"{known} {n}", known))
                for known in (True, False)
                for n in range(10)
            ]
            await settled()
        await asyncio.gather(*waiting)
        assert {one.split()[0] for one in done[:4]} == {"True", "False"}
        assert {one.split()[0] for one in done[-4:]} == {"True", "False"}

    run(work())


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), min_size=1, max_size=60
    )
)
def test_no_place_is_ever_lost_or_given_twice(comers: list[tuple[str, bool, bool]]) -> None:
    """Whoever waits may give up; afterwards all places are free, and never more are held."""

    async def work() -> None:
        queue, held, most = HashQueue(), 0, 0

        async def come(origin: str, known: bool) -> None:
            nonlocal held, most
            async with queue.acquire_slot(origin, is_known=known):
                held += 1
                most = max(most, held)
                try:
                    await asyncio.sleep(0)
                finally:
                    held -= 1

        tasks = [asyncio.create_task(come(origin, known)) for origin, known, _ in comers]
        await asyncio.sleep(0)
        for task, (_, _, gives_up) in zip(tasks, comers, strict=True):
            if gives_up:
                task.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert most <= MAX_CONCURRENT and held == 0
        assert queue._free_slots == MAX_CONCURRENT
        assert queue._known_queue.size == queue._unknown_queue.size == 0

    run(work())


def test_one_address_has_only_so_many_places() -> None:
    async def work() -> None:
        queue, done = HashQueue(), list[str]()
        async with queue.acquire_slot("x", is_known=False), queue.acquire_slot("x", is_known=False):
            waiting = [
                asyncio.create_task(hold(queue, done, "x")) for _ in range(MAX_WAITING_PER_ORIGIN)
            ]
            await settled()
            with pytest.raises(QueueFull):
                async with queue.acquire_slot("x", is_known=False):
                    pass
        await asyncio.gather(*waiting)
        assert done == ["x"] * MAX_WAITING_PER_ORIGIN

    run(work())
