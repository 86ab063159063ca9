"""One moment, one number: API, wall and laporan tell the same, and its parts add up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from starlette.datastructures import QueryParams

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.common.formats import format_number
from situasi.server.wall import query as wall_query
from situasi.server.wall import state as wall_state
from situasi.server.wall.service import WallService
from tests.builders import wib
from tests.effort import LONG
from tests.reports.sitrep.conftest import built
from tests.server.api.conftest import routes_of, serving, session

# Before the voting, in it with old counts, and when officers are home and boxes are missing.
MOMENTS = ("06.30", "10.30", "22.54", *(("08.00", "13.05", "18.00") if LONG else ()))
CHIEF = Viewer("pimpinan", ROLES["pimpinan"], is_local=True)
VIEWS = "tampilan=situasi,partisipasi,tps,personel,perhatian"
OFFICERS = ("present", "without_word", "left", "returned", "not_arrived", "awaited")


@pytest.fixture(scope="module")
def address(rehearsed: Board) -> Iterator[str]:
    with serving(routes_of(rehearsed)) as found:
        yield f"{found}/api/v1/situation"


def ask(address: str, clock: str, **filters: str) -> dict[str, Any]:
    query = {"saat": f"2024-11-27T{clock.replace('.', ':')}", **filters}
    answer = requests.get(address, query, headers=session("pimpinan"), timeout=60)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def look(board: Board, clock: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the state of the wall, and its figures by key."""
    query = QueryParams(f"{VIEWS}&saat=2024-11-27T{clock.replace('.', ':')}")
    parsed = wall_query.parse_query(query, CHIEF, wall_state.visible_register(board, CHIEF))
    said = json.loads(asyncio.run(WallService(board).get_state(CHIEF, parsed)).content)
    return said, {
        one["key"]: f"{one['value']} {one['unit']}".strip() if isinstance(one["value"], str)
        else [int(count) for _mark, count, _word in one["value"]]
        for view in said["views"]
        for one in view["figures"]
    }  # fmt: skip


def of(part: int, whole: int) -> str:
    return f"{format_number(part)} dari {format_number(whole)}"


@pytest.mark.parametrize("clock", MOMENTS)
def test_the_same_quantity_is_the_same_number_everywhere(
    rehearsed: Board, address: str, clock: str
) -> None:
    api, (wall, figures) = ask(address, clock), look(rehearsed, clock)
    laporan = {one.key: one.value for one in built(rehearsed, at=wib(clock)).key_figures}
    tps, phases = api["tps"], api["tps"]["by_phase"]
    officers, turnout = api["personnel"], api["turnout"]

    assert figures["terbuka"].startswith(f"{api['open']['total']} ")
    states = api["situasi"]["counts"]
    assert figures["situasi"] == [
        states[name] for name in ("merah", "kuning", "hijau", "belum_dinyatakan")
    ]
    heads = "–" if turnout["heads"] is None else format_number(turnout["heads"])
    assert figures["hadir"] == heads
    shown = turnout["common"] or {"rate": turnout["rate"]}
    percent = "–" if shown["rate"] is None else f"{format_number(shown['rate'], 1)} %"
    assert figures["partisipasi"].removeprefix("≈ ") == percent
    assert figures["terlambat"] == format_number(tps["by_state"]["terlambat"])
    assert figures["tak_terjangkau"] == format_number(tps["by_state"]["tak_terjangkau"])
    at_ppk = phases["kotak_tiba_ppk"] + phases["kotak_tiba_kpu"]
    reached = at_ppk if tps["reached"]["fase"].startswith("kotak") else tps["reached"]["tps"]
    assert figures["tps"] == of(reached, tps["total"])
    is_over = 2 * officers["returned"] >= officers["posted"]
    here = officers["returned" if is_over else "present"]
    assert figures["personel"] == of(here, officers["posted"])
    assert figures["tanpa"] == format_number(officers["tps_without_officer"])
    assert wall["alerts"]["count"] == api["alerts"]["open"]

    for key in ("hadir", "partisipasi", "tps", "personel", "peringatan"):
        assert laporan[key] == figures[key], key
    assert sum(phases.values()) == sum(tps["by_state"].values()) == tps["total"]
    assert sum(officers[name] for name in OFFICERS) == officers["posted"]


@pytest.mark.parametrize("clock", ["10.30", "22.54"])
def test_the_kecamatan_add_up_to_the_whole(rehearsed: Board, address: str, clock: str) -> None:
    whole = ask(address, clock)
    parts = [ask(address, clock, kec=code) for code in rehearsed.register.kecamatan]
    for group, names in (
        ("open", ("total", "critical", "new_1h")),
        ("turnout", ("heads", "dpt", "dpt_told", "tps_told", "tps_stale", "tps_doubted")),
        ("personnel", ("posted", "tps", "tps_without_officer", *OFFICERS)),
    ):
        for name in names:
            assert sum(part[group][name] for part in parts) == whole[group][name], name
