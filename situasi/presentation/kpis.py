"""The key figures in words: how many, how grave, how fresh, and who is silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.area_summary import AreaSummary, find_phases_reached
from situasi.analysis.situation.overview import Overview
from situasi.analysis.stations.status import count_by_kecamatan
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT as LEVELS
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.presentation.model import KpiText, Mark, MarkedCount
from situasi.presentation.numbers import format_bounds, format_percent, format_voters


def format_open_incidents(overview: Overview) -> KpiText:
    """Open incidents, by weight."""
    if overview.newest_time is None:
        return KpiText("terbuka", _("Kejadian terbuka"), "–", _("belum ada laporan"))
    levels = cases.count_by_tingkat(overview.open_cases)
    shown = [level for level in (*reversed(LEVELS), None) if level or levels.get(None)]
    change = _("{change} dalam 1 jam").format(
        change=i18n.format_signed(len(overview.open_cases) - overview.open_count_hour_ago)
    )
    split = tuple(
        MarkedCount(
            Mark("tingkat", level),
            i18n.format_number(levels.get(level, 0)),
            label("tingkat", level),
        )
        for level in shown
    )
    return KpiText(
        "terbuka",
        _("Kejadian terbuka"),
        i18n.format_number(len(overview.open_cases)),
        split,
        alarm=bool(levels.get("tinggi")),
        side_note=change,
    )


def format_situasi(overview: Overview) -> KpiText:
    """How many kecamatan are in each situasi."""
    counts = crowd_state.count_states(overview.crowd_states)
    value = tuple(
        MarkedCount(Mark("situasi", state), i18n.format_number(counts.get(state, 0)))
        for state in (*reversed(SITUASI), None)
    )
    note = _("merah · kuning · hijau · belum")
    if overview.kabupaten_state:
        note = _("seluruh kabupaten: {state}").format(
            state=label("situasi", overview.kabupaten_state)
        )
    title = _("Situasi {n} kecamatan").format(n=i18n.format_number(len(overview.crowd_states)))
    alarm = bool(counts.get("merah") or overview.kabupaten_state)
    return KpiText("situasi", title, value, note, alarm=alarm)


def format_turnout(rates: pd.Series) -> KpiText:
    """Turnout with its denominator. rates: analysis.turnout.whole."""
    told, every = int(rates["told"]), int(rates["tps"])
    if not told or pd.isna(rates["rate"]):
        return KpiText("partisipasi", _("Partisipasi"), "–", _("belum ada hitungan"))
    note = _("{heads} hadir di {told} dari {all} TPS").format(
        told=i18n.format_number(told),
        all=i18n.format_number(every),
        heads=i18n.format_number(rates["heads"]),
    )
    value = format_percent(rates["rate"], is_estimated=bool(rates["told_estimated"]))
    return KpiText("partisipasi", _("Partisipasi"), value, note)


def format_voters_present(rates: pd.Series) -> KpiText:
    """Voters present, and of how many TPS. rates: analysis.turnout.whole."""
    told = _("{n} dari {all} TPS melapor").format(
        n=i18n.format_number(int(rates["told"])), all=i18n.format_number(int(rates["tps"]))
    )
    count = i18n.format_number(int(rates["heads"])) if rates["told"] else "–"
    return KpiText("hadir", _("Pemilih hadir"), count, told)


def format_turnout_bounds(rates: pd.Series) -> KpiText:
    """Between which bounds the turnout of all lies. rates: analysis.turnout.whole."""
    of = _("dari DPT {n}, bila TPS lain nol atau penuh")
    note = of.format(n=format_voters(rates["dpt"], bool(rates["estimated"])))
    return KpiText(
        "batas", _("Batas seluruhnya"), format_bounds(rates) if rates["told"] else "–", note
    )


def format_stations(tps: pd.DataFrame) -> KpiText:
    """The phase that most TPS are in or past, and who is late with word of it."""
    counts = tps["state"].value_counts()
    late = int(counts.get("terlambat", 0) + counts.get("tak_terjangkau", 0))
    note = _("{n} terlambat melapor").format(n=i18n.format_number(late))
    doubted = int(counts.get("diragukan", 0))
    if doubted:
        note += " · " + _("{n} diragukan").format(n=i18n.format_number(doubted))
    furthest = find_phases_reached(count_by_kecamatan(tps.assign(kecamatan=""))).iloc[0]
    if not isinstance(furthest["fase"], str):
        waiting = _("{n} dari {all}").format(
            n=i18n.format_number(0), all=i18n.format_number(len(tps))
        )
        return KpiText("tps", _("TPS buka"), waiting, note)
    value = _("{n} dari {all}").format(
        n=i18n.format_number(furthest["by"]), all=i18n.format_number(furthest["tps"])
    )
    title = _("TPS {fase}").format(fase=label("fase", furthest["fase"]))
    return KpiText("tps", title, value, note, alarm=late > 0)


def format_officers(area_summary: AreaSummary, codes: Sequence[str]) -> KpiText:
    """Officers present of those posted."""
    rows = area_summary.coverage_gaps.loc[list(codes)]
    known = rows[rows["known"]]
    if known.empty:
        return KpiText("personel", _("Personel hadir"), "–", _("belum ada plotting"))
    value = _("{n} dari {all}").format(
        n=i18n.format_number(known["present"].sum()), all=i18n.format_number(known["posted"].sum())
    )
    note = _("{n} dari {all} TPS tanpa petugas").format(
        n=i18n.format_number(known["absent"].sum()), all=i18n.format_number(known["tps"].sum())
    )
    return KpiText("personel", _("Personel hadir"), value, note)


def format_last_report(overview: Overview, now: datetime, zone_label: str) -> KpiText:
    """When the last report came. now: of the zone that is shown."""
    title = _("Laporan terakhir")
    if overview.newest_time is None:
        return KpiText("terakhir", title, "–", _("belum ada laporan kejadian"))
    local = overview.newest_time.at.astimezone(now.tzinfo)
    exactly = f"{i18n.format_time(local)} {zone_label}"
    if local.date() != now.date():
        exactly = f"{i18n.format_date(local)} {exactly}"
    if not overview.newest_time.is_exact:
        return KpiText("terakhir", title, i18n.format_date(local), _("jam tidak diketahui"))
    days = (now - local).days
    if days >= 1:
        note = _("{n} hari lalu").format(n=i18n.format_number(days))
        said = f"{i18n.format_time(local)} {zone_label} · {note}"
        return KpiText("terakhir", title, i18n.format_date(local), said)
    fresh = _("{n} baru dalam 1 jam").format(n=i18n.format_number(overview.new_count))
    return KpiText("terakhir", title, i18n.format_relative_time(local, now), f"{exactly} · {fresh}")


def format_silent_feeds(overview: Overview, quarantine_count: int | None) -> KpiText:
    """Feeds that have gone silent, and rows that wait for a correction.

    waiting: None where the viewer is not told of them.
    """
    names = [label("feed", feed.feed) for feed in overview.feed_states if feed.is_silent]
    if quarantine_count:
        kept = " · " + _("{n} baris karantina").format(n=i18n.format_number(quarantine_count))
    else:
        kept = " · " + _("karantina kosong") if quarantine_count == 0 else ""
    title = _("Sumber senyap")
    if not any(feed.is_expected for feed in overview.feed_states):
        return KpiText("senyap", title, "–", _("di luar jam pemantauan") + kept)
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(names)), all=i18n.format_number(len(overview.feed_states))
    )
    never = [
        label("feed", feed.feed) for feed in overview.feed_states if feed.last_known_at is None
    ]
    note = ", ".join(names) or _("semua melapor")
    if never and not names:
        note = _("belum melapor: {names}").format(names=", ".join(never))
    return KpiText("senyap", title, value, note + kept, bool(names))
