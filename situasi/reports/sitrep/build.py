"""A laporan built of the findings of one moment, for one viewer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from situasi.access.roles import Viewer
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import Board
from situasi.common import i18n
from situasi.live import access_scope
from situasi.live.snapshot import SnapshotView
from situasi.reports.sitrep import annexes, key_figures, narrative, pictures, short_message, tables
from situasi.reports.sitrep import letterhead as letters
from situasi.reports.sitrep.data import Gathered, gather
from situasi.reports.sitrep.model import Laporan, Letter, Table
from situasi.reports.sitrep.request import Wanted


def short(board: Board, viewer: Viewer, shown: SnapshotView, at: ViewTime, asked: Wanted) -> str:
    """The short text alone. Raises Refused, TemplateRefused."""

    def make() -> str:
        with _on_paper():
            found = gather(board, viewer, shown, at, asked)
            letter = letters.load(found.register.election.folder)
            told = key_figures.facts(found, found.overview, found.codes)
            return short_message.message(found, letter, told)

    by = (access_scope.scope_of(viewer), asked, cache_minute(at), at.live)
    return board.analysis_cache.get_or_make("pesan", shown.snapshot, make, *by)


def build(
    board: Board, viewer: Viewer, shown: SnapshotView, at: ViewTime, asked: Wanted
) -> Laporan:
    """The whole laporan, as far as this viewer may see. Raises Refused, TemplateRefused.

    Its pictures are drawn when a file asks for them.
    """

    def make() -> Laporan:
        with _on_paper():
            compare = asked.kind != "situasi"
            found = gather(board, viewer, shown, at, asked, compare=compare)
            return _laporan(found, letters.load(found.register.election.folder))

    # Of one moment somebody takes several files.
    by = (access_scope.scope_of(viewer), asked, cache_minute(at), at.live)
    return board.analysis_cache.get_or_make("laporan", shown.snapshot, make, *by)


def _laporan(found: Gathered, letter: Letter) -> Laporan:
    election, asked = found.register.election, found.asked
    day = key_figures.facts(found, found.overview, found.codes)
    return Laporan(
        kind=asked.kind,
        letter=letter,
        command=election.command,
        kabupaten=election.kabupaten,
        election=election.name,
        operation=election.operation,
        at=found.at.at,
        zone=election.zone_label,
        since=asked.since,
        until=asked.until,
        version=found.version,
        rehearsal=found.rehearsal,
        scope=narrative.scope(found),
        facts=(*day, *key_figures.of_period(found)),
        said={**narrative.chapters(found), "kurun": (narrative.span(found),)},
        tables=_tables(found, letter),
        drawings=pictures.drawings(found),
        annexes=annexes.annexes(found, letter),
        message=short_message.message(found, letter, day),
    )


def _tables(found: Gathered, letter: Letter) -> dict[str, Table]:
    """What was open stands in a laporan situasi, what happened in one of a period."""
    work = found.period.work
    now = found.asked.kind == "situasi"
    cases = tables.cases(
        found,
        work.open_cases if now else work.selected_cases,
        "Kejadian terbuka, yang terberat lebih dahulu" if now else "Kejadian menonjol",
        letter.listed,
    )
    made = {
        "kecamatan": tables.by_kecamatan(found),
        "kejadian": cases,
        "lewat": tables.overdue(found, letter.listed),
        "langkah": tables.steps(found),
        "fase": tables.phases(found, found.codes),
    }
    return made if now else {**made, "banding": tables.compared(found)}


@contextmanager
def _on_paper() -> Iterator[None]:
    """In Indonesian, and by the clock: it is read later than written, and by others."""
    before = i18n.current_language()
    i18n.set_language("id")
    try:
        with i18n.absolute_times():
            yield
    finally:
        i18n.set_language(before)
