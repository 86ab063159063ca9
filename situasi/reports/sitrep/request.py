"""What laporan is asked for: of which kind, of which time, of which kecamatan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from situasi.analysis import view_time as moments
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.view_time import ViewTime
from situasi.domain.election import Election
from situasi.reports.sitrep.letterhead import KINDS as KINDS

_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)
# Periods of an anev by name, besides one with a beginning and an end of its own.
PERIODS = ("pemungutan", "24j", "7h")
_PERIOD_LENGTHS = {"24j": _DAY, "7h": 7 * _DAY}


class SitrepRequestError(ValueError):
    """No laporan can be made of this; the message says why."""


@dataclass(frozen=True)
class SitrepRequest:
    """A laporan. since, until: cases that happened in this time; kecamatan: of these (none: all).

    neutrality: whether its counts are asked for too. Nobody has them by chance: a laporan is
    sent on, also to those who may not see them.
    """

    kind: str
    since: datetime
    until: datetime
    kecamatan: tuple[str, ...] = ()
    neutrality: bool = False

    @property
    def selection(self) -> Selection:
        """The cases that it is of, as a page asks for them."""
        return Selection(kecamatan=self.kecamatan, since=self.since, until=self.until)


def build_request(
    kind: str,
    at: datetime,
    election: Election,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    kecamatan: tuple[str, ...] = (),
    neutrality: bool = False,
) -> SitrepRequest:
    """The laporan with the period that is usual for its kind where none is given.

    situasi: the election day, as the page Situasi has it. harian: the day of `at`, at
    midnight the one that ended. anev: the election day. Raises Refused.
    """
    if kind not in KINDS:
        raise SitrepRequestError(f"jenis laporan tidak dikenal: {kind}; pilih: {', '.join(KINDS)}")
    # At midnight a day has ended, and none has begun that could be told of.
    ended = (at - _INSTANT).astimezone(election.zone).date()
    day = ended if kind == "harian" else election.day
    begin, end = compute_day_period(
        since.astimezone(election.zone).date() if since else day, election
    )
    begin, end = since or begin, until or end
    if begin >= end:
        raise SitrepRequestError("awal kurun harus sebelum akhirnya")
    return SitrepRequest(kind, begin, end, tuple(kecamatan), neutrality)


def compute_day_period(day: date, election: Election) -> tuple[datetime, datetime]:
    """From midnight to midnight."""
    begin = datetime.combine(day, datetime.min.time(), election.zone)
    return begin, datetime.combine(day + _DAY, datetime.min.time(), election.zone)


def compute_named_period(code: str, at: datetime, election: Election) -> tuple[datetime, datetime]:
    """The period of this name (PERIODS), reckoned from a moment."""
    return (
        (at - _PERIOD_LENGTHS[code], at)
        if code in _PERIOD_LENGTHS
        else compute_day_period(election.day, election)
    )


def choose_view_time(
    past_time: datetime | None, request: SitrepRequest, now: datetime, exercise_at: datetime | None
) -> ViewTime:
    """The moment of a laporan: the chosen one; else the end of its period; else the present."""
    at = request.until if past_time is None and request.kind != "situasi" else past_time
    zone = request.since.tzinfo
    assert zone is not None, "times of a laporan have a zone"
    return moments.resolve_view_time(at, now, exercise_at, zone)


def build_previous_request(
    request: SitrepRequest, view_time: ViewTime
) -> tuple[SitrepRequest, datetime]:
    """The period before, as long as this one, and a moment at which it was as far known.

    Late words come to every period: this one is not compared with one of which more is known.
    """
    end = min(request.until, view_time.at)
    length = end - request.since
    earlier = SitrepRequest(request.kind, request.since - length, request.since, request.kecamatan)
    return earlier, view_time.at - (end - request.since)
