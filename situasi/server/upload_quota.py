"""Limits on the bytes of uploaded files in memory, per viewer and in total."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from situasi.server.auth.websocket import UPLOAD_PREFIX

_MEGABYTE = 1024 * 1024
# Per viewer two files of the largest allowed size (server.maxUploadSize); in total those of five
# viewers.
MAX_BYTES_PER_OWNER, MAX_TOTAL_BYTES = 100 * _MEGABYTE, 500 * _MEGABYTE
# A small file takes more memory than its bytes.
_MIN_BYTES = 64 * 1024

# (script session, file) -> whether the file is still in memory
HasFile = Callable[[str, str], bool]


class QuotaExceeded(Exception):
    """No room for this file. of_all_viewers: the limit of all viewers is reached."""

    def __init__(self, *, of_all_viewers: bool) -> None:
        super().__init__(of_all_viewers)
        self.of_all_viewers = of_all_viewers


@dataclass
class Upload:
    """One uploaded file. size_bytes: before it has arrived, the largest possible size."""

    owner: str
    session: str
    file: str
    size_bytes: int
    received_bytes: int = 0
    is_arriving: bool = True

    def count_body(self, receive: Receive) -> Receive:
        """Wrap `receive` so that the bytes of the body are counted."""

        async def counted_receive() -> Message:
            message = await receive()
            self.received_bytes += len(message.get("body", b""))
            return message

        return counted_receive


class UploadQuota:
    """Knows which uploaded files are in memory. For the event loop's thread only."""

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
        """Reserve room for the file of this request, before its body is read.

        If there is none, parked sessions give up theirs. Raises QuotaExceeded. `end` must follow.
        """
        length = Headers(scope=scope).get("content-length", "")
        size = min(int(length), max_bytes) if length.isdigit() else max_bytes
        session, _, file = scope["path"].removeprefix(UPLOAD_PREFIX).partition("/")
        upload = Upload(owner, session, file, max(size, _MIN_BYTES))
        self._make_room(owner, self._max_bytes_per_owner - upload.size_bytes, of_all_viewers=False)
        self._make_room(None, self._max_total_bytes - upload.size_bytes, of_all_viewers=True)
        self._uploads.append(upload)
        return upload

    def end(self, upload: Upload | None) -> None:
        """Note that the request was answered. None: it brought no file."""
        if upload is None:
            return
        upload.is_arriving, upload.size_bytes = False, max(upload.received_bytes, _MIN_BYTES)
        self._forget_removed()

    def _make_room(self, owner: str | None, max_bytes: int, *, of_all_viewers: bool) -> None:
        self._forget_removed()
        for upload in self._uploads:  # oldest first
            if self._total_bytes(owner) <= max_bytes:
                return
            if not upload.is_arriving and owner in {None, upload.owner}:
                self._end_parked(upload.session)
                self._forget_removed()
        if self._total_bytes(owner) > max_bytes:
            raise QuotaExceeded(of_all_viewers=of_all_viewers)

    def _total_bytes(self, owner: str | None = None) -> int:
        return sum(
            item.size_bytes for item in self._uploads if owner is None or item.owner == owner
        )

    def _forget_removed(self) -> None:
        self._uploads = [
            item
            for item in self._uploads
            if item.is_arriving or self._has_file(item.session, item.file)
        ]


def is_upload(scope: Scope) -> bool:
    """Return whether this request uploads a file."""
    return bool(scope["path"].startswith(UPLOAD_PREFIX)) and scope["method"] in {"PUT", "POST"}


def is_upload_removal(scope: Scope) -> bool:
    """Return whether this request deletes an uploaded file.

    Its page holds the file until it runs again, and frees it then: until then the file counts.
    """
    return bool(scope["path"].startswith(UPLOAD_PREFIX)) and scope["method"] == "DELETE"
