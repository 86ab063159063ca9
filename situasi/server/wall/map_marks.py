"""Marks of open cases on the map of the wall: every one that has any place."""

from typing import Any

import pandas as pd

from situasi.analysis.incidents import placement
from situasi.board import Board
from situasi.server.wall.svg_map import MapDrawing

# The newest; more cannot be told apart.
MAX_MARKS = 300


def place_cases(board: Board, critical: pd.DataFrame, open_cases: pd.DataFrame) -> pd.DataFrame:
    """Return the critical and the other open cases with where each is drawn, the newest last."""
    rows = pd.concat([critical.iloc[::-1], open_cases]).drop_duplicates("case")
    return placement.place_cases(rows, board.geography.points, board.boundaries.label_points)


def locate_cases(placed: pd.DataFrame, drawing: MapDrawing) -> dict[str, list[float]]:
    """Return where each case lies on the drawing."""
    points = zip(placed["case"], placed["lon"], placed["lat"], strict=True)
    return {case: drawing.locate(lon, lat) for case, lon, lat in points}


def build_marks(placed: pd.DataFrame, drawing: MapDrawing) -> list[list[Any]]:
    """Return for each mark [x, y, tingkat, whether the place is an estimate, number of cases]."""
    marks = placement.group_by_place(placed).tail(MAX_MARKS)
    return [
        [
            *drawing.locate(lon, lat),
            tingkat or "belum",
            int(placed_by != placement.POINT),
            n,
        ]
        for lon, lat, tingkat, placed_by, n in zip(
            marks["lon"], marks["lat"], marks["tingkat"], marks["placed_by"],
            marks["n"].tolist(), strict=True,
        )
    ]  # fmt: skip
