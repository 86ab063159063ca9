"""What the page Personel shows, found once for all who look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.personnel import attendance, officers
from situasi.analysis.personnel import coverage as analysis
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import POLICE_GROUPS, get_feed_frame
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import PERSONNEL
from situasi.domain.register import Register


@dataclass(frozen=True)
class Work:
    """The personnel of the chosen kecamatan at a moment.

    total, kecamatan, polsek: analysis.coverage.total and areas. agencies: of analysis.agencies.
    curve: analysis.attendance.through_day of the police posted to TPS, or of all police who
    checked in where nobody is posted.
    """

    coverage: Coverage
    total: pd.Series
    kecamatan: pd.DataFrame
    polsek: pd.DataFrame
    agencies: pd.DataFrame
    curve: pd.DataFrame


@reads(PERSONNEL, depends_on=(analysis.compute_coverage,))
def work(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    everywhere: Coverage,
    kecamatan: tuple[str, ...],
) -> Work:
    """Everything of the page, of these kecamatan (none: all)."""
    found = analysis.filter_by_kecamatan(everywhere, kecamatan)
    chosen = [code for code in register.kecamatan if not kecamatan or code in kecamatan]
    by_code: dict[str | None, str] = {code: code for code in chosen}
    by_polsek: dict[str | None, str] = {code: register.kecamatan[code].polsek for code in chosen}
    return Work(
        coverage=found,
        total=analysis.build_total_row(found, register),
        kecamatan=analysis.build_area_table(found, by_code),
        polsek=analysis.build_area_table(found, by_polsek),
        agencies=officers.count_by_agency(found.officers),
        curve=attendance.build_attendance_curve(
            get_feed_frame(known, PERSONNEL),
            _watched(found),
            (register.election.day_start, register.election.day_end),
            at,
            register.election.rules.personnel.report_interval,
        ),
    )


def _watched(found: Coverage) -> list[str]:
    police = found.officers["group"].isin(POLICE_GROUPS)
    if found.has_postings:
        police &= found.officers.index.isin(found.postings["petugas"])
    return list(found.officers.index[police])
