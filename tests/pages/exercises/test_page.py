"""Latihan: a scenario is started, the staff reacts on the board, and the page tells how soon."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from situasi import board as board_module
from situasi.access import viewer_header
from situasi.access.roles import ROLES, Viewer
from situasi.actions import exercise_controller
from situasi.actions.exercise_controller import ExerciseController
from situasi.ui import session
from tests.builders_drills import Posko, posko
from tests.rehearsed import script_of

_SCRIPT = script_of("exercises")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Posko]:
    opened = posko(tmp_path)
    watched(opened, monkeypatch)
    yield opened
    opened.board.close()


def watched(opened: Posko, monkeypatch: pytest.MonkeyPatch) -> None:
    """This board as that of the process, and its clock as that of the pages."""
    monkeypatch.setattr(board_module, "_current", opened.board)
    monkeypatch.setattr(session, "now", opened.clock)


def told(app: AppTest) -> str:
    assert not app.exception
    html = " ".join(one.proto.body for one in app.get("html"))
    return html + " ".join(one.value for one in (*app.caption, *app.markdown, *app.warning))


def page(**asked: str) -> AppTest:
    app = AppTest.from_string(_SCRIPT)
    for key, value in asked.items():
        app.query_params[key] = value
    return app.run(timeout=90)


def start_button(app: AppTest) -> list[bool]:
    return [b.disabled for b in app.button if b.label == "Mulai skenario"]


def test_before_anything_was_started_the_page_says_so_and_offers_the_scenarios(
    here: Posko,
) -> None:
    app = page()
    assert "Belum ada skenario yang dimulai." in told(app)
    assert len(app.selectbox("latihan_skenario").options) == 5
    assert start_button(app) == [False]


def test_a_scenario_started_on_the_page_is_reacted_to_and_timed(here: Posko) -> None:
    app = page()
    app.selectbox("latihan_skenario").set_value("bentrok_tps")
    next(b for b in app.button if b.label == "Mulai skenario").click()
    app.run(timeout=90)
    (run,) = exercise_controller.load_all(here.board.store)
    assert (run.scenario, run.by) == ("bentrok_tps", here.board.settings.default_role)
    here.player.report_due()
    here.later(4)
    here.react(run.case_id("bentrok"), status="diverifikasi", uraian="benar")
    here.later(36)
    here.board.refresher.refresh()

    app = page()
    said = told(app)
    assert "2 dari 2" in said and "1 skenario dimulai" in said
    assert "1 tepat, 0 terlambat, 1 belum" in said  # taken note of, and verified
    assert "0 tepat, 0 terlambat, 2 belum" in said  # assigned
    assert "Bentrok di TPS" in said
    table = app.dataframe[0].value
    states = dict(zip(table["id"] + " " + table["langkah"], table["keadaan"], strict=True))
    assert states[f"{run.id}-bentrok diverifikasi"] == "tepat waktu"
    assert states[f"{run.id}-bentrok ditugaskan"] == "belum, lewat batas"
    assert states[f"{run.id}-saksi ditutup"] == "belum"
    assert "LATIHAN" not in table.columns  # the band of the page says it of all rows


def test_a_step_taken_on_the_page_kejadian_is_a_reaction(here: Posko) -> None:
    run = here.begin("bentrok_tps")
    here.clock.pass_(7)
    here.board.refresher.refresh()
    case = here.rows().set_index("id").loc[run.case_id("bentrok"), "case"]
    app = AppTest.from_string(script_of("incidents"))
    app.query_params["kasus"] = case
    app.run(timeout=90)
    key = f"diverifikasi_{zlib.crc32(repr([case]).encode()):x}"
    app.session_state[key] = True
    app.run(timeout=90)
    app.text_input(f"{key}_uraian").set_value("Benar, dua kelompok.")
    next(b for b in app.button if b.label == "Simpan").click()
    app.run(timeout=90)
    assert not app.exception

    table = page().dataframe[0].value
    own = table[table["id"] == run.case_id("bentrok")].set_index("langkah")
    assert own.loc["diverifikasi", ["lama", "keadaan"]].tolist() == [7, "tepat waktu"]
    assert own.loc["diketahui", ["lama", "keadaan"]].tolist() == [7, "terlambat"]
    assert own.loc["ditugaskan", "keadaan"] == "belum"


def test_a_past_moment_starts_nothing(here: Posko) -> None:
    assert start_button(page(saat="2024-11-27T09:00")) == [True]


def test_a_case_of_a_kecamatan_that_is_not_chosen_is_not_told(here: Posko) -> None:
    here.begin("bentrok_tps")
    here.board.refresher.refresh()
    assert "1 dari 2" in told(page(kec="16.10.02"))
    assert "Belum ada skenario yang dimulai." in told(page(kec="16.10.16"))


def test_whoever_may_only_look_has_no_button(here: Posko, monkeypatch: pytest.MonkeyPatch) -> None:
    word = viewer_header.encode_viewer(Viewer("op", ROLES["operator"]))
    monkeypatch.setattr(session, "get_viewer_header", lambda: word)
    app = page()
    assert start_button(app) == []
    assert "wewenang pimpinan atau admin" in told(app)


def test_a_board_that_is_no_rehearsal_offers_nothing_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = posko(tmp_path, rehearsal="no")
    watched(real, monkeypatch)
    app = page()
    assert start_button(app) == []
    assert "bukan papan latihan" in told(app)
    real.board.close()


def test_a_page_that_was_opened_when_it_was_a_rehearsal_still_starts_nothing(
    here: Posko, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page()
    real = replace(here.board, settings=replace(here.board.settings, has_rehearsal=False))
    monkeypatch.setattr(board_module, "_current", real)
    next(b for b in app.button if b.label == "Mulai skenario").click()
    app.run(timeout=90)
    assert exercise_controller.load_all(real.store) == []
    assert "bukan papan latihan" in told(app)
    assert ExerciseController(real, here.clock).report_due() == []
