"""Ways to a case: from a report in a list, a row of a table, or a mark on the map."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from situasi.domain.labels import label
from situasi.ui import filters, page_context, tenant, url_state

PAGE, PARAMETER = "kejadian", "kasus"
_REQUEST_KEY = "_requested_case"


def may_open() -> bool:
    """Return whether the viewer may open the page of cases, and it is one of this board."""
    return not tenant.is_higher_command() and page_context.get_current().viewer.may_open(PAGE)


def build_url_prefix() -> str:
    """Return the address of a case up to its key; "" where the viewer may not open it."""
    if not may_open():
        return ""
    return f"{PAGE}?" + urlencode([*_carried_parameters().items(), (PARAMETER, "")], doseq=True)


def request(case: str) -> None:
    """Open a case (a callback): the next run goes there, with `follow_request`."""
    st.session_state[_REQUEST_KEY] = case


def request_selected_row(key: str, row_cases: Sequence[str]) -> None:
    """Open the case of the selected row of this table (a callback)."""
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < len(row_cases):
        request(row_cases[rows[0]])


def follow_request() -> None:
    """Go to the case that was requested, if one was; call this before a page is drawn."""
    case = st.session_state.pop(_REQUEST_KEY, None)
    if case is None or not may_open():
        return
    if url_state.get_current_page() == PAGE:
        st.query_params[PARAMETER] = case
        return
    page = st.Page(lambda: None, title=label("screen", PAGE), url_path=PAGE)
    st.switch_page(page, query_params={**_carried_parameters(), PARAMETER: case})


def _carried_parameters() -> dict[str, list[str]]:
    """Return what a page opened from this one keeps, as the menu would."""
    names = (*filters.CARRIED_PARAMETERS, tenant.URL_PARAMETER)
    return {name: st.query_params.get_all(name) for name in names if name in st.query_params}
