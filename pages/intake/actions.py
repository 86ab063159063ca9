"""The actions of the Masukan page: upload, withdrawal and release, with their outcomes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import BinaryIO, Final, ParamSpec

import pandas as pd
import streamlit as st

from pages.intake import tables
from situasi.access.roles import Viewer
from situasi.board import current_board as board
from situasi.common import metrics
from situasi.common.formats import format_number
from situasi.common.i18n import _
from situasi.common.work_limits import ConcurrencyLimiter
from situasi.ingest import (
    quarantine,
    upload,
    waiting,
    waiting_mapping,
    waiting_messages,
    withdrawal,
    write_scope,
)
from situasi.ingest.message_intake import MessageSource
from situasi.ingest.pipeline import IngestRequest, IngestResult, PreviewCallback
from situasi.ingest.readers.grid import HeaderPosition
from situasi.ingest.remapping.delivered_files import check_current
from situasi.ingest.sources.hand_mapping import HandMapping
from situasi.ingest.waiting_mapping import WaitingFile
from situasi.ingest.waiting_messages import FoundMessage
from situasi.ingest.withdrawal import WithdrawalRefused
from situasi.ingest.write_scope import WriteRefused
from situasi.store.model import QuarantinedRow, StoreError
from situasi.ui import session, submission
from situasi.ui.components import markup, receipt

P = ParamSpec("P")
_REFUSALS: Final = (StoreError, WriteRefused, WithdrawalRefused)
_OUTCOME_KEY = "_masukan_kabar"
OPEN_FILE_KEY = "petakan"  # the number of the file that is open for mapping
REMAP_KEY = "_masukan_petakan_ulang"  # the delivery whose file is open for another mapping
# Uploads are processed one at a time for each viewer, and two at a time in total.
_UPLOAD_SLOTS: Final = ConcurrencyLimiter(max_concurrent=2, max_per_owner=1)
# Rows of each feed in the preview of an upload.
PREVIEW_ROWS = 100
# Rows that would be rejected, for which the reasons are listed.
MAX_REFUSED_ROWS = 1000
_COMMON_REASONS = 3


def save_outcome(text: str, *, is_success: bool) -> None:
    """Keep the outcome of an action until the next one; the page is drawn again."""
    time = session.format_now()
    st.session_state[_OUTCOME_KEY] = (is_success, f"{time} · {text}")


def _keep_refusal(act: Callable[P, None]) -> Callable[P, None]:
    """Make an action keep as its outcome why it was refused."""

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except _REFUSALS as error:
            save_outcome(str(error), is_success=False)

    return run


def _check_taken(result: IngestResult) -> None:
    """Show what was stored to all; raise WriteRefused where the file was refused."""
    session.refresh_after_write()
    if result.refused:
        raise WriteRefused(f"{result.path}: {result.refused}")


def _save_balance(text: str, result: IngestResult, right: str) -> None:
    """Confirm a file whose rows are all on the board, which may be taken back at once.

    What needs reading, as of rows in quarantine, is kept until the next action instead.
    """
    if result.batch is None or result.quarantined:
        save_outcome(text, is_success=True)
        return
    st.session_state.pop(_OUTCOME_KEY, None)
    undo = partial(submission.withdraw_rows, (result.batch,), right)
    receipt.confirm(text, act=("kiriman", result.batch), undo=undo)


def render_outcome() -> None:
    """Draw the outcome of the last action of this viewer."""
    if _OUTCOME_KEY in st.session_state:
        is_success, text = st.session_state[_OUTCOME_KEY]
        (st.success if is_success else st.warning)(markup.escape_markdown(text))


@dataclass(frozen=True)
class UploadTrial:
    """The result of a trial upload. preview_rows: the first rows that would be accepted, by feed.

    more_refused_count: rejected rows beyond those listed. common_reasons: why most rows would be
    rejected, and how many each. It is kept in the session.
    """

    result: IngestResult
    preview_rows: dict[str, pd.DataFrame]
    more_refused_count: int
    common_reasons: list[tuple[str, int]]


def try_upload(name: str, file: BinaryIO) -> UploadTrial:
    """Process an uploaded file without storing anything."""
    return _collect_trial(
        lambda collect: _take_upload(
            upload.ingest_upload, name, file, dry_run=True, preview=collect
        )
    )


def _collect_trial(ingest: Callable[[PreviewCallback], IngestResult]) -> UploadTrial:
    """Return a trial with the first rows that would be accepted, and the first refused ones."""
    rows_by_feed: dict[str, pd.DataFrame] = {}

    def collect(feed: str, accepted: pd.DataFrame) -> None:
        collected = rows_by_feed.get(feed, accepted.head(0))
        if len(collected) < PREVIEW_ROWS:
            rows_by_feed[feed] = pd.concat(
                [collected, accepted.head(PREVIEW_ROWS - len(collected))]
            )

    result = ingest(collect)
    reasons = Counter(reason for entry in result.reasons for reason in entry["reasons"])
    more_count = max(0, len(result.reasons) - MAX_REFUSED_ROWS)
    del result.reasons[MAX_REFUSED_ROWS:]
    return UploadTrial(result, rows_by_feed, more_count, reasons.most_common(_COMMON_REASONS))


@_keep_refusal
def ingest_file(name: str, file: BinaryIO) -> None:
    """Ingest an uploaded file."""
    result = _take_upload(upload.ingest_upload, name, file)
    metrics.record_ingest("upload", result.feed or "unknown", result.as_json())
    _check_taken(result)
    if result.waiting:
        _open_waiting(result)
    elif result.messages is not None:
        save_outcome(f"{result.path}: {'; '.join(result.notes)}", is_success=True)
    else:
        text = f"{result.path}: {tables.format_row_balance(result)}"
        _save_balance(text, result, "masukkan")


@_keep_refusal
def hold_file(name: str, file: BinaryIO, feed: str) -> None:
    """Let an uploaded file wait, and open it: it is mapped before anything of it is stored."""
    result = _take_upload(upload.hold_upload, name, file, feed=feed)
    _check_taken(result)
    _open_waiting(result)


def _open_waiting(result: IngestResult) -> None:
    """Open a file that waits for its mapping."""
    st.session_state[OPEN_FILE_KEY] = result.waiting
    text = _("{name}: menunggu pemetaan, nomor {no}.")
    save_outcome(text.format(name=result.path, no=result.waiting), is_success=True)


def _take_upload(
    take: Callable[[BinaryIO, IngestRequest], IngestResult],
    name: str,
    file: BinaryIO,
    *,
    feed: str | None = None,
    dry_run: bool = False,
    preview: PreviewCallback | None = None,
) -> IngestResult:
    try:
        scope = write_scope.build_viewer_scope(session.viewer(), "masukkan")
        request = IngestRequest(
            Path(name), board().store, board().ingest_context, scope, now=session.now(), feed=feed,
            dry_run=dry_run, preview=preview,
        )  # fmt: skip
        with _UPLOAD_SLOTS.slot(scope.actor):
            return take(file, request)
    except (StoreError, WriteRefused) as error:
        return IngestResult(upload.make_safe_name(name), refused=str(error))


@_keep_refusal
def withdraw(batch: int, reason: str) -> None:
    """Withdraw every row of a delivery."""
    scope = write_scope.build_viewer_scope(session.viewer(), "perbaiki")
    rows = withdrawal.withdraw(board().store, scope, batch, session.now(), reason)
    other_deliveries = board().store.count_rows_in_other_batches(batch)
    session.refresh_after_write()
    template = _("Kiriman {no}: {n} baris ditarik. Tidak ada yang dihapus.")
    text = template.format(no=batch, n=format_number(rows))
    save_outcome(" ".join([text, *tables.format_remaining_rows(other_deliveries)]), is_success=True)


@_keep_refusal
def drop(viewer: Viewer, numbers: Sequence[int], reason: str) -> None:
    """Take rows out of quarantine with a reason, and keep the outcome."""
    scope, store = write_scope.build_viewer_scope(viewer, "perbaiki"), board().store
    rows = quarantine.find_visible_rows(store, viewer, numbers)
    count = quarantine.drop_rows(store, scope, rows, reason, session.now())
    session.refresh_after_write()
    text = _("{n} baris disisihkan dari karantina: {why}")
    save_outcome(text.format(n=format_number(count), why=reason), is_success=count > 0)


@_keep_refusal
def release(row: QuarantinedRow, corrections: Mapping[str, str]) -> None:
    """Ingest one quarantined row again with its corrections, and keep the outcome."""
    scope, current = write_scope.build_viewer_scope(session.viewer(), "perbaiki"), board()
    result = quarantine.release_row(
        current.store, current.ingest_context, scope, row, corrections, session.now()
    )
    session.refresh_after_write()
    text, is_success = _format_outcome(result)
    save_outcome(
        _("Karantina {no}: {said}").format(no=row.number, said=text), is_success=is_success
    )


def open_remap(batch: int) -> None:
    """Open the file of a delivery for another mapping."""
    st.session_state[REMAP_KEY] = batch


def close_remap() -> None:
    """Close the file that is open for another mapping."""
    st.session_state.pop(REMAP_KEY, None)


def try_mapping(
    file: WaitingFile, mapping: HandMapping, position: int, header: HeaderPosition
) -> UploadTrial:
    """Process a file that waits by a mapping, without storing anything."""
    scope = write_scope.build_viewer_scope(session.viewer(), "perbaiki")
    current = board()
    with _UPLOAD_SLOTS.slot(scope.actor):
        return _collect_trial(
            lambda collect: waiting_mapping.try_mapping(
                file, mapping, position, header, current.store, current.ingest_context, scope,
                session.now(), preview=collect,
            )
        )  # fmt: skip


@_keep_refusal
def store_mapping(
    file: WaitingFile, mapping: HandMapping, position: int, header: HeaderPosition
) -> None:
    """Store a file that waits by a mapping, which is kept for the next such file."""
    current, batch, viewer = board(), st.session_state.get(REMAP_KEY), session.viewer()
    scope = write_scope.build_viewer_scope(viewer, "perbaiki")
    if batch is not None:
        check_current(current.store, current.ingest_context, viewer, batch, file)
    with _UPLOAD_SLOTS.slot(scope.actor):
        result = waiting_mapping.store_mapping(
            file, mapping, position, header, current.store, current.ingest_context, scope,
            session.now(),
        )  # fmt: skip
    _check_taken(result)
    text = _("{name}: {said}. Pemetaan disimpan sebagai {peta}.")
    balance = tables.format_row_balance(result)
    text = text.format(name=result.path, said=balance, peta=mapping.name)
    close_remap()
    if batch is None:
        _save_balance(text, result, "perbaiki")
        return
    # Taking it back at once would leave neither reading: it is mapped anew instead.
    numbers = ", ".join(map(str, file.replaces))
    more = _("Kiriman {no} ditarik.").format(no=numbers) if numbers else ""
    save_outcome(f"{text} {more}".strip(), is_success=True)


@_keep_refusal
def move_messages(file: WaitingFile, messages: Sequence[FoundMessage]) -> None:
    """Move the messages of a file to the tray of Lapor, and withdraw what it was read as before."""
    current, opened, item = board(), st.session_state.get(REMAP_KEY), file.item
    viewer = session.viewer()
    scope = write_scope.build_viewer_scope(viewer, "perbaiki")
    source = MessageSource(scope.actor, item.source, scope.area)
    if opened is not None:
        check_current(current.store, current.ingest_context, viewer, opened, file)
    for batch in file.replaces:
        withdrawal.check_withdrawal(current.store, scope, batch)
    with _UPLOAD_SLOTS.slot(scope.actor):
        result = waiting_messages.move_messages(
            item, messages, current.store, current.ingest_context, source, session.now(),
            replaces=file.replaces,
        )  # fmt: skip
    close_remap()
    session.refresh_after_write()
    text = _("{name}: {n} pesan menunggu di Lapor, {ganda} sudah ada di sana.")
    text = text.format(name=item.source, n=result.accepted, ganda=result.duplicate)
    save_outcome(text, is_success=True)


@_keep_refusal
def drop_file(number: int, reason: str) -> None:
    """Drop a file that waits for a mapping."""
    viewer = session.viewer()
    scope = write_scope.build_viewer_scope(viewer, "perbaiki")
    item = waiting.drop(board().store, scope, number, reason, session.now(), viewer)
    session.refresh_after_write()
    text = _("{name} dibuang; tidak ada barisnya yang masuk.")
    save_outcome(text.format(name=item.source), is_success=True)


def _format_outcome(result: IngestResult) -> tuple[str, bool]:
    if result.refused:
        return result.refused, False
    if result.quarantined:
        reasons = "; ".join(reason for entry in result.reasons for reason in entry["reasons"])
        return _("masih ditolak: {reasons}").format(reasons=reasons), False
    if result.accepted:
        return _("diterima"), True
    return _("sudah ada di papan, tidak disimpan dua kali"), True
