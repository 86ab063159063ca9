"""The request for a laporan: its kind, its period and its kecamatan."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from situasi.analysis import view_time as view_times
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.view_time import ViewTime
from situasi.domain.election import Election
from situasi.domain.feed_schemas import JENIS
from situasi.reports.sitrep.model import KINDS as KINDS

_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)
# Named periods of an anev; besides them any since and until can be given.
PERIODS = ("pemungutan", "24j", "7h")
_PERIOD_LENGTHS = {"24j": _DAY, "7h": 7 * _DAY}


class SitrepRequestError(ValueError):
    """A request from which no laporan can be made; the message says why."""


@dataclass(frozen=True)
class SitrepRequest:
    """The request for a laporan. since, until: when the cases happened. kecamatan: () for all.

    neutrality: whether to include neutrality, its counts and the cases of this kind. Never by
    default, because a laporan is passed on, also to people who may not see them.
    """

    kind: str
    since: datetime
    until: datetime
    kecamatan: tuple[str, ...] = ()
    neutrality: bool = False

    @property
    def selection(self) -> Selection:
        """Return the selection of its cases, as a page uses it."""
        kinds = () if self.neutrality else tuple(kind for kind in JENIS if kind != "netralitas")
        return Selection(self.kecamatan, kinds, since=self.since, until=self.until)


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
    """Build the request, with the usual period of its kind if none is given.

    situasi: the election day, as on the page Situasi. harian: the day of `at`; at midnight, the day
    that ended. anev: the election day. Raises SitrepRequestError.
    """
    if kind not in KINDS:
        raise SitrepRequestError(f"jenis laporan tidak dikenal: {kind}; pilih: {', '.join(KINDS)}")
    # At midnight the laporan harian is of the day that has just ended.
    ended_day = (at - _INSTANT).astimezone(election.zone).date()
    day = ended_day if kind == "harian" else election.day
    default_since, default_until = compute_day_period(
        since.astimezone(election.zone).date() if since else day, election
    )
    since, until = since or default_since, until or default_until
    if since >= until:
        raise SitrepRequestError("awal kurun harus sebelum akhirnya")
    return SitrepRequest(kind, since, until, tuple(kecamatan), neutrality)


def compute_day_period(day: date, election: Election) -> tuple[datetime, datetime]:
    """Return the period from midnight to midnight."""
    start = datetime.combine(day, datetime.min.time(), election.zone)
    return start, datetime.combine(day + _DAY, datetime.min.time(), election.zone)


def compute_named_period(code: str, at: datetime, election: Election) -> tuple[datetime, datetime]:
    """Return the period of this name (PERIODS), counted from a time."""
    if code in _PERIOD_LENGTHS:
        return at - _PERIOD_LENGTHS[code], at
    return compute_day_period(election.day, election)


def choose_view_time(
    past_time: datetime | None, request: SitrepRequest, now: datetime, exercise_at: datetime | None
) -> ViewTime:
    """Return the time of a laporan: the chosen one, the end of its period, or the present."""
    at = request.until if past_time is None and request.kind != "situasi" else past_time
    zone = request.since.tzinfo
    assert zone is not None, "times of a laporan have a zone"
    return view_times.resolve_view_time(at, now, exercise_at, zone)


def build_previous_request(
    request: SitrepRequest, view_time: ViewTime
) -> tuple[SitrepRequest, datetime]:
    """Return the previous period of the same length, and a time at which it was known equally well.

    Late reports come for every period: a period must not be compared with one that is better known.
    """
    end = min(request.until, view_time.at)
    length = end - request.since
    previous = replace(request, since=request.since - length, until=request.since)
    return previous, view_time.at - length
