"""The command of a Polda that prepares the store for a Polres, with a database account for it."""

import secrets
from typing import Annotated

import typer

from situasi import store
from situasi.cli.common import failing_on, print_line
from situasi.domain import election, higher_command, settings
from situasi.domain.settings import Settings
from situasi.store import Scope, StoreError


def admit(
    kabupaten: Annotated[str, typer.Argument(help="Kode kabupaten, misalnya 16.10.")],
) -> None:
    """Siapkan tempat sebuah Polres di PostgreSQL ini, dan akun basis data untuknya.

    Akun itu hanya melihat dan menulis baris kabupatennya sendiri. Kata sandinya ditampilkan
    sekali; perintah yang sama memberi kata sandi baru.
    """
    password = secrets.token_urlsafe(24)
    with failing_on(StoreError, OSError, KeyError, ValueError):
        conf = settings.load()
        account = store.create_scope_account(
            conf.store_url, Scope(_find_contest(conf, kabupaten), kabupaten), password
        )
    print_line(f"Akun {account}, kata sandi {password}")
    print_line("Di situasi.env Polres itu:")
    print_line(f"SITUASI_UPSTREAM=postgresql+psycopg://{account}:{password}@ALAMAT/BASIS_DATA")


def _find_contest(app_settings: Settings, kabupaten: str) -> str:
    """Return the election of this kabupaten; a Polda admits only its own kabupaten."""
    if not higher_command.is_higher_command(app_settings.election_folder):
        return election.load(app_settings.election_folder).contest
    command = higher_command.load(app_settings.election_folder)
    if kabupaten not in {member.code for member in command.members}:
        raise ValueError(f"{kabupaten} tidak ada di kabupaten.csv {command.name}.")
    return command.contest
