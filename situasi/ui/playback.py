"""The day played back: the moment of the board moves by itself, or to the next serious event."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime, timedelta

import streamlit as st

from situasi.analysis.situation import critical as events
from situasi.analysis.situation.critical import CriticalEvent
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.live.snapshot import SnapshotView
from situasi.ui import filters, session, url_state
from situasi.ui.components import markup
from situasi.ui.session import ViewTime

# Seconds between two steps, and the minutes of the day in each.
TICK = 1.0
SPEEDS = (1, 5, 15, 30)
_DEFAULT = 5
_NAMED = 2

_PLAYING = "_putar"
_OVER = "_putar_selesai"
_DRAWN = "_putar_tergambar"
_SPEED = "laju"
_LEFT = "_putar_ditinggal"
# So long the browser may take to hear that the day is over.
_LATE = 10.0


def controls(at: ViewTime, shown: SnapshotView, kecamatan: Collection[str]) -> str:
    """Play, pause, speed and the steps to serious events of these kecamatan (none: all).

    What is to be said of the moment: that the day is over, or what serious thing became known;
    "" for nothing. A guest has the moment of the link, and nothing to play.
    """
    if url_state.is_bound("saat"):
        return ""
    chosen = tuple(kecamatan)
    # Of the present nobody asks, and all rows would be read anew with each report.
    found = [] if at.live else _serious(shown, chosen)
    here = at.at.replace(second=0, microsecond=0)
    playing = bool(st.session_state.get(_PLAYING))
    with markup.line("putar"):
        st.button(
            _("Jeda") if playing else _("Putar ulang hari"),
            key="putar_jeda",
            type="primary" if playing else "secondary",
            on_click=_toggle,
            args=(at.live,),
        )
        if at.live and not playing:
            # Of a day that nobody has gone back to there is no speed, and nothing that follows.
            st.button(
                _("‹ Serius sebelumnya"),
                key="serius_sebelumnya",
                on_click=_go_to_last,
                args=(chosen,),
            )
        else:
            st.selectbox(
                _("Kecepatan"),
                SPEEDS,
                index=SPEEDS.index(_DEFAULT),
                format_func=_speed,
                key=_SPEED,
                width=150,
                label_visibility="collapsed",
            )
            _step(_("‹ Serius sebelumnya"), "serius_sebelumnya", events.preceding(found, here))
            _step(_("Serius berikutnya ›"), "serius_berikutnya", events.following(found, here))
    if playing:
        st.session_state[_DRAWN] = True
        _beat()
    return markup.plain(_said(found, at))


def stays_over() -> None:
    """Before the slider is drawn: a browser that has not heard of the end leads nobody back."""
    left, until = st.session_state.get(_LEFT, (None, 0.0))
    if left is not None and st.session_state.get("saat") == left and time.monotonic() < until:
        filters.back_to_present()


def stop() -> None:
    """Whoever chooses the moment by hand has stopped it."""
    st.session_state[_PLAYING] = False


def _speed(minutes: int) -> str:
    return _("{n} menit/detik").format(n=minutes)


def _step(title: str, key: str, to: datetime | None) -> None:
    st.button(title, key=key, disabled=to is None, on_click=_go, args=(to,))


def _go_to_last(kecamatan: tuple[str, ...]) -> None:
    shown = session.picture()
    last = events.previous_event_minute(_serious(shown, kecamatan), session.moment(None, shown).at)
    if last is not None:
        _go(last)


def _go(to: datetime) -> None:
    stop()
    st.session_state[_OVER] = False
    filters.choose_moment(to)


def _said(found: list[CriticalEvent], at: ViewTime) -> str:
    """That it is over, or what serious thing became known at this very minute."""
    if st.session_state.get(_OVER) and at.live:
        return _("Putaran selesai: papan kembali langsung.")
    here = [] if at.live else [one for one in found if one.minute == at.at]
    said = [
        _("{what}, {where} ({why})").format(
            what=label("jenis", one.jenis),
            where=board().register.name_of(one.kecamatan),
            why=_why(one.reason),
        )
        for one in here[:_NAMED]
    ]
    if len(here) > _NAMED:
        said.append(_("{n} lagi").format(n=i18n.format_number(len(here) - _NAMED)))
    return "; ".join(said)


def _why(code: str) -> str:
    return _("situasi merah") if code == "merah" else _("tingkat tinggi")


def _serious(shown: SnapshotView, kecamatan: tuple[str, ...]) -> list[CriticalEvent]:
    """The serious events of the day that are known by now."""
    end = board().register.election.day_end
    # What is serious is no question of the clock, so that no minute asks it anew.
    clock = ViewTime(end, live=True, is_exercise=True)
    found = session.compute(events.find_critical_events, shown, clock, kecamatan)
    present = session.moment(None, shown).at
    return [one for one in found if one.minute < present]


def _toggle(live: bool) -> None:
    playing = not st.session_state.get(_PLAYING)
    st.session_state[_PLAYING], st.session_state[_OVER] = playing, False
    if playing and live:
        filters.choose_moment(board().register.election.day_start)


@st.fragment(run_every=TICK)
def _beat() -> None:
    """One step each time that the clock of the browser asks; none while the page is drawn."""
    if st.session_state.pop(_DRAWN, False) or not st.session_state.get(_PLAYING):
        return
    moment = filters.past_moment()
    present = session.moment(None, session.picture()).at
    onward = moment and moment + timedelta(minutes=st.session_state.get(_SPEED) or _DEFAULT)
    if onward is None or onward >= min(present, board().register.election.day_end):
        st.session_state[_PLAYING], st.session_state[_OVER] = False, True
        st.session_state[_LEFT] = (st.session_state.get("saat"), time.monotonic() + _LATE)
        filters.back_to_present()
    else:
        filters.choose_moment(onward)
    st.rerun()
