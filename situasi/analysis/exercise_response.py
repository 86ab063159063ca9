"""Reactions: how soon the staff took note of, verified, assigned and closed what a drill reported.

On the clock of people: between rows as this board stored them. The clock of an exercise may run
sixty times faster, or stand still, and nobody reacts the sooner for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.as_of import WithCases
from situasi.analysis.incidents import merging, milestones
from situasi.analysis.queries import reads
from situasi.domain.exercise_scenarios import RESPONSE_STEPS
from situasi.domain.feed_schemas import INCIDENTS, MERGES, STATUS_CLOSED
from situasi.domain.register import Register

_ASSIGNED = ("ditangani", "diteruskan", *STATUS_CLOSED)
_VERIFIED = ("diverifikasi", *_ASSIGNED)


@dataclass(frozen=True)
class Asked:
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
Heed = tuple[str, datetime]


@reads(INCIDENTS, MERGES)
def reactions(
    known: WithCases,
    _register: Register,
    _at: datetime,
    asked: tuple[Asked, ...],
    heeded: tuple[Heed, ...],
    now: datetime | None,
) -> pd.DataFrame:
    """A row for each case and step, as COLUMNS has it.

    now: on the clock of people; None for a past moment: the last that was stored by then.
    injected: when the case was first reported. took: until `at`, of what is still open until now;
    missing where the case was not reported yet. state: "tepat", "lambat" (done in the target, or
    after it), "belum", "lewat" (open within it, or beyond it).
    """
    rows, merges = known["incidents"], known["merges"]
    until = now if now is not None else _last(rows, merges)
    stands = merging.of(known.cases, merges).stands
    found = []
    for one in asked:
        own = rows[rows["id"] == one.id].sort_values("seq")
        told = _first(own[own["sumber"].fillna("").str.startswith(one.source)])
        seen = [mark for mark in heeded if until is not None and mark[1] <= until]
        reached = _reached(own, one, _marks(own, merges, stands, seen))
        for step, target in zip(RESPONSE_STEPS, one.targets, strict=True):
            took = _took(told, reached[step] or until)
            found.append(
                (one.run, one.scenario, one.case, one.id, step, told, reached[step],
                 took, target, _state(took, target, done=reached[step] is not None))
            )  # fmt: skip
    return _frame(found)


def _took(since: datetime | None, until: datetime | None) -> timedelta | None:
    if since is None or until is None:
        return None
    return max(until - since, timedelta(0))


COLUMNS = {
    "run": "object", "scenario": "object", "case": "object", "id": "object", "step": "object",
    "injected": "datetime64[us, UTC]", "at": "datetime64[us, UTC]",
    "took": "timedelta64[us]", "target": "timedelta64[us]", "state": "object",
}  # fmt: skip


def _frame(found: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(found, columns=list(COLUMNS), dtype="object")
    return frame.astype(COLUMNS)


def _last(*frames: pd.DataFrame) -> datetime | None:
    stored = [f["recorded_at"].max() for f in frames if len(f)]
    return max(stored).to_pydatetime() if stored else None


def _first(rows: pd.DataFrame) -> datetime | None:
    return rows["recorded_at"].min().to_pydatetime() if len(rows) else None


def _marks(
    own: pd.DataFrame, merges: pd.DataFrame, stands: Mapping[str, str], heeded: Iterable[Heed]
) -> list[datetime]:
    """When somebody took note without a row of the case: on the wall, or by a word on merging."""
    cases = set(own["case"])
    group = cases | {stands[case] for case in cases if case in stands}
    touched = merges[merges["kasus"].isin(cases) | merges["ke"].isin(cases)]
    return [when for case, when in heeded if case in group] + [
        when.to_pydatetime() for when in touched["recorded_at"]
    ]


def _reached(own: pd.DataFrame, one: Asked, marks: list[datetime]) -> dict[str, datetime | None]:
    """When each step was reached, by rows of the staff alone; None: not yet."""
    scripted = own["sumber"].fillna("").str.startswith(one.source)
    staff = own[~scripted]
    first = _first(staff)
    lively = own.loc[~own["status"].isin(STATUS_CLOSED), "seq"].max()
    closing = staff if pd.isna(lively) else staff[staff["seq"] > lively]
    unit = staff["ditugaskan"].notna() if "ditugaskan" in staff else False
    return {
        "diketahui": min([*marks, *([first] if first else [])], default=None),
        "diverifikasi": _first(staff[staff["status"].isin(_VERIFIED)]),
        "ditugaskan": _first(staff[staff["status"].isin(_ASSIGNED) | unit]),
        "ditutup": _first(closing[closing["status"].isin(STATUS_CLOSED)]),
    }


def _state(took: timedelta | None, target: timedelta, *, done: bool) -> str | None:
    if took is None:
        return None
    if done:
        return "tepat" if took <= target else "lambat"
    return "belum" if took <= target else "lewat"


def medians(found: pd.DataFrame) -> dict[str, timedelta | None]:
    """By step, the time by which half of the cases reached it, open ones as not yet
    (lives.median); None while that cannot be told."""
    told = found[found["took"].notna()]
    parts = {step: told[told["step"] == step] for step in RESPONSE_STEPS}
    return {
        step: milestones.median(part["took"], part["at"].notna()) for step, part in parts.items()
    }


def latest(found: pd.DataFrame) -> pd.DataFrame:
    """Of each drill the step that is furthest over its target, by the ratio; the worst first.

    Drills in which nothing is over are left out.
    """
    over = found[found["took"] > found["target"]]
    ratio = over["took"] / over["target"]
    order = over.assign(over=ratio).sort_values("over", ascending=False, kind="stable")
    return order.drop_duplicates("run")
