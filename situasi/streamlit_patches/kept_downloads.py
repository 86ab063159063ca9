"""Files that viewers take along: each stays until the browser has surely fetched it.

Streamlit makes a file when its button is clicked and deletes it at the end of the second run, of
anybody's page, from then: within milliseconds where many look. The browser then says "no file".
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import ModuleType

# Seconds that a file stays after nobody was found to need it.
KEEP_S = 60.0


class DelayedFileMetadata:
    """What Streamlit's keeper of files knows of one: it is to go, though not at once."""

    def __init__(self, kind: object, clock: Callable[[], float] = time.monotonic) -> None:
        self.kind, self._clock = kind, clock
        self._expires_s: float | None = None

    def mark_for_delete(self) -> None:
        """Nobody was found to need it. Said again and again until it goes."""
        if self._expires_s is None:
            self._expires_s = self._clock() + KEEP_S

    @property
    def is_marked_for_delete(self) -> bool:
        """Whether it goes now."""
        return self._expires_s is not None and self._clock() >= self._expires_s


def keep_downloads(files_module: ModuleType) -> None:
    """Have Streamlit's keeper of files know them so."""
    vars(files_module)["MediaFileMetadata"] = DelayedFileMetadata
