"""Commands for the key under which NRP become marks: show, change, restore."""

from pathlib import Path
from typing import Annotated

import typer

from situasi.access.officer_key import OfficerKey
from situasi.board import Board
from situasi.cli.common import (
    actor,
    fail,
    failing_on,
    now,
    open_cli_board,
    print_error_line,
    print_line,
)
from situasi.store.backup import backup
from situasi.store.backup.backup import BackupError

app = typer.Typer(help="Kunci penanda petugas (NRP yang dibuang).", no_args_is_help=True)

_COST = (
    "Dengan kunci lain, NRP yang sama menjadi penanda lain: daftar personel, plotting dan lapor"
    " diri yang sudah tersimpan tidak bertemu yang baru, sampai daftar personel (dan plotting yang"
    " masih berlaku) dikirim ulang. Petugas bernomor tetap bertemu."
)
_SERVERS = (
    "Setiap server papan ini harus memakai kunci yang sama; dua server di atas satu PostgreSQL:"
    " samakan berkasnya, atau atur SITUASI_OFFICER_SECRET."
)
_Yes = Annotated[bool, typer.Option("--yes", help="Jangan bertanya lagi.")]


@app.command()
def show() -> None:
    """Tampilkan sidik kunci dan tempatnya; kuncinya sendiri tidak ditampilkan."""
    with open_cli_board() as board, failing_on(OSError, ValueError):
        key = board.ingest_context.officer_key
        if not key.exists:
            print_line("Belum ada kunci petugas; dibuat saat NRP pertama datang.")
            return
        place = key.path or "SITUASI_OFFICER_SECRET"
        print_line(f"Sidik {key.compute_fingerprint()} ({place}).")
        print_line(_SERVERS)


@app.command()
def change(yes: _Yes = False) -> None:
    """Ganti kunci dengan yang baru, misalnya karena kunci lama diketahui orang."""
    with open_cli_board() as board, failing_on(OSError, ValueError):
        _replace(board, None, yes)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Berkas dari perintah backup.")], yes: _Yes = False
) -> None:
    """Pakai lagi kunci petugas dari sebuah cadangan."""
    with open_cli_board() as board, failing_on(OSError, ValueError):
        with failing_on(BackupError):
            secret = backup.read_officer_secret(file)
        if secret is None:
            raise fail(f"{file.name} tidak memuat kunci petugas. Tidak ada yang diubah.")
        if board.ingest_context.officer_key.exists:
            stored = OfficerKey(None, secret).compute_fingerprint()
            print_line(f"Kunci dalam {file.name}: sidik {stored}.")
        _replace(board, secret, yes)


def _replace(board: Board, secret: str | None, yes: bool) -> None:
    """Replace the key by this secret or a new one, after the answer, and log both fingerprints."""
    key = board.ingest_context.officer_key
    before = key.compute_fingerprint() if key.exists else None
    if not key.is_in_file:
        raise ValueError("Kunci petugas diatur oleh SITUASI_OFFICER_SECRET; ubah di sana.")
    if before is not None and not yes:
        print_error_line(_COST)
        if not typer.confirm("Ganti kunci?"):
            raise fail("Tidak ada yang diubah.", 1)
    key.replace_secret(secret)
    after = key.compute_fingerprint()
    board.store.log_audit("officer-key", actor(), now(), {"before": before, "after": after})
    print_line(f"Sidik {before or '(belum ada)'} -> {after}.")
    print_line("Papan yang berjalan memakainya sejak kiriman berikutnya.")
    print_line(_SERVERS)
