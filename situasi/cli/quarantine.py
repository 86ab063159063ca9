"""Commands for rows in quarantine."""

from pathlib import Path
from typing import Annotated

import typer

from situasi.cli.common import actor, fail, now, open_cli_board, out, print_line, print_table
from situasi.common import atomic_files
from situasi.ingest.quarantine import drop_rows, format_csv, release_row
from situasi.ingest.write_scope import CorrectionRights, build_program_scope

app = typer.Typer(help="Baris karantina: yang belum dapat diterima.", no_args_is_help=True)

FeedOption = Annotated[str | None, typer.Option(help="Hanya feed ini.")]


@app.command("list")
def list_(feed: FeedOption = None) -> None:
    """Daftar baris yang menunggu, dengan semua alasannya."""
    with open_cli_board() as board:
        waiting = board.store.quarantined_rows(feed)
    rows = [
        (str(row.number), row.feed, row.source, str(row.row), "; ".join(row.reasons))
        for row in waiting
    ]
    print_table(("no", "feed", "berkas", "baris", "alasan"), rows)
    out.print(f"{len(waiting)} baris menunggu.", highlight=False)


@app.command()
def export(
    target: Annotated[Path, typer.Option("--out", "-o", help="Berkas CSV untuk pengirim.")],
    feed: FeedOption = None,
) -> None:
    """Kembalikan baris karantina kepada pengirim: perbaiki, lalu kirim lagi berkasnya.

    Baris dari beberapa jenis laporan ditulis ke satu berkas per jenis.
    """
    with open_cli_board() as board:
        waiting = board.store.quarantined_rows(feed)
    feeds = list(dict.fromkeys(row.feed for row in waiting))
    for name in feeds or [feed or ""]:
        rows = [row for row in waiting if row.feed == name]
        path = target if len(feeds) < 2 else target.with_stem(f"{target.stem}-{name}")
        try:
            atomic_files.write(path, format_csv(rows).encode("utf-8-sig"))
        except OSError as error:
            raise fail(f"{path}: {error.strerror or error}") from error
        out.print(f"{len(rows)} baris ditulis ke {path}", highlight=False)


@app.command()
def release(
    numbers: Annotated[list[int], typer.Argument(help="Nomor karantina, satu atau lebih.")],
    corrections: Annotated[
        list[str] | None, typer.Option("--set", help="Perbaikan: kolom=nilai; boleh berulang.")
    ] = None,
) -> None:
    """Periksa ulang baris karantina, dengan perbaikan bila ada, dan terima bila sudah benar."""
    pairs = [text.partition("=") for text in corrections or []]
    if any(not separator for _, separator, _ in pairs):
        raise fail("perbaikan ditulis sebagai kolom=nilai")
    cells = {column.strip(): value.strip() for column, _, value in pairs}
    with open_cli_board() as board:
        waiting = {row.number: row for row in board.store.quarantined_rows()}
        unknown = [number for number in numbers if number not in waiting]
        if unknown:
            raise fail(f"tidak ada di karantina: {', '.join(map(str, unknown))}")
        scope = build_program_scope(actor(), CorrectionRights.ALL)
        results = [
            release_row(board.store, board.ingest_context, scope, waiting[number], cells, now())
            for number in numbers
        ]
    for number, result in zip(numbers, results, strict=True):
        reasons = "; ".join(reason for entry in result.reasons for reason in entry["reasons"])
        print_line(f"{number}: {reasons or 'diterima'}")
    if any(result.quarantined for result in results):
        raise typer.Exit(1)


@app.command()
def drop(
    numbers: Annotated[list[int], typer.Argument(help="Nomor karantina, satu atau lebih.")],
    reason: Annotated[str, typer.Option(help="Mengapa bukan laporan.")],
) -> None:
    """Sisihkan baris yang bukan laporan; `withdraw` atas kirimannya mengembalikannya."""
    with open_cli_board() as board:
        rows = board.store.quarantined_rows(numbers=numbers)
        scope = build_program_scope(actor(), CorrectionRights.ALL)
        count = drop_rows(board.store, scope, rows, reason, now())
    print_line(f"{count} baris disisihkan: {reason}")
    if count < len(set(numbers)):
        raise fail("sebagian nomor tidak ada di karantina")
