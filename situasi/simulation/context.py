"""Context of the rehearsal day: its places, its clock and where the water is."""

import random
from dataclasses import dataclass, replace
from datetime import datetime

from situasi.domain.boundaries import Boundaries
from situasi.domain.definition_errors import read_toml, wrap_definition_errors
from situasi.domain.definition_fields import parse_definition
from situasi.domain.register import Desa, Register
from situasi.simulation import clock, templates
from situasi.simulation.clock import Clock
from situasi.simulation.stations import coordinates
from situasi.simulation.stations.coordinates import Point


@dataclass(frozen=True)
class Place:
    """Location of a report. `tps` and `desa` are empty where the report covers a larger area."""

    kecamatan: str
    tps_code: str
    desa: str
    desa_label: str
    tps: str
    point: Point | None


@dataclass(frozen=True)
class SimulationContext:
    """Everything that the parts of the simulation share.

    places: every TPS, in the register's order. centres: a point of each kecamatan.
    """

    register: Register
    clock: Clock
    seed: int
    places: tuple[Place, ...]
    centres: dict[str, Point]
    flood_weights: dict[str, int]
    river_words: tuple[str, ...]

    def rng(self, part: str) -> random.Random:
        """Return a random generator for one part, so that a change leaves the others unchanged."""
        return random.Random(f"{self.seed}/{part}")

    def get_polsek(self, kecamatan: str) -> str:
        """Return the Polsek of a kecamatan; "Operator posko" where none is known."""
        return self.register.kecamatan[kecamatan].polsek or "Operator posko"

    def list_kecamatan_by_polsek(self) -> dict[str, list[str]]:
        """List the kecamatan codes of each Polsek (else of the command), its seat first."""
        codes_by_polsek: dict[str, list[str]] = {}
        for code in sorted({place.kecamatan for place in self.places}):
            name = self.register.kecamatan[code].polsek or self.register.election.command
            codes_by_polsek.setdefault(name, []).append(code)
        return codes_by_polsek

    def list_places_in(self, code: str) -> list[Place]:
        """List the places in this kecamatan."""
        return [place for place in self.places if place.kecamatan == code]

    def build_kecamatan_place(self, code: str) -> Place:
        """Build a place without desa or TPS; "" is the whole kabupaten."""
        return Place(code, "", "", "", "", self.centres.get(code))

    def is_on_water(self, place: Place) -> bool:
        """Return whether the name of the desa has a word for water."""
        words = place.desa.lower().split()
        return any(word in self.river_words for word in words)

    def build_area_cells(self, code: str) -> dict[str, str]:
        """Build the cells that name a kecamatan, or with "" the whole kabupaten."""
        return {"kode_kecamatan": code, "kecamatan": self.register.name_of(code or None)}

    def build_location_cells(self, place: Place) -> dict[str, str]:
        """Build the location cells, by heading."""
        return self.build_area_cells(place.kecamatan) | {"desa": place.desa, "tps": place.tps}

    def build_template_values(self, place: Place, moment: datetime) -> dict[str, str]:
        """Build the values for the braces in a text at this place and moment."""
        return {
            "tps": f"TPS {place.tps}",
            "desa": place.desa_label,
            "kecamatan": self.register.kecamatan[place.kecamatan].name,
            "polsek": self.get_polsek(place.kecamatan),
            "jam": f"{moment:%H.%M}",
        }


def build_context(register: Register, boundaries: Boundaries, seed: int) -> SimulationContext:
    """Build the context for this register; the seed decides every invented position.

    Raises ValueError if the register has no TPS.
    """
    if register.tps.empty:
        raise ValueError("the register has no TPS; a rehearsal needs at least one")
    rng = random.Random(f"{seed}/positions")
    tps_points = coordinates.draw_tps_points(register, boundaries, rng)
    texts = templates.load_texts("places")
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
        river_words=tuple(texts["river"]["words"]),
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
    """Load flooded kecamatan from water.toml of the election, or draw a quarter of them."""
    codes = sorted(register.kecamatan)
    path = register.election.folder / "water.toml"
    if not path.is_file():
        return dict.fromkeys(rng.sample(codes, max(1, len(codes) // 4)), 1)
    with wrap_definition_errors(path):
        water = parse_definition(_FloodedKecamatan, read_toml(path))
        for name, named in (("often", water.often), ("sometimes", water.sometimes)):
            if unknown := sorted(set(named) - register.kecamatan.keys()):
                raise ValueError(f"entri {name!r}: {', '.join(unknown)} tidak ada di kecamatan.csv")
    return dict.fromkeys(water.sometimes, 1) | dict.fromkeys(water.often, 3)


@dataclass(frozen=True)
class _FloodedKecamatan:
    """Codes of kecamatan where water matters: flooded every year, and in some."""

    often: tuple[str, ...]
    sometimes: tuple[str, ...]


def widen_place(place: Place, level: str, context: SimulationContext) -> Place:
    """Return the place at a level: "tps", "desa" or "kecamatan"."""
    if level == "kecamatan":
        return context.build_kecamatan_place(place.kecamatan)
    return replace(place, tps="") if level == "desa" else place
