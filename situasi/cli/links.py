"""Commands for guest links: list them, and revoke one."""

from functools import partial
from typing import Annotated

import typer

from situasi.access import accounts, guest_links
from situasi.access.guest_links import Link, LinkRefused, LinkUsage
from situasi.board import Board
from situasi.cli.common import actor, failing_on, now, open_cli_board, out, print_line, print_table
from situasi.domain.labels import label

app = typer.Typer(help="Tautan tamu: siapa boleh melihat tanpa akun.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """Daftar tautan tamu, yang dibukanya, sampai kapan, dan berapa kali dibuka."""
    with open_cli_board() as board:
        all_accounts, uses = accounts.load_all(board.store), guest_links.load_usage(board.store)
        state = partial(guest_links.state, accounts_by_name=all_accounts, now=now())
        rows = [
            [number, *["?"] * 6, "rusak"]
            if link is None
            else [*_format_cells(board, link, uses.get(number)), label("link", state(link))]
            for number, link in guest_links.load_all(board.store).items()
        ]
    headings = ["nomor", "untuk", "halaman", "wilayah", "pembuat", "sampai", "dibuka", "keadaan"]
    print_table(headings, rows)
    out.print(f"{len(rows)} tautan.", highlight=False)


def _format_cells(board: Board, link: Link, link_uses: LinkUsage | None) -> list[str]:
    ends = link.scope.expires_at.astimezone(board.register.election.zone)
    return [
        link.scope.id,
        link.note or "–",
        link.scope.page,
        ", ".join(map(board.register.name_of, link.area)) or "seluruh kabupaten",
        link.created_by,
        f"{ends:%Y-%m-%d %H.%M}",
        str(link_uses.count if link_uses else 0),
    ]


@app.command()
def revoke(number: Annotated[str, typer.Argument(help="Nomor tautan; lihat: link list.")]) -> None:
    """Cabut tautan tamu; yang sedang terbuka olehnya ditutup seketika."""
    with open_cli_board() as board, failing_on(LinkRefused):
        guest_links.revoke(board.store, number, now(), actor())
    print_line(f"Tautan {number} dicabut.")
