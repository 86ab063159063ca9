"""The address of a view: widget values kept in the query string as codes.

Streamlit's own binding writes the words on the widget; codes stay the same in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from situasi.screen import session

_PAGE = "_page"
# What is looked at closely, of what is shown: that a guest may choose.
_CLOSER = frozenset({"tps"})


def recall(name: str, allowed: Sequence[str], default: Sequence[str], *, single: bool) -> None:
    """Set the widget of this name before it is drawn.

    From the address when that came or changed from outside; a page left and found again
    has what was last chosen; else the widget keeps what its viewer did. Values that are
    not allowed are passed over. For a guest the link alone says it, whatever the browser does.
    """
    if is_bound(name):
        found = [value for value in dict.fromkeys(_bound(name)) if value in allowed]
        choose(name, found or default, single=single)
        return
    written = st.query_params.get_all(name)
    if written != st.session_state.get(_mark(name), []):
        found = [value for value in dict.fromkeys(written) if value in allowed]
        choose(name, found or default, single=single)
        st.session_state[_mark(name)] = written
    elif name not in st.session_state:
        choose(name, st.session_state.get(_value(name), default), single=single)
    else:
        _keep(name)


def recall_value(name: str, read: Callable[[str], object], default: object) -> None:
    """The same for a widget of one value that is no word."""
    if is_bound(name):
        found = next(map(read, _bound(name)[-1:]), None)
        st.session_state[name] = default if found is None else found
        return
    written = st.query_params.get_all(name)
    if written != st.session_state.get(_mark(name), []):
        found = read(written[-1]) if written else None
        st.session_state[name] = default if found is None else found
        st.session_state[_mark(name)] = written
    elif name not in st.session_state:  # another page was shown in between
        found = read(written[-1]) if written else None
        st.session_state[name] = default if found is None else found
    else:
        _keep(name)


def is_bound(name: str = "") -> bool:
    """Whether a shared link says this of what is shown, so that its guest cannot choose it."""
    return session.viewer().link is not None and name not in _CLOSER


def _bound(name: str) -> list[str]:
    link = session.viewer().link
    return link.values(name) if link else []


def know_page(name: str) -> None:
    """Which page is drawn in this run."""
    st.session_state[_PAGE] = name


def page() -> str:
    """The page that is drawn; empty where no menu led to it."""
    return str(st.session_state.get(_PAGE, ""))


def view() -> list[tuple[str, str]]:
    """Names and values of this view, as the address has them."""
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def _keep(name: str) -> None:
    """Hand the value on to a widget of the same name on another page.

    Right after a page is left its widget still counts as drawn, but the next page's is another
    one for the framework, and would begin empty.
    """
    st.session_state[name] = st.session_state[name]


def remember(name: str, values: Sequence[str], default: Sequence[str]) -> None:
    """Write the values of a widget into the address; its default is left out."""
    chosen = list(values)
    st.session_state[_value(name)] = chosen
    written = [] if chosen == list(default) else chosen
    if written != st.query_params.get_all(name):
        if written:
            st.query_params[name] = written
        else:
            st.query_params.pop(name, None)
    st.session_state[_mark(name)] = written


def carried(names: Sequence[str]) -> dict[str, list[str]]:
    """The part of the address that goes along from page to page."""
    return {name: values for name in names if (values := st.query_params.get_all(name))}


def current(name: str) -> list[str]:
    """What was last chosen."""
    return list(st.session_state.get(_value(name), []))


def choose(name: str, values: Sequence[str], *, single: bool = False) -> None:
    """Choose for the viewer (a click on the map, a button): the next run draws it."""
    st.session_state[name] = next(iter(values), None) if single else list(values)


def _mark(name: str) -> str:
    return f"_address_{name}"


def _value(name: str) -> str:
    return f"_value_{name}"
