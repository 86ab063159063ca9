"""Commands that back up the whole store to one file, restore it, and write the archive."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from situasi.access.officer_key import OfficerKey
from situasi.access.roles import ROLES
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
from situasi.reports.archive.writer import ArchiveError, write_archive
from situasi.store import Scope, Store, open_store
from situasi.store.backup import backup as backup_backup
from situasi.store.backup.backup import BackupError, Manifest


def backup(
    to: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Berkas zip yang ditulis; tidak pernah menimpa."),
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="Buktikan bahwa berkas ini utuh, tanpa memulihkannya.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Ambil dari penyimpanan lain, misalnya Polda; di sana tidak ada yang ditulis.",
        ),
    ] = None,
) -> None:
    """Simpan seluruh penyimpanan ke satu berkas, juga selagi papan berjalan.

    Berkas dibaca ulang dan dibuktikan sebelum diberi nama. Isinya juga akun dan kunci: simpan
    sebagai rahasia.
    """
    if check is not None:
        if to is not None or source is not None:
            raise fail("pilih salah satu: --check, atau --output dan --from")
        return _check_file(check)
    with open_cli_board() as board:
        at, election = now(), board.register.election
        path = to
        if path is None:
            board.settings.backup_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            local = at.astimezone(election.zone)
            path = board.settings.backup_folder / f"situasi-{local:%Y%m%d-%H%M%S}-tangan.zip"
        with failing_on(BackupError), _open_source(board, source) as store:
            is_own, key = source is None, board.ingest_context.officer_key
            manifest = backup_backup.write(
                store, election, path, at, actor(), log_audit=is_own,
                officer_secret=key.read_secret() if is_own and key.exists else None,
            )  # fmt: skip
    _print_manifest(f"Ditulis: {path}", manifest)
    return None


def restore(file: Annotated[Path, typer.Argument(help="Berkas dari perintah backup.")]) -> None:
    """Pulihkan cadangan ke penyimpanan yang kosong: semuanya, atau tidak sama sekali."""
    with open_cli_board() as board:
        election = board.register.election
        scope = Scope(election.contest, election.kabupaten_code)
        with failing_on(BackupError):
            manifest = backup_backup.restore(board.store, scope, file, now(), actor())
            secret = backup_backup.read_officer_secret(file)
        with failing_on(OSError, ValueError):
            _restore_officer_key(board.ingest_context.officer_key, secret)
        changed = backup_backup.find_changed_files(manifest, election)
    _print_manifest(f"Dipulihkan dari {file}", manifest)
    if changed:
        print_error_line(
            f"Definisi pemilihan di sini berbeda dari yang tersimpan: {', '.join(changed[:8])}."
        )


def export(
    to: Annotated[Path, typer.Option("--output", "-o", help="Folder baru yang ditulis.")],
    archived: Annotated[
        bool, typer.Option("--archive", help="Untuk arsip: Parquet, GeoParquet, kamus data.")
    ] = False,
    role: Annotated[
        str | None, typer.Option(help="Sebatas yang dilihat peran ini; tanpa ini: utuh.")
    ] = None,
) -> None:
    """Tulis seluruh pemilihan untuk arsip: laporan, kiriman, karantina, jejak, dan petanya."""
    if not archived:
        raise fail("sebut --archive: satu-satunya bentuk yang ada sekarang")
    if role is not None and role not in ROLES:
        raise fail(f"peran tidak dikenal: {role}; salah satu dari {', '.join(ROLES)}")
    with open_cli_board() as board, failing_on(ArchiveError):
        counts = write_archive(board, to, ROLES[role] if role else None, now(), actor())
    rows = sum(counts.values())
    print_line(f"Ditulis: {to} ({len(counts)} tabel, {rows} baris).")


def _restore_officer_key(key: OfficerKey, secret: str | None) -> None:
    """Put the secret of a backup where this machine has none; else say where they differ."""
    if secret is None:
        return
    if not key.exists:
        key.replace_secret(secret)
        print_line(f"Kunci petugas dipulihkan, sidik {key.compute_fingerprint()}.")
    elif key.read_secret() != secret:
        stored = OfficerKey(None, secret).compute_fingerprint()
        print_error_line(
            f"Kunci petugas di sini (sidik {key.compute_fingerprint()}) lain dari kunci cadangan"
            f" (sidik {stored}): NRP yang dikirim sekarang tidak bertemu penanda yang dipulihkan."
            f" Pakai kunci cadangan: python -m situasi officer-key restore BERKAS."
        )


@contextmanager
def _open_source(board: Board, url: str | None) -> Iterator[Store]:
    """Yield the store of the board, or another one of the same scope."""
    if url is None:
        yield board.store
        return
    election = board.register.election
    with closing(open_store(url, Scope(election.contest, election.kabupaten_code))) as other:
        yield other


def _check_file(path: Path) -> None:
    with failing_on(BackupError, code=1):
        manifest = backup_backup.check(path)
    _print_manifest(f"Utuh: {path}", manifest)


def _print_manifest(title: str, manifest: Manifest) -> None:
    made_at = datetime.fromisoformat(manifest.made_at)
    print_line(
        f"{title}: {manifest.rows} baris, jejak sampai catatan {manifest.head[0]}, keadaan"
        f" {made_at:%Y-%m-%d %H.%M} UTC, {manifest.contest}/{manifest.kabupaten}."
    )
    for sentence in manifest.breaks:
        print_error_line(f"Jejak: {sentence}")
