"""Tandai taklimat: a button that marks the time shown as a briefing, with a note.

The pages compare with a briefing, or with the moment some hours before the time shown.
"""

from functools import partial

import streamlit as st

from situasi.actions import briefings
from situasi.actions.briefings import Briefing, BriefingRefused, RecentHours, format_name
from situasi.board import current_board as board
from situasi.common.formats import format_time
from situasi.common.i18n import _
from situasi.live.snapshot import SnapshotView
from situasi.store.model import StoreError
from situasi.ui import page_context, render_cache, session, url_state
from situasi.ui.components import markup, receipt
from situasi.ui.page_context import PageContext


def render_mark_button(context: PageContext, key: str = "tandai") -> None:
    """Draw the button that opens the form, if the viewer may mark briefings."""
    if not briefings.may_mark(context.viewer):
        return
    popover = st.popover(
        _("Tandai taklimat"), key=key, on_change="rerun", type="tertiary", width="content"
    )
    if popover.open:
        with popover:
            _render_form(context, key)


def _render_form(context: PageContext, key: str) -> None:
    view_time = context.view_time
    st.caption(
        _("Angka di setiap halaman lalu menunjukkan perubahannya sejak saat yang ditandai, dan "
          "halaman Sejak taklimat mendaftar apa yang baru, memburuk, selesai, dan masih diam. "
          "Tercatat atas nama Anda.")
    )  # fmt: skip
    with st.form(f"{key}_baru", border=False):
        st.text_input(
            _("Catatan (boleh kosong)"), key=f"{key}_catatan", max_chars=briefings.MAX_NOTE_LENGTH
        )
        time = format_time(view_time.at)
        title = _("Tandai sekarang") if view_time.live else _("Tandai {time}").format(time=time)
        args = (key, context.snapshot.version)
        st.form_submit_button(title, type="primary", on_click=_on_mark, args=args)
    if last := get_selected(context):
        st.caption(markup.escape_markdown(format_with_note(last, context)))


def format_with_note(briefing: Briefing, context: PageContext) -> str:
    """Return a briefing with author and note, if the viewer may see names of officers."""
    text = format_name(briefing, context.view_time)
    if isinstance(briefing, RecentHours):
        return text
    if context.viewer.role.may_see("personel"):
        text = _("{briefing}, ditandai {who}").format(briefing=text, who=briefing.by)
        text = f"{text}: {briefing.note}" if briefing.note else text
    return text


def _on_mark(key: str, version: int) -> None:
    """Mark the time; version: of the snapshot that was shown beside the button."""
    session.use_url_language()
    context = page_context.get_current()
    note = str(st.session_state.get(f"{key}_catatan", ""))
    act = ("taklimat", note, None if context.view_time.live else context.view_time.at)
    if receipt.is_repeated(act, key):
        return
    try:
        briefing = briefings.mark(
            board().store,
            context.viewer,
            context.view_time.at,
            note,
            session.now(),
            exercise=context.exercise_at is not None,
            version=version,
        )
    except (BriefingRefused, StoreError) as error:
        receipt.refuse(str(error))
        return
    session.refresh_after_write()
    text = _("Ditandai: {briefing}, oleh {who}.").format(
        briefing=format_name(briefing, context.view_time), who=briefing.by
    )
    receipt.confirm(text, act=act, form=key, undo=partial(_undo, briefing))


def _undo(briefing: Briefing) -> None:
    briefings.undo(board().store, page_context.get_current().viewer, briefing, session.now())


# URL parameter of the selected briefing.
URL_PARAMETER = "sejak"


def get_selected(context: PageContext) -> Briefing | None:
    """Return the briefing (or the hours) named in the URL, else the last; None if there is none."""
    return briefings.find_selected(
        list_until(context), list_recent_hours(context), url_state.get_values(URL_PARAMETER)
    )


def list_recent_hours(context: PageContext) -> list[RecentHours]:
    """Return the moments some hours before the time shown, to the minute."""
    exercise = context.exercise_at is not None
    return briefings.list_recent_hours(context.view_time.at, exercise=exercise)


def list_until(context: PageContext) -> list[Briefing]:
    """Return the briefings up to the time shown, newest first."""
    return briefings.list_until(
        load_all(context.snapshot_view),
        context.view_time.at,
        exercise=context.exercise_at is not None,
    )


def load_all(snapshot_view: SnapshotView) -> list[Briefing]:
    """Return all briefings of the store; those read last if the store is unreadable."""
    return list(render_cache.cached_records("taklimat", snapshot_view, briefings.load_all, []))
