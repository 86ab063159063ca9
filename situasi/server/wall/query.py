"""The query of a wall, parsed from its address as on the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import QueryParams

from situasi.access.roles import LIST_SCREENS, SCREENS, Viewer
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.view_time import WINDOWS
from situasi.common import i18n
from situasi.domain.feed_schemas import JENIS, STATUS, TINGKAT
from situasi.domain.register import Register

VIEW_NAMES = ("situasi", "putuskan", "partisipasi", "tps", "personel", "perhatian")


@dataclass(frozen=True)
class WallQuery:
    """What a wall shows. selection: without times; window: one of WINDOWS; moment: None for now.

    time_text: the moment as the address names it, "" for none; it may be none of the watched day.
    views: of VIEW_NAMES, in the order of rotation. filters: as the address has them. since: what a
    list of changes compares with; stage: whose SOP a list names; both as the address has them.
    """

    selection: Selection
    window: str
    moment: datetime | None
    views: tuple[str, ...]
    language: str
    dark: bool
    filters: tuple[tuple[str, str], ...]
    time_text: str = ""
    since: str = ""
    stage: str = ""

    @property
    def is_list(self) -> bool:
        """Whether this is a list in full, which is stacked on any screen."""
        return self.views[0] in LIST_SCREENS

    @property
    def is_case_list(self) -> bool:
        """Whether this is the list of the incidents, which are marked on its map."""
        return self.views[0] == "kejadian"


def parse_query(query: QueryParams, viewer: Viewer, register: Register) -> WallQuery:
    """Return what this viewer is shown. register: limited to what they may see.

    An invalid value is ignored, as on the pages. For a guest the link alone decides, whatever the
    address says.
    """

    def values(name: str) -> Sequence[str]:
        return viewer.link.filter_values(name) if viewer.link else query.getlist(name)

    def allowed_values(name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({value for value in values(name) if value in allowed}))

    chosen = {
        "kec": allowed_values("kec", tuple(register.kecamatan)),
        "jenis": allowed_values("jenis", [value for value in JENIS if value != "nihil"]),
        "tingkat": allowed_values("tingkat", TINGKAT),
        "status": allowed_values("status", [value for value in STATUS if value != "nihil"]),
        "rentang": tuple(value for value in values("rentang")[-1:] if value in WINDOWS[1:]),
    }
    time_text = next(iter(values("saat")[-1:]), "")
    moment = _parse_moment(time_text, register)
    filters = [(name, value) for name, chosen_values in chosen.items() for value in chosen_values]
    if moment is not None:
        filters.append(("saat", f"{moment:%Y-%m-%dT%H:%M}"))
    return WallQuery(
        Selection(chosen["kec"], chosen["jenis"], chosen["tingkat"], chosen["status"]),
        next(iter(chosen["rentang"]), WINDOWS[0]),
        moment,
        _parse_views(query, viewer),
        i18n.current_language(),
        query.get("tema") != "terang",
        tuple(filters),
        time_text if moment is None else moment.isoformat(),
        next(iter(values("sejak")[-1:]), ""),
        next(iter(allowed_values("tahap", [stage.code for stage in register.stages])), ""),
    )


def shows_reports(viewer: Viewer, query: WallQuery) -> bool:
    """Return whether single reports are shown: a guest link of figures opens none of them.

    A list in full has its own.
    """
    return viewer.may_open("situasi") and not query.is_list


def _parse_views(query: QueryParams, viewer: Viewer) -> tuple[str, ...]:
    """Return the requested views, or all; never one of data that the viewer may not see.

    A guest link opens the view of its own page alone, and a list in full stands for itself.
    """
    lists = [name for name in LIST_SCREENS if viewer.may_open(name)]
    allowed = [name for name in VIEW_NAMES if name not in SCREENS or viewer.may_open(name)]
    if viewer.link is not None:
        allowed = [name for name in (*allowed, *lists) if name in SCREENS]
    requested = [name for text in query.getlist("tampilan") for name in text.split(",")]
    if listed := [name for name in requested if name in lists]:
        return (listed[0],)
    return tuple(dict.fromkeys(name for name in requested if name in allowed)) or tuple(allowed)


def _parse_moment(text: str, register: Register) -> datetime | None:
    """Return a minute of the watched day; None, the present, for anything else."""
    election = register.election
    try:
        moment = datetime.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=election.zone)
    except ValueError:
        return None
    return moment if election.day_start <= moment < election.day_end else None
