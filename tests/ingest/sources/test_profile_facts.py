"""What a profile says of a file beside its columns: its feed, its day; and what it cannot say."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.ingest.sources.profile import Signature, SourceProfile
from tests.builders import unbounded
from tests.conftest import NOON

OFFICERS = (
    "NRP,Pangkat,Kec,Objek\n"
    "87041234,Bripka,Kandis,TPS 1 Desa Miji\n"
    "84091177,Aipda,Kandis,TPS 1-2 Desa Miji\n"
)
ACTIVITIES = (
    "Waktu,Kecamatan,Kegiatan\n"
    "27/11/2024 08.00,Kandis,patroli\n"
    "27/11/2024 17.00,Kandis,pengamanan kotak tiba di PPK\n"
)


@pytest.mark.parametrize(
    ("feed", "text", "columns"),
    [
        ("roster", OFFICERS, {"nrp": ("NRP",), "pangkat": ("Pangkat",), "kecamatan": ("Kec",)}),
        ("activities", ACTIVITIES, {"giat": ("Kegiatan",), "waktu": ("Waktu",)}),
    ],
)
def test_a_file_is_of_the_feed_of_its_profile(
    board: Board, tmp_path: Path, feed: str, text: str, columns: dict[str, tuple[str, ...]]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    headings = tuple(text.splitlines()[0].split(","))
    profile = SourceProfile(
        name="daftar", title="daftar", feed=feed, signature=Signature(headings=headings),
        columns=columns,
    )  # fmt: skip
    result = ingest_file(
        IngestRequest(
            path, board.store, board.ingest_context, unbounded(), now=NOON, profile=profile
        )
    )
    assert (result.feed, result.accepted) == (feed, 2), result
    assert len(board.store.rows_after(FEEDS[feed])) == 2


@pytest.mark.parametrize("heading", ["SENIN, 25 NOVEMBER 2024 SAMPAI", "Sampai (25 Nov)"])
def test_the_day_of_a_heading_outlives_its_mapping_and_the_day_of_the_file(
    board: Board, tmp_path: Path, heading: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Kecamatan;Desa;TPS;{heading}\nKandis;Miji;1;15.20\n", "utf-8")
    profile = SourceProfile(
        name="logistik", title="logistik", feed="tps", signature=Signature(headings=("TPS",)),
        columns={"jam logistik tiba": (f"={heading}",)}, constants={"tanggal": "27/11/2024"},
    )  # fmt: skip
    result = ingest_file(
        IngestRequest(
            path, board.store, board.ingest_context, unbounded(), now=NOON, profile=profile
        )
    )
    assert result.accepted == 1, result
    [row] = board.store.rows_after(FEEDS["tps"]).itertuples()
    assert (row.fase, f"{row.occurred_at:%d/%m %H.%M}") == ("logistik_tiba", "25/11 08.20")
