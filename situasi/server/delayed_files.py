"""Files offered for download stay until their browser has surely fetched them."""

import time
from collections.abc import Callable
from typing import Final

KEEP_DOWNLOAD_S: Final = 60.0


class DelayedFileMetadata:
    """What Streamlit notes of a file: it may be deleted, though only after KEEP_DOWNLOAD_S.

    Stock Streamlit deletes it at the end of the second run, of anybody's page: within milliseconds
    where many look, and before the browser has fetched it.
    """

    def __init__(self, kind: object, clock: Callable[[], float] = time.monotonic) -> None:
        self.kind, self._clock = kind, clock
        self._expires_s: float | None = None

    def mark_for_delete(self) -> None:
        """Note that no page needs the file. Called again and again until it is deleted."""
        if self._expires_s is None:
            self._expires_s = self._clock() + KEEP_DOWNLOAD_S

    @property
    def is_marked_for_delete(self) -> bool:
        """Return whether it may be deleted now."""
        return self._expires_s is not None and self._clock() >= self._expires_s
