"""The address of a view: widget values kept in the query string as codes.

Streamlit's own binding writes the words on the widget; codes stay the same in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from situasi.ui import session

_STATE_KEY = "_address"
# So many addresses of a browser that answers late are known again.
_MAX_SENT = 30
# What is looked at closely, of what is shown: that a guest may choose.
_GUEST_SELECTABLE = frozenset({"tps"})


@dataclass
class _UrlState:
    """What is kept of the address for one viewer.

    said: by name, what the browser says of it, and what it was told since. chosen: by name, what
    was last chosen. carried: a page, and what of its address goes along to another.
    """

    sent_to_browser: dict[str, list[list[str]]] = field(default_factory=dict)
    selected: dict[str, list[str]] = field(default_factory=dict)
    page: str = ""
    carried_over: tuple[str, dict[str, list[str]]] | None = None


def load_widget(name: str, allowed: Sequence[str], default: Sequence[str], *, single: bool) -> None:
    """Set the widget of this name before it is drawn.

    From the address when that came or changed from outside; a page left and found again
    has what was last chosen; else the widget keeps what its viewer did. Values that are
    not allowed are passed over. For a guest the link alone says it, whatever the browser does.
    """
    if is_fixed_by_link(name):
        found = [value for value in dict.fromkeys(_get_link_values(name)) if value in allowed]
        select(name, found or default, single=single)
        return
    written = _get_query().get(name, [])
    if not _is_echo(name, written):
        found = [value for value in dict.fromkeys(written) if value in allowed]
        select(name, found or default, single=single)
        _get_state().sent_to_browser[name] = [written]
    elif name not in st.session_state:
        select(name, _get_state().selected.get(name, default), single=single)
    else:
        _preserve_widget(name)


def load_value_widget(name: str, parse: Callable[[str], object], default: object) -> None:
    """The same for a widget of one value that is no word."""
    if is_fixed_by_link(name):
        found = next(map(parse, _get_link_values(name)[-1:]), None)
        st.session_state[name] = default if found is None else found
        return
    written = _get_query().get(name, [])
    if not _is_echo(name, written):
        found = parse(written[-1]) if written else None
        st.session_state[name] = default if found is None else found
        _get_state().sent_to_browser[name] = [written]
    elif name not in st.session_state:  # another page was shown in between
        found = parse(written[-1]) if written else None
        st.session_state[name] = default if found is None else found
    else:
        _preserve_widget(name)


def is_fixed_by_link(name: str = "") -> bool:
    """Whether a shared link says this of what is shown, so that its guest cannot choose it."""
    return session.viewer().link is not None and name not in _GUEST_SELECTABLE


def get_values(name: str) -> list[str]:
    """What the address says under this name; to a guest the link says it."""
    return _get_link_values(name) if is_fixed_by_link(name) else list(_get_query().get(name, []))


def _get_link_values(name: str) -> list[str]:
    link = session.viewer().link
    return link.filter_values(name) if link else []


def set_current_page(name: str) -> None:
    """Which page is drawn in this run."""
    _get_state().page = name


def get_current_page() -> str:
    """The page that is drawn; empty where no menu led to it."""
    return _get_state().page


def get_parameters() -> list[tuple[str, str]]:
    """Names and values of this view, as the address has them."""
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def _preserve_widget(name: str) -> None:
    """Hand the value on to a widget of the same name on another page.

    Right after a page is left its widget still counts as drawn, but the next page's is another
    one for the framework, and would begin empty.
    """
    st.session_state[name] = st.session_state[name]


def save_widget(name: str, values: Sequence[str], default: Sequence[str]) -> None:
    """Write the values of a widget into the address; its default is left out."""
    kept, chosen = _get_state(), list(values)
    kept.selected[name] = chosen
    written = [] if chosen == list(default) else chosen
    if written != _get_query().get(name, []):
        _write(name, written)
    said = kept.sent_to_browser.setdefault(name, [[]])
    if written != said[-1]:
        kept.sent_to_browser[name] = [*said[-_MAX_SENT:], written]


def acknowledge_url() -> None:
    """Hear how far the browser has come with the addresses that it was told."""
    for name in _get_state().sent_to_browser:
        _is_echo(name, _get_query().get(name, []))


def _is_echo(name: str, values: list[str]) -> bool:
    """Whether this is only what the browser was told of this name, or had before it heard of it.

    Who acts twice in quick succession asks the second time with the address of before the first:
    that is no choice of an older value. What is older than this is known no longer, so that the
    way back through the browser's history is a choice.
    """
    said = _get_state().sent_to_browser.setdefault(name, [[]])
    if values not in said:
        return False
    del said[: said.index(values)]
    return True


def _get_state() -> _UrlState:
    kept: _UrlState = session.per_run(
        "address", lambda: st.session_state.setdefault(_STATE_KEY, _UrlState())
    )
    return kept


def _get_query() -> dict[str, list[str]]:
    """The address, by name."""
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
    """Take this part of the address along to another page, to which the menu led without it.

    page: where the browser says to be. To be called before anything reads the address.
    """
    carried = _get_state().carried_over
    if carried is not None and carried[0] != page:
        for name, values in carried[1].items():
            if name not in _get_query():
                _write(name, values)
    set_carry_over(page, names)


def set_carry_over(page: str, names: Sequence[str]) -> None:
    """Know what goes along should another page be opened from here."""
    query = _get_query()
    _get_state().carried_over = (page, {name: query[name] for name in names if name in query})


def get_selected(name: str) -> list[str]:
    """What was last chosen."""
    return list(_get_state().selected.get(name, []))


def select(name: str, values: Sequence[str], *, single: bool = False) -> None:
    """Choose for the viewer (a click on the map, a button): the next run draws it."""
    st.session_state[name] = next(iter(values), None) if single else list(values)
