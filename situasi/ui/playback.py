"""The day played back: the moment of the board moves by itself, or to the next serious event."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime, timedelta

import streamlit as st

from situasi.analysis.situation import critical as events
from situasi.analysis.situation.critical import CriticalEvent
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.live.snapshot import SnapshotView
from situasi.ui import filters, session, url_state
from situasi.ui.components import markup

# Seconds between two steps, and the minutes of the day in each.
TICK_S = 1.0
MINUTES_PER_TICK = (1, 5, 15, 30)
_DEFAULT_MINUTES = 5
_MAX_NAMED_EVENTS = 2

_PLAYING_KEY = "_putar"
_FINISHED_KEY = "_putar_selesai"
_RENDERED_KEY = "_putar_tergambar"
_SPEED_KEY = "laju"
_LAST_TIME_KEY = "_putar_ditinggal"
# So long the browser may take to hear that the day is over.
_GRACE_S = 10.0


def render_controls(
    view_time: ViewTime, snapshot_view: SnapshotView, kecamatan: Collection[str]
) -> str:
    """Play, pause, speed and the steps to serious events of these kecamatan (none: all).

    What is to be said of the moment: that the day is over, or what serious thing became known;
    "" for nothing. A guest has the moment of the link, and nothing to play.
    """
    if url_state.is_fixed_by_link("saat"):
        return ""
    chosen = tuple(kecamatan)
    # Of the present nobody asks, and all rows would be read anew with each report.
    found = [] if view_time.live else _compute_critical_events(snapshot_view, chosen)
    here = view_time.at.replace(second=0, microsecond=0)
    playing = bool(st.session_state.get(_PLAYING_KEY))
    with markup.inline_row("putar"):
        st.button(
            _("Jeda") if playing else _("Putar ulang hari"),
            key="putar_jeda",
            type="primary" if playing else "secondary",
            on_click=_on_toggle,
            args=(view_time.live,),
        )
        if view_time.live and not playing:
            # Of a day that nobody has gone back to there is no speed, and nothing that follows.
            st.button(
                _("‹ Serius sebelumnya"),
                key="serius_sebelumnya",
                on_click=_on_previous,
                args=(chosen,),
            )
        else:
            st.selectbox(
                _("Kecepatan"),
                MINUTES_PER_TICK,
                index=MINUTES_PER_TICK.index(_DEFAULT_MINUTES),
                format_func=_format_speed,
                key=_SPEED_KEY,
                width=150,
                label_visibility="collapsed",
            )
            _render_step_button(
                _("‹ Serius sebelumnya"),
                "serius_sebelumnya",
                events.previous_event_minute(found, here),
            )
            _render_step_button(
                _("Serius berikutnya ›"), "serius_berikutnya", events.next_event_minute(found, here)
            )
    if playing:
        st.session_state[_RENDERED_KEY] = True
        _on_tick()
    return markup.escape_markdown(_format_status(found, view_time))


def discard_stale_slider() -> None:
    """Before the slider is drawn: a browser that has not heard of the end leads nobody back."""
    left, until = st.session_state.get(_LAST_TIME_KEY, (None, 0.0))
    if left is not None and st.session_state.get("saat") == left and time.monotonic() < until:
        filters.return_to_present()


def stop() -> None:
    """Whoever chooses the moment by hand has stopped it."""
    st.session_state[_PLAYING_KEY] = False


def _format_speed(minutes: int) -> str:
    return _("{n} menit/detik").format(n=minutes)


def _render_step_button(title: str, key: str, target: datetime | None) -> None:
    st.button(title, key=key, disabled=target is None, on_click=_go_to, args=(target,))


def _on_previous(kecamatan: tuple[str, ...]) -> None:
    shown = session.get_snapshot_view()
    last = events.previous_event_minute(
        _compute_critical_events(shown, kecamatan), session.get_view_time(None, shown).at
    )
    if last is not None:
        _go_to(last)


def _go_to(target: datetime) -> None:
    stop()
    st.session_state[_FINISHED_KEY] = False
    filters.set_view_time(target)


def _format_status(critical_events: list[CriticalEvent], view_time: ViewTime) -> str:
    """That it is over, or what serious thing became known at this very minute."""
    if st.session_state.get(_FINISHED_KEY) and view_time.live:
        return _("Putaran selesai: papan kembali langsung.")
    here = [] if view_time.live else [one for one in critical_events if one.minute == view_time.at]
    said = [
        _("{what}, {where} ({why})").format(
            what=label("jenis", one.jenis),
            where=board().register.name_of(one.kecamatan),
            why=_format_reason(one.reason),
        )
        for one in here[:_MAX_NAMED_EVENTS]
    ]
    if len(here) > _MAX_NAMED_EVENTS:
        said.append(_("{n} lagi").format(n=i18n.format_number(len(here) - _MAX_NAMED_EVENTS)))
    return "; ".join(said)


def _format_reason(code: str) -> str:
    return _("situasi merah") if code == "merah" else _("tingkat tinggi")


def _compute_critical_events(
    snapshot_view: SnapshotView, kecamatan: tuple[str, ...]
) -> list[CriticalEvent]:
    """The serious events of the day that are known by now."""
    end = board().register.election.day_end
    # What is serious is no question of the clock, so that no minute asks it anew.
    clock = ViewTime(end, live=True, is_exercise=True)
    found = session.compute(events.find_critical_events, snapshot_view, clock, kecamatan)
    present = session.get_view_time(None, snapshot_view).at
    return [one for one in found if one.minute < present]


def _on_toggle(is_live: bool) -> None:
    playing = not st.session_state.get(_PLAYING_KEY)
    st.session_state[_PLAYING_KEY], st.session_state[_FINISHED_KEY] = playing, False
    if playing and is_live:
        filters.set_view_time(board().register.election.day_start)


@st.fragment(run_every=TICK_S)
def _on_tick() -> None:
    """One step each time that the clock of the browser asks; none while the page is drawn."""
    if st.session_state.pop(_RENDERED_KEY, False) or not st.session_state.get(_PLAYING_KEY):
        return
    moment = filters.get_past_time()
    present = session.get_view_time(None, session.get_snapshot_view()).at
    onward = moment and moment + timedelta(
        minutes=st.session_state.get(_SPEED_KEY) or _DEFAULT_MINUTES
    )
    if onward is None or onward >= min(present, board().register.election.day_end):
        st.session_state[_PLAYING_KEY], st.session_state[_FINISHED_KEY] = False, True
        st.session_state[_LAST_TIME_KEY] = (
            st.session_state.get("saat"),
            time.monotonic() + _GRACE_S,
        )
        filters.return_to_present()
    else:
        filters.set_view_time(onward)
    st.rerun()
