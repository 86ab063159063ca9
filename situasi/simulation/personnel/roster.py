"""The police of the rehearsal day by number, rank and unit: a roster without names, made up."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import SimulationContext

# 331 officers, 20 of them lent by the Polda, for 667 TPS: Polres Ogan Ilir, roll
# call of 25 November 2024. Elsewhere in the same proportion.
_OFFICERS_PER_TPS = 331 / 667
_BKO_SHARE = 20 / 331
_POLSEK_SHARE = 0.45


@dataclass(frozen=True)
class Member:
    """One member of the force. kecamatan: the seat of its unit, or ""."""

    petugas: str
    pangkat: str
    satuan: str
    instansi: str
    kecamatan: str


def compute_officer_count(context: SimulationContext) -> int:
    """How many police officers secure this many TPS."""
    kecamatan = len({place.kecamatan for place in context.places})
    return min(len(context.places), max(kecamatan, round(_OFFICERS_PER_TPS * len(context.places))))


def build_police_roster(context: SimulationContext) -> list[Member]:
    """All police officers: of the Polres, of each Polsek, and last those lent by the Polda."""
    rng = context.rng("force")
    words = templates.load_texts("force")
    total = compute_officer_count(context)
    lent = round(_BKO_SHARE * total)
    return [
        Member(f"P-{number:04d}", draw_rank(words, "polri", rng), *home)
        for number, home in enumerate(_generate_units(context, words, total - lent, lent), start=1)
    ]


def draw_rank(texts: Mapping[str, Any], service: str, rng: random.Random) -> str:
    """A rank of this service ("polri", "tni"), the lower the more common."""
    names = texts["ranks"][service]
    return str(rng.choices(names, texts["ranks"]["weights"][: len(names)])[0])


def _generate_units(
    context: SimulationContext, texts: Mapping[str, Any], own_count: int, lent_count: int
) -> Iterator[tuple[str, str, str]]:
    """(satuan, instansi, kecamatan) of every officer, in the order of their numbers."""
    of_polsek = round(_POLSEK_SHARE * own_count)
    staff = texts["polres"]
    for unit in _allocate_by_weight(staff["units"], staff["weights"], own_count - of_polsek):
        yield unit, "polri", ""
    seats = context.list_kecamatan_by_polsek()
    weights = [sum(len(context.list_places_in(code)) for code in codes) for codes in seats.values()]
    for polsek in _allocate_by_weight(list(seats), weights, of_polsek):
        yield polsek, "polri", seats[polsek][0]
    for _ in range(lent_count):
        yield texts["units"]["bko_polda"], "bko_polda", ""


def _allocate_by_weight(names: Sequence[str], weights: Sequence[float], total: int) -> list[str]:
    """So many names in their order, each as often as its weight asks."""
    whole, given, told = sum(weights), 0, 0.0
    found: list[str] = []
    for name, weight in zip(names, weights, strict=True):
        told += weight
        upto = round(total * told / whole)
        found += [name] * (upto - given)
        given = upto
    return found
