"""Reports that come over HTTP: through the same door as files, and answered when they are kept."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from situasi.board import Board
from situasi.ingest.pipeline import IngestResult, ingest_file, ingest_rows
from situasi.ingest.readers.limits import DeliveryLimits
from situasi.server.api import request_body
from situasi.server.api.api_keys import Key
from situasi.server.api.limits import Limits, NewRows
from situasi.server.api.problem_details import Problem

_ANSWERS = "api_answer"
LONGEST_REPEAT_KEY = 200


@dataclass(frozen=True)
class Parcel:
    """One delivery as it came. repeat_key: its Idempotency-Key, if it has one."""

    feed: str
    content_type: str
    body: bytes
    repeat_key: str | None


class Claims:
    """Which deliveries with an Idempotency-Key are being worked on in this process."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        """Raises Problem 409 while somebody else holds it."""
        with self._lock:
            if name in self._held:
                raise Problem(
                    409, "Kiriman dengan kunci ulang ini masih dikerjakan.", {"retry-after": "1"}
                )
            self._held.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(name)


def take(
    board: Board,
    key: Key,
    parcel: Parcel,
    now: datetime,
    limits: Limits,
    claims: Claims,
    new_rows: NewRows,
) -> dict[str, Any]:
    """The ledger of this delivery, once it is durable; of one that came before, the same again.

    The answer is kept by the store, so that a restart in between brings no other one. Cut off
    between the two, the rows count as duplicates the second time; none is stored twice. Raises
    Problem 409, 415 and 422, and StoreError.
    """
    if parcel.repeat_key is None:
        return _counted(board, key, parcel, now, limits, new_rows)
    _sound_key(parcel.repeat_key)
    name = f"{key.name}/{sha256(parcel.repeat_key.encode()).hexdigest()[:40]}"
    mark = sha256(b"\0".join((parcel.feed.encode(), parcel.body))).hexdigest()
    with claims.holding(name):
        before = board.store.latest_records(_ANSWERS, name).get(name)
        if before is not None:
            return _same(before, mark)
        said = _counted(board, key, parcel, now, limits, new_rows)
        board.store.put_record(_ANSWERS, name, {"of": mark, "answer": said}, now, key.actor)
    return said


def _sound_key(repeat_key: str) -> None:
    plain = repeat_key.isascii() and repeat_key.isprintable() and repeat_key.strip() == repeat_key
    if not (plain and 0 < len(repeat_key) <= LONGEST_REPEAT_KEY):
        raise Problem(422, f"Idempotency-Key: 1 sampai {LONGEST_REPEAT_KEY} huruf ASCII.")


def _same(before: dict[str, Any], mark: str) -> dict[str, Any]:
    if before["of"] != mark:
        raise Problem(422, "Idempotency-Key ini sudah dipakai untuk isi yang lain.")
    answer: dict[str, Any] = before["answer"]
    return answer


def _counted(
    board: Board, key: Key, parcel: Parcel, now: datetime, limits: Limits, new_rows: NewRows
) -> dict[str, Any]:
    new_rows.check(key.actor, now)
    ledger = _ledger(board, key, parcel, now, limits)
    new_rows.add(key.actor, now, ledger.accepted + ledger.quarantined)
    return ledger.as_json()


def _ledger(board: Board, key: Key, parcel: Parcel, now: datetime, limits: Limits) -> IngestResult:
    ending = request_body.ending(parcel.content_type, parcel.body)
    scope = key.write_scope()
    source = f"{key.name}.{ending}"
    if ending == "json":
        rows = request_body.json_rows(parcel.body, limits.rows)
        return ingest_rows(
            rows, source, board.store, board.ingest_context, scope, feed=parcel.feed, now=now
        )
    if ending == "xlsx":
        request_body.weigh(parcel.body, limits.unfolded)
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / source
        path.write_bytes(parcel.body)
        ledger = ingest_file(
            path, board.store, board.ingest_context, scope, now=now, feed=parcel.feed,
            limits=DeliveryLimits(limits.rows, limits.body),
        )  # fmt: skip
    if ledger.refused:
        raise Problem(422, ledger.refused)
    return replace(ledger, path=source)
