"""Memory: what stays is walked once; what becomes garbage meanwhile goes in the end."""

from __future__ import annotations

import gc
import weakref
from types import ModuleType

from streamlit.runtime.scriptrunner import script_runner

from situasi.server.memory import SELDOM, WHOLE, Seldom, loaded, loading, seldom, settling


class Circle:
    """What only a collection can free."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_loaded_is_walked_neither_meanwhile_nor_afterwards() -> None:
    loading()
    try:
        assert not gc.isenabled()
        held = Circle()
    finally:
        loaded()
    try:
        assert gc.isenabled()
        assert not any(one is held for one in gc.get_objects())
    finally:
        gc.unfreeze()


def test_what_a_full_collection_leaves_is_not_walked_by_the_next() -> None:
    kept = [Circle() for _ in range(1000)]
    with settling():
        gc.collect()
        assert gc.get_freeze_count() > len(kept)
        assert not any(isinstance(one, Circle) for one in gc.get_objects())
    assert any(isinstance(one, Circle) for one in gc.get_objects())
    assert len(kept) == 1000


def test_garbage_in_a_circle_goes_with_the_next_collection_of_everything() -> None:
    with settling():
        fresh = weakref.ref(Circle())
        gc.collect()
        assert fresh() is None
        held = Circle()
        gc.collect()
        aside = weakref.ref(held)
        del held
        gc.collect()
        assert aside() is not None
        for _ in range(WHOLE):
            gc.collect()
        assert aside() is None


def test_young_collections_hold_nothing_aside() -> None:
    with settling():
        before = gc.get_freeze_count()
        gc.collect(0)
        gc.collect(1)
        assert gc.get_freeze_count() <= before  # what is aside may go by itself


def test_streamlit_collects_when_it_asks_though_not_twice_in_a_second() -> None:
    now = [10.0]
    collector = Seldom(lambda: now[0])
    first = weakref.ref(Circle())
    collector.collect(2)
    assert first() is None
    second = weakref.ref(Circle())
    assert collector.collect(2) == 0
    assert second() is not None
    now[0] += SELDOM
    collector.collect(2)
    assert second() is None


def test_streamlit_asks_what_collects_seldom() -> None:
    assert "gc" in vars(script_runner)  # the name by which it asks
    asker = ModuleType("script_runner")
    seldom(asker)
    assert isinstance(vars(asker)["gc"], Seldom)
    assert vars(asker)["gc"].isenabled() == gc.isenabled()
