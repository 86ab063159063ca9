"""A dict of limited length, for what is remembered of many callers."""

from collections import OrderedDict
from typing import TypeVar

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class LruDict(OrderedDict[KeyT, ValueT]):
    """A dict of at most `max_entries`: the entry set or moved to the end longest ago is dropped."""

    def __init__(self, max_entries: int) -> None:
        super().__init__()
        self._max_entries = max_entries

    def __setitem__(self, key: KeyT, value: ValueT) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self._max_entries:
            self.popitem(last=False)
