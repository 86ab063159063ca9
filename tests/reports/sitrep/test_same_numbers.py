"""A laporan says what the screen says: every number of a page is found again in every file."""

from __future__ import annotations

import re
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.alerts import page as alerts_page
from pages.incidents import page as incidents_page
from pages.personnel import page as personnel_page
from pages.situation import page as situation_page
from pages.turnout import page as turnout_page
from situasi import board as board_module
from situasi.analysis.situation import area_summary
from situasi.analysis.view_time import ViewTime
from situasi.board import Board
from situasi.figures.theme import LIGHT
from situasi.live import access_scope
from situasi.presentation import map_measures
from situasi.reports.sitrep.model import KeyFigure, Sitrep
from situasi.ui import comparison
from situasi.ui.components.kpi_row import Kpi
from tests.builders import wib
from tests.rehearsed import script_of
from tests.reports.sitrep.conftest import CHIEF, built
from tests.reports.sitrep.reading import numbers, sheets, text_of

pytestmark = pytest.mark.slow

_PAGES = {"situation": situation_page, "incidents": incidents_page, "turnout": turnout_page,
          "personnel": personnel_page, "alerts": alerts_page}  # fmt: skip
ONE = "16.10.05"
# Of a page and its card: the fact that tells the same.
SAME = {
    ("situation", "terbuka"): "terbuka",
    ("situation", "situasi"): "situasi",
    ("situation", "partisipasi"): "partisipasi",
    ("situation", "tps"): "tps",
    ("situation", "personel"): "personel",
    ("situation", "senyap"): "senyap",
    ("alerts", "peringatan_terbuka"): "peringatan",
    ("turnout", "hadir"): "hadir",
    ("incidents", "lewat"): "lewat",
    ("incidents", "diverifikasi"): "waktu_diverifikasi",
    ("incidents", "ditangani"): "waktu_ditangani",
    ("incidents", "selesai"): "waktu_selesai",
}


def _figures(board: Board, name: str, **asked: str) -> dict[str, Kpi]:
    """The key figures of a page at 12.30, as it was drawn."""
    return _drawn(board, name, **asked)[0]


def _drawn(board: Board, name: str, **asked: str) -> tuple[dict[str, Kpi], AppTest]:
    """Draw a page; return its KPIs and the page itself."""
    drawn: list[Kpi] = []

    def kept(figures: Any, *_more: Any, **_options: Any) -> None:
        drawn.extend(figures)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(board_module, "_current", board)
        for module in (_PAGES[name], comparison):  # whichever of them draws this row
            patch.setattr(module, "render_kpi_row", kept, raising=False)
        st.cache_resource.clear()
        app = AppTest.from_string(script_of(name))
        for key, value in {"saat": "2024-11-27T12:30", **asked}.items():
            app.query_params[key] = value
        app.run(timeout=90)
        assert not app.exception
    st.cache_resource.clear()
    return {one.key: one for one in drawn}, app


@pytest.fixture(scope="module")
def pages(rehearsed: Board) -> dict[str, dict[str, Kpi]]:
    return {name: _figures(rehearsed, name) for name in _PAGES}


def _of_card(figure: Kpi) -> list[float]:
    return numbers(re.sub("<[^>]*>", " ", str(figure.card.value)))


def _facts(laporan: Sitrep) -> dict[str, KeyFigure]:
    return {fact.key: fact for fact in laporan.key_figures}


@pytest.mark.parametrize(("where", "key"), SAME.items(), ids=lambda one: str(one))
def test_a_fact_has_the_numbers_of_the_card_on_the_page(
    pages: dict[str, dict[str, Kpi]], laporan: Sitrep, where: tuple[str, str], key: str
) -> None:
    card, fact = pages[where[0]][where[1]], _facts(laporan)[key]
    assert _of_card(card)
    assert numbers(fact.value) == _of_card(card)
    counted = [one.value for one in card.values if one.is_known]
    told = [one.value for one in fact.numbers]
    assert all(any(value == other for other in told) for value in counted)


@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx"])
def test_every_number_of_the_pages_is_in_every_file(
    pages: dict[str, dict[str, Kpi]], laporan: Sitrep, written: dict[str, bytes], form: str
) -> None:
    text = text_of(form, written[form])
    for (page, card), key in SAME.items():
        fact = _facts(laporan)[key]
        found = re.search(re.escape(fact.title) + r".{0,80}?" + re.escape(fact.value), text)
        assert found, (form, key)
        assert numbers(fact.value) == _of_card(pages[page][card])


def test_the_message_has_the_numbers_of_the_page(
    pages: dict[str, dict[str, Kpi]], laporan: Sitrep
) -> None:
    lines = laporan.message.splitlines()
    for key in ("terbuka", "hadir", "partisipasi", "tps", "personel"):
        [line] = [one for one in lines if one.startswith(f"{_facts(laporan)[key].title}: ")]
        page = "turnout" if key == "hadir" else "situation"
        wanted = _of_card(pages[page][key])
        assert numbers(line.partition(": ")[2])[: len(wanted)] == wanted


def test_the_sentences_on_officers_have_the_numbers_of_the_page(
    pages: dict[str, dict[str, Kpi]], laporan: Sitrep
) -> None:
    cards = pages["personnel"]
    posted, absent = cards["diplot"].values[0].value, cards["tanpa_petugas"].values[0].value
    told = numbers(laporan.sentences["personel"][0])
    assert told[:2] == [posted, cards["hadir"].values[0].value]
    assert absent in numbers(laporan.sentences["personel"][1])


def test_who_is_home_has_arrived_and_is_told_in_cards_and_table(rehearsed: Board) -> None:
    cards, app = _drawn(rehearsed, "personnel", saat="2024-11-27T22:53")
    home, posted = _of_card(cards["hadir"])
    silent, arrived = _of_card(cards["tanpa_kabar"])
    assert home + silent <= arrived <= posted
    table = app.dataframe[0].value
    assert numbers(" ".join(map(str, table["sudah kembali"])))
    asked = [name for name in table if name in ("sudah kembali", "tanpa kabar", "tanpa petugas")]
    assert asked == ["sudah kembali", "tanpa kabar", "tanpa petugas"]
    assert "sudah kembali" not in _drawn(rehearsed, "personnel")[1].dataframe[0].value


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_page_of_a_kecamatan_has_the_numbers_of_the_screen_filtered_by_it(
    rehearsed: Board, laporan: Sitrep, written: dict[str, bytes], form: str
) -> None:
    cards = _figures(rehearsed, "situation", kec=ONE)
    [annex] = [one for one in laporan.annexes if one.code == ONE]
    text = text_of(form, written[form])
    part = text[text.index("LAMPIRAN: KECAMATAN PEMULUTAN ") :]
    for fact in annex.key_figures:
        if fact.key in cards and fact.key not in {"terakhir", "senyap"}:
            assert numbers(fact.value) == _of_card(cards[fact.key]), fact.key
            assert " ".join(fact.value.split()) in part[:4_000], fact.key


def test_a_workbook_has_numbers_as_numbers_and_of_every_kecamatan(
    laporan: Sitrep, written: dict[str, bytes]
) -> None:
    found = sheets(written["xlsx"])
    rows = {row[1]: row for row in found["Kecamatan"] if isinstance(row[0], int)}
    table = laporan.tables["kecamatan"]
    heads = [column.name for column in table.columns].index("hadir")
    assert len(rows) == 16
    for row in table.rows:
        assert rows[row[1].value][heads] == row[heads].value
    assert sum(row[heads] for row in rows.values()) == numbers(_facts(laporan)["hadir"].value)[0]


def test_the_lines_of_the_table_add_up_to_the_whole(laporan: Sitrep) -> None:
    table, facts = laporan.tables["kecamatan"], _facts(laporan)
    at = {column.name: place for place, column in enumerate(table.columns)}

    def summed(name: str) -> float:
        return sum(float(str(row[at[name]].value or 0)) for row in table.rows)

    assert summed("hadir") == facts["hadir"].numbers[0].value
    assert summed("melapor") == facts["hadir"].numbers[1].value
    assert summed("terlambat") == sum(number.value for number in facts["tps"].numbers)
    assert summed("personel") == facts["personel"].numbers[0].value


def test_the_turnout_of_a_kecamatan_is_that_of_the_map_like_hour_with_like_hour(
    rehearsed: Board,
) -> None:
    at = wib("10.31")
    table = built(rehearsed, at=at).tables["kecamatan"]
    column = [one.name for one in table.columns].index("partisipasi")
    view = rehearsed.analysis_cache.view(
        rehearsed.snapshot_reader.refresh().snapshot,
        ViewTime(at, live=False, is_exercise=False),
        access_scope.scope_of(CHIEF),
    )
    areas = view.compute(area_summary.compute_area_summary).turnout
    drawn = [
        map_measures.build_turnout_area(place, areas.loc[code], LIGHT).value
        for code, place in rehearsed.register.kecamatan.items()
    ]
    assert [row[column].text for row in table.rows] == drawn
    assert any("(09.00)" in text for text in drawn)  # older than the round of the others


def test_it_says_what_was_known_then_and_no_more(rehearsed: Board, laporan: Sitrep) -> None:
    early = built(rehearsed, at=laporan.at.replace(hour=9, minute=0))
    cards = _figures(rehearsed, "situation", saat="2024-11-27T09:00")
    for key in ("terbuka", "situasi", "partisipasi", "tps", "personel"):
        assert numbers(_facts(early)[key].value) == _of_card(cards[key])
    assert _facts(early)["partisipasi"].value != _facts(laporan)["partisipasi"].value


def test_where_the_day_is_heading_is_told_as_on_the_page_and_marked_an_estimate(
    rehearsed: Board, laporan: Sitrep
) -> None:
    _figures_there, app = _drawn(rehearsed, "turnout")
    [said] = [one.value for one in app.caption if one.value.startswith("Akhir hari")]
    [sentence] = [one for one in laporan.sentences["analisa"] if "Akhir hari" in one]
    assert said in sentence and "perkiraan" in sentence
    assert len(numbers(said)) == 4
    early = built(rehearsed, at=laporan.at.replace(hour=7, minute=0))
    assert not any("Akhir hari" in one for one in early.sentences["analisa"])  # too few have told
