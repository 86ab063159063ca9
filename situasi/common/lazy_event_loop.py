"""An event loop that is opened by its first use: until then it holds no file descriptors."""

import asyncio
from collections.abc import Callable
from typing import Any

_OWN_METHODS = ("is_closed", "is_running", "close", "get_debug")


class LazyEventLoop(asyncio.AbstractEventLoop):
    """An event loop that is opened by its first use."""

    def __init__(self, make: Callable[[], asyncio.AbstractEventLoop]) -> None:
        self._make = make
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def is_closed(self) -> bool:
        """See asyncio."""
        return self._closed

    def is_running(self) -> bool:
        """See asyncio."""
        return self._loop is not None and self._loop.is_running()

    def get_debug(self) -> bool:
        """See asyncio."""
        return False

    def close(self) -> None:
        """See asyncio."""
        if self._loop is not None:
            self._loop.close()
        self._closed = True

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the real loop."""
        if self._closed:
            raise RuntimeError("Event loop is closed")
        if self._loop is None:
            self._loop = self._make()
        return self._loop


def _delegate(name: str) -> Callable[..., Any]:
    def call(self: LazyEventLoop, *given: Any, **named: Any) -> Any:
        return getattr(self.get_loop(), name)(*given, **named)

    return call


for _name in vars(asyncio.AbstractEventLoop):
    if not _name.startswith("_") and _name not in _OWN_METHODS:
        setattr(LazyEventLoop, _name, _delegate(_name))


class LazyLoopAsyncio:
    """What Streamlit's module of sessions takes for `asyncio`: its loops open at first use.

    Stock Streamlit opens a loop, and so three file descriptors, for the life of each session.
    """

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Return a loop that holds nothing yet."""
        return LazyEventLoop(asyncio.new_event_loop)  # type: ignore[abstract]

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)
