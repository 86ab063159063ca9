"""The page of each kecamatan: its figures, its open incidents, its late TPS."""

from __future__ import annotations

from dataclasses import replace

from situasi.analysis.personnel.coverage import build_area_table
from situasi.analysis.situation.overview import Overview, compute_overviews_by_kecamatan
from situasi.common import i18n
from situasi.reports.sitrep import key_figures, tables
from situasi.reports.sitrep.data import SitrepData
from situasi.reports.sitrep.model import Annex, Letterhead


def build_annexes(data: SitrepData, letterhead: Letterhead) -> tuple[Annex, ...]:
    """One for each kecamatan of the laporan, in the order of the register."""
    found = compute_overviews(data)
    return tuple(_build_annex(data, letterhead, code, found[code]) for code in data.codes)


def compute_overviews(data: SitrepData) -> dict[str, Overview]:
    """The overview of each kecamatan, as a page that is filtered by it shows it."""
    asked, election = data.request.selection, data.register.election
    found = compute_overviews_by_kecamatan(
        data.as_of_view, election, data.codes, asked, data.period.at
    )
    return {
        code: replace(one, feed_states=data.overview.feed_states) for code, one in found.items()
    }


def _build_annex(data: SitrepData, letterhead: Letterhead, code: str, overview: Overview) -> Annex:
    place = data.register.kecamatan[code]
    cases = tables.build_case_table(
        data, overview.open_cases, "Kejadian terbuka", letterhead.max_incidents_per_kecamatan
    )
    about = "≈ " if place.dpt_estimated else ""
    said = [
        f"{place.polsek}; {i18n.format_number(place.tps)} TPS; DPT {about}{i18n.format_number(place.dpt)}"
        f"{' (perkiraan)' if about else ''}."
    ]
    if overview.open_cases.empty:
        silent = code not in overview.reporting_kecamatan
        said.append("Belum ada kabar kejadian yang berlaku dari kecamatan ini."
                    if silent else "Tidak ada kejadian terbuka.")  # fmt: skip
    every = [
        fact
        for fact in key_figures.build_key_figures(data, overview, [code])
        if fact.key != "senyap"
    ]
    if data.coverage is not None:
        said += _format_police_strength(data, code)
    return Annex(
        code=code,
        name=place.name,
        sentences=tuple(said),
        key_figures=tuple(every),
        tables={
            "kejadian": cases,
            "fase": tables.build_phase_table(data, [code]),
            "terlambat": tables.build_late_station_table(
                data, code, letterhead.max_incidents_per_kecamatan
            ),
        },
    )


def _format_police_strength(data: SitrepData, code: str) -> list[str]:
    assert data.coverage is not None
    row = build_area_table(data.coverage, {code: code}).iloc[0]
    if not row["known"]:
        return ["Belum ada plotting personel di TPS kecamatan ini."]
    return [
        f"Polisi diplot {i18n.format_number(row['posted'])}, hadir {i18n.format_number(row['present'])}, "
        f"menurut pola perlu ≈ {i18n.format_number(row['required'])} (perkiraan)."
    ]
