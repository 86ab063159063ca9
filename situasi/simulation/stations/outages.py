"""Outages of TPS on water: their reports wait until the connection is back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from situasi.simulation import templates
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.feed_rows import FeedRow, delay_past_outage

_TPS_PER_OUTAGE = 130
_FLOOD_WEIGHT = 3  # weight of flooded kecamatan against a desa that only has water in its name

# Start, and duration in minutes; the last line is for all others.
_OUTAGE_WINDOWS = (("buka-45", (220, 280)), ("tutup-75", (80, 140)), ("buka+50", (70, 160)))


@dataclass(frozen=True)
class StationOutage:
    """One TPS unreachable from `start` until `end`."""

    place: Place
    start: datetime
    end: datetime


def draw_station_outages(context: SimulationContext) -> list[StationOutage]:
    """Draw a few TPS on rivers or floods, none for a small register.

    For the first it is not known whether it opened; the second is lost around closing.
    """
    rng = context.rng("contact")
    pool = [place for place in context.places if context.is_on_water(place)]
    flooded = [place for place in context.places if place.kecamatan in context.flood_weights]
    pool += flooded * _FLOOD_WEIGHT
    count = min(len(context.places) // _TPS_PER_OUTAGE, len({place.tps_code for place in pool}))
    chosen: dict[str, Place] = {}
    while len(chosen) < count:
        place = rng.choice(pool)
        chosen[place.tps_code] = place
    drawn = []
    for number, place in enumerate(chosen.values()):
        anchor, duration_range = _OUTAGE_WINDOWS[min(number, len(_OUTAGE_WINDOWS) - 1)]
        start = context.clock.resolve_anchor(anchor) + draw_minutes(rng, 0, 30)
        end = context.clock.clip(start + draw_minutes(rng, *duration_range))
        drawn.append(StationOutage(place, start, end))
    return drawn


def build_contact_rows(
    context: SimulationContext, station_outages: Iterable[StationOutage]
) -> list[FeedRow]:
    """Build two rows for each outage: tak_terjangkau and terjangkau, both by the Polsek."""
    texts = templates.load_texts("tps")["contact"]
    return [
        FeedRow(
            moment + timedelta(minutes=5),
            outage.place.kecamatan,
            f"{outage.place.tps_code}-{kontak}",
            context.build_location_cells(outage.place)
            | {
                "waktu": moment.isoformat(timespec="seconds"),
                "kontak": kontak,
                "uraian": texts[kontak],
                "pelapor": context.get_polsek(outage.place.kecamatan),
            },
        )
        for outage in station_outages
        for kontak, moment in (("tak_terjangkau", outage.start), ("terjangkau", outage.end))
    ]


def delay_station_rows(
    rows: Iterable[FeedRow], outage_by_tps: Mapping[str, StationOutage]
) -> list[FeedRow]:
    """Delay the rows of TPS, by TPS code, until after their outage. Order is kept."""
    return [
        replace(
            row,
            reported_time=delay_past_outage(
                row.reported_time, outage_by_tps[code].start, outage_by_tps[code].end
            ),
        )
        if (code := row.case_key.partition("-")[0]) in outage_by_tps
        else row
        for row in rows
    ]
