"""Data of the page Personel, computed once for all viewers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.personnel import attendance, officers
from situasi.analysis.personnel import coverage as coverage_analysis
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import PERSONNEL
from situasi.domain.register import Register


@dataclass(frozen=True)
class PersonnelData:
    """The personnel of the selected kecamatan at a time.

    total, kecamatan, polsek: of coverage.build_total_row and build_area_table. agencies: of
    officers.count_by_agency. curve: of attendance.compute_police_attendance.
    """

    coverage: Coverage
    total: pd.Series
    kecamatan: pd.DataFrame
    polsek: pd.DataFrame
    agencies: pd.DataFrame
    curve: pd.DataFrame


@reads(PERSONNEL, depends_on=(coverage_analysis.compute_coverage,))
def compute_personnel(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    full_coverage: Coverage,
    kecamatan: tuple[str, ...],
) -> PersonnelData:
    """Compute all data of the page for these kecamatan (none: all)."""
    selected = coverage_analysis.filter_by_kecamatan(full_coverage, kecamatan)
    codes = [code for code in register.kecamatan if not kecamatan or code in kecamatan]
    by_code: dict[str | None, str] = {code: code for code in codes}
    by_polsek: dict[str | None, str] = {code: register.kecamatan[code].polsek for code in codes}
    return PersonnelData(
        coverage=selected,
        total=coverage_analysis.build_total_row(selected, register),
        kecamatan=coverage_analysis.build_area_table(selected, by_code),
        polsek=coverage_analysis.build_area_table(selected, by_polsek),
        agencies=officers.count_by_agency(selected.officers),
        curve=attendance.compute_police_attendance(frames, register, at, full_coverage, kecamatan),
    )
