"""`copy`: the frozen copy, written by whoever sits at the console."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_copy_is_written_in_the_sight_of_a_guest_unless_told_otherwise(
    cli: Run, tmp_path: Path
) -> None:
    path = tmp_path / "salinan.html"
    assert cli("copy", "-o", str(path)).code == 0
    text = path.read_text("utf-8")
    assert "SALINAN BEKU" in text
    assert "peran tamu" in text
    assert '"name":"personel"' not in text
    assert "export" in cli("audit", "list").out
    assert cli("copy", "-o", str(path), "--role", "pimpinan").code == 0
    assert '"name":"personel"' in path.read_text("utf-8")


@pytest.mark.parametrize(
    "words", [("-o", "{folder}/tidak/ada.html"), ("-o", "{folder}/x.html", "--role", "kaisar")]
)
def test_what_cannot_be_written_is_said_in_a_sentence(
    cli: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = cli("copy", *(word.format(folder=tmp_path) for word in words))
    assert said.code == 2
    assert "Traceback" not in said.err
    assert list(tmp_path.glob("*.html")) == []
