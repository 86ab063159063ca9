"""Commands for accounts: who may sign in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from situasi.access import accounts
from situasi.access.accounts import Account, AccountRefused
from situasi.cli.common import (
    CliContext,
    actor,
    fail,
    failing_on,
    now,
    open_cli_context,
    print_line,
    print_table,
)

app = typer.Typer(help="Akun: siapa boleh masuk ke papan.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Nama akun.")]
Role = Annotated[str, typer.Option(help="pimpinan, propam, analis, operator, admin atau tamu.")]
Area = Annotated[
    list[str] | None,
    typer.Option(
        help="Kode atau nama kecamatan, atau polsek (di Polda: kabupaten); boleh berulang."
    ),
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Baca sandi dari masukan baku, satu baris.")
]

Provider = Annotated[
    bool, typer.Option("--oidc", help="Tanpa sandi: masuk lewat penyedia identitas (SSO).")
]


@contextmanager
def _open_context() -> Iterator[CliContext]:
    with open_cli_context() as context, failing_on(AccountRefused):
        yield context


@app.command()
def add(
    name: Name,
    role: Role,
    area: Area = None,
    password_stdin: FromStdin = False,
    oidc: Provider = False,
) -> None:
    """Buat akun. Sejak akun pertama, papan selalu meminta masuk."""
    with _open_context() as context:
        codes = context.resolve_areas(area or ())
        password = None if oidc else _read_password(context, name, password_stdin)
        accounts.add(context.store, name, role, codes, password, now(), actor())
    area_text = ", ".join(map(context.area_name, codes)) or context.whole_area_name
    print_line(f"Akun {name} dibuat: {role}, {area_text}.")
    if oidc:
        print_line("Terikat pada orang yang pertama kali masuk dengan nama itu lewat SSO.")


@app.command()
def change(
    name: Name,
    role: Annotated[str | None, typer.Option(help="Peran yang baru.")] = None,
    area: Area = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="Seluruh wilayah.")] = False,
) -> None:
    """Ubah peran atau wilayah sebuah akun. Sesinya berakhir."""
    with _open_context() as context:
        changes: dict[str, Any] = {} if role is None else {"role": role}
        if area or everywhere:
            changes["area"] = context.resolve_areas(area or ())
        if not changes:
            raise fail("sebutkan --role, --area atau --everywhere")
        _change_account(context, name, "account-change", **changes)
    print_line(f"Akun {name} diubah; sesinya berakhir.")


@app.command()
def disable(name: Name) -> None:
    """Tutup sebuah akun. Sesinya berakhir seketika."""
    with _open_context() as context:
        _change_account(context, name, "account-disable", enabled=False)
    print_line(f"Akun {name} ditutup; sesinya berakhir.")


@app.command()
def enable(name: Name) -> None:
    """Buka lagi akun yang ditutup."""
    with _open_context() as context:
        _change_account(context, name, "account-enable", enabled=True)
    print_line(f"Akun {name} dibuka lagi.")


@app.command()
def reset(name: Name, password_stdin: FromStdin = False, oidc: Provider = False) -> None:
    """Beri sandi baru, atau (--oidc) ikat kembali lewat SSO. Sesi berakhir seketika."""
    with _open_context() as context:
        password = None if oidc else _read_password(context, name, password_stdin)
        _change_account(context, name, "account-reset", password=password)
    if oidc:
        print_line(
            f"Akun {name} menunggu masuk pertama lewat SSO; sandi, ikatan dan sesinya berakhir."
        )
    else:
        print_line(f"Sandi {name} diganti; sesinya berakhir.")


@app.command("list")
def list_() -> None:
    """Daftar akun, perannya dan wilayahnya; tidak pernah sandinya."""
    with open_cli_context() as context:
        all_accounts = accounts.load_all(context.store)
    rows = []
    for name, account in all_accounts.items():
        if account is None:
            cells = [name, "?", "?", "?", "rusak"]
        else:
            area = ", ".join(map(context.area_name, account.area)) or context.whole_area_name
            state = "aktif" if account.enabled else "ditutup"
            cells = [name, account.role, area, _sign_in_method(account), state]
        rows.append(cells)
    print_table(("nama", "peran", "wilayah", "masuk dengan", "keadaan"), rows)
    print_line(f"{len(all_accounts)} akun.")


def _sign_in_method(account: Account) -> str:
    if account.identity is None:
        return "sandi"
    return "SSO" if account.identity else "SSO, belum terikat"


def _change_account(context: CliContext, name: str, action: str, **changes: Any) -> None:
    accounts.change(context.store, name, action, now(), actor(), **changes)


def _read_password(context: CliContext, name: str, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Sandi", hide_input=True, confirmation_prompt="Sekali lagi")
    common = accounts.load_common_passwords(context.settings.vocabulary_folder)
    accounts.check_password(password, name, common)
    return password
