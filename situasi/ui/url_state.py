"""The URL of a view: widget values kept in the query string as codes.

Streamlit would write the words of the widget; codes are the same in every language.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from situasi.ui import session

_STATE_KEY = "_address"
# Number of query values sent to a slow browser that are still recognized.
_MAX_SENT = 30
# Parameters of a detail, which a guest may select.
_GUEST_SELECTABLE = frozenset({"tps"})


@dataclass
class _UrlState:
    """The URL state of one viewer.

    sent_to_browser: by name, the value in the browser, and the values sent to it since. selected:
    by name, the last selection. carried_over: a page, and the parameters to carry to another.
    """

    sent_to_browser: dict[str, list[list[str]]] = field(default_factory=dict)
    selected: dict[str, list[str]] = field(default_factory=dict)
    page: str = ""
    carried_over: tuple[str, dict[str, list[str]]] | None = None


def load_widget(name: str, allowed: Sequence[str], default: Sequence[str], *, single: bool) -> None:
    """Set the widget of this name before it is drawn.

    The value comes from the URL if that is new or was changed from outside; after a return to the
    page, from the last selection; otherwise the widget keeps its value. Values that are not allowed
    are ignored. For a guest only the link counts, whatever the browser sends.
    """

    def choose(texts: list[str]) -> object:
        values = [text for text in dict.fromkeys(texts) if text in allowed]
        return _to_widget_value(values or default, single=single)

    def restore() -> object:
        return _to_widget_value(_get_state().selected.get(name, default), single=single)

    _load(name, choose, restore)


def load_value_widget(name: str, parse: Callable[[str], object], default: object) -> None:
    """Do the same for a widget with one parsed value. parse: of "" where the URL has none."""

    def choose(texts: list[str]) -> object:
        value = parse(texts[-1] if texts else "")
        return default if value is None else value

    _load(name, choose, lambda: choose(_get_query().get(name, [])))


def _load(name: str, choose: Callable[[list[str]], object], restore: Callable[[], object]) -> None:
    """Set a widget; restore: returns its value after another page was shown in between."""
    url_values = _get_query().get(name, [])
    if is_fixed_by_link(name):
        st.session_state[name] = choose(_get_link_values(name))
    elif not _is_echo(name, url_values):
        st.session_state[name] = choose(url_values)
        _get_state().sent_to_browser[name] = [url_values]
    elif name not in st.session_state:
        st.session_state[name] = restore()
    else:
        _preserve_widget(name)


def _to_widget_value(values: Sequence[str], *, single: bool) -> str | list[str] | None:
    return next(iter(values), None) if single else list(values)


def is_fixed_by_link(name: str = "") -> bool:
    """Return whether a shared link sets this parameter, so that a guest cannot change it."""
    return session.viewer().link is not None and name not in _GUEST_SELECTABLE


def get_values(name: str) -> list[str]:
    """Return the values of this name in the URL; for a guest those of the link."""
    return _get_link_values(name) if is_fixed_by_link(name) else list(_get_query().get(name, []))


def _get_link_values(name: str) -> list[str]:
    link = session.viewer().link
    return link.filter_values(name) if link else []


def set_current_page(name: str) -> None:
    """Set the page that is drawn in this run."""
    _get_state().page = name


def get_current_page() -> str:
    """Return the page that is drawn; empty if it was not opened by the menu."""
    return _get_state().page


def get_parameters() -> list[tuple[str, str]]:
    """Return names and values of this view, as in the URL."""
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def _preserve_widget(name: str) -> None:
    """Keep the value for a widget of the same name on another page.

    Right after a page is left its widget still counts as drawn, but to Streamlit the widget of the
    next page is a different one, which would start empty.
    """
    st.session_state[name] = st.session_state[name]


def save_widget(name: str, values: Sequence[str], default: Sequence[str]) -> None:
    """Write the values of a widget into the URL; the default is omitted."""
    state, selected = _get_state(), list(values)
    state.selected[name] = selected
    url_values = [] if selected == list(default) else selected
    if url_values != _get_query().get(name, []):
        _write(name, url_values)
    sent = state.sent_to_browser.setdefault(name, [[]])
    if url_values != sent[-1]:
        state.sent_to_browser[name] = [*sent[-_MAX_SENT:], url_values]


def acknowledge_url() -> None:
    """Update which of the sent URLs the browser has reached."""
    for name in _get_state().sent_to_browser:
        _is_echo(name, _get_query().get(name, []))


def is_unread(name: str) -> bool:
    """Return whether the browser's URL has a value that was neither loaded from it nor sent to it.

    That value is not what the page shows: it must be drawn again, which loads it.
    """
    sent = _get_state().sent_to_browser.get(name)
    return (
        sent is not None and not is_fixed_by_link(name) and _get_query().get(name, []) not in sent
    )


def _is_echo(name: str, values: list[str]) -> bool:
    """Return whether the browser only repeats a value that was sent to it, or its value before.

    Two quick actions send the second request with the URL of before the first: that does not select
    an older value. Values older than that are forgotten, so that going back in the browser's
    history does select.
    """
    sent = _get_state().sent_to_browser.setdefault(name, [[]])
    if values not in sent:
        return False
    del sent[: sent.index(values)]
    return True


def _get_state() -> _UrlState:
    state: _UrlState = session.per_run(
        "address", lambda: st.session_state.setdefault(_STATE_KEY, _UrlState())
    )
    return state


def _get_query() -> dict[str, list[str]]:
    """Return the query parameters, by name."""
    return session.per_run(
        "query", lambda: {name: st.query_params.get_all(name) for name in st.query_params}
    )


def _write(name: str, values: list[str]) -> None:
    query = _get_query()
    if values:
        st.query_params[name] = query[name] = values
    else:
        st.query_params.pop(name, None)
        query.pop(name, None)


def carry_over(page: str, names: Sequence[str]) -> None:
    """Copy these parameters to another page that the menu opened without them.

    page: the page that the browser reports. Call this before anything reads the URL.
    """
    carried_over = _get_state().carried_over
    if carried_over is not None and carried_over[0] != page:
        for name, values in carried_over[1].items():
            if name not in _get_query():
                _write(name, values)
    set_carry_over(page, names)


def set_carry_over(page: str, names: Sequence[str]) -> None:
    """Store the parameters to carry over if another page is opened from this one."""
    query = _get_query()
    _get_state().carried_over = (page, {name: query[name] for name in names if name in query})


def get_selected(name: str) -> list[str]:
    """Return the last selection."""
    return list(_get_state().selected.get(name, []))


def select(name: str, values: Sequence[str], *, single: bool = False) -> None:
    """Select values for the viewer (click on the map, button); the next run draws them."""
    st.session_state[name] = _to_widget_value(values, single=single)
