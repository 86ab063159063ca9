"""Simulated TNI, Satpol PP and Linmas of the rehearsal day: members and their places."""

import itertools
import random
from collections.abc import Iterator, Mapping
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import SimulationContext
from situasi.simulation.personnel import roster
from situasi.simulation.personnel.orders import Posting, compute_order_time
from situasi.simulation.personnel.roster import Member

_TNI_PER_TPS = 1 / 28
_SATPOL_PP_PER_TPS = 1 / 33
_LINMAS_PER_TPS = 2
# Which desa sent the names of its Linmas differs by kecamatan: the list is never complete.
_LINMAS_LISTED_RANGE = (0.3, 0.55)


def build_partner_orders(context: SimulationContext) -> list[Posting]:
    """Build orders of all who are not police: some per kecamatan, Linmas at their TPS."""
    rng = context.rng("partners")
    texts = templates.load_texts("force")
    return [
        *_generate_kecamatan_orders(context, texts, rng),
        *_generate_linmas_orders(context, texts, rng),
    ]


def _generate_kecamatan_orders(
    context: SimulationContext, texts: Mapping[str, Any], rng: random.Random
) -> Iterator[Posting]:
    numbers = {"tni": itertools.count(1), "satpol_pp": itertools.count(1)}
    kabupaten = context.register.election.kabupaten
    shares = {"tni": _TNI_PER_TPS, "satpol_pp": _SATPOL_PP_PER_TPS}
    for code in sorted({place.kecamatan for place in context.places}):
        name = context.register.kecamatan[code].name
        for service, share in shares.items():
            unit = texts["units"][service].format(kecamatan=name, kabupaten=kabupaten)
            for _ in range(max(1, round(share * len(context.list_places_in(code))))):
                member = Member(
                    petugas=f"{service.upper()[:3]}-{next(numbers[service]):03d}",
                    pangkat=roster.draw_rank(texts, "tni", rng) if service == "tni" else "",
                    satuan=unit,
                    instansi=service,
                    kecamatan=code,
                )
                lokasi = texts["places"]["kecamatan"].format(kecamatan=name)
                yield Posting(member, "kecamatan", code, compute_order_time(context), lokasi=lokasi)


def _generate_linmas_orders(
    context: SimulationContext, texts: Mapping[str, Any], rng: random.Random
) -> Iterator[Posting]:
    """Yield two orders for each TPS of a desa that sent its list."""
    number = itertools.count(1)
    for code in sorted({place.kecamatan for place in context.places}):
        listed_share = rng.uniform(*_LINMAS_LISTED_RANGE)
        for _, desa_places in itertools.groupby(
            context.list_places_in(code), key=lambda place: place.desa
        ):
            if rng.random() >= listed_share:
                continue
            for place in desa_places:
                unit = texts["units"]["linmas"].format(desa=place.desa_label)
                for _ in range(_LINMAS_PER_TPS):
                    member = Member(f"LIN-{next(number):04d}", "", unit, "linmas", code)
                    yield Posting(member, "tps", code, compute_order_time(context), places=(place,))
