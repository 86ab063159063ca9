"""What the archive says of each of its files."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class ArchiveFile:
    """A file of the archive. table: the name under which the dictionary finds its columns."""

    name: str
    table: str
    description: str
    row_count: int
    schema: pa.Schema
    exercise_row_count: int | None = None  # None if the file has no column `latihan`
