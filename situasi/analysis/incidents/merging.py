"""Merging: cases that somebody found to be one report are counted once, and can be parted again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.incidents import case_index
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents.case_index import CaseIndex, CasePredicate
from situasi.analysis.incidents.cases import Selection
from situasi.domain.feed_schemas import SITUASI, STATUS, STATUS_CLOSED, TINGKAT
from situasi.domain.row_order import reported_time

Pair = tuple[str, str]
Codes = npt.NDArray[np.intp]


def find_latest_decisions(merges: pd.DataFrame) -> pd.DataFrame:
    """The newest word on each pair of cases, in the order told: the rows of `merges` that count.

    merges: rows of records.MERGES that are known. A pair is the same both ways.
    """
    order = np.lexsort((merges["seq"], reported_time(merges)))
    told = merges.take(order)
    one, other = told["kasus"].astype("str"), told["ke"].astype("str")
    pair = one.where(one < other, other) + "\n" + other.where(one < other, one)
    return told[~pair.duplicated(keep="last")].reset_index(drop=True)


def find_rejected_pairs(merges: pd.DataFrame) -> set[frozenset[str]]:
    """Pairs of cases of which somebody last said that they are two."""
    newest = find_latest_decisions(merges)
    parted = newest[newest["tindakan"] == "pisah"]
    return {frozenset(pair) for pair in zip(parted["kasus"], parted["ke"], strict=True)}


def find_effective_merges(cases: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """The decisions that hold two of these cases together.

    A bond needs both its cases; and an exercise never touches what is real.
    """
    newest = find_latest_decisions(merges)
    made_up = dict(zip(cases["case"], cases["latihan"], strict=True))
    told = zip(newest["tindakan"], newest["kasus"], newest["ke"], newest["latihan"], strict=True)
    holds = [
        act == "gabung" and one != other and made_up.get(one) == made_up.get(other) == exercise
        for act, one, other, exercise in told
    ]
    return newest[pd.Series(holds, newest.index, dtype="bool")]


def find_orphan_merges(cases: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """Decisions that name a case which is not known (any more): they bind nothing."""
    newest = find_latest_decisions(merges)
    known = set(cases["case"])
    return newest[~(newest["kasus"].isin(known) & newest["ke"].isin(known))]


def find_canonical_cases(cases: pd.DataFrame, merges: pd.DataFrame) -> dict[str, str]:
    """Which case stands for each case that is merged: the one of its group known earliest.

    Cases that are not merged are not named; the one that stands, stands for itself.
    """
    if merges.empty:
        return {}
    held = find_effective_merges(cases, merges)
    groups = _connect_pairs(list(zip(held["kasus"], held["ke"], strict=True)))
    first = dict(zip(cases["case"], cases["first_known"], strict=True))
    stands: dict[str, str] = {}
    for group in groups:
        head = min(group, key=lambda case: (first[case], case))
        stands |= dict.fromkeys(group, head)
    return stands


def _connect_pairs(pairs: list[Pair]) -> list[list[str]]:
    """The pairs joined wherever they share a case."""
    if not pairs:
        return []
    from scipy.sparse import coo_array  # dear to load, and seldom needed
    from scipy.sparse.csgraph import connected_components

    code, names = pd.factorize(pd.Series([case for pair in pairs for case in pair], dtype="object"))
    bonds = coo_array((np.ones(len(pairs)), (code[::2], code[1::2])), (len(names), len(names)))
    _, group = connected_components(bonds, directed=False)
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return [[str(names[at]) for at in part] for part in parts]


def merge_cases(cases: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """The cases with each group as one row, and `gabungan`: how many reports are in a row.

    found: cases (analysis.incidents.cases). The row of a group says where, what and when as
    the earliest known of them; its tingkat and situasi are the gravest stated, it is open
    while any of them is, and it stands where the one last told stood.
    """
    return collapse(cases, find_canonical_cases(cases, merges))


def collapse(cases: pd.DataFrame, canonical_cases: Mapping[str, str]) -> pd.DataFrame:
    """The same, where it is known which case stands for which (`standing`)."""
    if not canonical_cases:
        return cases.assign(gabungan=1)
    head = cases["case"].map(canonical_cases)
    members = cases[head.notna()]
    rest = cases[head.isna()].assign(gabungan=1)
    if members.empty:
        return rest.reset_index(drop=True)
    whole = pd.concat([rest, _collapse_groups(members, head.dropna())])
    return whole.sort_index().reset_index(drop=True)


def _collapse_groups(members: pd.DataFrame, canonical: pd.Series) -> pd.DataFrame:
    """Each group as one row, at the index of the member told last. head: of each member."""
    group, names = pd.factorize(canonical)
    size = len(names)
    last = _last_positions(group, np.ones(len(group), dtype=bool), size)
    stands = _last_positions(group, (members["case"] == canonical).to_numpy(), size)
    rows = members.take(stands).set_index(members.index[last])
    rows["status"] = _group_status(members["status"], group, last)
    for name, scale in (("tingkat", TINGKAT), ("situasi", SITUASI)):
        rank = pd.Index(scale).get_indexer(pd.Index(members[name]))
        gravest = np.array([*scale, None], dtype=object)[_max_ranks(rank, group, size)]
        rows[name] = pd.Series(gravest, rows.index, dtype="object")
    for name in ("known_at", "seq"):
        rows[name] = members[name].groupby(group).max().array
    rows["gabungan"] = np.bincount(group, minlength=size)
    if "lat" in members:
        there = members["lat"].notna().to_numpy()
        first = len(group) - 1 - _last_positions(group[::-1], there[::-1], size)
        drawn = np.flatnonzero(rows["lat"].isna().to_numpy() & (first < len(group)))
        for name in ("lat", "lon"):
            cells = rows[name].to_numpy(copy=True)
            cells[drawn] = members[name].to_numpy()[first[drawn]]
            rows[name] = cells
    for name in ("ditugaskan", "rujukan"):
        if name in members:
            told = _last_positions(group, members[name].notna().to_numpy(), size)
            cells = np.array([*members[name], None], dtype=object)  # at -1: nobody told
            rows[name] = pd.Series(cells[told], rows.index, dtype="object")
    return rows


def _last_positions(group: Codes, counted: npt.NDArray[np.bool_], size: int) -> Codes:
    """The position of the last counted member of each group; -1 where there is none."""
    found = np.full(size, -1)
    at = np.flatnonzero(counted)
    found[group[at]] = at  # of several for one group the last stays
    return found


def _max_ranks(rank: Codes, group: Codes, size: int) -> Codes:
    """The highest rank in each group; -1 where all are -1."""
    found = np.full(size, -1)
    np.maximum.at(found, group, rank)
    return found


def _group_status(status: pd.Series, group: Codes, last: Codes) -> npt.NDArray[np.object_]:
    """The furthest step of those still open; where none is, what was last told."""
    rank = pd.Index(STATUS).get_indexer(pd.Index(status))
    lively = ~status.isin(STATUS_CLOSED).to_numpy()
    furthest = _max_ranks(np.where(lively, rank, -1), group, len(last))
    told = status.to_numpy(dtype=object)[last]
    return np.where(furthest < 0, told, np.array([*STATUS, None], dtype=object)[furthest])


@dataclass(frozen=True)
class MergedCases:
    """cases: one by one. stands: merging.standing. groups: those that it names, merged."""

    index: CaseIndex
    canonical_cases: dict[str, str]
    groups: pd.DataFrame

    def select(self, selection: Selection) -> pd.DataFrame:
        """The cases in which something happened that a viewer asked for."""
        found = self.to_frame(case_index.matches_selection(selection))
        # Of all that ever happened a second look is dear; only groups need one.
        return _apply_selection(found, selection) if self.canonical_cases else found

    def count(self, selection: Selection) -> int:
        """How many that are."""
        return self.index.count(
            case_index.matches_selection(selection), self.canonical_cases
        ) + len(_apply_selection(self.groups, selection))

    def count_open(self, selection: Selection) -> int:
        """How many of them are still open."""
        keep = case_index.all_of(case_index.matches_selection(selection), case_index.is_open)
        groups = incidents_cases.filter_open(_apply_selection(self.groups, selection))
        return self.index.count(keep, self.canonical_cases) + len(groups)

    def to_frame(self, predicate: CasePredicate) -> pd.DataFrame:
        """The cases that `keep` says, and every group: what holds for one may not for the whole."""
        return collapse(self.index.to_frame(predicate, self.canonical_cases), self.canonical_cases)


def build_merged_cases(index: CaseIndex, merges: pd.DataFrame) -> MergedCases:
    """The cases as these decisions bind them. merges: known rows of records.MERGES."""
    named = find_latest_decisions(merges) if len(merges) else merges
    found = index.to_frame(case_index.match_none, {*named["kasus"], *named["ke"]})
    stands = find_canonical_cases(found, merges)
    members = found[found["case"].isin(stands)]
    return MergedCases(index, stands, collapse(members, stands))


def _apply_selection(cases: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    return incidents_cases.drop_nihil(incidents_cases.select(cases, selection))
