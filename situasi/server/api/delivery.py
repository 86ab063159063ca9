"""Deliveries over HTTP: ingested like files, and answered once they are stored."""

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
from situasi.ingest.completeness import is_unknown
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_rows
from situasi.ingest.readers.limits import DeliveryLimits
from situasi.ingest.remapping.keeping import ingest_and_keep
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.sources.saved_profiles import bind_saved_profiles
from situasi.ingest.write_scope import WriteScope
from situasi.server.api import request_body
from situasi.server.api.api_keys import Key
from situasi.server.api.limits import Limits, NewRowLimiter
from situasi.server.api.problem_details import Problem

_ANSWER_KIND = "api_answer"
MAX_IDEMPOTENCY_KEY_LENGTH = 200


@dataclass(frozen=True)
class ApiDelivery:
    """One delivery as received. idempotency_key: its Idempotency-Key header, if any.

    profile: name of the source profile by which it is read as a file; None: as rows of ours.
    """

    feed: str
    content_type: str
    body: bytes
    idempotency_key: str | None
    profile: str | None = None


class DeliveryIngest:
    """The ingest of deliveries to one board. Every method may be called from any thread."""

    def __init__(self, board: Board, limits: Limits) -> None:
        self._board, self._limits = board, limits
        self._new_row_limiter = NewRowLimiter(limits.new_rows_per_hour)
        self._held_keys: set[str] = set()  # Idempotency-Keys that this process is working on
        self._lock = threading.Lock()

    def ingest_delivery(self, key: Key, incoming: ApiDelivery, now: datetime) -> dict[str, Any]:
        """Return the result of a delivery once it is durable; a repeated one gets the same answer.

        The store keeps the answer, so it survives a restart. If the process dies before it is kept,
        the rows count as duplicates the second time; none is stored twice. Raises Problem 409, 415,
        422 and 429, and StoreError.
        """
        if incoming.idempotency_key is None:
            return self._ingest_within_limit(key, incoming, now)
        _check_idempotency_key(incoming.idempotency_key)
        name = f"{key.name}/{sha256(incoming.idempotency_key.encode()).hexdigest()[:40]}"
        parts = [incoming.feed, *([incoming.profile] if incoming.profile else [])]
        digest = sha256(b"\0".join((*map(str.encode, parts), incoming.body))).hexdigest()
        store = self._board.store
        with self._hold(name):
            stored = store.latest_records(_ANSWER_KIND, name).get(name)
            if stored is not None:
                return _stored_answer(stored, digest)
            answer = self._ingest_within_limit(key, incoming, now)
            store.put_record(_ANSWER_KIND, name, {"of": digest, "answer": answer}, now, key.actor)
        return answer

    @contextmanager
    def _hold(self, name: str) -> Iterator[None]:
        """Hold an Idempotency-Key in the block. Raises Problem 409 if it is held already."""
        with self._lock:
            if name in self._held_keys:
                raise Problem(
                    409, "Kiriman dengan kunci ulang ini masih dikerjakan.", {"retry-after": "1"}
                )
            self._held_keys.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._held_keys.discard(name)

    def _ingest_within_limit(
        self, key: Key, incoming: ApiDelivery, now: datetime
    ) -> dict[str, Any]:
        self._new_row_limiter.check(key.actor, now)
        result = self._ingest(key, incoming, now)
        self._new_row_limiter.add(key.actor, now, count_new_rows(self._board, result))
        return result.as_json()

    def _ingest(self, key: Key, incoming: ApiDelivery, now: datetime) -> IngestResult:
        board, limits, scope = self._board, self._limits, key.write_scope()
        extension = request_body.detect_extension(incoming.content_type, incoming.body)
        source = f"{key.name}.{extension}"
        if extension == "json":
            if incoming.profile is not None:
                return self._ingest_as_file(scope, incoming, source, now)
            rows = request_body.parse_json_rows(incoming.body, limits.max_rows)
            if is_unknown(rows, board.ingest_context):
                return self._ingest_as_file(scope, incoming, source, now)
            return ingest_rows(
                rows, source, board.store, board.ingest_context, scope, feed=incoming.feed, now=now
            )
        if extension == "xlsx":
            request_body.check_workbook_size(incoming.body, limits.workbook_bytes)
        return self._ingest_as_file(scope, incoming, source, now)

    def _ingest_as_file(
        self, scope: WriteScope, incoming: ApiDelivery, source: str, now: datetime
    ) -> IngestResult:
        """Ingest a body as a file, which waits for a mapping where it is not recognised."""
        board, limits = self._board, self._limits
        profile = find_profile(board, incoming.profile)
        with tempfile.TemporaryDirectory(prefix="situasi-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / source
            path.write_bytes(incoming.body)
            request = IngestRequest(
                path, board.store, board.ingest_context, scope, now=now, feed=incoming.feed,
                profile=profile, limits=DeliveryLimits(limits.max_rows, limits.body_bytes),
            )  # fmt: skip
            result = ingest_and_keep(request)
        if result.refused:
            raise Problem(422, result.refused)
        return replace(result, path=source)


def find_profile(board: Board, name: str | None) -> SourceProfile | None:
    """Return the source profile of this name; None for None. Raises Problem 422 and StoreError."""
    if name is None:
        return None
    profiles = bind_saved_profiles(board.ingest_context, board.store).sources.by_name
    if name not in profiles:
        raise Problem(422, f'Profil "{name[:40]}" tidak ada; pilih: {", ".join(profiles)}.')
    return profiles[name]


def count_new_rows(board: Board, result: IngestResult) -> int:
    """Return how many rows of a delivery are new, and messages; those of a file that waits too."""
    if result.messages is not None:
        return result.messages.waiting
    if not result.waiting:
        return result.accepted + result.quarantined
    (item,) = board.store.waiting_items(numbers=[result.waiting])
    return int(item.note["rows"])


def _check_idempotency_key(idempotency_key: str) -> None:
    is_plain = idempotency_key.isascii() and idempotency_key.isprintable()
    if (
        not is_plain
        or " " in idempotency_key
        or not 0 < len(idempotency_key) <= MAX_IDEMPOTENCY_KEY_LENGTH
    ):
        raise Problem(
            422, f"Idempotency-Key: 1 sampai {MAX_IDEMPOTENCY_KEY_LENGTH} huruf ASCII tanpa spasi."
        )


def _stored_answer(stored: dict[str, Any], digest: str) -> dict[str, Any]:
    if stored["of"] != digest:
        raise Problem(422, "Idempotency-Key ini sudah dipakai untuk isi yang lain.")
    answer: dict[str, Any] = stored["answer"]
    return answer
