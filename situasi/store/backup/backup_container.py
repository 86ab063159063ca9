"""A zip of plain members, each known by its SHA-256; what is not such a zip is refused.

Nothing in it is packed, so that a member can be read from anywhere without unpacking it, and none
is larger than the file: there is nothing to swell.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

_MAX_MEMBERS = 2_000  # members
_LOCAL_HEADER = struct.Struct(
    "<4s22xHH"
)  # the beginning of a member: its sign, length of name and more
_CHUNK_BYTES = 1 << 20


class InvalidContainer(ValueError):
    """The file is not what it says; the message says why."""


class HashingWriter(io.RawIOBase):
    """A member being written: counts and sums what goes in."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner, self._hash, self.size = inner, sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = memoryview(data)  # type: ignore[arg-type]
        self._inner.write(piece)
        self._hash.update(piece)
        self.size += piece.nbytes
        return piece.nbytes

    def tell(self) -> int:
        return self.size

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def open_container_writer(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """A zip written into this file. What breaks on the way is raised as it was."""
    packed = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
    try:
        yield packed
        packed.close()
    finally:
        with suppress(OSError):
            packed.close()


@contextmanager
def open_member_writer(container: zipfile.ZipFile, name: str) -> Iterator[HashingWriter]:
    """One more member, of whatever size."""
    with container.open(zipfile.ZipInfo(name), "w", force_zip64=True) as inner:
        yield HashingWriter(inner)  # type: ignore[arg-type]


class ContainerReader:
    """A zip that was written so. Raises Broken for any other."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        try:
            with zipfile.ZipFile(file) as packed:
                members = packed.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise InvalidContainer("bukan berkas zip yang utuh") from error
        self._size = file.seek(0, io.SEEK_END)
        if len(members) > _MAX_MEMBERS:
            raise InvalidContainer("isinya terlalu banyak")
        self._spans = {one.filename: self._span(one) for one in members}
        if len(self._spans) < len(members):
            raise InvalidContainer("ada isi yang bernama sama")
        end = 0
        for start, size in sorted(self._spans.values()):
            if start < end:
                raise InvalidContainer("isinya bertumpukan")
            end = start + size

    @property
    def names(self) -> set[str]:
        return set(self._spans)

    def _span(self, member_info: zipfile.ZipInfo) -> tuple[int, int]:
        """Where its bytes begin, and how many there are."""
        plain = (
            member_info.compress_type == zipfile.ZIP_STORED
            and member_info.file_size == member_info.compress_size
        )
        if not plain or member_info.flag_bits & 1:
            raise InvalidContainer(f"{member_info.filename} dimampatkan atau disandikan")
        self._file.seek(member_info.header_offset)
        head = self._file.read(_LOCAL_HEADER.size)
        if len(head) < _LOCAL_HEADER.size:
            raise InvalidContainer("berkas terpotong")
        sign, name, more = _LOCAL_HEADER.unpack(head)
        start = member_info.header_offset + _LOCAL_HEADER.size + name + more
        if sign != b"PK\x03\x04" or start + member_info.file_size > self._size:
            raise InvalidContainer("berkas terpotong")
        return start, member_info.file_size

    def size(self, name: str) -> int:
        return self._spans[name][1]

    def open_member(self, name: str) -> FileSlice:
        """A member to be read from anywhere. Raises Broken where there is none."""
        if name not in self._spans:
            raise InvalidContainer(f"{name} tidak ada")
        return FileSlice(self._file, *self._spans[name])

    def sha256(self, name: str) -> str:
        found, window = sha256(), self.open_member(name)
        while piece := window.read(_CHUNK_BYTES):
            found.update(piece)
        return found.hexdigest()


def compute_file_sha256(path: Path) -> str:
    """The SHA-256 of a file, as that of a member."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class FileSlice(io.RawIOBase):
    """A part of a file, as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._position = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        self._file.seek(self._start + self._position)
        found = self._file.read(wanted)
        self._position += len(found)
        return found
