"""One page of messages with their proposed rows: selected, completed and ingested together."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from pages.report_entry import fields, message_text, submit, tray_actions
from situasi.access.roles import Viewer
from situasi.board import current_board as board
from situasi.common.formats import format_date, format_number, format_time
from situasi.common.i18n import _, translate_note
from situasi.domain import feed_schemas
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.ingest import form_rows
from situasi.ingest.form_rows import RowCells, SubmissionStamp
from situasi.ingest.messages.proposal import ONLY_SENT_TIME, Proposal, ProposedRow, UnclearCell
from situasi.ui import page_context, session, submission
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.submission import SubmissionResult

_MAX_NUMBERS = 60  # listed of one message
# Cells that the message reader writes for ingest; they are shown above the rows.
_HIDDEN_HEADINGS = {"teks_asli", "uraian", "pelapor", "waktu_lapor"}
RowPosition = tuple[int, int]  # index of the message, index of the row in it


@dataclass(frozen=True)
class Outcome:
    """The outcome of a row. is_final: nothing is left to do about it."""

    text: str
    is_final: bool = True


@dataclass
class Paste:
    """A paste, or one message of the tray. Of the senders, only what may be shown and stored.

    number: a name of its own for the widgets. midnight: start of the day of messages without a
    date. proposals: those with rows or with numbers that were not understood. unrecognized_count:
    messages without any row. non_text_count: media, deletions and system messages. first_index:
    first message on the screen. tray_number: of a message of the tray; batches: what was entered
    of it; is_settled: it is no longer there.
    """

    number: int | str
    midnight: datetime
    proposals: list[Proposal]
    unrecognized_count: int
    non_text_count: int
    first_index: int = 0
    outcomes: dict[RowPosition, Outcome] = field(default_factory=dict)
    tray_number: int | None = None
    batches: list[int] = field(default_factory=list)
    is_settled: bool = False

    @property
    def is_done(self) -> bool:
        """Return whether there are rows, and nothing is left to do about any, hidden ones too."""
        positions = [(index, number) for index, proposal in enumerate(self.proposals)
                     for number in range(len(proposal.rows))]  # fmt: skip
        return bool(positions) and all(self.get_outcome(each).is_final for each in positions)

    def get_outcome(self, position: RowPosition) -> Outcome:
        """Return the outcome of this row so far."""
        return self.outcomes.get(position, Outcome("", is_final=False))


def render_proposals(context: PageContext, paste: Paste, page_size: int) -> None:
    """Draw the messages from `paste.first_index` on, and the button that ingests them."""
    indexes = range(paste.first_index, min(paste.first_index + page_size, len(paste.proposals)))
    with st.form(f"pesan_{paste.number}_{paste.first_index}", border=False):
        for index in indexes:
            _render_message(context, paste, index)
        st.form_submit_button(
            _("Masukkan yang dicentang"), type="primary", on_click=_on_submit, args=(paste, indexes)
        )


def _render_message(context: PageContext, paste: Paste, index: int) -> None:
    proposal = paste.proposals[index]
    with st.container(border=True):
        left, right = st.columns([2, 3], gap="medium")
        with left:
            message_text.render_message_text(format_head(proposal), proposal.text, proposal.notes)
            render_numbers(proposal)
            if proposal.unread_numbers and any(
                True for _row in _select_open_rows(context, paste, index)
            ):
                key = _build_checked_key(paste, index)
                st.checkbox(_("Angka itu sudah saya periksa"), key=key)
        with right:
            for number, row in select_allowed_rows(context.viewer, proposal):
                _render_row(context.register, paste, (index, number), row)


def render_numbers(proposal: Proposal) -> None:
    """Draw the numbers that are in no row; they must be confirmed before the rows are sent."""
    if proposal.description_numbers:
        text = _("Angka yang hanya masuk uraian: {numbers}")
        st.caption(_format_with_numbers(text, proposal.description_numbers))
    if not proposal.unread_numbers:
        return
    text = _(
        "Angka yang tidak dipahami: {numbers}. Tidak masuk baris mana pun: bila penting, ketik "
        "sendiri di TPS atau Kejadian."
    )
    st.warning(_format_with_numbers(text, proposal.unread_numbers), icon=":material/tag:")


def _format_with_numbers(text: str, numbers: Sequence[str]) -> str:
    listed = ", ".join(numbers[:_MAX_NUMBERS])
    more_count = len(numbers) - _MAX_NUMBERS
    if more_count > 0:
        listed = _("{numbers} dan {n} lagi").format(numbers=listed, n=format_number(more_count))
    return markup.escape_markdown(text.format(numbers=listed))


def _build_checked_key(paste: Paste, index: int) -> str:
    return f"pesan_{paste.number}_{index}_angka"


def format_head(proposal: Proposal) -> str:
    """Return sender and time, as far as the message gives them."""
    parts = [proposal.pelapor or _("pelapor tidak disebut")]
    if proposal.sent_at:
        local = proposal.sent_at.astimezone(board().register.election.zone)
        parts.append(f"{format_date(local)} {format_time(local)}")
    return " · ".join(parts)


def select_allowed_rows(viewer: Viewer, proposal: Proposal) -> Iterator[tuple[int, ProposedRow]]:
    """Return the rows of feeds that the viewer may see."""
    readable = viewer.role.readable_feeds(tuple(feed_schemas.FEEDS))
    return ((number, row) for number, row in enumerate(proposal.rows) if row.feed in readable)


def _build_widget_key(paste: Paste, position: RowPosition, heading: str = "") -> str:
    return f"pesan_{paste.number}_{position[0]}_{position[1]}_{heading}"


def _render_row(register: Register, paste: Paste, position: RowPosition, row: ProposedRow) -> None:
    """Draw what was understood, and inputs for the rest; or the outcome."""
    outcome = paste.get_outcome(position)
    title, cells = label("feed", row.feed), list_understood_cells(row)
    if outcome.is_final:
        message_text.render_row_cells(title, cells, outcome.text)
        return
    st.checkbox(
        _("Masukkan {what}").format(what=f"**{title}**"),
        value=_is_answered(paste, position, row),
        key=_build_widget_key(paste, position),
    )
    message_text.render_row_cells("", cells, outcome.text)
    for doubt in row.doubts:
        st.caption(markup.escape_markdown(translate_note(doubt)))
    columns = st.columns(2)
    for column, heading in zip(columns, _list_ratings(row), strict=False):
        column.pills(
            fields.format_heading(heading).capitalize(), _list_codes(row.feed, heading),
            format_func=partial(label, heading), key=_build_widget_key(paste, position, heading),
        )  # fmt: skip
    for number, unclear in enumerate(row.unclear_cells):
        column = columns[number % 2]
        key = _build_widget_key(paste, position, unclear.heading)
        cell = row.cells.get(unclear.heading, "") or _propose_reply(paste, position, unclear)
        _render_question(register, column, key, row, unclear.heading, cell)
        column.caption(markup.escape_markdown(translate_note(unclear.reason)))


def _is_answered(paste: Paste, position: RowPosition, row: ProposedRow) -> bool:
    """Return whether no question is left: else a riot told without its hour would stay behind."""
    return row.is_complete or all(
        _propose_reply(paste, position, unclear) for unclear in row.unclear_cells
    )


def _list_ratings(row: ProposedRow) -> list[str]:
    """Return which ratings of an incident the message does not state: they decide who is told."""
    if row.feed != feed_schemas.INCIDENTS.name or row.cells.get("jenis") == "nihil":
        return []
    open_headings = {unclear.heading for unclear in row.unclear_cells}
    return [
        heading for heading in ("tingkat", "situasi") if heading not in {*row.cells, *open_headings}
    ]


def list_understood_cells(row: ProposedRow) -> list[tuple[str, str, str]]:
    """Return heading, value and source words of the cells that leave no question."""
    open_cells = {unclear.heading for unclear in row.unclear_cells}
    words: dict[str, str] = {}
    for cell in row.recognised_cells:
        source = translate_note(cell.words)
        words[cell.heading] = " · ".join(filter(None, [words.get(cell.heading), source]))
    return [
        (heading, _format_cell(row.feed, heading, cell), words.get(heading, ""))
        for heading, cell in row.cells.items()
        if heading not in open_cells | _HIDDEN_HEADINGS
    ]


def _format_cell(feed: str, heading: str, cell: str) -> str:
    column = next((c for c in feed_schemas.FEEDS[feed].columns if c.heading == heading), None)
    return label(column.name, cell) if column and cell in column.allowed_codes else cell


def _propose_reply(paste: Paste, position: RowPosition, unclear: UnclearCell) -> str:
    """Return the hour of the message, marked as approximate, where an event has no other."""
    sent_at = paste.proposals[position[0]].sent_at
    if unclear.reason != ONLY_SENT_TIME or sent_at is None:
        return ""
    return f"≈ {format_time(sent_at.astimezone(board().register.election.zone))}"


def _render_question(
    register: Register, container: Any, key: str, row: ProposedRow, heading: str, cell: str
) -> None:
    """Draw an input for one cell: a choice if the answers are known, else a text field."""
    choices: dict[str, tuple[Collection[str], Callable[[str], str], str]] = {
        "kecamatan": (register.kecamatan, register.name_of, _("ketik nama")),
        "desa": (register.desa, _format_desa, _("ketik nama")),
    }
    other_choices = _list_codes(row.feed, heading), partial(label, heading), _("pilih")
    title = fields.format_heading(heading)
    codes, format_func, hint = choices.get(heading, other_choices)
    if codes:
        container.selectbox(
            title, list(codes), index=None, format_func=format_func, key=key, placeholder=hint
        )
    else:
        container.text_input(title, cell, key=key, max_chars=200)


def _format_desa(code: str) -> str:
    register = board().register
    return f"{register.name_of(code)}, {register.name_of(register.desa[code].kecamatan)}"


def _list_codes(feed: str, heading: str) -> tuple[str, ...]:
    return next(
        (c.allowed_codes for c in feed_schemas.FEEDS[feed].columns if c.heading == heading), ()
    )


def _on_submit(paste: Paste, indexes: range) -> None:
    """Submit the selected rows; those of a message of the tray only if nobody else has it open."""
    session.use_url_language()
    context, number = page_context.get_current(), paste.tray_number
    refusal = None if number is None else tray_actions.open_message(context, number)
    if refusal is not None:
        submit.save_outcome(_("Pesan"), SubmissionResult(refusal=refusal))
        return
    last_batch = 0 if number is None else tray_actions.last_batch()
    reopen = partial(_reopen, paste, dict(paste.outcomes), list(paste.batches))
    answer = _submit_selected_rows(context, paste, indexes)
    submit.save_outcome(_("Pesan"), answer, reopen)
    if number is not None:
        paste.batches += tray_actions.find_batches(context, last_batch)
        if paste.is_done:
            paste.is_settled = tray_actions.settle_message(context, number, paste.batches) is None


def _reopen(paste: Paste, outcomes: dict[RowPosition, Outcome], batches: list[int]) -> None:
    """Let the rows of a submission that was undone be submitted again, as before it."""
    paste.outcomes, paste.batches, paste.is_settled = outcomes, batches, False


def _submit_selected_rows(context: PageContext, paste: Paste, indexes: range) -> SubmissionResult:
    """Submit the selected rows, message by message, so that each gets its own outcome."""
    stamp = fields.current_submission(context)
    total, is_submitted, has_unchecked = SubmissionResult(), False, False
    for index in indexes:
        ready: dict[str, dict[int, RowCells]] = {}
        for number, row in _select_open_rows(context, paste, index):
            if not st.session_state.get(_build_widget_key(paste, (index, number))):
                paste.outcomes[index, number] = Outcome(_("tidak dicentang"), is_final=False)
                continue
            cells, missing = _complete_cells(stamp, paste, (index, number), row)
            if paste.proposals[index].unread_numbers and not st.session_state.get(
                _build_checked_key(paste, index)
            ):
                text = _("belum disimpan: periksa dahulu angka yang tidak dipahami")
                paste.outcomes[index, number], has_unchecked = Outcome(text, is_final=False), True
            elif missing:
                text = _("belum dijawab: {what}").format(what=", ".join(missing))
                paste.outcomes[index, number] = Outcome(text, is_final=False)
            else:
                ready.setdefault(row.feed, {})[number] = cells
        for feed, rows in ready.items():
            answer = submission.submit_rows(feed, list(rows.values()), tray_actions.SOURCE)
            total, is_submitted = submission.merge_results(total, answer), True
            for position, number in enumerate(rows):
                paste.outcomes[index, number] = _build_outcome(answer, position)
    reason = _("tidak ada baris tercentang yang lengkap")
    if has_unchecked:
        reason = _("periksa dahulu angka yang tidak dipahami pada pesannya, lalu kirim lagi")
    return total if is_submitted else SubmissionResult(refusal=reason)


def _select_open_rows(
    context: PageContext, paste: Paste, index: int
) -> Iterator[tuple[int, ProposedRow]]:
    """Return the rows of a message that are not final yet.

    A late event of the browser still reports the final rows as selected.
    """
    for number, row in select_allowed_rows(context.viewer, paste.proposals[index]):
        if not paste.get_outcome((index, number)).is_final:
            yield number, row


def _complete_cells(
    stamp: SubmissionStamp, paste: Paste, position: RowPosition, row: ProposedRow
) -> tuple[RowCells, Sequence[str]]:
    """Return the cells with the replies, and the headings without a reply."""
    cells, missing = dict(row.cells), []
    proposal = paste.proposals[position[0]]
    for unclear in row.unclear_cells:
        reply = str(
            st.session_state.get(_build_widget_key(paste, position, unclear.heading)) or ""
        ).strip()
        if not reply:
            missing.append(fields.format_heading(unclear.heading))
            continue
        cells.pop(unclear.heading, None)
        cells |= _parse_reply(unclear.heading, reply, proposal, paste)
    for heading in _list_ratings(row):
        rating = st.session_state.get(_build_widget_key(paste, position, heading))
        cells |= {heading: str(rating)} if rating else {}
    return stamp_cells(cells, stamp), missing


def stamp_cells(cells: RowCells, stamp: SubmissionStamp) -> RowCells:
    """Return the cells with the exercise mark."""
    if stamp.is_exercise:
        cells = {"waktu_lapor": stamp.sent_at.isoformat(timespec="minutes"), **cells}
    return {**cells, "latihan": "ya" if stamp.is_exercise else "tidak"}


def _parse_reply(heading: str, reply: str, proposal: Proposal, paste: Paste) -> RowCells:
    """Return a reply as cells: places by code; a clock time is of the day of the message."""
    register = board().register
    match heading:
        case "kecamatan":
            return form_rows.build_place_cells(register, reply)
        case "desa":
            return form_rows.build_place_cells(register, register.desa[reply].kecamatan, reply)
        case "waktu":
            sent = proposal.sent_at and proposal.sent_at.astimezone(register.election.zone)
            return form_rows.build_time_cells(reply, sent or paste.midnight)
    return {heading: reply}


def _build_outcome(answer: SubmissionResult, row_index: int) -> Outcome:
    """Return the outcome of one row of a message."""
    if answer.refusal:
        text = _("tidak disimpan: {why}").format(why=answer.refusal)
        return Outcome(text, is_final=False)
    if row_index in answer.rejected:
        row = answer.rejected[row_index]
        text = _("menunggu di karantina (no {no}), perbaiki di Masukan: {why}")
        return Outcome(text.format(no=row.quarantine_number or "–", why="; ".join(row.reasons)))
    if not answer.duplicate:
        return Outcome(_("diterima"))
    if not answer.accepted:
        return Outcome(_("sudah ada di papan"))
    text = _("{n} diterima, {d} sudah ada")  # of all rows of this message together
    return Outcome(text.format(n=answer.accepted, d=answer.duplicate))
