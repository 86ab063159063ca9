"""A complete and checked copy of the store's file, made before its schema changes."""

import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from situasi.common.atomic_files import sync_folder
from situasi.store.model import StoreError

# Spare bytes for concurrent writes, besides the copy and the same size again in the WAL.
_SPARE_BYTES = 8 << 20


def make_copy(path: Path, label: str) -> Path:
    """Write the last committed state to `situasi.db.LABEL.bak`, a usable store; return its path.

    An existing copy is kept: the new one gets the next number. Until complete, the copy has another
    name. Raises StoreError, and leaves nothing behind, where it cannot be made.
    """
    name = f"{path.name}.{label}"
    draft = path.with_name(f"{name}.tmp")
    try:
        draft.unlink(missing_ok=True)  # of a killed process
        _check_free_space(path)
        _copy(path, draft)
        copy = _free_path(path.with_name(name))
        draft.rename(copy)
        sync_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            "Salinan sebelum pemutakhiran tidak bisa ditulis. Penyimpanan tidak diubah."
            " Periksa disk dan izinnya, lalu ulangi.",
            f"{path.parent}: {error}",
        ) from error
    finally:
        for end in ("", "-wal", "-shm"):
            draft.with_name(f"{draft.name}{end}").unlink(missing_ok=True)
    return copy


def _check_free_space(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store:
        pages, size = (
            store.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
    needed, free = 2 * pages * size + _SPARE_BYTES, shutil.disk_usage(path.parent).free
    if free < needed:
        raise StoreError(
            f"Disk tidak cukup untuk salinan sebelum pemutakhiran: perlu {_to_mb(needed)} MB,"
            f" ada {_to_mb(free)} MB. Penyimpanan tidak diubah. Kosongkan ruang, lalu ulangi.",
            str(path.parent),
        )


def _copy(path: Path, draft: Path) -> None:
    draft.touch(mode=0o600)  # never readable by more accounts than the store
    with closing(sqlite3.connect(path)) as store, closing(sqlite3.connect(draft)) as copy:
        store.backup(copy)
        results = [line for (line,) in copy.execute("PRAGMA integrity_check(3)")]
    if results != ["ok"]:
        raise StoreError(
            "Penyimpanan rusak dan tidak dimutakhirkan. Simpan berkasnya, lalu pulihkan dari"
            " cadangan.",
            f"{path}: {' '.join(results[0].split())}",
        )
    shutil.copymode(path, draft)


def _free_path(path: Path) -> Path:
    names = (
        path.with_name(f"{path.name}{f'.{number}' if number else ''}.bak") for number in count()
    )
    return next(name for name in names if not name.exists())


def _to_mb(size_bytes: int) -> int:
    return -(-size_bytes >> 20)
