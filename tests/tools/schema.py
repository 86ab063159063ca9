"""Keep a store of today's schema for the tests of its upgrade: before tables change, not after.

`python -m tests.tools.schema` writes tests/store/schema-N.sql, by the code as it is.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from situasi.domain.feed_schemas import FEEDS
from situasi.store import open_store
from situasi.store.migrations import runner
from tests.store.builders import MORNING, delivery, frame, rejection, row
from tests.store.shape import by_migrations, differences, of_a_new_one, without_guards

HERE = Path(__file__).resolve().parents[1] / "store"
HOUR = timedelta(hours=1)


def fill(path: Path) -> None:
    """A row at least in every table: sent, refused, taken in again, taken back, sent again."""
    store = open_store(f"sqlite:///{path.as_posix()}")

    def deliver(
        feed: str, *ids: str, release: tuple[int, ...] = (), source: str = "a.csv", **more: str
    ) -> None:
        rows = [row(feed, id=one, row=number) for number, one in enumerate(ids, 2)]
        rejected = [] if release else [rejection(9, raw={"x": feed}, reasons=("Satu.", "Dua."))]
        with store.deliver(delivery(feed=feed, source=source, **more)) as writing:
            writing.add(frame(*rows, feed=feed), rejected)
            writing.release(release)

    deliver("incidents", "r-1", "r-2")
    deliver("incidents", "r-3", release=(1,), source="susulan é.csv")
    deliver("incidents", "r-4", source="salah.csv")
    store.withdraw(3, MORNING + 2 * HOUR, "operator", "salah kirim")
    deliver("incidents", "r-4", source="ulang.csv")
    for feed in FEEDS:
        if feed != "incidents":
            deliver(feed, "r-1", "r-2")
    deliver(feed, "r-1", actor="rekan")
    for level in (1, 2):
        store.put_note("siaga", {"tingkat": level}, MORNING + 3 * HOUR, "kapolres")
    store.put_record("account", "wati", {"role": "analis"}, MORNING, "admin", "account", {"a": 1})
    for name in ("asing.csv", "gambar.csv"):
        store.put_waiting("file", name, name, [["a", 1]], MORNING, "inbox", note={"why": "é"})
    store.settle_waiting(2, "dropped", MORNING + HOUR, "wati", detail={"reason": "bukan laporan"})
    store.log_audit("sign-in", "wati", MORNING + 4 * HOUR, {"way": "sandi"})
    store.close()


def dumped(path: Path) -> str:
    """The file as SQL, with the sentence that stands above it."""
    with closing(sqlite3.connect(path)) as connection:
        lines = list(connection.iterdump())
    said = (
        f"-- Schema {int(runner.latest_revision())}, as the board made it, with rows it stored."
        " Never changed: stores of that time are opened by it."
    )
    return "\n".join([said, *lines, ""])


def main() -> int:
    """Write the file, unless it is there or tables have already changed."""
    target = HERE / f"schema-{int(runner.latest_revision())}.sql"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = without_guards(of_a_new_one(folder / "new.db"))
        if found := differences(by_migrations(folder / "grown.db"), wanted):
            print("Tables have changed already; take the change back first:", *found, sep="\n")
            return 1
        if target.exists():
            print(f"{target} is there already, and is never changed.")
            return 1
        fill(folder / "filled.db")
        target.write_text(dumped(folder / "filled.db"), "utf-8")
    print(f"Written: {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
