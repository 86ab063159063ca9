"""Reactions: how soon the staff took note of, verified, assigned and closed what a drill reported.

On the clock of people: between rows as this board stored them. The clock of an exercise may run
sixty times faster, or stand still, and nobody reacts the sooner for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import merging, milestones
from situasi.analysis.queries import reads
from situasi.domain.exercise_scenarios import RESPONSE_STEPS
from situasi.domain.feed_schemas import INCIDENTS, MERGES, STATUS_CLOSED
from situasi.domain.register import Register

_ASSIGNED_STATUSES = ("ditangani", "diteruskan", *STATUS_CLOSED)
_VERIFIED_STATUSES = ("diverifikasi", *_ASSIGNED_STATUSES)


@dataclass(frozen=True)
class InjectedCase:
    """A case that a drill reports. run, scenario: of which drill. id: of the case.

    source: how its rows begin to say where they are from. targets: by STEPS.
    """

    run: str
    scenario: str
    case: str
    id: str
    source: str
    targets: tuple[timedelta, ...]


# (case, when somebody took note of it on the wall)
Acknowledgement = tuple[str, datetime]


@reads(INCIDENTS, MERGES)
def compute_response_times(
    frames: FeedFrames,
    _register: Register,
    _at: datetime,
    injected_cases: tuple[InjectedCase, ...],
    acknowledgements: tuple[Acknowledgement, ...],
    now: datetime | None,
) -> pd.DataFrame:
    """A row for each case and step, as COLUMNS has it.

    now: on the clock of people; None for a past moment: the last that was stored by then.
    injected: when the case was first reported. took: until `at`, of what is still open until now;
    missing where the case was not reported yet. state: "tepat", "lambat" (done in the target, or
    after it), "belum", "lewat" (open within it, or beyond it).
    """
    rows, merges = frames["incidents"], frames["merges"]
    until = now if now is not None else _last_recorded_at(rows, merges)
    stands = merging.build_merged_cases(frames.cases, merges).canonical_cases
    found = []
    for one in injected_cases:
        own = rows[rows["id"] == one.id].sort_values("seq")
        told = _first_recorded_at(own[own["sumber"].fillna("").str.startswith(one.source)])
        seen = [mark for mark in acknowledgements if until is not None and mark[1] <= until]
        reached = _find_step_times(own, one, _acknowledgement_times(own, merges, stands, seen))
        for step, target in zip(RESPONSE_STEPS, one.targets, strict=True):
            took = _elapsed_time(told, reached[step] or until)
            found.append(
                (one.run, one.scenario, one.case, one.id, step, told, reached[step],
                 took, target, _response_state(took, target, is_done=reached[step] is not None))
            )  # fmt: skip
    return _build_frame(found)


def _elapsed_time(since: datetime | None, until: datetime | None) -> timedelta | None:
    if since is None or until is None:
        return None
    return max(until - since, timedelta(0))


COLUMNS = {
    "run": "object", "scenario": "object", "case": "object", "id": "object", "step": "object",
    "injected": "datetime64[us, UTC]", "at": "datetime64[us, UTC]",
    "took": "timedelta64[us]", "target": "timedelta64[us]", "state": "object",
}  # fmt: skip


def _build_frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
    return frame.astype(COLUMNS)


def _last_recorded_at(*frames: pd.DataFrame) -> datetime | None:
    stored = [f["recorded_at"].max() for f in frames if len(f)]
    return max(stored).to_pydatetime() if stored else None


def _first_recorded_at(rows: pd.DataFrame) -> datetime | None:
    return rows["recorded_at"].min().to_pydatetime() if len(rows) else None


def _acknowledgement_times(
    case_rows: pd.DataFrame,
    merges: pd.DataFrame,
    canonical_cases: Mapping[str, str],
    acknowledgements: Iterable[Acknowledgement],
) -> list[datetime]:
    """When somebody took note without a row of the case: on the wall, or by a word on merging."""
    cases = set(case_rows["case"])
    group = cases | {canonical_cases[case] for case in cases if case in canonical_cases}
    touched = merges[merges["kasus"].isin(cases) | merges["ke"].isin(cases)]
    return [when for case, when in acknowledgements if case in group] + [
        when.to_pydatetime() for when in touched["recorded_at"]
    ]


def _find_step_times(
    case_rows: pd.DataFrame, injected_case: InjectedCase, acknowledged_times: list[datetime]
) -> dict[str, datetime | None]:
    """When each step was reached, by rows of the staff alone; None: not yet."""
    scripted = case_rows["sumber"].fillna("").str.startswith(injected_case.source)
    staff = case_rows[~scripted]
    first = _first_recorded_at(staff)
    lively = case_rows.loc[~case_rows["status"].isin(STATUS_CLOSED), "seq"].max()
    closing = staff if pd.isna(lively) else staff[staff["seq"] > lively]
    unit = staff["ditugaskan"].notna() if "ditugaskan" in staff else False
    return {
        "diketahui": min([*acknowledged_times, *([first] if first else [])], default=None),
        "diverifikasi": _first_recorded_at(staff[staff["status"].isin(_VERIFIED_STATUSES)]),
        "ditugaskan": _first_recorded_at(staff[staff["status"].isin(_ASSIGNED_STATUSES) | unit]),
        "ditutup": _first_recorded_at(closing[closing["status"].isin(STATUS_CLOSED)]),
    }


def _response_state(elapsed: timedelta | None, target: timedelta, *, is_done: bool) -> str | None:
    if elapsed is None:
        return None
    if is_done:
        return "tepat" if elapsed <= target else "lambat"
    return "belum" if elapsed <= target else "lewat"


def compute_medians(responses: pd.DataFrame) -> dict[str, timedelta | None]:
    """By step, the time by which half of the cases reached it, open ones as not yet
    (lives.median); None while that cannot be told."""
    told = responses[responses["took"].notna()]
    parts = {step: told[told["step"] == step] for step in RESPONSE_STEPS}
    return {
        step: milestones.estimate_median(part["took"], part["at"].notna())
        for step, part in parts.items()
    }


def find_most_overdue(responses: pd.DataFrame) -> pd.DataFrame:
    """Of each drill the step that is furthest over its target, by the ratio; the worst first.

    Drills in which nothing is over are left out.
    """
    over = responses[responses["took"] > responses["target"]]
    ratio = over["took"] / over["target"]
    order = over.assign(over=ratio).sort_values("over", ascending=False, kind="stable")
    return order.drop_duplicates("run")
