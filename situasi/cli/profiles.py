"""Commands for source profiles: how files of other tools are recognised and read."""

from pathlib import Path
from typing import Annotated

import typer

from situasi.cli.common import (
    actor,
    fail,
    find_profile,
    now,
    open_cli_board,
    out,
    print_line,
    print_table,
)
from situasi.cli.deliveries import print_results
from situasi.common import atomic_files
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.ingest.readers.limits import COMMAND_LINE_LIMITS
from situasi.ingest.sources.profile import ProfileError, format_profile, parse_profile
from situasi.ingest.sources.saved_profiles import (
    bind_saved_profiles,
    load_saved_profiles,
    remove_profile,
    save_profile,
)
from situasi.ingest.write_scope import CorrectionRights, build_program_scope

app = typer.Typer(help="Profil sumber: cara membaca berkas alat lain.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Nama profil; lihat: profile list.")]


@app.command("list")
def list_() -> None:
    """Daftar profil: yang dibuat di papan ini lebih dahulu, lalu bawaan."""
    with open_cli_board() as board:
        own = {profile.name for profile in load_saved_profiles(board.store)}
        profiles = list(bind_saved_profiles(board.ingest_context, board.store).sources.profiles)
    rows = [
        (
            profile.name,
            profile.title,
            profile.feed or "–",
            "papan ini" if profile.name in own and profile in profiles[: len(own)] else "bawaan",
            ", ".join((*profile.signature.headings, *profile.signature.any_of))[:80],
        )
        for profile in profiles
    ]
    print_table(("nama", "sumber", "feed", "asal", "dikenali dari"), rows)


@app.command()
def show(name: NameArgument) -> None:
    """Tampilkan satu profil sebagai TOML."""
    with open_cli_board() as board:
        print_line(format_profile(find_profile(board, name)))


@app.command("test")
def try_file(
    file: Annotated[Path, typer.Argument(help="Berkas yang dicoba; tidak ada yang disimpan.")],
    name: Annotated[
        str | None, typer.Option("--profile", help="Nama profil; kosong: dikenali sendiri.")
    ] = None,
) -> None:
    """Katakan profil mana yang mengenali satu berkas, dan apa yang akan terjadi dengan barisnya.

    Keluar 1 bila berkas itu tidak terbaca atau akan menunggu pemetaan.
    """
    with open_cli_board() as board:
        scope = build_program_scope(actor(), CorrectionRights.ALL)
        request = IngestRequest(
            file, board.store, board.ingest_context, scope, now=now(), dry_run=True,
            profile=find_profile(board, name) if name else None, limits=COMMAND_LINE_LIMITS,
        )  # fmt: skip
        result = ingest_file(request)
    print_results([result], dry_run=True)
    if result.refused or result.waiting is not None:
        raise typer.Exit(1)


@app.command()
def export(
    name: NameArgument,
    target: Annotated[Path, typer.Option("--out", "-o", help="Berkas TOML.")],
) -> None:
    """Tulis satu profil ke berkas TOML, untuk papan lain."""
    with open_cli_board() as board:
        text = format_profile(find_profile(board, name))
    try:
        atomic_files.write(target, text.encode())
    except OSError as error:
        raise fail(f"{target}: {error.strerror or error}") from error
    out.print(f"Profil {name} ditulis ke {target}", highlight=False)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Berkas TOML, satu atau lebih.")],
) -> None:
    """Simpan profil dari berkas TOML; yang bernama sama diganti."""
    try:
        profiles = [parse_profile(file.read_text("utf-8"), file.name) for file in files]
    except (ProfileError, UnicodeDecodeError) as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"{error.filename}: {error.strerror or error}") from error
    with open_cli_board() as board:
        for profile in profiles:
            save_profile(board.store, profile, now(), actor())
    out.print(f"Disimpan: {', '.join(profile.name for profile in profiles)}", highlight=False)


@app.command()
def remove(name: NameArgument) -> None:
    """Cabut satu profil yang dibuat di papan ini. Kiriman yang sudah masuk tidak berubah."""
    with open_cli_board() as board:
        is_removed = remove_profile(board.store, name, now(), actor())
    if not is_removed:
        raise fail(f'profil "{name}" tidak ada di papan ini')
    out.print(f"Profil {name} dicabut.", highlight=False)
