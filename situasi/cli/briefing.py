"""Commands for briefings: mark one now, list them."""

from typing import Annotated

import typer

from situasi.access.roles import ROLES, Viewer
from situasi.actions import briefings
from situasi.analysis import view_time
from situasi.cli.common import actor, now, open_cli_board, out, print_table

app = typer.Typer(
    help="Taklimat: saat yang ditandai, untuk melihat perubahan sejak itu.", no_args_is_help=True
)


@app.command("mark")
def mark(note: Annotated[str, typer.Option("--note", help="Catatan singkat.")] = "") -> None:
    """Tandai saat ini (jam latihan bila latihan sedang diputar) sebagai taklimat."""
    with open_cli_board() as board:
        snapshot = board.snapshot_reader.refresh().snapshot
        zone = board.register.election.zone
        at = view_time.resolve_view_time(None, now(), snapshot.exercise_at, zone)
        by = Viewer(actor(), ROLES["admin"])
        briefing = briefings.mark(
            board.store, by, at.at, note, now(), exercise=at.is_exercise, version=snapshot.version
        )
    out.print(f"Ditandai: taklimat {briefing.at:%Y-%m-%d %H.%M}.", highlight=False)


@app.command("list")
def list_() -> None:
    """Daftar taklimat yang ditandai, yang terbaru lebih dahulu."""
    with open_cli_board() as board:
        zone, marked = board.register.election.zone, briefings.load_all(board.store)
    rows = [
        (
            f"{row.at.astimezone(zone):%Y-%m-%d %H.%M}",
            row.note or "–",
            row.by,
            f"{row.recorded_at.astimezone(zone):%Y-%m-%d %H.%M}",
            "ya" if row.exercise else "tidak",
        )
        for row in reversed(marked)
    ]
    print_table(("taklimat", "catatan", "oleh", "dicatat", "latihan"), rows)
    out.print(f"{len(marked)} taklimat.", highlight=False)
