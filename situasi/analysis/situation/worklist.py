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
from situasi.analysis.incidents.duplicates import Pairs, Twins
from situasi.analysis.incidents.milestones import Stretch
from situasi.analysis.queries import reads
from situasi.domain import row_order
from situasi.domain.feed_schemas import INCIDENTS, MERGES
from situasi.domain.register import Register

# So many pairs are told at most, of each kecamatan as many: more nobody compares.
MOST_PAIRS = 500


@dataclass(frozen=True)
class Casework:
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
    texts: Mapping[str, str]
    merges: pd.DataFrame
    stands: Mapping[str, str]
    lives: pd.DataFrame
    shown: pd.DataFrame
    open: pd.DataFrame
    overdue: pd.DataFrame
    stretches: Mapping[str, Stretch]
    elsewhen: int
    kinds: pd.DataFrame
    twins: list[Twins]
    pairs: int
    all_pairs: bool
    strangers: pd.DataFrame

    @property
    def reports(self) -> int:
        """How many reports the selected cases are made of."""
        return int(self.shown["gabungan"].sum())


@dataclass(frozen=True)
class Detail:
    """One case. head: it, merged, as a row. members: its cases. rows: all that was told of
    them, newest first, with `told`. bonds: what holds them together, newest first. late: its
    row of lives.overdue, or None."""

    head: pd.Series
    members: pd.DataFrame
    rows: pd.DataFrame
    bonds: pd.DataFrame
    late: pd.Series | None


@reads(INCIDENTS)
def likely(known: Mapping[str, pd.DataFrame], register: Register, _at: datetime) -> Pairs:
    """Find the probable pairs of all cases, whatever is selected and was decided."""
    rows = known["incidents"]
    cases, texts = incidents_cases.cases(rows), milestones.first_words(rows)
    return duplicates.pairs(cases, texts, register.election.rules.duplicates)


@reads(INCIDENTS, MERGES, parts=(likely,))
def casework(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    found: Pairs,
    wanted: Selection,
) -> Casework:
    """Compute the casework. known: rows known at the moment, by feed. found: of `likely`."""
    rows, merges, rules = known["incidents"], known["merges"], register.election.rules
    cases = incidents_cases.cases(rows)
    texts = milestones.first_words(rows)
    stands = merging.standing(cases, merges)
    counted = merging.folded(cases, stands)
    lived = milestones.folded(milestones.lives(rows), stands)
    timeless = replace(wanted, since=None, until=None)
    happened = incidents_cases.without_nihil(incidents_cases.select(counted, timeless))
    shown = incidents_cases.select(happened, wanted)
    opened = incidents_cases.still_open(shown)
    mine = lived.reindex(shown["case"])
    heard = incidents_cases.select(
        rows, replace(Selection(), since=wanted.since, until=wanted.until)
    )
    chosen = [k for k in register.kecamatan if not wanted.kecamatan or k in wanted.kecamatan]
    twins, pairs = _twins(found, shown, merges, stands)
    return Casework(
        at=at,
        rows=rows,
        cases=cases,
        texts=texts,
        merges=merges,
        stands=stands,
        lives=lived,
        shown=shown,
        open=opened,
        overdue=milestones.overdue(opened, lived, rules.service_levels, at),
        stretches={step: milestones.stretch(mine, step, at) for step in milestones.STEPS},
        elsewhen=len(happened) - len(shown),
        kinds=by_kind(shown, chosen, set(heard["kecamatan"].dropna())),
        twins=twins,
        pairs=pairs,
        all_pairs=found.complete and pairs == len(twins),
        strangers=merging.strangers(cases, merges),
    )


def _twins(
    found: Pairs, shown: pd.DataFrame, merges: pd.DataFrame, stands: Mapping[str, str]
) -> tuple[list[Twins], int]:
    """Find the pairs of which at least one is shown, not yet merged nor said to be two.

    Return the likeliest of each kecamatan, and how many there are.
    """
    names = pd.Index(found.names)
    head = pd.Index([stands.get(case, case) for case in found.names])
    code = pd.factorize(head)[0]
    seen, area = head.isin(shown["case"]), head.map(
        dict(zip(shown["case"], shown["kecamatan"], strict=True))
    )  # fmt: skip
    one, other = found.one, found.other
    parted = np.array(
        [
            names.get_indexer(pd.Index(sorted(pair)))
            for pair in merging.apart(merges)
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
    group = pd.Series(found.group[left])
    told = left[((group < 0) | ~group.duplicated()).to_numpy()]
    place = pd.factorize(np.where(seen[one[told]], area[one[told]], area[other[told]]))[0]
    order = np.lexsort((-found.measures.score[told], place))
    rank = pd.Series(place[order]).groupby(place[order]).cumcount().to_numpy()
    most = fair_share(np.bincount(place + 1, minlength=1), MOST_PAIRS)
    return found.twins(told[order[rank < most]]), len(left)


def by_kind(shown: pd.DataFrame, kecamatan: Sequence[str], heard: Iterable[str]) -> pd.DataFrame:
    """How many cases of each jenis (index, the commonest first) in each kecamatan (columns).

    Missing, never zero, where no word of any kind came from a kecamatan. A last column ""
    holds those of no one kecamatan, where there are any.
    """
    area = shown["kecamatan"].astype("object").where(shown["kecamatan"].notna(), "")
    columns = [*kecamatan, ""] if (area == "").any() else list(kecamatan)
    kind, kinds = pd.factorize(shown["jenis"])
    cells = np.zeros((len(kinds), len(columns)), dtype="int64")
    np.add.at(cells, (kind, pd.Index(columns).get_indexer(pd.Index(area))), 1)
    counts = pd.DataFrame(cells, kinds, columns).astype("Int64")
    spoken = set(heard)
    for silent in [code for code in kecamatan if code not in spoken]:
        counts[silent] = pd.array([pd.NA] * len(counts), dtype="Int64")
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return counts.loc[order]


def detail(found: Casework, case: str) -> Detail | None:
    """The case, or the group that it is merged into; None where it is not known."""
    head = found.stands.get(case, case)
    group = {member for member, stood in found.stands.items() if stood == head} or {head}
    members = found.cases[found.cases["case"].isin(group)]
    if members.empty:
        return None
    row = merging.folded(members, dict.fromkeys(group, head)).iloc[0]
    rows = found.rows[found.rows["case"].isin(group)]
    rows = rows.assign(told=row_order.reported_time(rows)).sort_values(
        ["told", "seq"], ascending=False
    )
    held = merging.bonds(members, found.merges).iloc[::-1]
    late = found.overdue[found.overdue["case"] == head]
    return Detail(row, members, rows, held, late.iloc[0] if len(late) else None)
