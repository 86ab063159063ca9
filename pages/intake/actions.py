"""What a person does on the Masukan page: who it was, and what came of it, said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import pandas as pd
import streamlit as st

from pages.intake import tables as intake_tables
from situasi.board import current_board as board
from situasi.common import i18n, telemetry
from situasi.common.i18n import _
from situasi.common.work_limits import ConcurrencyLimiter
from situasi.ingest import quarantine, upload, withdrawal, write_scope
from situasi.ingest.pipeline import IngestResult, PreviewCallback
from situasi.ingest.withdrawal import WithdrawalRefused
from situasi.ingest.write_scope import WriteRefused
from situasi.store.interface import QuarantinedRow, StoreError
from situasi.ui import session
from situasi.ui.components import markup
from situasi.ui.page_layout import PageContext

_OUTCOME_KEY = "_masukan_kabar"
# Uploaded files are judged one after the other for each viewer, and two at a time in all.
_UPLOAD_SLOTS: Final = ConcurrencyLimiter(max_concurrent=2, max_per_owner=1)
# Rows of each feed that are shown before a file is taken in.
PREVIEW_ROWS = 100
# Rows that would be refused, of which it is told why.
MAX_REFUSED_ROWS = 1000


def may_act(context: PageContext, action: str) -> bool:
    """Whether the viewer may do this here and now: nobody writes into the past."""
    return context.view_time.live and session.viewer().role.may(action)


def save_outcome(text: str, *, is_success: bool) -> None:
    """Keep what came of an act until the next one; the page is drawn again."""
    at = session.now().astimezone(board().register.election.zone)
    st.session_state[_OUTCOME_KEY] = (is_success, f"{i18n.format_time(at)} · {text}")


def render_outcome() -> None:
    """Draw what came of the last act of this viewer."""
    if _OUTCOME_KEY in st.session_state:
        good, text = st.session_state[_OUTCOME_KEY]
        (st.success if good else st.warning)(markup.escape_markdown(text))


@dataclass(frozen=True)
class UploadTrial:
    """What would become of an uploaded file. rows: the first that would be accepted, by feed.

    more_refused: how many rows that would be refused are not told of. A page keeps its trial.
    """

    result: IngestResult
    preview_rows: dict[str, pd.DataFrame]
    more_refused_count: int


def try_upload(name: str, file: BinaryIO) -> UploadTrial:
    """Try an uploaded file; nothing is stored."""
    rows: dict[str, pd.DataFrame] = {}

    def keep(feed: str, accepted: pd.DataFrame) -> None:
        known = rows.get(feed, accepted.head(0))
        if len(known) < PREVIEW_ROWS:
            rows[feed] = pd.concat([known, accepted.head(PREVIEW_ROWS - len(known))])

    ledger = _ingest_upload(name, file, dry_run=True, preview=keep)
    more = max(0, len(ledger.reasons) - MAX_REFUSED_ROWS)
    del ledger.reasons[MAX_REFUSED_ROWS:]
    return UploadTrial(ledger, rows, more)


def ingest_file(name: str, file: BinaryIO) -> None:
    """Take an uploaded file in."""
    ledger = _ingest_upload(name, file, dry_run=False)
    session.refresh_after_write()
    telemetry.record_ingest("upload", ledger.feed or "unknown", ledger.as_json())
    if ledger.refused:
        save_outcome(f"{ledger.path}: {ledger.refused}", is_success=False)
        return
    said = intake_tables.format_row_balance(
        ledger.read, ledger.accepted, ledger.duplicate, ledger.quarantined
    )
    save_outcome(f"{ledger.path}: {said}", is_success=True)


def _ingest_upload(
    name: str, file: BinaryIO, *, dry_run: bool, preview: PreviewCallback | None = None
) -> IngestResult:
    try:
        scope = write_scope.build_viewer_scope(session.viewer(), "masukkan")
        with _UPLOAD_SLOTS.slot(scope.actor):
            return upload.ingest_upload(
                board().store,
                board().ingest_context,
                name,
                file,
                scope,
                session.now(),
                dry_run=dry_run,
                preview=preview,
            )
    except (StoreError, WriteRefused) as error:
        return IngestResult(upload.make_safe_name(name), refused=str(error))


def withdraw(batch: int, reason: str) -> None:
    """Take every row of a delivery back."""
    try:
        scope = write_scope.build_viewer_scope(session.viewer(), "perbaiki")
        rows = withdrawal.withdraw(board().store, scope, batch, session.now(), reason)
        elsewhere = board().store.count_rows_in_other_batches(batch)
    except (StoreError, WriteRefused, WithdrawalRefused) as error:
        save_outcome(str(error), is_success=False)
        return
    session.refresh_after_write()
    said = _("Kiriman {no}: {n} baris ditarik. Tidak ada yang dihapus.")
    text = said.format(no=batch, n=i18n.format_number(rows))
    save_outcome(" ".join([text, *intake_tables.format_remaining_rows(elsewhere)]), is_success=True)


def release(row: QuarantinedRow, corrections: Mapping[str, str]) -> None:
    """Bring one row through the door again, and say what the door said."""
    try:
        scope = write_scope.build_viewer_scope(session.viewer(), "perbaiki")
        here = board()
        ledger = quarantine.release_row(
            here.store, here.ingest_context, scope, row, corrections, session.now()
        )
    except (StoreError, WriteRefused) as error:
        save_outcome(str(error), is_success=False)
        return
    session.refresh_after_write()
    text, good = _format_outcome(ledger)
    save_outcome(_("Karantina {no}: {said}").format(no=row.number, said=text), is_success=good)


def _format_outcome(result: IngestResult) -> tuple[str, bool]:
    if result.refused:
        return result.refused, False
    if result.quarantined:
        reasons = "; ".join(reason for entry in result.reasons for reason in entry["reasons"])
        return _("masih ditolak: {reasons}").format(reasons=reasons), False
    if result.accepted:
        return _("diterima"), True
    return _("sudah ada di papan, tidak disimpan dua kali"), True
