"""Deliveries over HTTP: ingested like files, and answered once they are stored."""

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
    """One delivery as received. idempotency_key: its Idempotency-Key header, if any."""

    feed: str
    content_type: str
    body: bytes
    idempotency_key: str | None


class IdempotencyLocks:
    """The Idempotency-Keys that this process is working on."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold a key while the block runs. Raises Problem 409 if it is held already."""
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
    """Return the result of this delivery once it is durable; a repeated one gets the same answer.

    The store keeps the answer, so it survives a restart. If the process dies before it is kept, the
    rows count as duplicates the second time; none is stored twice. Raises Problem 409, 415 and 422,
    and StoreError.
    """
    if incoming.idempotency_key is None:
        return _ingest_within_limit(board, key, incoming, now, limits, new_row_limiter)
    _check_idempotency_key(incoming.idempotency_key)
    name = f"{key.name}/{sha256(incoming.idempotency_key.encode()).hexdigest()[:40]}"
    digest = sha256(b"\0".join((incoming.feed.encode(), incoming.body))).hexdigest()
    with locks.hold(name):
        stored = board.store.latest_records(_ANSWER_KIND, name).get(name)
        if stored is not None:
            return _stored_answer(stored, digest)
        answer = _ingest_within_limit(board, key, incoming, now, limits, new_row_limiter)
        board.store.put_record(_ANSWER_KIND, name, {"of": digest, "answer": answer}, now, key.actor)
    return answer


def _check_idempotency_key(idempotency_key: str) -> None:
    is_plain = (
        idempotency_key.isascii()
        and idempotency_key.isprintable()
        and idempotency_key.strip() == idempotency_key
    )
    if not (is_plain and 0 < len(idempotency_key) <= MAX_IDEMPOTENCY_KEY_LENGTH):
        raise Problem(422, f"Idempotency-Key: 1 sampai {MAX_IDEMPOTENCY_KEY_LENGTH} huruf ASCII.")


def _stored_answer(stored: dict[str, Any], digest: str) -> dict[str, Any]:
    if stored["of"] != digest:
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
    result = _ingest(board, key, incoming, now, limits)
    new_row_limiter.add(key.actor, now, result.accepted + result.quarantined)
    return result.as_json()


def _ingest(
    board: Board, key: Key, incoming: ApiDelivery, now: datetime, limits: Limits
) -> IngestResult:
    extension = request_body.detect_extension(incoming.content_type, incoming.body)
    scope = key.write_scope()
    source = f"{key.name}.{extension}"
    if extension == "json":
        rows = request_body.parse_json_rows(incoming.body, limits.max_rows)
        return ingest_rows(
            rows, source, board.store, board.ingest_context, scope, feed=incoming.feed, now=now
        )
    if extension == "xlsx":
        request_body.check_workbook_size(incoming.body, limits.workbook_bytes)
    with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / source
        path.write_bytes(incoming.body)
        result = ingest_file(
            path, board.store, board.ingest_context, scope, now=now, feed=incoming.feed,
            limits=DeliveryLimits(limits.max_rows, limits.body_bytes),
        )  # fmt: skip
    if result.refused:
        raise Problem(422, result.refused)
    return replace(result, path=source)
