"""Answers without a zone that may be in UTC: taken where that is known, else asked about."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.ingest.sources.hand_mapping import HandMapping, build_profile
from tests.builders import unbounded
from tests.conftest import NOON

ZONES = (
    "waktu,kecamatan,desa,jenis,uraian,waktu lapor\n"
    "27/11/2024 {0}:10,Kandis,Miji,listrik padam,Lampu mati,27/11/2024 {3}:15{6}\n"
    "27/11/2024 {1}:20,Kandis,Miji,kericuhan,Cekcok,27/11/2024 {4}:31{6}\n"
    "27/11/2024 {2}:05,Kandis,Miji,intimidasi,Ancaman,27/11/2024 {5}:12{6}\n"
)


@pytest.mark.parametrize(
    ("hours", "zone"),
    [
        (("01", "02", "04", "08", "09", "11"), ""),  # as sent, but for the zone
        (("00", "02", "04", "00", "02", "04"), " UTC"),  # likewise, where sending names it
        (("01", "02", "04", "01", "02", "04"), ""),  # all of the night, and none names a zone
    ],
)
def test_hours_that_look_like_utc_of_a_tool_nobody_knows_are_asked_about(
    board: Board, tmp_path: Path, hours: tuple[str, ...], zone: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ZONES.format(*hours, zone), "utf-8")
    request = IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON)
    result = ingest_file(request)
    assert result.accepted == 0
    assert result.waiting
    assert any("tampak ditulis dalam UTC" in note for note in result.notes)


@pytest.mark.parametrize(
    ("hours", "zone"),
    [
        (("07", "08", "09", "07", "08", "09"), ""),
        (("09", "10", "10", "16", "17", "17"), ""),  # one round, sent in the afternoon
        (("01", "02", "04", "01", "02", "04"), " WIB"),  # of the night, as the sending says
    ],
)
def test_hours_that_fit_as_they_are_written_are_taken_so(
    board: Board, tmp_path: Path, hours: tuple[str, ...], zone: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ZONES.format(*hours, zone), "utf-8")
    evening = NOON + timedelta(hours=8)
    request = IngestRequest(path, board.store, board.ingest_context, unbounded(), now=evening)
    assert ingest_file(request).accepted == 3
    at = board.store.rows_after(INCIDENTS)["occurred_at"].dt.tz_convert("Asia/Jakarta")
    assert sorted(at.dt.strftime("%H")) == sorted(hours[:3])


def test_the_night_after_the_voting_is_no_night_of_utc(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = ZONES.format("00", "01", "02", "00", "01", "02", "")
    path.write_text(text.replace("27/11", "28/11"), "utf-8")
    later = NOON + timedelta(days=1)
    request = IngestRequest(path, board.store, board.ingest_context, unbounded(), now=later)
    assert ingest_file(request).accepted == 3


@pytest.mark.parametrize(("zone", "at"), [("UTC", "08:10"), ("Asia/Jakarta", "01:10")])
def test_the_zone_that_a_person_names_settles_the_question(
    board: Board, tmp_path: Path, zone: str, at: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ZONES.format("01", "02", "04", "01", "02", "04", ""), "utf-8")
    columns = {h: h for h in ("waktu", "kecamatan", "desa", "jenis", "uraian")}
    mapping = HandMapping("peta", "incidents", {**columns, "waktu lapor": "waktu_lapor"}, zone)
    request = IngestRequest(
        path,
        board.store,
        board.ingest_context,
        unbounded(),
        now=NOON,
        profile=build_profile(mapping),
    )
    assert ingest_file(request).accepted == 3
    first = board.store.rows_after(INCIDENTS)["occurred_at"].min().tz_convert("Asia/Jakarta")
    assert f"{first:%H:%M}" == at
