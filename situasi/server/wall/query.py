"""What a wall was asked to show, read from its address as the pages read theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import QueryParams

from situasi.access.roles import SCREENS, Viewer
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.view_time import WINDOWS
from situasi.common import i18n
from situasi.domain.feed_schemas import JENIS, STATUS, TINGKAT
from situasi.domain.register import Register

VIEW_NAMES = ("situasi", "partisipasi", "tps", "personel", "perhatian")


@dataclass(frozen=True)
class WallQuery:
    """selection: without its times. window: one of WINDOWS. moment: None for the present.

    views: of VIEWS, in the order of the rotation. query: the filters as the address has them.
    """

    selection: Selection
    window: str
    moment: datetime | None
    views: tuple[str, ...]
    language: str
    dark: bool
    filters: tuple[tuple[str, str], ...]


def parse_query(query: QueryParams, viewer: Viewer, register: Register) -> WallQuery:
    """What this viewer is shown. register: of what they may see.

    A value that is none is passed over, as on the pages. What a guest is shown is said by
    their link alone, whatever the address says.
    """

    def values(name: str) -> Sequence[str]:
        return viewer.link.filter_values(name) if viewer.link else query.getlist(name)

    def several(name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({one for one in values(name) if one in allowed}))

    chosen = {
        "kec": several("kec", tuple(register.kecamatan)),
        "jenis": several("jenis", [one for one in JENIS if one != "nihil"]),
        "tingkat": several("tingkat", TINGKAT),
        "status": several("status", [one for one in STATUS if one != "nihil"]),
        "rentang": tuple(one for one in values("rentang")[-1:] if one in WINDOWS[1:]),
    }
    moment = _parse_moment(values("saat"), register)
    said = [(name, one) for name, some in chosen.items() for one in some]
    if moment is not None:
        said.append(("saat", f"{moment:%Y-%m-%dT%H:%M}"))
    return WallQuery(
        Selection(chosen["kec"], chosen["jenis"], chosen["tingkat"], chosen["status"]),
        next(iter(chosen["rentang"]), WINDOWS[0]),
        moment,
        _parse_views(query, viewer),
        i18n.current_language(),
        query.get("tema") != "terang",
        tuple(said),
    )


def _parse_views(query: QueryParams, viewer: Viewer) -> tuple[str, ...]:
    """The views asked for, or all; never one that rests on what the viewer may not see.

    A shared link opens the view of its own page alone.
    """
    theirs = [name for name in VIEW_NAMES if name not in SCREENS or viewer.may_open(name)]
    if viewer.link is not None:
        theirs = [name for name in theirs if name in SCREENS]
    named = [name for text in query.getlist("tampilan") for name in text.split(",")]
    return tuple(dict.fromkeys(name for name in named if name in theirs)) or tuple(theirs)


def _parse_moment(written: Sequence[str], register: Register) -> datetime | None:
    """A minute of the watched day; anything else is the present."""
    election = register.election
    try:
        read = datetime.fromisoformat(written[-1]).replace(
            second=0, microsecond=0, tzinfo=election.zone
        )
    except (ValueError, IndexError):
        return None
    return read if election.day_start <= read < election.day_end else None
