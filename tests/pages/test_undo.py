"""Undo on the Masukan page: what goes, and what stands because another delivery brought it too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.ui import session
from tests.builders import unbounded
from tests.builders_files import csv_file, report
from tests.conftest import NOON
from tests.rehearsed import run, script_of

_SCRIPT = script_of("intake")


def page() -> AppTest:
    return run(AppTest.from_string(_SCRIPT))


def undo(app: AppTest, batch: int) -> str:
    """Take a delivery back as a person does; what the page says then."""
    box = next(one for one in app.selectbox if one.label == "Kiriman")
    box.set_value(batch)
    next(one for one in app.text_input if one.label == "Alasan").set_value("salah")
    next(one for one in app.checkbox if one.label == "Ya, tarik kiriman ini").check()
    buttons = [one for one in app.button if one.label == "Tarik kiriman"]
    buttons[-1].click()
    return "\n".join(str(one.value) for one in run(app).success).replace("\\", "")


def choices(app: AppTest) -> list[Any]:
    return list(next(one for one in app.selectbox if one.label == "Kiriman").options)


def test_the_page_says_which_rows_stand_and_by_which_delivery(
    empty: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(session, "viewer", lambda: Viewer("rina", ROLES["admin"]))
    st.cache_resource.clear()
    one, other = report(), report(id="K-2", jenis="banjir")
    for actor, rows in (("wati", (one, other)), ("budi", (other,))):
        path = csv_file(tmp_path / f"{actor}.csv", *rows)
        ingest_file(
            IngestRequest(path, empty.store, empty.ingest_context, unbounded(actor), now=NOON)
        )
    app = page()
    assert "kecuali yang juga dibawa kiriman lain" in "\n".join(one.value for one in app.text)
    assert [one.partition(" ")[0] for one in choices(app)] == ["2", "1"]
    said = undo(app, 1)
    assert "Kiriman 1: 1 baris ditarik." in said
    assert "1 baris tetap berlaku: juga dibawa kiriman 2." in said
    assert [one.partition(" ")[0] for one in choices(page())] == ["2"]
    assert "Kiriman 2: 1 baris ditarik." in undo(page(), 2)
    st.cache_resource.clear()
