"""The frozen copy: the wall of one moment as one file, for whoever has no board before them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from situasi.access.roles import Viewer
from situasi.analysis.situation import area_summary
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import text_tables
from situasi.presentation.text_tables import Listed
from situasi.server.wall import assets, shell, svg_map
from situasi.server.wall import markup as wall_markup
from situasi.server.wall import state as wall_state
from situasi.server.wall.query import Asked
from situasi.server.wall.state import Sources

# More open cases than this are counted and not listed.
MOST_CASES = 2_000
# Of the sentences of the wall those that a copy says.
_SAID = ("filter", "unheeded", "and_more", "newest")


@dataclass(frozen=True)
class Copy:
    """text: the file. name: what it may be called. rows: of its tables."""

    text: str
    name: str
    rows: int


def copy(of: Sources, viewer: Viewer, asked: Asked, made: datetime) -> Copy:
    """The wall of this viewer, kept as it is now. made: aware, when that is."""
    asked = replace(asked, dark=False)  # it is read on paper, too
    with i18n.absolute_times():
        said = wall_state.compose(of, viewer, asked)
        listed = _tables(of, viewer, asked, said["table"]) if said["views"] else []
        return Copy(
            _page(of, viewer, asked, made, said, listed),
            _name(of),
            sum(len(one.rows) for one in listed),
        )


def _name(of: Sources) -> str:
    made_up = "LATIHAN_" if of.picture.snapshot.rehearsal else ""
    return f"salinan_{made_up}situasi_{_state(of):%Y%m%d-%H%M}.html"


def _state(of: Sources) -> datetime:
    """Of which moment it tells: of a store that broke, that of the last good picture."""
    broken = of.picture.trouble and of.at.live and not of.at.is_exercise
    return of.picture.checked_at.astimezone(of.at.at.tzinfo) if broken else of.at.at


def _tables(of: Sources, viewer: Viewer, asked: Asked, by_area: dict[str, Any]) -> list[Listed]:
    looked = wall_state.looked_at(of, viewer)
    overview = wall_state.situation(looked, wall_state.selection_of(asked, looked))
    every = wall_state.compute(area_summary.compute_area_summary, looked).stations
    tps = every[every["kecamatan"].isin(list(overview.crowd_states["kecamatan"]))]
    register, at = looked.register, of.at.at
    return [
        _by_area(by_area),
        text_tables.cases(overview.open_cases, register, at, MOST_CASES),
        text_tables.stations(tps, register, at),
        text_tables.feeds(overview.feed_states, at),
    ]


def _by_area(told: dict[str, Any]) -> Listed:
    """The table that the wall has on a phone."""
    rows = [tuple(cells) for cells in told["rows"]]
    return Listed(_("Menurut kecamatan"), i18n.format_number(len(rows)), tuple(told["head"]), rows)


def _page(
    of: Sources,
    viewer: Viewer,
    asked: Asked,
    made: datetime,
    said: dict[str, Any],
    listed: list[Listed],
) -> str:
    house, state = of.board, _state(of)
    election = house.register.election
    rehearsal = of.picture.snapshot.rehearsal
    said["moment"]["note"] = _("salinan beku")
    # The wall says at its foot that the store is broken; a copy has none.
    said["bands"] = [
        ("unread" if k == "broken" else k, text) for k, text in said["bands"] if k != "disk"
    ]
    return wall_markup.page(
        language=asked.language,
        title=" · ".join(
            (_("Salinan beku"), _time(state, election.zone_label), election.kabupaten)
        ),
        band=_band(state, made.astimezone(state.tzinfo), election.zone_label),
        mark=_("LATIHAN") if rehearsal else "",
        whose=f"{election.command} · {election.operation}",
        clock=(i18n.format_time(state), election.zone_label),
        facts=_facts(of, viewer),
        without=_("Gambar ini memerlukan JavaScript; daftar di bawah terbaca tanpa itu."),
        ways=[view["title"] for view in said["views"]],
        svg=svg_map.of_register(house.boundaries, house.register).svg,
        credit=f"{house.boundaries.credit}. {house.boundaries.caution}.",
        reports=_("Laporan terbaru"),
        tables=listed,
        picture=said,
        told={
            "flat": True,
            "words": {name: one for name, one in shell.sentences().items() if name in _SAID},
        },
        style=assets.frozen_style(),
        script=assets.frozen_script(),
    )


def _band(state: datetime, made: datetime, zone: str) -> str:
    """That it is frozen, of when, and made when: to the second, with its day where another."""
    exact = f"{made:%H.%M.%S}" if i18n.current_language() == "id" else f"{made:%H:%M:%S}"
    if made.date() != state.date():
        exact = f"{i18n.format_date(made)} {exact}"
    sentence = _("SALINAN BEKU — keadaan {time}, dibuat {made} {zone}; tidak diperbarui")
    return sentence.format(time=_time(state, zone), made=exact, zone=zone)


def _time(at: datetime, zone: str) -> str:
    return f"{i18n.format_date(at)} {i18n.format_time(at)} {zone}"


def _facts(of: Sources, viewer: Viewer) -> list[str]:
    """Whose sight it is, and of which version of the store."""
    register = of.board.register
    area = ", ".join(map(register.name_of, viewer.area)) or _("seluruh kabupaten")
    role = label("role", viewer.role.name)
    sight = _("Sebatas yang dilihat peran {role}, wilayah: {area}").format(role=role, area=area)
    by = [] if viewer.is_local else [_("diambil oleh {name}").format(name=viewer.name)]
    version = _("versi penyimpanan {n}").format(n=i18n.format_number(of.picture.snapshot.version))
    return [" · ".join((sight, *by, version))]
