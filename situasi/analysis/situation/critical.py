"""Alarms: open cases so grave that whoever sits before the wall is interrupted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents import merging
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import INCIDENTS, MERGES, TINGKAT
from situasi.domain.register import Register


@reads(INCIDENTS, MERGES)
def find_critical_cases(
    frames: Mapping[str, pd.DataFrame],
    register: Register,  # noqa: ARG001
    at: datetime,  # noqa: ARG001
) -> pd.DataFrame:
    """The open cases of tingkat tinggi or situasi merah, the one that came last first.

    Columns of merging.merged, and: members (the cases that are merged in it, itself too);
    grave_seq, grave_at and came_at: number of the row that first made it grave, when that was
    known, and when it was stored.
    """
    rows = frames["incidents"]
    every = incidents_cases.build_case_table(rows)
    stands = merging.find_canonical_cases(every, frames["merges"])
    opened = incidents_cases.filter_open(merging.collapse(every, stands))
    found = opened[_is_critical(opened)]
    first = _first_critical_rows(rows[_is_critical(rows)], stands)
    told = first.reindex(found["case"])
    members = _members_by_canonical(stands)
    found = found.assign(
        members=pd.Series(
            [members.get(case, (case,)) for case in found["case"]], found.index, dtype="object"
        ),
        grave_seq=told["seq"].to_numpy(),
        grave_at=told["known_at"].array,
        came_at=told["recorded_at"].array,
    )
    return found.sort_values("grave_seq", ascending=False).reset_index(drop=True)


def _is_critical(rows: pd.DataFrame) -> pd.Series:
    return (rows["tingkat"] == "tinggi") | (rows["situasi"] == "merah")


def _first_critical_rows(
    critical_rows: pd.DataFrame, canonical_cases: Mapping[str, str]
) -> pd.DataFrame:
    """Of each case the row that first made it grave, by the case that stands for it."""
    head = critical_rows["case"].map(lambda case: canonical_cases.get(case, case))
    ordered = critical_rows.assign(head=head).sort_values("seq")
    return ordered.drop_duplicates("head").set_index("head")


def _members_by_canonical(canonical_cases: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for case, head in canonical_cases.items():
        found.setdefault(head, []).append(case)
    return {head: tuple(cases) for head, cases in found.items()}


_CRITICAL_VALUES = (("tingkat", TINGKAT[-1]), ("situasi", "merah"))


@dataclass(frozen=True)
class CriticalEvent:
    """A case that became known as tinggi, or its situasi as merah (`why`).

    minute: the first whole minute at which that is known, in the zone of the election.
    """

    minute: datetime
    case: str
    reason: str
    jenis: str
    kecamatan: str | None


@reads(INCIDENTS)
def find_critical_events(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    _at: datetime,
    kecamatan: Collection[str] = (),
) -> list[CriticalEvent]:
    """The serious events of the election day, each when it was first known; the earliest first.

    kecamatan: only of these (none: all); what is of the whole kabupaten concerns each.
    """
    rows, election = frames[INCIDENTS.name], register.election
    if kecamatan:
        rows = rows[rows["kecamatan"].isin(list(kecamatan)) | rows["kecamatan"].isna()]
    rows = rows.sort_values(["known_at", "seq"], kind="stable")
    found = [
        rows[rows[column] == grave].drop_duplicates("case").assign(why=grave)
        for column, grave in _CRITICAL_VALUES
    ]
    told = pd.concat(found).sort_values(["known_at", "seq"], kind="stable")
    minute = told["known_at"].dt.ceil("min").dt.tz_convert(election.zone)
    told = told.assign(minute=minute)
    told = told[(minute >= election.day_start) & (minute < election.day_end)]
    return [
        CriticalEvent(
            minute=row.minute.to_pydatetime(),
            case=row.case,
            reason=row.why,
            jenis=row.jenis,
            kecamatan=row.kecamatan if isinstance(row.kecamatan, str) else None,
        )
        for row in told.itertuples()
    ]


def next_event_minute(events: Sequence[CriticalEvent], at: datetime) -> datetime | None:
    """The minute of the first of these events after a moment."""
    return min((one.minute for one in events if one.minute > at), default=None)


def previous_event_minute(events: Sequence[CriticalEvent], at: datetime) -> datetime | None:
    """The minute of the last of these events before a moment."""
    return max((one.minute for one in events if one.minute < at), default=None)
