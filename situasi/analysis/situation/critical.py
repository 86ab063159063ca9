"""Critical cases, which interrupt the operator at the wall display, and when each became so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents import merging
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import INCIDENTS, MERGES
from situasi.domain.register import Register


@reads(INCIDENTS, MERGES)
def find_critical_cases(
    frames: FeedFrames,
    register: Register,
    at: datetime,  # noqa: ARG001
) -> pd.DataFrame:
    """Find the open cases that are critical (cases.is_critical), the latest first.

    Columns of merging.collapse, and: members (the cases merged in it, itself included);
    grave_seq, grave_at and came_at: number of the row that first made it grave, when that was
    known, and when it was stored.
    """
    rows, rule = frames["incidents"], register.election.rules.critical
    cases = frames.cases.to_frame()
    canonical = merging.find_canonical_cases(cases, frames["merges"])
    open_cases = incidents_cases.filter_open(merging.collapse(cases, canonical))
    grave = open_cases[incidents_cases.is_critical(open_cases, rule)]
    first_by_case = _first_critical_rows(rows[incidents_cases.is_critical(rows, rule)], canonical)
    first_rows = first_by_case.reindex(grave["case"])
    members = _members_by_canonical(canonical)
    grave = grave.assign(
        members=pd.Series(
            [members.get(case, (case,)) for case in grave["case"]], grave.index, dtype="object"
        ),
        grave_seq=first_rows["seq"].to_numpy(),
        grave_at=first_rows["known_at"].array,
        came_at=first_rows["recorded_at"].array,
    )
    return grave.sort_values("grave_seq", ascending=False).reset_index(drop=True)


def _first_critical_rows(
    critical_rows: pd.DataFrame, canonical_cases: Mapping[str, str]
) -> pd.DataFrame:
    """Return for each case the row that first made it grave, by its canonical case."""
    canonical = critical_rows["case"].map(lambda case: canonical_cases.get(case, case))
    ordered = critical_rows.assign(head=canonical).sort_values("seq")
    return ordered.drop_duplicates("head").set_index("head")


def _members_by_canonical(canonical_cases: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    members: dict[str, list[str]] = {}
    for case, canonical in canonical_cases.items():
        members.setdefault(canonical, []).append(case)
    return {canonical: tuple(cases) for canonical, cases in members.items()}


@dataclass(frozen=True)
class CriticalEvent:
    """A case that became critical; one that is so by tingkat and by situasi does so twice.

    reason: the column and the value stated. minute: the first whole minute at which that is known,
    in the timezone of the election.
    """

    minute: datetime
    case: str
    reason: tuple[str, str]
    jenis: str
    kecamatan: str | None


@reads(INCIDENTS)
def find_critical_events(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    _at: datetime,
    kecamatan: Collection[str] = (),
) -> list[CriticalEvent]:
    """Find the critical events of the election day, each when first known; the earliest first.

    kecamatan: only of these (none: all); what concerns the whole kabupaten is always included.
    """
    rows, election = frames[INCIDENTS.name], register.election
    rule = election.rules.critical
    if kecamatan:
        rows = rows[rows["kecamatan"].isin(list(kecamatan)) | rows["kecamatan"].isna()]
    rows = rows.sort_values(["known_at", "seq"], kind="stable")
    parts = [
        rows[rows[column].isin(values)].drop_duplicates("case").assign(column=column)
        for column, values in (("tingkat", rule.tingkat), ("situasi", rule.situasi))
    ]
    events = pd.concat(parts).sort_values(["known_at", "seq"], kind="stable")
    minute = events["known_at"].dt.ceil("min").dt.tz_convert(election.zone)
    events = events.assign(minute=minute)
    events = events[(minute >= election.day_start) & (minute < election.day_end)]
    return [
        CriticalEvent(
            minute=row.minute.to_pydatetime(),
            case=row.case,
            reason=(row.column, getattr(row, row.column)),
            jenis=row.jenis,
            kecamatan=row.kecamatan if isinstance(row.kecamatan, str) else None,
        )
        for row in events.itertuples()
    ]


def next_event_minute(events: Sequence[CriticalEvent], at: datetime) -> datetime | None:
    """Return the minute of the first of these events after a moment; None if there is none."""
    return min((event.minute for event in events if event.minute > at), default=None)


def previous_event_minute(events: Sequence[CriticalEvent], at: datetime) -> datetime | None:
    """Return the minute of the last of these events before a moment; None if there is none."""
    return max((event.minute for event in events if event.minute < at), default=None)
