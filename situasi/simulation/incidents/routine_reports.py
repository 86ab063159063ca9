"""Hourly reports of each kecamatan when nothing happens: nihil is a report too."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from situasi.simulation import templates
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import SimulationContext
from situasi.simulation.feed_rows import CATCH_UP_TIME, FeedRow, KecamatanOutage
from situasi.simulation.incidents import crowds
from situasi.simulation.incidents.lifecycle import SimulatedIncident

_MISSED_SHARE = 0.05
_LATE_SHARE = 0.06
_MENTION_TIME = timedelta(hours=2)


def simulate_routine_reports(
    context: SimulationContext,
    incidents: Sequence[SimulatedIncident],
    outages: Sequence[KecamatanOutage],
) -> list[FeedRow]:
    """Simulate hourly nihil reports with hijau, and the first report after each outage.

    None is written during an outage, nor while a crowd in the kecamatan is not hijau.
    """
    rng = context.rng("calm")
    texts = templates.load_texts("calm")
    rows = [_build_restored_row(context, outage, texts, rng) for outage in outages]
    for code in sorted({place.kecamatan for place in context.places}):
        for hour in context.clock.list_full_hours(
            context.clock.first, context.clock.last - timedelta(minutes=30)
        ):
            at = _draw_reported_time(hour, rng)
            if at is None or not _may_report(code, hour, at, incidents, outages):
                continue
            text = rng.choice(_select_texts(context, texts, incidents, code, hour))
            rows.append(_build_row(context, code, hour, at, text))
    return rows


def _draw_reported_time(hour: datetime, rng: random.Random) -> datetime | None:
    draw = rng.random()
    prompt, late = rng.randint(1, 16), rng.randint(28, 55)
    if draw < _MISSED_SHARE:
        return None
    return hour + timedelta(minutes=late if draw < _MISSED_SHARE + _LATE_SHARE else prompt)


def _may_report(
    code: str,
    hour: datetime,
    reported_time: datetime,
    incidents: Sequence[SimulatedIncident],
    outages: Sequence[KecamatanOutage],
) -> bool:
    if any(
        s.kecamatan == code and s.start <= reported_time < s.end + CATCH_UP_TIME for s in outages
    ):
        return False
    intervals = [crowds.find_tense_interval(s) for s in incidents if s.place.kecamatan == code]
    return not any(
        interval and interval[0] <= reported_time and hour <= interval[1] for interval in intervals
    )


def _select_texts(
    context: SimulationContext,
    texts: dict[str, Any],
    incidents: Sequence[SimulatedIncident],
    code: str,
    hour: datetime,
) -> list[str]:
    if any(_is_ongoing(incident, code, hour) for incident in incidents):
        return list(texts["besides"]["uraian"])
    started = [p for p in texts["phase"] if context.clock.resolve_anchor(p["from"]) <= hour]
    return list((started or texts["phase"])[-1 if started else 0]["uraian"])


def _is_ongoing(incident: SimulatedIncident, code: str, hour: datetime) -> bool:
    """Return whether it is reported and not closed; open ones are mentioned only for a while."""
    if incident.place.kecamatan != code or incident.updates[0].reported_time > hour:
        return False
    last = incident.updates[-1].reported_time
    return hour < (last if incident.is_closed else last + _MENTION_TIME)


def _build_restored_row(
    context: SimulationContext, outage: KecamatanOutage, texts: dict[str, Any], rng: random.Random
) -> FeedRow:
    hours = round((outage.end - outage.start) / timedelta(hours=1))
    reported_time = outage.end + CATCH_UP_TIME + draw_minutes(rng, 1, 4)
    text = texts["restored"]["uraian"][0].replace("{hours}", str(hours))
    return _build_row(context, outage.kecamatan, outage.end, reported_time, text)


def _build_row(
    context: SimulationContext, code: str, moment: datetime, reported_time: datetime, text: str
) -> FeedRow:
    place = context.build_kecamatan_place(code)
    cells = context.build_location_cells(place) | {
        "waktu": moment.isoformat(timespec="seconds"),
        "jenis": "nihil",
        "status": "nihil",
        "situasi": "hijau",
        "uraian": text.format(**context.build_template_values(place, moment)),
        "pelapor": context.get_polsek(code),
    }
    return FeedRow(reported_time, code, f"nihil-{code}-{moment:%H%M}", cells)
