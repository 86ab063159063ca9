"""The sheets of files that were read: beside the store, redacted, the oldest removed first."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from situasi.common import atomic_files
from situasi.store.waiting_items import decode_content, encode_content

FOLDER = "berkas"
MAX_FILES = 5_000
MAX_TOTAL_BYTES = 512 << 20
_SUFFIX = ".lembar"
_CHECK_EVERY = 50  # files, between two looks at how many there are


@dataclass(frozen=True)
class KeptFile:
    """What is kept of a file. sheets: as JSON (waiting.encode_sheet), already redacted.

    feeds, area: what its sender might write. repeated_of: how many of its rows an earlier batch
    brought first.
    """

    sheets: Sequence[dict[str, Any]]
    feeds: Sequence[str]
    area: Sequence[str]
    repeated_of: dict[int, int]


class KeptSheets:
    """A folder of kept files, by the digest of their bytes. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder, self._saved_count = folder, 0

    @property
    def is_kept(self) -> bool:
        """Whether files are kept at all."""
        return self._folder is not None

    def save(self, sha256: str, file: KeptFile) -> None:
        """Keep a file; a later one replaces it. Raises OSError, and StoreError if too large."""
        if self._folder is None:
            return
        value = {
            "sheets": list(file.sheets),
            "feeds": list(file.feeds),
            "area": list(file.area),
            "repeated_of": list(file.repeated_of.items()),
        }
        content = encode_content(value)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic_files.write(self._build_path(sha256), content)
        if self._saved_count % _CHECK_EVERY == 0:
            self._remove_oldest()
        self._saved_count += 1

    def load(self, sha256: str) -> KeptFile | None:
        """Return a kept file; None where it is not, or no longer, kept."""
        if self._folder is None or not sha256.isalnum():
            return None
        try:
            value = decode_content(self._build_path(sha256).read_bytes())
        except (OSError, ValueError):
            return None
        return KeptFile(value["sheets"], value["feeds"], value["area"], dict(value["repeated_of"]))

    def _build_path(self, sha256: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{sha256}{_SUFFIX}"

    def _remove_oldest(self) -> None:
        assert self._folder is not None
        entries = []
        for path in self._folder.glob(f"*{_SUFFIX}"):
            with suppress(OSError):
                status = path.stat()
                entries.append((status.st_mtime_ns, path, status.st_size))
        total = 0
        for count, (_, path, size) in enumerate(sorted(entries, reverse=True), start=1):
            total += size
            if count > MAX_FILES or total > MAX_TOTAL_BYTES:
                with suppress(OSError):
                    path.unlink()
