"""A table of messages among the files that wait: its rows go to the tray of Lapor, as they are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from situasi.ingest.context import IngestContext
from situasi.ingest.message_files.gateway_messages import read_delivery
from situasi.ingest.message_files.gateway_profiles import GatewayProfile
from situasi.ingest.message_files.sms_logs import find_text_column
from situasi.ingest.message_intake import IntakeResult, MessageIntake, MessageSource
from situasi.ingest.parsing.cells import format_cell, is_blank
from situasi.ingest.readers import grid, reserved_columns
from situasi.ingest.readers.grid import Sheet
from situasi.ingest.redaction.persons import REDACTED
from situasi.ingest.redaction.sender_marks import SenderMarks
from situasi.ingest.sources.column_guess import guess_columns
from situasi.ingest.sources.source_times import find_heading_zone
from situasi.ingest.tables import Cell, Table
from situasi.store import Delivery, Store, WaitingItem

MAX_MESSAGES = 2_000
ARE_MESSAGES = "tiap barisnya pesan"
_MIN_WORDS = 3  # of most messages
_PROFILE = GatewayProfile(
    name="berkas-pesan",
    title="Berkas pesan",
    documentation="",
    text=("text",),
    sender=("sender",),
    time=("time",),
)


@dataclass(frozen=True)
class FoundMessage:
    """One row of a table of messages. sender: "" where it is not known, or was redacted."""

    text: str
    sender: str
    sent_at: str | None


def find_messages(sheets: Sequence[Sheet], context: IngestContext) -> list[FoundMessage]:
    """Return the messages of the largest sheet; none where it is no table of messages."""
    visible = [sheet for sheet in sheets if not sheet.is_hidden] or list(sheets)
    sheet = max(visible, key=lambda sheet: len(sheet.rows))
    table = next(grid.build_tables(sheet, grid.guess_header(sheet.rows)))
    headings = [name for name in table.cells.columns if name not in reserved_columns.ALL]
    clues = context.vocabulary.clues
    columns = [list(map(_join_parts, table.cells[name].tolist())) for name in headings]
    text = find_text_column(list(map(_strip, headings)), columns, clues)
    if text is None or len(table.cells) > MAX_MESSAGES:
        return []
    column = columns[text]
    filled = [cell for cell in column if isinstance(cell, str)]
    if not filled or sum(len(c.split()) >= _MIN_WORDS for c in filled) < 0.6 * len(filled):
        return []
    senders = next((n for n in headings if clues.is_heading("message_sender", _strip(n))), None)
    names = _list_cells(table, senders) if senders else [None] * len(column)
    times = _list_times(table, context)
    return [
        FoundMessage(text, _clean_sender(name), moment)
        for text, name, moment in zip(column, names, times, strict=True)
        if isinstance(text, str)
    ]


def _strip(heading: str) -> str:
    """Return a heading without the objects in which a program puts it (`payload/message`)."""
    return heading.rpartition("/")[2]


def _join_parts(cell: Cell) -> Cell:
    """Return a text that a program wrote as a list of its parts, of which some are objects."""
    if not isinstance(cell, str) or not cell.startswith("["):
        return cell
    try:
        parts = json.loads(cell)
        return "".join(part if isinstance(part, str) else part["text"] for part in parts)
    except (ValueError, TypeError, KeyError, RecursionError):
        return cell


def _list_cells(table: Table, name: str) -> list[Cell]:
    cells: list[Cell] = table.cells[name].tolist()
    return cells


def _list_times(table: Table, context: IngestContext) -> list[str | None]:
    """Return when each row was sent, as one text: of one column, or of a day and an hour."""
    own: dict[str, str] = {}
    for theirs, guesses in guess_columns(table, context).items():
        if guesses:
            own.setdefault(guesses[0].heading, theirs)
    names = [own[h] for h in ("waktu", "waktu_lapor") if h in own][:1]
    names = names or [own[h] for h in ("tanggal", "jam") if h in own]
    columns = [_list_cells(table, name) for name in names]
    rows = zip(*columns, strict=True) if columns else [()] * len(table.cells)
    zone = next(filter(None, map(find_heading_zone, names)), None)
    offset = f" {datetime(2000, 1, 1, tzinfo=zone):%z}" if zone else ""
    texts = [" ".join(_format_time(cell) for cell in row if not is_blank(cell)) for row in rows]
    return [f"{text}{offset}" if text else None for text in texts]


def _format_time(cell: Cell) -> str:
    return cell.isoformat(" ") if isinstance(cell, datetime) else format_cell(cell)


def _clean_sender(cell: Cell) -> str:
    text = "" if is_blank(cell) else format_cell(cell).strip()
    return "" if text == REDACTED else text[:500]


def move_messages(
    item: WaitingItem,
    messages: Sequence[FoundMessage],
    store: Store,
    context: IngestContext,
    source: MessageSource,
    now: datetime,
    *,
    replaces: Sequence[int] = (),
) -> IntakeResult:
    """Put the messages of a file that waits into the tray; the file no longer waits.

    One that is in the tray already stays one. replaces: the batches by which it was read as
    reports, which the caller may withdraw; they are, once its messages are there. Raises
    StoreError, and ConflictError where somebody else mapped or dropped the file meanwhile.
    """
    documents = [{"text": one.text, "sender": one.sender, "time": one.sent_at} for one in messages]
    delivery = read_delivery(
        documents, (_PROFILE,), context.election.zone, now, context.compute_latest_time(now),
        _PROFILE.name,
    )  # fmt: skip
    marks = SenderMarks(context.officer_key.read_secret())
    result = MessageIntake(store, context, marks).add(delivery, source, now)
    if replaces:
        _withdraw(replaces, item, store, source.actor, now)
    if replaces and not store.waiting_items(numbers=[item.number]):
        return result
    detail = {
        "messages": result.accepted,
        "duplicate": result.duplicate,
        "left_out": result.ignored,
    }
    store.settle_waiting(item.number, "stored", now, source.actor, detail=detail)
    return result


def _withdraw(
    batches: Sequence[int], item: WaitingItem, store: Store, actor: str, now: datetime
) -> None:
    """Withdraw what the rows of a file were read as; those in quarantine no longer wait."""
    known = store.batches().set_index("batch")["feed"].to_dict()
    delivery = Delivery(str(known[batches[0]]), item.source, item.sha256, now, actor)
    with store.deliver(delivery) as transaction:
        transaction.replace(batches, ARE_MESSAGES)
