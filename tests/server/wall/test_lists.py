"""Lists in full: the light view of a page loses no row of that page's own list."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from situasi.access.roles import LIST_SCREENS, ROLES, LinkScope, Viewer
from situasi.actions import briefings
from situasi.analysis.activities.summary import compute_activity_summary
from situasi.analysis.incidents import cases
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.worklist import compute_worklist
from situasi.board import Board
from situasi.server.wall import list_views
from situasi.server.wall.service import WallService
from tests import queries
from tests.conftest import NOON
from tests.server.wall.test_state import AT, CHIEF, SAAT, _body, look

LIST = f"{SAAT}&tampilan=kejadian"


def known_frames(board: Board) -> dict[str, pd.DataFrame]:
    frames = board.snapshot_reader.refresh().snapshot.frames
    return {name: cases.filter_known(frame, AT) for name, frame in frames.items()}


def of_page(board: Board, wanted: Selection) -> list[str]:
    """The words of the cases that the page lists, the newest first."""
    selected = queries.run(
        compute_worklist, known_frames(board), board.register, AT, wanted
    ).selected_cases
    return list(cases.list_newest(selected, len(selected))["uraian"])


@pytest.mark.parametrize("chosen", [Selection(), Selection(kecamatan=("16.10.05",))])
def test_the_list_of_incidents_holds_each_case_of_the_page(
    rehearsed: Board, chosen: Selection
) -> None:
    query = "".join(f"&kec={code}" for code in chosen.kecamatan)
    said = look(rehearsed, f"{LIST}{query}&rentang=semua")
    (only,) = said["views"]
    expected = of_page(rehearsed, chosen)
    assert len(expected) > 3
    assert [line["text"] for line in only["lines"]] == expected
    assert (only["count"], only["rest"]) == (len(expected), "")


def test_what_a_list_has_no_space_for_is_counted_with_where_it_is(
    rehearsed: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    (every,) = look(rehearsed, LIST)["views"]
    monkeypatch.setattr(list_views, "MAX_ROWS", 3)
    (short,) = look(rehearsed, f"{LIST}&lang=id")["views"]
    assert short["lines"] == every["lines"][:3]
    assert short["count"] == every["count"]
    assert short["rest"].startswith(f"{every['count'] - 3} baris lagi")


def test_a_list_stands_alone_and_interrupts_nobody(rehearsed: Board) -> None:
    assert not {one["name"] for one in look(rehearsed)["views"]}.intersection(LIST_SCREENS)
    said = look(rehearsed, f"{SAAT}&tampilan=situasi,kejadian,tps")
    assert [one["name"] for one in said["views"]] == ["kejadian"]
    assert not any(said[name] for name in ("alarms", "newest", "decisions", "decision_count"))
    assert said["marks"]


def test_a_guest_has_the_list_with_the_filters_of_the_link(rehearsed: Board) -> None:
    link = LinkScope("x", "kejadian", (("kec", "16.10.05"), ("rentang", "semua"),
                                       ("saat", "2024-11-27T12:30")),
                     NOON + timedelta(hours=1))  # fmt: skip
    guest = Viewer("tamu x", ROLES["tamu"], link=link)
    (only,) = look(rehearsed, "tampilan=situasi&kec=16.10.04", guest)["views"]
    assert only["name"] == "kejadian"
    assert set(only["areas"]) == {"16.10.05"}
    assert len(only["lines"]) == len(of_page(rehearsed, Selection(kecamatan=("16.10.05",))))
    other = replace(guest, link=replace(link, page="tps"))
    assert [one["name"] for one in look(rehearsed, "tampilan=kejadian", other)["views"]] == ["tps"]


def test_the_light_view_of_changes_tells_each_row_of_the_page_and_counts_them_by_area(
    rehearsed: Board,
) -> None:
    said = look(rehearsed, f"{SAAT}&tampilan=perubahan")
    (only,) = said["views"]
    headings = [line["title"] for line in only["lines"] if line["sub"]]
    assert [text.partition(" sejak ")[2] for text in headings] == ["taklimat 09.00"] * 4
    parts = _parts(only)
    assert [len(part) for part in parts] == [int(text.split()[0]) for text in headings]
    assert [figure["value"] for figure in only["figures"]] == [str(len(part)) for part in parts]
    worse = [line for line in parts[1] if line["place"].endswith("Tanjung Batu")]
    assert {line["note"] for line in worse} >= {"ditunggu → terlambat", "ditunggu → diragukan"}
    new = [line for line in parts[0] if line["place"].startswith("Tanjung Batu")]
    assert said["table"]["head"][1:] == ["Baru dan memburuk"]
    assert dict(said["table"]["rows"])["Tanjung Batu"] == str(len(worse) + len(new))
    assert not said["marks"]


def test_changes_are_those_since_what_the_link_names(rehearsed: Board) -> None:
    link = LinkScope("x", "perubahan", (("sejak", "3j"), ("kec", "16.10.05"),
                                        ("saat", "2024-11-27T12:30")),
                     NOON + timedelta(hours=1))  # fmt: skip
    guest = Viewer("tamu x", ROLES["tamu"], link=link)
    (only,) = look(rehearsed, "sejak=1j&tampilan=tahapan", guest)["views"]
    assert only["name"] == "perubahan"
    assert only["heading"] == "Perubahan sejak 3 jam lalu"
    assert set(only["areas"]) == {"16.10.05"}


def test_a_briefing_that_is_marked_is_in_the_next_picture(board: Board) -> None:
    service = WallService(board)

    def heading() -> str:
        said = asyncio.run(_body(service, f"{SAAT}&tampilan=perubahan"))
        return str(json.loads(said.content)["views"][0]["heading"])

    assert heading() == ""
    at = AT - timedelta(minutes=10)
    briefings.mark(board.store, CHIEF, at, "", NOON, exercise=False, version=0)
    asyncio.run(service.refresh(force=True))
    assert heading() == "Perubahan sejak taklimat 12.20"


def test_before_any_report_nothing_has_changed(board: Board) -> None:
    (only,) = look(board, "tampilan=perubahan")["views"]
    assert (only["figures"], only["lines"]) == ([], [])
    assert only["nothing"].startswith("Belum ada taklimat")


def test_the_light_view_of_the_stages_tells_what_the_page_does(rehearsed: Board) -> None:
    said = look(rehearsed, f"{SAAT}&tampilan=tahapan&kec=16.10.05")
    (only,) = said["views"]
    frames = known_frames(rehearsed)
    summary = queries.run(compute_activity_summary, frames, rehearsed.register, AT, ("16.10.05",))
    titles = [line["title"] for line in only["lines"] if not line["sub"]]
    assert titles[: len(summary.running_stages)] == [stage.name for stage in summary.running_stages]
    sop_lines = summary.select_sop_lines(summary.list_current_sop_stages())
    assert sop_lines
    assert {line.item.text for line in sop_lines} <= set(titles)
    agenda, drills = _parts(only)[-2:]
    assert (len(agenda), len(drills)) == (len(summary.agenda), len(summary.drills))
    by_key = {figure["key"]: figure for figure in only["figures"]}
    assert by_key["giat"]["value"] == str(summary.state_counts["terlaksana"])
    ((_place, done),) = said["table"]["rows"]
    own = summary.activities[summary.activities["kecamatan"] == "16.10.05"]
    known = own[own["state"] != "batal"]
    assert done == f"{(known['state'] == 'terlaksana').sum()}/{len(known)}"


def test_a_link_to_a_stage_names_its_sop(rehearsed: Board) -> None:
    (only,) = look(rehearsed, f"{SAAT}&tampilan=tahapan&tahap=T23")["views"]
    headings = [line["title"] for line in only["lines"] if line["sub"]]
    assert [text for text in headings if text.startswith("SOP")] == [
        "SOP: Rekapitulasi tingkat kecamatan (PPK)"
    ]


def _parts(view: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The lines under each heading."""
    parts: list[list[dict[str, Any]]] = []
    for line in view["lines"]:
        parts.append([]) if line["sub"] else parts[-1].append(line)
    return parts
