"""What an operator does with a message of the tray: open it, enter its rows, set it aside."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.ingest import message_tray
from situasi.ingest.form_rows import RowCells
from situasi.ingest.message_tray import MessageTaken
from situasi.store import Store, StoreError
from situasi.ui import page_context, session, submission
from situasi.ui.components import receipt
from situasi.ui.page_context import PageContext
from situasi.ui.submission import SubmissionResult

SOURCE = "pesan"


def open_message(context: PageContext, number: int) -> str | None:
    """Open a message for this operator alone; return why not, or None."""
    return _refuse(
        context,
        lambda store, now, actor: message_tray.claim(store, number, now, actor),
    )


def close_message(context: PageContext, number: int) -> str | None:
    """Let others open a message again; return why not, or None."""
    return _refuse(
        context,
        lambda store, now, actor: message_tray.release(store, number, now, actor),
    )


def settle_message(context: PageContext, number: int, batches: Sequence[int]) -> str | None:
    """Take an entered message out of the tray; return why not, or None. batches: of its rows."""
    return _refuse(
        context,
        lambda store, now, actor: message_tray.settle(store, number, now, actor, batches=batches),
    )


def drop_message(context: PageContext, number: int, reason: str) -> str | None:
    """Take a message out of the tray without entering it; return why not, or None."""

    def drop(store: Store, now: datetime, actor: str) -> None:
        message_tray.claim(store, number, now, actor)
        message_tray.settle(store, number, now, actor, dropped_because=reason)

    return _refuse(context, drop)


def restore_message(number: int) -> None:
    """Let a message wait again that was set aside; it gets a new number. Raises UndoRefused."""

    def restore(store: Store, now: datetime, actor: str) -> None:
        message_tray.restore(store, number, now, actor)

    refusal = _refuse(page_context.get_current(), restore)
    if refusal is not None:
        raise receipt.UndoRefused(refusal)


def enter_rows(
    context: PageContext, number: int, rows_by_feed: Mapping[str, Sequence[RowCells]]
) -> SubmissionResult:
    """Enter all rows of a message and take it out of the tray, if nobody else has it open.

    Rows with errors wait in quarantine. Where nothing could be stored the message stays.
    """
    reason = open_message(context, number)
    if reason is not None:
        return SubmissionResult(refusal=reason)
    before, total = last_batch(), SubmissionResult()
    for feed, rows in rows_by_feed.items():
        answer = submission.submit_rows(feed, rows, SOURCE)
        total = submission.merge_results(total, answer)
    if total.refusal is None:
        reason = settle_message(context, number, find_batches(context, before))
    else:
        close_message(context, number)
    return total if reason is None else SubmissionResult(refusal=reason)


def last_batch() -> int:
    """Return the number of the last delivery; 0 before the first."""
    batches = board().store.batches()
    return 0 if batches.empty else int(batches["batch"].max())


def find_batches(context: PageContext, after: int) -> list[int]:
    """Return the deliveries of messages that this operator made after this one."""
    batches = board().store.batches(after)
    own = (batches["actor"] == context.viewer.name) & (batches["source"] == SOURCE)
    return [int(number) for number in batches.loc[own, "batch"]]


def _refuse(context: PageContext, act: Callable[[Store, datetime, str], None]) -> str | None:
    """Do something with a message, and return why it was refused, or None."""
    if not context.may_act("masukkan"):
        return _("Peran ini tidak boleh melakukannya.")
    try:
        act(board().store, session.now(), context.viewer.name)
    except MessageTaken as error:
        return _("pesan ini {why}; tidak ada yang disimpan").format(why=error)
    except StoreError as error:
        return str(error)
    return None
