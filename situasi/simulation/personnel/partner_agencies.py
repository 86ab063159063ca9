"""TNI, Satpol PP and Linmas of the rehearsal day: members and where they stand, made up."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import Scene
from situasi.simulation.personnel import roster
from situasi.simulation.personnel.orders import Posting, ordered
from situasi.simulation.personnel.roster import Member

_TNI_PER_TPS = 1 / 28
_SATPOL_PP_PER_TPS = 1 / 33
_LINMAS_PER_TPS = 2
# Which desa sent the names of its Linmas differs by kecamatan: the list is never whole.
_LISTED = (0.3, 0.55)


def posted(scene: Scene) -> list[Posting]:
    """Orders of all who are not police: some in each kecamatan, Linmas at their TPS."""
    rng = scene.rng("partners")
    words = templates.read("force")
    return [*_in_kecamatan(scene, words, rng), *_linmas(scene, words, rng)]


def _in_kecamatan(scene: Scene, words: Mapping[str, Any], rng: random.Random) -> Iterator[Posting]:
    numbers = {"tni": itertools.count(1), "satpol_pp": itertools.count(1)}
    shares = {"tni": _TNI_PER_TPS, "satpol_pp": _SATPOL_PP_PER_TPS}
    for code in sorted({place.kecamatan for place in scene.places}):
        name = scene.register.kecamatan[code].name
        for service, share in shares.items():
            unit = words["units"][service].format(
                kecamatan=name, kabupaten=scene.register.election.kabupaten
            )
            for _ in range(max(1, round(share * len(scene.in_kecamatan(code))))):
                member = Member(
                    petugas=f"{service.upper()[:3]}-{next(numbers[service]):03d}",
                    pangkat=roster.rank(words, "tni", rng) if service == "tni" else "",
                    satuan=unit,
                    instansi=service,
                    kecamatan=code,
                )
                lokasi = words["places"]["kecamatan"].format(kecamatan=name)
                yield Posting(member, "kecamatan", code, ordered(scene), lokasi=lokasi)


def _linmas(scene: Scene, words: Mapping[str, Any], rng: random.Random) -> Iterator[Posting]:
    """Two for each TPS of a desa that sent its list."""
    number = itertools.count(1)
    for code in sorted({place.kecamatan for place in scene.places}):
        listed = rng.uniform(*_LISTED)
        for _, same in itertools.groupby(scene.in_kecamatan(code), key=lambda place: place.desa):
            if rng.random() >= listed:
                continue
            for place in same:
                unit = words["units"]["linmas"].format(desa=place.desa_label)
                for _ in range(_LINMAS_PER_TPS):
                    member = Member(f"LIN-{next(number):04d}", "", unit, "linmas", code)
                    yield Posting(member, "tps", code, ordered(scene), places=(place,))
