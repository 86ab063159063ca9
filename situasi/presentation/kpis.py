"""The key figures as text: open incidents, situasi, turnout, TPS, officers and silent feeds."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.presence import STATES
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.area_summary import AreaSummary, find_phases_reached
from situasi.analysis.situation.overview import Overview
from situasi.analysis.stations import ballot_boxes
from situasi.analysis.stations.status import SILENT_STATES, count_by_kecamatan
from situasi.common.formats import (
    format_counts,
    format_date,
    format_number,
    format_ratio,
    format_relative_time,
    format_signed,
    format_time,
)
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT as LEVELS
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.presentation.model import KpiText, Mark, MarkedCount
from situasi.presentation.numbers import format_bounds, format_moment, format_percent, format_voters

# So many silent places are named; the others are counted.
MAX_SILENT_PLACES = 2


def format_open_incidents(overview: Overview) -> KpiText:
    """Return the number of open incidents, by tingkat."""
    if overview.newest_time is None:
        return KpiText("terbuka", _("Kejadian terbuka"), "–", _("belum ada laporan"))
    levels = cases.count_by_tingkat(overview.open_cases)
    listed_levels = [level for level in (*reversed(LEVELS), None) if level or levels.get(None)]
    change = _("{change} dalam 1 jam").format(
        change=format_signed(len(overview.open_cases) - overview.open_count_hour_ago)
    )
    level_counts = tuple(
        MarkedCount(
            Mark("tingkat", level),
            format_number(levels.get(level, 0)),
            label("tingkat", level),
        )
        for level in listed_levels
    )
    return KpiText(
        "terbuka",
        _("Kejadian terbuka"),
        format_number(len(overview.open_cases)),
        level_counts,
        alarm=overview.critical_count > 0,
        side_note=change,
    )


def format_situasi(overview: Overview) -> KpiText:
    """Return the number of kecamatan in each situasi."""
    counts = crowd_state.count_states(overview.crowd_states)
    value = tuple(
        MarkedCount(Mark("situasi", state), format_number(counts.get(state, 0)))
        for state in (*reversed(SITUASI), None)
    )
    note = _("merah · kuning · hijau · belum")
    if overview.kabupaten_state:
        note = _("seluruh kabupaten: {state}").format(
            state=label("situasi", overview.kabupaten_state)
        )
    title = format_counts(_("Situasi {n} kecamatan"), n=len(overview.crowd_states))
    alarm = bool(counts.get("merah") or overview.kabupaten_state)
    return KpiText("situasi", title, value, note, alarm=alarm)


def format_turnout(rates: pd.Series) -> KpiText:
    """Return turnout with its denominator. rates: of turnout.summary.compute_shown_total."""
    reporting_count, tps_count = int(rates["tps_counted"]), int(rates["tps"])
    if not reporting_count or pd.isna(rates["shown_rate"]):
        return KpiText("partisipasi", _("Partisipasi"), "–", _("belum ada hitungan"))
    value = format_percent(rates["shown_rate"], is_estimated=bool(rates["shown_estimated"]))
    stale = format_counts(_("{n} hitungan lama"), n=int(rates["stale"]))
    if rates["is_common"]:
        note = _("pukul {hour} di {n} dari {all} TPS, tanpa {stale}").format(
            hour=format_time(rates["common_hour"]),
            n=format_number(rates["common_tps"]),
            all=format_number(tps_count),
            stale=stale,
        )
        return KpiText("partisipasi", _("Partisipasi"), value, note)
    note = format_counts(
        _("{heads} hadir di {told} dari {all} TPS"),
        told=reporting_count,
        all=tps_count,
        heads=rates["voters_present"],
    )
    note += f" · {stale}" if rates["stale"] else ""
    return KpiText("partisipasi", _("Partisipasi"), value, note)


def format_voters_present(rates: pd.Series) -> KpiText:
    """Return voters present, and how many TPS reported. rates: of turnout.summary.compute_total."""
    note = format_counts(
        _("{n} dari {all} TPS melapor"), n=int(rates["tps_counted"]), all=int(rates["tps"])
    )
    count = format_number(int(rates["voters_present"])) if rates["tps_counted"] else "–"
    return KpiText("hadir", _("Pemilih hadir"), count, note)


def format_turnout_bounds(rates: pd.Series) -> KpiText:
    """Return the bounds of the total turnout. rates: of analysis.turnout.summary.compute_total."""
    template = _("dari DPT {n}, bila TPS lain nol atau penuh")
    value = format_bounds(rates) if rates["tps_counted"] else "–"
    if (
        rates["tps_counted"] == rates["tps"] > 0 and not rates["stale"]
    ):  # nothing is left to be bounded
        template = _("dari DPT {n}, semua TPS melapor")
    note = template.format(n=format_voters(rates["dpt"], bool(rates["estimated"])))
    return KpiText("batas", _("Batas seluruhnya"), value, note)


def format_stations(
    tps: pd.DataFrame, *, lacks_reports: bool = False, days_left: int = 0, with_silent: bool = True
) -> KpiText:
    """Return the phase that most TPS have reached, and how many TPS report late.

    lacks_reports: of AreaSummary; then the days left until the voting, or that nothing is known.
    with_silent: say, and warn, how many are late or out of reach, unless figures beside it do.
    """
    if lacks_reports:
        note = _("belum ada laporan TPS")
        if days_left > 0:
            days = format_counts(_("{n} hari lagi"), n=days_left)
            return KpiText("tps", _("Hari pemungutan"), days, note)
        return KpiText("tps", _("TPS buka"), "–", note)
    counts = {state: int(n) for state, n in tps["state"].value_counts().items()}
    late, unreachable = (counts.get(state, 0) for state in SILENT_STATES)
    notes = [format_counts(_("{n} terlambat melapor"), n=late)] if with_silent else []
    if unreachable and with_silent:
        notes.append(format_counts(_("{n} tak terjangkau"), n=unreachable))
    if doubted_count := counts.get("diragukan", 0):
        notes.append(format_counts(_("{n} diragukan"), n=doubted_count))
    note = " · ".join(notes)
    phase_row = find_phases_reached(count_by_kecamatan(tps.assign(kecamatan=""))).iloc[0]
    if not isinstance(phase_row["fase"], str):
        waiting = format_ratio(0, len(tps))
        return KpiText("tps", _("TPS buka"), waiting, note)
    is_alarm = with_silent and late + unreachable > 0
    if phase_row["fase"] in ballot_boxes.BOX_PHASES:
        boxes = format_boxes(tps)
        note = " · ".join(filter(None, (str(boxes.note), note)))
        return KpiText("tps", boxes.title, boxes.value, note, alarm=is_alarm)
    value = format_ratio(phase_row["reached"], phase_row["tps"])
    title = _("TPS {fase}").format(fase=label("fase", phase_row["fase"]))
    return KpiText("tps", title, value, note, alarm=is_alarm)


def format_boxes(tps: pd.DataFrame) -> KpiText:
    """Return how many ballot boxes are known to be at the PPK, and where the others are."""
    counts = ballot_boxes.count_custody(tps)
    title = _("Kotak tiba di PPK")
    if counts[ballot_boxes.UNKNOWN] == len(tps):
        return KpiText("tiba", title, "–", _("belum ada laporan"))
    value = format_ratio(ballot_boxes.count_at_ppk(tps), len(tps))
    places = (*reversed(ballot_boxes.MOVING), ballot_boxes.AT_TPS, ballot_boxes.UNKNOWN)
    parts = [f"{format_number(counts[code])} {label('kotak', code)}" for code in places
             if counts[code]]  # fmt: skip
    return KpiText("tiba", title, value, " · ".join(parts) or _("semua sudah tiba"))


def format_officers(
    area_summary: AreaSummary, codes: Sequence[str], *, with_absent: bool = True
) -> KpiText:
    """Return how many of the posted officers are present; at the end of duty how many returned.

    with_absent: say how many TPS have no officer, unless a figure beside it does.
    """
    rows = area_summary.coverage_gaps.loc[list(codes)]
    known = rows[rows["known"]]
    if known.empty:
        return KpiText("personel", _("Personel hadir"), "–", _("belum ada plotting"))
    names = [*STATES[1:], "present", "posted", "absent", "awaited", "released", "tps"]
    total = known[names].sum()
    gaps = []
    if with_absent:
        text = _("{n} dari {all} TPS tanpa petugas")
        gaps.append(format_counts(text, n=total["absent"], all=total["tps"]))
    if total["awaited"]:
        gaps.append(format_counts(_("{n} menunggu yang di jalan"), n=total["awaited"]))
    absent = " · ".join(gaps)
    if not coverage.is_end_of_duty(total):
        value = format_ratio(total["present"], total["posted"])
        return KpiText("personel", _("Personel hadir"), value, absent)
    notes = [format_not_returned(total), *(gaps if total["absent"] else [])]
    value = format_ratio(total["kembali"], total["posted"])
    note = " · ".join(filter(None, notes)) or _("semua sudah kembali")
    return KpiText("personel", _("Personel sudah kembali"), value, note)


def format_not_returned(counts: pd.Series) -> str:
    """Return how many officers of a row of coverage_gaps have not returned, by what is known."""
    others = (
        (_("masih di TPS"), counts["present"]),
        (_("tanpa kabar"), counts["tanpa_kabar"]),
        (_("meninggalkan TPS"), counts["bergeser"]),
        (_("tidak pernah melapor"), counts["belum_tiba"]),
    )
    return " · ".join(f"{format_number(int(n))} {words}" for words, n in others if n)


def format_last_report(overview: Overview, now: datetime, zone_label: str) -> KpiText:
    """Return when the last report came. now: in the time zone of the page."""
    title = _("Laporan terakhir")
    if overview.newest_time is None:
        return KpiText("terakhir", title, "–", _("belum ada laporan kejadian"))
    local = overview.newest_time.at.astimezone(now.tzinfo)
    clock_text = f"{format_moment(local, now)} {zone_label}"
    if not overview.newest_time.is_exact:
        return KpiText("terakhir", title, format_date(local), _("jam tidak diketahui"))
    days = (now - local).days
    if days >= 1:
        note = format_counts(_("{n} hari lalu"), n=days)
        time_note = f"{format_time(local)} {zone_label} · {note}"
        return KpiText("terakhir", title, format_date(local), time_note)
    new_count_text = format_counts(_("{n} baru dalam 1 jam"), n=overview.new_count)
    note = f"{clock_text} · {new_count_text}"
    # The lists beside it have no line for a nihil.
    nihil = _("(nihil)") if overview.is_newest_nihil else ""
    return KpiText("terakhir", title, format_relative_time(local, now), note, side_note=nihil)


def format_silent_feeds(
    overview: Overview,
    quarantine_count: int | None,
    places: pd.DataFrame | None = None,
    name_of: Callable[[str], str] = str,
) -> KpiText:
    """Return the silent feeds and places, and the number of rows in quarantine.

    quarantine_count: None if the viewer may not see it. places: of situation.silent_places, those
    to be told. kecamatan_name_of: gives the name of a kecamatan.
    """
    feeds = overview.feed_states
    names = [label("feed", feed.feed) for feed in feeds if feed.is_silent]
    if quarantine_count:
        quarantine_text = " · " + format_counts(_("{n} baris karantina"), n=quarantine_count)
    else:
        quarantine_text = " · " + _("karantina kosong") if quarantine_count == 0 else ""
    title = _("Sumber senyap")
    if not any(feed.is_expected for feed in feeds):
        return KpiText("senyap", title, "–", _("di luar jam pemantauan") + quarantine_text)
    if places is not None and len(places):
        note = format_silent_places(places, name_of)
        if names:
            note = ", ".join(names) + " · " + note
        value = format_counts(_("{n} tempat"), n=len(places))
        return KpiText("senyap", title, value, note + quarantine_text, alarm=True)
    value = format_ratio(len(names), len(feeds))
    never_reported = [label("feed", feed.feed) for feed in feeds if feed.last_known_at is None]
    note = ", ".join(names) or _("semua melapor")
    if never_reported and not names:
        note = _("belum melapor: {names}").format(names=", ".join(never_reported))
    return KpiText("senyap", title, value, note + quarantine_text, bool(names))


def format_silent_places(places: pd.DataFrame, name_of: Callable[[str], str]) -> str:
    """Return the largest silences, such as 'TPS Tanjung Batu 44 dari 70'."""
    listed: list[Any] = list(places.head(MAX_SILENT_PLACES).itertuples())
    texts = [
        f"{label('feed', row.feed)} {name_of(row.kecamatan)} {format_ratio(row.silent, row.due)}"
        for row in listed
    ]
    if left := len(places) - len(listed):
        texts.append(format_counts(_("{n} lagi"), n=left))
    return " · ".join(texts)
