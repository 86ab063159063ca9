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
from situasi.presentation.text_tables import TextTable
from situasi.server.wall import assets, shell, svg_map
from situasi.server.wall import markup as wall_markup
from situasi.server.wall import state as wall_state
from situasi.server.wall.query import WallQuery
from situasi.server.wall.state import Sources

# More open cases than this are counted and not listed.
MAX_CASES = 2_000
# Of the sentences of the wall those that a copy says.
_USED_SENTENCES = ("filter", "unheeded", "and_more", "newest")


@dataclass(frozen=True)
class FrozenCopy:
    """text: the file. name: what it may be called. rows: of its tables."""

    html: str
    file_name: str
    row_count: int


def build_copy(
    sources: Sources, viewer: Viewer, query: WallQuery, created_at: datetime
) -> FrozenCopy:
    """The wall of this viewer, kept as it is now. made: aware, when that is."""
    query = replace(query, dark=False)  # it is read on paper, too
    with i18n.absolute_times():
        said = wall_state.build_state(sources, viewer, query)
        listed = _build_tables(sources, viewer, query, said["table"]) if said["views"] else []
        return FrozenCopy(
            _render_page(sources, viewer, query, created_at, said, listed),
            _file_name(sources),
            sum(len(one.rows) for one in listed),
        )


def _file_name(sources: Sources) -> str:
    made_up = "LATIHAN_" if sources.snapshot_view.snapshot.rehearsal else ""
    return f"salinan_{made_up}situasi_{_state_time(sources):%Y%m%d-%H%M}.html"


def _state_time(sources: Sources) -> datetime:
    """Of which moment it tells: of a store that broke, that of the last good picture."""
    broken = (
        sources.snapshot_view.trouble
        and sources.view_time.live
        and not sources.view_time.is_exercise
    )
    return (
        sources.snapshot_view.checked_at.astimezone(sources.view_time.at.tzinfo)
        if broken
        else sources.view_time.at
    )


def _build_tables(
    sources: Sources, viewer: Viewer, query: WallQuery, by_area: dict[str, Any]
) -> list[TextTable]:
    looked = wall_state.build_analysis_view(sources, viewer)
    overview = wall_state.compute_overview(looked, wall_state.timed_selection(query, looked))
    every = wall_state.compute(area_summary.compute_area_summary, looked).stations
    tps = every[every["kecamatan"].isin(list(overview.crowd_states["kecamatan"]))]
    register, at = looked.register, sources.view_time.at
    return [
        _build_area_table(by_area),
        text_tables.build_case_table(overview.open_cases, register, at, MAX_CASES),
        text_tables.build_station_table(tps, register, at),
        text_tables.build_feed_table(overview.feed_states, at),
    ]


def _build_area_table(table: dict[str, Any]) -> TextTable:
    """The table that the wall has on a phone."""
    rows = [tuple(cells) for cells in table["rows"]]
    return TextTable(
        _("Menurut kecamatan"), i18n.format_number(len(rows)), tuple(table["head"]), rows
    )


def _render_page(
    sources: Sources,
    viewer: Viewer,
    query: WallQuery,
    created_at: datetime,
    state_json: dict[str, Any],
    tables: list[TextTable],
) -> str:
    house, state = sources.board, _state_time(sources)
    election = house.register.election
    rehearsal = sources.snapshot_view.snapshot.rehearsal
    state_json["moment"]["note"] = _("salinan beku")
    # The wall says at its foot that the store is broken; a copy has none.
    state_json["bands"] = [
        ("unread" if k == "broken" else k, text) for k, text in state_json["bands"] if k != "disk"
    ]
    return wall_markup.render_frozen_page(
        language=query.language,
        title=" · ".join(
            (_("Salinan beku"), _format_time(state, election.zone_label), election.kabupaten)
        ),
        banner=_format_banner(state, created_at.astimezone(state.tzinfo), election.zone_label),
        rehearsal_mark=_("LATIHAN") if rehearsal else "",
        unit=f"{election.command} · {election.operation}",
        clock=(i18n.format_time(state), election.zone_label),
        facts=_build_facts(sources, viewer),
        no_script_text=_("Gambar ini memerlukan JavaScript; daftar di bawah terbaca tanpa itu."),
        view_titles=[view["title"] for view in state_json["views"]],
        svg=svg_map.build_register_drawing(house.boundaries, house.register).svg,
        credit=f"{house.boundaries.credit}. {house.boundaries.caution}.",
        reports_heading=_("Laporan terbaru"),
        tables=tables,
        state=state_json,
        script_data={
            "flat": True,
            "words": {
                name: one
                for name, one in shell.script_sentences().items()
                if name in _USED_SENTENCES
            },
        },
        style=assets.build_frozen_style(),
        script=assets.build_frozen_script(),
    )


def _format_banner(state_time: datetime, created_at: datetime, zone: str) -> str:
    """That it is frozen, of when, and made when: to the second, with its day where another."""
    exact = (
        f"{created_at:%H.%M.%S}" if i18n.current_language() == "id" else f"{created_at:%H:%M:%S}"
    )
    if created_at.date() != state_time.date():
        exact = f"{i18n.format_date(created_at)} {exact}"
    sentence = _("SALINAN BEKU — keadaan {time}, dibuat {made} {zone}; tidak diperbarui")
    return sentence.format(time=_format_time(state_time, zone), made=exact, zone=zone)


def _format_time(at: datetime, zone: str) -> str:
    return f"{i18n.format_date(at)} {i18n.format_time(at)} {zone}"


def _build_facts(sources: Sources, viewer: Viewer) -> list[str]:
    """Whose sight it is, and of which version of the store."""
    register = sources.board.register
    area = ", ".join(map(register.name_of, viewer.area)) or _("seluruh kabupaten")
    role = label("role", viewer.role.name)
    sight = _("Sebatas yang dilihat peran {role}, wilayah: {area}").format(role=role, area=area)
    by = [] if viewer.is_local else [_("diambil oleh {name}").format(name=viewer.name)]
    version = _("versi penyimpanan {n}").format(
        n=i18n.format_number(sources.snapshot_view.snapshot.version)
    )
    return [" · ".join((sight, *by, version))]
