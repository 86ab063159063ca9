"""Tandai taklimat: one press marks the moment that is shown, by name and with a note."""

from __future__ import annotations

import streamlit as st

from situasi.actions import briefings
from situasi.actions.briefings import Briefing, BriefingRefused
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.live.snapshot import SnapshotView
from situasi.store.interface import StoreError
from situasi.ui import filters, render_cache, session, url_state
from situasi.ui.components import markup
from situasi.ui.session import ViewTime

_DONE = "_ditandai"


def mark_button(at: ViewTime, key: str = "tandai") -> None:
    """The button that opens the form, for those who may mark."""
    if not briefings.may_mark(session.viewer()):
        return
    opened = st.popover(
        _("Tandai taklimat"), key=key, on_change="rerun", type="tertiary", width="content"
    )
    if opened.open:
        with opened:
            _form(at, key)


def _form(at: ViewTime, key: str) -> None:
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
            if at.live
            else _("Tandai {time}").format(time=i18n.format_time(at.at)),
            type="primary",
            on_click=_mark,
            args=(f"{key}_catatan", session.picture().snapshot.version),
        )
    if not told(at) and (last := chosen(session.picture(), at)):
        st.caption(markup.plain(in_words(last, at)))


def told(at: ViewTime) -> bool:
    """Say what became of the last press; whether there was anything to say."""
    done: Briefing | str | None = st.session_state.pop(_DONE, None)
    if isinstance(done, str):
        st.warning(markup.plain(done))
    elif done is not None:
        said = _("Ditandai: {briefing}, oleh {who}.")
        st.success(markup.plain(said.format(briefing=name(done, at), who=done.by)))
    return done is not None


def in_words(one: Briefing, at: ViewTime) -> str:
    """A marker with who set it and what was noted, for those who see the names of officers."""
    said = name(one, at)
    if session.viewer().role.may_see("personel"):
        said = _("{briefing}, ditandai {who}").format(briefing=said, who=one.by)
        said = f"{said}: {one.note}" if one.note else said
    return said


def _mark(note: str, version: int) -> None:
    """Mark the moment. version: of the picture beside which the button was drawn."""
    shown = session.picture()
    at = session.moment(filters.past_moment(), shown)
    exercise = shown.snapshot.exercise_at is not None
    try:
        done = briefings.mark(
            board().store,
            session.viewer(),
            at.at,
            str(st.session_state.get(note, "")),
            session.now(),
            exercise=exercise,
            version=version,
        )
    except (BriefingRefused, StoreError) as error:
        st.session_state[_DONE] = str(error)
        return
    st.session_state[_DONE] = done
    session.wrote()


# The name of the chosen one in the address.
NAME = "sejak"


def name(one: Briefing, at: ViewTime) -> str:
    """What a briefing is called: by its clock, and its day where that is another."""
    local = one.at.astimezone(at.at.tzinfo)
    clock = i18n.format_time(local)
    when = clock if local.date() == at.at.date() else f"{i18n.format_date(local)} {clock}"
    return _("taklimat {time}").format(time=when)


def chosen(shown: SnapshotView, at: ViewTime) -> Briefing | None:
    """The marker that the address names, else the last; None where there is none yet."""
    there = there_are(shown, at)
    named = {one.id: one for one in there}
    asked = [named[one] for one in url_state.written(NAME) if one in named]
    return next(iter([*asked, *there]), None)


def there_are(shown: SnapshotView, at: ViewTime) -> list[Briefing]:
    """The markers that there are at the moment shown, the newest first."""
    exercise = shown.snapshot.exercise_at is not None
    return briefings.list_until(every(shown), at.at, exercise=exercise)


def every(shown: SnapshotView) -> list[Briefing]:
    """All markers of the store; the last that were read where it cannot be read."""
    return list(render_cache.records("taklimat", shown, briefings.load_all, []))
