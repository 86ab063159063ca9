"""The command that writes a frozen copy of the board."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from starlette.datastructures import QueryParams

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.cli.common import actor, fail, now, opened, out
from situasi.server.wall import frozen_copy, hourly_copies
from situasi.server.wall import query as wall_query
from situasi.server.wall import state as wall_state
from situasi.server.wall.frozen_copy import Copy
from situasi.server.wall.service import Wall


def copy(
    to: Annotated[Path, typer.Option("--output", "-o", help="Berkas HTML yang ditulis.")],
    role: Annotated[
        str, typer.Option(help="Sebatas yang dilihat peran ini.")
    ] = hourly_copies.SIGHT.role.name,
) -> None:
    """Tulis salinan beku papan: satu berkas HTML yang terbuka tanpa server."""
    if role not in ROLES:
        raise fail(f"peran tidak dikenal: {role}; salah satu dari {', '.join(ROLES)}")
    with opened() as board:
        viewer = Viewer(actor(), ROLES[role])
        made = asyncio.run(_made(board, viewer))
        # Told first: a copy that nobody knows of is worse than a word of one that failed.
        what = {"table": "salinan", "page": "cli", "role": role}
        board.audit_log.log_exported(viewer, what, "html", made.rows, {})
        try:
            hourly_copies.whole(to, made.text)
        except OSError as error:
            raise fail(error) from error
    out.print(f"Ditulis: {to} ({made.rows} baris).", highlight=False, markup=False, soft_wrap=True)


async def _made(board: Board, viewer: Viewer) -> Copy:
    at = now()
    view = wall_query.read(QueryParams(), viewer, wall_state.register_of(board, viewer))
    return frozen_copy.copy(await Wall(board).sources(view, at), viewer, view, at)
