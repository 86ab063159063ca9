"""The heat table of kinds: numbers as counted, silence as a dash, nothing for zero."""

from __future__ import annotations

import pandas as pd

from situasi.analysis.situation.worklist import count_by_kind
from situasi.figures.charts.incident_heatmap import SILENT_TEXT, build_incident_heatmap
from situasi.figures.theme import DARK, LIGHT
from tests.builders import case_table, incident, incidents

AREAS = ["16.10.04", "16.10.05", "16.10.06"]


def counted() -> pd.DataFrame:
    shown = case_table(
        incidents(
            incident(id="A", jenis="apk"),
            incident(id="B", jenis="apk"),
            incident(id="C", jenis="logistik", kecamatan="16.10.05"),
        )
    )
    return count_by_kind(shown, AREAS, {"16.10.04", "16.10.05"})


def test_the_commonest_kind_stands_on_top_and_silence_is_missing() -> None:
    table = counted()
    assert table.index.tolist() == ["apk", "logistik"]
    assert table["16.10.04"].tolist() == [2, 0]
    assert table["16.10.06"].isna().all()


def test_a_report_of_no_one_kecamatan_has_a_column_of_its_own() -> None:
    shown = case_table(incidents(incident(kecamatan=None)))
    assert count_by_kind(shown, AREAS, set())[""].tolist() == [1]


def test_counting_loses_nothing() -> None:
    assert int(counted().sum().sum()) == 3


def test_numbers_are_written_in_the_cells_and_a_dash_where_nobody_reported() -> None:
    counts, silence = build_incident_heatmap(counted(), str, str, "belum ada laporan", LIGHT).data
    assert [list(row) for row in counts.text] == [["2", "", ""], ["", "1", ""]]
    assert [row[2] for row in silence.text] == [SILENT_TEXT, SILENT_TEXT]
    assert [[value == 0 for value in row] for row in silence.z] == [[False, False, True]] * 2
    assert [[value == 0 for value in row] for row in counts.z] == [
        [False, True, False],
        [True, False, False],
    ]


def test_a_table_without_cases_is_still_a_figure() -> None:
    empty = count_by_kind(case_table(incidents()), AREAS, set())
    assert build_incident_heatmap(empty, str, str, "", DARK).layout.height > 0
