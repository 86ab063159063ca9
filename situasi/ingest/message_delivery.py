"""A file of messages: into the tray of Lapor, each once, and every part of the file counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from situasi.common.file_names import sanitize_name
from situasi.ingest.message_files.gateway_messages import GatewayDelivery
from situasi.ingest.message_files.recognition import read_written_messages
from situasi.ingest.message_intake import MessageIntake, MessageSource
from situasi.ingest.readers.private_copy import private_copy
from situasi.ingest.redaction.sender_marks import SenderMarks
from situasi.ingest.table_delivery import IngestRequest, IngestResult, MessageCounts
from situasi.ingest.tables import SourceError
from situasi.ingest.write_scope import WriteScope
from situasi.store import WAITING_FILE, Store, WaitingItem

MAX_MESSAGES = 3_000
_ADDED = "{n} pesan menunggu di halaman Lapor"
_WOULD_ADD = "{n} pesan akan menunggu di halaman Lapor, yang sudah ada di sana tidak dua kali"
_KNOWN = "{n} pesan sudah ada di sana"
_FEEDS_OF_MESSAGES = ("tps", "incidents", "personnel")


@dataclass(frozen=True)
class MessageFile:
    """A file whose messages went to the tray. counts: None where its rows were moved by hand."""

    item: WaitingItem
    waiting: int
    duplicate: int | None
    left_out: int | None


def list_message_files(items: Iterable[WaitingItem]) -> list[MessageFile]:
    """Return those of these files, with what became of them, that were files of messages."""
    return [
        MessageFile(
            item,
            item.settlement.detail["messages"],
            item.settlement.detail.get("duplicate"),
            item.settlement.detail.get("left_out"),
        )
        for item in items
        if item.settlement is not None and "messages" in item.settlement.detail
    ]


def ingest_messages(
    delivery: GatewayDelivery, source: str, sha256: str, request: IngestRequest
) -> IngestResult:
    """Put the messages of a file into the tray, and keep that the file came, for the audit log.

    source: name of the file. Raises StoreError.
    """
    store, scope, now = request.store, request.scope, request.now
    result, name = IngestResult(source, sha256=sha256), sanitize_name(Path(source).name)
    if not any(feed in scope.feeds for feed in _FEEDS_OF_MESSAGES):
        result.refused = "Peran atau kunci ini tidak berhak mengirim pesan."
        return result
    count, left_out = len(delivery.messages), len(delivery.ignored)
    if count > MAX_MESSAGES:
        result.refused = f"Lebih dari {MAX_MESSAGES} pesan ({count}); ekspor per hari."
        return result
    reasons = [f"{n} dilewati: {why}" for why, n in Counter(delivery.ignored).most_common()]
    if request.dry_run:
        result.messages = MessageCounts(count + left_out, count, 0, left_out)
        result.notes += [_WOULD_ADD.format(n=count), *reasons]
        return result
    marks = SenderMarks(request.context.officer_key.read_secret())
    by = MessageSource(scope.actor, name, scope.area)
    outcome = MessageIntake(store, request.context, marks).add(delivery, by, now)
    result.messages = MessageCounts(
        outcome.read, outcome.accepted, outcome.duplicate, outcome.ignored
    )
    result.notes.append(_ADDED.format(n=outcome.accepted))
    result.notes += [_KNOWN.format(n=outcome.duplicate)] if outcome.duplicate else []
    result.notes += reasons
    _keep_record(result, name, store, scope, now)
    return result


def _keep_record(
    result: IngestResult, name: str, store: Store, scope: WriteScope, now: datetime
) -> None:
    """Keep that a file came and what became of its messages; none of its text is kept with it."""
    assert result.messages is not None
    assert result.sha256 is not None
    note = {
        "why": "; ".join(result.notes), "rows": result.messages.read, "sheets": [], "headings": [],
        "feed": None, "feeds": sorted(scope.feeds), "area": list(scope.area), "notes": [],
    }  # fmt: skip
    number, _is_new = store.put_waiting(
        WAITING_FILE, name, result.sha256, [], now, scope.actor, note=note
    )
    detail = {"messages": result.messages.waiting, "duplicate": result.messages.duplicate,
              "left_out": result.messages.left_out}  # fmt: skip
    store.settle_waiting(number, "stored", now, scope.actor, detail=detail)


def ingest_written_messages(request: IngestRequest) -> IngestResult | None:
    """Ingest a log or a report as text, which is no table; None for any other file.

    Raises StoreError, and OSError where no private copy can be made.
    """
    name = request.path.name
    try:
        with private_copy(request.path, request.limits.max_bytes) as copy:
            delivery = read_written_messages(copy.path, name, request.context, request.now)
    except SourceError:
        return None
    if delivery is None:
        return None
    return ingest_messages(delivery, name, copy.sha256, request)
