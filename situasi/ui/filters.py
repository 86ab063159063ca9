"""The filters: widgets whose values live in the address, so that a link shows the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from situasi.access.roles import SCREENS
from situasi.analysis import view_time as moments
from situasi.analysis.incidents.cases import Selection
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.domain.labels import label
from situasi.presentation import map_measures, view_text
from situasi.ui import session, tenant, url_state
from situasi.ui.session import ViewTime

# What goes along from page to page.
CARRIED = ("kec", "saat", "sejak", "lang")


def chosen(line: DeltaGenerator) -> tuple[Selection, str]:
    """Draw the filters in a line; what was chosen, and the window's code for `within`."""
    wanted = Selection(
        kecamatan=tuple(kecamatan(line)),
        jenis=tuple(jenis(line)),
        tingkat=tuple(tingkat(line)),
        status=tuple(status(line)),
    )
    return wanted, window(line)


def jenis(place: DeltaGenerator) -> list[str]:
    """The kinds of incident to show; none means all."""
    return _several(
        place, "jenis", _("Jenis"), _("semua jenis"), _without_nihil(feed_schemas.JENIS),
        lambda code: label("jenis", code),
    )  # fmt: skip


def status(place: DeltaGenerator) -> list[str]:
    """The states of incidents to show; none means all."""
    return _several(
        place, "status", _("Status"), _("semua status"), _without_nihil(feed_schemas.STATUS),
        lambda code: label("status", code),
    )  # fmt: skip


def window(place: DeltaGenerator) -> str:
    """The code of the time window, for `within`."""
    return _one(place.selectbox, "rentang", _("Waktu"), moments.WINDOWS, view_text.window_name)


def kecamatan(place: DeltaGenerator) -> list[str]:
    """The kecamatan to show; none means all."""
    register = session.register()
    return _several(
        place, "kec", _("Kecamatan"), _("semua kecamatan"), list(register.kecamatan),
        register.name_of,
    )  # fmt: skip


def several(
    place: DeltaGenerator,
    name: str,
    title: str,
    placeholder: str,
    codes: list[str],
    words: Callable[[str], str],
) -> list[str]:
    """A filter of one page that may hold several codes; kept in the address under `name`."""
    return _several(place, name, title, placeholder, codes, words)


def one(
    widget: Callable[..., Any],
    name: str,
    title: str,
    codes: Sequence[str],
    words: Callable[[str], str],
    **options: Any,
) -> str:
    """A choice of exactly one code, the first by default; kept in the address under `name`."""
    return _one(widget, name, title, codes, words, **options)


def in_words() -> str:
    """What is filtered on this page, for a file that leaves the board."""
    said = [
        _(title) + ": " + ", ".join(view_text.word(board().register, name, one) for one in values)
        for name, title in view_text.SPOKEN.items()
        # Only filters that this page has drawn choose its rows.
        if name in st.session_state and (values := url_state.current(name))
    ]
    return "; ".join(said) or _("tanpa saringan")


def in_codes() -> dict[str, list[str]]:
    """The same as codes of the address, with the moment where it is past, for the trail."""
    chosen = {
        name: values
        for name in view_text.SPOKEN
        if name in st.session_state and (values := url_state.current(name))
    }
    past = past_moment() if "saat" in st.session_state else None
    return chosen if past is None else {**chosen, "saat": [f"{past:%Y-%m-%dT%H:%M}"]}


def _without_nihil(codes: Sequence[str]) -> list[str]:
    return [code for code in codes if code != "nihil"]


def _several(
    place: DeltaGenerator,
    name: str,
    title: str,
    placeholder: str,
    codes: list[str],
    words: Callable[[str], str],
) -> list[str]:
    url_state.recall(name, codes, (), single=False)
    values = place.multiselect(
        title,
        codes,
        format_func=words,
        placeholder=placeholder,
        key=name,
        disabled=url_state.is_bound(name),
        label_visibility="collapsed",
    )
    url_state.remember(name, values, ())
    return list(values)


def tingkat(place: DeltaGenerator) -> list[str]:
    """The weights to show; none means all."""
    url_state.recall("tingkat", feed_schemas.TINGKAT, (), single=False)
    values = place.pills(
        _("Tingkat"),
        feed_schemas.TINGKAT,
        selection_mode="multi",
        format_func=lambda code: label("tingkat", code),
        key="tingkat",
        disabled=url_state.is_bound("tingkat"),
        label_visibility="collapsed",
    )
    url_state.remember("tingkat", values, ())
    return list(values)


def _one(
    widget: Callable[..., Any],
    name: str,
    title: str,
    codes: Sequence[str],
    words: Callable[[str], str],
    **options: Any,
) -> str:
    default = codes[:1]
    url_state.recall(name, codes, default, single=True)
    value = widget(
        title,
        codes,
        format_func=words,
        key=name,
        label_visibility="collapsed",
        disabled=url_state.is_bound(name),
        **options,
    )
    url_state.remember(name, [value], default)
    return str(value)


def within(wanted: Selection, window: str, at: ViewTime) -> Selection:
    """The selection with its time window, reckoned from the moment shown."""
    return moments.apply_window(wanted, window, moments.cache_minute(at), board().register.election)


def measure() -> str:
    """By what the map is coloured."""
    role = session.viewer().role
    seen = [name for name in map_measures.NAMES if name not in SCREENS or role.may_see(name)]
    return _one(st.selectbox, "ukur", _("Warna peta"), seen, map_measures.name_of, width=190)


def recall_moment() -> None:
    """Know the moment that the address or the slider says, before anything is drawn."""
    url_state.recall_value("saat", _written_moment, _naive_day()[1])


def past_moment() -> datetime | None:
    """The moment chosen on the slider, after `recall_moment`; None for the present."""
    start, end = _naive_day()
    chosen = st.session_state["saat"]
    if not start <= chosen < end:
        return None
    return datetime.combine(chosen.date(), chosen.time(), tenant.desk().zone)


def _written_moment(text: str) -> datetime | None:
    start, end = _naive_day()
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return moment if start <= moment <= end else None


def time_slider() -> None:
    """The slider under the timeline: its right end is the present."""
    start, end = _naive_day()
    chosen = st.slider(
        _("Tampilkan keadaan sebagaimana diketahui pada"),
        min_value=start,
        max_value=end,
        step=timedelta(minutes=1),
        format="HH.mm",
        key="saat",
        disabled=url_state.is_bound("saat"),
        label_visibility="collapsed",
    )
    url_state.remember("saat", [f"{chosen:%Y-%m-%dT%H:%M}"], [f"{end:%Y-%m-%dT%H:%M}"])


def choose_moment(at: datetime) -> None:
    """Show this moment of the day."""
    local = at.astimezone(tenant.desk().zone)
    st.session_state["saat"] = local.replace(tzinfo=None, second=0, microsecond=0)


def back_to_present() -> None:
    st.session_state["saat"] = _naive_day()[1]


def all_times() -> None:
    url_state.choose("rentang", ["semua"], single=True)


def _naive_day() -> tuple[datetime, datetime]:
    # Without zone: the browser shows a naive time as written, in the election's own zone.
    desk = tenant.desk()
    return desk.day_start.replace(tzinfo=None), desk.day_end.replace(tzinfo=None)


def only_kecamatan(code: str) -> None:
    """Show this kecamatan alone."""
    url_state.choose("kec", [code])


def toggle_kecamatan(code: str) -> None:
    """A click on the map: this kecamatan alone, or all again."""
    url_state.choose("kec", [] if url_state.current("kec") == [code] else [code])
