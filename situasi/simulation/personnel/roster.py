"""The police of the rehearsal day by number, rank and unit: a roster without names, made up."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import Scene

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


def strength(scene: Scene) -> int:
    """How many police officers secure this many TPS."""
    kecamatan = len({place.kecamatan for place in scene.places})
    return min(len(scene.places), max(kecamatan, round(_OFFICERS_PER_TPS * len(scene.places))))


def police(scene: Scene) -> list[Member]:
    """All police officers: of the Polres, of each Polsek, and last those lent by the Polda."""
    rng = scene.rng("force")
    words = templates.read("force")
    total = strength(scene)
    lent = round(_BKO_SHARE * total)
    return [
        Member(f"P-{number:04d}", rank(words, "polri", rng), *home)
        for number, home in enumerate(_homes(scene, words, total - lent, lent), start=1)
    ]


def rank(words: Mapping[str, Any], service: str, rng: random.Random) -> str:
    """A rank of this service ("polri", "tni"), the lower the more common."""
    names = words["ranks"][service]
    return str(rng.choices(names, words["ranks"]["weights"][: len(names)])[0])


def _homes(
    scene: Scene, words: Mapping[str, Any], own: int, lent: int
) -> Iterator[tuple[str, str, str]]:
    """(satuan, instansi, kecamatan) of every officer, in the order of their numbers."""
    of_polsek = round(_POLSEK_SHARE * own)
    staff = words["polres"]
    for unit in _by_weight(staff["units"], staff["weights"], own - of_polsek):
        yield unit, "polri", ""
    seats = scene.seats()
    weights = [sum(len(scene.in_kecamatan(code)) for code in codes) for codes in seats.values()]
    for polsek in _by_weight(list(seats), weights, of_polsek):
        yield polsek, "polri", seats[polsek][0]
    for _ in range(lent):
        yield words["units"]["bko_polda"], "bko_polda", ""


def _by_weight(names: Sequence[str], weights: Sequence[float], total: int) -> list[str]:
    """So many names in their order, each as often as its weight asks."""
    whole, given, told = sum(weights), 0, 0.0
    found: list[str] = []
    for name, weight in zip(names, weights, strict=True):
        told += weight
        upto = round(total * told / whole)
        found += [name] * (upto - given)
        given = upto
    return found
