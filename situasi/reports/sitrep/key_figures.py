"""The key figures of a laporan: those of the screen, in its words, with the numbers themselves."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.incidents.milestones import STEPS
from situasi.analysis.personnel import coverage
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.overview import Overview
from situasi.analysis.turnout import summary
from situasi.common import i18n
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.presentation import kpis as telling
from situasi.presentation.model import Counted, Said, Told
from situasi.reports.sitrep.data import Gathered
from situasi.reports.sitrep.model import Fact, Number

STEP_NAMES = {
    "diverifikasi": "verifikasi",
    "ditangani": "penanganan",
    "selesai": "penyelesaian",
}


def facts(of: Gathered, found: Overview, codes: list[str]) -> tuple[Fact, ...]:
    """The figures of these kecamatan. found: the overview of the same."""
    day, zone = of.day, of.register.election.zone_label
    tps = day.stations[day.stations["kecamatan"].isin(codes)]
    rates = summary.compute_total(day.turnout.loc[codes])
    known = found.newest_time is not None
    every = [
        _fact(telling.opened(found), _by_level(found) if known else ()),
        _fact(telling.states(found), _by_state(found)),
        _fact(telling.heads(rates), (Number(_if(rates["told"], rates["heads"])),
                                     Number(rates["told"], "TPS melapor"),
                                     Number(rates["tps"], "TPS"))),
        _fact(telling.turnout(rates), (Number(_if(rates["told"], rates["rate"]), "persen",
                                              bool(rates["told_estimated"])),)),
        _fact(telling.stations(tps), (Number(late(tps), "terlambat melapor"),)),
    ]  # fmt: skip
    if of.viewer.role.may_see("personel"):
        every.append(_fact(telling.personnel(day, codes), _officers(of, codes)))
    every.append(_fact(telling.newest(found, of.at.at, zone), ()))
    every.append(_fact(telling.sources(found, None), (Number(_silent(found), "senyap"),)))
    return tuple(every)


def of_period(of: Gathered) -> tuple[Fact, ...]:
    """How the cases of the period were worked on."""
    work, heard = of.period.work, of.period.heard
    total = i18n.format_number(len(work.selected_cases)) if heard else "–"
    nothing = "belum ada laporan"
    told = [
        Fact("tercatat", "Kejadian dalam kurun", total,
             f"{i18n.format_number(work.report_count)} laporan" if heard else nothing,
             (Number(len(work.selected_cases) if heard else None),)),
        Fact("lewat", "Lewat waktu",
             f"{i18n.format_number(len(work.overdue_cases))} dari {i18n.format_number(len(work.open_cases))}"
             if heard else "–", "dari kejadian terbuka" if heard else nothing,
             (Number(len(work.overdue_cases) if heard else None),), bool(len(work.overdue_cases))),
    ]  # fmt: skip
    return (*told, *(_step(of, step) for step in STEPS))


def _step(of: Gathered, step: str) -> Fact:
    one, heard = of.period.work.durations[step], of.period.heard
    value = "belum separuh" if one.median is None else i18n.format_duration(one.median)
    note = f"{i18n.format_number(one.done_count)} selesai, {i18n.format_number(one.waiting_count)} menunggu"
    minutes = None if one.median is None else one.median / timedelta(minutes=1)
    return Fact(
        f"waktu_{step}",
        f"Waktu {STEP_NAMES[step]} (median)",
        value if heard else "–",
        note if heard else "belum ada laporan",
        (Number(minutes, "menit"),),
    )


def said(of: Said) -> str:
    """'merah 0 · kuning 1': on paper a sign needs its word."""
    return of if isinstance(of, str) else " · ".join(map(_counted, of))


def late(tps: pd.DataFrame) -> int:
    """TPS that owe a report, out of reach included."""
    return int(tps["state"].isin(["terlambat", "tak_terjangkau"]).sum())


def _counted(one: Counted) -> str:
    word = one.word or _word(one.mark.scale, one.mark.code)
    return f"{word} {one.number}"


def _word(scale: str, code: str | None) -> str:
    # A kecamatan without a word is not one that nobody judged.
    return "belum ada kabar" if scale == "situasi" and code is None else label(scale, code)


def _fact(told: Told, numbers: tuple[Number, ...]) -> Fact:
    note = said(told.note)
    if told.key == "situasi" and isinstance(told.note, str) and "·" in told.note:
        note = ""  # the order of the signs, which their words tell here
    whole = " · ".join(filter(None, (note, told.aside)))
    return Fact(told.key, told.title, said(told.value), whole, numbers, told.alarm)


def _if(told: float, value: float) -> float | None:
    return float(value) if told and not pd.isna(value) else None


def _by_level(found: Overview) -> tuple[Number, ...]:
    levels = cases.count_by_tingkat(found.open_cases)
    each = [Number(levels.get(level, 0), label("tingkat", level))
            for level in (*reversed(TINGKAT), None)]  # fmt: skip
    return (Number(len(found.open_cases)), *each)


def _by_state(found: Overview) -> tuple[Number, ...]:
    counts = crowd_state.count_states(found.crowd_states)
    return tuple(
        Number(counts.get(state, 0), _word("situasi", state))
        for state in (*reversed(SITUASI), None)
    )


def _officers(of: Gathered, codes: list[str]) -> tuple[Number, ...]:
    rows = of.day.coverage_gaps.loc[codes]
    known = rows[rows["known"]]
    if known.empty:
        return (Number(None),)
    return (
        Number(int(known["present"].sum())),
        Number(int(known["posted"].sum()), "diplot"),
        Number(int(known["absent"].sum()), "TPS tanpa petugas"),
    )


def _silent(found: Overview) -> float | None:
    if not any(feed.is_expected for feed in found.feed_states):
        return None
    return sum(feed.is_silent for feed in found.feed_states)


def required(of: Gathered) -> pd.Series | None:
    """analysis.coverage.total, where anybody is posted and the viewer is told of it."""
    if of.coverage is None or not of.coverage.has_postings:
        return None
    return coverage.build_total_row(of.coverage, of.register)
