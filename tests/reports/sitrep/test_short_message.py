"""The text for a messenger: what is cut in it, and what never is."""

from pathlib import Path
from types import SimpleNamespace

from situasi.board import open_board
from situasi.domain import labels
from situasi.domain.feed_schemas import JENIS
from situasi.domain.register import Register
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.presentation import place_names
from situasi.reports.sitrep import short_message
from situasi.reports.sitrep.model import Cell, Sitrep
from tests.builders import unbounded, wib
from tests.conftest import settings_in
from tests.reports.sitrep.conftest import built


def _format_line(kind: str, place: str) -> str:
    cells = ("1", "12.32", "sedang", kind, place, "Satreskrim", "dilaporkan")
    return short_message._format_case(tuple(Cell(text, text) for text in cells))


def test_no_place_of_the_register_is_cut_whatever_happened_there(register: Register) -> None:
    kind = max((labels.label("jenis", code) for code in JENIS), key=len)
    for code in register.tps["code"]:
        desa, _dot, number = code.rpartition(".")
        row = SimpleNamespace(
            kecamatan=desa.rpartition(".")[0], desa_text=register.name_of(desa), tps=number
        )
        place = place_names.format_case_place(register, row)
        assert _format_line(kind, place) == f"• 12.32 {kind}, {place}: sedang, dilaporkan"


def test_words_without_end_in_place_of_a_desa_are_cut() -> None:
    assert "…: sedang" in _format_line("intimidasi", "Indralaya · " + "desa " * 60)


def test_a_place_of_which_nothing_is_heard_is_named_before_any_figure(tmp_path: Path) -> None:
    board = open_board(settings_in(tmp_path / "board"), lambda: wib("07.10"))
    try:
        file = tmp_path / "tps.csv"
        rows = [
            f"2024-11-27 07:05,{code[:8]},{code.rpartition('.')[0]},{code[-3:]},dibuka"
            for code in board.register.tps["code"]
            if not code.startswith("16.10.02")
        ]
        file.write_text("\n".join(["waktu,kode_kecamatan,kode_desa,tps,fase", *rows]), "utf-8")
        limits = unbounded("test")
        answer = ingest_file(
            IngestRequest(file, board.store, board.ingest_context, limits, now=wib("07.10"))
        )
        assert answer.accepted == len(rows), answer
        message = built(board, at=wib("07.45")).message
    finally:
        board.close()
    lines = message.splitlines()
    [at] = [n for n, line in enumerate(lines) if line.startswith("Sumber senyap: ")]
    assert lines[at - 1].startswith("Situasi kecamatan: ")
    assert "TPS Tanjung Batu 70 dari 70" in lines[at]


def test_where_nothing_is_silent_the_message_says_nothing_of_it(laporan: Sitrep) -> None:
    assert "senyap" not in laporan.message
