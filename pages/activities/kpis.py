"""The key figures of Tahapan dan giat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pages.activities import tables as shown
from pages.activities.data import Work
from pages.activities.markup import in_words
from situasi.analysis.activities import sop_checklist
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card
from situasi.ui.tables.table_view import Table


def figures(found: Work, today: date) -> list[Kpi]:
    heard = not found.cases.empty
    planned = bool(heard and found.cases["planned"].any())
    drilled = int((found.drills["state"] == "terlaksana").sum())
    begun = _begun(found)
    return [
        Kpi("tahap_kini", _running_card(found), _stages(found, "berjalan")),
        Kpi("tahap_nanti", _next_card(found, today), _stages(found, "akan")),
        Kpi("giat", _done_card(found), lambda: shown.readable(found.cases),
               (KpiValue(found.counts["terlaksana"] if heard else None),)),
        Kpi("lewat", _lapsed_card(found), _cases(found, "lewat"),
               (KpiValue(found.counts["lewat"] if planned else None),)),
        Kpi("latihan", _drill_card(found), lambda: shown.readable(found.drills),
               (KpiValue(drilled if heard else None),)),
        Kpi("sop", _sop_card(found), lambda: shown.checklist(found.cases, begun),
               (KpiValue(sop_checklist.count_by_state(begun)["selesai"] if begun else None),)),
    ]  # fmt: skip


def _stages(found: Work, state: str) -> Callable[[], Table]:
    return lambda: shown.timetable(found.timetable[found.timetable["state"] == state])


def _cases(found: Work, state: str) -> Callable[[], Table]:
    return lambda: shown.readable(found.cases[found.cases["state"] == state])


def _running_card(found: Work) -> Card:
    if not found.running:
        return Card(_("Tahap berjalan"), "–", _("tidak ada tahap bertanggal pada hari ini"))
    stage, others = found.running[0], len(found.running) - 1
    note = _("sampai {day}").format(day=i18n.format_date(stage.end)) if stage.end else ""
    if others:
        note += " · " + _("{n} tahap lain juga berjalan").format(n=i18n.number(others))
    return Card(_("Tahap berjalan"), in_words(stage.name), note)


def _next_card(found: Work, today: date) -> Card:
    if not found.upcoming or found.upcoming[0].start is None:
        return Card(_("Tahap berikut"), "–", _("tidak ada lagi yang bertanggal"))
    stage = found.upcoming[0]
    assert stage.start is not None
    days = (stage.start - today).days
    soon = _("besok") if days == 1 else _("{n} hari lagi").format(n=i18n.format_number(days))
    note = _("mulai {day}, {soon}").format(day=i18n.format_date(stage.start), soon=soon)
    return Card(_("Tahap berikut"), in_words(stage.name), note)


def _of(part: int, whole: int) -> str:
    return _("{n} dari {all}").format(n=i18n.format_number(part), all=i18n.format_number(whole))


def _unheard(title: str) -> Card:
    return Card(title, "–", _("belum ada laporan giat"))


def _done_card(found: Work) -> Card:
    title = _("Giat terlaksana")
    if found.cases.empty:
        return _unheard(title)
    counts = found.counts
    said = [
        (_("{n} akan datang"), counts["rencana"]),
        (_("{n} menunggu kabar"), counts["menunggu"]),
        (_("{n} batal"), counts["batal"]),
        (_("{n} tanpa status"), counts["tanpa_status"]),
    ]
    note = " · ".join(text.format(n=i18n.number(n)) for text, n in said if n)
    return Card(title, _of(counts["terlaksana"], len(found.cases)), note)


def _lapsed_card(found: Work) -> Card:
    title = _("Lewat tanpa kabar")
    if found.cases.empty:
        return _unheard(title)
    planned = found.cases[found.cases["planned"]]
    if planned.empty:
        return Card(title, "–", _("belum ada rencana yang dilaporkan"))
    lapsed = found.counts["lewat"]
    hours = board().register.election.rules.activity_report_due.total_seconds() / 3600
    note = _("rencana, lebih dari {n} jam sesudah waktunya").format(n=i18n.format_number(hours))
    return Card(title, _of(lapsed, len(planned)), note, is_alarm=bool(lapsed))


def _drill_card(found: Work) -> Card:
    title = _("Latihan Sispamkota")
    if found.cases.empty:
        return _unheard(title)
    done = found.drills[found.drills["state"] == "terlaksana"]
    if done.empty:
        return Card(title, _of(0, len(found.drills)), _("belum ada yang terlaksana"))
    last = done["occurred_at"].iloc[0].tz_convert(board().register.election.zone)
    note = _("terlaksana, terakhir {day}").format(day=i18n.format_date(last))
    return Card(title, _of(len(done), len(found.drills)), note)


def _begun(found: Work) -> list[sop_checklist.ChecklistItem]:
    started = found.timetable[found.timetable["state"].isin(["lewat", "berjalan"])]
    return found.lines_of(list(started["code"]))


def _sop_card(found: Work) -> Card:
    title = _("SOP selesai")
    begun = _begun(found)
    if not begun:
        return Card(title, "–", _("tidak ada butir untuk tahap yang sudah mulai"))
    counts = sop_checklist.count_by_state(begun)
    now = sop_checklist.count_by_state(found.lines_of([stage.code for stage in found.running]))
    said = []
    if counts["sebagian"]:
        said.append(_("{n} sebagian").format(n=i18n.format_number(counts["sebagian"])))
    if sum(now.values()):
        done = _of(now["selesai"], sum(now.values()))
        said.append(_("tahap berjalan {now}").format(now=done))
    note = " · ".join(said)
    return Card(title, _of(counts["selesai"], len(begun)), note)
