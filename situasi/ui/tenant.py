"""Whose page this is: that of a command above, or that of the kabupaten at which somebody looks.

The address says it (`?wilayah=16.10`), and the session is bound to what it says: everything that a
browser tab draws, its callbacks and its fragments too, which run without the frame, is of that one
kabupaten. An address that says another begins the session anew, so that nothing of the one is left
when the other is drawn. Who says nothing gets the page of the command, and no board.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from situasi import board as house
from situasi.access import roles
from situasi.access.audit_log import AuditLog
from situasi.access.roles import Viewer
from situasi.board import Board, NoBoardSelected
from situasi.domain.higher_command import MABES
from situasi.higher_command import app
from situasi.higher_command.app import BoardUnavailable, HigherCommandApp

URL_PARAMETER = "wilayah"
# Addresses of the page of the command.
HOME_PATHS = ("", URL_PARAMETER)
_TENANT_KEY = "_wilayah"
# What of an address goes along from the command to a kabupaten and back.
_CARRIED_PARAMETERS = ("saat", "lang")


@dataclass(frozen=True)
class TenantInfo:
    """By whose name and clock a page speaks: a Polres, or a command above it.

    place: what it is the board of. day_start, day_end: the day that is watched.
    """

    name: str
    operation: str
    place: str
    zone: ZoneInfo
    zone_label: str
    day_start: datetime
    day_end: datetime


def bind_session(page: str) -> None:
    """Bind the session to what the address says. page: where the browser says to be."""
    if app.current_higher_command() is None:
        return
    said = st.query_params.get_all(URL_PARAMETER)[-1:]
    bound = st.session_state.get(_TENANT_KEY)
    wanted = said[0] if said else "" if page in HOME_PATHS else bound or ""
    if bound is not None and wanted != bound:
        st.session_state.clear()
    st.session_state[_TENANT_KEY] = wanted
    if wanted and not said:  # the menu leads to another page without it
        st.query_params[URL_PARAMETER] = wanted


def get_code() -> str:
    """Of which kabupaten (or province) this session is; empty: of the whole of the command."""
    if app.current_higher_command() is None or get_script_run_ctx() is None:
        return ""
    return str(st.session_state.get(_TENANT_KEY) or "")


def get_province() -> str:
    """The province whose kabupaten the page of the nation shows; empty: all of the command."""
    there = _get_higher_command_app()
    return (
        get_code()
        if get_code() in there.command.subdivisions and there.command.level == MABES
        else ""
    )


def is_higher_command() -> bool:
    """Whether this is the page of a command above."""
    there = app.current_higher_command()
    return there is not None and (not get_code() or bool(get_province()))


def check_access(account: Viewer) -> str:
    """Why this kabupaten cannot be looked at, or nothing. Opens its board where it can be."""
    asked = get_code()
    if not roles.may_open_higher_command(account):
        return "Papan ini tidak dibuka untuk Anda."
    if not app.is_within(account.area, asked):
        return f"{asked} bukan wilayah Anda."
    try:
        _get_higher_command_app().board_pool.get(asked)
    except BoardUnavailable as error:
        return str(error)
    return ""


def get_board(account: Viewer | None) -> Board:
    """The board that this run is about. Raises NotChosen and Unopened.

    account: who looks, as the gate says it.
    """
    there, asked = app.current_higher_command(), get_code()
    if there is None or is_higher_command() or restrict_viewer(account) is None:
        raise NoBoardSelected("nobody said of which kabupaten this is")
    return there.board_pool.get(asked)


def restrict_viewer(account: Viewer | None) -> Viewer | None:
    """Who looks, with what they may see and do here; None: nothing."""
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
    """Where it is told what this viewer did."""
    return get_command_audit_log() if is_higher_command() else house.current_board().audit_log


def get_command_audit_log() -> AuditLog:
    """The same of a command above."""
    return _get_higher_command_app().audit_log


def get_info() -> TenantInfo:
    """Of whoever's page this is."""
    if not is_higher_command():
        own = house.current_board().register.election
        return TenantInfo(
            own.command, own.operation, own.kabupaten, own.zone, own.zone_label, own.day_start,
            own.day_end,
        )  # fmt: skip
    command = _get_higher_command_app().command
    return TenantInfo(
        command.name, command.operation, command.name, command.zone, command.zone_label,
        command.day_start(), command.day_end(),
    )  # fmt: skip


def name_of(code: str) -> str:
    """What the area of an account is called: a kecamatan, or a kabupaten of a command above."""
    there = app.current_higher_command()
    if there is None:
        return house.current_board().register.name_of(code)
    names = {**there.command.subdivisions, **{one.code: one.name for one in there.command.members}}
    return names.get(code, code)


def url_of(area_code: str) -> str:
    """The address of a kabupaten, of a province of the nation, or of the command ("")."""
    there = _get_higher_command_app()
    member = {one.code: one for one in there.command.members}.get(area_code)
    kept = [(name, value) for name in _CARRIED_PARAMETERS for value in st.query_params.get_all(name)
            if name != "saat" or member is None or member.zone == there.command.zone]  # fmt: skip
    query = urlencode([*([(URL_PARAMETER, area_code)] if area_code else []), *kept])
    return ("/situasi" if member else "/") + (f"?{query}" if query else "")


def parent_link() -> tuple[str, str] | None:
    """The name of what lies above this page, and its address; None where nothing does."""
    there = app.current_higher_command()
    if there is None or not get_code():
        return None
    province = get_code()[:2]
    if (
        there.command.level == MABES
        and not get_province()
        and province in there.command.subdivisions
    ):
        return there.command.subdivisions[province], url_of(province)
    return there.command.name, url_of("")


def _get_higher_command_app() -> HigherCommandApp:
    there = app.current_higher_command()
    assert there is not None, "only a command above has pages of its own"
    return there
