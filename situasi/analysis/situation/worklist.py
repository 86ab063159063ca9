"""Casework: everything the Kejadian page shows of one moment and selection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

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

# So many pairs are told at most, of each kecamatan as many: more nobody compares.
MAX_PAIRS = 500


@dataclass(frozen=True)
class Worklist:
    """What is known at `at` of the selected cases; merged ones are one.

    rows: all known incident rows. cases: all cases, unmerged. texts: how each was first told.
    merges: all known rows of them.
    stands: merging.standing. lives: of all cases, merged. shown: selected cases, newest told
    last; open, overdue (lives.overdue): parts of it. stretches: by step. elsewhen: cases that
    only the time window keeps out. kinds: by_kind. twins: the likeliest of the probable pairs
    of which one is shown, not yet merged nor said to be two; of reports that look the same one
    pair. pairs: how many such pairs were found; all_pairs: whether they are all and in twins.
    strangers: merges that bind nothing.
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
    outside_window_count: int
    kind_counts: pd.DataFrame
    duplicate_candidates: list[DuplicateCandidate]
    pair_count: int
    has_all_pairs: bool
    orphan_merges: pd.DataFrame

    @property
    def report_count(self) -> int:
        """How many reports the selected cases are made of."""
        return int(self.selected_cases["gabungan"].sum())


@dataclass(frozen=True)
class CaseDetail:
    """One case. head: it, merged, as a row. members: its cases. rows: all that was told of
    them, newest first, with `told`. bonds: what holds them together, newest first. late: its
    row of lives.overdue, or None."""

    case: pd.Series
    members: pd.DataFrame
    rows: pd.DataFrame
    effective_merges: pd.DataFrame
    overdue_row: pd.Series | None


@reads(INCIDENTS)
def find_duplicate_pairs(
    frames: Mapping[str, pd.DataFrame], register: Register, _at: datetime
) -> DuplicatePairs:
    """Find the probable pairs of all cases, whatever is selected and was decided."""
    rows = frames["incidents"]
    cases, texts = incidents_cases.build_case_table(rows), milestones.find_first_texts(rows)
    return duplicates.find_pairs(cases, texts, register.election.rules.duplicates)


@reads(INCIDENTS, MERGES, depends_on=(find_duplicate_pairs,))
def compute_worklist(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    duplicate_pairs: DuplicatePairs,
    selection: Selection,
) -> Worklist:
    """Compute the casework. known: rows known at the moment, by feed. found: of `likely`."""
    rows, merges, rules = frames["incidents"], frames["merges"], register.election.rules
    cases = incidents_cases.build_case_table(rows)
    texts = milestones.find_first_texts(rows)
    stands = merging.find_canonical_cases(cases, merges)
    counted = merging.collapse(cases, stands)
    lived = milestones.collapse(milestones.compute_milestones(rows), stands)
    timeless = replace(selection, since=None, until=None)
    happened = incidents_cases.drop_nihil(incidents_cases.select(counted, timeless))
    shown = incidents_cases.select(happened, selection)
    opened = incidents_cases.filter_open(shown)
    mine = lived.reindex(shown["case"])
    heard = incidents_cases.select(
        rows, replace(Selection(), since=selection.since, until=selection.until)
    )
    chosen = [k for k in register.kecamatan if not selection.kecamatan or k in selection.kecamatan]
    twins, pairs = _select_candidates(duplicate_pairs, shown, merges, stands)
    return Worklist(
        at=at,
        rows=rows,
        cases=cases,
        first_texts=texts,
        merges=merges,
        canonical_cases=stands,
        case_milestones=lived,
        selected_cases=shown,
        open_cases=opened,
        overdue_cases=milestones.find_overdue(opened, lived, rules.service_levels, at),
        durations={
            step: milestones.summarize_duration(mine, step, at) for step in milestones.STEPS
        },
        outside_window_count=len(happened) - len(shown),
        kind_counts=count_by_kind(shown, chosen, set(heard["kecamatan"].dropna())),
        duplicate_candidates=twins,
        pair_count=pairs,
        has_all_pairs=duplicate_pairs.is_complete and pairs == len(twins),
        orphan_merges=merging.find_orphan_merges(cases, merges),
    )


def _select_candidates(
    duplicate_pairs: DuplicatePairs,
    selected_cases: pd.DataFrame,
    merges: pd.DataFrame,
    canonical_cases: Mapping[str, str],
) -> tuple[list[DuplicateCandidate], int]:
    """Find the pairs of which at least one is shown, not yet merged nor said to be two.

    Return the likeliest of each kecamatan, and how many there are.
    """
    names = pd.Index(duplicate_pairs.case_keys)
    head = pd.Index([canonical_cases.get(case, case) for case in duplicate_pairs.case_keys])
    code = pd.factorize(head)[0]
    seen, area = head.isin(selected_cases["case"]), head.map(
        dict(zip(selected_cases["case"], selected_cases["kecamatan"], strict=True))
    )  # fmt: skip
    one, other = duplicate_pairs.left, duplicate_pairs.right
    parted = np.array(
        [
            names.get_indexer(pd.Index(sorted(pair)))
            for pair in merging.find_rejected_pairs(merges)
            if len(pair) == 2
        ],
        dtype="int64",
    ).reshape(-1, 2)
    size = max(1, len(names))
    decided = np.isin(
        np.minimum(one, other) * size + np.maximum(one, other),
        parted.min(axis=1) * size + parted.max(axis=1),
    )
    open_still = (code[one] != code[other]) & ~decided & (seen[one] | seen[other])
    left = np.flatnonzero(open_still)
    # Of reports that look the same one pair is enough: the next comes when it is decided.
    group = pd.Series(duplicate_pairs.group[left])
    told = left[((group < 0) | ~group.duplicated()).to_numpy()]
    place = pd.factorize(np.where(seen[one[told]], area[one[told]], area[other[told]]))[0]
    order = np.lexsort((-duplicate_pairs.measures.score[told], place))
    rank = pd.Series(place[order]).groupby(place[order]).cumcount().to_numpy()
    most = fair_share(np.bincount(place + 1, minlength=1), MAX_PAIRS)
    return duplicate_pairs.to_candidates(told[order[rank < most]]), len(left)


def count_by_kind(
    cases: pd.DataFrame, kecamatan: Sequence[str], reporting_kecamatan: Iterable[str]
) -> pd.DataFrame:
    """How many cases of each jenis (index, the commonest first) in each kecamatan (columns).

    Missing, never zero, where no word of any kind came from a kecamatan. A last column ""
    holds those of no one kecamatan, where there are any.
    """
    area = cases["kecamatan"].astype("object").where(cases["kecamatan"].notna(), "")
    columns = [*kecamatan, ""] if (area == "").any() else list(kecamatan)
    kind, kinds = pd.factorize(cases["jenis"])
    cells = np.zeros((len(kinds), len(columns)), dtype="int64")
    np.add.at(cells, (kind, pd.Index(columns).get_indexer(pd.Index(area))), 1)
    counts = pd.DataFrame(cells, kinds, columns).astype("Int64")
    spoken = set(reporting_kecamatan)
    for silent in [code for code in kecamatan if code not in spoken]:
        counts[silent] = pd.array([pd.NA] * len(counts), dtype="Int64")
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return counts.loc[order]


def find_case_detail(worklist: Worklist, case: str) -> CaseDetail | None:
    """The case, or the group that it is merged into; None where it is not known."""
    head = worklist.canonical_cases.get(case, case)
    group = {member for member, stood in worklist.canonical_cases.items() if stood == head} or {
        head
    }
    members = worklist.cases[worklist.cases["case"].isin(group)]
    if members.empty:
        return None
    row = merging.collapse(members, dict.fromkeys(group, head)).iloc[0]
    rows = worklist.rows[worklist.rows["case"].isin(group)]
    rows = rows.assign(told=row_order.reported_time(rows)).sort_values(
        ["told", "seq"], ascending=False
    )
    held = merging.find_effective_merges(members, worklist.merges).iloc[::-1]
    late = worklist.overdue_cases[worklist.overdue_cases["case"] == head]
    return CaseDetail(row, members, rows, held, late.iloc[0] if len(late) else None)
