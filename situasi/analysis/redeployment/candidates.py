"""Candidates: officers who can be sent elsewhere, and what their departure takes from a TPS."""

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

    duty: the penugasan now ("cadangan", "patroli", "tps"). place_code: where they are, as a code of
    desa or kecamatan; "" for the seat of the command. coverage_removed: by TPS, the strength that
    goes with them. lokasi: as written in the order.
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
    """Find everyone who can be moved, by duty and petugas.

    tps: of shortfalls.build_shortfall_table. kecamatan: only officers of these kecamatan alone
    (empty: of all). Only officers known to be present are sent: nobody who is silent, whose TPS
    would fall below its own minimum, or near whom a serious case is open.
    """
    officers = coverage.officers
    ready = officers[(officers["state"] == "hadir") & officers["instansi"].isin(rule.agencies)]
    spare = dict(zip(tps["code"], tps["spare"], strict=True))
    watched = frozenset(tps.loc[tps["watched"], "code"])
    away_officers = frozenset(staffing.find_away_officers(coverage.officers, coverage.postings))
    own_stations = _collect_own_stations(coverage.postings)
    movable = []
    for row in ready.reset_index().to_dict("records"):
        duty = str(row["duty"])
        allowed = duty in rule.retained_shares or (duty == FROM_TPS and rule.may_leave_tps)
        if (
            not allowed
            or row["petugas"] in away_officers
            or (kecamatan and not _is_within(row["areas"], kecamatan))
        ):
            continue
        removed = _find_coverage_removed(row, own_stations.get(row["petugas"], ()))
        if removed is None or any(
            code in watched or share > spare.get(code, -1.0) + _TOLERANCE for code, share in removed
        ):
            continue
        movable.append(Candidate(str(row["petugas"]), duty, _find_current_place(row, removed),
                                 removed, row["lokasi"], bool(row["latihan"])))  # fmt: skip
    return sorted(movable, key=lambda candidate: (candidate.duty, candidate.petugas))


def compute_max_movable(
    kind: str, available: Collection[Candidate], rule: RedeploymentRules
) -> int:
    """Return how many officers of this duty may leave at once."""
    count = sum(candidate.duty == kind for candidate in available)
    return count - math.ceil(round(count * rule.retained_shares.get(kind, 0.0), 6))


def _is_within(areas: frozenset[str], kecamatan: Collection[str]) -> bool:
    return bool(areas) and areas <= frozenset(kecamatan)


def _collect_own_stations(postings: pd.DataFrame) -> dict[str, list[tuple[str | None, float]]]:
    """Collect by officer the TPS posted to, with the share there."""
    stations: dict[str, list[tuple[str | None, float]]] = {}
    police = postings[postings["group"].isin(POLICE_GROUPS)]
    for who, code, share in zip(police["petugas"], police["code"], police["share"], strict=True):
        stations.setdefault(who, []).append((code, share))
    return stations


def _find_coverage_removed(
    row: Mapping[Any, Any], own_stations: Collection[tuple[str | None, float]]
) -> tuple[tuple[str, float], ...] | None:
    """Return the strength that leaves with an officer; None where that is not known."""
    if row["duty"] == FROM_TPS:
        known = [(code, share) for code, share in own_stations if isinstance(code, str)]
        return tuple(sorted(known)) if known and len(known) == len(own_stations) else None
    # A reserve officer who checks in from a TPS counts there in full.
    is_at_tps = isinstance(row["checkin_code"], str) and row["checkin"] in AT_POST_CHECKINS
    return ((row["checkin_code"], 1.0),) if is_at_tps else ()


def _find_current_place(
    row: Mapping[Any, Any], coverage_removed: tuple[tuple[str, float], ...]
) -> str:
    """Return where an officer is: by the TPS, else the last check-in, else the order."""
    if coverage_removed:
        return coverage_removed[0][0].rpartition(".")[0]
    if isinstance(row["checkin_code"], str):
        return str(row["checkin_code"]).rpartition(".")[0]
    if isinstance(row["checkin_kecamatan"], str):
        return str(row["checkin_kecamatan"])
    return min(row["areas"], default="")
