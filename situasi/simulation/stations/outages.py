"""TPS on water that cannot be reached for a while: their words wait until the line is back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from situasi.simulation import templates
from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.feed_rows import FeedRow, delay_past_outage

_TPS_PER_OUTAGE = 130
_FLOOD_WEIGHT = (
    3  # flooded kecamatan weigh so much more than a desa that only has water in its name
)

# From when, and how many minutes; the last line is for all others.
_OUTAGE_WINDOWS = (("buka-45", (220, 280)), ("tutup-75", (80, 140)), ("buka+50", (70, 160)))


@dataclass(frozen=True)
class StationOutage:
    """One TPS out of reach from `start` until `end`."""

    place: Place
    start: datetime
    end: datetime


def draw_station_outages(context: SimulationContext) -> list[StationOutage]:
    """A few TPS on rivers or floods, none for a small register.

    Nobody knows of the first whether it opened; the second is lost around closing.
    """
    rng = context.rng("contact")
    wet = [place for place in context.places if context.is_on_water(place)]
    wet += [
        place for place in context.places if place.kecamatan in context.flood_weights
    ] * _FLOOD_WEIGHT
    count = min(len(context.places) // _TPS_PER_OUTAGE, len({place.tps_code for place in wet}))
    chosen: dict[str, Place] = {}
    while len(chosen) < count:
        place = rng.choice(wet)
        chosen[place.tps_code] = place
    found = []
    for number, place in enumerate(chosen.values()):
        begins, lasts = _OUTAGE_WINDOWS[min(number, len(_OUTAGE_WINDOWS) - 1)]
        start = context.clock.resolve_anchor(begins) + timedelta(minutes=rng.randint(0, 30))
        end = context.clock.clip(start + timedelta(minutes=rng.randint(*lasts)))
        found.append(StationOutage(place, start, end))
    return found


def build_contact_rows(
    context: SimulationContext, station_outages: Iterable[StationOutage]
) -> list[FeedRow]:
    """Two rows for each loss: tak_terjangkau and terjangkau, both told by the Polsek."""
    words = templates.load_texts("tps")["contact"]
    return [
        FeedRow(
            moment + timedelta(minutes=5),
            loss.place.kecamatan,
            f"{loss.place.tps_code}-{kontak}",
            context.build_location_cells(loss.place)
            | {
                "waktu": moment.isoformat(timespec="seconds"),
                "kontak": kontak,
                "uraian": words[kontak],
                "pelapor": context.get_polsek(loss.place.kecamatan),
            },
        )
        for loss in station_outages
        for kontak, moment in (("tak_terjangkau", loss.start), ("terjangkau", loss.end))
    ]


def delay_station_rows(
    rows: Iterable[FeedRow], outage_by_tps: Mapping[str, StationOutage]
) -> list[FeedRow]:
    """The posts of one TPS each, by TPS code, as they come through its loss. Order is kept."""
    return [
        replace(
            post,
            reported_time=delay_past_outage(
                post.reported_time, outage_by_tps[code].start, outage_by_tps[code].end
            ),
        )
        if (code := post.case_key.partition("-")[0]) in outage_by_tps
        else post
        for post in rows
    ]
