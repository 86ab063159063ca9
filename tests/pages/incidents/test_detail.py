"""The detail of a case that a sender told of without end: bounded, and it says so."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.incidents import detail
from situasi.board import Board
from situasi.ingest.pipeline import ingest_rows
from situasi.ui import audit, session
from tests.builders import unbounded
from tests.conftest import NOON
from tests.rehearsed import script_of

_SCRIPT = script_of("incidents")


def _send(board: Board, feed: str, rows: list[dict[str, Any]]) -> None:
    told = ingest_rows(
        rows, "uji", board.store, board.ingest_context, unbounded(), feed=feed, now=NOON
    )
    assert told.accepted == len(rows), told.reasons[:1]
    board.refresher.refresh()


def _incident(name: str, text: str) -> dict[str, Any]:
    return {
        "id": name, "waktu": "2024-11-27 09:00", "kecamatan": "Indralaya", "jenis": "logistik",
        "tingkat": "tinggi", "uraian": text, "pelapor": "Polsek",
    }  # fmt: skip


def _detail(board: Board) -> AppTest:
    app = AppTest.from_string(_SCRIPT)
    app.query_params["kasus"] = str(
        board.snapshot_reader.refresh().snapshot.frames["incidents"]["case"][0]
    )
    app.run(timeout=90)
    assert not app.exception
    return app


def _captions(app: AppTest) -> str:
    return " ".join(one.value for one in app.caption)


def _steps(board: Board) -> list[tuple[Any, ...]]:
    rows = board.snapshot_reader.refresh().snapshot.frames["incidents"]
    return list(zip(rows["status"], rows["uraian"], rows["withdrawn_at"].notna(), strict=True))


def test_a_step_closes_its_form_is_written_once_and_undone_by_a_record_against_it(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    _send(empty, "incidents", [_incident("K-1", "Kotak hilang")])
    app = _detail(empty)
    key = next(one.proto.id for one in app.get("popover") if "diverifikasi_" in one.proto.id)
    key = "diverifikasi_" + key.rpartition("diverifikasi_")[2]
    for _ in range(2):  # the second click comes before the page is drawn again
        app.session_state[key] = True
        app.run(timeout=90)
        if not app.get("form_submit_button") and not app.text_input:
            break
        app.text_input(key=f"{key}_uraian").set_value("Dicek Polsek")
        next(one for one in app.button if one.label == "Simpan").click()
        app.run(timeout=90)
        assert not app.exception and app.session_state[key] is False
    assert _steps(empty)[1:] == [("diverifikasi", "Dicek Polsek", False)]
    assert "Tercatat: Verifikasi · K-1 · Dicek Polsek" in app.success[0].value.replace("\\", "")
    app.button(key="tanda_terima_batal").click()
    app.run(timeout=90)
    assert _steps(empty)[1:] == [("diverifikasi", "Dicek Polsek", True)]
    assert "Dibatalkan" in app.success[0].value


def test_a_merge_takes_the_shown_reasons_and_is_undone(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    _send(empty, "incidents", [_incident(name, "Massa di kantor PPK") for name in ("K-1", "K-2")])
    app = AppTest.from_string(_SCRIPT).run(timeout=90)
    [key] = [one.proto.id for one in app.get("popover") if "gabung_" in one.proto.id]
    key = "gabung_" + key.rpartition("gabung_")[2]
    app.session_state[key] = True
    app.run(timeout=90)
    reason = app.text_input(key=f"{key}_alasan").value
    assert "kecamatan yang sama" in reason and "jenis sama" in reason
    app.button(key=f"{key}_simpan").click()
    app.run(timeout=90)
    assert not app.exception and reason in app.success[0].value.replace("\\", "")
    merges = empty.snapshot_reader.refresh().snapshot.frames["merges"]
    assert list(merges["alasan_gabung"]) == [reason]
    app.button(key="tanda_terima_batal").click()
    app.run(timeout=90)
    merges = empty.snapshot_reader.refresh().snapshot.frames["merges"]
    assert merges["withdrawn_at"].notna().all() and not app.exception


def test_of_a_case_told_a_thousand_times_the_newest_rows_are_shown(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    _send(empty, "incidents", [_incident("K-1", f"Kabar {at}.") for at in range(1_000)])
    app = _detail(empty)
    [history] = [one.proto.body for one in app.get("html") if "kj-told" in one.proto.body]
    assert history.count("<li>") == detail.MAX_ROWS
    assert "Kabar 999." in history
    assert "200 dari 1.000 laporan, yang terbaru" in _captions(app)


def test_of_a_large_group_not_every_bond_is_a_line_of_the_page(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    _send(empty, "incidents", [_incident(f"K-{at}", "Massa.") for at in range(301)])
    cases = empty.snapshot_reader.refresh().snapshot.frames["incidents"]["case"].tolist()
    bonds = [{"id": f"G-{at}", "waktu": "2024-11-27 10:00", "tindakan": "gabung",
              "kasus": case, "ke": cases[0], "alasan": "sama", "pelapor": "Polres"}
             for at, case in enumerate(cases[1:])]  # fmt: skip
    _send(empty, "merges", bonds)
    drawn: list[Any] = []
    monkeypatch.setattr(detail, "_render_merge", lambda *of: drawn.append(of))
    app = _detail(empty)
    assert len(drawn) == detail.MAX_MERGES
    assert "100 dari 300 penggabungan" in _captions(app)


def test_the_numbers_of_a_large_group_are_named_up_to_a_bound() -> None:
    every = pd.Series([f"K-{at}" for at in range(102)])
    assert detail._format_ids(every).endswith("K-99 dan 2 lagi")
    assert detail._format_ids(every.head(2)) == "K-0, K-1"


def test_all_days_of_a_kind_are_one_file_whatever_window_the_page_shows(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    earlier = _incident("K-2", "Amplop") | {"waktu": "2024-10-03 09:00"}
    other = _incident("K-3", "Kotak") | {"waktu": "2024-10-03 10:00"}
    rows = [_incident("K-1", "Amplop"), earlier]
    _send(empty, "incidents", [row | {"jenis": "politik_uang"} for row in rows] + [other])
    files: dict[str, Any] = {}
    monkeypatch.setattr(
        audit, "render_download_button", lambda text, build, *_, **__: files.update({text: build})
    )
    app = AppTest.from_string(_SCRIPT)
    app.session_state["semua_hari"] = True
    app.run(timeout=90)
    assert not app.exception
    offered = {name.partition(" · ")[0]: name for name in files}
    assert [name.partition(" · ")[2] for name in files if "semua" in name] == ["3"]
    book = openpyxl.load_workbook(io.BytesIO(files[offered["politik uang"]]()))
    cells = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    ]
    assert {"K-1", "K-2"} <= set(cells) and "K-3" not in cells
    assert not [cell for cell in cells if "hari pemungutan" in cell]
    assert "Jenis: politik uang" in cells
