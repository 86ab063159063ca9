"""Lists in full: the light view of a page loses no row of that page's own list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from situasi.access.roles import LIST_SCREENS, ROLES, LinkScope, Viewer
from situasi.analysis import queries
from situasi.analysis.incidents import cases
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.worklist import compute_worklist
from situasi.board import Board
from situasi.server.wall import list_views
from tests.conftest import NOON
from tests.server.wall.test_state import AT, SAAT, look

LIST = f"{SAAT}&tampilan=kejadian"


def of_page(board: Board, wanted: Selection) -> list[str]:
    """The words of the cases that the page lists, the newest first."""
    frames = board.snapshot_reader.refresh().snapshot.frames
    known = {name: cases.filter_known(frame, AT) for name, frame in frames.items()}
    selected = queries.run(compute_worklist, known, board.register, AT, wanted).selected_cases
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
