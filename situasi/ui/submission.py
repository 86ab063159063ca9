"""What is typed on the board goes through the door of files; what the door said, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from situasi.board import current_board as board
from situasi.common import telemetry
from situasi.common.i18n import _
from situasi.ingest import feeds, form_rows, write_scope
from situasi.ingest.form_rows import SubmissionStamp
from situasi.ingest.pipeline import IngestResult, build_table, ingest_rows
from situasi.ingest.validation.column_mapping import QUARANTINE_NUMBER
from situasi.ingest.write_scope import WriteRefused
from situasi.store.interface import QuarantinedRow, StoreError
from situasi.ui import filters, session

Row = Mapping[str, str]
# Among so many of the newest rows in quarantine our own are sought.
_MAX_QUARANTINE_ROWS = 500


@dataclass(frozen=True)
class RejectedInput:
    """A row that was not accepted: every reason, and its number in quarantine where it has one."""

    reasons: tuple[str, ...]
    quarantine_number: int | None = None
    source: str = ""
    row: int = 0


@dataclass(frozen=True)
class SubmissionResult:
    """What the door said of some rows. held: by position. refused: why nothing was looked at."""

    accepted: int = 0
    duplicate: int = 0
    rejected: Mapping[int, RejectedInput] = field(default_factory=dict)
    refusal: str | None = None

    @property
    def is_ok(self) -> bool:
        return not self.rejected and self.refusal is None


def may_act(act: str) -> bool:
    """Whether this viewer may do this here and now: nobody writes into the past."""
    at = session.get_view_time(filters.get_past_time(), session.get_snapshot_view())
    return at.live and session.viewer().role.may(act)


def submit_rows(
    feed: str, rows: Sequence[Row], source: str, act: str = "masukkan"
) -> SubmissionResult:
    """Bring rows through the door, as whoever is signed in.

    A row that carries a number of quarantine leaves it once it is accepted.
    """
    shown = board()
    try:
        scope = write_scope.build_viewer_scope(session.viewer(), act)
    except WriteRefused:
        scope = None
    if scope is None or not may_act(act) or feed not in scope.feeds:
        return SubmissionResult(refusal=_("Peran ini tidak boleh melakukannya."))
    cells = [dict(row) for row in rows]
    if not _is_in_area(feed, cells):
        return SubmissionResult(
            refusal=_("Laporan ini di luar wilayah Anda; tidak ada yang disimpan.")
        )
    try:
        ledger = ingest_rows(
            cells, source, shown.store, shown.ingest_context, scope, feed=feed, now=session.now()
        )
    except StoreError as error:
        return SubmissionResult(refusal=str(error))
    held = _find_rejected(feed, cells, source, ledger)
    session.refresh_after_write()
    telemetry.record_ingest("form", feed, ledger.as_json())
    return SubmissionResult(ledger.accepted, ledger.duplicate, held, ledger.refused)


def _is_in_area(feed: str, cells: list[dict[str, str]]) -> bool:
    """Whether every row that would be accepted is of the viewer's kecamatan."""
    area = session.viewer().area
    if not area:
        return True
    judged = feeds.check(build_table(cells), feed, board().ingest_context, session.now())
    return form_rows.is_in_area(judged.accepted["kecamatan"].tolist(), area)


def _find_rejected(
    feed: str, cells: list[dict[str, str]], source: str, result: IngestResult
) -> dict[int, RejectedInput]:
    """The faulty rows by position. Their numbers are sought by what quarantine keeps of them."""
    if not result.reasons:
        return {}
    kept, found = _load_quarantined(feed, source), {}
    for told in result.reasons:
        at, reasons = told["row"] - 1, tuple(told["reasons"])
        same = [row for row in kept if _is_same_row(row.raw, cells[at]) and row.reasons == reasons]
        found[at] = RejectedInput(reasons)
        if same:
            found[at] = RejectedInput(reasons, same[-1].number, same[-1].source, same[-1].row)
    return found


def _load_quarantined(feed: str, source: str) -> list[QuarantinedRow]:
    """What of this source came last into quarantine; none where that cannot be read now."""
    store = board().store
    try:
        waiting = store.quarantine_frame()
        ours = waiting[(waiting["feed"] == feed) & (waiting["source"] == source)].tail(
            _MAX_QUARANTINE_ROWS
        )
        return list(store.quarantined_rows(feed, numbers=ours["number"].tolist()))
    except StoreError:
        return []  # the rows are there all the same, which the answer must not deny


def _is_same_row(stored: Mapping[str, str], cells: Mapping[str, str]) -> bool:
    """Whether quarantine kept these cells: it leaves out what it may not keep.

    Its empty cells are columns that the reasons ask for.
    """
    filled = {heading: cell for heading, cell in stored.items() if cell}
    return bool(filled) and all(cells.get(heading) == cell for heading, cell in filled.items())


def mark_as_correction(cells: Row, rejected: RejectedInput | None) -> dict[str, str]:
    """The cells as a correction of the row that was held."""
    if rejected is None or rejected.quarantine_number is None:
        return dict(cells)
    came_from = {
        QUARANTINE_NUMBER: str(rejected.quarantine_number),
        "berkas": rejected.source,
        "baris": str(rejected.row),
    }
    return {**cells, **came_from}


def build_report_time(is_exercise: bool) -> SubmissionStamp:
    """How a row is sent that is made up, or real."""
    played = session.get_snapshot_view().snapshot.exercise_at if is_exercise else None
    return SubmissionStamp(
        (played or session.now()).astimezone(board().register.election.zone), is_exercise
    )
