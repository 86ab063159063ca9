"""The page of a command above: what it says of each kabupaten, and that it never mixes two."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import (
    ScriptRunContext,
    add_script_run_ctx,
)
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from pages.higher_command import tables
from situasi import board as board_module
from situasi.access.roles import ROLES, Viewer, read_only_role
from situasi.board import NoBoardSelected, open_board
from situasi.domain import higher_command as commands
from situasi.domain.higher_command import HigherCommand
from situasi.domain.register import Register
from situasi.domain.settings import ROOT
from situasi.higher_command import app as above
from situasi.higher_command import comparison
from situasi.higher_command.app import HigherCommandApp
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.higher_command.rollups.model import CountHour
from situasi.ingest.pipeline import ingest_rows
from situasi.live.access_scope import scope_of
from situasi.presentation import explanations
from situasi.ui import render_cache as drawn_pieces
from situasi.ui import session, tenant
from situasi.ui.tables import table_view
from tests.builders import unbounded
from tests.builders_above import (
    NOON,
    Kabupaten,
    command_folder,
    headquarters,
    overview,
    rollup,
    store_of,
)
from tests.builders_election import write_squares
from tests.conftest import settings_in
from tests.rehearsed import script_of

ONE, OTHER, CLOSED = "99.01", "99.02", "99.03"
FRAME = ROOT / "pages/app.py"
Draw = Callable[..., AppTest]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return command_folder(
        tmp_path_factory.mktemp("polda"),
        Kabupaten(ONE, "Satu"),
        Kabupaten(OTHER, "Dua"),
        Kabupaten(CLOSED, "Tiga", open=False, tps=None, dpt=None),
    )


@pytest.fixture
def command(folder: Path) -> HigherCommand:
    return commands.load(folder)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Viewer], None]:
    """Let this viewer look."""

    def by(viewer: Viewer) -> None:
        monkeypatch.setattr(
            session, "get_viewer_header", lambda: session.viewer_header.encode_viewer(viewer)
        )

    return by


@pytest.fixture
def served(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    looks: Callable[[Viewer], None],
) -> Iterator[Callable[..., HigherCommandApp]]:
    """Serve a command with these roll-ups in this process, before its pimpinan."""
    opened: list[HigherCommandApp] = []

    def serve(found: HigherCommandOverview | None = None, of: Path = folder) -> HigherCommandApp:
        there = headquarters(of, settings_in(tmp_path), found)
        opened.append(there)
        monkeypatch.setattr(board_module, "_current", None)
        monkeypatch.setattr(board_module, "_board_resolver", session.resolve_board)
        monkeypatch.setattr(above, "_current", there)
        monkeypatch.setattr(session, "now", lambda: NOON)
        looks(Viewer("kapolda", ROLES["pimpinan"]))
        return there

    yield serve
    for one in opened:
        one.close()


def drawn(**query: str) -> AppTest:
    app = AppTest.from_file(FRAME, default_timeout=90)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(
        [*(str(one.proto.body) for one in app.get("html")), *(one.value for one in app.markdown),
         *(one.value for one in app.caption)]
    )  # fmt: skip


def tell(there: HigherCommandApp, code: str, said: str) -> None:
    """A report of this kabupaten, by its own board."""
    election = there.command.member(code).election_folder
    assert election is not None
    settings = replace(
        there.settings, election_folder=election, store_url=store_of(there.settings, code)
    )
    own = open_board(settings, lambda: NOON)
    row = {"id": f"K-{said}", "waktu": "20/11/2030 11.50", "kode_kecamatan": f"{code}.01",
           "jenis": "kericuhan", "tingkat": "tinggi", "uraian": said}  # fmt: skip
    ledger = ingest_rows(
        [row], said, own.store, own.ingest_context, unbounded("uji"), feed="incidents", now=NOON
    )
    assert ledger.accepted == 1, ledger
    own.close()


def test_each_kabupaten_tells_its_figures_and_how_old_they_are(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    served(overview(command, rollup(ONE), rollup(OTHER, situasi_merah=1, critical_cases=())))
    said = words(drawn())
    for part in ("12 dari 18 TPS lapor", "40,0 % hadir di 10 TPS", "4 kejadian terbuka",
                 "1 serius · 1 kec. merah", "salinan 5 menit lalu", "Kericuhan di 99.01.",
                 "Satu · Batu Gading · Pasar", f"/situasi?wilayah={ONE}"):  # fmt: skip
        assert part in said, part
    assert "LATIHAN" not in said


def test_what_one_kabupaten_did_not_tell_is_no_zero_and_sums_say_of_how_many_they_are(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    quiet = rollup(OTHER, incidents_open=None, critical_open=None, heads=None, turnout_heads=None,
                   turnout_dpt=None, critical_cases=())  # fmt: skip
    served(overview(command, rollup(ONE), quiet))
    said = words(drawn())
    assert "≥ 4" in said and "1 dari 3 kabupaten" in said
    assert "Hadir: belum lapor" in said and "Kejadian: belum lapor" in said
    assert "TPS: belum diketahui" in said and "papan tidak ada di sini" in said
    assert "≥ 24 dari belum diketahui" in said


def test_a_turnout_says_its_hour_where_some_counts_are_older_and_marks_what_is_old(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    late = {480: CountHour(2, 10, 100, 1000), 600: CountHour(8, 8, 320, 800)}
    early = {540: CountHour(5, 5, 90, 500)}
    found = overview(command, rollup(ONE, count_hours=late), rollup(OTHER, count_hours=early))
    served(found)
    said = words(drawn())
    assert "40,0 % hadir pukul 10.00 di 8 TPS" in said
    assert "40,0 % hadir di 10 TPS, hitungan 09.00" in said
    assert "pukul 10.00 di 8 TPS, tanpa 7 hitungan lama, 2 dari 3 kabupaten" in said
    table = tables.build_turnout_table(comparison.build_unit_summaries(found))
    assert list(table.columns["pukul"].values) == ["10.00", "09.00 (lama)", ""]


def test_a_silent_kabupaten_is_said_to_be_silent_and_never_fresh(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    old = NOON - timedelta(minutes=91)
    served(overview(command, rollup(ONE, received_at=old), rollup(OTHER)))
    said = words(drawn())
    assert said.count(">SENYAP<") == 2  # it, and that from which nothing ever came
    assert "salinan 10.29" in said and "2 senyap · 1 belum ada laporan" in said
    at_it = words(drawn(wilayah=ONE))
    assert "Tidak ada yang baru dari Polres Satu: ini salinan 10.29" in at_it


def test_where_nothing_ever_came_nothing_is_calm(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    served(overview(command))
    said = words(drawn())
    assert "0 dari 3" in said and "3 belum ada laporan" in said
    assert "Belum ada laporan kejadian dari kabupaten mana pun." in said
    assert "hijau" not in said.split("ab-tiles")[1]


def test_a_database_that_is_away_leaves_the_last_picture_with_its_age(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    checked = NOON - timedelta(minutes=3)
    served(overview(command, rollup(ONE), checked_at=checked, trouble="Server tidak menjawab."))
    said = words(drawn())
    assert "Penyimpanan tidak terbaca: Server tidak menjawab." in said
    assert "Gambar terakhir 11.57.00 WITA. Server tidak menjawab." in said
    assert "12 dari 18 TPS lapor" in said


def test_what_was_never_read_is_not_drawn_at_all(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    served(overview(command, trouble="Server tidak menjawab."))
    said = words(drawn())
    assert "Belum ada gambar" in said and "ab-tiles" not in said


def test_made_up_reports_of_one_kabupaten_mark_the_page_and_its_files(
    served: Callable[..., HigherCommandApp], command: HigherCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rollup(ONE, rehearsal=True, exercise=True, at=NOON - timedelta(hours=2))
    served(overview(command, made, rollup(OTHER)))
    kept = kept_tables(monkeypatch)
    said = words(drawn())
    assert "si-latihan" in said and "jam latihan 10.00" in said
    rows = kept["wilayah"].to_file_frame()
    assert rows["LATIHAN"].tolist() == ["LATIHAN", "", ""]


def kept_tables(monkeypatch: pytest.MonkeyPatch) -> dict[str, table_view.Table]:
    """What tables the page draws, those behind popovers too, by key."""
    kept: dict[str, table_view.Table] = {}
    shown = table_view.render_table

    def keep(table: table_view.Table, key: str, title: str, **options: Any) -> Any:
        kept[key] = table
        return shown(table, key, title, **options)

    monkeypatch.setattr(table_view, "render_table", keep)
    monkeypatch.setattr(
        table_view,
        "render_table_popover",
        lambda title, made, key: table_view.render_table(made(), key, title),
    )
    return kept


def test_every_table_tells_how_it_is_counted_and_holds_every_kabupaten(
    served: Callable[..., HigherCommandApp], command: HigherCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(overview(command, rollup(ONE), rollup(OTHER)))
    kept = kept_tables(monkeypatch)
    drawn()
    assert len(kept) == 8
    for key, table in kept.items():
        told = explanations.find_for_higher_command(key, command)
        assert told is not None and len(told.rule) > 20, key
        assert len(table) == (2 if key == "serius" else 3), key
    whole = kept["wilayah"].to_file_frame()
    assert whole["TPS lapor"].tolist()[:2] == [12, 12] and whole["TPS lapor"].isna()[2]
    assert (
        "90 menit"
        in (
            explanations.find_for_higher_command("lapor", command) or explanations.Explanation("")
        ).format_limits()
    )


def test_a_past_minute_is_asked_for_as_it_was_known_then(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    there = served(overview(command, rollup(ONE)))
    there.rollup_cache.past = overview(command, rollup(ONE, tps_reported=3, live=False))  # type: ignore[attr-defined]
    said = words(drawn(saat="2030-11-20T09:30"))
    assert "3 dari 18 TPS lapor" in said
    assert "Keadaan sebagaimana diketahui 09.30 WITA" in said
    assert f"/situasi?wilayah={ONE}&amp;saat=2030-11-20T09%3A30" in said


def test_where_boundaries_are_known_there_is_a_map_too(
    served: Callable[..., HigherCommandApp],
    command: HigherCommand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = served(overview(command, rollup(ONE, situasi_merah=1)))
    assert not drawn().get("deck_gl_json_chart")
    write_squares(tmp_path / "geo" / "kabupaten.geojson", [ONE, OTHER, "99.09"])
    with_shapes = above._load_boundaries(replace(command, folder=tmp_path))
    assert with_shapes is not None
    monkeypatch.setattr(above, "_current", replace(there, boundaries=with_shapes))
    (chart,) = drawn().get("deck_gl_json_chart")
    assert with_shapes.url in chart.proto.json
    assert chart.proto.alt == "Peta 2 kabupaten menurut situasi terberat"


def test_the_nation_has_its_provinces_then_their_kabupaten(
    served: Callable[..., HigherCommandApp], tmp_path: Path
) -> None:
    folder = command_folder(
        tmp_path / "mabes",
        Kabupaten("98.01", "Lain"), Kabupaten(ONE, "Satu"),
        code="", name="Mabes Contoh", level="mabes",
        parts={"98": "Provinsi Lain", "99": "Provinsi Contoh"},
    )  # fmt: skip
    served(overview(commands.load(folder), rollup(ONE)), folder)
    said = words(drawn())
    assert "Provinsi Lain" in said and 'href="/?wilayah=99"' in said
    assert "98.01" not in said and "situasi?wilayah" not in said
    said = words(drawn(wilayah="99"))
    assert f"/situasi?wilayah={ONE}" in said and "Lain" not in said.split("ab-tiles")[1]
    assert "◂ Mabes Contoh" in said
    said = words(drawn(wilayah=ONE))
    assert "◂ Provinsi Contoh" in said and "papan Polres Satu, hanya baca" in said


def test_a_click_leads_to_the_board_of_that_kabupaten_and_back(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    there = served(overview(command, rollup(ONE)))
    tell(there, ONE, "rusuh-satu")
    said = words(drawn(wilayah=ONE))
    assert "rusuh-satu" in said
    assert "<span>Polres Satu</span> <span>· Operasi Contoh 2030</span>" in said
    assert "Dilihat dari Polda Contoh: papan Polres Satu, hanya baca" in said
    assert '<a class="si-way" href="/" target="_self">◂ Polda Contoh</a>' in said


def test_two_who_look_at_two_kabupaten_in_turn_each_see_their_own(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    there = served(overview(command, rollup(ONE), rollup(OTHER)))
    tell(there, ONE, "rusuh-satu")
    tell(there, OTHER, "rusuh-dua")
    one, other = drawn(wilayah=ONE), drawn(wilayah=OTHER)
    for _ in range(2):
        for app, mine, theirs in ((one, "satu", "dua"), (other, "dua", "satu")):
            said = words(app.run())
            assert f"rusuh-{mine}" in said and f"rusuh-{theirs}" not in said
    tell(there, OTHER, "rusuh-tiga")
    there.board_pool.get(OTHER).refresher.refresh()
    assert "rusuh-tiga" in words(other.run()) and "rusuh-tiga" not in words(one.run())


def test_script_runs_in_many_threads_are_each_of_their_own_kabupaten(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    served(overview(command, rollup(ONE), rollup(OTHER)))
    codes = [ONE, OTHER] * 4
    found: list[set[str]] = [set() for _ in codes]
    ready = threading.Barrier(len(codes))

    def run(at: int) -> None:
        """As a session does that the frame has bound: callbacks and fragments run without it."""
        add_script_run_ctx(threading.current_thread(), a_session())
        ready.wait()
        st.session_state["_wilayah"] = codes[at]
        for _ in range(200):
            found[at] |= {
                board_module.current_board().kabupaten_code,
                _visible_register().election.kabupaten_code,
                drawn_pieces.get_or_build("uji", "", (), tenant.get_code),
            }

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(codes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{code} for code in codes]


def _visible_register() -> Register:
    return board_module.current_board().analysis_cache.register(scope_of(session.viewer()))


def a_session() -> ScriptRunContext:
    """What Streamlit keeps of one browser tab."""
    return ScriptRunContext(
        session_id="uji",
        _enqueue=lambda _message: None,
        query_string="",
        session_state=SafeSessionState(SessionState(), lambda: None),
        uploaded_file_mgr=MagicMock(),
        main_script_path="",
        user_info={"email": None},
        fragment_storage=MagicMock(),
        pages_manager=MagicMock(),
    )


def test_a_session_led_from_one_kabupaten_to_another_keeps_nothing_of_the_first(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    there = served(overview(command, rollup(ONE), rollup(OTHER)))
    tell(there, ONE, "rusuh-satu")
    tell(there, OTHER, "rusuh-dua")
    app = drawn(wilayah=ONE, kec=f"{ONE}.01")
    assert app.session_state["kec"] == [f"{ONE}.01"]
    app.query_params["wilayah"] = OTHER
    del app.query_params["kec"]
    app.run()
    assert not app.exception
    assert app.session_state["kec"] == [] and app.session_state["_wilayah"] == OTHER
    assert "rusuh-dua" in words(app) and "rusuh-satu" not in words(app)


def test_a_file_taken_along_is_of_the_kabupaten_whose_page_offered_it(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    there = served(overview(command, rollup(ONE)))
    codes: list[str] = []
    with board_module.use_board(there.board_pool.get(OTHER)):
        thread = threading.Thread(target=lambda: codes.append(_code_or_none()))
        thread.start()
        thread.join()
        codes.append(_code_or_none())
    assert codes == ["none", OTHER]


def _code_or_none() -> str:
    try:
        return board_module.current_board().kabupaten_code
    except NoBoardSelected:
        return "none"


def test_without_a_kabupaten_there_is_no_board(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    served(overview(command, rollup(ONE)))
    with pytest.raises(NoBoardSelected):
        board_module.current_board()
    app = AppTest.from_string(script_of("incidents"), default_timeout=120)
    app.run()
    assert app.exception and not app.get("html")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (CLOSED, "Definisi pemilihan Tiga belum ada di sini"),
        ("99.77", "bukan kabupaten dari Polda Contoh"),
        ("<b>x", "&lt;b&gt;x bukan kabupaten"),
    ],
)
def test_what_cannot_be_opened_is_said_in_words_with_the_way_back(
    asked: str, said: str, served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    served(overview(command, rollup(ONE)))
    found = words(drawn(wilayah=asked))
    assert said in found and "◂ Polda Contoh" in found


def test_who_may_see_one_kabupaten_finds_nothing_of_another(
    served: Callable[..., HigherCommandApp], command: HigherCommand, looks: Callable[[Viewer], None]
) -> None:
    there = served(overview(command, rollup(ONE, heads=77), rollup(OTHER)))
    tell(there, ONE, "rusuh-satu")
    looks(Viewer("satu", ROLES["operator"], (ONE,)))
    said = words(drawn())
    assert "1 dari 1" in said and OTHER not in said and "Dua" not in said
    assert "rusuh-satu" in words(drawn(wilayah=ONE))
    refused = words(drawn(wilayah=OTHER))
    assert f"{OTHER} bukan wilayah Anda." in refused and "si-card" not in refused
    there.audit_log.close()
    trail = there.store.audit_entries()
    assert trail["action"].tolist() == ["refused"] and OTHER in trail["detail"][0]


def test_what_runs_without_the_page_around_it_has_no_board_of_another_kabupaten(
    served: Callable[..., HigherCommandApp], command: HigherCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(overview(command, rollup(ONE), rollup(OTHER)))
    account = Viewer("satu", ROLES["operator"], (ONE,))
    monkeypatch.setattr(tenant, "get_code", lambda: OTHER)
    assert tenant.restrict_viewer(account) is None
    with pytest.raises(NoBoardSelected):
        tenant.get_board(account)
    monkeypatch.setattr(tenant, "get_code", lambda: ONE)
    own = tenant.restrict_viewer(account)
    assert own is not None and own.role.may_see("kejadian") and not own.role.permissions


@pytest.mark.parametrize("query", [{}, {"wilayah": ONE}])
def test_a_guest_finds_nothing_at_all(
    query: dict[str, str],
    served: Callable[..., HigherCommandApp],
    command: HigherCommand,
    looks: Callable[[Viewer], None],
) -> None:
    served(overview(command, rollup(ONE)))
    looks(Viewer("tamu", ROLES["tamu"]))
    said = words(drawn(**query))
    assert "Papan ini tidak dibuka untuk Anda" in said and "si-card" not in said


def test_before_the_board_of_a_kabupaten_nobody_may_act(
    served: Callable[..., HigherCommandApp], command: HigherCommand
) -> None:
    served(overview(command, rollup(ONE)))
    app = drawn(wilayah=ONE)
    assert "Tandai taklimat" not in words(app) and not app.get("form")
    for role in ROLES.values():
        seen = read_only_role(role)
        assert not seen.permissions and not {"lapor", "tautan", "latihan"} & seen.screens
        assert seen.screens <= role.screens
