"""A store in which everything happened that can happen to one, and all its rows as they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from situasi.domain.feed_schemas import FEEDS
from situasi.store import Store
from situasi.store.backup.raw_tables import LOCAL_TABLES, TABLES
from tests.store.builders import MORNING, delivery, frame, numbered, rejection, row

Rows = dict[str, list[tuple[Any, ...]]]


def fill(store: Store, rows: int = 5, mark: str = "a") -> None:
    """Deliveries of every feed, rows taken back, brought again, repeated, releases, notes."""
    for feed in FEEDS:
        cells = [row(feed, id=f"{mark}-{n}", row=n, uraian=_UTTERED[n % 4]) for n in range(rows)]
        bare = dict.fromkeys(row(feed)) | {"latihan": True, "row": 9, "known_at": MORNING}
        with store.deliver(delivery(feed=feed, source=f"{mark}.csv")) as writing:
            writing.add(frame(*cells, bare | {"id": mark}, feed=feed), [rejection(raw={"k": mark})])
    first = int(store.batches()["batch"].max()) - len(FEEDS) + 1
    assert store.withdraw(first, MORNING, "kapolres", "salah kirim") > 0
    far = [datetime(year, 6, 1, 12, 0, 0, 999_999, tzinfo=UTC) for year in (1, 1969, 9999)]
    again = [row(id=f"{mark}-{n}", row=n, occurred_at=at) for n, at in enumerate(far)]
    with store.deliver(delivery(source=f"{mark}-lagi.csv")) as writing:
        writing.add(numbered(0, 1, pelapor=mark), [])
        writing.add(frame(*again), [])
        writing.release([int(store.quarantined_rows()[0].number)])
    with store.deliver(delivery(source=f"{mark}-juga.csv", actor="budi", sha256=mark)) as writing:
        writing.add(numbered(0, 1, pelapor=mark), [])
    store.put_note("siaga", {"tingkat": 1, "oleh": mark}, MORNING, "kapolres é\u2028")
    store.put_record("account", mark, {"hash": "$argon2id$rahasia"}, MORNING, "admin", "user", {})
    store.put_record("session", mark, {"user": mark}, MORNING, mark)
    for end in ("1", "2"):
        store.put_waiting("file", f"{mark}.csv", mark + end, [[mark]], MORNING, mark, note={})
    number = store.waiting_items()[-1].number
    store.settle_waiting(number, "dropped", MORNING, mark, detail={"reason": "uji"})
    store.log_audit("saw", mark, MORNING + timedelta(hours=1), {"page": "netralitas"})


_UTTERED = ("", "Surat suara kurang", '=HYPERLINK("x")\x1f\x1e é 𝒳', "0")


def every(store: Store, but: Iterable[str] = ()) -> Rows:
    """All rows of all tables, cell for cell."""
    with store.raw_snapshot() as state:
        return {
            name: [tuple(one) for one in state.rows(table)]
            for name, table in TABLES.items()
            if name not in set(but)
        }


def assert_same(one: Rows, other: Rows) -> None:
    """Every row of every table, and the kind of every cell."""
    assert one.keys() == other.keys()
    for name in one:
        assert one[name] == other[name], name
        assert [[type(c) for c in r] for r in one[name]] == [
            [type(c) for c in r] for r in other[name]
        ], name


def flowing(store: Store) -> Rows:
    """All rows that flow up."""
    return every(store, LOCAL_TABLES)
