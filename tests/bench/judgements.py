"""What judges by figures of our own, scored: duplicates, doubted counts, and the order by points.

`python -m tests.bench judgements`. No labelled reports of a real election day were found:
duplicates are scored on a made-up set, doubts on slips planted in made-up counts as often as people
made them, and on slips of a digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.incidents import duplicates, milestones
from situasi.analysis.redeployment.shortfalls import rank_shortfalls
from situasi.analysis.stations import anomalies
from situasi.analysis.stations.reports import TpsReports, select_current_counts
from situasi.domain import election, settings
from situasi.domain import register as domain_register
from situasi.domain.feed_schemas import KERAWANAN
from situasi.domain.register import Register
from tests.bench import labelled_cases
from tests.builders import case_table, incidents
from tests.simulated_days import days as simulated_days
from tests.simulated_days import scores

SETS, DAYS = 10, 20
# Of the counts of people whom nobody ordered to tell (two days of 2019, jtannen/turnout_tracker,
# MIT): so many second counts fall; 6 % lie above the final turnout, 1.2 of these by half of it. The
# counts themselves are not here, and how large the slips are is ours.
REAL_SLIPS = {"falls": 0.05, "above the end": 0.048, "above by half": 0.012}
PLANTED_SLIPS = {
    "a digit lost": 0.01, "a digit doubled": 0.01, "two digits swapped": 0.01,
    "told again": 0.01,
}  # fmt: skip


@dataclass(frozen=True)
class PairScore:
    """Pairs of one incident that were found, pairs that were raised, and all there are."""

    found: int
    raised: int
    true: int

    @property
    def precision(self) -> float:
        return self.found / self.raised if self.raised else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.true if self.true else 1.0


def score_duplicates(register: Register, seeds: range) -> PairScore:
    """Score the rule of duplicates on labelled sets."""
    found = raised = true = 0
    for seed in seeds:
        labelled = labelled_cases.build(register, seed)
        rows = [{k: v for k, v in row.items() if k != "_told"} for row in labelled.rows]
        frame = incidents(*rows)
        pairs = duplicates.find_pairs(
            case_table(frame),
            milestones.find_first_texts(frame),
            register.election.rules.duplicates,
        )
        names = dict(zip(frame["case"], frame["id"], strict=True))
        candidates = {
            frozenset({names[pairs.case_keys[a]], names[pairs.case_keys[b]]})
            for a, b in zip(pairs.left, pairs.right, strict=True)
        }
        found += len(candidates & labelled.same)
        raised += len(candidates)
        true += len(labelled.same)
    return PairScore(found, raised, true)


@dataclass(frozen=True)
class DoubtScore:
    """By slip: how many were planted, are doubted themselves, or by the right count after them.

    clean, false: right counts that follow no slip, and those of them that are doubted.
    """

    planted: dict[str, int]
    own: dict[str, int]
    flagged: dict[str, int]
    clean: int
    false: int

    def sensitivity(self, *slips: str) -> float:
        return sum(self.flagged[s] for s in slips) / max(1, sum(self.planted[s] for s in slips))

    @property
    def false_share(self) -> float:
        return self.false / self.clean


def score_doubts(register: Register, seeds: range) -> DoubtScore:
    """Score the doubts of counts at the end of days on which only planted counts are wrong."""
    assumptions = simulated_days.load_assumptions()
    clean_kinds = tuple(replace(kind, wrong=0.0) for kind in assumptions.kinds)
    assumptions = replace(assumptions, kinds=clean_kinds)
    area = simulated_days.build_area(register)
    end_us = timestamps.to_us(register.election.day_end)
    slips = {**REAL_SLIPS, **PLANTED_SLIPS}
    planted, own, flagged = (dict.fromkeys(slips, 0) for _ in range(3))
    clean = false = 0
    for seed in seeds:
        [day] = simulated_days.simulate_days(area, assumptions, 1, seed)
        reports = select_current_counts(scores.build_reports(day, end_us), register)
        wrong, kinds = _plant(reports, day.final_counts, np.random.default_rng(seed))
        suspect = ~np.isnan(anomalies.compute_reference_values(wrong, register)).all(axis=1)
        for number, slip in enumerate(slips):
            planted[slip] += int((kinds == number).sum())
            own[slip] += int(suspect[kinds == number].sum())
            flagged[slip] += int((suspect | _next_is(suspect, wrong))[kinds == number].sum())
        after = _previous_is(kinds >= 0, wrong)
        untouched = (kinds < 0) & ~after
        clean += int(untouched.sum())
        false += int(suspect[untouched].sum())
    return DoubtScore(planted, own, flagged, clean, false)


def _next_is(flags: npt.NDArray[np.bool_], counts: TpsReports) -> npt.NDArray[np.bool_]:
    same = counts.station_index[1:] == counts.station_index[:-1]
    return np.append(flags[1:] & same, False)


def _previous_is(flags: npt.NDArray[np.bool_], counts: TpsReports) -> npt.NDArray[np.bool_]:
    same = counts.station_index[1:] == counts.station_index[:-1]
    return np.insert(flags[:-1] & same, 0, False)


def _plant(
    counts: TpsReports, final: npt.NDArray[np.int64], rng: np.random.Generator
) -> tuple[TpsReports, npt.NDArray[np.int64]]:
    """Plant each slip in its share of the counts; return which slip each count has (-1: none).

    Neighbours of a planted count stay right, so that what is found is of that slip.
    """
    values = counts.voters_present.copy()
    kinds = np.full(len(counts), -1)
    slips = {**REAL_SLIPS, **PLANTED_SLIPS}
    draws = rng.random(len(counts))
    ends = np.cumsum(list(slips.values()))
    is_first = np.append(True, counts.station_index[1:] != counts.station_index[:-1])
    for at in np.flatnonzero(draws < ends[-1]):
        if (at and kinds[at - 1] >= 0) or np.isnan(values[at]):
            continue
        slip = int(np.searchsorted(ends, draws[at], side="right"))
        before = 0.0 if is_first[at] else values[at - 1]
        value = _slip(list(slips)[slip], values[at], before, final[counts.station_index[at]], rng)
        if value is not None and value != values[at]:
            values[at], kinds[at] = value, slip
    return replace(counts, voters_present=values), kinds


def _slip(
    name: str, value: float, before: float, final: float, rng: np.random.Generator
) -> float | None:
    """Return the wrong count; None where this slip is not possible here."""
    digits = f"{int(value)}"
    match name:
        case "falls":
            return None if before < 2 else float(rng.integers(before // 2, before))
        case "above the end":
            return float(np.ceil(final * rng.uniform(1.01, 1.5)))
        case "above by half":
            return float(np.ceil(final * rng.uniform(1.5, 3)))
        case "a digit lost":
            return float(digits[:-1]) if len(digits) > 1 else None
        case "a digit doubled":
            return float(digits + digits[-1])
        case "two digits swapped":
            return float(digits[1] + digits[0] + digits[2:]) if len(digits) > 1 else None
        case _:
            return before or None


def build_kinds(points: Mapping[str, int]) -> pd.DataFrame:
    """Build one shortfall of each kind: by kerawanan, empty or not, by a critical case or not."""
    rows = pd.DataFrame(
        [(level, watched) for level in KERAWANAN for watched in (False, True)],
        columns=["kerawanan", "watched"],
    )
    own = rows["kerawanan"].map(points) + points["incident"] * rows["watched"]
    return rows.assign(empty=True, short=True, points=own)


def run() -> None:
    """Print all scores."""
    register = domain_register.load(election.load(settings.load({}).election_folder))
    pairs = score_duplicates(register, range(SETS))
    print("\nWhat judges by figures of our own")
    print(
        f"  duplicates, {SETS} made-up labelled sets: precision {100 * pairs.precision:.0f} %, "
        f"recall {100 * pairs.recall:.0f} % ({pairs.true} pairs, {pairs.raised} raised)"
    )
    doubts = score_doubts(register, range(DAYS))
    print(
        f"  doubts of counts, {DAYS} days: false flags {100 * doubts.false_share:.2f} % of counts"
    )
    for slip in doubts.planted:
        planted, own = doubts.planted[slip], doubts.own[slip]
        found = f"{100 * doubts.sensitivity(slip):3.0f} % of {planted:>5}"
        print(f"    {slip:<20} {found}, itself {100 * own / max(1, planted):3.0f} %")
    points = register.election.rules.redeployment.shortfall_points
    ranked = rank_shortfalls(build_kinds(points), points)
    moved = ranked["rank_last"] - ranked["rank_first"]
    print(
        f"  shortfalls, one of each kind: {(moved > 0).sum()} of {len(ranked)} change their rank "
        f"within 25 %, by {moved.max():.0f} at most"
    )


if __name__ == "__main__":
    run()
