"""Past turnout by place: read where it is there, refused with its line where it cannot be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.domain import past_turnout
from situasi.domain.definition_errors import DefinitionError


def write(folder: Path, *rows: str) -> Path:
    text = "\n".join(["kode,pemilihan,persen,sumber", *rows])
    (folder / past_turnout.FILE_NAME).write_text(text, "utf-8")
    return folder


def test_without_a_file_nothing_is_known_of_the_past(tmp_path: Path) -> None:
    assert past_turnout.load(tmp_path) == {}


def test_several_elections_of_a_place_are_averaged(tmp_path: Path) -> None:
    rows = ('16.10.01,2020,"82,5",KPU', "16.10.01,2024,77.5,KPU", "16.10.01.2005.001,2024,60,KPU")
    found = past_turnout.load(write(tmp_path, *rows))
    assert found == {"16.10.01": pytest.approx(0.8), "16.10.01.2005.001": pytest.approx(0.6)}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("16.10.01,2020,835,KPU", "'835' harus paling banyak 100"),
        ("16.10.01,2020,delapan,KPU", "delapan"),
        ("16.10.01,2020,80,", "'sumber': kosong"),
    ],
)
def test_a_line_that_cannot_be_right_is_refused_with_its_number(
    tmp_path: Path, row: str, reason: str
) -> None:
    with pytest.raises(DefinitionError, match="baris 3") as refused:
        past_turnout.load(write(tmp_path, "16.10.02,2020,80,KPU", row))
    assert reason in str(refused.value)
