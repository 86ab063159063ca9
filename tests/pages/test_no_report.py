"""Tables of the pages: where nobody told anything there is no number, and no zero."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pages.changes import tables as change_tables
from pages.turnout import page
from pages.turnout import tables as turnout_tables
from pages.turnout.data import compute_turnout_data
from situasi.access.roles import ROLES, Viewer
from situasi.analysis.view_time import ViewTime
from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from situasi.ui.page_context import PageContext
from tests.builders import unbounded, wib
from tests.builders_files import report
from tests.conftest import NOON


def test_a_kecamatan_of_which_no_tps_counted_has_no_voters_rather_than_none(empty: Board) -> None:
    ingest_rows(
        [report("tps", hadir="12")], "uji", empty.store, empty.ingest_context, unbounded("uji"),
        feed="tps", now=NOON,
    )  # fmt: skip
    now = ViewTime(NOON.astimezone(empty.register.election.zone), live=True, is_exercise=False)
    context = PageContext(empty.refresher.refresh(), now, Viewer("rina", ROLES["pimpinan"]))
    table = turnout_tables.build_turnout_table(context.compute(compute_turnout_data, ()))
    found = table.to_file_frame().set_index("kecamatan")
    told, silent = found.loc["Indralaya"], found.drop(index="Indralaya")
    assert (told["hadir"], told["TPS melapor"]) == (12, 1)
    for heading in ("partisipasi (%)", "hadir", "DPT TPS melapor"):
        assert silent[heading].isna().all(), heading
    assert (silent["TPS melapor"] == 0).all()


def test_where_nobody_counted_no_count_is_doubted_rather_than_none(empty: Board) -> None:
    now = ViewTime(NOON.astimezone(empty.register.election.zone), live=True, is_exercise=False)
    context = PageContext(empty.refresher.refresh(), now, Viewer("rina", ROLES["pimpinan"]))
    cards = [one.card for one in page.build_kpis(context.compute(compute_turnout_data, ()))]
    by_title = {card.title: (card.value, card.note) for card in cards}
    for title in ("Partisipasi TPS melapor", "Hitungan diragukan"):
        assert by_title[title] == ("–", "belum ada hitungan"), title


def test_a_last_word_of_which_only_the_day_is_known_has_no_hour(empty: Board) -> None:
    row = {
        "kind": "kecamatan", "case": "16.10.04", "kecamatan": "16.10.04", "after": None,
        "at": wib("23.59"), "precision": "hari", "latihan": False,
    }  # fmt: skip
    exact = {**row, "at": wib("08.00"), "precision": None}  # of a TPS
    frame = pd.DataFrame([row, exact]).astype("object")
    heard = change_tables.build_silent_table(frame).columns["kabar terakhir"]
    assert heard.format_cells is not None
    assert heard.format_cells(2, date(2024, 11, 27)) == ["27 Nov 2024", "08.00"]
