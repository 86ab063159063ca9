"""Commands for the rehearsal day: write it, replay it, fill a store with it."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from situasi.cli.common import err, fail, now, open_cli_board, out, parse_time_of_day
from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, settings
from situasi.domain import register as domain_register
from situasi.simulation import replay as simulation_replay
from situasi.simulation import seed as simulation_seed
from situasi.simulation.generate import generate_day


def prepare() -> None:
    """Isi penyimpanan kosong dengan laporan publik dan hari latihan (LATIHAN)."""
    with open_cli_board() as board:
        results = simulation_seed.seed_store(board, now(), partial(err.print, highlight=False))
    if not results:
        err.print("Penyimpanan sudah berisi; tidak ada yang diubah.")


def simulate(
    folder: Annotated[Path, typer.Option("--out", help="Folder untuk berkas hari latihan.")],
    seed: Annotated[
        int, typer.Option(help="Benih yang sama: hari yang sama.")
    ] = simulation_seed.SEED,
) -> None:
    """Tulis berkas laporan satu hari pemungutan suara buatan, bertanda LATIHAN."""
    definition = election.load(settings.load().election_folder)
    register = domain_register.load(definition)
    boundaries = domain_boundaries.load(definition.boundaries_folder)
    try:
        paths = generate_day(register, boundaries, seed, folder)
    except OSError as error:
        raise fail(f"{folder}: {error.strerror or error}") from error
    for path in paths:
        out.print(str(path), highlight=False, soft_wrap=True)


def replay(
    folder: Annotated[Path, typer.Argument(help="Folder dari simulate.")],
    speed: Annotated[float, typer.Option(min=0.1, help="Detik latihan per detik.")] = 60,
    start: Annotated[str | None, typer.Option("--from", help="Jam mulai, misalnya 06.30.")] = None,
) -> None:
    """Putar hari latihan ke dalam penyimpanan menurut waktunya sendiri."""
    with open_cli_board() as board:
        definition = board.register.election

        def print_progress(at: datetime, rows: int) -> None:
            err.print(f"{at.astimezone(definition.zone):%H.%M.%S}  {rows} baris", end="\r")

        try:
            begin = parse_time_of_day(start, definition, "06.30") if start else None
            rows = simulation_replay.replay(
                board, folder, speed=speed, clock=now, start=begin, on_progress=print_progress
            )
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except (ValueError, OSError) as error:
            raise fail(error) from error
    err.print(f"\nSelesai: {rows} baris.", highlight=False)
