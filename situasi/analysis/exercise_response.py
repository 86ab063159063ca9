"""Response times: how soon staff noted, verified, assigned and closed what an exercise reported.

Measured in real time, between rows as they were stored. The clock of an exercise may run sixty
times faster, or stand still, which does not make anybody react sooner.
"""

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
    """A case that an exercise reports. run, scenario: of which exercise. id: of the case.

    source: prefix of the source text of its rows. targets: by RESPONSE_STEPS.
    """

    run: str
    scenario: str
    case: str
    id: str
    source: str
    targets: tuple[timedelta, ...]


# (case, when somebody acknowledged it on the wall display)
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
    """Compute a row for each case and step, with COLUMNS.

    now: in real time; None for a past moment: the last time at which a row was stored by then.
    injected: when the case was first reported. took: until `at`, for open steps until now; missing
    where the case was not reported yet. state: "tepat", "lambat" (done within or after the target),
    "belum", "lewat" (open within or beyond it).
    """
    rows, merges = frames["incidents"], frames["merges"]
    until = now if now is not None else _last_recorded_at(rows, merges)
    canonical = merging.build_merged_cases(frames.cases, merges).canonical_cases
    responses = []
    for case in injected_cases:
        own = rows[rows["id"] == case.id].sort_values("seq")
        injected = _first_recorded_at(own[own["sumber"].fillna("").str.startswith(case.source)])
        marks = [mark for mark in acknowledgements if until is not None and mark[1] <= until]
        reached = _find_step_times(own, case, _acknowledgement_times(own, merges, canonical, marks))
        for step, target in zip(RESPONSE_STEPS, case.targets, strict=True):
            took = _elapsed_time(injected, reached[step] or until)
            responses.append(
                (case.run, case.scenario, case.case, case.id, step, injected, reached[step],
                 took, target, _response_state(took, target, is_done=reached[step] is not None))
            )  # fmt: skip
    return _build_frame(responses)


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
    """Return when the case was noted without a row: on the wall display, or by a merge decision."""
    cases = set(case_rows["case"])
    group = cases | {canonical_cases[case] for case in cases if case in canonical_cases}
    decisions = merges[merges["kasus"].isin(cases) | merges["ke"].isin(cases)]
    return [time for case, time in acknowledgements if case in group] + [
        time.to_pydatetime() for time in decisions["recorded_at"]
    ]


def _find_step_times(
    case_rows: pd.DataFrame, injected_case: InjectedCase, acknowledged_times: list[datetime]
) -> dict[str, datetime | None]:
    """Return when each step was reached, by rows of the staff only; None: not yet."""
    is_scripted = case_rows["sumber"].fillna("").str.startswith(injected_case.source)
    staff = case_rows[~is_scripted]
    first = _first_recorded_at(staff)
    last_open_seq = case_rows.loc[~case_rows["status"].isin(STATUS_CLOSED), "seq"].max()
    closing_rows = staff if pd.isna(last_open_seq) else staff[staff["seq"] > last_open_seq]
    unit = staff["ditugaskan"].notna() if "ditugaskan" in staff else False
    return {
        "diketahui": min([*acknowledged_times, *([first] if first else [])], default=None),
        "diverifikasi": _first_recorded_at(staff[staff["status"].isin(_VERIFIED_STATUSES)]),
        "ditugaskan": _first_recorded_at(staff[staff["status"].isin(_ASSIGNED_STATUSES) | unit]),
        "ditutup": _first_recorded_at(closing_rows[closing_rows["status"].isin(STATUS_CLOSED)]),
    }


def _response_state(elapsed: timedelta | None, target: timedelta, *, is_done: bool) -> str | None:
    if elapsed is None:
        return None
    if is_done:
        return "tepat" if elapsed <= target else "lambat"
    return "belum" if elapsed <= target else "lewat"


def compute_medians(responses: pd.DataFrame) -> dict[str, timedelta | None]:
    """Return by step the time by which half of the cases reached it, with open ones as not yet
    (milestones.estimate_median); None while that is not known."""
    measured = responses[responses["took"].notna()]
    parts = {step: measured[measured["step"] == step] for step in RESPONSE_STEPS}
    return {
        step: milestones.estimate_median(part["took"], part["at"].notna())
        for step, part in parts.items()
    }


def find_most_overdue(responses: pd.DataFrame) -> pd.DataFrame:
    """Return for each exercise the step furthest over its target, by ratio; the worst first.

    Exercises with nothing over its target are left out.
    """
    overdue = responses[responses["took"] > responses["target"]]
    ratio = overdue["took"] / overdue["target"]
    order = overdue.assign(over=ratio).sort_values("over", ascending=False, kind="stable")
    return order.drop_duplicates("run")
