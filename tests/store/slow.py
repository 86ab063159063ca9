"""Slow and obvious: the digest of one row, and a store that is nothing but lists."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any

import pandas as pd
from pandas.api.types import pandas_dtype

from situasi.domain.feed_schemas import FEEDS, ColumnKind, Feed, stored_dtypes
from situasi.store import (
    AppendResult,
    ConflictError,
    Delivery,
    QuarantinedRow,
    Rejection,
    StoreError,
)


def digest(feed: Feed, row: Mapping[Any, Any]) -> bytes:
    """Every cell that is there, as name=value, by name; our own remarks left out."""
    text = ""
    for name in sorted(feed.column_names):
        if name == "flags" or pd.isna(row[name]):
            continue
        text += "\x1f" + name + "=" + _spelled(feed.column(name).kind, row[name])
    return blake2b(text.encode("utf-8"), digest_size=16).digest()


def _spelled(kind: ColumnKind, value: Any) -> str:
    match kind:
        case ColumnKind.TIME:
            moment = pd.Timestamp(value).as_unit("us").to_pydatetime()
            return str((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
        case ColumnKind.COUNT:
            return str(int(value))
        case ColumnKind.DECIMAL:
            return repr(float(value) + 0.0)
        case ColumnKind.BOOLEAN:
            return "True" if value else "False"
    return clean(value).replace("\x1e", "\x1ee").replace("\x1f", "\x1es")


def clean(text: str) -> str:
    return "".join("\ufffd" if c == "\x00" or "\ud800" <= c <= "\udfff" else c for c in text)


def seals(trail: pd.DataFrame) -> list[str]:
    """What stands in `chain` when nobody touched the trail."""
    told = ["0" * 64]
    for entry in trail.to_dict("records"):
        at = (entry["at"].to_pydatetime() - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        said = [entry["actor"], entry["action"], entry["detail"], 1 if entry["moves"] else 0]
        told.append(sha256(json.dumps([told[-1], entry["seq"], at, *said]).encode()).hexdigest())
    return told[1:]


class MemoryStore:
    """protocol.Store as lists of dicts; a delivery works on a copy and swaps it in."""

    def __init__(self) -> None:
        self.feeds: dict[str, list[dict[str, Any]]] = {name: [] for name in FEEDS}
        self.taken: list[dict[str, Any]] = []
        self.kept: list[QuarantinedRow] = []
        self.releases: list[tuple[int, int]] = []
        self.all_batches: list[dict[str, Any]] = []
        self.all_notes: list[tuple[str, str]] = []
        self.all_access: list[tuple[str, str, str]] = []
        self.book: list[dict[str, Any]] = []
        self.last: datetime | None = None  # when something was last committed

    def _committed(self, at: datetime) -> datetime:
        """Nothing is committed earlier than what was committed before."""
        self.last = at if self.last is None else max(self.last, at)
        return self.last

    def scope(self) -> None:
        """Do nothing: lists have no scope."""

    def version(self) -> int:
        return max([entry["seq"] for entry in self.book if entry["moves"]], default=0)

    def audit_hash(self, number: int) -> str | None:
        told = ["0" * 64, *self.audit_entries()["chain"]]
        return told[number] if number < len(told) else None

    @contextmanager
    def deliver(self, delivery: Delivery) -> Iterator[_MemoryWriting]:
        after = copy.deepcopy(self)
        writing = _MemoryWriting(after, delivery, after._committed(delivery.recorded_at))
        yield writing
        if writing.new and not writing.discarded:
            writing.after.all_batches.append(writing.batch_row())
            writing.after.sign(delivery.recorded_at, delivery.actor, "deliver", {})
            self.__dict__.update(writing.after.__dict__)
        elif sum(writing.counts.values()) and not writing.discarded:
            self._told_again(delivery, {**writing.counts, "waiting": sorted(writing.waiting)})

    def _told_again(self, delivery: Delivery, counts: dict[str, Any]) -> None:
        """Record once an hour that rows came of which none is new."""
        said = {"of": [delivery.feed, delivery.source, delivery.sha256], **counts}
        hour = delivery.recorded_at - timedelta(hours=1)
        if not any(
            entry["action"] == "deliver-again"
            and entry["at"] > hour
            and entry["actor"] == clean(delivery.actor)
            and json.loads(entry["detail"]) == said
            for entry in self.book
        ):
            self.sign(delivery.recorded_at, delivery.actor, "deliver-again", said, moves=False)

    def sign(
        self,
        at: datetime,
        actor: str,
        action: str,
        detail: dict[str, Any],
        *,
        moves: bool = True,
    ) -> None:
        self.book.append({"seq": len(self.book) + 1, "at": at, "actor": clean(actor),
                          "action": clean(action), "detail": json.dumps(detail, allow_nan=False),
                          "moves": moves})  # fmt: skip

    def rows_after(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        rows = [row for row in self.feeds[feed.name] if row["seq"] > after]
        return _frame(rows, stored_dtypes(feed))

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        names = {"seq": "int64", "feed": "object", "row_seq": "int64", "batch": "int64"}
        rows = [row for row in self.taken if row["seq"] > after]
        return _frame(rows, names | {"recorded_at": "datetime64[us, UTC]"})

    def first_commit_after(self, version: int) -> datetime | None:
        """Raise: the model keeps no times of commits."""
        raise NotImplementedError

    def is_taken(self, feed: str, row: dict[str, Any]) -> bool:
        return any(t["feed"] == feed and t["row_seq"] == row["seq"] for t in self.taken)

    def withdraw(self, batch: int, at: datetime, actor: str, reason: str = "") -> int:
        found = [b for b in self.all_batches if b["batch"] == batch]
        if not found:
            raise StoreError(f"Batch {batch} tidak ada.")
        feed = found[0]["feed"]
        rows = [r for r in self.feeds[feed] if r["batch"] == batch and not self.is_taken(feed, r)]
        when = self._committed(at) if rows else at
        for row in rows:
            self.taken.append({"seq": len(self.taken) + 1, "feed": feed, "row_seq": row["seq"],
                               "batch": batch, "recorded_at": when})  # fmt: skip
        if rows:
            detail = {"batch": batch, "rows": len(rows), "reason": reason}
            self.sign(at, actor, "withdraw", detail)
        return len(rows)

    def count_rows_in_other_batches(self, batch: int) -> dict[int, int]:  # noqa: ARG002
        """Return an empty dictionary: deliveries of the model are all of one file."""
        return {}

    def batches(self, after: int = 0) -> pd.DataFrame:
        words = dict.fromkeys(("feed", "source", "sha256"), "object")
        counts = dict.fromkeys(("accepted", "duplicate", "quarantined"), "int64")
        times = {"recorded_at": "datetime64[us, UTC]", "actor": "object"}
        rows = [row for row in self.all_batches if row["batch"] > after]
        return _frame(rows, {"batch": "int64"} | words | times | counts)

    def quarantined_rows(
        self,
        feed: str | None = None,
        *,
        include_released: bool = False,
        numbers: Collection[int] | None = None,
    ) -> list[QuarantinedRow]:
        undone = {taken["batch"] for taken in self.taken}
        now = []
        for row in self.kept:
            by = [b for number, b in self.releases if number == row.number and b not in undone]
            now.append(replace(row, released_by=min(by, default=None)))
        now = [row for row in now if feed in (None, row.feed)]
        wanted = None if numbers is None else set(numbers)
        now = [row for row in now if wanted is None or row.number in wanted]
        return [row for row in now if include_released or row.released_by is None]

    def quarantine_counts(self) -> dict[str, int]:
        return dict(Counter(row.feed for row in self.quarantined_rows()))

    def quarantine_entries(self, after: int = 0) -> pd.DataFrame:
        rows = [{"seq": row.number, "feed": row.feed} for row in self.kept if row.number > after]
        return _frame(rows, {"seq": "int64", "feed": "object"})

    def quarantine_releases(self, after: int = 0) -> pd.DataFrame:
        feeds = {row.number: row.feed for row in self.kept}
        rows = [
            {"seq": seq, "number": number, "batch": batch, "feed": feeds[number]}
            for seq, (number, batch) in enumerate(self.releases, start=1)
            if seq > after
        ]
        return _frame(rows, dict.fromkeys(("seq", "number", "batch"), "int64") | {"feed": "object"})

    def quarantine_frame(self, at: datetime | None = None) -> pd.DataFrame:
        texts = dict.fromkeys(("feed", "source"), "object")
        numbers = {"number": "int64", "batch": "int64"} | texts | {"row": "int64"}
        rows = [
            vars(row) | {"reasons": json.dumps(row.reasons)}
            for row in self.quarantined_rows(include_released=True)
            if self._waited(row, at)
        ]
        return _frame(rows, numbers | {"reasons": "object", "recorded_at": "datetime64[us, UTC]"})

    def _waited(self, row: QuarantinedRow, at: datetime | None) -> bool:
        if at is None:
            return row in self.quarantined_rows()
        when = {batch["batch"]: batch["recorded_at"] for batch in self.all_batches}
        undone = {taken["batch"] for taken in self.taken if taken["recorded_at"] <= at}
        gone = [
            batch
            for number, batch in self.releases
            if number == row.number and when[batch] <= at and batch not in undone
        ]
        return row.recorded_at <= at and not gone

    def put_note(self, key: str, value: Any, at: datetime, actor: str) -> None:
        self.all_notes.append((key, json.dumps(value, allow_nan=False)))
        self.sign(at, actor, "note", {"key": key})

    def latest_notes(self) -> dict[str, Any]:
        return {key: json.loads(value) for key, value in sorted(self.all_notes, key=lambda n: n[0])}

    def latest_note(self, key: str) -> Any:
        return self.latest_notes().get(clean(key))

    def put_record(
        self,
        kind: str,
        name: str,
        value: Any,
        at: datetime,
        actor: str,
        action: str | None = None,
        detail: dict[str, Any] | None = None,
        *,
        expected_seq: int | None = None,
    ) -> None:
        kind, name, text = clean(kind), clean(name), json.dumps(value, allow_nan=False)
        known = enumerate(self.all_access, start=1)
        newest = max([seq for seq, record in known if record[:2] == (kind, name)], default=0)
        if expected_seq is not None and newest > expected_seq:
            raise ConflictError(f"{kind} {name} baru saja diubah orang lain.")
        if action is not None:
            self.log_audit(action, actor, at, detail or {})
        self.all_access.append((kind, name, text))

    def latest_records(
        self, kind: str, name: str | None = None, *, after: int = 0
    ) -> dict[str, Any]:
        records = [record[1:] for record in self.all_access[after:] if record[0] == clean(kind)]
        newest = {named: json.loads(value) for named, value in records}
        return {n: newest[n] for n in sorted(newest) if name is None or n == clean(name)}

    def access_version(self) -> int:
        return len(self.all_access)

    def access_position(self, number: int | None = None) -> tuple[int, str]:
        number = len(self.all_access) if number is None else number
        return number, repr(self.all_access[:number][number - 1 :])

    def log_audit(self, action: str, actor: str, at: datetime, detail: dict[str, Any]) -> None:
        self.sign(at, actor, action, detail, moves=False)

    def audit_entries(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        words = dict.fromkeys(("actor", "action", "detail"), "object")
        dtypes = {"seq": "int64", "at": "datetime64[us, UTC]"} | words | {"moves": "bool"}
        told = _frame(self.book, dtypes)
        told = told.assign(chain=pd.Series(seals(told), dtype="object"))
        wanted = (told["seq"] > after) & (True if action is None else told["action"] == action)
        return told[wanted].reset_index(drop=True)

    def audit_head(self) -> tuple[int, str]:
        return len(self.book), ["0" * 64, *self.audit_entries()["chain"]][-1]

    def verify(self, expected_hash: str | None = None) -> list[str]:
        """Check the head alone: rows of a list cannot be changed."""
        known = [None, "0" * 64, *self.audit_entries()["chain"]]
        return (
            [] if expected_hash in known else [f"Ujung {expected_hash} tidak ada lagi pada jejak."]
        )

    def wait(self) -> None:
        return

    def close(self) -> None:
        """Nothing to let go of."""


class _MemoryWriting:
    def __init__(self, after: MemoryStore, delivery: Delivery, at: datetime) -> None:
        self.after, self.delivery, self.at = after, delivery, at
        self.batch = len(after.all_batches) + 1
        self.counts = {"accepted": 0, "duplicate": 0, "quarantined": 0}
        self.waiting = set[int]()
        self.new = self.discarded = False

    def add(self, accepted: pd.DataFrame, rejected: Sequence[Rejection]) -> AppendResult:
        feed = FEEDS[self.delivery.feed]
        stored = sum([self._keep(feed, row) for row in accepted.to_dict("records")])
        waiting = tuple([self._reject(one) for one in rejected])
        added = AppendResult(stored, len(accepted) - stored, len(rejected), waiting)
        for name in self.counts:
            self.counts[name] += getattr(added, name)
        return added

    def _keep(self, feed: Feed, row: Mapping[Any, Any]) -> bool:
        rows, mark = self.after.feeds[feed.name], digest(feed, row)
        if any(r["digest"] == mark and not self.after.is_taken(feed.name, r) for r in rows):
            return False
        own = {"seq": len(rows) + 1, "batch": self.batch, "recorded_at": self.at}
        live = pd.Timestamp(row["known_at"]) == pd.Timestamp(self.delivery.recorded_at)
        known = self.at if live else row["known_at"]
        rows.append(dict(row) | own | {"digest": mark, "known_at": known})
        self.new = True
        return True

    def _reject(self, one: Rejection) -> int | None:
        said = (self.delivery.feed, one.raw, one.reasons)
        same = [row.number for row in self.after.kept if (row.feed, row.raw, row.reasons) == said]
        known = self.after.quarantined_rows(numbers=same) if same else []
        if known:
            self.waiting.add(known[0].number)
            return known[0].number
        self.after.kept.append(
            QuarantinedRow(
                len(self.after.kept) + 1,
                self.batch,
                self.delivery.feed,
                self.delivery.source,
                one.row,
                one.raw,
                one.reasons,
                self.at.astimezone(UTC),
                None,
            )
        )
        self.new = True
        return None

    def release(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            if number not in {row.number for row in self.after.kept}:
                raise StoreError(f"Karantina nomor {number} tidak ada.")
            if number in {row.number for row in self.after.quarantined_rows()}:
                self.after.releases.append((number, self.batch))
                self.new = True

    def discard(self) -> None:
        self.discarded = True

    def batch_row(self) -> dict[str, Any]:
        return {"batch": self.batch, **vars(self.delivery), **self.counts, "recorded_at": self.at}


def _frame(rows: list[dict[str, Any]], dtypes: dict[str, str]) -> pd.DataFrame:
    columns: dict[str, pd.Series[Any]] = {}
    for name, dtype in dtypes.items():
        cells = [None if pd.isna(row[name]) else row[name] for row in rows]
        series = pd.Series(cells, dtype=object)
        if dtype.startswith("datetime"):
            series = pd.to_datetime(series, utc=True).dt.as_unit("us")
        columns[name] = series.astype(pandas_dtype(dtype))
    return pd.DataFrame(columns)
