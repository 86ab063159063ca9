"""Movable: officers who can be sent elsewhere, and what their going takes from a TPS."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.analysis.personnel import staffing
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import POLICE_GROUPS
from situasi.analysis.personnel.presence import AT_POST_CHECKINS
from situasi.domain.rules import RedeploymentRules

FROM_TPS = "tps"
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Candidate:
    """An officer who can be moved.

    kind: the penugasan now ("cadangan", "patroli", "tps"). place: where they are, as a code of
    desa or kecamatan; "" for the seat of the command. takes: by TPS, the strength that goes with
    them. lokasi: as the order words it.
    """

    petugas: str
    duty: str
    place_code: str
    coverage_removed: tuple[tuple[str, float], ...]
    lokasi: str | None
    latihan: bool


def find_candidates(
    coverage: Coverage, tps: pd.DataFrame, rule: RedeploymentRules, kecamatan: Collection[str] = ()
) -> list[Candidate]:
    """Everyone who can be moved, by kind and number.

    tps: of shortfalls.judged. area: only officers of these kecamatan alone (empty: of all). Only
    who is known to be there is sent: not who is silent, and nobody whose TPS would be left below
    its own minimum, or near whom a grave case is open.
    """
    ready = coverage.officers[
        (coverage.officers["state"] == "hadir") & coverage.officers["instansi"].isin(rule.agencies)
    ]
    spare = dict(zip(tps["code"], tps["spare"], strict=True))
    watched = frozenset(tps.loc[tps["watched"], "code"])
    away = frozenset(staffing.find_away_officers(coverage.officers, coverage.postings))
    own = _collect_own_stations(coverage.postings)
    made = []
    for row in ready.reset_index().to_dict("records"):
        kind = str(row["duty"])
        allowed = kind in rule.retained_shares or (kind == FROM_TPS and rule.may_leave_tps)
        if (
            not allowed
            or row["petugas"] in away
            or (kecamatan and not _is_within(row["areas"], kecamatan))
        ):
            continue
        takes = _find_coverage_removed(row, own.get(row["petugas"], ()))
        if takes is None or any(
            code in watched or share > spare.get(code, -1.0) + _TOLERANCE for code, share in takes
        ):
            continue
        made.append(Candidate(str(row["petugas"]), kind, _find_current_place(row, takes), takes,
                          row["lokasi"], bool(row["latihan"])))  # fmt: skip
    return sorted(made, key=lambda one: (one.duty, one.petugas))


def compute_max_movable(
    kind: str, available: Collection[Candidate], rule: RedeploymentRules
) -> int:
    """How many of this kind may go at once."""
    count = sum(one.duty == kind for one in available)
    return count - math.ceil(round(count * rule.retained_shares.get(kind, 0.0), 6))


def _is_within(areas: frozenset[str], kecamatan: Collection[str]) -> bool:
    return bool(areas) and areas <= frozenset(kecamatan)


def _collect_own_stations(postings: pd.DataFrame) -> dict[str, list[tuple[str | None, float]]]:
    """By officer the TPS posted to, with the share there."""
    found: dict[str, list[tuple[str | None, float]]] = {}
    police = postings[postings["group"].isin(POLICE_GROUPS)]
    for who, code, share in zip(police["petugas"], police["code"], police["share"], strict=True):
        found.setdefault(who, []).append((code, share))
    return found


def _find_coverage_removed(
    row: Mapping[Any, Any], own_stations: Collection[tuple[str | None, float]]
) -> tuple[tuple[str, float], ...] | None:
    """What goes with an officer; None where that is not known."""
    if row["duty"] == FROM_TPS:
        known = [(code, share) for code, share in own_stations if isinstance(code, str)]
        return tuple(sorted(known)) if known and len(known) == len(own_stations) else None
    # A reserve who speaks from a TPS counts there in full.
    there = isinstance(row["checkin_code"], str) and row["checkin"] in AT_POST_CHECKINS
    return ((row["checkin_code"], 1.0),) if there else ()


def _find_current_place(
    row: Mapping[Any, Any], coverage_removed: tuple[tuple[str, float], ...]
) -> str:
    """Where an officer is: by the TPS, else the last word, else the order."""
    if coverage_removed:
        return coverage_removed[0][0].rpartition(".")[0]
    if isinstance(row["checkin_code"], str):
        return str(row["checkin_code"]).rpartition(".")[0]
    if isinstance(row["checkin_kecamatan"], str):
        return str(row["checkin_kecamatan"])
    return min(row["areas"], default="")
