"""A day on which much is missing: many TPS of every kerawanan, and officers who did not come."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents.cases import build_case_keys
from situasi.analysis.redeployment import plan
from situasi.analysis.redeployment.plan import RedeploymentNeeds
from situasi.domain import feed_schemas
from situasi.domain.register import Register
from tests import queries
from tests.builders import WIB, report, rows_of, wib

AT = "09.00"
# Shares of kerawanan among the TPS; and of officers who never came, or are silent.
_LEVELS = {"kurang_rawan": 0.72, "rawan": 0.18, "sangat_rawan": 0.07, "khusus": 0.03}
_ABSENT, _SILENT = 0.15, 0.05
_ASIDE = 0.2


def known(*rows: Mapping[str, Any]) -> AsOfView:
    """Known rows by feed; a row belongs where its cells say."""
    feeds = {
        "roster": (feed_schemas.ROSTER, "pangkat"),
        "postings": (feed_schemas.POSTINGS, "penugasan"),
        "personnel": (feed_schemas.PERSONNEL, "checkin"),
        "incidents": (feed_schemas.INCIDENTS, "jenis"),
        "merges": (feed_schemas.MERGES, "tindakan"),
        "tps": (feed_schemas.TPS, "fase"),
    }
    frames = {
        name: rows_of(feed, *[row for row in rows if cell in row])
        for name, (feed, cell) in feeds.items()
    }
    reports = frames["incidents"]
    frames["incidents"] = reports.assign(case=build_case_keys(reports, WIB))
    return AsOfView(frames, None)


def needs(
    rows: AsOfView, register: Register, at: str = AT, kecamatan: tuple[str, ...] = ()
) -> RedeploymentNeeds:
    """What is short at a moment, and who could go."""
    found: RedeploymentNeeds = queries.run(plan.compute_needs, rows, register, wib(at), kecamatan)
    return found


def listed(who: str, instansi: str = "polri") -> dict[str, Any]:
    """A line of the roster."""
    return report(id=who, at="04.00", petugas=who, instansi=instansi, pangkat="Bripka")


def order(who: str, codes: Sequence[str], penugasan: str = "tps", **stated: Any) -> dict[str, Any]:
    """An order for one officer: TPS of one desa by code, or a place aside."""
    told = {"id": f"O-{who}", "at": "04.00", "petugas": who, "penugasan": penugasan, **stated}
    if codes:
        desa = codes[0].rpartition(".")[0]
        numbers = ",".join(code.rpartition(".")[2] for code in codes)
        told |= {"kecamatan": desa.rpartition(".")[0], "desa": desa, "tps": numbers}
    return report(**told)


def word(who: str, code: str | None, checkin: str = "tiba_di_tps", **stated: Any) -> dict[str, Any]:
    """A check-in from a TPS, or from nowhere said."""
    told = {"id": f"C-{who}", "at": "06.30", "petugas": who, "instansi": "polri",
            "checkin": checkin, **stated}  # fmt: skip
    if code:
        desa, _, number = code.rpartition(".")
        told |= {"kecamatan": desa.rpartition(".")[0], "desa": desa, "tps": number}
    return report(**told)


def rated(register: Register, seed: int) -> Register:
    """Give each TPS a kerawanan."""
    rng = random.Random(seed)
    levels = rng.choices(list(_LEVELS), list(_LEVELS.values()), k=len(register.tps))
    return replace(register, tps=register.tps.assign(kerawanan=levels))


def crisis(register: Register, officers: int = 400, seed: int = 1) -> AsOfView:
    """So many officers for these TPS: four fifths posted as far as they reach, some to TPS that
    had enough; the others in reserve and on patrol; every sixth posted one never came."""
    rng = random.Random(seed)
    aside = round(_ASIDE * officers)
    rows: list[dict[str, Any]] = []
    numbers = (f"P-{number:04d}" for number in range(1, officers + 1))
    for place, who in zip(_places(register, rng), numbers, strict=False):
        if int(who[2:]) > officers - aside:
            break
        rows += [listed(who), order(who, place)]
        came = rng.random()
        if came > _ABSENT:
            at = "04.30" if came < _ABSENT + _SILENT else "06.30"
            rows.append(word(who, place[0], at=at))
    kecamatan = list(register.kecamatan)
    for number in range(officers - aside + 1, officers + 1):
        who, kind = f"P-{number:04d}", "cadangan" if number % 5 < 3 else "patroli"
        where = None if number % 5 == 0 else rng.choice(kecamatan)
        rows += [
            listed(who),
            order(who, (), kind, kecamatan=where),
            word(who, None, "apel", kecamatan=where),
        ]
    return known(*rows)


def _places(register: Register, rng: random.Random) -> list[list[str]]:
    """What single officers take, in a made-up order: by the pattern, a few twice over."""
    patterns = register.election.rules.staffing_patterns
    places: list[list[str]] = []
    for _, tps in register.tps.groupby(["desa", "kerawanan"], sort=False):
        pattern = patterns.pattern_for(str(tps["kerawanan"].iloc[0]))
        codes = tps["code"].tolist()
        if pattern.tps > pattern.polri:
            size = pattern.tps // pattern.polri
            places += [codes[at : at + size] for at in range(0, len(codes), size)]
        else:
            places += [[code] for code in codes for _ in range(pattern.polri // pattern.tps)]
    places += rng.sample(places, len(places) // 6)
    rng.shuffle(places)
    return places
