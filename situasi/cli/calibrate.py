"""The command that calibrates the turnout forecast on real days and writes the result."""

from pathlib import Path
from typing import Annotated

import typer

from situasi.analysis.stations.reports import build_tps_reports, select_current_counts
from situasi.analysis.turnout import calibration
from situasi.analysis.turnout.own_day import summarise_own_day
from situasi.board import Board
from situasi.cli.common import failing_on, open_cli_board, print_line
from situasi.common import atomic_files
from situasi.domain import election as elections
from situasi.domain import forecast_parameters, real_days, settings
from situasi.domain.election import Election
from situasi.domain.feed_schemas import TPS
from situasi.domain.forecast_parameters import ForecastParameters


def calibrate(
    target: Annotated[
        Path | None, typer.Option("--out", help="Berkas hasil; biasanya di folder pemilihan.")
    ] = None,
    from_store: Annotated[
        bool,
        typer.Option(
            "--from-store",
            help="Catat dahulu hari ini sebagai hari kalibrasi, dari laporan TPS yang tersimpan.",
        ),
    ] = False,
    days_folder: Annotated[
        Path | None,
        typer.Option("--own-days", help="Folder own_days.toml; biasanya folder pemilihan."),
    ] = None,
) -> None:
    """Kalibrasi perkiraan akhir hari pada hari-hari nyata; tulis outlook.toml."""
    with failing_on(OSError, KeyError, TypeError, ValueError):
        election = elections.load(settings.load().election_folder)
        own_folder = days_folder or election.folder
        if from_store:
            with open_cli_board() as board:
                print_line(str(_record_day(board, own_folder)))
        own_days = real_days.load_own(own_folder)
        fit = calibration.calibrate(election, real_days.load_shipped(), own_days)
        path = target or election.folder / forecast_parameters.FILE_NAME
        text = forecast_parameters.format_toml(fit, elections.forecast_fingerprint(election))
        atomic_files.write(path, text.encode("utf-8"), atomic_files.READABLE_MODE)
    for line in _describe(fit, election):
        print_line(line)
    print_line(str(path))


def _record_day(board: Board, folder: Path) -> Path:
    """Write the summary of this election's day. Reports of exercises are no election day."""
    frame = board.snapshot_reader.refresh().snapshot.frames[TPS.name]
    rows = frame[frame["withdrawn_at"].isna() & ~frame["latihan"].astype(bool)]
    counts = select_current_counts(build_tps_reports(rows, board.register), board.register)
    return real_days.record_own(folder, summarise_own_day(counts, board.register))


def _describe(fit: ForecastParameters, election: Election) -> list[str]:
    """Return in Indonesian on which days it rests and how it did on days left out."""
    lines = [
        f"{fit.days} hari nyata ({', '.join(fit.sources)}), {fit.own_days} di antaranya dari "
        f"{election.kabupaten}; t dengan {fit.degrees} derajat bebas"
    ]
    lines += [
        f"{row.at:%H.%M} {row.level}: memuat kebenaran {row.covered:.1f} % (hari terburuk "
        f"{row.worst:.0f} %), ±{row.width:.1f} poin; meleset {row.model:.2f} (banding hari lain "
        f"{row.ratio:.2f}, skala {row.scaled:.2f}, sejauh ini {row.so_far:.2f}) poin"
        for row in fit.tested
    ]
    return lines
