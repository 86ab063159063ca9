"""Filter widgets whose values are kept in the URL, so that a link shows the same view."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from situasi.access.roles import SCREENS, Role
from situasi.analysis import view_time as moments
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.domain.labels import format_jenis_choice, label
from situasi.domain.register import Register
from situasi.presentation import map_measures, view_text
from situasi.ui import tenant, url_state

# Parameters that are carried over from page to page.
CARRIED_PARAMETERS = ("kec", "saat", "sejak", "lang")
# The time that the URL named, where it is none of the watched day.
_UNREAD_TIME_KEY = "_saat_diminta"


def render_filters(container: DeltaGenerator, register: Register) -> tuple[Selection, str]:
    """Draw the filters in a line; return the selection and the code of the time window."""
    selection = Selection(
        kecamatan=tuple(render_kecamatan_filter(container, register)),
        jenis=tuple(render_jenis_filter(container)),
        tingkat=tuple(render_tingkat_filter(container)),
        status=tuple(render_status_filter(container)),
    )
    return selection, render_window_filter(container)


def render_jenis_filter(container: DeltaGenerator) -> list[str]:
    """Draw the filter of incident kinds; none means all."""
    return render_multi_filter(
        get_multiselect(container), "jenis", _("Jenis"), _without_nihil(feed_schemas.JENIS),
        format_jenis_choice, placeholder=_("semua jenis"),
    )  # fmt: skip


def render_tingkat_filter(container: DeltaGenerator) -> list[str]:
    """Draw the filter of tingkat; none means all."""
    return render_multi_filter(
        container.pills, "tingkat", _("Tingkat"), feed_schemas.TINGKAT, partial(label, "tingkat"),
        selection_mode="multi",
    )  # fmt: skip


def render_status_filter(container: DeltaGenerator) -> list[str]:
    """Draw the filter of incident states; none means all."""
    return render_multi_filter(
        get_multiselect(container), "status", _("Status"), _without_nihil(feed_schemas.STATUS),
        partial(label, "status"), placeholder=_("semua status"),
    )  # fmt: skip


def render_window_filter(container: DeltaGenerator) -> str:
    """Draw the filter of time windows; return the code, for `apply_window`."""
    return render_single_filter(
        container.selectbox, "rentang", _("Waktu"), moments.WINDOWS, view_text.format_window
    )


def render_kecamatan_filter(container: DeltaGenerator, register: Register) -> list[str]:
    """Draw the filter of the kecamatan in this register; none means all."""
    return render_multi_filter(
        get_multiselect(container), "kec", _("Kecamatan"), list(register.kecamatan),
        register.name_of, placeholder=_("semua kecamatan"),
    )  # fmt: skip


def render_multi_filter(
    widget: Callable[..., Any],
    name: str,
    title: str,
    codes: Sequence[str],
    format_code: Callable[[str], str],
    **options: Any,
) -> list[str]:
    """Draw a choice of several codes, kept in the URL under `name`; options: of the widget."""
    url_state.load_widget(name, codes, (), single=False)
    values = _draw_choice(widget, name, title, codes, format_code, **options)
    url_state.save_widget(name, values, ())
    return list(values)


def get_multiselect(container: DeltaGenerator) -> Callable[..., Any]:
    """Return the widget for `render_multi_filter`: what is typed and Enter chooses one value."""
    return partial(container.multiselect, select_all=False, filter_mode="contains")


def render_single_filter(
    widget: Callable[..., Any],
    name: str,
    title: str,
    codes: Sequence[str],
    format_code: Callable[[str], str],
    **options: Any,
) -> str:
    """Draw a choice of exactly one code, the first by default, kept under `name`."""
    default = codes[:1]
    url_state.load_widget(name, codes, default, single=True)
    value = _draw_choice(widget, name, title, codes, format_code, **options)
    url_state.save_widget(name, [value], default)
    return str(value)


def _draw_choice(
    widget: Callable[..., Any],
    name: str,
    title: str,
    codes: Sequence[str],
    format_code: Callable[[str], str],
    **options: Any,
) -> Any:
    """Draw a widget without its title; a guest cannot change what the link sets."""
    return widget(
        title, codes, format_func=format_code, key=name, label_visibility="collapsed",
        disabled=url_state.is_fixed_by_link(name), **options,
    )  # fmt: skip


def format_active_filters(leave_out: Collection[str] = (), besides: Sequence[str] = ()) -> str:
    """Return the active filters of this page in words, for a downloaded file.

    besides: what else selects its rows, in words.
    """
    texts = [
        _(title)
        + ": "
        + ", ".join(view_text.format_filter_value(board().register, name, code) for code in values)
        for name, title in view_text.FILTER_NAMES.items()
        # Only filters that this page has drawn select its rows.
        if name in st.session_state and name not in leave_out
        if (values := url_state.get_selected(name))
    ]
    return "; ".join([*besides, *texts]) or _("tanpa saringan")


def get_active_codes() -> dict[str, list[str]]:
    """Return the active filters as URL codes, with a past time, for the audit log."""
    codes = {
        name: values
        for name in view_text.FILTER_NAMES
        if name in st.session_state and (values := url_state.get_selected(name))
    }
    past_time = get_past_time() if "saat" in st.session_state else None
    return codes if past_time is None else {**codes, "saat": [f"{past_time:%Y-%m-%dT%H:%M}"]}


def _without_nihil(codes: Sequence[str]) -> list[str]:
    return [code for code in codes if code != "nihil"]


def apply_window(selection: Selection, window: str, view_time: ViewTime) -> Selection:
    """Return the selection limited to a time window that ends at the time shown."""
    return moments.apply_window(
        selection, window, moments.cache_minute(view_time), board().register.election
    )


def render_measure_filter(role: Role) -> str:
    """Draw the choice of the measure that colours the map, of those that the role may see."""
    codes = [
        name for name in map_measures.MEASURE_CODES if name not in SCREENS or role.may_see(name)
    ]
    return render_single_filter(
        st.selectbox, "ukur", _("Warna peta"), codes, map_measures.format_name, width=190
    )


def load_view_time() -> None:
    """Load the time from the URL or the slider, before anything is drawn."""
    url_state.load_value_widget("saat", _parse_time, _naive_day_bounds()[1])
    if get_past_time() is not None:
        st.session_state.pop(_UNREAD_TIME_KEY, None)


def describe_unshown_time(view_time: ViewTime) -> str:
    """Return why the time in the URL is not the one shown, "" if it is."""
    info, past_time = tenant.get_info(), get_past_time()
    unread = str(st.session_state.get(_UNREAD_TIME_KEY, ""))
    text = unread if past_time is None else past_time.isoformat()
    return view_text.format_unshown_time(text, view_time, (info.day_start, info.day_end))


def get_past_time() -> datetime | None:
    """Return the time set on the slider; None for the present. Call `load_view_time` first."""
    start, end = _naive_day_bounds()
    local = st.session_state["saat"]
    if not start <= local < end:
        return None
    return datetime.combine(local.date(), local.time(), tenant.get_info().zone)


def _parse_time(text: str) -> datetime | None:
    """Return the time of the watched day in this text; if none, keep the text to explain it."""
    start, end = _naive_day_bounds()
    st.session_state[_UNREAD_TIME_KEY] = text
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    if not start <= moment <= end:
        return None
    st.session_state[_UNREAD_TIME_KEY] = ""
    return moment


def render_time_slider() -> None:
    """Draw the time slider; its right end is the present."""
    start, end = _naive_day_bounds()
    # Hours from 1 to 24: the midnight that ends the day is 24.00, not the hour before its first.
    hours = "kk" if start.hour and end.time() == time.min else "HH"
    local = st.slider(
        _("Tampilkan keadaan sebagaimana diketahui pada"),
        min_value=start,
        max_value=end,
        step=timedelta(minutes=1),
        format=f"{hours}.mm" if i18n.current_language() == "id" else f"{hours}:mm",
        key="saat",
        disabled=url_state.is_fixed_by_link("saat"),
        label_visibility="collapsed",
    )
    url_state.save_widget("saat", [f"{local:%Y-%m-%dT%H:%M}"], [f"{end:%Y-%m-%dT%H:%M}"])


def set_view_time(at: datetime) -> None:
    """Show this time of the day."""
    local = at.astimezone(tenant.get_info().zone)
    st.session_state["saat"] = local.replace(tzinfo=None, second=0, microsecond=0)


def return_to_present() -> None:
    """Show the present."""
    st.session_state.pop(_UNREAD_TIME_KEY, None)
    st.session_state["saat"] = _naive_day_bounds()[1]


def render_outside_window_button(count: int) -> None:
    """Draw how many rows only the time window excludes, as a button that shows them; 0: nothing."""
    if count:
        st.button(
            format_counts(_("{n} di luar rentang waktu · tampilkan"), n=count),
            on_click=_on_show_all_times,
            type="tertiary",
        )


def _on_show_all_times() -> None:
    url_state.select("rentang", ["semua"], single=True)


def _naive_day_bounds() -> tuple[datetime, datetime]:
    # Without zone: the browser shows a naive time as it is, in the election's zone.
    info = tenant.get_info()
    return info.day_start.replace(tzinfo=None), info.day_end.replace(tzinfo=None)


def select_kecamatan(code: str) -> None:
    """Show this kecamatan alone."""
    url_state.select("kec", [code])


def toggle_kecamatan(code: str) -> None:
    """Show this kecamatan alone, or all if it was already selected."""
    url_state.select("kec", [] if url_state.get_selected("kec") == [code] else [code])
