"""Event loops of scripts: opened when one is used, which no page of the board does.

Streamlit gives each session an asyncio loop of its own, and so three file descriptors for as long
as the session lives. The loops made here hold none until somebody has them do something.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any

_log = logging.getLogger(__name__)
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


class _AsyncioProxy:
    """What Streamlit's module of sessions takes for `asyncio`."""

    def __init__(self, asyncio_module: ModuleType) -> None:
        self._asyncio = asyncio_module

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Return a loop that holds nothing yet."""
        # Its methods are those of the real one, set above.
        return LazyEventLoop(self._asyncio.new_event_loop)  # type: ignore[abstract]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asyncio, name)


def use_lazy_loops(sessions_module: ModuleType) -> None:
    """Have Streamlit make its loops so. sessions: its module of the class of sessions."""
    real = vars(sessions_module).get("asyncio")
    if not isinstance(real, ModuleType):
        _log.warning(
            "each session holds descriptors of an event loop: Streamlit makes it elsewhere"
        )
        return
    vars(sessions_module)["asyncio"] = _AsyncioProxy(real)
