"""The stage of the rehearsal day: its places, its clock and where the water is."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, replace
from datetime import datetime

from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Desa, Register
from situasi.simulation import clock, templates
from situasi.simulation.clock import Clock
from situasi.simulation.stations import coordinates
from situasi.simulation.stations.coordinates import Point


@dataclass(frozen=True)
class Place:
    """Where a report comes from. `tps` and `desa` are empty where the report is wider."""

    kecamatan: str
    tps_code: str
    desa: str
    desa_label: str
    tps: str
    point: Point | None


@dataclass(frozen=True)
class SimulationContext:
    """Everything the day is played on.

    places: every TPS, in the register's order. water: weight of floods by kecamatan.
    centres: a point of each kecamatan.
    """

    register: Register
    clock: Clock
    seed: int
    places: tuple[Place, ...]
    centres: dict[str, Point]
    flood_weights: dict[str, int]
    river_words: tuple[str, ...]

    def rng(self, part: str) -> random.Random:
        """An own stream of chance for each part, so that a change in one leaves the others."""
        return random.Random(f"{self.seed}/{part}")

    def get_polsek(self, kecamatan: str) -> str:
        return self.register.kecamatan[kecamatan].polsek or "Operator posko"

    def list_kecamatan_by_polsek(self) -> dict[str, list[str]]:
        """The kecamatan codes of each Polsek, its seat first; the command's where none is known."""
        found: dict[str, list[str]] = {}
        for code in sorted({place.kecamatan for place in self.places}):
            name = self.register.kecamatan[code].polsek or self.register.election.command
            found.setdefault(name, []).append(code)
        return found

    def list_places_in(self, code: str) -> list[Place]:
        return [place for place in self.places if place.kecamatan == code]

    def build_kecamatan_place(self, code: str) -> Place:
        """A kecamatan as one place, without desa or TPS; "" is the whole kabupaten."""
        return Place(code, "", "", "", "", self.centres.get(code))

    def is_on_water(self, place: Place) -> bool:
        words = place.desa.lower().split()
        return any(word in self.river_words for word in words)

    def build_area_cells(self, code: str) -> dict[str, str]:
        """The cells that name a kecamatan, or with "" the whole kabupaten."""
        return {"kode_kecamatan": code, "kecamatan": self.register.name_of(code or None)}

    def build_location_cells(self, place: Place) -> dict[str, str]:
        """The cells that say where, by heading."""
        return self.build_area_cells(place.kecamatan) | {"desa": place.desa, "tps": place.tps}

    def build_template_values(self, place: Place, moment: datetime) -> dict[str, str]:
        """What the braces in a sentence stand for at this place and moment."""
        return {
            "tps": f"TPS {place.tps}",
            "desa": place.desa_label,
            "kecamatan": self.register.kecamatan[place.kecamatan].name,
            "polsek": self.get_polsek(place.kecamatan),
            "jam": f"{moment:%H.%M}",
        }


def build_context(register: Register, boundaries: Boundaries, seed: int) -> SimulationContext:
    """Set the stage for this register; the seed decides every made-up position.

    Raises ValueError when the register has no TPS.
    """
    if register.tps.empty:
        raise ValueError("the register has no TPS; a rehearsal needs at least one")
    chance = random.Random(f"{seed}/positions")
    tps_points = coordinates.draw_tps_points(register, boundaries, chance)
    words = templates.load_texts("places")
    return SimulationContext(
        register=register,
        clock=clock.build_clock(register.election),
        seed=seed,
        places=tuple(
            _build_place(register.desa[desa], code, int(number), tps_points.get(code))
            for code, desa, number in zip(
                register.tps["code"], register.tps["desa"], register.tps["nomor"], strict=True
            )
        ),
        centres={
            code: (round(lon, 5), round(lat, 5))
            for code, (lon, lat) in boundaries.label_points.items()
        },
        flood_weights=_load_flood_weights(register, random.Random(f"{seed}/water")),
        river_words=tuple(words["river"]["words"]),
    )


def _build_place(desa: Desa, code: str, number: int, point: Point | None) -> Place:
    return Place(
        kecamatan=desa.kecamatan,
        tps_code=code,
        desa=desa.name,
        desa_label=f"{desa.type.capitalize() or 'Desa'} {desa.name}",
        tps=f"{number:03d}",
        point=point,
    )


def _load_flood_weights(register: Register, rng: random.Random) -> dict[str, int]:
    """Flooded kecamatan as water.toml of the election names them; else a quarter, drawn."""
    codes = sorted(register.kecamatan)
    path = register.election.folder / "water.toml"
    if not path.is_file():
        return dict.fromkeys(rng.sample(codes, max(1, len(codes) // 4)), 1)
    known = tomllib.loads(path.read_text("utf-8"))
    weights = dict.fromkeys(known["sometimes"], 1) | dict.fromkeys(known["often"], 3)
    return {code: weight for code, weight in weights.items() if code in register.kecamatan}


def widen_place(place: Place, level: str, context: SimulationContext) -> Place:
    """The place as told at a level: "tps", "desa" or "kecamatan"."""
    if level == "kecamatan":
        return context.build_kecamatan_place(place.kecamatan)
    return replace(place, tps="") if level == "desa" else place
