"""Tandai taklimat: one press marks the moment that is shown, by name and with a note."""

from __future__ import annotations

import streamlit as st

from situasi.actions import briefings
from situasi.actions.briefings import Briefing, BriefingRefused
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.live.snapshot import SnapshotView
from situasi.store.interface import StoreError
from situasi.ui import filters, render_cache, session, url_state
from situasi.ui.components import markup

_RESULT_KEY = "_ditandai"


def render_mark_button(view_time: ViewTime, key: str = "tandai") -> None:
    """The button that opens the form, for those who may mark."""
    if not briefings.may_mark(session.viewer()):
        return
    opened = st.popover(
        _("Tandai taklimat"), key=key, on_change="rerun", type="tertiary", width="content"
    )
    if opened.open:
        with opened:
            _render_form(view_time, key)


def _render_form(view_time: ViewTime, key: str) -> None:
    st.caption(
        _("Angka di setiap halaman lalu menunjukkan perubahannya sejak saat yang ditandai, dan "
          "halaman Sejak taklimat mendaftar apa yang baru, memburuk, selesai, dan masih diam. "
          "Tercatat atas nama Anda.")
    )  # fmt: skip
    with st.form(f"{key}_baru", border=False):
        st.text_input(
            _("Catatan (boleh kosong)"), key=f"{key}_catatan", max_chars=briefings.MAX_NOTE_LENGTH
        )
        st.form_submit_button(
            _("Tandai sekarang")
            if view_time.live
            else _("Tandai {time}").format(time=i18n.format_time(view_time.at)),
            type="primary",
            on_click=_on_mark,
            args=(f"{key}_catatan", session.get_snapshot_view().snapshot.version),
        )
    if not render_mark_result(view_time) and (
        last := get_selected(session.get_snapshot_view(), view_time)
    ):
        st.caption(markup.escape_markdown(format_with_note(last, view_time)))


def render_mark_result(view_time: ViewTime) -> bool:
    """Say what became of the last press; whether there was anything to say."""
    done: Briefing | str | None = st.session_state.pop(_RESULT_KEY, None)
    if isinstance(done, str):
        st.warning(markup.escape_markdown(done))
    elif done is not None:
        said = _("Ditandai: {briefing}, oleh {who}.")
        st.success(
            markup.escape_markdown(said.format(briefing=format_name(done, view_time), who=done.by))
        )
    return done is not None


def format_with_note(briefing: Briefing, view_time: ViewTime) -> str:
    """A marker with who set it and what was noted, for those who see the names of officers."""
    said = format_name(briefing, view_time)
    if session.viewer().role.may_see("personel"):
        said = _("{briefing}, ditandai {who}").format(briefing=said, who=briefing.by)
        said = f"{said}: {briefing.note}" if briefing.note else said
    return said


def _on_mark(note_key: str, version: int) -> None:
    """Mark the moment. version: of the picture beside which the button was drawn."""
    shown = session.get_snapshot_view()
    at = session.get_view_time(filters.get_past_time(), shown)
    exercise = shown.snapshot.exercise_at is not None
    try:
        done = briefings.mark(
            board().store,
            session.viewer(),
            at.at,
            str(st.session_state.get(note_key, "")),
            session.now(),
            exercise=exercise,
            version=version,
        )
    except (BriefingRefused, StoreError) as error:
        st.session_state[_RESULT_KEY] = str(error)
        return
    st.session_state[_RESULT_KEY] = done
    session.refresh_after_write()


# The name of the chosen one in the address.
URL_PARAMETER = "sejak"


def format_name(briefing: Briefing, view_time: ViewTime) -> str:
    """What a briefing is called: by its clock, and its day where that is another."""
    local = briefing.at.astimezone(view_time.at.tzinfo)
    clock = i18n.format_time(local)
    when = clock if local.date() == view_time.at.date() else f"{i18n.format_date(local)} {clock}"
    return _("taklimat {time}").format(time=when)


def get_selected(snapshot_view: SnapshotView, view_time: ViewTime) -> Briefing | None:
    """The marker that the address names, else the last; None where there is none yet."""
    there = list_until(snapshot_view, view_time)
    named = {one.id: one for one in there}
    asked = [named[one] for one in url_state.get_values(URL_PARAMETER) if one in named]
    return next(iter([*asked, *there]), None)


def list_until(snapshot_view: SnapshotView, view_time: ViewTime) -> list[Briefing]:
    """The markers that there are at the moment shown, the newest first."""
    exercise = snapshot_view.snapshot.exercise_at is not None
    return briefings.list_until(load_all(snapshot_view), view_time.at, exercise=exercise)


def load_all(snapshot_view: SnapshotView) -> list[Briefing]:
    """All markers of the store; the last that were read where it cannot be read."""
    return list(render_cache.cached_records("taklimat", snapshot_view, briefings.load_all, []))
