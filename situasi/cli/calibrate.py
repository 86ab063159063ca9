"""The command that calibrates the turnout forecast on simulated days and writes the result."""

from pathlib import Path
from typing import Annotated

import typer

from situasi.analysis.turnout import calibration, simulated_days
from situasi.cli.common import err, failing_on, out
from situasi.common import atomic_files
from situasi.domain import election, forecast_parameters, register, settings


def calibrate(
    count: Annotated[
        int, typer.Option("--days", min=20, help="Banyaknya hari buatan.")
    ] = calibration.DAYS,
    tests: Annotated[
        int, typer.Option("--test-days", min=20, help="Banyaknya hari penguji.")
    ] = calibration.TEST_DAYS,
    seed: Annotated[int, typer.Option(help="Benih yang sama: hari yang sama.")] = calibration.SEED,
    target: Annotated[
        Path | None, typer.Option("--out", help="Berkas hasil; biasanya di folder pemilihan.")
    ] = None,
) -> None:
    """Kalibrasi perkiraan akhir hari pada hari-hari buatan (days.toml); tulis outlook.toml."""
    with failing_on(OSError, KeyError, TypeError, ValueError):
        definition = election.load(settings.load().election_folder)
        assumptions = simulated_days.load_assumptions(definition.folder)
        fit = calibration.calibrate(
            register.load(definition),
            assumptions,
            days=count,
            seed=seed,
            test_days=tests,
            on_day_done=lambda day: err.print(f"hari {day}", end="\r"),
        )
        path = target or definition.folder / forecast_parameters.FILE_NAME
        text = forecast_parameters.format_toml(fit, election.forecast_fingerprint(definition))
        atomic_files.write(path, text.encode("utf-8"), atomic_files.READABLE_MODE)
    for row in fit.evaluation:
        out.print(
            f"{row.at:%H.%M} {row.level}: memuat kebenaran {row.covered:.1f} %, "
            f"±{row.width:.1f} poin; meleset {row.model:.2f} "
            f"(laju {row.paced:.2f}, skala {row.scaled:.2f}, "
            f"sejauh ini {row.so_far:.2f}) poin",
            highlight=False,
        )
    out.print(str(path), highlight=False, soft_wrap=True)
