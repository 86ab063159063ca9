"""What every command needs: the board, the clock, the person, the ways to speak."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import typer
from rich.console import Console

from situasi.access import accounts
from situasi.board import Board, command_scope, open_board, tune_gc
from situasi.domain import higher_command as commands
from situasi.domain import settings
from situasi.domain.higher_command import HigherCommand
from situasi.domain.settings import Settings
from situasi.store import open_store
from situasi.store.interface import Store, StoreError

# A console that lacks a sign must not lose a ledger: it shows the sign's number instead.
for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")

out = Console()
err = Console(stderr=True)


def now() -> datetime:
    return datetime.now(UTC)


def actor() -> str:
    """How deliveries and the audit trail call who sits here: by a name that no account can have."""
    name = os.environ.get("USER") or os.environ.get("USERNAME")
    return f"cli:{name}" if name else "cli"


def fail(reason: object, code: int = 2) -> typer.Exit:
    """Say why on standard error; raise what this returns."""
    said = reason.detail if isinstance(reason, StoreError) else str(reason)
    err.print(said, style="bold red", highlight=False, markup=False)
    return typer.Exit(code)


@contextmanager
def open_cli_board() -> Iterator[Board]:
    """The board of the environment; one sentence and exit 2 where it cannot be opened."""
    try:
        board = open_board(settings.load(), now)
    except (StoreError, OSError, KeyError, ValueError) as error:
        raise fail(error) from error
    tune_gc()
    try:
        yield board
    except StoreError as error:
        raise fail(error) from error
    finally:
        board.close()


@contextmanager
def until_interrupted() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C sets; a second Ctrl-C ends the command at once.

    A KeyboardInterrupt is lost where it strikes within a finalizer of a library.
    """
    stop = threading.Event()

    def on_interrupt(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass(frozen=True)
class CliContext:
    """Whose accounts, keys and trail these are: a Polres', or those of a command above it.

    areas: the codes that words mean; name_of: of such a code. everywhere: the area of who has
    none. board: of a Polres.
    """

    settings: Settings
    store: Store
    zone: tzinfo
    resolve_areas: Callable[[Iterable[str]], tuple[str, ...]]
    area_name: Callable[[str], str]
    whole_area_name: str
    board: Board | None = None


@contextmanager
def open_cli_context() -> Iterator[CliContext]:
    """That of the environment; one sentence and exit 2 where it cannot be opened."""
    try:
        asked = settings.load()
    except ValueError as error:
        raise fail(error) from error
    if not commands.is_higher_command(asked.election_folder):
        with open_cli_board() as board:
            yield _build_polres_context(board)
        return
    try:
        command = commands.load(asked.election_folder)
        store = open_store(asked.store_url, command_scope(command))
    except (StoreError, OSError, KeyError, ValueError) as error:
        raise fail(error) from error
    try:
        yield _build_command_context(asked, command, store)
    except StoreError as error:
        raise fail(error) from error
    finally:
        store.close()


def _build_polres_context(board: Board) -> CliContext:
    register = board.register
    return CliContext(
        board.settings,
        board.store,
        register.election.zone,
        lambda said: accounts.parse_kecamatan(register, said),
        register.name_of,
        "seluruh kabupaten",
        board,
    )


def _build_command_context(
    app_settings: Settings, command: HigherCommand, store: Store
) -> CliContext:
    names = {**command.subdivisions, **{one.code: one.name for one in command.members}}
    return CliContext(
        app_settings,
        store,
        command.zone,
        lambda said: accounts.parse_kabupaten(command, said),
        lambda code: names.get(code, code),
        f"seluruh {command.name}",
    )
