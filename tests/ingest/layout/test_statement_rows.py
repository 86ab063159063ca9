"""Lines that state that nothing happened are no rows of the table above them."""

from __future__ import annotations

import pytest

from situasi.ingest.layout.statement_rows import find_statements, states_nothing


@pytest.mark.parametrize(
    "rows",
    [
        [["II. KEJADIAN MENONJOL"], ["NIHIL"]],
        [["II.", "KEJADIAN MENONJOL"], ["", "NIHIL"][1:]],
        [["B.", "GANGGUAN KAMTIBMAS"], ["1", "Nihil."]],
        [["KEJADIAN MENONJOL : NIHIL"]],
        [["3", "Kejadian menonjol", "nihil"]],
        [["Hal-hal yang menonjol: tidak ada"]],
    ],
)
def test_title_and_nihil_are_a_statement(rows: list[list[str]]) -> None:
    assert find_statements([["Miji", "1", "61"], *rows]) == [n + 1 for n in range(len(rows))]


@pytest.mark.parametrize(
    "rows",
    [
        [["NIHIL"]],  # of what?
        [["II. KEJADIAN MENONJOL"], ["Mati lampu"]],
        [["KEJADIAN MENONJOL"], ["Kandis", "Miji", "1", "NIHIL"]],
        [["Kandis"], ["NIHIL"]],
        [["Kejadian di TPS 2", "nihil"]],
    ],
)
def test_rows_that_may_report_something_are_none(rows: list[list[str]]) -> None:
    assert find_statements(rows) == []


@pytest.mark.parametrize(
    "line",
    [
        "Demikian dilaporkan, situasi wilkum Polsek aman dan kondusif.",
        "Demikian untuk menjadi periksa",
        "Jumlah kejadian : 5 (lima). Demikian untuk menjadi periksa.",
        "Lanjutan...",
        "Mengetahui :",
    ],
)
def test_lines_that_close_a_report_are_no_rows(line: str) -> None:
    assert find_statements([["Miji", "1", "61"], [line]]) == [1]
    assert find_statements([["1", "Miji", "Kandis", line]]) == []


def test_nihil_beside_its_number_states_nothing() -> None:
    assert states_nothing(["1", "NIHIL"])
    assert not states_nothing(["Kandis", "NIHIL"])
