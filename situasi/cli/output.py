"""Consoles of the command line, and what is printed on them."""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from situasi.store.model import StoreError

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
