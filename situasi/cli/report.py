"""The command that writes laporan: once, or at every even hour until it is stopped."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.cli.audit import moment as read_moment
from situasi.cli.common import actor, err, fail, now, opened, out, until_interrupted
from situasi.domain.election import Election
from situasi.reports.sitrep import build, files, schedule
from situasi.reports.sitrep import request as asking
from situasi.reports.sitrep.letterhead import TemplateRefused
from situasi.reports.sitrep.request import KINDS, Refused
from situasi.store.interface import StoreError

# Everything but neutrality: what lies in a folder is read by whoever opens it.
_ROLE = "analis"


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
    role: Annotated[str, typer.Option(help="Sebatas yang dilihat peran ini.")] = _ROLE,
    neutrality: Annotated[
        bool, typer.Option("--netralitas", help="Sertakan angka netralitas (peran yang berhak).")
    ] = False,
) -> None:
    """Tulis laporan situasi, laporan harian atau anev sebagai DOCX, PDF, XLSX dan teks pesan.

    Berkas dinamai menurut jenis dan saatnya; yang sudah ada tidak ditulis lagi.
    """
    if role not in ROLES:
        raise fail(f"peran tidak dikenal: {role}; salah satu dari {', '.join(ROLES)}")
    with opened() as board:
        election = board.register.election
        try:
            work = _Work(
                board=board,
                viewer=Viewer(actor(), ROLES[role]),
                kind=kind,
                period=(_moment(begin, election), _moment(until, election)),
                kecamatan=tuple(kecamatan or ()),
                neutrality=neutrality,
                forms=_forms(forms),
                folder=folder or board.settings.data_folder / "laporan",
            )
            if every is None:
                _once(work, _moment(at, election))
            elif at or begin or until:
                raise Refused("--every memakai saatnya sendiri: tanpa --at, --from, --until")
            else:
                _again_and_again(work, every)
        except (Refused, TemplateRefused, OSError) as error:
            raise fail(error) from error


class _Work:
    """What is to be written, where, and as far as whom may see."""

    def __init__(
        self,
        board: Board,
        viewer: Viewer,
        kind: str,
        period: tuple[datetime | None, datetime | None],
        kecamatan: tuple[str, ...],
        neutrality: bool,
        forms: tuple[str, ...],
        folder: Path,
    ) -> None:
        self.board, self.viewer, self.folder, self.forms = board, viewer, folder, forms
        self._kind, self._period = kind, period
        self._kecamatan, self._neutrality = kecamatan, neutrality

    def write(self, chosen: datetime | None) -> list[Path]:
        """The files that were not there yet. chosen: the moment; None: the present."""
        shown = self.board.snapshot_reader.refresh()
        if shown.trouble:
            raise StoreError(shown.trouble)
        election, exercise = self.board.register.election, shown.snapshot.exercise_at
        present = (exercise or now()).astimezone(election.zone)
        since, until = self._period
        reckoned = present if chosen is None else min(chosen, present)
        asked = asking.wanted(
            self._kind, reckoned, election, since=since, until=until,
            kecamatan=self._kecamatan, neutrality=self._neutrality,
        )  # fmt: skip
        at = asking.moment(chosen, asked, now(), exercise)
        laporan = build.build(self.board, self.viewer, shown, at, asked)
        # Told first: a file that nobody knows of is worse than a word of one that failed.
        what = {
            "table": "laporan",
            "page": "cli",
            "kind": self._kind,
            "role": self.viewer.role.name,
        }
        filters = {"kec": self._kecamatan, "saat": [f"{at.at:%Y-%m-%dT%H:%M}"]}
        stem = files.stem_of(laporan, self._kecamatan)
        for form in self.forms:
            if not (self.folder / f"{stem}.{form}").exists():
                self.board.audit_log.log_exported(self.viewer, what, form, laporan.rows, filters)
        if self._neutrality:
            self.board.audit_log.log_viewed(self.viewer, ["neutrality"], "cli")
        return files.write(laporan, self._kecamatan, self.forms, election.folder, self.folder)


def _once(work: _Work, at: datetime | None) -> None:
    try:
        made = work.write(at)
    except StoreError as error:
        raise fail(error) from error
    for path in made:
        out.print(f"Ditulis: {path}", highlight=False, markup=False, soft_wrap=True)
    if not made:
        out.print("Semua berkas sudah ada; tidak ada yang ditulis.", highlight=False)


def _again_and_again(work: _Work, every: str) -> None:
    zone = work.board.register.election.zone

    def make(due: datetime) -> str | None:
        made = work.write(due)
        return f"{due:%d/%m %H.%M}: {', '.join(path.name for path in made)}" if made else None

    def tell(said: str) -> None:
        err.print(said, highlight=False, markup=False, soft_wrap=True)

    plan = schedule.Schedule(
        step=schedule.every(every),
        clock=lambda: now().astimezone(zone),
        make=make,
        tell=tell,
        hoped=(StoreError, TemplateRefused, OSError),
    )
    tell(f"Laporan setiap {every} ke {work.folder}; Ctrl-C untuk berhenti.")
    with until_interrupted() as stop:
        plan.run(stop.wait)


def _moment(text: str | None, election: Election) -> datetime | None:
    return None if text is None else read_moment(text, election.zone)


def _forms(text: str) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(one.strip().lower() for one in text.split(",") if one.strip()))
    strange = [one for one in asked if one not in files.FORMATS]
    if strange or not asked:
        raise Refused(f"bentuk tidak dikenal: {', '.join(strange) or text}; "
                      f"pilih: {', '.join(files.FORMATS)}")  # fmt: skip
    return asked
