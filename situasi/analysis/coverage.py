"""Coverage: who is required, posted and present, per TPS, kecamatan, polsek and agency."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from situasi import records
from situasi.analysis import manning, postings
from situasi.analysis.officers import AS_POLICE, frame, officers
from situasi.analysis.presence import STATES
from situasi.analysis.strength import required, whole
from situasi.regions import Register


@dataclass(frozen=True)
class Coverage:
    """Who is where at a moment.

    officers: officers.officers. posts: postings.by_tps with group and state of the officer.
    tps: manning.by_tps. posted_areas: kecamatan with any posting to TPS. roster: whether there
    is one. due: whether everybody should have arrived by now.
    """

    officers: pd.DataFrame
    posts: pd.DataFrame
    tps: pd.DataFrame
    posted_areas: frozenset[str]
    roster: bool
    due: bool

    @property
    def known(self) -> bool:
        """Whether any posting to TPS is known; without one nobody can be missed."""
        return bool(self.posted_areas)


def coverage(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> Coverage:
    """The coverage as the rows in `known` tell it for `at`."""
    every = officers(known, register, at)
    order = postings.standing(frame(known, records.POSTINGS), at)
    posts = postings.by_tps(order, register)
    posts = posts.assign(**{name: posts["petugas"].map(every[name]) for name in ("group", "state")})
    posted_areas = frozenset(str(code) for code in posts["kecamatan"].dropna())
    closed = at >= register.election.local(register.election.tps_closes)
    return Coverage(
        officers=every,
        posts=posts,
        tps=manning.by_tps(required(register), manning.stands(every, posts), posted_areas, closed),
        posted_areas=posted_areas,
        roster=bool(every["on_roster"].any()),
        due=at >= register.election.local(register.election.rules.personnel.arrive_by),
    )


def within(found: Coverage, kecamatan: Collection[str]) -> Coverage:
    """The same of some kecamatan; none means all. An officer of two is found in both."""
    if not kecamatan:
        return found
    chosen = frozenset(kecamatan)
    mine = [bool(areas & chosen) for areas in found.officers["areas"]]
    return replace(
        found,
        officers=found.officers[mine],
        posts=found.posts[found.posts["kecamatan"].isin(chosen)],
        tps=found.tps[found.tps["kecamatan"].isin(chosen)],
        posted_areas=found.posted_areas & chosen,
    )


def areas(found: Coverage, area_of: Mapping[str | None, str]) -> pd.DataFrame:
    """One row per area, in the order of `area_of`, by area.

    area_of: kecamatan code -> area; None for postings whose kecamatan nobody stated.
    tps; known (any posting to TPS); required and required_linmas (rounded up); posted and present
    (police of TPS, each once in an area), and how many of them are in every other state;
    linmas_posted, linmas_present; uncovered (TPS with nobody posted), absent, silent (TPS whose
    officers say nothing any more), below (the pattern); released; ratio_posted: strength against
    need; ratio_present and required_now: of TPS neither released nor silent (the ratio is
    missing where none is left).
    """
    names = pd.Index(dict.fromkeys(area_of.values()), name="area")
    tps, posts = _placed(found.tps, area_of), _placed(found.posts, area_of)
    rows = _tps_sums(tps).reindex(names, fill_value=0)
    rows["known"] = names.isin([area_of[c] for c in found.posted_areas if c in area_of])
    people = posts.drop_duplicates(["area", "petugas"])
    police = _by_state(people[people["group"].isin(AS_POLICE)]).reindex(names, fill_value=0)
    linmas = _by_state(people[people["group"] == "linmas"]).reindex(names, fill_value=0)
    counts = police.rename(columns={"hadir": "present"}).assign(
        posted=police.sum(axis=1),
        linmas_posted=linmas.sum(axis=1),
        linmas_present=linmas["hadir"],
    )
    return pd.concat([rows, counts], axis=1)


def _placed(rows: pd.DataFrame, area_of: Mapping[str | None, str]) -> pd.DataFrame:
    area = [area_of.get(code if isinstance(code, str) else None) for code in rows["kecamatan"]]
    return rows.assign(area=pd.Series(area, rows.index, dtype="object")).dropna(subset="area")


def _by_state(people: pd.DataFrame) -> pd.DataFrame:
    """How many of each state in each area; every state is a column."""
    counted = people.groupby(["area", "state"]).size().unstack(fill_value=0)
    return counted.reindex(columns=list(STATES), fill_value=0).astype("int64")


def _tps_sums(tps: pd.DataFrame) -> pd.DataFrame:
    silent = tps["state"] == "tanpa_kabar"
    # Of a silent TPS nobody knows who is there: it counts neither as manned nor as empty.
    judged = ~tps["released"] & ~silent
    parts = tps[["area", "need", "need_linmas", "absent", "below", "released"]].assign(
        tps=1,
        uncovered=tps["state"] == "tanpa_plotting",
        silent=silent,
        posted=tps["strength"],
        judged=tps["need"] * judged,
        present=tps["strength_present"] * judged,
    )
    sums = parts.groupby("area").sum()
    found = sums[["tps", "uncovered", "absent", "silent", "below", "released"]].astype("int64")
    found["required"] = [whole(need) for need in sums["need"]]
    found["required_linmas"] = [whole(need) for need in sums["need_linmas"]]
    found["required_now"] = [whole(need) for need in sums["judged"]]
    return found.assign(
        ratio_posted=sums["posted"] / sums["need"].where(sums["need"] > 0),
        ratio_present=sums["present"] / sums["judged"].where(sums["judged"] > 0),
    )


def total(found: Coverage, register: Register) -> pd.Series:
    """The one row of `areas` for all of it: an officer of two kecamatan counts once."""
    return areas(found, {**dict.fromkeys(register.kecamatan, ""), None: ""}).iloc[0]


def gaps(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> pd.DataFrame:
    """Per kecamatan, by code, what is missing: for the map of Situasi and the attention score.

    Columns of `areas`, among them tps, known, required, posted, present; tps_uncovered: TPS
    with nobody posted; share_without: TPS known to be without an officer, of all (0 to 1).
    Where `known` is False no posting came at all, and share_without is missing, not zero.
    """
    every: dict[str | None, str] = {code: code for code in register.kecamatan}
    rows = areas(coverage(known, register, at), every)
    rows = rows.rename(columns={"uncovered": "tps_uncovered"}).rename_axis("kecamatan")
    rows["share_without"] = (rows["absent"] / rows["tps"]).where(rows["known"])
    return rows
