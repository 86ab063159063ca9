"""Casework: everything the Kejadian page shows of one moment and selection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis import incidents, likeness, lives, merging
from situasi.analysis.incidents import Selection
from situasi.analysis.likeness import Twins
from situasi.analysis.lives import Stretch
from situasi.analysis.works import reads
from situasi.records import INCIDENTS, MERGES
from situasi.regions import Register
from situasi.rules import Likeness


@dataclass(frozen=True)
class Casework:
    """What is known at `at` of the selected cases; merged ones are one.

    rows: all known incident rows. cases: all cases, unmerged. texts: how each was first told.
    merges: all known rows of them.
    stands: merging.standing. lives: of all cases, merged. shown: selected cases, newest told
    last; open, overdue (lives.overdue): parts of it. stretches: by step. elsewhen: cases that
    only the time window keeps out. kinds: by_kind. twins: probable pairs of which one is
    shown, not yet merged nor said to be two. strangers: merges that bind nothing.
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


@reads(INCIDENTS, MERGES)
def casework(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime, wanted: Selection
) -> Casework:
    """Compute the casework. known: rows known at the moment, by feed."""
    rows, merges, rules = known["incidents"], known["merges"], register.election.rules
    cases = incidents.cases(rows)
    texts = lives.first_words(rows)
    stands = merging.standing(cases, merges)
    counted = merging.folded(cases, stands)
    lived = lives.folded(lives.lives(rows), stands)
    timeless = replace(wanted, since=None, until=None)
    happened = incidents.without_nihil(incidents.select(counted, timeless))
    shown = incidents.select(happened, wanted)
    opened = incidents.still_open(shown)
    mine = lived.reindex(shown["case"])
    heard = incidents.select(rows, replace(Selection(), since=wanted.since, until=wanted.until))
    chosen = [k for k in register.kecamatan if not wanted.kecamatan or k in wanted.kecamatan]
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
        overdue=lives.overdue(opened, lived, rules.service, at),
        stretches={step: lives.stretch(mine, step, at) for step in lives.STEPS},
        elsewhen=len(happened) - len(shown),
        kinds=by_kind(shown, chosen, set(heard["kecamatan"].dropna())),
        twins=_twins(cases, texts, merges, stands, rules.likeness, set(shown["case"])),
        strangers=merging.strangers(cases, merges),
    )


def _twins(
    cases: pd.DataFrame,
    texts: Mapping[str, str],
    merges: pd.DataFrame,
    stands: Mapping[str, str],
    rules: Likeness,
    shown: Collection[str],
) -> list[Twins]:
    """Probable pairs of which at least one is shown, not yet merged nor said to be two."""
    parted = merging.apart(merges)
    found = []
    for pair in likeness.twins(cases, texts, rules):
        heads = {stands.get(case, case) for case in (pair.first, pair.second)}
        undecided = frozenset((pair.first, pair.second)) not in parted
        if len(heads) == 2 and undecided and not heads.isdisjoint(shown):
            found.append(pair)
    return found


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
    rows = rows.assign(told=incidents.told_at(rows)).sort_values(["told", "seq"], ascending=False)
    held = merging.bonds(members, found.merges).iloc[::-1]
    late = found.overdue[found.overdue["case"] == head]
    return Detail(row, members, rows, held, late.iloc[0] if len(late) else None)
