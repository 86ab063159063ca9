"""A zip of uncompressed members, each known by its SHA-256; any other zip is refused.

Nothing in it is compressed, so that a member can be read from any position, and none is larger than
the file: a zip bomb is impossible.
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

_MAX_MEMBERS = 2_000
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # of a member: signature, name and extra length
_CHUNK_BYTES = 1 << 20


class InvalidContainer(ValueError):
    """The file is not a valid container; the message says why."""


class HashingWriter(io.RawIOBase):
    """A member being written; it counts and hashes what is written."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner, self._hash, self.size = inner, sha256(), 0

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: object) -> int:
        """Write the data and add it to the hash."""
        view = memoryview(data)  # type: ignore[arg-type]
        self._inner.write(view)
        self._hash.update(view)
        self.size += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self.size

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what was written, in hex."""
        return self._hash.hexdigest()


@contextmanager
def open_container_writer(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open a zip written into this file. An error in the block is raised unchanged."""
    container = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
    try:
        yield container
        container.close()
    finally:
        with suppress(OSError):
            container.close()


@contextmanager
def open_member_writer(container: zipfile.ZipFile, name: str) -> Iterator[HashingWriter]:
    """Open one more member for writing, of any size."""
    with container.open(zipfile.ZipInfo(name), "w", force_zip64=True) as inner:
        yield HashingWriter(inner)  # type: ignore[arg-type]


class ContainerReader:
    """A zip of this kind. Raises InvalidContainer for any other."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        try:
            with zipfile.ZipFile(file) as container:
                members = container.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise InvalidContainer("bukan berkas zip yang utuh") from error
        self._size = file.seek(0, io.SEEK_END)
        if len(members) > _MAX_MEMBERS:
            raise InvalidContainer("isinya terlalu banyak")
        self._spans = {member.filename: self._span(member) for member in members}
        if len(self._spans) < len(members):
            raise InvalidContainer("ada isi yang bernama sama")
        end = 0
        for start, size in sorted(self._spans.values()):
            if start < end:
                raise InvalidContainer("isinya bertumpukan")
            end = start + size

    @property
    def names(self) -> set[str]:
        """Return the names of all members."""
        return set(self._spans)

    def _span(self, member_info: zipfile.ZipInfo) -> tuple[int, int]:
        """Return where the member's bytes begin, and how many there are."""
        is_uncompressed = (
            member_info.compress_type == zipfile.ZIP_STORED
            and member_info.file_size == member_info.compress_size
        )
        if not is_uncompressed or member_info.flag_bits & 1:
            raise InvalidContainer(f"{member_info.filename} dimampatkan atau disandikan")
        self._file.seek(member_info.header_offset)
        header = self._file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size:
            raise InvalidContainer("berkas terpotong")
        signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        start = member_info.header_offset + _LOCAL_HEADER.size + name_length + extra_length
        if signature != b"PK\x03\x04" or start + member_info.file_size > self._size:
            raise InvalidContainer("berkas terpotong")
        return start, member_info.file_size

    def size(self, name: str) -> int:
        """Return the size of a member in bytes."""
        return self._spans[name][1]

    def open_member(self, name: str) -> FileSlice:
        """Open a member for random access. Raises InvalidContainer where there is none."""
        if name not in self._spans:
            raise InvalidContainer(f"{name} tidak ada")
        return FileSlice(self._file, *self._spans[name])

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a member, in hex."""
        digest, member = sha256(), self.open_member(name)
        while chunk := member.read(_CHUNK_BYTES):
            digest.update(chunk)
        return digest.hexdigest()


def compute_file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class FileSlice(io.RawIOBase):
    """A part of a file, as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._position = file, start, size, 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in the slice."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position in the slice, and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes from the current position."""
        remaining = max(0, self._size - self._position)
        byte_count = remaining if size is None or size < 0 else min(size, remaining)
        self._file.seek(self._start + self._position)
        data = self._file.read(byte_count)
        self._position += len(data)
        return data
