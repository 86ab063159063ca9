"""What every command needs: the board, the clock, the person, the ways to speak."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer
from rich.console import Console

from situasi import settings
from situasi.board import Board, open_board, settle_memory
from situasi.store.protocol import StoreError

# A console that lacks a sign must not lose a ledger: it shows the sign's number instead.
for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")

out = Console()
err = Console(stderr=True)


def now() -> datetime:
    return datetime.now(UTC)


def actor() -> str:
    return os.environ.get("USER") or os.environ.get("USERNAME") or "cli"


def fail(sentence: object, code: int = 2) -> typer.Exit:
    """Say why on standard error; raise what this returns."""
    err.print(str(sentence), style="bold red", highlight=False, markup=False)
    return typer.Exit(code)


@contextmanager
def opened() -> Iterator[Board]:
    """The board of the environment; one sentence and exit 2 where it cannot be opened."""
    try:
        board = open_board(settings.load(), now)
    except (StoreError, OSError, KeyError, ValueError) as error:
        raise fail(error) from error
    settle_memory()
    try:
        yield board
    except StoreError as error:
        raise fail(error) from error
    finally:
        board.close()
