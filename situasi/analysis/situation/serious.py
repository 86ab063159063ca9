"""Serious events: what the board must stop at when a day is played back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import INCIDENTS, TINGKAT
from situasi.domain.register import Register

_WHY = (("tingkat", TINGKAT[-1]), ("situasi", "merah"))


@dataclass(frozen=True)
class Event:
    """A case that became known as tinggi, or its situasi as merah (`why`).

    minute: the first whole minute at which that is known, in the zone of the election.
    """

    minute: datetime
    case: str
    why: str
    jenis: str
    kecamatan: str | None


@reads(INCIDENTS)
def serious(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    _at: datetime,
    kecamatan: Collection[str] = (),
) -> list[Event]:
    """The serious events of the election day, each when it was first known; the earliest first.

    kecamatan: only of these (none: all); what is of the whole kabupaten concerns each.
    """
    rows, election = known[INCIDENTS.name], register.election
    if kecamatan:
        rows = rows[rows["kecamatan"].isin(list(kecamatan)) | rows["kecamatan"].isna()]
    rows = rows.sort_values(["known_at", "seq"], kind="stable")
    found = [
        rows[rows[column] == grave].drop_duplicates("case").assign(why=grave)
        for column, grave in _WHY
    ]
    told = pd.concat(found).sort_values(["known_at", "seq"], kind="stable")
    minute = told["known_at"].dt.ceil("min").dt.tz_convert(election.zone)
    told = told.assign(minute=minute)
    told = told[(minute >= election.day_start) & (minute < election.day_end)]
    return [
        Event(
            minute=row.minute.to_pydatetime(),
            case=row.case,
            why=row.why,
            jenis=row.jenis,
            kecamatan=row.kecamatan if isinstance(row.kecamatan, str) else None,
        )
        for row in told.itertuples()
    ]


def following(events: Sequence[Event], at: datetime) -> datetime | None:
    """The minute of the first of these events after a moment."""
    return min((one.minute for one in events if one.minute > at), default=None)


def preceding(events: Sequence[Event], at: datetime) -> datetime | None:
    """The minute of the last of these events before a moment."""
    return max((one.minute for one in events if one.minute < at), default=None)
