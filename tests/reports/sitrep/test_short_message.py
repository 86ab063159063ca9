"""The text for a messenger: what is cut in it, and what never is."""

from types import SimpleNamespace

from situasi.domain import labels
from situasi.domain.feed_schemas import JENIS
from situasi.domain.register import Register
from situasi.presentation import place_names
from situasi.reports.sitrep import short_message
from situasi.reports.sitrep.model import Cell


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
