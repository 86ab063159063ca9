"""How many bytes of uploaded files may wait in memory, of one viewer and of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from situasi.server.auth.websocket import UPLOADS

_MEGABYTE = 1024 * 1024
# Two files of the largest size that is taken (server.maxUploadSize); in all, those of five viewers.
PER_OWNER, IN_ALL = 100 * _MEGABYTE, 500 * _MEGABYTE
# A small file takes more room than its bytes.
_LEAST = 64 * 1024

# (script session, file) -> whether the file is still in memory
KeepsFile = Callable[[str, str], bool]


class QuotaExceeded(Exception):
    """The files that wait leave no room for this one. whole: those of all viewers together."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__(whole)
        self.whole = whole


@dataclass
class Upload:
    """One file on its way in, or in memory. size: its bytes, before they came the largest size."""

    owner: str
    session: str
    file: str
    size: int
    counted: int = 0
    arriving: bool = True

    def count(self, receive: Receive) -> Receive:
        """Count the bytes of the body that is received so."""

        async def received() -> Message:
            message = await receive()
            self.counted += len(message.get("body", b""))
            return message

        return received


class UploadQuota:
    """Knows which uploaded files are kept. Of the event loop's thread only."""

    def __init__(
        self,
        keeps_file: KeepsFile,
        end_parked: Callable[[str], None],
        per_owner: int = PER_OWNER,
        in_all: int = IN_ALL,
    ) -> None:
        self._keeps, self._end_parked = keeps_file, end_parked
        self._per_owner, self._in_all = per_owner, in_all
        self._uploads: list[Upload] = []

    def begin(self, owner: str, scope: Scope, largest: int) -> Upload:
        """Make room for the file of this request, whose body may be so large, before it is read.

        Where there is none, pages that were left behind give theirs. Raises QuotaExceeded. `end`
        must follow.
        """
        stated = Headers(scope=scope).get("content-length", "")
        size = min(int(stated), largest) if stated.isdigit() else largest
        session, _, file = scope["path"].removeprefix(UPLOADS).partition("/")
        upload = Upload(owner, session, file, max(size, _LEAST))
        self._make_room(owner, self._per_owner - upload.size, whole=False)
        self._make_room(None, self._in_all - upload.size, whole=True)
        self._uploads.append(upload)
        return upload

    def end(self, upload: Upload | None) -> None:
        """The request was answered: the file is kept, or it is not. None: it brought no file."""
        if upload is None:
            return
        upload.arriving, upload.size = False, max(upload.counted, _LEAST)
        self._forget_removed()

    def _make_room(self, owner: str | None, most: int, *, whole: bool) -> None:
        self._forget_removed()
        for one in self._uploads:  # the oldest first
            if self._total(owner) <= most:
                return
            if not one.arriving and owner in {None, one.owner}:
                self._end_parked(one.session)
                self._forget_removed()
        if self._total(owner) > most:
            raise QuotaExceeded(whole=whole)

    def _total(self, owner: str | None = None) -> int:
        return sum(one.size for one in self._uploads if owner is None or one.owner == owner)

    def _forget_removed(self) -> None:
        self._uploads = [
            one for one in self._uploads if one.arriving or self._keeps(one.session, one.file)
        ]


def brings_file(scope: Scope) -> bool:
    """Whether this request brings a file for the screen."""
    return bool(scope["path"].startswith(UPLOADS)) and scope["method"] in {"PUT", "POST"}


def removes_file(scope: Scope) -> bool:
    """Whether this request takes a file back.

    Its page holds the file until it is drawn anew, and frees it then (screen.uploads): until then
    the file counts, whatever a browser asks.
    """
    return bool(scope["path"].startswith(UPLOADS)) and scope["method"] == "DELETE"
