"""Merging: cases that an officer declared to be one report count once, and can be split again."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.incidents import case_index
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents.case_index import CaseIndex, CasePredicate
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.runs import find_last_positions
from situasi.domain.feed_schemas import SITUASI, STATUS, STATUS_CLOSED, TINGKAT
from situasi.domain.row_order import reported_time

Pair = tuple[str, str]
Codes = npt.NDArray[np.intp]


def find_latest_decisions(merges: pd.DataFrame) -> pd.DataFrame:
    """Return the newest decision on each pair of cases, in reported order: the rows that count.

    merges: known rows of the MERGES feed. A pair is the same in both directions.
    """
    order = np.lexsort((merges["seq"], reported_time(merges)))
    ordered = merges.take(order)
    first, second = ordered["kasus"].astype("str"), ordered["ke"].astype("str")
    pair = first.where(first < second, second) + "\n" + second.where(first < second, first)
    return ordered[~pair.duplicated(keep="last")].reset_index(drop=True)


def find_rejected_pairs(merges: pd.DataFrame) -> set[frozenset[str]]:
    """Return the pairs of cases whose last decision says that they are two."""
    newest = find_latest_decisions(merges)
    rejected = newest[newest["tindakan"] == "pisah"]
    return {frozenset(pair) for pair in zip(rejected["kasus"], rejected["ke"], strict=True)}


def find_effective_merges(cases: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that merge two of these cases.

    A merge needs both its cases; and an exercise never affects real cases.
    """
    newest = find_latest_decisions(merges)
    drill = dict(zip(cases["case"], cases["latihan"], strict=True))
    rows = zip(newest["tindakan"], newest["kasus"], newest["ke"], newest["latihan"], strict=True)
    effective = [
        act == "gabung" and first != second and drill.get(first) == drill.get(second) == exercise
        for act, first, second, exercise in rows
    ]
    return newest[pd.Series(effective, newest.index, dtype="bool")]


def find_orphan_merges(cases: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """Return decisions that name a case which is not or no longer known: they have no effect."""
    newest = find_latest_decisions(merges)
    known = set(cases["case"])
    return newest[~(newest["kasus"].isin(known) & newest["ke"].isin(known))]


def find_canonical_cases(cases: pd.DataFrame, merges: pd.DataFrame) -> dict[str, str]:
    """Return the canonical case of each merged case: the one of its group known earliest.

    Cases that are not merged are left out; a canonical case maps to itself.
    """
    if merges.empty:
        return {}
    effective = find_effective_merges(cases, merges)
    groups = _connect_pairs(list(zip(effective["kasus"], effective["ke"], strict=True)))
    first_known = dict(zip(cases["case"], cases["first_known"], strict=True))
    canonical: dict[str, str] = {}
    for group in groups:
        head = min(group, key=lambda case: (first_known[case], case))
        canonical |= dict.fromkeys(group, head)
    return canonical


def _connect_pairs(pairs: list[Pair]) -> list[list[str]]:
    """Join the pairs that share a case to groups."""
    if not pairs:
        return []
    from scipy.sparse import coo_array  # slow to import, and seldom needed
    from scipy.sparse.csgraph import connected_components

    code, names = pd.factorize(pd.Series([case for pair in pairs for case in pair], dtype="object"))
    graph = coo_array((np.ones(len(pairs)), (code[::2], code[1::2])), (len(names), len(names)))
    _, group = connected_components(graph, directed=False)
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return [[str(names[i]) for i in part] for part in parts]


def collapse(cases: pd.DataFrame, canonical_cases: Mapping[str, str]) -> pd.DataFrame:
    """Return the cases with each group as one row, and `gabungan`: the number of reports in a row.

    cases: from CaseIndex.to_frame. canonical_cases: from find_canonical_cases. A group's row has
    the place, kind and time of its earliest known member and its gravest stated tingkat and
    situasi; it is open while any member is, and stands at the position of the member reported last.
    """
    if not canonical_cases:
        return cases.assign(gabungan=1)
    canonical = cases["case"].map(canonical_cases)
    members = cases[canonical.notna()]
    rest = cases[canonical.isna()].assign(gabungan=1)
    if members.empty:
        return rest.reset_index(drop=True)
    merged = pd.concat([rest, _collapse_groups(members, canonical.dropna())])
    return merged.sort_index().reset_index(drop=True)


def _collapse_groups(members: pd.DataFrame, canonical: pd.Series) -> pd.DataFrame:
    """Return each group as one row, at the index of the member reported last.

    canonical: the canonical case of each member.
    """
    group, names = pd.factorize(canonical)
    size = len(names)
    last = find_last_positions(group, size)
    canonical_positions = find_last_positions(
        group, size, (members["case"] == canonical).to_numpy()
    )
    rows = members.take(canonical_positions).set_index(members.index[last])
    rows["status"] = _group_status(members["status"], group, last)
    for name, scale in (("tingkat", TINGKAT), ("situasi", SITUASI)):
        rank = pd.Index(scale).get_indexer(pd.Index(members[name]))
        gravest = np.array([*scale, None], dtype=object)[_max_ranks(rank, group, size)]
        rows[name] = pd.Series(gravest, rows.index, dtype="object")
    for name in ("known_at", "seq"):
        rows[name] = members[name].groupby(group).max().array
    rows["gabungan"] = np.bincount(group, minlength=size)
    if "lat" in members:
        located = members["lat"].notna().to_numpy()
        first = len(group) - 1 - find_last_positions(group[::-1], size, located[::-1])
        to_fill = np.flatnonzero(rows["lat"].isna().to_numpy() & (first < len(group)))
        for name in ("lat", "lon"):
            cells = rows[name].to_numpy(copy=True)
            cells[to_fill] = members[name].to_numpy()[first[to_fill]]
            rows[name] = cells
    for name in ("ditugaskan", "rujukan"):
        if name in members:
            last_stated = find_last_positions(group, size, members[name].notna().to_numpy())
            cells = np.array([*members[name], None], dtype=object)  # at -1: not stated
            rows[name] = pd.Series(cells[last_stated], rows.index, dtype="object")
    return rows


def _max_ranks(rank: Codes, group: Codes, size: int) -> Codes:
    """Return the highest rank in each group; -1 where all are -1."""
    highest = np.full(size, -1)
    np.maximum.at(highest, group, rank)
    return highest


def _group_status(status: pd.Series, group: Codes, last: Codes) -> npt.NDArray[np.object_]:
    """Return the furthest status of the open members; if none is open, the last reported one."""
    rank = pd.Index(STATUS).get_indexer(pd.Index(status))
    is_open = ~status.isin(STATUS_CLOSED).to_numpy()
    furthest = _max_ranks(np.where(is_open, rank, -1), group, len(last))
    last_status = status.to_numpy(dtype=object)[last]
    return np.where(furthest < 0, last_status, np.array([*STATUS, None], dtype=object)[furthest])


@dataclass(frozen=True)
class MergedCases:
    """The cases of `index` with their canonical cases; groups: the merged ones, one row each."""

    index: CaseIndex
    canonical_cases: dict[str, str]
    groups: pd.DataFrame

    def select(self, selection: Selection) -> pd.DataFrame:
        """Return the selected cases in which something happened."""
        frame = self.to_frame(case_index.matches_selection(selection))
        # Selecting again is slow for all cases, and needed only for groups.
        return _apply_selection(frame, selection) if self.canonical_cases else frame

    def count(self, selection: Selection) -> int:
        """Count the selected cases in which something happened."""
        return self.index.count(
            case_index.matches_selection(selection), self.canonical_cases
        ) + len(_apply_selection(self.groups, selection))

    def count_open(self, selection: Selection) -> int:
        """Count those of them that are still open."""
        matches = case_index.all_of(case_index.matches_selection(selection), case_index.is_open)
        groups = incidents_cases.filter_open(_apply_selection(self.groups, selection))
        return self.index.count(matches, self.canonical_cases) + len(groups)

    def to_frame(self, predicate: CasePredicate) -> pd.DataFrame:
        """Return the matching cases and every group: members may match where the group does not."""
        return collapse(self.index.to_frame(predicate, self.canonical_cases), self.canonical_cases)


def build_merged_cases(index: CaseIndex, merges: pd.DataFrame) -> MergedCases:
    """Build the merged cases from these decisions. merges: known rows of the MERGES feed."""
    decisions = find_latest_decisions(merges) if len(merges) else merges
    named_cases = index.to_frame(case_index.match_none, {*decisions["kasus"], *decisions["ke"]})
    canonical = find_canonical_cases(named_cases, merges)
    members = named_cases[named_cases["case"].isin(canonical)]
    return MergedCases(index, canonical, collapse(members, canonical))


def _apply_selection(cases: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    return incidents_cases.drop_nihil(incidents_cases.select(cases, selection))
