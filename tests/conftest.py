"""What many tests share: a board of its own for each test, and no way out to the network."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from _pytest.nodeid import NodeId
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from situasi import board as board_module
from situasi.access import accounts, viewer_header
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board, open_board
from situasi.common.disk_space import DISK_SPACE
from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, road_network
from situasi.domain import register as domain_register
from situasi.domain.boundaries import Boundaries
from situasi.domain.election import Election
from situasi.domain.register import Register
from situasi.domain.settings import ROOT, Settings, load
from situasi.ingest.sources import catalog
from situasi.ui import session
from tests import processes
from tests.effort import examples

pytest_plugins = [
    "tests.postgres",
    "tests.rehearsed",
    "tests.sqlite_stores",
    "tests.stock_streamlit",
]

# Those that take longest, and those with a single test that waits for half a minute.
FIRST_GROUPS = (
    "browser-2",
    "browser",
    "rehearsed",
    "proxies",
    "openapi",
    "bundle",
    "tests.server.auth.test_middleware",
    "floods",
)

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

    So do those that look at the rehearsed board: a second one takes as long as the tests. The
    others go by modules, so that what a module makes for its tests is made once. The longest
    groups go first: one that began last would be waited for. The rest is mixed, the same way each
    time, so that modules that wait for servers and those that compute run beside each other.
    xdist 3.8 says so in `_nodeid`, which pytest 9.2 no longer reads.
    """
    if hasattr(config, "workerinput"):
        for item in items:
            if "rehearsed" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group("rehearsed"))
            mark = item.get_closest_marker("xdist_group")
            group = mark.args[0] if mark else item.nodeid.partition("::")[0]
            item._id = NodeId.parse(f"{item.nodeid}@{group}")
        items.sort(key=lambda item: order_of(item.nodeid.rpartition("@")[2]))


def order_of(group: str) -> tuple[int, int]:
    """Return the place of a group of tests: the first by name, then mixed."""
    if group in FIRST_GROUPS:
        return FIRST_GROUPS.index(group), 0
    return len(FIRST_GROUPS), crc32(group.encode())


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
def passwords_cost_little() -> Iterator[None]:
    """Here as in the processes of the tests; the real cost is in tests/access/test_accounts.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_HASHER", processes.CHEAP_HASHER)
        yield


def once_a_register(build: Callable[..., Any], kept: dict[Path, Register]) -> Callable[..., Any]:
    """What is built of a register that is kept is built once; of another one, as asked."""
    built = dict[int, Any]()

    def build_or_take(register: Register, *others: Any) -> Any:
        if not any(register is one for one in kept.values()):
            return build(register, *others)
        if id(register) not in built:
            built[id(register)] = build(register, *others)
        return built[id(register)]

    return build_or_take


@pytest.fixture(autouse=True, scope="session")
def project_read_once() -> Iterator[None]:
    """Hundreds of boards are opened with the words, elections and places of this project."""
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

    load_boundaries = domain_boundaries.load
    boundaries = cache(load_boundaries)

    def boundaries_of(folder: Path, level: str = "kecamatan") -> Boundaries:
        return (boundaries if folder.is_relative_to(ROOT) else load_boundaries)(folder, level)

    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((board_module, "PlaceLookup"), (road_network, "load")):
            patch.setattr(module, name, once_a_register(getattr(module, name), registers))
        patch.setattr(domain_boundaries, "load", boundaries_of)
        for module, name in (
            (board_module, "load_vocabulary"),
            (board_module, "load_abbreviations"),
            (catalog, "parse_profile"),
        ):
            patch.setattr(module, name, cache(getattr(module, name)))
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
