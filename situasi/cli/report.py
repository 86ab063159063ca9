"""The command that writes laporan: once, or at every even hour until it is stopped."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.cli.audit import parse_moment as read_moment
from situasi.cli.common import actor, err, fail, now, open_cli_board, out, until_interrupted
from situasi.domain.election import Election
from situasi.reports.sitrep import build, files, schedule
from situasi.reports.sitrep import request as asking
from situasi.reports.sitrep.letterhead import SitrepTemplateError
from situasi.reports.sitrep.request import KINDS, SitrepRequestError
from situasi.store.interface import StoreError

# Everything but neutrality: what lies in a folder is read by whoever opens it.
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
        bool, typer.Option("--netralitas", help="Sertakan angka netralitas (peran yang berhak).")
    ] = False,
) -> None:
    """Tulis laporan situasi, laporan harian atau anev sebagai DOCX, PDF, XLSX dan teks pesan.

    Berkas dinamai menurut jenis dan saatnya; yang sudah ada tidak ditulis lagi.
    """
    if role not in ROLES:
        raise fail(f"peran tidak dikenal: {role}; salah satu dari {', '.join(ROLES)}")
    with open_cli_board() as board:
        election = board.register.election
        try:
            work = _ReportJob(
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
                _write_once(work, _parse_moment(at, election))
            elif at or begin or until:
                raise SitrepRequestError(
                    "--every memakai saatnya sendiri: tanpa --at, --from, --until"
                )
            else:
                _write_on_schedule(work, every)
        except (SitrepRequestError, SitrepTemplateError, OSError) as error:
            raise fail(error) from error


class _ReportJob:
    """What is to be written, where, and as far as whom may see."""

    def __init__(
        self,
        board: Board,
        viewer: Viewer,
        kind: str,
        period: tuple[datetime | None, datetime | None],
        kecamatan: tuple[str, ...],
        neutrality: bool,
        formats: tuple[str, ...],
        folder: Path,
    ) -> None:
        self.board, self.viewer, self.folder, self.formats = board, viewer, folder, formats
        self._kind, self._period = kind, period
        self._kecamatan, self._neutrality = kecamatan, neutrality

    def write(self, requested_time: datetime | None) -> list[Path]:
        """The files that were not there yet. chosen: the moment; None: the present."""
        shown = self.board.snapshot_reader.refresh()
        if shown.trouble:
            raise StoreError(shown.trouble)
        election, exercise = self.board.register.election, shown.snapshot.exercise_at
        present = (exercise or now()).astimezone(election.zone)
        since, until = self._period
        reckoned = present if requested_time is None else min(requested_time, present)
        asked = asking.build_request(
            self._kind, reckoned, election, since=since, until=until,
            kecamatan=self._kecamatan, neutrality=self._neutrality,
        )  # fmt: skip
        at = asking.choose_view_time(requested_time, asked, now(), exercise)
        laporan = build.build_sitrep(self.board, self.viewer, shown, at, asked)
        # Told first: a file that nobody knows of is worse than a word of one that failed.
        what = {
            "table": "laporan",
            "page": "cli",
            "kind": self._kind,
            "role": self.viewer.role.name,
        }
        filters = {"kec": self._kecamatan, "saat": [f"{at.at:%Y-%m-%dT%H:%M}"]}
        stem = files.format_sitrep_stem(laporan, self._kecamatan)
        for form in self.formats:
            if not (self.folder / f"{stem}.{form}").exists():
                self.board.audit_log.log_exported(
                    self.viewer, what, form, laporan.row_count, filters
                )
        if self._neutrality:
            self.board.audit_log.log_viewed(self.viewer, ["neutrality"], "cli")
        return files.write_files(
            laporan, self._kecamatan, self.formats, election.folder, self.folder
        )


def _write_once(job: _ReportJob, at: datetime | None) -> None:
    try:
        made = job.write(at)
    except StoreError as error:
        raise fail(error) from error
    for path in made:
        out.print(f"Ditulis: {path}", highlight=False, markup=False, soft_wrap=True)
    if not made:
        out.print("Semua berkas sudah ada; tidak ada yang ditulis.", highlight=False)


def _write_on_schedule(job: _ReportJob, interval: str) -> None:
    zone = job.board.register.election.zone

    def make(due: datetime) -> str | None:
        made = job.write(due)
        return f"{due:%d/%m %H.%M}: {', '.join(path.name for path in made)}" if made else None

    def tell(said: str) -> None:
        err.print(said, highlight=False, markup=False, soft_wrap=True)

    plan = schedule.Schedule(
        interval=schedule.parse_interval(interval),
        clock=lambda: now().astimezone(zone),
        make=make,
        notify=tell,
        expected_errors=(StoreError, SitrepTemplateError, OSError),
    )
    tell(f"Laporan setiap {interval} ke {job.folder}; Ctrl-C untuk berhenti.")
    with until_interrupted() as stop:
        plan.run(stop.wait)


def _parse_moment(text: str | None, election: Election) -> datetime | None:
    return None if text is None else read_moment(text, election.zone)


def _parse_formats(text: str) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(one.strip().lower() for one in text.split(",") if one.strip()))
    strange = [one for one in asked if one not in files.FORMATS]
    if strange or not asked:
        raise SitrepRequestError(f"bentuk tidak dikenal: {', '.join(strange) or text}; "
                      f"pilih: {', '.join(files.FORMATS)}")  # fmt: skip
    return asked
