"""The tray of messages that programs brought: read, entered with one click, opened or set aside."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import streamlit as st

from pages.report_entry import fields, message_text, proposals, submit, tray_actions
from pages.report_entry.proposals import Paste
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _, translate_note
from situasi.domain.labels import label
from situasi.ingest import message_tray
from situasi.ingest.form_rows import RowCells
from situasi.ingest.message_tray import TrayMessage, TrayNote
from situasi.store import WAITING_MESSAGE, StoreError, WaitingItem
from situasi.ui import filters, page_context, page_layout, session
from situasi.ui.components import markup, receipt
from situasi.ui.page_context import PageContext
from situasi.ui.submission import SubmissionResult

PAGE_SIZE = 10
_ORDERS = ("dahulukan", "terbaru")
_REASONS = ("bukan_laporan", "sudah_ada", "tidak_jelas", "salah_kirim")
_OPEN_KEY, _PAGE_KEY = "_lapor_baki_buka", "_lapor_baki_halaman"
# The first clear message is entered by this key.
_SHORTCUT = "Ctrl+Enter"
Item = tuple[WaitingItem, TrayNote]


def count_waiting() -> int:
    """Return how many messages wait for anybody; 0 while the store cannot be read."""
    try:
        return board().store.waiting_counts().get(WAITING_MESSAGE, 0)
    except StoreError:
        return 0


def render_tray_panel(context: PageContext) -> None:
    """Draw the open message, and those that wait."""
    paste: Paste | None = st.session_state.get(_OPEN_KEY)
    if paste is not None and not paste.is_settled:
        _render_editor(context, paste)
        return
    try:
        items = message_tray.list_items(board().store, context.viewer.area)
    except StoreError as error:
        st.warning(str(error))
        return
    clear_count = sum(note.is_clear for _item, note in items)
    text = _("{n} pesan menunggu, {c} jelas")
    page_layout.render_section_title(format_counts(text, n=len(items), c=clear_count))
    if not items:
        markup.render_empty_state(
            _("Baki ini kosong. Pesan dari gateway SMS dan jembatan percakapan tiba di sini.")
        )
        return
    order = filters.render_single_filter(
        st.segmented_control, "baki", _("Urutan"), _ORDERS, partial(label, "baki"), required=True
    )
    if order != _ORDERS[0]:
        items = sorted(items, key=lambda pair: pair[0].number, reverse=True)
    _render_page(context, items)


def _render_page(context: PageContext, items: list[Item]) -> None:
    """Draw one page of messages."""
    pages = -(-len(items) // PAGE_SIZE)
    page = min(st.session_state.get(_PAGE_KEY, 0), pages - 1)
    visible = items[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    store, ingest_context = board().store, board().ingest_context
    claims = message_tray.list_claims(store, session.now())
    has_shortcut = False
    for item, note in visible:
        message = message_tray.load_message(store, item, note, ingest_context)
        holder = claims.get(message.number)
        holder = None if holder == context.viewer.name else holder
        may_enter = holder is None and _may_enter_at_once(context, message)
        with st.container(border=True):
            _render_message(context, message, holder)
            _render_buttons(message.number, holder, may_enter, has_shortcut)
        has_shortcut = has_shortcut or may_enter
    _render_pager(page, pages)


def _may_enter_at_once(context: PageContext, message: TrayMessage) -> bool:
    """Return whether one click enters all of it: it is clear, and the viewer may see all rows."""
    allowed = list(proposals.select_allowed_rows(context.viewer, message.proposal))
    return message.note.is_clear and len(allowed) == len(message.proposal.rows)


def _render_message(context: PageContext, message: TrayMessage, holder: str | None) -> None:
    """Draw what came, what was read of it, and every number that was not."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        notes = [*_list_notes(message, holder), *message.proposal.notes]
        head = proposals.format_head(message.proposal)
        message_text.render_message_text(head, message.proposal.text, notes)
        proposals.render_numbers(message.proposal)
    with right:
        for _number, row in proposals.select_allowed_rows(context.viewer, message.proposal):
            cells = proposals.list_understood_cells(row)
            message_text.render_row_cells(label("feed", row.feed), cells)
            questions = [
                f"{fields.format_heading(cell.heading)}: {translate_note(cell.reason)}"
                for cell in row.unclear_cells
            ]
            for line in (*map(translate_note, row.doubts), *questions):
                st.caption(markup.escape_markdown(line))


def _list_notes(message: TrayMessage, holder: str | None) -> list[str]:
    """Return what is to be known of a message beside its text."""
    note, notes = message.note, []
    if holder is not None:
        notes.append(_("sedang dibuka {who}").format(who=holder))
    if note.edits is not None:
        notes.append(_("mengubah pesan nomor {no}, yang sudah tiba").format(no=note.edits))
    if note.doubt:
        notes.append(note.doubt)
    if note.area and not set(note.kecamatan) <= set(note.area):
        notes.append(_("menyebut tempat di luar wilayah kuncinya"))
    return [*notes, _("lewat {source}").format(source=f"{message.source} ({note.profile})")]


def _render_buttons(number: int, holder: str | None, may_enter: bool, has_shortcut: bool) -> None:
    """Draw what may be done with a message that nobody else has open."""
    with markup.inline_row(f"baki_tombol_{number}"):
        if may_enter:
            st.button(
                _("Masukkan"), key=f"baki_masuk_{number}", type="primary", on_click=_on_enter,
                args=(number,), shortcut=None if has_shortcut else _SHORTCUT,
            )  # fmt: skip
        st.button(
            _("Buka"), key=f"baki_buka_{number}", on_click=_on_open, args=(number,),
            disabled=holder is not None,
        )  # fmt: skip
        _render_drop_form(number, is_disabled=holder is not None)


def _render_drop_form(number: int, *, is_disabled: bool = False) -> None:
    """Draw the button that sets a message aside, which asks for a reason."""
    popover = st.popover(
        _("Sisihkan"), key=_build_drop_key(number), on_change="rerun", disabled=is_disabled
    )
    if not popover.open:
        return
    with popover:
        for reason in _REASONS:
            st.button(
                label("baki_sebab", reason), key=f"baki_{reason}_{number}", on_click=_on_drop,
                args=(number, reason),
            )  # fmt: skip


def _build_drop_key(number: int) -> str:
    return f"baki_sisih_{number}"


def _render_pager(page: int, pages: int) -> None:
    if pages < 2:
        return
    text = format_counts(_("Halaman {a} dari {b}"), a=page + 1, b=pages)
    on_turn = partial(_on_turn_page, page)
    message_text.render_pager("baki", text, page > 0, page + 1 < pages, on_turn)


def _on_turn_page(page: int, pages: int) -> None:
    st.session_state[_PAGE_KEY] = page + pages


def _render_editor(context: PageContext, paste: Paste) -> None:
    """Draw the open message as a pasted one is drawn, and what ends it."""
    assert paste.tray_number is not None
    proposals.render_proposals(context, paste, 1)
    with markup.row():
        if paste.outcomes:
            st.button(
                _("Selesai, sisanya tidak dimasukkan"), key="baki_selesai", on_click=_on_finish
            )
        st.button(_("Tutup, tetap menunggu"), key="baki_tutup", on_click=_on_close)
        if not paste.batches:
            _render_drop_form(paste.tray_number)


def _find_message(context: PageContext, number: int) -> TrayMessage | None:
    """Return a message that still waits for this viewer; None, with the reason, for no such."""
    store = board().store
    for item in store.waiting_items(WAITING_MESSAGE, numbers=[number]):
        note = message_tray.parse_note(item.note)
        if note.is_for(context.viewer.area):
            return message_tray.load_message(store, item, note, board().ingest_context)
    _save_refusal(_("pesan ini sudah diselesaikan orang lain"))
    return None


def _save_refusal(reason: str) -> None:
    submit.save_outcome(_("Pesan"), SubmissionResult(refusal=reason))


def _on_enter(number: int) -> None:
    """Enter a clear message: all its rows, as they were read."""
    session.use_url_language()
    act = ("baki_masuk", number)
    if receipt.is_repeated(act):
        return
    context = page_context.get_current()
    message = _find_message(context, number)
    if message is None:
        return
    if not _may_enter_at_once(context, message):
        _save_refusal(_("pesan ini belum jelas: buka dahulu"))
        return
    stamp = fields.current_submission(context)
    rows: dict[str, list[RowCells]] = {}
    for row in message.proposal.rows:
        rows.setdefault(row.feed, []).append(proposals.stamp_cells(row.cells, stamp))
    submit.save_outcome(_("Pesan"), tray_actions.enter_rows(context, number, rows), act=act)


def _on_open(number: int) -> None:
    """Open a message for this operator alone, in the form of pasted messages."""
    session.use_url_language()
    context = page_context.get_current()
    message = _find_message(context, number)
    if message is None:
        return
    reason = tray_actions.open_message(context, number)
    if reason is not None:
        _save_refusal(reason)
        return
    notes = (*_list_notes(message, None), *message.proposal.notes)
    local = message.arrived_at.astimezone(board().register.election.zone)
    midnight = datetime.combine(local.date(), datetime.min.time(), local.tzinfo)
    proposal = replace(message.proposal, notes=notes)
    st.session_state[_OPEN_KEY] = Paste(
        f"baki_{number}", midnight, [proposal], 0, 0, tray_number=number
    )


def _on_drop(number: int, reason: str) -> None:
    session.use_url_language()
    act, form = ("baki_sisih", number), _build_drop_key(number)
    if receipt.is_repeated(act, form):
        return
    refusal = tray_actions.drop_message(page_context.get_current(), number, reason)
    st.session_state.pop(_OPEN_KEY, None)
    if refusal is not None:
        _save_refusal(refusal)
        return
    text = _("Pesan nomor {no} disisihkan: {why}")
    receipt.confirm(
        text.format(no=number, why=label("baki_sebab", reason)),
        act=act, form=form, undo=partial(tray_actions.restore_message, number),
    )  # fmt: skip


def _on_finish() -> None:
    """Take the open message out of the tray, with what was entered of it."""
    session.use_url_language()
    paste: Paste | None = st.session_state.pop(_OPEN_KEY, None)
    if paste is None or paste.tray_number is None:
        return
    context, number = page_context.get_current(), paste.tray_number
    refusal = tray_actions.settle_message(context, number, paste.batches)
    if refusal is not None:
        _save_refusal(refusal)
        return
    receipt.confirm(_("Pesan nomor {no} selesai; sisanya tidak dimasukkan.").format(no=number))


def _on_close() -> None:
    session.use_url_language()
    paste: Paste | None = st.session_state.pop(_OPEN_KEY, None)
    if paste is not None and paste.tray_number is not None:
        tray_actions.close_message(page_context.get_current(), paste.tray_number)
