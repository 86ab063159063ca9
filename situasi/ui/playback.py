"""Playback of the day: the time shown moves by itself, or to the next critical event."""

import time
from dataclasses import replace
from datetime import datetime, timedelta

import streamlit as st

from situasi.analysis.situation import critical
from situasi.analysis.situation.critical import CriticalEvent
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import filters, page_context, url_state
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext

# Seconds between two ticks, and the minutes of the day in each.
TICK_S = 1.0
MINUTES_PER_TICK = (1, 5, 15, 30)
_DEFAULT_MINUTES = 5
_MAX_NAMED_EVENTS = 2

_PLAYING_KEY = "_putar"
_FINISHED_KEY = "_putar_selesai"
_RENDERED_KEY = "_putar_tergambar"
_SPEED_KEY = "laju"
_HOUR_KEY = "jam"
_LAST_TIME_KEY = "_putar_ditinggal"
# Time for the browser to learn that the playback is over.
_GRACE_S = 10.0


def render_controls(context: PageContext) -> str:
    """Draw play, pause, speed and steps to the critical events of these kecamatan.

    Returns the status text: that the day is over, or which critical event became known; "" for
    none. A guest has the time of the link, and no controls.
    """
    if url_state.is_fixed_by_link("saat"):
        return ""
    view_time = context.view_time
    # The present needs no events, and would recompute them with each report.
    events = [] if view_time.live else _compute_critical_events(context)
    minute = view_time.at.replace(second=0, microsecond=0)
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
            # Before the first step back there is no speed and no next event.
            st.button(
                _("‹ Serius sebelumnya"),
                key="serius_sebelumnya",
                on_click=_on_previous,
                args=(context.kecamatan,),
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
                critical.previous_event_minute(events, minute),
            )
            _render_step_button(
                _("Serius berikutnya ›"),
                "serius_berikutnya",
                critical.next_event_minute(events, minute),
            )
        if not playing:
            _render_hour_choice(context)
    if playing:
        st.session_state[_RENDERED_KEY] = True
        _on_tick()
    return markup.escape_markdown(_format_status(events, view_time))


def discard_stale_slider() -> None:
    """Reset a slider value of a browser that does not know of the end; call before drawing."""
    last_time, deadline = st.session_state.get(_LAST_TIME_KEY, (None, 0.0))
    if (
        last_time is not None
        and st.session_state.get("saat") == last_time
        and time.monotonic() < deadline
    ):
        filters.return_to_present()


def stop() -> None:
    """Stop the playback, because the viewer chose a time by hand."""
    st.session_state[_PLAYING_KEY] = False


def _format_speed(minutes: int) -> str:
    return _("{n} menit/detik").format(n=minutes)


def _render_hour_choice(context: PageContext) -> None:
    """Draw the full hours of the day so far: a slider of minutes seldom stops at one exactly."""
    election, present = board().register.election, context.at_present().view_time.at
    first = election.day_start.replace(minute=0) + timedelta(hours=bool(election.day_start.minute))
    hours = [first + timedelta(hours=n) for n in range(25)]
    listed = [hour for hour in hours if hour <= min(present, election.day_end)]
    marks = {election.local_time(mark.at): _(mark.label) for mark in election.timeline_marks}
    st.selectbox(
        _("Jam"),
        listed,
        index=None,
        format_func=lambda hour: " · ".join(filter(None, (format_time(hour), marks.get(hour)))),
        key=_HOUR_KEY,
        on_change=_on_choose_hour,
        placeholder=_("pilih jam"),
        width=150,
        label_visibility="collapsed",
    )


def _on_choose_hour() -> None:
    """Show the chosen hour (a callback); the choice itself is empty again."""
    hour: datetime | None = st.session_state.get(_HOUR_KEY)
    st.session_state[_HOUR_KEY] = None
    if hour is not None:
        _go_to(hour)


def _render_step_button(title: str, key: str, target: datetime | None) -> None:
    st.button(title, key=key, disabled=target is None, on_click=_go_to, args=(target,))


def _on_previous(kecamatan: tuple[str, ...]) -> None:
    context = replace(page_context.get_current(), kecamatan=kecamatan)
    target = critical.previous_event_minute(
        _compute_critical_events(context), context.at_present().view_time.at
    )
    if target is not None:
        _go_to(target)


def _go_to(target: datetime) -> None:
    stop()
    st.session_state[_FINISHED_KEY] = False
    filters.set_view_time(target)


def _format_status(critical_events: list[CriticalEvent], view_time: ViewTime) -> str:
    """Return that playback is over, or which critical events became known in this minute."""
    if st.session_state.get(_FINISHED_KEY) and view_time.live:
        return _("Putaran selesai: papan kembali langsung.")
    events = [] if view_time.live else [e for e in critical_events if e.minute == view_time.at]
    texts = [
        _("{what}, {where} ({why})").format(
            what=label("jenis", e.jenis),
            where=board().register.name_of(e.kecamatan),
            why=_format_reason(*e.reason),
        )
        for e in events[:_MAX_NAMED_EVENTS]
    ]
    if len(events) > _MAX_NAMED_EVENTS:
        texts.append(format_counts(_("{n} lagi"), n=len(events) - _MAX_NAMED_EVENTS))
    return "; ".join(texts)


def _format_reason(scale: str, code: str) -> str:
    text = _("situasi {state}") if scale == "situasi" else _("tingkat {level}")
    return text.format(state=label(scale, code), level=label(scale, code))


def _compute_critical_events(context: PageContext) -> list[CriticalEvent]:
    """Return the critical events of the day that are known by now."""
    end = board().register.election.day_end
    # Critical events do not depend on the clock; a fixed time avoids recomputing each minute.
    whole_day = replace(context, view_time=ViewTime(end, live=True, is_exercise=True))
    events = whole_day.compute(critical.find_critical_events, context.kecamatan)
    present = context.at_present().view_time.at
    return [event for event in events if event.minute < present]


def _on_toggle(is_live: bool) -> None:
    playing = not st.session_state.get(_PLAYING_KEY)
    st.session_state[_PLAYING_KEY], st.session_state[_FINISHED_KEY] = playing, False
    if playing and is_live:
        filters.set_view_time(board().register.election.day_start)


@st.fragment(run_every=TICK_S)
def _on_tick() -> None:
    """Advance one step with each tick of the browser; not while the page is drawn."""
    if st.session_state.pop(_RENDERED_KEY, False) or not st.session_state.get(_PLAYING_KEY):
        return
    current = filters.get_past_time()
    present = page_context.get_current().at_present().view_time.at
    next_time = current and current + timedelta(
        minutes=st.session_state.get(_SPEED_KEY) or _DEFAULT_MINUTES
    )
    if next_time is None or next_time >= min(present, board().register.election.day_end):
        st.session_state[_PLAYING_KEY], st.session_state[_FINISHED_KEY] = False, True
        st.session_state[_LAST_TIME_KEY] = (
            st.session_state.get("saat"),
            time.monotonic() + _GRACE_S,
        )
        filters.return_to_present()
    else:
        filters.set_view_time(next_time)
    st.rerun()
