"""A faulty row goes back with every column that its reasons speak of, and comes home filled."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.ingest.quarantine import format_csv, release_row
from situasi.ingest.validation.column_mapping import EXPORT_HEADINGS
from situasi.store.model import QuarantinedRow
from tests.builders import unbounded
from tests.builders_files import csv_file, report
from tests.conftest import NOON
from tests.effort import examples
from tests.ingest.door import deliver, judged
from tests.ingest.test_pipeline import bring, fresh_board

# For each feed what its rows cannot do without: each must be asked for when it is missing.
NEEDED = {
    "incidents": ("waktu", "kecamatan", "jenis"),
    "tps": ("waktu", "desa", "tps"),
    "personnel": ("waktu", "kecamatan", "petugas", "checkin"),
    "activities": ("waktu", "kecamatan", "giat"),
    "roster": ("petugas",),
    "postings": ("desa", "petugas"),
    "neutrality": ("waktu", "langkah"),
    "merges": ("waktu", "kasus", "ke", "tindakan"),
}


def whole(feed: str) -> dict[str, object]:
    """A good row that names its place by name alone."""
    return {heading: cell for heading, cell in report(feed).items() if heading != "kode_kecamatan"}


def returned(board: Board, folder: Path, filled: dict[str, object]) -> Path:
    """The file that goes back to the sender, these cells filled in."""
    lines = list(
        csv.DictReader(io.StringIO(format_csv(board.store.quarantined_rows()), newline=""))
    )
    return csv_file(
        folder / "kembali.csv",
        *({h: cell or filled.get(h, "") for h, cell in line.items()} for line in lines),
    )


@pytest.mark.parametrize(
    ("feed", "missing"), [(feed, column) for feed, names in NEEDED.items() for column in names]
)
@pytest.mark.parametrize("column_is_there", [True, False])
def test_a_missing_cell_is_asked_for_and_the_row_is_released_once_it_is_filled(
    board: Board, tmp_path: Path, feed: str, missing: str, column_is_there: bool
) -> None:
    row = {h: cell for h, cell in whole(feed).items() if h != missing}
    row |= {missing: ""} if column_is_there else {}
    assert deliver(board, feed, row).quarantined == 1
    [held] = board.store.quarantined_rows()
    assert held.raw[missing] == ""
    path = returned(board, tmp_path, whole(feed))
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=NOON)
    )
    assert (ledger.accepted, board.store.quarantined_rows()) == (1, [])


def test_the_sender_is_asked_under_his_own_heading_where_he_has_one(board: Board) -> None:
    row = {"Tanggal": "", "Pukul": "", "Kec.": "Kandis", "Jenis Kejadian": "banjir", "Uraian": "x"}
    deliver(board, "incidents", row)
    [held] = board.store.quarantined_rows()
    assert held.raw["Tanggal"] == "" and "waktu" not in held.raw


def test_a_clock_without_a_date_is_asked_for_its_day(board: Board, tmp_path: Path) -> None:
    deliver(board, "incidents", {"jam": "08.00", "kecamatan": "Kandis", "jenis": "banjir"})
    path = returned(board, tmp_path, {"waktu": "27/11/2024"})
    assert bring(board, path).accepted == 1


def test_a_filled_cell_asks_for_no_other(board: Board) -> None:
    deliver(board, "incidents", report(kode_kecamatan="", kecamatan="Atlantis"))
    [held] = board.store.quarantined_rows()
    assert not [heading for heading, cell in held.raw.items() if not cell]


MENDED = {"waktu": "27/11/2024 08.05", "kecamatan": "Kandis", "jenis": "banjir"}


def torn_row(board: Board, folder: Path) -> QuarantinedRow:
    """A row that nobody could part into cells, and that waits."""
    path = folder / "a.csv"
    path.write_text(
        'waktu,kecamatan,jenis\n27/11/2024 08.00,Kandis,banjir\n"27/11/2024 08.00,Kandis\n'
    )
    bring(board, path)
    [torn] = [row for row in board.store.quarantined_rows() if "__rusak" in row.raw]
    return torn


def test_a_torn_row_comes_back_with_cells_to_fill_in(board: Board, tmp_path: Path) -> None:
    torn = torn_row(board, tmp_path)
    assert {"waktu", "kecamatan", "jenis"} <= torn.raw.keys()
    line = {h: MENDED.get(h, cell) for h, cell in torn.raw.items()}
    ours = {"no_karantina": torn.number, "berkas": torn.source, "baris": torn.row}
    back = csv_file(tmp_path / "b.csv", {**ours, **line})
    assert bring(board, back).accepted == 1
    assert torn.number not in [row.number for row in board.store.quarantined_rows()]


def test_a_torn_row_is_released_once_its_cells_are_typed_in(board: Board, tmp_path: Path) -> None:
    torn = torn_row(board, tmp_path)
    assert (
        release_row(board.store, board.ingest_context, unbounded(), torn, {}, NOON).quarantined == 1
    )
    assert torn in board.store.quarantined_rows()
    assert (
        release_row(board.store, board.ingest_context, unbounded(), torn, MENDED, NOON).accepted
        == 1
    )
    assert torn.number not in [row.number for row in board.store.quarantined_rows()]


def test_a_row_that_comes_back_with_other_reasons_waits_once(board: Board, tmp_path: Path) -> None:
    told = {
        "waktu": "27/11/2024 08.00",
        "desa": "Tanjung Gelam",
        "tps": 1,
        "kecamatan": "Indralaya",
    }
    rows = [{"no": 1, **told, "hadir": 5}, {"no": "Jumlah", "hadir": 5}]
    bring(board, csv_file(tmp_path / "a.csv", *rows))
    assert "sesuai" in board.store.quarantined_rows()[0].reasons[0]
    ledger = bring(board, returned(board, tmp_path, {}), feed="tps")
    assert ledger.quarantined == 1
    # Nothing stands above it now, so its reason is another.
    assert len(board.store.quarantined_rows()) == 1


JUNK = st.sampled_from(["", "-", "entah", "27/11/2024 08.03", "Kandis", "32/13/2024", "1", "ya"])


@settings(max_examples=examples(60))
@given(st.sampled_from(list(FEEDS)), st.data())
def test_every_heading_that_is_asked_for_is_one_that_the_feed_reads(
    feed: str, data: st.DataObject
) -> None:
    names = data.draw(st.lists(st.sampled_from(list(whole(feed))), min_size=1, unique=True))
    row: dict[str, object] = {name: data.draw(JUNK) for name in names}
    with fresh_board() as (board, _):
        for rejected in judged(board, feed, row).rejected:
            for heading, cell in rejected.raw_cells.items():
                known = board.ingest_context.vocabulary.find_column(feed, heading)
                assert cell or (known and heading not in EXPORT_HEADINGS), (heading, rejected)
