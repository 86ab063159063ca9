"""What every command needs: the board, the clock, the actor, and the console to print on."""

import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from situasi.access import accounts
from situasi.board import Board, command_scope, open_board, tune_gc
from situasi.domain import higher_command as commands
from situasi.domain import settings
from situasi.domain.election import Election
from situasi.domain.higher_command import HigherCommand
from situasi.domain.settings import Settings
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.sources.saved_profiles import bind_saved_profiles
from situasi.store import Store, StoreError, open_store

# A console that cannot show a character must not break the output: it shows an escape instead.
for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")

out = Console()
err = Console(stderr=True)


def print_line(text: str) -> None:
    """Print a text as it is: nothing in it is markup, and it is not broken into lines."""
    out.print(text, highlight=False, markup=False, soft_wrap=True)


def print_error_line(text: str) -> None:
    """Print a text as it is on standard error."""
    err.print(text, highlight=False, markup=False, soft_wrap=True)


def print_table(
    headings: Iterable[str],
    rows: Iterable[Iterable[str]],
    *,
    number_headings: Iterable[str] = (),
    title: str | None = None,
) -> None:
    """Print a table of texts. number_headings: of its last columns, aligned right."""
    table = Table(title=title)
    for heading in headings:
        table.add_column(heading)
    for heading in number_headings:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table)


def fail(reason: object, code: int = 2) -> typer.Exit:
    """Print the reason on standard error; return the exception for the caller to raise."""
    message = reason.detail if isinstance(reason, StoreError) else str(reason)
    err.print(message, style="bold red", highlight=False, markup=False)
    return typer.Exit(code)


@contextmanager
def failing_on(*errors: type[Exception], code: int = 2) -> Iterator[None]:
    """Exit with this code and one sentence if the block raises one of these errors."""
    try:
        yield
    except errors as error:
        raise fail(error, code) from error


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def actor() -> str:
    """Return the name of this user in deliveries and the audit log; no account can have it."""
    name = os.environ.get("USER") or os.environ.get("USERNAME")
    return f"cli:{name}" if name else "cli"


def parse_time_of_day(text: str, election: Election, example: str) -> datetime:
    """Parse a time of the election day, such as 06.30. Raises ValueError."""
    try:
        hour, minute = map(int, text.replace(":", ".").split("."))
        return election.local_time(datetime.min.time().replace(hour=hour, minute=minute))
    except ValueError as error:
        raise ValueError(f'jam "{text}" ditulis sebagai {example}') from error


@contextmanager
def open_cli_board() -> Iterator[Board]:
    """Open the board of the environment; exit with 2 and one sentence if that fails."""
    with failing_on(StoreError, OSError, KeyError, ValueError):
        board = open_board(settings.load(), now)
    tune_gc()
    with closing(board), failing_on(StoreError):
        yield board


def find_profile(board: Board, name: str) -> SourceProfile:
    """Return the profile of this name; exit with 2 where there is none."""
    catalog = bind_saved_profiles(board.ingest_context, board.store).sources
    profile = catalog.by_name.get(name)
    if profile is None:
        raise fail(f'profil "{name}" tidak ada; lihat: profile list')
    return profile


@contextmanager
def until_interrupted() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C sets; a second Ctrl-C ends the command at once.

    A KeyboardInterrupt would be lost if raised within a finalizer of a library.
    """
    stop = threading.Event()

    def on_interrupt(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, previous)


@dataclass(frozen=True)
class CliContext:
    """Accounts, keys and audit log: those of a Polres, or those of a command above it.

    resolve_areas: codes of area names. area_name: name of such a code. whole_area_name: the area of
    accounts without one. board: only of a Polres.
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
    """Open the context of the environment; exit with 2 and one sentence if that fails."""
    with failing_on(ValueError):
        app_settings = settings.load()
    if not commands.is_higher_command(app_settings.election_folder):
        with open_cli_board() as board:
            yield _build_polres_context(board)
        return
    with failing_on(StoreError, OSError, KeyError, ValueError):
        command = commands.load(app_settings.election_folder)
        store = open_store(app_settings.store_url, command_scope(command))
    with closing(store), failing_on(StoreError):
        yield _build_command_context(app_settings, command, store)


def _build_polres_context(board: Board) -> CliContext:
    register = board.register
    return CliContext(
        board.settings,
        board.store,
        register.election.zone,
        lambda area_names: accounts.parse_kecamatan(register, area_names),
        register.name_of,
        "seluruh kabupaten",
        board,
    )


def _build_command_context(
    app_settings: Settings, command: HigherCommand, store: Store
) -> CliContext:
    return CliContext(
        app_settings,
        store,
        command.zone,
        lambda area_names: accounts.parse_kabupaten(command, area_names),
        command.name_of,
        f"seluruh {command.name}",
    )
