"""The filters: widgets whose values live in the address, so that a link shows the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import streamlit as st

from situasi import records
from situasi.analysis.incidents import Selection
from situasi.labels import label
from situasi.board import current as board
from situasi.screen.session import Moment
from situasi.words import _

WINDOWS = ("hari", "1j", "3j", "semua")
MEASURES = ("situasi", "terbuka", "tps")


def _window_name(code: str) -> str:
    return {
        "hari": _("hari pemungutan"),
        "1j": _("1 jam terakhir"),
        "3j": _("3 jam terakhir"),
        "semua": _("semua waktu"),
    }[code]


def _measure_name(code: str) -> str:
    return {
        "situasi": _("Situasi"),
        "terbuka": _("Kejadian terbuka"),
        "tps": _("Jumlah TPS"),
    }[code]


def chosen() -> tuple[Selection, str]:
    """Draw the filter line; what was chosen, and the window's code for `within`."""
    register = board().register
    where, what, weight, state, when = st.columns([3, 3, 2.6, 2.4, 1.8], vertical_alignment="bottom")
    kecamatan = where.multiselect(
        _("Kecamatan"),
        list(register.kecamatan),
        format_func=register.name_of,
        placeholder=_("semua kecamatan"),
        key="kec",
        bind="query-params",
    )
    jenis = what.multiselect(
        _("Jenis"),
        [code for code in records.JENIS if code != "nihil"],
        format_func=lambda code: label("jenis", code),
        placeholder=_("semua jenis"),
        key="jenis",
        bind="query-params",
    )
    tingkat = weight.pills(
        _("Tingkat"),
        records.TINGKAT,
        selection_mode="multi",
        format_func=lambda code: label("tingkat", code),
        key="tingkat",
        bind="query-params",
    )
    status = state.multiselect(
        _("Status"),
        [code for code in records.STATUS if code != "nihil"],
        format_func=lambda code: label("status", code),
        placeholder=_("semua status"),
        key="status",
        bind="query-params",
    )
    window = when.selectbox(
        _("Waktu"), WINDOWS, format_func=_window_name, key="rentang", bind="query-params"
    )
    return Selection(tuple(kecamatan), tuple(jenis), tuple(tingkat or ()), tuple(status)), window


def within(wanted: Selection, window: str, at: Moment) -> Selection:
    """The selection with its time window, reckoned from the moment shown."""
    election = board().register.election
    midnight = datetime.combine(election.day, datetime.min.time(), election.zone)
    since, until = {
        "hari": (midnight, midnight + timedelta(days=1)),
        "1j": (at.at - timedelta(hours=1), None),
        "3j": (at.at - timedelta(hours=3), None),
        "semua": (None, None),
    }[window]
    return Selection(
        wanted.kecamatan, wanted.jenis, wanted.tingkat, wanted.status, since=since, until=until
    )


def measure() -> str:
    """By what the map is coloured."""
    code = st.segmented_control(
        _("Warna peta"),
        MEASURES,
        default=MEASURES[0],
        required=True,
        format_func=_measure_name,
        key="ukur",
        bind="query-params",
        label_visibility="collapsed",
    )
    return str(code)


def past_moment() -> datetime | None:
    """The moment chosen on the slider, read before it is drawn; None for the present."""
    end = _naive_day()[1]
    value = st.session_state.get("saat") or _from_address()
    if value is None or value >= end:
        return None
    return value.replace(tzinfo=board().register.election.zone)


def _from_address() -> datetime | None:
    written = st.query_params.get("saat")
    try:
        return datetime.fromisoformat(written).replace(tzinfo=None) if written else None
    except ValueError:
        return None


def time_slider() -> None:
    """The slider under the timeline: its right end is the present."""
    start, end = _naive_day()
    st.slider(
        _("Tampilkan keadaan sebagaimana diketahui pada"),
        min_value=start,
        max_value=end,
        value=end,
        step=timedelta(minutes=1),
        format="HH.mm",
        key="saat",
        bind="query-params",
        label_visibility="collapsed",
    )


def back_to_present() -> None:
    st.session_state["saat"] = _naive_day()[1]


def all_times() -> None:
    st.session_state["rentang"] = "semua"


def _naive_day() -> tuple[datetime, datetime]:
    # Without zone: the browser shows a naive time as written, in the election's own zone.
    election = board().register.election
    return election.day_start.replace(tzinfo=None), election.day_end.replace(tzinfo=None)


def toggle_kecamatan(code: str) -> None:
    """A click on the map: this kecamatan alone, or all again."""
    alone = st.session_state.get("kec") == [code]
    st.session_state["kec"] = [] if alone else [code]
