"""The house put together: what fits opens, what does not fit says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi import board as house
from situasi.board import Board, open_board
from situasi.definition import DefinitionError
from tests.builders_election import invented_election, kecamatan_codes, write_squares
from tests.conftest import NOON, settings_in


def test_register_and_boundaries_must_name_the_same_kecamatan(tmp_path: Path) -> None:
    folder = invented_election(tmp_path / "negeri", kecamatan=4)
    write_squares(folder / "geo" / "kecamatan.geojson", kecamatan_codes(3))
    with pytest.raises(ValueError, match="04"):
        open_board(settings_in(tmp_path, SITUASI_ELECTION=str(folder)), lambda: NOON)


def test_an_election_folder_without_a_definition_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "kosong").mkdir()
    settings = settings_in(tmp_path, SITUASI_ELECTION=str(tmp_path / "kosong"))
    with pytest.raises(DefinitionError, match=r"election\.toml"):
        open_board(settings, lambda: NOON)
    assert not settings.live.exists()


def test_a_board_of_one_kecamatan_opens(tmp_path: Path) -> None:
    folder = invented_election(tmp_path / "negeri", kecamatan=1)
    board = open_board(settings_in(tmp_path, SITUASI_ELECTION=str(folder)), lambda: NOON)
    assert list(board.register.kecamatan) == list(board.boundaries.codes)
    board.close()


def test_pages_see_the_board_that_was_installed(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "_current", None)
    with pytest.raises(AssertionError, match="opens the board"):
        house.current()
    house.install(board)
    assert house.current() is board
