"""The worklist: everything the Kejadian page shows of one moment and selection."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents import duplicates, merging, milestones
from situasi.analysis.incidents.candidate_pairs import fair_share
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.duplicates import DuplicateCandidate, DuplicatePairs
from situasi.analysis.incidents.milestones import DurationSummary
from situasi.analysis.queries import reads
from situasi.domain import row_order
from situasi.domain.feed_schemas import INCIDENTS, MERGES
from situasi.domain.register import Register

# At most so many pairs are listed, equally many per kecamatan: nobody compares more.
MAX_PAIRS = 500


@dataclass(frozen=True)
class Worklist:
    """What is known at `at` of the selected cases; merged ones are one.

    rows, merges: all known rows. cases: all cases, unmerged. first_texts: first text of each.
    case_milestones: of all cases, merged. selected_cases: last reported last; open_cases,
    overdue_cases: parts of them. durations: by step. has_window_reports: whether any report came in
    the time window, selected or not. outside_window_count: cases that only the window excludes.
    kind_counts: of count_by_kind. duplicate_candidates: the likeliest probable pairs with a
    selected case, not yet merged nor rejected; of identical-looking reports one pair. pair_count:
    number of such pairs; has_all_pairs: whether these are all and all are listed. orphan_merges:
    merges without effect.
    """

    at: datetime
    rows: pd.DataFrame
    cases: pd.DataFrame
    first_texts: Mapping[str, str]
    merges: pd.DataFrame
    canonical_cases: Mapping[str, str]
    case_milestones: pd.DataFrame
    selected_cases: pd.DataFrame
    open_cases: pd.DataFrame
    overdue_cases: pd.DataFrame
    durations: Mapping[str, DurationSummary]
    has_window_reports: bool
    outside_window_count: int
    kind_counts: pd.DataFrame
    duplicate_candidates: list[DuplicateCandidate]
    pair_count: int
    has_all_pairs: bool
    orphan_merges: pd.DataFrame

    @property
    def report_count(self) -> int:
        """Number of reports that the selected cases consist of."""
        return int(self.selected_cases["gabungan"].sum())


@dataclass(frozen=True)
class CaseDetail:
    """One case, merged, as a row; its members; rows: all its rows, newest first, with
    `reported_time`. effective_merges: the decisions that merge it, newest first. overdue_row: its
    row of milestones.find_overdue, or None."""

    case: pd.Series
    members: pd.DataFrame
    rows: pd.DataFrame
    effective_merges: pd.DataFrame
    overdue_row: pd.Series | None


@reads(INCIDENTS)
def find_duplicate_pairs(frames: FeedFrames, register: Register, _at: datetime) -> DuplicatePairs:
    """Find the probable pairs of all cases, whatever is selected or decided."""
    rows = frames["incidents"]
    cases, texts = frames.cases.to_frame(), milestones.find_first_texts(rows)
    return duplicates.find_pairs(cases, texts, register.election.rules.duplicates)


@reads(INCIDENTS, MERGES, depends_on=(find_duplicate_pairs,))
def compute_worklist(
    frames: FeedFrames,
    register: Register,
    at: datetime,
    duplicate_pairs: DuplicatePairs,
    selection: Selection,
) -> Worklist:
    """Compute the worklist. duplicate_pairs: of find_duplicate_pairs."""
    rows, merges, rules = frames["incidents"], frames["merges"], register.election.rules
    cases = frames.cases.to_frame()
    texts = milestones.find_first_texts(rows)
    canonical = merging.find_canonical_cases(cases, merges)
    merged = merging.collapse(cases, canonical)
    case_milestones = milestones.collapse(milestones.compute_milestones(rows), canonical)
    timeless = replace(selection, since=None, until=None)
    all_selected = incidents_cases.drop_nihil(incidents_cases.select(merged, timeless))
    selected = incidents_cases.select(all_selected, selection)
    opened = incidents_cases.filter_open(selected)
    own = case_milestones.reindex(selected["case"])
    rows_in_window = incidents_cases.select(
        rows, replace(Selection(), since=selection.since, until=selection.until)
    )
    chosen = [k for k in register.kecamatan if not selection.kecamatan or k in selection.kecamatan]
    candidates, pair_count = _select_candidates(duplicate_pairs, selected, merges, canonical)
    return Worklist(
        at=at,
        rows=rows,
        cases=cases,
        first_texts=texts,
        merges=merges,
        canonical_cases=canonical,
        case_milestones=case_milestones,
        selected_cases=selected,
        open_cases=opened,
        overdue_cases=milestones.find_overdue(opened, case_milestones, rules.service_levels, at),
        durations={step: milestones.summarize_duration(own, step, at) for step in milestones.STEPS},
        has_window_reports=not rows_in_window.empty,
        outside_window_count=len(all_selected) - len(selected),
        kind_counts=count_by_kind(selected, chosen, set(rows_in_window["kecamatan"].dropna())),
        duplicate_candidates=candidates,
        pair_count=pair_count,
        has_all_pairs=duplicate_pairs.is_complete and pair_count == len(candidates),
        orphan_merges=merging.find_orphan_merges(cases, merges),
    )


def _select_candidates(
    duplicate_pairs: DuplicatePairs,
    selected_cases: pd.DataFrame,
    merges: pd.DataFrame,
    canonical_cases: Mapping[str, str],
) -> tuple[list[DuplicateCandidate], int]:
    """Find the pairs with at least one selected case, not yet merged nor rejected.

    Return the likeliest of each kecamatan, and how many there are.
    """
    keys = pd.Index(duplicate_pairs.case_keys)
    canonical = pd.Index([canonical_cases.get(case, case) for case in duplicate_pairs.case_keys])
    code = pd.factorize(canonical)[0]
    chosen, area = canonical.isin(selected_cases["case"]), canonical.map(
        dict(zip(selected_cases["case"], selected_cases["kecamatan"], strict=True))
    )  # fmt: skip
    left, right = duplicate_pairs.left, duplicate_pairs.right
    rejected = np.array(
        [
            keys.get_indexer(pd.Index(sorted(pair)))
            for pair in merging.find_rejected_pairs(merges)
            if len(pair) == 2
        ],
        dtype="int64",
    ).reshape(-1, 2)
    size = max(1, len(keys))
    is_decided = np.isin(
        np.minimum(left, right) * size + np.maximum(left, right),
        rejected.min(axis=1) * size + rejected.max(axis=1),
    )
    is_open = (code[left] != code[right]) & ~is_decided & (chosen[left] | chosen[right])
    undecided = np.flatnonzero(is_open)
    # Of identical-looking reports one pair is enough: the next follows when it is decided.
    group = pd.Series(duplicate_pairs.group[undecided])
    first = undecided[((group < 0) | ~group.duplicated()).to_numpy()]
    place = pd.factorize(np.where(chosen[left[first]], area[left[first]], area[right[first]]))[0]
    order = np.lexsort((-duplicate_pairs.measures.score[first], place))
    rank = pd.Series(place[order]).groupby(place[order]).cumcount().to_numpy()
    max_per_area = fair_share(np.bincount(place + 1, minlength=1), MAX_PAIRS)
    return duplicate_pairs.to_candidates(first[order[rank < max_per_area]]), len(undecided)


def count_by_kind(
    cases: pd.DataFrame, kecamatan: Sequence[str], reporting_kecamatan: Iterable[str]
) -> pd.DataFrame:
    """Count the cases of each jenis (index, the commonest first) in each kecamatan (columns).

    Missing, never zero, for a kecamatan without any report. A last column "" holds the cases
    without a kecamatan, if there are any.
    """
    area = cases["kecamatan"].astype("object").where(cases["kecamatan"].notna(), "")
    columns = [*kecamatan, ""] if (area == "").any() else list(kecamatan)
    kind, kinds = pd.factorize(cases["jenis"])
    cells = np.zeros((len(kinds), len(columns)), dtype="int64")
    np.add.at(cells, (kind, pd.Index(columns).get_indexer(pd.Index(area))), 1)
    counts = pd.DataFrame(cells, kinds, columns).astype("Int64")
    reporting = set(reporting_kecamatan)
    for silent in [code for code in kecamatan if code not in reporting]:
        counts[silent] = pd.array([pd.NA] * len(counts), dtype="Int64")
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return counts.loc[order]


def find_case_detail(worklist: Worklist, case: str) -> CaseDetail | None:
    """Return the case, or the group that it is merged into; None where it is not known."""
    key = worklist.canonical_cases.get(case, case)
    group = {member for member, target in worklist.canonical_cases.items() if target == key} or {
        key
    }
    members = worklist.cases[worklist.cases["case"].isin(group)]
    if members.empty:
        return None
    row = merging.collapse(members, dict.fromkeys(group, key)).iloc[0]
    rows = worklist.rows[worklist.rows["case"].isin(group)]
    rows = rows.assign(reported_time=row_order.reported_time(rows)).sort_values(
        ["reported_time", "seq"], ascending=False
    )
    effective = merging.find_effective_merges(members, worklist.merges).iloc[::-1]
    late = worklist.overdue_cases[worklist.overdue_cases["case"] == key]
    return CaseDetail(row, members, rows, effective, late.iloc[0] if len(late) else None)
