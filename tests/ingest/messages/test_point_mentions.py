"""Points on the map in running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.messages.chat_splitter import Message
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.point_mentions import find_points
from situasi.ingest.parsing.cells import normalize_text
from situasi.ingest.parsing.coordinates import read_point


def points(board: Board, text: str) -> list[tuple[float, float]]:
    mentions = find_points(Passage(normalize_text(text)), board.boundaries)
    return [read_point(point.lat, point.lon) for point in mentions]


@pytest.mark.parametrize(
    "text",
    [
        "-3.2512, 104.6513",
        "-3.2512,104.6513",
        "-3.2512 104.6513",
        "(104.6513, -3.2512)",
        "https://maps.google.com/?q=-3.2512,104.6513",
        "https://maps.google.com/?q=-3.2512%2C104.6513",
        "https://www.google.com/maps/@-3.2512,104.6513,17z",
        "S 3.2512 E 104.6513",
        "3.2512 LS 104.6513 BT",
        "3.2512\u00b0 S, 104.6513\u00b0 E",
        "3\u00b015.072' S 104\u00b039.078' E",
    ],
)
def test_a_point_is_the_same_however_it_is_written(any_board: Board, text: str) -> None:
    (point,) = points(any_board, f"lokasi {text} aman")
    assert point == pytest.approx((-3.2512, 104.6513))


def test_degrees_minutes_and_seconds(any_board: Board) -> None:
    (point,) = points(any_board, "3\u00b015'04\"S 104\u00b039'05\"E")
    assert point == pytest.approx((-3.25111, 104.65139), abs=1e-4)


@pytest.mark.parametrize(
    "text", ["3.25", "07.00, 104.65", "118, 104", "TPS 1.25,104", "1.234, 5.678", "3.2512, 204.65"]
)
def test_what_is_no_point_is_left(any_board: Board, text: str) -> None:
    assert not [p for p in points(any_board, text) if p[0] != 7.0]


@given(lat=st.floats(-10.9, -0.1), lon=st.floats(95.1, 140.9))
def test_every_point_of_the_country_is_found(any_board: Board, lat: float, lon: float) -> None:
    (point,) = points(any_board, f"banjir di {lat:.5f}, {lon:.5f} sejak pagi")
    assert point == pytest.approx((round(lat, 5), round(lon, 5)))


def test_a_point_alone_is_told_with_its_kecamatan(any_board: Board) -> None:
    found = MessageExtractor(any_board.ingest_context).extract(Message("-3.2512, 104.6513"))
    assert not found.rows
    assert any("Kec. " in note for note in found.notes), found.notes
    assert found.unread_numbers == ("-3.2512", "104.6513")
