"""The sentences of a laporan, by chapter; always in Indonesian, whatever the screen language is."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from situasi.analysis.activities import activities
from situasi.analysis.incidents import cases
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.priority_score import PARTS
from situasi.analysis.turnout import forecast, summary
from situasi.common import i18n
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.presentation import numbers
from situasi.presentation.numbers import format_bounds, format_percent, format_voters
from situasi.reports.sitrep import key_figures, tables
from situasi.reports.sitrep.data import SitrepData

# Limit of the kinds and kecamatan that a sentence names.
_MAX_NAMED = 5

Sentences = tuple[str, ...]


def build_chapters(data: SitrepData) -> dict[str, Sentences]:
    """Return the sentences by chapter; a template leaves out a chapter without sentences."""
    writers: dict[str, Callable[[SitrepData], list[str]]] = {
        "pendahuluan": _write_introduction,
        "situasi": _write_situasi,
        "kejadian": _write_incidents,
        "tahapan": _write_stages,
        "partisipasi": _write_turnout,
        "tps": _write_stations,
        "personel": _write_personnel,
        "giat": _write_activities,
        "netralitas": _write_neutrality,
        "analisa": _write_analysis,
        "tindakan": _write_handling,
    }
    return {name: tuple(write(data)) for name, write in writers.items()}


def format_period(data: SitrepData) -> str:
    """Return the period as text."""
    zone = data.register.election.zone
    begin, end = (moment.astimezone(zone) for moment in (data.request.since, data.request.until))
    if (begin.hour, begin.minute, end.hour, end.minute) == (0, 0, 0, 0):
        last = end - pd.Timedelta(minutes=1)
        days = dict.fromkeys(map(i18n.format_long_date, (begin, last)))
        return " s.d. ".join(days)
    return f"{tables.format_moment(begin, data)} s.d. {tables.format_moment(end, data)}"


def format_scope(data: SitrepData) -> str:
    """Return which kecamatan the laporan covers, as text."""
    if not data.request.kecamatan:
        return f"seluruh wilayah Kabupaten {data.register.election.kabupaten}"
    return "Kecamatan " + ", ".join(map(data.register.name_of, data.codes))


def _write_introduction(data: SitrepData) -> list[str]:
    election, register = data.register.election, data.register
    tps = register.tps[register.tps["kecamatan"].isin(data.codes)]
    places = [register.kecamatan[code] for code in data.codes]
    # The DPT of the whole kabupaten is official, even if those of its kecamatan are not.
    is_kabupaten = register.is_complete and len(data.codes) == len(register.kecamatan)
    is_estimated = not is_kabupaten and any(place.dpt_estimated for place in places)
    dpt = format_voters(
        election.dpt_total if is_kabupaten else sum(place.dpt for place in places), is_estimated
    )
    area = (
        f"{i18n.format_number(len(data.codes))} kecamatan, {i18n.format_number(len(tps))} TPS, "
        f"DPT {dpt}"
    )
    sentences = [
        f"Laporan ini memuat pengamanan {election.name} ({election.operation}), "
        f"{format_scope(data)}: {area}.",
        f"Kurun kejadian: {format_period(data)}. Keadaan sebagaimana diketahui "
        f"{tables.format_moment(data.view_time.at, data)}, "
        f"data versi {i18n.format_number(data.version)}.",
    ]
    silent = [label("feed", feed.feed) for feed in data.overview.feed_states if feed.is_silent]
    if silent:
        sentences.append(
            f"Sumber yang senyap pada saat itu: {', '.join(silent)}; angkanya bisa tertinggal."
        )
    return sentences


def _write_situasi(data: SitrepData) -> list[str]:
    counts = crowd_state.count_states(data.overview.crowd_states)
    sentences = []
    if data.overview.kabupaten_state:
        sentences.append(f"Situasi seluruh kabupaten dinyatakan {data.overview.kabupaten_state}.")
    for state in ("merah", "kuning"):
        if names := _list_kecamatan_in_state(data, state):
            sentences.append(f"Situasi {state} di {_format_kecamatan(names)}.")
    sentences.append(f"Hijau dinyatakan di {i18n.format_number(counts.get('hijau', 0))} kecamatan.")
    if unreported := _list_kecamatan_in_state(data, None):
        sentences.append(
            f"Belum ada kabar situasi yang berlaku dari {_format_kecamatan(unreported)}: "
            "itu bukan berarti aman."
        )
    return sentences


def _list_kecamatan_in_state(data: SitrepData, state: str | None) -> list[str]:
    states = data.overview.crowd_states
    is_selected = states["situasi"].isna() if state is None else states["situasi"] == state
    return [data.register.name_of(code) for code in states.loc[is_selected, "kecamatan"]]


def _format_kecamatan(names: list[str]) -> str:
    return f"{i18n.format_number(len(names))} kecamatan ({', '.join(names)})"


def _write_incidents(data: SitrepData) -> list[str]:
    work = data.period.worklist
    if not data.period.has_reports:
        return ["Belum ada laporan kejadian maupun laporan nihil dalam kurun ini."]
    if work.selected_cases.empty:
        return ["Tidak ada kejadian dalam kurun ini menurut laporan yang masuk."]
    levels = cases.count_by_tingkat(work.selected_cases)
    level_text = ", ".join(f"{label('tingkat', level)} {i18n.format_number(levels.get(level, 0))}"
                      for level in (*reversed(TINGKAT), None)
                      if level or levels.get(None))  # fmt: skip
    sentences = [
        f"Tercatat {i18n.format_number(len(work.selected_cases))} kejadian ({level_text}); "
        f"{i18n.format_number(len(work.open_cases))} masih terbuka."
    ]
    kinds = work.selected_cases["jenis"].value_counts().head(_MAX_NAMED)
    kind_text = ", ".join(
        f"{label('jenis', str(kind))} {i18n.format_number(int(n))}" for kind, n in kinds.items()
    )
    sentences.append(f"Jenis terbanyak: {kind_text}.")
    return sentences


def _write_stages(data: SitrepData) -> list[str]:
    if not data.running_stages:
        return ["Tidak ada tahapan yang tercatat berjalan pada hari ini."]
    names = [
        stage.name + ("" if stage.has_confirmed_dates else " (tanggal belum pasti)")
        for stage in data.running_stages
    ]
    return [f"Tahapan yang berjalan: {'; '.join(names)}."]


def _write_turnout(data: SitrepData) -> list[str]:
    total = summary.compute_total(data.area_summary.turnout.loc[data.codes])
    is_kabupaten = data.register.is_complete and len(data.codes) == len(data.register.kecamatan)
    rates = summary.mark_official_list(total, is_kabupaten)
    if not rates["told"]:
        return ["Belum ada laporan jumlah pemilih hadir."]
    rate = format_percent(rates["rate"], is_estimated=bool(rates["told_estimated"]))
    sentences = [
        f"Pemilih hadir {i18n.format_number(int(rates['heads']))} menurut "
        f"{i18n.format_number(int(rates['told']))} dari {i18n.format_number(int(rates['tps']))} "
        f"TPS yang melapor; partisipasi TPS yang melapor {rate}.",
        f"Bila TPS lain nol atau penuh, partisipasi seluruhnya "
        f"{'≈ ' if rates['estimated'] else ''}{format_bounds(rates)}.",
    ]
    low = [
        data.register.name_of(code)
        for code in data.codes
        if data.area_summary.turnout.loc[code, "is_low"]
    ]
    if low:
        sentences.append(f"Tertinggal dari kabupaten: {', '.join(low)}.")
    if rates["doubted"]:
        sentences.append(
            f"{i18n.format_number(int(rates['doubted']))} TPS berhitungan diragukan; "
            "tetap dijumlah."
        )
    return sentences


def _write_stations(data: SitrepData) -> list[str]:
    tps = data.area_summary.stations[data.area_summary.stations["kecamatan"].isin(data.codes)]
    if tps["last_at"].isna().all():
        return ["Belum ada laporan fase TPS."]
    counts = tps["state"].value_counts()
    texts = [f"{label('lapor', state)} {i18n.format_number(int(counts[state]))}" for state in
            ("lapor", "ditunggu", "terlambat", "tak_terjangkau", "diragukan", "belum_waktunya")
            if counts.get(state)]  # fmt: skip
    return [f"Pelaporan {i18n.format_number(len(tps))} TPS: {', '.join(texts)}."]


def _write_personnel(data: SitrepData) -> list[str]:
    if data.coverage is None:
        return []
    row = key_figures.compute_required_police(data)
    if row is None:
        return ["Belum ada plotting personel di TPS."]
    basis = data.register.election.rules.staffing_patterns.basis
    return [
        f"Polisi diplot di TPS {i18n.format_number(row['posted'])}, hadir "
        f"{i18n.format_number(row['present'])}; menurut pola perlu ≈ "
        f"{i18n.format_number(row['required'])} (perkiraan; {basis}).",
        f"Dari {i18n.format_number(row['tps'])} TPS, "
        f"tanpa plotting {i18n.format_number(row['uncovered'])}; diketahui tanpa petugas di tempat "
        f"{i18n.format_number(row['absent'])}; petugasnya tidak "
        f"lagi memberi kabar di {i18n.format_number(row['silent'])}.",
    ]


def _write_activities(data: SitrepData) -> list[str]:
    table = data.period.activities
    if table.empty:
        return ["Belum ada giat yang dilaporkan dalam kurun ini."]
    counts = activities.count_by_state(table)
    state_text = ", ".join(f"{label('giat_state', state)} {i18n.format_number(n)}"
                     for state, n in counts.items() if n)  # fmt: skip
    done = table[table["state"] == "terlaksana"]["giat"].value_counts().head(_MAX_NAMED)
    sentences = [f"Giat dalam kurun ini {i18n.format_number(len(table))}: {state_text}."]
    if len(done):
        kinds = ", ".join(
            f"{label('giat', str(kind))} {i18n.format_number(int(n))}" for kind, n in done.items()
        )
        sentences.append(f"Terlaksana terbanyak: {kinds}.")
    return sentences


def _write_neutrality(data: SitrepData) -> list[str]:
    overview = data.neutrality
    if overview is None:
        return []
    if overview.state == "belum_ada_laporan":
        return ["Belum ada kabar apa pun tentang netralitas; ini tidak berarti tidak ada kasus."]
    if overview.state == "nihil":
        return ["Netralitas dinyatakan nihil."]
    days = i18n.format_number(data.register.election.rules.neutrality_target.days)
    return [
        f"{i18n.format_number(len(overview.open_cases))} kasus netralitas terbuka dari "
        f"{i18n.format_number(len(overview.cases))} yang dilaporkan; "
        f"{i18n.format_number(len(overview.overdue_cases))} lewat {days} hari."
    ]


def _write_analysis(data: SitrepData) -> list[str]:
    scores = data.area_summary.priority_scores[
        data.area_summary.priority_scores["kecamatan"].isin(data.codes)
    ]
    highest = scores[scores["score"] > 0].head(_MAX_NAMED)
    sentences = []
    if len(highest):
        reasons = "; ".join(_format_reasons(data, row) for _, row in highest.iterrows())
        sentences.append(f"Perlu perhatian lebih dahulu: {reasons}.")
    work = data.period.worklist
    if len(work.overdue_cases):
        sentences.append(
            f"{i18n.format_number(len(work.overdue_cases))} kejadian terbuka lewat batas waktu; "
            f"terlama {i18n.format_duration(work.overdue_cases['late'].iloc[0].to_pytimedelta())}."
        )
    tps = data.area_summary.stations[data.area_summary.stations["kecamatan"].isin(data.codes)]
    if late := key_figures.count_late_stations(tps):
        sentences.append(f"{i18n.format_number(late)} TPS terlambat melapor atau tak terjangkau.")
    sentences += _write_forecast(data)
    return sentences or ["Tidak ada yang lewat batas menurut aturan papan pada saat ini."]


def _write_forecast(data: SitrepData) -> list[str]:
    """Write the turnout forecast, while the voting is not over."""
    if data.forecast is None or data.request.kind != "situasi":
        return []
    total = forecast.compute_total(data.forecast, data.request.kecamatan)
    if not total["enough"] or total["ended"] == total["tps"]:
        return []
    text = numbers.format_forecast(total, data.register.election.rules.forecast.confidence_percent)
    return [f"Partisipasi: {text}. Ini perkiraan; selangnya diuji pada hari-hari buatan."]


def _format_reasons(data: SitrepData, row: pd.Series) -> str:
    parts = sorted((part for part in PARTS if row[part] > 0), key=lambda part: -row[part])
    # A part that the viewer may not see is left out.
    visible = [part for part in parts if part != "personel" or data.coverage is not None]
    reasons = ", ".join(label("perhatian", part) for part in visible)
    return data.register.name_of(row["kecamatan"]) + (f" ({reasons})" if reasons else "")


def _write_handling(data: SitrepData) -> list[str]:
    work = data.period.worklist
    counts = work.selected_cases["status"].value_counts()
    texts = [f"{label('status', status)} {i18n.format_number(int(counts[status]))}" for status in
            ("diverifikasi", "ditangani", "diteruskan", "selesai", "tidak_terbukti")
            if counts.get(status)]  # fmt: skip
    return [f"Penanganan kejadian: {', '.join(texts)}."] if texts else []
