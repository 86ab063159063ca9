"""Stages, SOP list and activities as text: key figures, and the words of their lines."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from situasi.analysis.activities import activities, sop_checklist
from situasi.analysis.activities.activities import UNSTATED_FUNGSI
from situasi.analysis.activities.sop_checklist import ChecklistItem
from situasi.analysis.activities.summary import ActivitySummary
from situasi.common.formats import (
    format_counts,
    format_date,
    format_number,
    format_ratio,
    format_time_by_precision,
)
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register, SopItem, Stage
from situasi.figures.theme import Theme
from situasi.presentation import definition_words
from situasi.presentation.map_measures import MapMeasure, build_count_measure
from situasi.presentation.model import KpiText


def list_stage_names(register: Register) -> dict[str, str]:
    """Return the names of all stages by code, in the viewer's language."""
    return {
        stage.code: definition_words.translate(register.election, stage.name)
        for stage in register.stages
    }


def format_stages(register: Register, codes: Iterable[str]) -> str:
    """Return the names of these stages."""
    names = list_stage_names(register)
    return "; ".join(names[code] for code in codes)


def format_stage_end(stage: Stage) -> str:
    """Return until when a running stage lasts; "" if no source says it."""
    return _("sampai {day}").format(day=format_date(stage.end)) if stage.end else ""


def format_stage_start(stage: Stage, today: date) -> str:
    """Return when a stage begins, and in how many days; "" if no source says it."""
    if stage.start is None:
        return ""
    days = (stage.start - today).days
    days_text = _("besok") if days == 1 else format_counts(_("{n} hari lagi"), n=days)
    return _("mulai {day}, {soon}").format(day=format_date(stage.start), soon=days_text)


def format_fungsi(code: str | None) -> str:
    """Return the label of a fungsi; "" without a code."""
    if not isinstance(code, str):
        return ""
    return _("fungsi tidak disebut") if code == UNSTATED_FUNGSI else label("giat", code)


def format_occurrence_time(register: Register, row: Any) -> str:
    """Return the time of an activity, as precisely as it was reported."""
    return format_time_by_precision(
        row.occurred_at.tz_convert(register.election.zone), row.precision
    )


def format_sop_state(line: ChecklistItem) -> str:
    """Return the state of a line of the SOP list, with the TPS where it is not done everywhere."""
    state = label("sop", line.state)
    if line.state != "berjalan":
        return state
    if line.reached is None:
        return _("{state}, belum ada laporan TPS").format(state=state)
    return _("{state}, {ratio} TPS").format(
        state=state, ratio=format_ratio(line.reached, line.tps)
    )  # fmt: skip


def format_sop_counts(lines: Sequence[ChecklistItem]) -> str:
    """Return how many lines are in each state, of how many."""
    counts = sop_checklist.count_by_state(lines)
    parts = [f"{label('sop', state)} {format_number(n)}" for state, n in counts.items() if n]
    total = format_counts(_("dari {n} butir"), n=sum(counts.values()))
    return " · ".join(parts) + " " + total


def format_sop_owner(item: SopItem) -> str:
    """Return which fungsi acts, and by which activity."""
    return " · ".join(filter(None, [format_fungsi(item.fungsi), label("giat", item.giat)]))


def format_running_stage(data: ActivitySummary, register: Register) -> KpiText:
    """Return the running stage, and how many others run."""
    title = _("Tahap berjalan")
    if not data.running_stages:
        return KpiText("tahap_kini", title, "–", _("tidak ada tahap bertanggal pada hari ini"))
    stage, others = data.running_stages[0], len(data.running_stages) - 1
    other_text = format_counts(_("{n} tahap lain juga berjalan"), n=others) if others else ""
    note = " · ".join(filter(None, (format_stage_end(stage), other_text)))
    return KpiText("tahap_kini", title, list_stage_names(register)[stage.code], note)


def format_next_stage(data: ActivitySummary, register: Register, today: date) -> KpiText:
    """Return the next stage and when it begins. today: the day of the view."""
    title = _("Tahap berikut")
    if not data.upcoming_stages or data.upcoming_stages[0].start is None:
        return KpiText("tahap_nanti", title, "–", _("tidak ada lagi yang bertanggal"))
    stage = data.upcoming_stages[0]
    note = format_stage_start(stage, today)
    return KpiText("tahap_nanti", title, list_stage_names(register)[stage.code], note)


def format_done(data: ActivitySummary) -> KpiText:
    """Return how many activities were done, and how the others stand."""
    title = _("Giat terlaksana")
    if data.activities.empty:
        return _format_no_report("giat", title)
    counts = data.state_counts
    parts = [
        (_("{n} akan datang"), counts["rencana"]),
        (_("{n} menunggu kabar"), counts["menunggu"]),
        (_("{n} batal"), counts["batal"]),
        (_("{n} tanpa status"), counts["tanpa_status"]),
    ]
    note = " · ".join(format_counts(text, n=n) for text, n in parts if n)
    value = format_ratio(counts["terlaksana"], len(data.activities))
    return KpiText("giat", title, value, note)


def format_lapsed(data: ActivitySummary, register: Register) -> KpiText:
    """Return how many planned activities were not heard of long after their time."""
    title = _("Lewat tanpa kabar")
    if data.activities.empty:
        return _format_no_report("lewat", title)
    planned = data.activities[data.activities["planned"]]
    if planned.empty:
        return KpiText("lewat", title, "–", _("belum ada rencana yang dilaporkan"))
    lapsed = data.state_counts["lewat"]
    hours = register.election.rules.activity_report_due.total_seconds() / 3600
    note = format_counts(_("rencana, lebih dari {n} jam sesudah waktunya"), n=hours)
    return KpiText("lewat", title, format_ratio(lapsed, len(planned)), note, alarm=bool(lapsed))


def format_drills(data: ActivitySummary, register: Register) -> KpiText:
    """Return how many drills were held, and when the last was."""
    title = _("Latihan Sispamkota")
    if data.activities.empty:
        return _format_no_report("latihan", title)
    done = data.drills[data.drills["state"] == "terlaksana"]
    value = format_ratio(len(done), len(data.drills))
    if done.empty:
        return KpiText("latihan", title, value, _("belum ada yang terlaksana"))
    last = done["occurred_at"].iloc[0].tz_convert(register.election.zone)
    note = _("terlaksana, terakhir {day}").format(day=format_date(last))
    return KpiText("latihan", title, value, note)


def format_sop(data: ActivitySummary) -> KpiText:
    """Return how many SOP lines of the stages that have begun are done."""
    title, started_lines = _("SOP selesai"), data.select_started_lines()
    if not started_lines:
        return KpiText("sop", title, "–", _("tidak ada butir untuk tahap yang sudah mulai"))
    counts = sop_checklist.count_by_state(started_lines)
    running_counts = sop_checklist.count_by_state(
        data.select_sop_lines([stage.code for stage in data.running_stages])
    )
    parts = []
    if counts["berjalan"]:
        parts.append(format_counts(_("{n} sedang berjalan"), n=counts["berjalan"]))
    if counts["sebagian"]:
        parts.append(format_counts(_("{n} sebagian"), n=counts["sebagian"]))
    if sum(running_counts.values()):
        done = format_ratio(running_counts["selesai"], sum(running_counts.values()))
        parts.append(_("tahap berjalan {now}").format(now=done))
    value = format_ratio(counts["selesai"], len(started_lines))
    return KpiText("sop", title, value, " · ".join(parts))


def _format_no_report(key: str, title: str) -> KpiText:
    return KpiText(key, title, "–", _("belum ada laporan giat"))


def build_done_measure(
    table: pd.DataFrame, kecamatan: Sequence[str], theme: Theme
) -> tuple[str, MapMeasure]:
    """Build the map measure of the activities done in each kecamatan, of those known."""
    sums = activities.build_matrix(table, kecamatan).groupby("place")[["done", "all"]].sum()
    rows: list[Any] = [row for row in sums.itertuples() if row.Index in kecamatan]
    done = {row.Index: int(row.done) for row in rows}
    texts = {
        row.Index: f"{format_number(int(row.done))}/{format_number(int(row.all))}" for row in rows
    }
    measure = build_count_measure(done, theme, _("belum ada giat"), texts.__getitem__)
    return _("Giat terlaksana"), measure
