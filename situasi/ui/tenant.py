"""The tenant of a page: a command above, or the kabupaten that is viewed.

The URL names it (`?wilayah=16.10`), and the session is bound to it: everything that a browser tab
draws, its callbacks and its fragments too, which run without pages/app.py, belongs to that one
kabupaten. A URL with another one starts a new session, so that no state of the first is left.
Without the parameter there is the page of the command, and no board.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from situasi import board
from situasi.access import roles
from situasi.access.audit_log import AuditLog
from situasi.access.roles import Viewer
from situasi.board import Board, NoBoardSelected
from situasi.domain.election import Election
from situasi.domain.higher_command import MABES, HigherCommand
from situasi.higher_command import app
from situasi.higher_command.app import BoardUnavailable, HigherCommandApp

URL_PARAMETER = "wilayah"
# Paths of the page of the command.
HOME_PATHS = ("", URL_PARAMETER)
_TENANT_KEY = "_wilayah"
# Parameters carried from the command to a kabupaten and back.
_CARRIED_PARAMETERS = ("saat", "lang")


@dataclass(frozen=True)
class TenantInfo:
    """Name and clock of a page: of a Polres, or of a command above it.

    place: the area of the board. day_start, day_end: the day that is watched.
    """

    name: str
    operation: str
    place: str
    zone: ZoneInfo
    zone_label: str
    day_start: datetime
    day_end: datetime


def bind_session(page: str) -> None:
    """Bind the session to the tenant in the URL; page: the page that the browser reports."""
    if app.current_higher_command() is None:
        return
    url_values = st.query_params.get_all(URL_PARAMETER)[-1:]
    bound = st.session_state.get(_TENANT_KEY)
    code = url_values[0] if url_values else "" if page in HOME_PATHS else bound or ""
    if bound is not None and code != bound:
        st.session_state.clear()
    st.session_state[_TENANT_KEY] = code
    if code and not url_values:  # the menu opens another page without the parameter
        st.query_params[URL_PARAMETER] = code


def get_code() -> str:
    """Return the kabupaten or province of this session; empty: the whole command."""
    if app.current_higher_command() is None or get_script_run_ctx() is None:
        return ""
    return str(st.session_state.get(_TENANT_KEY) or "")


def get_province() -> str:
    """Return the province that the national page shows; empty: the whole command."""
    command_app = get_higher_command_app()
    return (
        get_code()
        if get_code() in command_app.command.subdivisions and command_app.command.level == MABES
        else ""
    )


def is_higher_command() -> bool:
    """Return whether this is the page of a command above."""
    command_app = app.current_higher_command()
    return command_app is not None and (not get_code() or bool(get_province()))


def check_access(account: Viewer) -> str:
    """Return why this kabupaten cannot be viewed, or ""; opens its board if possible."""
    code = get_code()
    if not roles.may_open_higher_command(account):
        return "Papan ini tidak dibuka untuk Anda."
    if not app.is_within(account.area, code):
        return f"{code} bukan wilayah Anda."
    try:
        get_higher_command_app().board_pool.get(code)
    except BoardUnavailable as error:
        return str(error)
    return ""


def get_board(account: Viewer | None) -> Board:
    """Return the board of this run. Raises NoBoardSelected and BoardUnavailable.

    account: the signed-in account, as the middleware reports it.
    """
    command_app, code = app.current_higher_command(), get_code()
    if command_app is None or is_higher_command() or restrict_viewer(account) is None:
        raise NoBoardSelected("nobody said of which kabupaten this is")
    return command_app.board_pool.get(code)


def restrict_viewer(account: Viewer | None) -> Viewer | None:
    """Return the account with its rights on this page; None if it has none."""
    if app.current_higher_command() is None or account is None:
        return account
    if not roles.may_open_higher_command(account):
        return None
    if is_higher_command():
        return replace(account, role=replace(account.role, permissions=frozenset()))
    if not app.is_within(account.area, get_code()):
        return None
    return replace(account, role=roles.read_only_role(account.role), area=())


def get_audit_log() -> AuditLog:
    """Return the audit log for this viewer's actions."""
    return get_command_audit_log() if is_higher_command() else board.current_board().audit_log


def get_command_audit_log() -> AuditLog:
    """Return the audit log of the command above."""
    return get_higher_command_app().audit_log


def get_info() -> TenantInfo:
    """Return the name and clock of this tenant."""
    own: Election | HigherCommand
    if is_higher_command():
        own = get_higher_command_app().command
        name = place = own.name
    else:
        own = board.current_board().register.election
        name, place = own.command, own.kabupaten
    return TenantInfo(
        name, own.operation, place, own.zone, own.zone_label, own.day_start, own.day_end
    )


def name_of(code: str) -> str:
    """Return the name of an account's area: kecamatan, or kabupaten of a command above."""
    command_app = app.current_higher_command()
    area = board.current_board().register if command_app is None else command_app.command
    return area.name_of(code)


def url_of(area_code: str) -> str:
    """Return the URL of a kabupaten, of a province, or of the command ("")."""
    above = get_higher_command_app()
    member = {m.code: m for m in above.command.members}.get(area_code)
    pairs = [(name, value) for name in _CARRIED_PARAMETERS
             for value in st.query_params.get_all(name)
             if name != "saat" or member is None or member.zone == above.command.zone]  # fmt: skip
    query = urlencode([*([(URL_PARAMETER, area_code)] if area_code else []), *pairs])
    return ("/situasi" if member else "/") + (f"?{query}" if query else "")


def parent_link() -> tuple[str, str] | None:
    """Return the name and URL of the level above this page; None if there is none."""
    command_app = app.current_higher_command()
    if command_app is None or not get_code():
        return None
    province = get_code()[:2]
    if (
        command_app.command.level == MABES
        and not get_province()
        and province in command_app.command.subdivisions
    ):
        return command_app.command.subdivisions[province], url_of(province)
    return command_app.command.name, url_of("")


def get_higher_command_app() -> HigherCommandApp:
    """Return the command above; only for its own pages."""
    command_app = app.current_higher_command()
    assert command_app is not None, "only a command above has pages of its own"
    return command_app
