"""The page of each kecamatan in a laporan: its key figures, open incidents and late TPS."""

from dataclasses import replace

from situasi.analysis.personnel.coverage import build_area_table
from situasi.analysis.situation.overview import Overview, compute_overviews_by_kecamatan
from situasi.common.formats import format_number
from situasi.reports.sitrep import key_figures, tables
from situasi.reports.sitrep.data import SitrepData
from situasi.reports.sitrep.model import Annex, Letterhead


def build_annexes(data: SitrepData, letterhead: Letterhead) -> tuple[Annex, ...]:
    """Build one annex for each kecamatan of the laporan, in the order of the register."""
    overviews = compute_overviews(data)
    return tuple(_build_annex(data, letterhead, code, overviews[code]) for code in data.codes)


def compute_overviews(data: SitrepData) -> dict[str, Overview]:
    """Return the overview of each kecamatan, as a page filtered by it shows."""
    selection, election = data.request.selection, data.register.election
    overviews = compute_overviews_by_kecamatan(
        data.as_of_view, election, data.codes, selection, data.period.at
    )
    return {
        code: replace(overview, feed_states=data.overview.feed_states)
        for code, overview in overviews.items()
    }


def _build_annex(data: SitrepData, letterhead: Letterhead, code: str, overview: Overview) -> Annex:
    place = data.register.kecamatan[code]
    limit, cases = letterhead.max_incidents_per_kecamatan, overview.open_cases
    case_table = tables.build_case_table(data, cases, "Kejadian terbuka", limit)
    prefix = "≈ " if place.dpt_estimated else ""
    sentences = [
        f"{place.polsek}; {format_number(place.tps)} TPS; "
        f"DPT {prefix}{format_number(place.dpt)}{' (perkiraan)' if prefix else ''}."
    ]
    if cases.empty:
        is_silent = code not in overview.reporting_kecamatan
        sentences.append("Belum ada kabar kejadian yang berlaku dari kecamatan ini."
                    if is_silent else "Tidak ada kejadian terbuka.")  # fmt: skip
    figures = key_figures.build_key_figures(data, overview, [code])
    if data.coverage is not None:
        sentences += _format_police_strength(data, code)
    return Annex(
        code=code,
        name=place.name,
        sentences=tuple(sentences),
        key_figures=tuple(figure for figure in figures if figure.key != "senyap"),
        tables={
            "kejadian": case_table,
            "fase": tables.build_phase_table(data, [code]),
            "terlambat": tables.build_late_station_table(data, code, limit),
        },
    )


def _format_police_strength(data: SitrepData, code: str) -> list[str]:
    assert data.coverage is not None
    row = build_area_table(data.coverage, {code: code}).iloc[0]
    if not row["known"]:
        return ["Belum ada plotting personel di TPS kecamatan ini."]
    return [
        f"Polisi diplot {format_number(row['posted'])}, "
        f"hadir {format_number(row['present'])}, "
        f"menurut pola perlu ≈ {format_number(row['required'])} (perkiraan)."
    ]
