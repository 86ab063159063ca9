"""What many tests share: a board of its own for each test, and no way out to the network."""

from __future__ import annotations

import gc
import socket
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from _pytest.nodeid import NodeId
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from situasi import board as board_module
from situasi.access import viewer_header
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board, open_board
from situasi.common.disk_space import DISK_SPACE
from situasi.domain import election
from situasi.domain import register as domain_register
from situasi.domain.election import Election
from situasi.domain.register import Register
from situasi.domain.settings import ROOT, Settings, load
from situasi.ui import session
from tests.effort import examples

pytest_plugins = ["tests.postgres", "tests.rehearsed", "tests.stock_streamlit"]

NOON = datetime(2024, 11, 27, 5, tzinfo=UTC)  # 12.00 WIB on the election day

hypothesis_settings.register_profile(
    "house",
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("house")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of one xdist_group run in one worker, and share its browser and its servers.

    So do those that look at the rehearsed board: a second one takes as long as the tests.
    xdist 3.8 says so in `_nodeid`, which pytest 9.2 no longer reads.
    """
    if hasattr(config, "workerinput"):
        for item in items:
            if "rehearsed" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group("rehearsed"))
            mark = item.get_closest_marker("xdist_group")
            if mark:
                item._id = NodeId.parse(f"{item.nodeid}@{mark.args[0]}")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Look for no garbage while tests are collected, nor among them afterwards.

    A page that is drawn looks for garbage too: among 6,400 tests, for a third of a second.
    And seldom among the rest (as board.tune_gc does): a twelfth of the tests' time went there.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000)
        gc.enable()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be spoken to."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "unix"
        if host not in {"127.0.0.1", "::1", "localhost", "unix"}:
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def disks_with_room() -> None:
    """No test knows what another one could not write."""
    DISK_SPACE.watch({})


@pytest.fixture(autouse=True, scope="session")
def seen_by_the_role_of_the_settings() -> Iterator[None]:
    """No gate stands before a page drawn in a test: everyone is in the role of the settings."""

    def word() -> str:
        role = board_module.current_board().settings.default_role
        return viewer_header.encode_viewer(Viewer(role, ROLES[role], is_local=True))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "get_viewer_header", word)
        yield


@pytest.fixture(autouse=True, scope="session")
def project_read_once() -> Iterator[None]:
    """Hundreds of boards are opened with the words, elections and registers of this project."""
    load_election, load_register = election.load, domain_register.load
    elections, registers = cache(load_election), dict[Path, Register]()

    def election_of(folder: Path) -> Election:
        return elections(folder) if folder.is_relative_to(ROOT) else load_election(folder)

    def register_of(definition: Election) -> Register:
        folder = definition.folder
        if not folder.is_relative_to(ROOT) or definition is not elections(folder):
            return load_register(definition)
        if folder not in registers:
            registers[folder] = load_register(definition)
        return registers[folder]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(board_module, "load_vocabulary", cache(board_module.load_vocabulary))
        patch.setattr(election, "load", election_of)
        patch.setattr(domain_register, "load", register_of)
        yield


def settings_in(folder: Path, **environment: str) -> Settings:
    """Settings whose store and inbox lie in this folder; no rehearsal unless asked."""
    return load(
        {
            "SITUASI_DATA": str(folder / "live"),
            "SITUASI_INBOX": str(folder / "inbox"),
            "SITUASI_REHEARSAL": "no",
            **environment,
        }
    )


@pytest.fixture(scope="session")
def register() -> Register:
    """The kecamatan, desa and TPS of Ogan Ilir."""
    return domain_register.load(election.load(load({}).election_folder))


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """An empty board of Ogan Ilir at noon of the election day."""
    opened = open_board(settings_in(tmp_path), lambda: NOON)
    yield opened
    opened.close()
