"""The page of each kecamatan: its figures, its open incidents, its late TPS."""

from __future__ import annotations

from dataclasses import replace

from situasi.analysis.personnel.coverage import build_area_table
from situasi.analysis.situation.overview import Overview, compute_overviews_by_kecamatan
from situasi.common import i18n
from situasi.reports.sitrep import key_figures, tables
from situasi.reports.sitrep.data import Gathered
from situasi.reports.sitrep.model import Annex, Letter


def annexes(of: Gathered, letter: Letter) -> tuple[Annex, ...]:
    """One for each kecamatan of the laporan, in the order of the register."""
    found = overviews(of)
    return tuple(_annex(of, letter, code, found[code]) for code in of.codes)


def overviews(of: Gathered) -> dict[str, Overview]:
    """The overview of each kecamatan, as a page that is filtered by it shows it."""
    asked, election = of.asked.selection, of.register.election
    found = compute_overviews_by_kecamatan(of.known, election, of.codes, asked, of.period.at)
    return {code: replace(one, feed_states=of.overview.feed_states) for code, one in found.items()}


def _annex(of: Gathered, letter: Letter, code: str, found: Overview) -> Annex:
    place = of.register.kecamatan[code]
    cases = tables.cases(of, found.open_cases, "Kejadian terbuka", letter.of_each)
    about = "≈ " if place.dpt_estimated else ""
    said = [f"{place.polsek}; {i18n.format_number(place.tps)} TPS; DPT {about}{i18n.format_number(place.dpt)}"
            f"{' (perkiraan)' if about else ''}."]  # fmt: skip
    if found.open_cases.empty:
        silent = code not in found.reporting_kecamatan
        said.append("Belum ada kabar kejadian yang berlaku dari kecamatan ini."
                    if silent else "Tidak ada kejadian terbuka.")  # fmt: skip
    every = [fact for fact in key_figures.facts(of, found, [code]) if fact.key != "senyap"]
    if of.coverage is not None:
        said += _required(of, code)
    return Annex(
        code=code,
        name=place.name,
        said=tuple(said),
        facts=tuple(every),
        tables={
            "kejadian": cases,
            "fase": tables.phases(of, [code]),
            "terlambat": tables.late_stations(of, code, letter.of_each),
        },
    )


def _required(of: Gathered, code: str) -> list[str]:
    assert of.coverage is not None
    row = build_area_table(of.coverage, {code: code}).iloc[0]
    if not row["known"]:
        return ["Belum ada plotting personel di TPS kecamatan ini."]
    return [
        f"Polisi diplot {i18n.format_number(row['posted'])}, hadir {i18n.format_number(row['present'])}, "
        f"menurut pola perlu ≈ {i18n.format_number(row['required'])} (perkiraan)."
    ]
