"""How many bytes of uploaded files may wait in memory, of one viewer and of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from situasi.server.auth.websocket import UPLOAD_PREFIX

_MEGABYTE = 1024 * 1024
# Two files of the largest size that is taken (server.maxUploadSize); in all, those of five viewers.
MAX_BYTES_PER_OWNER, MAX_TOTAL_BYTES = 100 * _MEGABYTE, 500 * _MEGABYTE
# A small file takes more room than its bytes.
_MIN_BYTES = 64 * 1024

# (script session, file) -> whether the file is still in memory
HasFile = Callable[[str, str], bool]


class QuotaExceeded(Exception):
    """The files that wait leave no room for this one. whole: those of all viewers together."""

    def __init__(self, *, of_all_viewers: bool) -> None:
        super().__init__(of_all_viewers)
        self.of_all_viewers = of_all_viewers


@dataclass
class Upload:
    """One file on its way in, or in memory. size: its bytes, before they came the largest size."""

    owner: str
    session: str
    file: str
    size_bytes: int
    received_bytes: int = 0
    is_arriving: bool = True

    def count_body(self, receive: Receive) -> Receive:
        """Count the bytes of the body that is received so."""

        async def received() -> Message:
            message = await receive()
            self.received_bytes += len(message.get("body", b""))
            return message

        return received


class UploadQuota:
    """Knows which uploaded files are kept. Of the event loop's thread only."""

    def __init__(
        self,
        has_file: HasFile,
        end_parked: Callable[[str], None],
        max_bytes_per_owner: int = MAX_BYTES_PER_OWNER,
        max_total_bytes: int = MAX_TOTAL_BYTES,
    ) -> None:
        self._has_file, self._end_parked = has_file, end_parked
        self._max_bytes_per_owner, self._max_total_bytes = max_bytes_per_owner, max_total_bytes
        self._uploads: list[Upload] = []

    def begin(self, owner: str, scope: Scope, max_bytes: int) -> Upload:
        """Make room for the file of this request, whose body may be so large, before it is read.

        Where there is none, pages that were left behind give theirs. Raises QuotaExceeded. `end`
        must follow.
        """
        stated = Headers(scope=scope).get("content-length", "")
        size = min(int(stated), max_bytes) if stated.isdigit() else max_bytes
        session, _, file = scope["path"].removeprefix(UPLOAD_PREFIX).partition("/")
        upload = Upload(owner, session, file, max(size, _MIN_BYTES))
        self._make_room(owner, self._max_bytes_per_owner - upload.size_bytes, of_all_viewers=False)
        self._make_room(None, self._max_total_bytes - upload.size_bytes, of_all_viewers=True)
        self._uploads.append(upload)
        return upload

    def end(self, upload: Upload | None) -> None:
        """The request was answered: the file is kept, or it is not. None: it brought no file."""
        if upload is None:
            return
        upload.is_arriving, upload.size_bytes = False, max(upload.received_bytes, _MIN_BYTES)
        self._forget_removed()

    def _make_room(self, owner: str | None, max_bytes: int, *, of_all_viewers: bool) -> None:
        self._forget_removed()
        for one in self._uploads:  # the oldest first
            if self._total_bytes(owner) <= max_bytes:
                return
            if not one.is_arriving and owner in {None, one.owner}:
                self._end_parked(one.session)
                self._forget_removed()
        if self._total_bytes(owner) > max_bytes:
            raise QuotaExceeded(of_all_viewers=of_all_viewers)

    def _total_bytes(self, owner: str | None = None) -> int:
        return sum(one.size_bytes for one in self._uploads if owner is None or one.owner == owner)

    def _forget_removed(self) -> None:
        self._uploads = [
            one for one in self._uploads if one.is_arriving or self._has_file(one.session, one.file)
        ]


def is_upload(scope: Scope) -> bool:
    """Whether this request brings a file for the screen."""
    return bool(scope["path"].startswith(UPLOAD_PREFIX)) and scope["method"] in {"PUT", "POST"}


def is_upload_removal(scope: Scope) -> bool:
    """Whether this request takes a file back.

    Its page holds the file until it is drawn anew, and frees it then (screen.uploads): until then
    the file counts, whatever a browser asks.
    """
    return bool(scope["path"].startswith(UPLOAD_PREFIX)) and scope["method"] == "DELETE"
