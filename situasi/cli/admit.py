"""The command by which a Polda makes place for a Polres, and an account that its rows come by."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from situasi import store
from situasi.cli.common import fail, out
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
    try:
        told = settings.load()
        account = store.create_scope_account(
            told.store_url, Scope(_find_contest(told, kabupaten), kabupaten), password
        )
    except (StoreError, OSError, KeyError, ValueError) as error:
        raise fail(error) from error
    _print(f"Akun {account}, kata sandi {password}")
    _print("Di situasi.env Polres itu:")
    _print(f"SITUASI_UPSTREAM=postgresql+psycopg://{account}:{password}@ALAMAT/BASIS_DATA")


def _find_contest(app_settings: Settings, kabupaten: str) -> str:
    """The election of which this is; a Polda only makes place for those below it."""
    if not higher_command.is_higher_command(app_settings.election_folder):
        return election.load(app_settings.election_folder).contest
    above = higher_command.load(app_settings.election_folder)
    if kabupaten not in {member.code for member in above.members}:
        raise ValueError(f"{kabupaten} tidak ada di kabupaten.csv {above.name}.")
    return above.contest


def _print(sentence: str) -> None:
    out.print(sentence, highlight=False, markup=False, soft_wrap=True)
