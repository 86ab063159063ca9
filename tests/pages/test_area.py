"""What a page tells whoever answers for one kecamatan, of what is of the whole kabupaten."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from pages.alerts import data as alerts_data
from pages.alerts.data import AlertFilter
from pages.guest_links import page as links_page
from pages.intake import data as intake_data
from pages.situation import kpis as situation_kpis
from situasi.access import accounts, guest_links
from situasi.access.roles import ROLES, Viewer
from situasi.analysis.view_time import ViewTime
from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from situasi.ui import session
from situasi.ui.page_context import PageContext
from tests.builders import unbounded
from tests.builders_files import faulty, report
from tests.conftest import NOON

HERE, THERE = "16.10.05", "16.10.04"  # Pemulutan, Indralaya
HOUR = timedelta(hours=1)


def test_rows_in_quarantine_are_counted_for_whoever_sees_the_whole_kabupaten_now() -> None:
    def counted(role: str, *area: str, live: bool = True) -> int | None:
        context: Any = SimpleNamespace(
            viewer=Viewer("wati", ROLES[role], area),
            snapshot=SimpleNamespace(quarantine_counts={"incidents": 2, "neutrality": 3}),
            view_time=ViewTime(NOON, live=live, is_exercise=False),
        )
        return situation_kpis._count_quarantined(context)

    assert (counted("pimpinan"), counted("operator")) == (5, 2)
    assert counted("pimpinan", HERE) is None
    assert counted("tamu") is None
    assert counted("pimpinan", live=False) is None


def test_whoever_has_one_kecamatan_is_told_of_their_own_deliveries_alone(empty: Board) -> None:
    for actor in ("wati", "budi"):
        ingest_rows(
            [report(id=actor), faulty(id=f"{actor}-2")], f"{actor}.csv", empty.store,
            empty.ingest_context, unbounded(actor), feed="incidents", now=NOON,
        )  # fmt: skip
    shown = empty.refresher.refresh()
    now = ViewTime(NOON.astimezone(empty.register.election.zone), live=True, is_exercise=False)

    def shown_to(*area: str) -> tuple[set[str], set[str], int]:
        context = PageContext(shown, now, Viewer("budi", ROLES["operator"], area))
        intake = intake_data.compute_intake(context, ("incidents",))
        waiting = intake_data.load_quarantine(context, ("incidents",)).rows
        return set(intake.batches["actor"]), set(waiting["source"]), int(intake.feeds["waiting"][0])

    assert shown_to() == ({"wati", "budi"}, {"wati.csv", "budi.csv"}, 2)
    assert shown_to(HERE) == ({"budi"}, {"budi.csv"}, 1)


def test_links_of_others_are_listed_for_the_supervisors_of_their_kecamatan_alone(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    for name, area in (("wati", (HERE,)), ("budi", (THERE,))):
        accounts.add(empty.store, name, "analis", area, None, NOON, "uji")
        viewer = Viewer(name, ROLES["analis"], area)
        guest_links.create(empty.store, empty.register, viewer, "kejadian", (), name, HOUR, NOON)

    def listed(name: str, role: str, *area: str) -> set[str]:
        found = links_page.load_links(Viewer(name, ROLES[role], area)).links
        return {link.created_by for link in found}

    assert listed("wati", "analis", HERE) == {"wati"}
    assert listed("rina", "pimpinan") == {"wati", "budi"}
    assert listed("rina", "pimpinan", THERE) == {"budi"}
    assert listed("rina", "analis") == set()


def test_a_filter_of_kecamatan_keeps_the_alerts_of_the_whole_kabupaten(empty: Board) -> None:
    table = pd.DataFrame({"kecamatan": [HERE, THERE, None]})
    shown = alerts_data._apply_filter(table, AlertFilter(kecamatan=(HERE,)))
    assert shown.index.tolist() == [0, 2]
