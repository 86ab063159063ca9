"""Rows that viewers type on the board: ingested like files, with the result for each row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from situasi.board import current_board as board
from situasi.common import metrics
from situasi.common.i18n import _
from situasi.domain.officer_marks import is_number_mark
from situasi.ingest import feeds, form_rows, withdrawal, write_scope
from situasi.ingest.form_rows import SubmissionStamp
from situasi.ingest.pipeline import IngestResult, build_table, ingest_rows
from situasi.ingest.validation.column_mapping import QUARANTINE_NUMBER
from situasi.ingest.write_scope import WriteRefused
from situasi.store.model import QuarantinedRow, StoreError
from situasi.ui import page_context, session
from situasi.ui.page_context import PageContext

Row = Mapping[str, str]
# How many of the newest quarantined rows are searched for our own.
_MAX_QUARANTINE_ROWS = 500


@dataclass(frozen=True)
class RejectedInput:
    """A row that was not accepted: all reasons, and its number in quarantine if it has one."""

    reasons: tuple[str, ...]
    quarantine_number: int | None = None
    source: str = ""
    row: int = 0


@dataclass(frozen=True)
class SubmissionResult:
    """The result of submitted rows.

    rejected: by position. refusal: why none was processed. batches: the deliveries of new rows.
    """

    accepted: int = 0
    duplicate: int = 0
    rejected: Mapping[int, RejectedInput] = field(default_factory=dict)
    refusal: str | None = None
    batches: tuple[int, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether no row was rejected and the submission was not refused."""
        return not self.rejected and self.refusal is None


def merge_results(first: SubmissionResult, second: SubmissionResult) -> SubmissionResult:
    """Return the result of two submissions together."""
    rejected = {
        **first.rejected,
        **{len(first.rejected) + at: row for at, row in second.rejected.items()},
    }
    return SubmissionResult(
        first.accepted + second.accepted, first.duplicate + second.duplicate, rejected,
        first.refusal or second.refusal, first.batches + second.batches,
    )  # fmt: skip


def submit_rows(
    feed: str, rows: Sequence[Row], source: str, act: str = "masukkan"
) -> SubmissionResult:
    """Ingest rows with the rights of the signed-in viewer.

    A row with a quarantine number leaves quarantine once it is accepted.
    """
    active, context = board(), page_context.get_current()
    try:
        scope = write_scope.build_viewer_scope(context.viewer, act)
    except WriteRefused:
        scope = None
    if scope is None or not context.may_act(act) or feed not in scope.feeds:
        return SubmissionResult(refusal=_("Peran ini tidak boleh melakukannya."))
    cells = [dict(row) for row in rows]
    if not _is_in_area(feed, cells, context.viewer.area):
        return SubmissionResult(
            refusal=_("Laporan ini di luar wilayah Anda; tidak ada yang disimpan.")
        )
    try:
        result = ingest_rows(
            cells, source, active.store, active.ingest_context, scope, feed=feed, now=session.now()
        )
    except StoreError as error:
        return SubmissionResult(refusal=str(error))
    rejected = _find_rejected(feed, cells, source, result)
    session.refresh_after_write()
    metrics.record_ingest("form", feed, result.as_json())
    batches = (result.batch,) if result.accepted and result.batch is not None else ()
    return SubmissionResult(result.accepted, result.duplicate, rejected, result.refused, batches)


def withdraw_rows(batches: Iterable[int], act: str) -> None:
    """Withdraw the viewer's own deliveries again; act: by whose right they were made.

    Raises WriteRefused, WithdrawalRefused and StoreError.
    """
    context = page_context.get_current()
    if not context.may_act(act):
        raise WriteRefused(_("Peran ini tidak boleh melakukannya."))
    scope = write_scope.build_viewer_scope(context.viewer, act)
    for batch in batches:
        withdrawal.withdraw(board().store, scope, batch, session.now(), "dibatalkan")


def _is_in_area(feed: str, cells: list[dict[str, str]], area: tuple[str, ...]) -> bool:
    """Return whether all rows that would be accepted are in these kecamatan (none: all)."""
    if not area:
        return True
    checked = feeds.check(build_table(cells), feed, board().ingest_context, session.now())
    return form_rows.is_in_area(checked.accepted["kecamatan"].tolist(), area)


def _find_rejected(
    feed: str, cells: list[dict[str, str]], source: str, result: IngestResult
) -> dict[int, RejectedInput]:
    """Return the faulty rows by position; numbers are matched by the cells in quarantine."""
    if not result.reasons:
        return {}
    stored, rejected = _load_quarantined(feed, source), {}
    for entry in result.reasons:
        at, reasons = entry["row"] - 1, tuple(entry["reasons"])
        same = [
            row for row in stored if _is_same_row(row.raw, cells[at]) and row.reasons == reasons
        ]
        rejected[at] = RejectedInput(reasons)
        if same:
            rejected[at] = RejectedInput(reasons, same[-1].number, same[-1].source, same[-1].row)
    return rejected


def _load_quarantined(feed: str, source: str) -> list[QuarantinedRow]:
    """Return the newest quarantined rows of this source; none if the store is unreadable."""
    store = board().store
    try:
        frame = store.quarantine_frame()
        own = frame[(frame["feed"] == feed) & (frame["source"] == source)].tail(
            _MAX_QUARANTINE_ROWS
        )
        return list(store.quarantined_rows(feed, numbers=own["number"].tolist()))
    except StoreError:
        return []  # the rows are stored all the same; the result must not deny that


def _is_same_row(stored: Mapping[str, str], cells: Mapping[str, str]) -> bool:
    """Return whether a quarantined row has these cells; it omits those it may not store.

    Its empty cells are columns that the reasons ask for, and marks stand in place of NRP.
    """
    filled = {heading: cell for heading, cell in stored.items() if cell}
    return bool(filled) and all(
        cells.get(heading) == cell or (heading in cells and is_number_mark(cell))
        for heading, cell in filled.items()
    )


def mark_as_correction(cells: Row, rejected: RejectedInput | None) -> dict[str, str]:
    """Return the cells, marked as a correction of the rejected row."""
    if rejected is None or rejected.quarantine_number is None:
        return dict(cells)
    origin = {
        QUARANTINE_NUMBER: str(rejected.quarantine_number),
        "berkas": rejected.source,
        "baris": str(rejected.row),
    }
    return {**cells, **origin}


def build_report_time(context: PageContext, is_exercise: bool) -> SubmissionStamp:
    """Return the time and the exercise mark with which a row is submitted."""
    exercise_at = context.exercise_at if is_exercise else None
    return SubmissionStamp(
        (exercise_at or session.now()).astimezone(board().register.election.zone), is_exercise
    )
