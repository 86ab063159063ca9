"""The marks of open cases on the map: each case has one, and each mark opens its cases."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from situasi.analysis.incidents import placement
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.maps.markers import MAX_POINTS, format_mark_key
from situasi.ui.components import area_map

CasesByMark = dict[str, tuple[str, ...]]


def place_cases(open_cases: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that have a place on the live map (placement.place_cases)."""
    return placement.place_cases(open_cases, board().geography.points, area_map.list_area_spots())


def build_marks(placed: pd.DataFrame) -> tuple[pd.DataFrame, CasesByMark]:
    """Return the newest marks with label, and their cases by markers.format_mark_key."""
    marks = placement.group_by_place(placed).tail(MAX_POINTS)
    rows = {row.case: row for row in placed.itertuples()}
    described: list[Any] = list(marks.itertuples())
    labels = [
        _format_label([rows[case] for case in mark.cases], mark.placed_by) for mark in described
    ]
    cases_by_mark: CasesByMark = {}
    for mark in described:
        key = format_mark_key(mark.lon, mark.lat)
        cases_by_mark[key] = (*cases_by_mark.get(key, ()), *mark.cases)
    return marks.drop(columns="cases").assign(label=labels), cases_by_mark


def _format_label(cases: Sequence[Any], placed_by: str) -> str:
    register, case = board().register, cases[0]
    if len(cases) > 1:
        count = format_counts(_("{n} kejadian, pilih untuk melihatnya"), n=len(cases))
        parts = [count, register.name_of(case.kecamatan)]
    else:
        local = case.occurred_at.tz_convert(register.election.zone)
        parts = [
            label("jenis", case.jenis), register.name_of(case.kecamatan), format_time(local),
            label("status", case.status),
        ]  # fmt: skip
    if placed_by == placement.DESA:
        parts.append(_("letak perkiraan: desanya"))
    elif placed_by == placement.KECAMATAN:
        parts.append(_("letak perkiraan: kecamatannya"))
    return " · ".join(parts)
