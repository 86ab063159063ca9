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
from situasi.server.api.limits import Limits, NewRowLimiter
from situasi.server.api.problem_details import Problem

_ANSWER_KIND = "api_answer"
MAX_IDEMPOTENCY_KEY_LENGTH = 200


@dataclass(frozen=True)
class ApiDelivery:
    """One delivery as it came. repeat_key: its Idempotency-Key, if it has one."""

    feed: str
    content_type: str
    body: bytes
    idempotency_key: str | None


class IdempotencyLocks:
    """Which deliveries with an Idempotency-Key are being worked on in this process."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
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


def ingest_delivery(
    board: Board,
    key: Key,
    incoming: ApiDelivery,
    now: datetime,
    limits: Limits,
    locks: IdempotencyLocks,
    new_row_limiter: NewRowLimiter,
) -> dict[str, Any]:
    """The ledger of this delivery, once it is durable; of one that came before, the same again.

    The answer is kept by the store, so that a restart in between brings no other one. Cut off
    between the two, the rows count as duplicates the second time; none is stored twice. Raises
    Problem 409, 415 and 422, and StoreError.
    """
    if incoming.idempotency_key is None:
        return _ingest_within_limit(board, key, incoming, now, limits, new_row_limiter)
    _check_idempotency_key(incoming.idempotency_key)
    name = f"{key.name}/{sha256(incoming.idempotency_key.encode()).hexdigest()[:40]}"
    mark = sha256(b"\0".join((incoming.feed.encode(), incoming.body))).hexdigest()
    with locks.hold(name):
        before = board.store.latest_records(_ANSWER_KIND, name).get(name)
        if before is not None:
            return _stored_answer(before, mark)
        said = _ingest_within_limit(board, key, incoming, now, limits, new_row_limiter)
        board.store.put_record(_ANSWER_KIND, name, {"of": mark, "answer": said}, now, key.actor)
    return said


def _check_idempotency_key(idempotency_key: str) -> None:
    plain = (
        idempotency_key.isascii()
        and idempotency_key.isprintable()
        and idempotency_key.strip() == idempotency_key
    )
    if not (plain and 0 < len(idempotency_key) <= MAX_IDEMPOTENCY_KEY_LENGTH):
        raise Problem(422, f"Idempotency-Key: 1 sampai {MAX_IDEMPOTENCY_KEY_LENGTH} huruf ASCII.")


def _stored_answer(stored: dict[str, Any], mark: str) -> dict[str, Any]:
    if stored["of"] != mark:
        raise Problem(422, "Idempotency-Key ini sudah dipakai untuk isi yang lain.")
    answer: dict[str, Any] = stored["answer"]
    return answer


def _ingest_within_limit(
    board: Board,
    key: Key,
    incoming: ApiDelivery,
    now: datetime,
    limits: Limits,
    new_row_limiter: NewRowLimiter,
) -> dict[str, Any]:
    new_row_limiter.check(key.actor, now)
    ledger = _ingest(board, key, incoming, now, limits)
    new_row_limiter.add(key.actor, now, ledger.accepted + ledger.quarantined)
    return ledger.as_json()


def _ingest(
    board: Board, key: Key, incoming: ApiDelivery, now: datetime, limits: Limits
) -> IngestResult:
    ending = request_body.detect_extension(incoming.content_type, incoming.body)
    scope = key.write_scope()
    source = f"{key.name}.{ending}"
    if ending == "json":
        rows = request_body.parse_json_rows(incoming.body, limits.max_rows)
        return ingest_rows(
            rows, source, board.store, board.ingest_context, scope, feed=incoming.feed, now=now
        )
    if ending == "xlsx":
        request_body.check_workbook_size(incoming.body, limits.workbook_bytes)
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / source
        path.write_bytes(incoming.body)
        ledger = ingest_file(
            path, board.store, board.ingest_context, scope, now=now, feed=incoming.feed,
            limits=DeliveryLimits(limits.max_rows, limits.body_bytes),
        )  # fmt: skip
    if ledger.refused:
        raise Problem(422, ledger.refused)
    return replace(ledger, path=source)
