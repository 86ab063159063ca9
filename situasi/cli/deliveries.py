"""Commands that ingest reports, list deliveries, and withdraw one."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn

from situasi.board import Board
from situasi.cli.common import (
    actor,
    err,
    fail,
    find_profile,
    now,
    open_cli_board,
    out,
    print_line,
    print_table,
    until_interrupted,
)
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.inbox import Inbox
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.readers.limits import COMMAND_LINE_LIMITS
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.withdrawal import withdraw
from situasi.ingest.write_scope import CorrectionRights, build_program_scope

# Bytes from which a file gets a progress bar.
LONG_FILE_BYTES = 2_000_000
MAX_REASONS = 20


def ingest(
    files: Annotated[list[Path], typer.Argument(help="Berkas laporan, satu atau lebih.")],
    feed: Annotated[
        str | None, typer.Option(help=f"{', '.join(FEEDS)}; kosong: dari judul kolom.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(help="Profil sumber; kosong: dikenali sendiri. Lihat: profile list."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Cetak buku besar sebagai JSON.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Hanya katakan apa yang akan terjadi.")] = False,
    strict: Annotated[bool, typer.Option(help="Keluar 1 bila ada baris karantina.")] = False,
) -> None:
    """Masukkan berkas laporan lapangan.

    Keluar 0 bila semua berkas diproses; 2 bila ada berkas yang sama sekali tidak
    terbaca (yang lain tetap diproses); 3 bila ada yang menunggu pemetaan di halaman Masukan.
    """
    if feed is not None and feed not in FEEDS:
        raise fail(f'feed "{feed}" tidak dikenal; pilih: {", ".join(FEEDS)}')
    with open_cli_board() as board:
        source = find_profile(board, profile) if profile else None
        results = [
            _ingest_with_progress(path, board, feed, source, dry_run, as_json) for path in files
        ]
    if as_json:
        print(json.dumps({"sources": [result.as_json() for result in results]}, ensure_ascii=False))
    else:
        print_results(results, dry_run=dry_run)
    if any(result.refused for result in results):
        raise typer.Exit(2)
    if any(result.waiting is not None for result in results):
        raise typer.Exit(3)
    if strict and any(result.quarantined for result in results):
        raise typer.Exit(1)


def _ingest_with_progress(
    path: Path,
    board: Board,
    feed: str | None,
    profile: SourceProfile | None,
    dry_run: bool,
    quiet: bool,
) -> IngestResult:
    is_long = path.is_file() and path.stat().st_size > LONG_FILE_BYTES
    rows_column = TextColumn("{task.fields[rows]} baris")
    columns = (TextColumn("{task.description}"), BarColumn(), rows_column)
    with Progress(*columns, console=err, disable=quiet or not is_long, transient=True) as bar:
        task = bar.add_task(path.name, total=1.0, rows=0)
        scope = build_program_scope(actor(), CorrectionRights.ALL)
        request = IngestRequest(
            path, board.store, board.ingest_context, scope, now=now(), feed=feed, profile=profile,
            dry_run=dry_run, limits=COMMAND_LINE_LIMITS,
            progress=lambda share, rows: bar.update(task, completed=share, rows=rows),
        )  # fmt: skip
        return ingest_file(request)


def print_results(results: list[IngestResult], *, dry_run: bool = False) -> None:
    """Print the results as a table, with the reasons below."""
    rows = []
    for result in results:
        counts = (result.read, result.accepted, result.duplicate, result.quarantined)
        is_unread = result.refused or result.waiting is not None or result.messages is not None
        texts = ["–"] * 4 if is_unread else map(str, counts)
        rows.append([Path(result.path).name, result.feed or "–", *texts])
    print_table(
        ("berkas", "feed"),
        rows,
        number_headings=("dibaca", "diterima", "ganda", "karantina"),
        title="Uji coba: tidak ada yang disimpan" if dry_run else None,
    )
    for result in results:
        _print_reasons(result)


def _print_reasons(result: IngestResult) -> None:
    name = Path(result.path).name
    if result.refused:
        err.print(f"{name}: {result.refused}", style="bold red", highlight=False, markup=False)
    lines = list(result.notes)
    lines += [_format_reason(entry) for entry in result.reasons[:MAX_REASONS]]
    if len(result.reasons) > MAX_REASONS:
        lines.append(f"… dan {len(result.reasons) - MAX_REASONS} baris karantina lagi")
    for line in lines:
        print_line(f"{name}: {line}")


def _format_reason(entry: dict[str, Any]) -> str:
    sheet = f"lembar {entry['sheet']}, " if "sheet" in entry else ""
    return f"{sheet}baris {entry['row']}: {'; '.join(entry['reasons'])}"


def undo(batch: Annotated[int, typer.Argument(help="Nomor kiriman; lihat: batches.")]) -> None:
    """Tarik kembali semua baris satu kiriman. Tidak ada yang dihapus; boleh dikirim lagi.

    Baris yang juga dibawa kiriman lain tetap berlaku, dan disebut kiriman mana.
    """
    scope = build_program_scope(actor(), CorrectionRights.ALL)
    with open_cli_board() as board:
        row_count = withdraw(board.store, scope, batch, now())
        other_batches = board.store.count_rows_in_other_batches(batch)
    out.print(f"Kiriman {batch}: {row_count} baris ditarik kembali.")
    for other, count in other_batches.items():
        out.print(f"{count} baris tetap berlaku: juga dibawa kiriman {other}.")


def batches() -> None:
    """Daftar kiriman, yang terbaru di bawah."""
    with open_cli_board() as board:
        zone = board.register.election.zone
        deliveries = board.store.batches()
    times = deliveries["recorded_at"].dt.tz_convert(zone).dt.strftime("%d/%m %H.%M.%S")
    counts = ("accepted", "duplicate", "quarantined")
    cells = deliveries.assign(recorded_at=times).astype("str")
    rows = cells[["batch", "recorded_at", "feed", "source", "actor", *counts]].to_numpy()
    headings = ("no", "waktu", "feed", "sumber", "oleh")
    print_table(headings, rows, number_headings=("diterima", "ganda", "karantina"))


def watch() -> None:
    """Masukkan apa yang diletakkan di kotak masuk, sampai dihentikan (server juga melakukannya)."""
    with open_cli_board() as board, until_interrupted() as stop:
        folder = board.settings.inbox_folder
        err.print(f"Mengawasi {folder}; Ctrl-C untuk berhenti.", highlight=False)
        inbox = Inbox(folder, board.store, board.ingest_context, now, lambda r: print_results([r]))
        inbox.run(stop)
