"""The command that writes a frozen copy of the board."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from starlette.datastructures import QueryParams

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.cli.common import actor, fail, failing_on, now, open_cli_board, print_line
from situasi.server.wall import frozen_copy, hourly_copies
from situasi.server.wall import query as wall_query
from situasi.server.wall import state as wall_state
from situasi.server.wall.frozen_copy import FrozenCopy
from situasi.server.wall.service import WallService


def copy(
    to: Annotated[Path, typer.Option("--output", "-o", help="Berkas HTML yang ditulis.")],
    role: Annotated[
        str, typer.Option(help="Sebatas yang dilihat peran ini.")
    ] = hourly_copies.COPY_VIEWER.role.name,
) -> None:
    """Tulis salinan beku papan: satu berkas HTML yang terbuka tanpa server."""
    if role not in ROLES:
        raise fail(f"peran tidak dikenal: {role}; salah satu dari {', '.join(ROLES)}")
    with open_cli_board() as board:
        viewer = Viewer(actor(), ROLES[role])
        frozen = asyncio.run(_build_copy(board, viewer))
        # Logged first: an unlogged copy is worse than an entry for a copy that failed.
        subject = {"table": "salinan", "page": "cli", "role": role}
        board.audit_log.log_exported(viewer, subject, "html", frozen.row_count, {})
        with failing_on(OSError):
            hourly_copies.write_copy_file(to, frozen.html)
    print_line(f"Ditulis: {to} ({frozen.row_count} baris).")


async def _build_copy(board: Board, viewer: Viewer) -> FrozenCopy:
    at = now()
    register = wall_state.visible_register(board, viewer)
    query = wall_query.parse_query(QueryParams(), viewer, register)
    sources = await WallService(board).get_sources(query, at)
    return frozen_copy.build_copy(sources, viewer, query, at)
