"""Simulated police of the rehearsal day by number, rank and unit, without names."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import SimulationContext

# 331 officers, 20 of them lent by the Polda, for 667 TPS: Polres Ogan Ilir, roll call of 25
# November 2024. Elsewhere in the same proportion.
_OFFICERS_PER_TPS = 331 / 667
_BKO_SHARE = 20 / 331
_POLSEK_SHARE = 0.45


@dataclass(frozen=True)
class Member:
    """One officer. kecamatan: the seat of the unit, or ""."""

    petugas: str
    pangkat: str
    satuan: str
    instansi: str
    kecamatan: str


def compute_officer_count(context: SimulationContext) -> int:
    """Return how many police officers secure this number of TPS."""
    kecamatan = len({place.kecamatan for place in context.places})
    return min(len(context.places), max(kecamatan, round(_OFFICERS_PER_TPS * len(context.places))))


def build_police_roster(context: SimulationContext) -> list[Member]:
    """Build all police officers: of the Polres, of each Polsek, then those lent by the Polda."""
    rng = context.rng("force")
    texts = templates.load_texts("force")
    total = compute_officer_count(context)
    lent = round(_BKO_SHARE * total)
    return [
        Member(f"P-{number:04d}", draw_rank(texts, "polri", rng), *unit)
        for number, unit in enumerate(_generate_units(context, texts, total - lent, lent), start=1)
    ]


def draw_rank(texts: Mapping[str, Any], service: str, rng: random.Random) -> str:
    """Draw a rank of this service ("polri", "tni"); lower ranks are more common."""
    names = texts["ranks"][service]
    return str(rng.choices(names, texts["ranks"]["weights"][: len(names)])[0])


def _generate_units(
    context: SimulationContext, texts: Mapping[str, Any], own_count: int, lent_count: int
) -> Iterator[tuple[str, str, str]]:
    """Yield (satuan, instansi, kecamatan) of every officer, in the order of their numbers."""
    polsek_count = round(_POLSEK_SHARE * own_count)
    staff = texts["polres"]
    for unit in _allocate_by_weight(staff["units"], staff["weights"], own_count - polsek_count):
        yield unit, "polri", ""
    seats = context.list_kecamatan_by_polsek()
    weights = [sum(len(context.list_places_in(code)) for code in codes) for codes in seats.values()]
    for polsek in _allocate_by_weight(list(seats), weights, polsek_count):
        yield polsek, "polri", seats[polsek][0]
    for _ in range(lent_count):
        yield texts["units"]["bko_polda"], "bko_polda", ""


def _allocate_by_weight(names: Sequence[str], weights: Sequence[float], total: int) -> list[str]:
    """Allocate so many names in order, each in proportion to its weight."""
    weight_sum, allocated, running_sum = sum(weights), 0, 0.0
    allocation: list[str] = []
    for name, weight in zip(names, weights, strict=True):
        running_sum += weight
        upto = round(total * running_sum / weight_sum)
        allocation += [name] * (upto - allocated)
        allocated = upto
    return allocation
