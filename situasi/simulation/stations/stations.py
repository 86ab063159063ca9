"""Each TPS through the rehearsal day: supplies, opening, closing, counting, and its box."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from situasi.simulation import templates
from situasi.simulation.clock import draw_minutes
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
    """The day of one TPS: when each phase was reached, and reasons for late phases."""

    place: Place
    phase_times: dict[str, datetime]
    delay_reasons: dict[str, str]


def simulate_stations(
    context: SimulationContext,
    incidents: Sequence[SimulatedIncident],
    escorts: Mapping[str, Sequence[str]],
) -> tuple[list[FeedRow], dict[str, datetime]]:
    """Simulate rows of all TPS, and when each box reached the PPK (missing: not that day).

    escorts: the officers who bring the box, by TPS code.
    """
    rng = context.rng("tps")
    phase_delays = _collect_phase_delays(incidents)
    texts = templates.load_texts("tps")
    final_counts = turnout.draw_final_counts(context.register, context.rng("turnout"))
    errors = count_errors.draw_count_errors(context, final_counts)
    losses = {loss.place.tps_code: loss for loss in outages.draw_station_outages(context)}
    rows: list[FeedRow] = []
    box_arrivals = {}
    for place in context.places:
        code = place.tps_code
        course = _simulate_course(context, place, phase_delays, texts["late"], rng)
        pelapor = rng.choice(texts["pelapor"]["tps"]).format(
            polsek=context.get_polsek(place.kecamatan)
        )
        final_count = counts.draw_final_count(final_counts[code], rng)
        reports = _simulate_reports(
            context, course, final_count, errors.get(code), escorts.get(code, ()), rng
        )
        rows += _build_rows(context, place, pelapor, reports)
        if course.phase_times["kotak_tiba_ppk"] < context.clock.last:
            box_arrivals[code] = course.phase_times["kotak_tiba_ppk"]
    return outages.build_contact_rows(context, losses.values()) + outages.delay_station_rows(
        rows, losses
    ), box_arrivals


def _collect_phase_delays(
    incidents: Sequence[SimulatedIncident],
) -> dict[tuple[str, str], datetime]:
    delay_ends: dict[tuple[str, str], datetime] = {}
    for incident in incidents:
        for code, fase, until in incident.delayed_phases:
            delay_ends[code, fase] = max(until, delay_ends.get((code, fase), until))
    return delay_ends


def _simulate_course(
    context: SimulationContext,
    place: Place,
    phase_delays: PhaseDelayEnds,
    delay_texts: dict[str, Any],
    rng: random.Random,
) -> StationCourse:
    reasons: dict[str, str] = {}
    supplies, opening = _draw_morning_times(context, place, delay_texts, reasons, rng)
    times = {"logistik_tiba": supplies}
    _apply_phase_delay(times, "logistik_tiba", place, phase_delays, delay_texts, reasons)
    ready = times["logistik_tiba"] + draw_minutes(rng, 12, 20)
    times["dibuka"] = max(opening, ready)
    if ready - context.clock.opens > _MENTIONED_DELAY and ready > opening:
        reasons["dibuka"] = delay_texts["no_supplies"]
    _apply_phase_delay(times, "dibuka", place, phase_delays, delay_texts, reasons)
    previous = max(times["dibuka"], context.clock.closes)
    for fase, duration in _draw_phase_durations(context, place, rng).items():
        times[fase] = previous + duration
        _apply_phase_delay(times, fase, place, phase_delays, delay_texts, reasons)
        previous = times[fase]
    at_kpu = context.clock.closes + _KPU_ARRIVAL_AFTER_CLOSING + draw_minutes(rng, 0, 75)
    if previous < at_kpu - _KPU_TRAVEL_TIME and rng.random() < _SENT_TO_KPU_SHARE:
        times["kotak_tiba_kpu"] = at_kpu
    return StationCourse(place, times, reasons)


def _draw_morning_times(
    context: SimulationContext,
    place: Place,
    delay_texts: dict[str, Any],
    delay_reasons: dict[str, str],
    rng: random.Random,
) -> tuple[datetime, datetime]:
    supplies = context.clock.opens - draw_minutes(rng, 35, 115)
    opening = context.clock.opens + timedelta(minutes=min(rng.randint(0, 10), rng.randint(0, 10)))
    if rng.random() < _LATE_SUPPLIES_SHARE:
        supplies = context.clock.opens + draw_minutes(rng, -20, 20)
        delay_reasons["logistik_tiba"] = rng.choice(delay_texts["logistik_tiba"])
    if rng.random() < _LATE_OPENING_SHARE:
        is_very_late = rng.random() < _VERY_LATE_SHARE
        minutes = rng.randint(100, 145) if is_very_late else rng.randint(18, 75)
        opening = context.clock.opens + timedelta(minutes=minutes)
        river_texts = delay_texts["dibuka_river"] if context.is_on_water(place) else []
        delay_reasons["dibuka"] = rng.choice(delay_texts["dibuka"] + river_texts)
    return supplies, opening


def _draw_phase_durations(
    context: SimulationContext, place: Place, rng: random.Random
) -> dict[str, timedelta]:
    """Draw the duration of each phase after the one before it (closing: after the hour)."""
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
    return {fase: timedelta(minutes=minute_count) for fase, minute_count in minutes.items()}


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
    """Simulate all reports of one TPS: (occurred, reported, cells)."""
    reports = counts.simulate_hourly_counts(
        context, course.phase_times["dibuka"], final_count, count_error, rng
    )
    has_no_closing = rng.random() < _NO_CLOSING_REPORT_SHARE
    for fase, moment in course.phase_times.items():
        if has_no_closing and fase in {"ditutup", "hitung_selesai"}:
            continue
        cells = {"fase": fase, "uraian": course.delay_reasons.get(fase, "")}
        if fase == "ditutup":
            cells |= counts.build_closing_cells(final_count, rng)
        if fase == "kotak_bergeser":
            cells["pengawal"] = ", ".join(box_escorts)
        reports.append((moment, moment + draw_minutes(rng, 2, 22), cells))
    return [(moment, at, cells) for moment, at, cells in reports if at <= context.clock.last]


def _build_rows(
    context: SimulationContext, place: Place, pelapor: str, reports: Sequence[counts.TimedCells]
) -> list[FeedRow]:
    common = context.build_location_cells(place) | {"pelapor": pelapor}
    return [
        FeedRow(
            reported,
            place.kecamatan,
            f"{place.tps_code}-{cells.get('fase', '')}-{moment:%H%M}",
            common | {"waktu": moment.isoformat(timespec="seconds")} | cells,
        )
        for moment, reported, cells in reports
    ]
