"""Each TPS through the rehearsal day: supplies, opening, closing, counting, and its box's way."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.feed_rows import FeedRow
from situasi.simulation.incidents.lifecycle import SimulatedIncident
from situasi.simulation.stations import count_errors, counts, outages, turnout
from situasi.simulation.stations.count_errors import CountError
from situasi.simulation.stations.counts import FinalCount

_LATE_OPENING_SHARE = 0.03
_VERY_LATE_SHARE = 0.15  # of those
_LATE_SUPPLIES_SHARE = 0.015
_NO_CLOSING_REPORT_SHARE = 0.006
_REMOTE_BOX_SHARE = 0.008
_SENT_TO_KPU_SHARE = 0.06  # of the boxes early at the PPK; the others follow on the next days
_MENTIONED_DELAY = timedelta(minutes=15)
_KPU_ARRIVAL_AFTER_CLOSING = timedelta(hours=8, minutes=15)
_KPU_TRAVEL_TIME = timedelta(minutes=60)

PhaseDelayEnds = Mapping[tuple[str, str], datetime]


@dataclass(frozen=True)
class StationCourse:
    """One TPS's day: when each phase was reached, and words for those that were late."""

    place: Place
    phase_times: dict[str, datetime]
    delay_reasons: dict[str, str]


def simulate_stations(
    context: SimulationContext,
    incidents: Sequence[SimulatedIncident],
    escorts: Mapping[str, Sequence[str]],
) -> tuple[list[FeedRow], dict[str, datetime]]:
    """Posts of all TPS, and when each TPS's box reached the PPK (missing: not by day's end).

    escorts: the officers who bring the box, by TPS code.
    """
    rng = context.rng("tps")
    held = _collect_phase_delays(incidents)
    words = templates.load_texts("tps")
    final = turnout.draw_final_counts(context.register, context.rng("turnout"))
    wrong = count_errors.draw_count_errors(context, final)
    lost = {loss.place.tps_code: loss for loss in outages.draw_station_outages(context)}
    posts: list[FeedRow] = []
    boxes = {}
    for place in context.places:
        code = place.tps_code
        course = _simulate_course(context, place, held, words["late"], rng)
        pelapor = rng.choice(words["pelapor"]["tps"]).format(
            polsek=context.get_polsek(place.kecamatan)
        )
        people = counts.draw_final_count(final[code], rng)
        told = _simulate_reports(
            context, course, people, wrong.get(code), escorts.get(code, ()), rng
        )
        posts += _build_rows(context, place, pelapor, told)
        if course.phase_times["kotak_tiba_ppk"] < context.clock.last:
            boxes[code] = course.phase_times["kotak_tiba_ppk"]
    return outages.build_contact_rows(context, lost.values()) + outages.delay_station_rows(
        posts, lost
    ), boxes


def _collect_phase_delays(
    incidents: Sequence[SimulatedIncident],
) -> dict[tuple[str, str], datetime]:
    held: dict[tuple[str, str], datetime] = {}
    for life in incidents:
        for code, fase, until in life.delayed_phases:
            held[code, fase] = max(until, held.get((code, fase), until))
    return held


def _simulate_course(
    context: SimulationContext,
    place: Place,
    phase_delays: PhaseDelayEnds,
    delay_texts: dict[str, Any],
    rng: random.Random,
) -> StationCourse:
    reasons: dict[str, str] = {}
    supplies, opening = _draw_morning_times(context, place, delay_texts, reasons, rng)
    moments = {"logistik_tiba": supplies}
    _apply_phase_delay(moments, "logistik_tiba", place, phase_delays, delay_texts, reasons)
    ready = moments["logistik_tiba"] + timedelta(minutes=rng.randint(12, 20))
    moments["dibuka"] = max(opening, ready)
    if ready - context.clock.opens > _MENTIONED_DELAY and ready > opening:
        reasons["dibuka"] = delay_texts["no_supplies"]
    _apply_phase_delay(moments, "dibuka", place, phase_delays, delay_texts, reasons)
    reached = max(moments["dibuka"], context.clock.closes)
    for fase, wait in _draw_phase_durations(context, place, rng).items():
        moments[fase] = reached + wait
        _apply_phase_delay(moments, fase, place, phase_delays, delay_texts, reasons)
        reached = moments[fase]
    at_kpu = (
        context.clock.closes + _KPU_ARRIVAL_AFTER_CLOSING + timedelta(minutes=rng.randint(0, 75))
    )
    if reached < at_kpu - _KPU_TRAVEL_TIME and rng.random() < _SENT_TO_KPU_SHARE:
        moments["kotak_tiba_kpu"] = at_kpu
    return StationCourse(place, moments, reasons)


def _draw_morning_times(
    context: SimulationContext,
    place: Place,
    delay_texts: dict[str, Any],
    delay_reasons: dict[str, str],
    rng: random.Random,
) -> tuple[datetime, datetime]:
    supplies = context.clock.opens - timedelta(minutes=rng.randint(35, 115))
    opening = context.clock.opens + timedelta(minutes=min(rng.randint(0, 10), rng.randint(0, 10)))
    if rng.random() < _LATE_SUPPLIES_SHARE:
        supplies = context.clock.opens + timedelta(minutes=rng.randint(-20, 20))
        delay_reasons["logistik_tiba"] = rng.choice(delay_texts["logistik_tiba"])
    if rng.random() < _LATE_OPENING_SHARE:
        far_too_late = rng.random() < _VERY_LATE_SHARE
        minutes = rng.randint(100, 145) if far_too_late else rng.randint(18, 75)
        opening = context.clock.opens + timedelta(minutes=minutes)
        pool = delay_texts["dibuka"] + (
            delay_texts["dibuka_river"] if context.is_on_water(place) else []
        )
        delay_reasons["dibuka"] = rng.choice(pool)
    return supplies, opening


def _draw_phase_durations(
    context: SimulationContext, place: Place, rng: random.Random
) -> dict[str, timedelta]:
    """How long each phase takes after the one before it (closing: after the hour)."""
    journey = rng.randint(20, 75)
    if context.is_on_water(place) or place.kecamatan in context.flood_weights:
        journey += rng.randint(15, 60)
    if rng.random() < _REMOTE_BOX_SHARE:
        journey += 600
    to_pps = rng.randint(5, 18)
    minutes = {
        "ditutup": min(rng.randint(0, 18), rng.randint(0, 18)),
        "hitung_selesai": rng.randint(150, 320),
        "kotak_bergeser": rng.randint(15, 60),
        "kotak_tiba_pps": to_pps,
        "kotak_tiba_ppk": journey - to_pps,
    }
    return {fase: timedelta(minutes=wait) for fase, wait in minutes.items()}


def _apply_phase_delay(
    phase_times: dict[str, datetime],
    fase: str,
    place: Place,
    phase_delays: PhaseDelayEnds,
    delay_texts: dict[str, Any],
    delay_reasons: dict[str, str],
) -> None:
    until = phase_delays.get((place.tps_code, fase))
    if until is not None and until > phase_times[fase]:
        phase_times[fase] = until
        delay_reasons[fase] = delay_texts["held"][fase]


def _simulate_reports(
    context: SimulationContext,
    course: StationCourse,
    final_count: FinalCount,
    count_error: CountError | None,
    box_escorts: Sequence[str],
    rng: random.Random,
) -> list[counts.TimedCells]:
    """Everything one TPS tells: (happened, told, cells)."""
    told = counts.simulate_hourly_counts(
        context, course.phase_times["dibuka"], final_count, count_error, rng
    )
    silent_end = rng.random() < _NO_CLOSING_REPORT_SHARE
    for fase, moment in course.phase_times.items():
        if silent_end and fase in {"ditutup", "hitung_selesai"}:
            continue
        cells = {"fase": fase, "uraian": course.delay_reasons.get(fase, "")}
        if fase == "ditutup":
            cells |= counts.build_closing_cells(final_count, rng)
        if fase == "kotak_bergeser":
            cells["pengawal"] = ", ".join(box_escorts)
        told.append((moment, moment + timedelta(minutes=rng.randint(2, 22)), cells))
    return [(moment, at, cells) for moment, at, cells in told if at <= context.clock.last]


def _build_rows(
    context: SimulationContext, place: Place, pelapor: str, reports: Sequence[counts.TimedCells]
) -> list[FeedRow]:
    where = context.build_location_cells(place) | {"pelapor": pelapor}
    return [
        FeedRow(
            at,
            place.kecamatan,
            f"{place.tps_code}-{cells.get('fase', '')}-{moment:%H%M}",
            where | {"waktu": moment.isoformat(timespec="seconds")} | cells,
        )
        for moment, at, cells in reports
    ]
