"""Memory: what stays is walked once; what becomes garbage meanwhile goes in the end."""

from __future__ import annotations

import gc
import weakref

from situasi.server.memory import WHOLE, settling


class Circle:
    """What only a collection can free."""

    def __init__(self) -> None:
        self.itself = self


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
        assert gc.get_freeze_count() == before
