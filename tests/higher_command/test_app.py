"""A command above: the boards of its kabupaten are opened to be looked at, and never written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board, command_scope, load_store_scope, open_board
from situasi.common.background_jobs import Job
from situasi.domain import higher_command as commands
from situasi.domain.higher_command import HigherCommand, Member
from situasi.higher_command import app
from situasi.higher_command.app import (
    IDLE_CLOSE_S,
    IN_USE_S,
    BoardPool,
    BoardUnavailable,
    HigherCommandApp,
)
from situasi.ingest.pipeline import ingest_rows
from situasi.store import Scope
from situasi.store.model import StoreError
from tests.builders import unbounded
from tests.builders_above import (
    NOON,
    Kabupaten,
    command_folder,
    headquarters,
    overview,
    rollup,
    store_of,
)
from tests.conftest import settings_in

ONE, OTHER, CLOSED = "99.01", "99.02", "99.03"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return command_folder(
        tmp_path_factory.mktemp("polda"),
        Kabupaten(ONE, "Satu"),
        Kabupaten(OTHER, "Dua"),
        Kabupaten(CLOSED, "Tiga", open=False, tps=None, dpt=None),
    )


@pytest.fixture
def above(folder: Path, tmp_path: Path) -> Iterator[HigherCommandApp]:
    opened = headquarters(folder, settings_in(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def command(folder: Path) -> HigherCommand:
    return commands.load(folder)


class Shelf:
    """Opens boards that hold nothing, and counts how often; `fails` says why none is opened."""

    def __init__(self, command: HigherCommand, most: int) -> None:
        self.time, self.opened, self.closed, self.fails = 0.0, [], [], ""
        self.boards = BoardPool(command, self._open, most, lambda: self.time)

    def _open(self, member: Member) -> Board:
        if self.fails:
            raise StoreError(self.fails)
        self.opened.append(member.code)
        return _Empty(member.code, self.closed)  # type: ignore[return-value]


class _Empty:
    def __init__(self, code: str, closed: list[str]) -> None:
        self.kabupaten_code, self._closed = code, closed
        self.refresher = self
        self.job = Job("refresher", lambda: None, 0.01)

    def close(self) -> None:
        self._closed.append(self.kabupaten_code)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        threading.Event().wait(0.01)
    raise AssertionError


def test_a_board_whose_refresher_cannot_begin_keeps_nobody_waiting(
    command: HigherCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    shelf = Shelf(command, 2)
    with monkeypatch.context() as patch:
        patch.setattr(Job, "start_thread", no_thread)
        with pytest.raises(RuntimeError, match="new thread"):
            shelf.boards.get(ONE)
    assert shelf.closed == [ONE]
    assert shelf.boards.get(ONE)
    shelf.boards.close()


def test_many_who_look_at_once_open_one_board(command: HigherCommand) -> None:
    shelf = Shelf(command, 2)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: shelf.boards.get(ONE), range(40)))
    assert shelf.opened == [ONE] and len(set(map(id, found))) == 1
    shelf.boards.close()
    assert shelf.closed == [ONE]


def test_the_longest_unused_gives_way_and_none_at_which_somebody_looks(
    command: HigherCommand,
) -> None:
    shelf = Shelf(command, 1)
    shelf.boards.get(ONE)
    with pytest.raises(BoardUnavailable, match="bersamaan"):
        shelf.boards.get(OTHER)
    shelf.time += IN_USE_S
    assert shelf.boards.get(OTHER).kabupaten_code == OTHER  # type: ignore[attr-defined]
    until(lambda: shelf.closed == [ONE])
    assert len(shelf.boards.list_open()) == 1
    shelf.boards.close()


def test_a_board_that_nobody_looks_at_is_closed_and_opened_again_when_asked(
    command: HigherCommand,
) -> None:
    shelf = Shelf(command, 2)
    shelf.boards.get(ONE)
    shelf.time += IDLE_CLOSE_S / 2
    shelf.boards.get(OTHER)
    shelf.time += IDLE_CLOSE_S / 2 + 1
    shelf.boards.close_idle()
    until(lambda: shelf.closed == [ONE])
    shelf.boards.get(ONE)
    assert shelf.opened == [ONE, OTHER, ONE]
    shelf.boards.close()


def test_why_a_board_is_not_opened_is_said_and_it_is_tried_again(command: HigherCommand) -> None:
    shelf = Shelf(command, 2)
    shelf.fails = "Server penyimpanan tidak menjawab."
    for _ in range(2):
        with pytest.raises(BoardUnavailable, match="tidak menjawab"):
            shelf.boards.get(ONE)
    shelf.fails = ""
    assert shelf.boards.get(ONE).kabupaten_code == ONE  # type: ignore[attr-defined]
    with pytest.raises(BoardUnavailable, match="Tiga belum ada di sini"):
        shelf.boards.get(CLOSED)
    with pytest.raises(BoardUnavailable, match="bukan kabupaten"):
        shelf.boards.get("99")
    shelf.boards.close()


def test_whoever_looks_from_above_writes_nothing_there(above: HigherCommandApp) -> None:
    board = above.board_pool.get(ONE)
    row = {"id": "K-1", "waktu": "20/11/2030 08.00", "kode_kecamatan": f"{ONE}.01",
           "jenis": "logistik", "uraian": "Terlambat."}  # fmt: skip
    with pytest.raises(StoreError, match="hanya dilihat dari Polda Contoh"):
        ingest_rows(
            [row],
            "uji",
            board.store,
            board.ingest_context,
            unbounded("uji"),
            feed="incidents",
            now=NOON,
        )
    assert board.store.version() == board.store.access_version() == board.store.audit_head()[0] == 0


def test_what_people_look_at_is_in_the_trail_of_the_command_with_the_kabupaten(
    above: HigherCommandApp,
) -> None:
    board = above.board_pool.get(OTHER)
    board.audit_log.log_viewed(Viewer("propam", ROLES["propam"]), {"neutrality"}, "netralitas")
    board.audit_log.close()
    (detail,) = above.store.audit_entries()["detail"]
    assert f'"kabupaten": "{OTHER}"' in detail and '"feed": "neutrality"' in detail
    assert board.store.audit_head()[0] == 0


def test_a_report_of_the_polres_is_seen_from_above(above: HigherCommandApp) -> None:
    board = above.board_pool.get(ONE)
    member = above.command.member(ONE)
    assert member.election_folder is not None
    there = replace(
        above.settings,
        election_folder=member.election_folder,
        store_url=store_of(above.settings, ONE),
    )
    own = open_board(there, lambda: NOON)
    row = {"id": "K-1", "waktu": "20/11/2030 08.00", "kode_kecamatan": f"{ONE}.01",
           "jenis": "logistik", "uraian": "Terlambat."}  # fmt: skip
    ledger = ingest_rows(
        [row], "uji", own.store, own.ingest_context, unbounded("uji"), feed="incidents", now=NOON
    )
    own.close()
    assert ledger.accepted == 1
    assert len(board.snapshot_reader.refresh().snapshot.frames["incidents"]) == 1
    assert above.board_pool.get(OTHER).snapshot_reader.refresh().snapshot.frames["incidents"].empty


def test_a_folder_of_another_kabupaten_is_not_taken_for_this_one(
    folder: Path, tmp_path: Path
) -> None:
    command = commands.load(folder)
    wrong = replace(command.member(ONE), election_folder=command.member(OTHER).election_folder)
    settings = settings_in(tmp_path)
    opened = headquarters(folder, settings)
    with pytest.raises(ValueError, match=r"99\.02, bukan contoh-2030 99\.01"):
        app.open_member_board(settings, command, wrong, opened.store, lambda: NOON)
    opened.close()


def test_of_a_kabupaten_outside_the_area_nothing_is_there_and_no_sum_tells_of_it(
    command: HigherCommand,
) -> None:
    found = overview(command, rollup(ONE, heads=11), rollup(OTHER, heads=500))
    seen = app.filter_overview(found, (ONE,))
    assert list(seen.rollups) == [ONE] and [one.code for one in seen.command.members] == [ONE]
    assert seen.total().counts["heads"] == 11 and seen.total().tps == 18
    assert {case.kabupaten for case in seen.critical_cases()} == {ONE}
    assert app.filter_overview(found, ("99",)).total() == replace(found.total(), tps=None, dpt=None)
    assert not app.filter_overview(found, ("98",)).rollups


def test_a_code_is_within_an_area_by_its_parts_and_not_by_its_letters() -> None:
    assert app.is_within((), "16.10") and app.is_within(("16",), "16.10")
    assert not app.is_within(("16.1",), "16.10") and not app.is_within(("16.10",), "16")


def test_the_own_rows_of_a_command_lie_under_its_code_and_those_of_the_nation_under_none_of_any(
    folder: Path, command: HigherCommand
) -> None:
    assert load_store_scope(folder) == Scope("contoh-2030", "99")
    assert command_scope(replace(command, code="")) == Scope("contoh-2030", "0")


def test_a_command_needs_one_database_for_all(folder: Path, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, SITUASI_ELECTION=str(folder))
    replica = {"SITUASI_STORE_READ": "sqlite:///salinan.db", "SITUASI_STORE": "postgresql://x/x"}
    with_replica = settings_in(tmp_path, SITUASI_ELECTION=str(folder), **replica)
    for given in (settings, with_replica):
        with pytest.raises(StoreError, match="perlu satu PostgreSQL"):
            app.open_higher_command(given, lambda: NOON)
    with pytest.raises(ValueError, match="di atas Polres"):
        open_board(settings, lambda: NOON)
