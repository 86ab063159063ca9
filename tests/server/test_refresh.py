"""What a page that is left open costs the network: as a browser asks, with what it has kept."""

from __future__ import annotations

from pathlib import Path

from situasi.domain.settings import ROOT
from situasi.ingest.pipeline import ingest_rows
from tests.bench import made
from tests.bench.server import serving, shown_from
from tests.bench.viewer import Viewer
from tests.builders import unbounded

REPORTS = 2_000  # of which half are open: many more than a kabupaten has in a day
ROW = {"waktu": "27/11/2024 21.00", "kecamatan": "Kandis", "jenis": "banjir", "latihan": "ya"}


def test_an_unchanged_board_sends_nothing_or_2_kb_and_one_new_report_under_30(
    tmp_path: Path,
) -> None:
    folder = made.filled(tmp_path / "board", made.file(tmp_path / "reports.csv", REPORTS))
    board = made.board(folder)
    still, fresh = [], []
    with serving(ROOT / "dashboard.py", made.environment(folder)) as port:
        page = Viewer(port)
        page.run()
        for turn in range(3):  # of each kind, as what is kept by the browser ages
            still += [page.beat() for _ in range(3)]
            if not turn:
                assert page.beats_unanswered(3)
            row = {**ROW, "id": f"N{turn}", "uraian": f"Air naik {turn} cm."}
            ingest_rows(
                [row],
                "t",
                board.store,
                board.ingest_context,
                unbounded("test"),
                feed="incidents",
                now=made.EVENING,
            )
            shown_from(port, board.store.version())
            fresh.append(page.beat())
        page.close()
    board.close()
    assert max(run.size for run in still) < 2 << 10
    assert min(run.size for run in fresh) > 2 << 10  # the page was drawn anew
    assert max(run.wire for run in fresh) < 30 << 10
