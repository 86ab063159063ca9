"""The sentences of a laporan, by chapter; always in Indonesian, whatever the screen language is."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from situasi.analysis.activities import activities
from situasi.analysis.incidents import cases
from situasi.analysis.personnel import coverage
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.priority_score import PARTS
from situasi.analysis.stations import ballot_boxes
from situasi.analysis.turnout import forecast, summary
from situasi.common.formats import (
    format_counts,
    format_duration,
    format_long_date,
    format_number,
    format_ratio,
    format_time,
)
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.presentation import alerts, kpis, numbers
from situasi.presentation.numbers import format_bounds, format_percent, format_voters
from situasi.reports.sitrep import key_figures, tables
from situasi.reports.sitrep.data import SitrepData
from situasi.reports.sitrep.request import SitrepRequest

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
        days = dict.fromkeys(map(format_long_date, (begin, last)))
        return " s.d. ".join(days)
    return f"{tables.format_moment(begin, data)} s.d. {tables.format_moment(end, data)}"


def format_scope(data: SitrepData) -> str:
    """Return which kecamatan the laporan covers, as text."""
    if not data.request.kecamatan:
        return f"seluruh wilayah Kabupaten {data.register.election.kabupaten}"
    return "Kecamatan " + ", ".join(map(data.register.name_of, data.codes))


def format_exclusion(request: SitrepRequest) -> list[str]:
    """Return which cases are in no figure and no list, as a sentence; none where all are."""
    return [] if request.neutrality else ["Kasus netralitas tidak termasuk."]


def _write_introduction(data: SitrepData) -> list[str]:
    election, register = data.register.election, data.register
    tps = register.tps[register.tps["kecamatan"].isin(data.codes)]
    places = [register.kecamatan[code] for code in data.codes]
    # The DPT of the whole kabupaten is official, even if those of its kecamatan are not.
    is_kabupaten = register.is_complete and len(data.codes) == len(register.kecamatan)
    is_estimated = not is_kabupaten and any(place.dpt_estimated for place in places)
    dpt = election.dpt_total if is_kabupaten else sum(place.dpt for place in places)
    area = format_counts("{n} kecamatan, {tps} TPS", n=len(data.codes), tps=len(tps))
    sentences = [
        f"Laporan ini memuat pengamanan {election.name} ({election.operation}), "
        f"{format_scope(data)}: {area}, DPT {format_voters(dpt, is_estimated)}.",
        f"Kurun kejadian: {format_period(data)}. Keadaan sebagaimana diketahui "
        f"{tables.format_moment(data.view_time.at, data)}, "
        f"data versi {format_number(data.version)}.",
        *format_exclusion(data.request),
    ]
    silent = [label("feed", feed.feed) for feed in data.overview.feed_states if feed.is_silent]
    silent_places = data.area_summary.select_silent_places(data.codes)
    if len(silent_places):
        silent.append(kpis.format_silent_places(silent_places, register.name_of))
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
    sentences.append(f"Hijau dinyatakan di {format_number(counts.get('hijau', 0))} kecamatan.")
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
    return f"{format_number(len(names))} kecamatan ({', '.join(names)})"


def _format_labels(scale: str, counts: Iterable[tuple[Any, int]]) -> str:
    """Return the labels of a scale with their counts, such as "tinggi 2, sedang 5"."""
    return ", ".join(f"{label(scale, code)} {format_number(count)}" for code, count in counts)


def _write_incidents(data: SitrepData) -> list[str]:
    work = data.period.worklist
    if not data.period.has_reports:
        return ["Belum ada laporan kejadian maupun laporan nihil dalam kurun ini."]
    if work.selected_cases.empty:
        return ["Tidak ada kejadian dalam kurun ini menurut laporan yang masuk."]
    levels = cases.count_by_tingkat(work.selected_cases)
    named = (*reversed(TINGKAT), None) if levels.get(None) else reversed(TINGKAT)
    level_text = _format_labels("tingkat", ((level, levels.get(level, 0)) for level in named))
    kinds = work.selected_cases["jenis"].value_counts().head(_MAX_NAMED)
    critical = data.register.election.rules.critical
    critical_count = int(cases.is_critical(work.open_cases, critical).sum())
    return [
        f"Tercatat {format_number(len(work.selected_cases))} kejadian ({level_text}); "
        f"{format_number(len(work.open_cases))} masih terbuka, di antaranya laporan berat "
        f"({alerts.format_critical(critical)}) {format_number(critical_count)}.",
        f"Jenis terbanyak: {_format_labels('jenis', kinds.items())}.",
    ]


def _write_stages(data: SitrepData) -> list[str]:
    if not data.running_stages:
        return ["Tidak ada tahapan yang tercatat berjalan pada hari ini."]
    names = [
        stage.name + ("" if stage.has_confirmed_dates else " (tanggal belum pasti)")
        for stage in data.running_stages
    ]
    return [f"Tahapan yang berjalan: {'; '.join(names)}."]


def _write_turnout(data: SitrepData) -> list[str]:
    rates = summary.compute_shown_total(data.area_summary.turnout, data.codes, data.register)
    if not rates["tps_counted"]:
        return ["Belum ada laporan jumlah pemilih hadir."]
    rate = format_percent(rates["shown_rate"], is_estimated=bool(rates["shown_estimated"]))
    if rates["is_common"]:
        stale = format_counts("{n} hitungan lama", n=rates["stale"])
        rate += f" pada pukul {format_time(rates['common_hour'])}, tanpa {stale}"
    sentences = [
        f"Pemilih hadir {format_number(rates['voters_present'])} menurut "
        f"{format_ratio(rates['tps_counted'], rates['tps'])} TPS yang melapor; "
        f"partisipasi TPS yang melapor {rate}.",
        f"Bila TPS lain nol atau penuh, partisipasi seluruhnya "
        f"{'≈ ' if rates['estimated'] else ''}{format_bounds(rates)}.",
    ]
    sentences += _compare_turnout(data)
    if rates["doubted"]:
        doubted = format_number(rates["doubted"])
        sentences.append(f"{doubted} TPS berhitungan diragukan; tetap dijumlah.")
    return sentences


def _compare_turnout(data: SitrepData) -> list[str]:
    """Name who is behind at the common hour, and whose counts are too old to be compared."""
    rows = data.area_summary.turnout.loc[data.codes]
    names = [data.register.name_of(code) for code in data.codes]
    sentences = []
    if low := [name for name, is_low in zip(names, rows["is_low"], strict=True) if is_low]:
        hour = format_time(rows["common_hour"].iloc[0])
        sentences.append(f"Tertinggal dari kabupaten menurut hitungan {hour}: {', '.join(low)}.")
    if stale := [
        f"{name} (terakhir {format_time(hour)})"
        for name, is_stale, hour in zip(names, rows["is_stale"], rows["count_hour"], strict=True)
        if is_stale
    ]:
        sentences.append(f"Hitungan lama, tidak dibandingkan: {', '.join(stale)}.")
    return sentences


def _write_stations(data: SitrepData) -> list[str]:
    tps = data.area_summary.stations[data.area_summary.stations["kecamatan"].isin(data.codes)]
    if tps["last_at"].isna().all():
        return ["Belum ada laporan fase TPS."]
    counts = tps["state"].value_counts()
    states = ("lapor", "ditunggu", "terlambat", "tak_terjangkau", "diragukan", "belum_waktunya")
    text = _format_labels("lapor", ((state, counts[state]) for state in states if state in counts))
    sentences = [f"Pelaporan {format_number(len(tps))} TPS: {text}."]
    if tps["box"].notna().any():
        sentences.append(_write_boxes(tps))
    return sentences


def _write_boxes(tps: pd.DataFrame) -> str:
    """Write where the ballot boxes are; the numbers add up to all of them."""
    boxes = kpis.format_boxes(tps)
    text = f"Kotak suara: tiba di PPK {boxes.value}; {boxes.note}."
    outstanding = ballot_boxes.build_outstanding_table(tps)
    alone = int(outstanding["unescorted"].sum())
    return text + (f" Di perjalanan tanpa pengawal disebut: {format_number(alone)}." * (alone > 0))


def _write_personnel(data: SitrepData) -> list[str]:
    if data.coverage is None:
        return []
    row = key_figures.compute_required_police(data)
    if row is None:
        return ["Belum ada plotting personel di TPS."]
    basis = data.register.election.rules.staffing_patterns.basis
    if coverage.is_end_of_duty(row):
        text = (
            "Dari {posted} polisi yang diplot di TPS, {kembali} sudah kembali, {present} masih di "
            "TPS, {tanpa_kabar} tanpa kabar; {released} dari {tps} TPS tidak lagi memerlukan "
            "petugas."
        )
        names = ("posted", "kembali", "present", "tanpa_kabar", "released", "tps")
        return [text.format(**{name: format_number(row[name]) for name in names})]
    return [
        f"Polisi diplot di TPS {format_number(row['posted'])}, hadir "
        f"{format_number(row['present'])}; menurut pola perlu ≈ "
        f"{format_number(row['required'])} (perkiraan; {basis}).",
        f"Dari {format_number(row['tps'])} TPS, tanpa plotting {format_number(row['uncovered'])}; "
        f"diketahui tanpa petugas di tempat {format_number(row['absent'])}; petugasnya tidak "
        f"lagi memberi kabar di {format_number(row['silent'])}.",
    ]


def _write_activities(data: SitrepData) -> list[str]:
    table = data.period.activities
    if table.empty:
        return ["Belum ada giat yang dilaporkan dalam kurun ini."]
    counts = activities.count_by_state(table)
    states = _format_labels("giat_state", (item for item in counts.items() if item[1]))
    done = table[table["state"] == "terlaksana"]["giat"].value_counts().head(_MAX_NAMED)
    sentences = [f"Giat dalam kurun ini {format_number(len(table))}: {states}."]
    if len(done):
        sentences.append(f"Terlaksana terbanyak: {_format_labels('giat', done.items())}.")
    return sentences


def _write_neutrality(data: SitrepData) -> list[str]:
    overview = data.neutrality
    if overview is None:
        return []
    if overview.state == "belum_ada_laporan":
        return ["Belum ada kabar apa pun tentang netralitas; ini tidak berarti tidak ada kasus."]
    if overview.state == "nihil":
        return ["Netralitas dinyatakan nihil."]
    return [
        format_counts(
            "{open} kasus netralitas terbuka dari {all} yang dilaporkan; {late} lewat {days} hari.",
            open=len(overview.open_cases),
            all=len(overview.cases),
            late=len(overview.overdue_cases),
            days=data.register.election.rules.neutrality_target.days,
        )
    ]


def _write_analysis(data: SitrepData) -> list[str]:
    scores = data.area_summary.priority_scores
    is_high = scores["kecamatan"].isin(data.codes) & (scores["score"] > 0)
    highest = scores[is_high].head(_MAX_NAMED)
    sentences = []
    if len(highest):
        reasons = "; ".join(_format_reasons(data, row) for _, row in highest.iterrows())
        sentences.append(f"Perlu perhatian lebih dahulu: {reasons}.")
    work = data.period.worklist
    if len(work.overdue_cases):
        longest = format_duration(work.overdue_cases["late"].iloc[0].to_pytimedelta())
        count = format_number(len(work.overdue_cases))
        sentences.append(f"{count} kejadian terbuka lewat batas waktu; terlama {longest}.")
    sentences += _write_alerts(data)
    tps = data.area_summary.stations[data.area_summary.stations["kecamatan"].isin(data.codes)]
    if late := key_figures.count_silent_stations(tps):
        sentences.append(f"{format_number(late)} TPS terlambat melapor atau tak terjangkau.")
    sentences += _write_forecast(data)
    return sentences or ["Tidak ada yang lewat batas menurut aturan papan pada saat ini."]


def _write_alerts(data: SitrepData) -> list[str]:
    """Write how many alerts are open, and which of the gravest level."""
    if data.alerts is None or data.alerts.open.empty:
        return []
    rules, open_alerts = data.register.election.alerts, data.alerts.open
    counts = format_counts(
        "{n} peringatan terbuka, {unseen} belum dilihat",
        n=len(open_alerts), unseen=len(data.alerts.unseen),
    )  # fmt: skip
    sentences = [f"{counts} ({alerts.format_level_counts(rules, open_alerts)})."]
    top = len(rules.levels) - 1
    gravest: list[Any] = list(open_alerts[open_alerts["level"] == top].itertuples())
    if gravest:
        causes = [tables.format_alert_cause(row, data) for row in gravest[:_MAX_NAMED]]
        rest = len(gravest) - len(causes)
        more = [f"dan {format_number(rest)} lagi"] if rest else []
        level = alerts.format_level(rules, top).capitalize()
        sentences.append(f"{level}: {'; '.join([*causes, *more])}.")
    return sentences


def _write_forecast(data: SitrepData) -> list[str]:
    """Write the turnout forecast, while the voting is not over."""
    if data.forecast is None or data.request.kind != "situasi":
        return []
    total = forecast.compute_total(data.forecast, data.request.kecamatan)
    if not total["enough"] or total["ended"] == total["tps"]:
        return []
    text = numbers.format_forecast(total, data.register.election.rules.forecast.confidence_percent)
    basis = numbers.format_forecast_basis(data.forecast.parameters)
    return [f"Partisipasi: {text}. Ini perkiraan; selangnya bertumpu pada {basis}."]


def _format_reasons(data: SitrepData, row: pd.Series) -> str:
    parts = sorted((part for part in PARTS if row[part] > 0), key=lambda part: -row[part])
    # A part that the viewer may not see is left out.
    visible = [part for part in parts if part != "personel" or data.coverage is not None]
    reasons = ", ".join(label("perhatian", part) for part in visible)
    return data.register.name_of(row["kecamatan"]) + (f" ({reasons})" if reasons else "")


def _write_handling(data: SitrepData) -> list[str]:
    work = data.period.worklist
    counts = work.selected_cases["status"].value_counts()
    steps = ("diverifikasi", "ditangani", "diteruskan", "selesai", "tidak_terbukti")
    text = _format_labels("status", ((step, counts[step]) for step in steps if step in counts))
    return [f"Penanganan kejadian: {text}."] if text else []
