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

_MOST = 2_000  # members
_LOCAL = struct.Struct("<4s22xHH")  # the beginning of a member: its sign, length of name and more
_PIECE = 1 << 20


class Broken(ValueError):
    """The file is not what it says; the message says why."""


class Sink(io.RawIOBase):
    """A member being written: counts and sums what goes in."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner, self._sum, self.size = inner, sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = memoryview(data)  # type: ignore[arg-type]
        self._inner.write(piece)
        self._sum.update(piece)
        self.size += piece.nbytes
        return piece.nbytes

    def tell(self) -> int:
        return self.size

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


@contextmanager
def writing(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """A zip written into this file. What breaks on the way is raised as it was."""
    packed = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
    try:
        yield packed
        packed.close()
    finally:
        with suppress(OSError):
            packed.close()


@contextmanager
def member(packed: zipfile.ZipFile, name: str) -> Iterator[Sink]:
    """One more member, of whatever size."""
    with packed.open(zipfile.ZipInfo(name), "w", force_zip64=True) as inner:
        yield Sink(inner)  # type: ignore[arg-type]


class Sealed:
    """A zip that was written so. Raises Broken for any other."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        try:
            with zipfile.ZipFile(file) as packed:
                members = packed.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise Broken("bukan berkas zip yang utuh") from error
        self._size = file.seek(0, io.SEEK_END)
        if len(members) > _MOST:
            raise Broken("isinya terlalu banyak")
        self._at = {one.filename: self._span(one) for one in members}
        if len(self._at) < len(members):
            raise Broken("ada isi yang bernama sama")
        end = 0
        for start, size in sorted(self._at.values()):
            if start < end:
                raise Broken("isinya bertumpukan")
            end = start + size

    @property
    def names(self) -> set[str]:
        return set(self._at)

    def _span(self, one: zipfile.ZipInfo) -> tuple[int, int]:
        """Where its bytes begin, and how many there are."""
        plain = one.compress_type == zipfile.ZIP_STORED and one.file_size == one.compress_size
        if not plain or one.flag_bits & 1:
            raise Broken(f"{one.filename} dimampatkan atau disandikan")
        self._file.seek(one.header_offset)
        head = self._file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            raise Broken("berkas terpotong")
        sign, name, more = _LOCAL.unpack(head)
        start = one.header_offset + _LOCAL.size + name + more
        if sign != b"PK\x03\x04" or start + one.file_size > self._size:
            raise Broken("berkas terpotong")
        return start, one.file_size

    def size(self, name: str) -> int:
        return self._at[name][1]

    def window(self, name: str) -> Window:
        """A member to be read from anywhere. Raises Broken where there is none."""
        if name not in self._at:
            raise Broken(f"{name} tidak ada")
        return Window(self._file, *self._at[name])

    def sha256(self, name: str) -> str:
        found, window = sha256(), self.window(name)
        while piece := window.read(_PIECE):
            found.update(piece)
        return found.hexdigest()


def sum_of(path: Path) -> str:
    """The SHA-256 of a file, as that of a member."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class Window(io.RawIOBase):
    """A part of a file, as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        self._file.seek(self._start + self._at)
        found = self._file.read(wanted)
        self._at += len(found)
        return found
