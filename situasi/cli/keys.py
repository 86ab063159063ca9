"""Commands for API keys, with which other programs send reports and read figures."""

from typing import Annotated

import typer

from situasi.cli.common import (
    CliContext,
    actor,
    err,
    fail,
    failing_on,
    now,
    open_cli_context,
    print_line,
    print_table,
)
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.server.api import api_keys

app = typer.Typer(help="Kunci untuk program lain (API).", no_args_is_help=True)
_METRICS_ONLY = "di sini kunci hanya untuk metrik; kunci kabupaten dibuat pada Polres-nya"


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Nama sumbernya, misalnya bot-kandis.")],
    feed: Annotated[
        list[str] | None,
        typer.Option(help=f"Boleh mengirim ini; boleh berulang: {', '.join(api_keys.WRITABLE)}."),
    ] = None,
    area: Annotated[
        list[str] | None,
        typer.Option(help="Hanya kecamatan ini (nama atau kode); boleh berulang; kosong: semua."),
    ] = None,
    read: Annotated[
        bool, typer.Option("--read", help="Boleh membaca, tanpa personel dan netralitas.")
    ] = False,
    metrics: Annotated[bool, typer.Option("--metrics", help="Boleh membaca /metrics.")] = False,
    messages: Annotated[
        bool, typer.Option("--messages", help="Boleh membawa pesan ke baki pesan di Lapor.")
    ] = False,
) -> None:
    """Buat kunci. Kunci ditampilkan sekali saja; yang disimpan hanya sidiknya."""
    with open_cli_context() as context:
        codes = tuple(dict.fromkeys(_resolve_kecamatan(context, text) for text in area or ()))
        feeds = tuple(dict.fromkeys(feed or ()))
        if context.board is None and (feeds or read or messages):
            raise fail(_METRICS_ONLY)
        with failing_on(api_keys.KeyRefused):
            token = api_keys.add(
                context.store, name, now(), actor(), feeds=feeds, area=codes, read=read,
                metrics=metrics, messages=messages,
            )  # fmt: skip
    err.print("Simpan sekarang; kunci ini tidak dapat ditampilkan lagi:", highlight=False)
    typer.echo(token)


def _resolve_kecamatan(context: CliContext, area_text: str) -> str:
    """Return the kecamatan of this text; no right is given on an inexact match."""
    if context.board is None:
        raise fail(_METRICS_ONLY)
    with failing_on(UnreadableCell):
        place = context.board.ingest_context.places.read_kecamatan(area_text, None)
    if place.code is None:
        raise fail(f'"{area_text}" bukan kecamatan; tanpa --area kunci berlaku untuk semuanya')
    if place.note:
        raise fail(f"{place.note}; tulis namanya persis, atau kodenya")
    return place.code


def _list_rights(key: api_keys.Key) -> list[str]:
    """Return what a key may do besides sending rows."""
    rights = {"pesan": key.messages, "baca": key.read, "metrik": key.metrics}
    return [word for word, is_granted in rights.items() if is_granted]


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Nama kunci; lihat: key list.")]) -> None:
    """Cabut kunci; sejak permintaan berikutnya ia tidak membuka apa pun."""
    with open_cli_context() as context, failing_on(api_keys.KeyRefused):
        api_keys.revoke(context.store, name, now(), actor())
    print_line(f'Kunci "{name}" dicabut.')


@app.command("list")
def list_() -> None:
    """Daftar kunci, haknya, dan hari terakhir dipakai."""
    with open_cli_context() as context:
        keys, last_uses = api_keys.load_all(context.store), api_keys.last_uses(context.store)
        names = context.area_name
        rows = [
            (
                key.name,
                ", ".join(key.feeds) or "–",
                ", ".join(names(code) for code in key.area) or "semua",
                ", ".join(_list_rights(key)) or "–",
                last_uses.get(key.name, "belum"),
                f"dicabut {key.revoked[:10]}" if key.revoked else "berlaku",
            )
            for key in keys
        ]
    print_table(("nama", "mengirim", "wilayah", "hak lain", "dipakai", "keadaan"), rows)
