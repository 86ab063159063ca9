"""Commands for the audit log: list it, verify it, and print its head."""

import json
import re
from datetime import datetime, tzinfo
from typing import Annotated, Any

import pandas as pd
import typer

from situasi.cli.common import fail, open_cli_context, out, print_line, print_table
from situasi.reports.csv_tables import build_csv
from situasi.store.audit.row_digests import HASHES_KEY

app = typer.Typer(help="Jejak: siapa berbuat apa, dan apakah utuh.", no_args_is_help=True)

_HASH_PATTERN = re.compile(r"[0-9a-f]{64}")
_MOMENT_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H.%M", "%d/%m/%Y", "%d/%m/%Y %H.%M")
_HEADINGS = {
    "seq": "no",
    "at": "waktu",
    "actor": "oleh",
    "action": "tindakan",
    "moves": "mengubah_data",
    "detail": "rincian",
    "chain": "segel",
}


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="Ujung yang dulu dicatat di tempat lain; lihat: audit head.")
    ] = None,
) -> None:
    """Periksa bahwa tidak ada catatan jejak atau baris yang diubah, hilang atau disisipkan.

    Keluar 0 bila utuh; 1 bila tidak, dengan setiap kerusakannya. Tanpa --head, jejak yang
    seluruhnya ditulis ulang oleh orang yang bisa menulis ke berkas penyimpanan tampak utuh.
    """
    expected_head = head.strip().lower() if head is not None else None
    if expected_head is not None and not _HASH_PATTERN.fullmatch(expected_head):
        raise fail("ujung ditulis sebagai 64 angka heksadesimal; lihat: audit head")
    with open_cli_context() as context:
        breaks = context.store.verify(expected_head)
        last, _ = context.store.audit_head()
    for sentence in breaks:
        print_line(sentence)
    if breaks:
        raise typer.Exit(1)
    head_text = "" if expected_head is None else ", dan ujung yang dicatat ada padanya"
    print_line(f"Jejak utuh: {last} catatan{head_text}.")


@app.command()
def head() -> None:
    """Nomor dan segel catatan terakhir. Catat di tempat lain, untuk audit verify --head."""
    with open_cli_context() as context:
        last, head_hash = context.store.audit_head()
    print_line(f"{last} {head_hash}")


@app.command("list")
def list_(
    actor: Annotated[str | None, typer.Option(help="Hanya oleh orang ini.")] = None,
    action: Annotated[str | None, typer.Option(help="Hanya tindakan ini.")] = None,
    since: Annotated[
        str | None, typer.Option(help='Sejak, misalnya 2024-11-27 atau "2024-11-27 06.30".')
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Cetak sebagai CSV, dengan segelnya.")] = False,
) -> None:
    """Daftar jejak, yang terbaru di bawah."""
    with open_cli_context() as context:
        zone = context.zone
        begin = parse_moment(since, zone) if since is not None else None
        entries = _filter_entries(context.store.audit_entries(), actor, action, begin)
    entries = entries.assign(at=entries["at"].dt.tz_convert(zone))
    entries = entries.assign(moves=entries["moves"].map({True: "ya", False: "tidak"}))
    if csv:
        typer.echo(build_csv(entries[list(_HEADINGS)].rename(columns=_HEADINGS)), nl=False)
    else:
        _print_entries(entries)


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """Parse a moment as people write it on the command line, in this zone."""
    normalized = text.strip().replace("T", " ").replace(":", ".")
    for time_format in _MOMENT_FORMATS:
        try:
            return datetime.strptime(normalized, time_format).replace(tzinfo=zone)
        except ValueError:
            continue
    raise fail(f'waktu "{text}" ditulis sebagai 2024-11-27 atau "2024-11-27 06.30"')


def _filter_entries(
    entries: pd.DataFrame, actor: str | None, action: str | None, begin: datetime | None
) -> pd.DataFrame:
    if actor is not None:
        entries = entries[entries["actor"] == actor]
    if action is not None:
        entries = entries[entries["action"] == action]
    return entries if begin is None else entries[entries["at"] >= begin]


def _print_entries(entries: pd.DataFrame) -> None:
    times = entries["at"].dt.strftime("%d/%m/%Y %H.%M.%S")
    detail = [_format_detail(text) for text in entries["detail"]]
    table_cells = entries.assign(at=times, detail=detail).drop(columns="chain").astype("str")
    headings = [_HEADINGS[str(name)].replace("_", " ") for name in table_cells]
    print_table(headings, table_cells.to_numpy())
    out.print(f"{len(entries)} catatan.", highlight=False)


def _format_detail(detail: str) -> str:
    """Return `feed: neutrality, filters: (kec: 16.10.05)`; invalid JSON as it stands."""
    try:
        text = _format_value(json.loads(detail))
    except ValueError:
        text = detail
    # A file name must not send control sequences to the reader's terminal.
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _format_value(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    items = [pair for pair in value.items() if pair[0] != HASHES_KEY]
    return ", ".join(
        f"{name}: ({_format_value(item)})" if isinstance(item, dict) else f"{name}: {item}"
        for name, item in items
        if item not in (None, "", {}, [])
    )
