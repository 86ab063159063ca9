"""Peringatan: open alerts, their life and acts, the past as a picture, and who may see what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.alerts import data as alerts_data
from pages.alerts import tables as alerts_tables
from pages.alerts.data import AlertFilter
from situasi import board as board_module
from situasi.access.roles import ROLES, Viewer
from situasi.actions import alert_actions
from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from situasi.live.snapshot import SnapshotView
from situasi.ui import session
from situasi.ui.page_context import PageContext
from tests.builders import unbounded, wib
from tests.calls import calls
from tests.conftest import NOON
from tests.rehearsed import script_of

_SCRIPT = script_of("alerts")


def page(past: str | None = None, **asked: str) -> AppTest:
    app = AppTest.from_string(_SCRIPT)
    if past:
        app.query_params["saat"] = f"2024-11-27T{past}"
    for name, value in asked.items():
        app.query_params[name] = value
    return app.run(timeout=90)


def said(app: AppTest) -> str:
    return " ".join(one.proto.body for one in app.get("html"))


def buttons(app: AppTest) -> list[str]:
    named = [one.label for one in app.button]
    return named + [one.proto.popover.label for one in app.get("popover")]


@pytest.fixture
def rehearsed_page(rehearsed: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    monkeypatch.setattr(board_module, "_current", rehearsed)
    return rehearsed


@pytest.fixture
def live(empty: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    """A board at noon of the day, on which one grave report has come."""
    monkeypatch.setattr(session, "now", lambda: NOON)
    row = {
        "id": "K-1", "waktu": "2024-11-27 11:40", "kode_kecamatan": "16.10.04",
        "jenis": "kericuhan", "tingkat": "tinggi", "status": "dilaporkan", "uraian": "Keributan",
    }  # fmt: skip
    ledger = ingest_rows(
        [row], "t", empty.store, empty.ingest_context, unbounded("t"), feed="incidents", now=NOON
    )
    assert ledger.accepted == 1
    empty.refresher.refresh()
    return empty


def test_a_past_minute_is_a_picture_without_acts(rehearsed_page: Board) -> None:
    app = page("08:30")
    assert not app.exception
    assert "Peringatan terbuka" in said(app)
    assert not {"Dilihat", "Ditindak", "Tutup"} & set(buttons(app))
    assert len(app.get("arrow_data_frame") or app.get("dataframe")) >= 1


def test_filters_are_in_the_address_and_choose_what_is_listed(rehearsed_page: Board) -> None:
    every = page("08:30")
    some = page("08:30", aturan="belum_dibuka", derajat="kritis")
    assert not some.exception
    assert said(every) != said(some)
    assert "peringatan terbuka" in " ".join(one.value for one in some.markdown)


def test_an_empty_board_says_what_silence_means(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: wib("04.10"))
    app = page()
    assert not app.exception
    assert "yang tidak dilaporkan tidak terlihat di sini" in said(app)


def _of(board: Board) -> Any:
    kept = alert_actions.load_all(board.store)
    [key] = [key for key in kept if key.startswith("berat|")]
    return kept[key].actions


def test_a_grave_report_is_seen_acted_on_and_closed_on_the_page(live: Board) -> None:
    app = page(aturan="berat")
    assert not app.exception
    assert "kericuhan" in said(app) and "Dilihat" in buttons(app)
    next(one for one in app.button if one.label == "Dilihat").click()
    app.run(timeout=90)
    assert [deed.kind for deed in _of(live)] == ["dilihat"]
    assert "Dilihat" not in [one.label for one in app.button]
    for what, text in (("ditindak", "Patroli dikirim"), ("ditutup", "Sudah aman")):
        [opened] = [one.proto.id for one in app.get("popover") if f"{what}_" in one.proto.id]
        key = opened.rpartition("-")[2]
        app.session_state[key] = True
        app.run(timeout=90)
        app.text_input(key=f"{key}_text").set_value(text)
        next(one for one in app.button if one.label == "Simpan").click()
        app.run(timeout=90)
        assert not app.exception
        assert app.session_state[key] is False  # the form closes by itself
        assert f"{what} · {text}" in app.success[0].value
    assert [(deed.kind, deed.text) for deed in _of(live)] == [
        ("dilihat", ""), ("ditindak", "Patroli dikirim"), ("ditutup", "Sudah aman"),
    ]  # fmt: skip
    assert "Tidak ada peringatan terbuka" in said(app)


def test_alerts_of_one_polsek_are_one_line_and_seen_with_one_click(live: Board) -> None:
    row = {
        "id": "K-2", "waktu": "2024-11-27 11:45", "kode_kecamatan": "16.10.04",
        "jenis": "kebakaran", "tingkat": "tinggi", "status": "dilaporkan", "uraian": "Api",
    }  # fmt: skip
    ingest_rows(
        [row], "t", live.store, live.ingest_context, unbounded("t"), feed="incidents", now=NOON
    )
    live.refresher.refresh()
    groups = alerts_data.build_open_groups(_shown(live, "pimpinan"), None)
    assert [(one.post, one.n, one.unseen) for one in groups.itertuples()] == [
        ("Polsek Indralaya", 2, 2)
    ]
    app = page(aturan="berat")
    assert not app.exception
    next(one for one in app.button if one.label == "2 dilihat sekaligus").click()
    app.run(timeout=90)
    assert not app.exception
    assert list(_shown(live, "pimpinan").alerts["life"]) == ["dilihat", "dilihat"]
    assert "2 dilihat sekaligus" not in [one.label for one in app.button]


def test_an_act_undone_at_once_leaves_both_in_the_history(live: Board) -> None:
    app = page(aturan="berat")
    next(one for one in app.button if one.label == "Dilihat").click()
    app.run(timeout=90)
    app.button(key="tanda_terima_batal").click()
    app.run(timeout=90)
    assert [(deed.kind, deed.by) for deed in _of(live)] == [
        (kind, session.viewer().name) for kind in ("dilihat", "dibatalkan")
    ]
    assert "Dilihat" in buttons(app) and "Dibatalkan" in app.success[0].value
    assert "dibatalkan" in said(app)


def test_whoever_comes_second_is_told_and_loses_nothing(live: Board) -> None:
    app = page(aturan="berat")
    key = next(one.proto.id for one in app.get("popover") if "ditindak_" in one.proto.id)
    key = key.rpartition("-")[2]
    app.session_state[key] = True
    app.run(timeout=90)
    alert = next(iter(_keys(live)))
    other = alert_actions.AlertAction("ditindak", "budi", NOON, "Sudah dihubungi")
    alert_actions.record_action(
        live.store, Viewer("budi", ROLES["pimpinan"]), alert, other, 0, {}, NOON
    )
    app.text_input(key=f"{key}_text").set_value("Patroli dikirim")
    next(one for one in app.button if one.label == "Simpan").click()
    app.run(timeout=90)
    assert "lebih dahulu" in app.warning[0].value
    assert [deed.by for deed in _of(live)] == ["budi"]
    assert "Sudah dihubungi" in said(app)


def _keys(board: Board, role: str = "pimpinan") -> list[str]:
    return list(_shown(board, role).alerts["key"])


def _shown(board: Board, role: str) -> Any:
    shown: SnapshotView = board.refresher.current_view()
    at = session.get_view_time(None, shown)
    return alerts_data.compute_alert_view(
        PageContext(shown, at, Viewer("x", ROLES[role])), AlertFilter(rules=("berat",))
    )


def test_of_neutrality_and_officers_only_those_with_the_right_are_told(
    rehearsed_page: Board,
) -> None:
    shown = rehearsed_page.refresher.current_view()
    at = session.get_view_time(wib("07.10"), shown)
    told = {}
    for role in ("pimpinan", "analis", "tamu"):
        seen = Viewer(role, ROLES[role], ())
        told[role] = set(
            alerts_data.compute_alert_view(
                PageContext(shown, at, seen), AlertFilter()
            ).alert_set.alerts.table["rule"]
        )
        assert ("netralitas" in alerts_data.list_visible_rules(seen)) == (role == "pimpinan")
        assert ("tanpa_petugas" in alerts_data.list_visible_rules(seen)) == (role != "tamu")
    assert "tanpa_petugas" in told["pimpinan"] & told["analis"]
    assert not {"tanpa_petugas", "kurang_pola", "netralitas"} & told["tamu"]


def test_guests_have_no_page_of_alerts() -> None:
    assert not ROLES["tamu"].may_see("peringatan")
    assert all(role.may_see("peringatan") for name, role in ROLES.items() if name != "tamu")


def test_an_act_is_seen_at_once_and_not_at_the_minute_before_it(live: Board) -> None:
    [key] = _keys(live)
    alert_actions.record_action(
        live.store,
        Viewer("rina", ROLES["pimpinan"]),
        key,
        alert_actions.AlertAction("dilihat", "rina", NOON),
        0,
        {},
        NOON,
    )
    live.refresher.refresh()
    assert list(_shown(live, "pimpinan").alerts["life"]) == ["dilihat"]
    shown = live.refresher.current_view()
    past = session.get_view_time(wib("11.59") - timedelta(minutes=0), shown)
    assert alerts_data.compute_alert_view(
        PageContext(shown, past, Viewer("x", ROLES["pimpinan"])), AlertFilter(rules=("berat",))
    ).alerts.empty


def test_an_alert_more_in_a_list_costs_little(empty: Board) -> None:
    """A sender makes as many alerts as grave reports: a list of 10,000 took 9 s each minute."""
    rows = [
        {"id": f"K-{at}", "waktu": "2024-11-27 09:00", "kecamatan": "Indralaya",
         "jenis": "politik_uang", "tingkat": "tinggi", "uraian": f"Laporan {at}.", "pelapor": "x"}
        for at in range(200)
    ]  # fmt: skip
    scope = unbounded()
    told = ingest_rows(
        rows, "uji", empty.store, empty.ingest_context, scope, feed="incidents", now=NOON
    )
    assert told.accepted == len(rows)
    empty.refresher.refresh()
    shown = _shown(empty, "pimpinan")
    grave = shown.alerts[shown.alerts["member"].notna()]
    assert len(grave) == len(rows)

    def listing(n: int) -> int:
        raised = replace(shown.alert_set)  # knows nothing of an earlier list
        return calls(lambda: alerts_tables.build_alerts_table(grave.head(n), raised, NOON))

    some, all_of_them = listing(100), listing(200)
    assert (all_of_them - some) / 100 < 300
