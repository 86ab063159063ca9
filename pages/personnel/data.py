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
class PersonnelData:
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
def compute_personnel(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    full_coverage: Coverage,
    kecamatan: tuple[str, ...],
) -> PersonnelData:
    """Everything of the page, of these kecamatan (none: all)."""
    found = analysis.filter_by_kecamatan(full_coverage, kecamatan)
    chosen = [code for code in register.kecamatan if not kecamatan or code in kecamatan]
    by_code: dict[str | None, str] = {code: code for code in chosen}
    by_polsek: dict[str | None, str] = {code: register.kecamatan[code].polsek for code in chosen}
    return PersonnelData(
        coverage=found,
        total=analysis.build_total_row(found, register),
        kecamatan=analysis.build_area_table(found, by_code),
        polsek=analysis.build_area_table(found, by_polsek),
        agencies=officers.count_by_agency(found.officers),
        curve=attendance.build_attendance_curve(
            get_feed_frame(frames, PERSONNEL),
            _list_tracked_police(found),
            (register.election.day_start, register.election.day_end),
            at,
            register.election.rules.personnel.report_interval,
        ),
    )


def _list_tracked_police(coverage: Coverage) -> list[str]:
    police = coverage.officers["group"].isin(POLICE_GROUPS)
    if coverage.has_postings:
        police &= coverage.officers.index.isin(coverage.postings["petugas"])
    return list(coverage.officers.index[police])
