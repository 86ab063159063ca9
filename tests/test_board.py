"""Opening the board: what fits opens, what does not fit says so."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from situasi import board as board_module
from situasi.analysis.view_time import resolve_view_time
from situasi.board import Board, open_board
from situasi.domain.definition_errors import DefinitionError
from situasi.domain.settings import ROOT
from situasi.presentation import view_text
from situasi.server.metrics_endpoint import format_metrics
from situasi.store import Scope, StoreError, open_store
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
    assert not settings.data_folder.exists()


@pytest.mark.parametrize(
    ("boundaries", "ways", "said"),
    [("nowhere", None, "nowhere/kecamatan.geojson tidak ada"),
     (None, "ways.geojson", "ways.geojson: bukan kumpulan garis"),
     (None, "no_ways.geojson", "no_ways.geojson tidak ada")],
)  # fmt: skip
def test_lines_that_are_not_where_the_definition_says_are_told_in_one_sentence(
    tmp_path: Path, boundaries: str | None, ways: str | None, said: str
) -> None:
    folder = invented_election(tmp_path / "contoh", 1)
    write_squares(folder / "geo" / "kecamatan.geojson", kecamatan_codes(1))
    (folder / "ways.geojson").write_text("{}", "utf-8")
    path = folder / "election.toml"
    text = path.read_text("utf-8")
    if boundaries:
        text = re.sub(r'boundaries = ".*"', f'boundaries = "{boundaries}"', text)
    if ways:
        text = re.sub(r'(boundaries = ".*")', rf'\1\nways = "{ways}"', text)
    path.write_text(text, "utf-8")
    with pytest.raises(DefinitionError) as refused:
        open_board(settings_in(tmp_path, SITUASI_ELECTION=str(folder)), lambda: NOON)
    assert said in str(refused.value)


def test_a_board_of_one_kecamatan_opens(tmp_path: Path) -> None:
    folder = invented_election(tmp_path / "negeri", kecamatan=1)
    board = open_board(settings_in(tmp_path, SITUASI_ELECTION=str(folder)), lambda: NOON)
    assert list(board.register.kecamatan) == list(board.boundaries.codes)
    board.close()


def test_pages_see_the_board_that_was_installed(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_module, "_current", None)
    with pytest.raises(AssertionError, match="opens the board"):
        board_module.current_board()
    board_module.set_board(board)
    assert board_module.current_board() is board


def test_a_store_read_from_must_follow_the_one_that_is_written_to(tmp_path: Path) -> None:
    scope = Scope("pilkada-2024", "16.10")
    addresses = {name: f"sqlite:///{(tmp_path / name).as_posix()}" for name in ("a.db", "b.db")}
    for address in addresses.values():
        store = open_store(address, scope)
        store.log_audit("saw", "wati", datetime.now(UTC), {})
        store.close()
    own, other = addresses.values()
    settings = settings_in(tmp_path, SITUASI_STORE=own, SITUASI_STORE_READ=other)
    with pytest.raises(StoreError, match="SITUASI_STORE_READ memuat jejak lain"):
        open_board(settings, lambda: NOON)
    open_board(
        settings_in(tmp_path, SITUASI_STORE=own, SITUASI_STORE_READ=own), lambda: NOON
    ).close()


@pytest.mark.parametrize("what", ["tps = 667", "dpt = 314226"])
def test_a_register_off_by_three_opens_the_board_and_is_told_on_page_wall_health_and_metrics(
    tmp_path: Path, what: str
) -> None:
    folder = tmp_path / "ogan"
    shutil.copytree(ROOT / "data" / "elections" / "ogan-ilir-2024", folder)
    text = (folder / "election.toml").read_text("utf-8")
    assert what in text
    number = int(what.split()[-1])
    text = text.replace(what, what.replace(str(number), str(number + 3)))
    text = text.replace('"../../../', f'"{ROOT.as_posix()}/')
    (folder / "election.toml").write_text(text, "utf-8")
    board = open_board(settings_in(tmp_path, SITUASI_ELECTION=str(folder)), lambda: NOON)
    at = resolve_view_time(None, NOON, None, board.register.election.zone)
    ((kind, said),) = view_text.list_banners(
        at,
        "WIB",
        has_exercise_rows=False,
        link_ends_at=None,
        store_error=None,
        register=board.register,
    )
    assert kind == "doubt" and "Register tidak cocok" in said and "election.toml" in said
    assert "Perbaiki berkasnya" in said
    assert all(place.dpt_estimated for place in board.register.kecamatan.values())
    assert b"situasi_register_mismatches 1.0" in format_metrics(lambda: board)
    board.close()
