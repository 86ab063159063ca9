"""Movable: officers who can be sent elsewhere, and what their going takes from a TPS."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.analysis.personnel import staffing
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import AS_POLICE
from situasi.analysis.personnel.presence import FROM_THE_POST
from situasi.domain.rules import RedeploymentRules

FROM_TPS = "tps"
_NEARLY = 1e-9


@dataclass(frozen=True)
class Mover:
    """An officer who can be moved.

    kind: the penugasan now ("cadangan", "patroli", "tps"). place: where they are, as a code of
    desa or kecamatan; "" for the seat of the command. takes: by TPS, the strength that goes with
    them. lokasi: as the order words it.
    """

    petugas: str
    kind: str
    place: str
    takes: tuple[tuple[str, float], ...]
    lokasi: str | None
    latihan: bool


def movers(
    found: Coverage, tps: pd.DataFrame, rule: RedeploymentRules, area: Collection[str] = ()
) -> list[Mover]:
    """Everyone who can be moved, by kind and number.

    tps: of shortfalls.judged. area: only officers of these kecamatan alone (empty: of all). Only
    who is known to be there is sent: not who is silent, and nobody whose TPS would be left below
    its own minimum, or near whom a grave case is open.
    """
    ready = found.officers[
        (found.officers["state"] == "hadir") & found.officers["instansi"].isin(rule.agencies)
    ]
    spare = dict(zip(tps["code"], tps["spare"], strict=True))
    watched = frozenset(tps.loc[tps["watched"], "code"])
    away = frozenset(staffing.away(found.officers, found.posts))
    own = _own_posts(found.posts)
    made = []
    for row in ready.reset_index().to_dict("records"):
        kind = str(row["duty"])
        allowed = kind in rule.retained_shares or (kind == FROM_TPS and rule.may_leave_tps)
        if not allowed or row["petugas"] in away or (area and not _of(row["areas"], area)):
            continue
        takes = _takes(row, own.get(row["petugas"], ()))
        if takes is None or any(
            code in watched or share > spare.get(code, -1.0) + _NEARLY for code, share in takes
        ):
            continue
        made.append(Mover(str(row["petugas"]), kind, _place(row, takes), takes,
                          row["lokasi"], bool(row["latihan"])))  # fmt: skip
    return sorted(made, key=lambda one: (one.kind, one.petugas))


def most(kind: str, some: Collection[Mover], rule: RedeploymentRules) -> int:
    """How many of this kind may go at once."""
    count = sum(one.kind == kind for one in some)
    return count - math.ceil(round(count * rule.retained_shares.get(kind, 0.0), 6))


def _of(areas: frozenset[str], area: Collection[str]) -> bool:
    return bool(areas) and areas <= frozenset(area)


def _own_posts(posts: pd.DataFrame) -> dict[str, list[tuple[str | None, float]]]:
    """By officer the TPS posted to, with the share there."""
    found: dict[str, list[tuple[str | None, float]]] = {}
    police = posts[posts["group"].isin(AS_POLICE)]
    for who, code, share in zip(police["petugas"], police["code"], police["share"], strict=True):
        found.setdefault(who, []).append((code, share))
    return found


def _takes(
    row: Mapping[Any, Any], posts: Collection[tuple[str | None, float]]
) -> tuple[tuple[str, float], ...] | None:
    """What goes with an officer; None where that is not known."""
    if row["duty"] == FROM_TPS:
        known = [(code, share) for code, share in posts if isinstance(code, str)]
        return tuple(sorted(known)) if known and len(known) == len(posts) else None
    # A reserve who speaks from a TPS counts there in full.
    there = isinstance(row["checkin_code"], str) and row["checkin"] in FROM_THE_POST
    return ((row["checkin_code"], 1.0),) if there else ()


def _place(row: Mapping[Any, Any], takes: tuple[tuple[str, float], ...]) -> str:
    """Where an officer is: by the TPS, else the last word, else the order."""
    if takes:
        return takes[0][0].rpartition(".")[0]
    if isinstance(row["checkin_code"], str):
        return str(row["checkin_code"]).rpartition(".")[0]
    if isinstance(row["checkin_kecamatan"], str):
        return str(row["checkin_kecamatan"])
    return min(row["areas"], default="")
