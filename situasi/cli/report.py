"""The command that writes laporan: once, or at every interval until it is stopped."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.cli.audit import parse_moment
from situasi.cli.common import (
    actor,
    fail,
    failing_on,
    now,
    open_cli_board,
    out,
    print_error_line,
    print_line,
    until_interrupted,
)
from situasi.domain.election import Election
from situasi.reports.sitrep import build, files, schedule
from situasi.reports.sitrep import request as sitrep_request
from situasi.reports.sitrep.data import SitrepSources
from situasi.reports.sitrep.letterhead import SitrepTemplateError
from situasi.reports.sitrep.request import KINDS, SitrepRequestError
from situasi.store.model import StoreError

# Everything but neutrality reports: files in a folder can be read by whoever opens it.
_DEFAULT_ROLE = "analis"


def report(
    kind: Annotated[str, typer.Option(help=f"Jenis: {', '.join(KINDS)}.")] = "situasi",
    at: Annotated[
        str | None, typer.Option(help='Keadaan pada, misalnya "2024-11-27 12.30"; kosong: kini.')
    ] = None,
    begin: Annotated[str | None, typer.Option("--from", help="Awal kurun (harian, anev).")] = None,
    until: Annotated[str | None, typer.Option(help="Akhir kurun.")] = None,
    kecamatan: Annotated[
        list[str] | None, typer.Option(help="Kode kecamatan, boleh berulang; kosong: semua.")
    ] = None,
    forms: Annotated[
        str, typer.Option("--format", help=f"Bentuk: {','.join(files.FORMATS)}.")
    ] = "docx,pdf,xlsx,txt",
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder; kosong: laporan/ di folder data.")
    ] = None,
    every: Annotated[
        str | None, typer.Option(help="Buat setiap selang ini, misalnya 2h, sampai dihentikan.")
    ] = None,
    role: Annotated[str, typer.Option(help="Sebatas yang dilihat peran ini.")] = _DEFAULT_ROLE,
    neutrality: Annotated[
        bool, typer.Option("--netralitas", help="Sertakan netralitas (peran yang berhak).")
    ] = False,
) -> None:
    """Tulis laporan situasi, laporan harian atau anev sebagai DOCX, PDF, XLSX dan teks pesan.

    Berkas dinamai menurut jenis dan saatnya; yang sudah ada tidak ditulis lagi.
    """
    if role not in ROLES:
        raise fail(f"peran tidak dikenal: {role}; salah satu dari {', '.join(ROLES)}")
    with open_cli_board() as board:
        election = board.register.election
        with failing_on(SitrepRequestError, SitrepTemplateError, OSError):
            job = _ReportJob(
                board=board,
                viewer=Viewer(actor(), ROLES[role]),
                kind=kind,
                period=(_parse_moment(begin, election), _parse_moment(until, election)),
                kecamatan=tuple(kecamatan or ()),
                neutrality=neutrality,
                formats=_parse_formats(forms),
                folder=folder or board.settings.data_folder / "laporan",
            )
            if every is None:
                _write_once(job, _parse_moment(at, election))
            elif at or begin or until:
                message = "--every memakai saatnya sendiri: tanpa --at, --from, --until"
                raise SitrepRequestError(message)
            else:
                _write_on_schedule(job, every)


@dataclass
class _ReportJob:
    """What to write, where, and with whose access."""

    board: Board
    viewer: Viewer
    kind: str
    period: tuple[datetime | None, datetime | None]
    kecamatan: tuple[str, ...]
    neutrality: bool
    formats: tuple[str, ...]
    folder: Path

    def write(self, requested_time: datetime | None) -> list[Path]:
        """Write the files that do not exist yet. requested_time: None: the present."""
        snapshot_view = self.board.snapshot_reader.refresh()
        if snapshot_view.trouble:
            raise StoreError(snapshot_view.trouble)
        election, exercise = self.board.register.election, snapshot_view.snapshot.exercise_at
        present = (exercise or now()).astimezone(election.zone)
        since, until = self.period
        report_time = present if requested_time is None else min(requested_time, present)
        request = sitrep_request.build_request(
            self.kind, report_time, election, since=since, until=until,
            kecamatan=self.kecamatan, neutrality=self.neutrality,
        )  # fmt: skip
        at = sitrep_request.choose_view_time(requested_time, request, now(), exercise)
        sources = SitrepSources(self.board, self.viewer, snapshot_view, at, request)
        sitrep = build.build_sitrep(sources)
        # Logged first: an unlogged file is worse than an entry for a file that failed.
        log, role = self.board.audit_log, self.viewer.role.name
        subject = {"table": "laporan", "page": "cli", "kind": self.kind, "role": role}
        filters = {"kec": self.kecamatan, "saat": [f"{at.at:%Y-%m-%dT%H:%M}"]}
        stem = files.format_sitrep_stem(sitrep, self.kecamatan)
        for format_name in self.formats:
            if not (self.folder / f"{stem}.{format_name}").exists():
                log.log_exported(self.viewer, subject, format_name, sitrep.row_count, filters)
        if self.neutrality:
            log.log_viewed(self.viewer, ["neutrality"], "cli")
        return files.write_files(sitrep, self.kecamatan, self.formats, election.folder, self.folder)


def _write_once(job: _ReportJob, at: datetime | None) -> None:
    with failing_on(StoreError):
        paths = job.write(at)
    for path in paths:
        print_line(f"Ditulis: {path}")
    if not paths:
        out.print("Semua berkas sudah ada; tidak ada yang ditulis.", highlight=False)


def _write_on_schedule(job: _ReportJob, interval: str) -> None:
    zone = job.board.register.election.zone

    def make(due: datetime) -> str | None:
        paths = job.write(due)
        return f"{due:%d/%m %H.%M}: {', '.join(path.name for path in paths)}" if paths else None

    plan = schedule.Schedule(
        interval=schedule.parse_interval(interval),
        clock=lambda: now().astimezone(zone),
        make=make,
        notify=print_error_line,
        expected_errors=(StoreError, SitrepTemplateError, OSError),
    )
    print_error_line(f"Laporan setiap {interval} ke {job.folder}; Ctrl-C untuk berhenti.")
    with until_interrupted() as stop:
        plan.run(stop.wait)


def _parse_moment(text: str | None, election: Election) -> datetime | None:
    return None if text is None else parse_moment(text, election.zone)


def _parse_formats(text: str) -> tuple[str, ...]:
    formats = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    unknown = [name for name in formats if name not in files.FORMATS]
    if unknown or not formats:
        wrong, known = ", ".join(unknown) or text, ", ".join(files.FORMATS)
        raise SitrepRequestError(f"bentuk tidak dikenal: {wrong}; pilih: {known}")
    return formats
