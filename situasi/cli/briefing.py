"""Commands for briefings: mark one now, list them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from situasi.access.roles import ROLES, Viewer
from situasi.actions import briefings
from situasi.analysis import view_time
from situasi.cli.common import actor, now, open_cli_board, out

app = typer.Typer(
    help="Taklimat: saat yang ditandai, untuk melihat perubahan sejak itu.", no_args_is_help=True
)


@app.command("mark")
def mark(note: Annotated[str, typer.Option("--note", help="Catatan singkat.")] = "") -> None:
    """Tandai saat ini (jam latihan bila latihan sedang diputar) sebagai taklimat."""
    with open_cli_board() as board:
        snapshot = board.snapshot_reader.refresh().snapshot
        at = view_time.resolve_view_time(
            None, now(), snapshot.exercise_at, board.register.election.zone
        )
        by = Viewer(actor(), ROLES["admin"])
        briefing = briefings.mark(
            board.store,
            by,
            at.at,
            note,
            now(),
            exercise=at.is_exercise,
            version=snapshot.version,
        )
    out.print(f"Ditandai: taklimat {briefing.at:%Y-%m-%d %H.%M}.", highlight=False)


@app.command("list")
def list_() -> None:
    """Daftar taklimat yang ditandai, yang terbaru lebih dahulu."""
    with open_cli_board() as board:
        zone, marked = board.register.election.zone, briefings.load_all(board.store)
    table = Table()
    for heading in ("taklimat", "catatan", "oleh", "dicatat", "latihan"):
        table.add_column(heading)
    for row in reversed(marked):
        at, recorded = row.at.astimezone(zone), row.recorded_at.astimezone(zone)
        when = f"{at:%Y-%m-%d %H.%M}", f"{recorded:%Y-%m-%d %H.%M}"
        cells = (when[0], row.note or "–", row.by, when[1], "ya" if row.exercise else "tidak")
        table.add_row(*map(Text, cells))
    out.print(table)
    out.print(f"{len(marked)} taklimat.", highlight=False)
