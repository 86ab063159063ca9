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

NAME = "wilayah"
# Addresses of the page of the command.
HOME = ("", NAME)
_BOUND = "_wilayah"
# What of an address goes along from the command to a kabupaten and back.
_KEPT = ("saat", "lang")


@dataclass(frozen=True)
class Desk:
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


def decide(page: str) -> None:
    """Bind the session to what the address says. page: where the browser says to be."""
    if app.current_higher_command() is None:
        return
    said = st.query_params.get_all(NAME)[-1:]
    bound = st.session_state.get(_BOUND)
    wanted = said[0] if said else "" if page in HOME else bound or ""
    if bound is not None and wanted != bound:
        st.session_state.clear()
    st.session_state[_BOUND] = wanted
    if wanted and not said:  # the menu leads to another page without it
        st.query_params[NAME] = wanted


def code() -> str:
    """Of which kabupaten (or province) this session is; empty: of the whole of the command."""
    if app.current_higher_command() is None or get_script_run_ctx() is None:
        return ""
    return str(st.session_state.get(_BOUND) or "")


def part() -> str:
    """The province whose kabupaten the page of the nation shows; empty: all of the command."""
    there = _above()
    return code() if code() in there.command.subdivisions and there.command.level == MABES else ""


def is_above() -> bool:
    """Whether this is the page of a command above."""
    there = app.current_higher_command()
    return there is not None and (not code() or bool(part()))


def refusal(account: Viewer) -> str:
    """Why this kabupaten cannot be looked at, or nothing. Opens its board where it can be."""
    asked = code()
    if not roles.may_open_higher_command(account):
        return "Papan ini tidak dibuka untuk Anda."
    if not app.is_within(account.area, asked):
        return f"{asked} bukan wilayah Anda."
    try:
        _above().board_pool.get(asked)
    except BoardUnavailable as error:
        return str(error)
    return ""


def board(account: Viewer | None) -> Board:
    """The board that this run is about. Raises NotChosen and Unopened.

    account: who looks, as the gate says it.
    """
    there, asked = app.current_higher_command(), code()
    if there is None or is_above() or viewer(account) is None:
        raise NoBoardSelected("nobody said of which kabupaten this is")
    return there.board_pool.get(asked)


def viewer(account: Viewer | None) -> Viewer | None:
    """Who looks, with what they may see and do here; None: nothing."""
    if app.current_higher_command() is None or account is None:
        return account
    if not roles.may_open_higher_command(account):
        return None
    if is_above():
        return replace(account, role=replace(account.role, permissions=frozenset()))
    if not app.is_within(account.area, code()):
        return None
    return replace(account, role=roles.read_only_role(account.role), area=())


def deeds() -> AuditLog:
    """Where it is told what this viewer did."""
    return command_deeds() if is_above() else house.current_board().audit_log


def command_deeds() -> AuditLog:
    """The same of a command above."""
    return _above().audit_log


def desk() -> Desk:
    """Of whoever's page this is."""
    if not is_above():
        own = house.current_board().register.election
        return Desk(
            own.command, own.operation, own.kabupaten, own.zone, own.zone_label, own.day_start,
            own.day_end,
        )  # fmt: skip
    command = _above().command
    return Desk(
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


def way(to: str) -> str:
    """The address of a kabupaten, of a province of the nation, or of the command ("")."""
    there = _above()
    member = {one.code: one for one in there.command.members}.get(to)
    kept = [(name, value) for name in _KEPT for value in st.query_params.get_all(name)
            if name != "saat" or member is None or member.zone == there.command.zone]  # fmt: skip
    query = urlencode([*([(NAME, to)] if to else []), *kept])
    return ("/situasi" if member else "/") + (f"?{query}" if query else "")


def up() -> tuple[str, str] | None:
    """The name of what lies above this page, and its address; None where nothing does."""
    there = app.current_higher_command()
    if there is None or not code():
        return None
    province = code()[:2]
    if there.command.level == MABES and not part() and province in there.command.subdivisions:
        return there.command.subdivisions[province], way(province)
    return there.command.name, way("")


def _above() -> HigherCommandApp:
    there = app.current_higher_command()
    assert there is not None, "only a command above has pages of its own"
    return there
