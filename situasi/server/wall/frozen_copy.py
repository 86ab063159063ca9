"""The frozen copy: the wall at one moment as one file, for people without access to the board."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from situasi.access.roles import Viewer
from situasi.analysis.situation import area_summary
from situasi.common.formats import (
    absolute_times,
    format_date,
    format_number,
    format_time,
    get_time_pattern,
)
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import definition_words, text_tables
from situasi.presentation.text_tables import TextTable
from situasi.presentation.view_text import mark_machine_time
from situasi.server import html_pages
from situasi.server.auth.security_headers import csp_hashes
from situasi.server.wall import assets, shell, svg_map
from situasi.server.wall import state as wall_state
from situasi.server.wall.query import WallQuery
from situasi.server.wall.state import Sources

# More open cases than this are counted and not listed.
MAX_CASES = 2_000
# The sentences of the wall that a copy uses.
_USED_SENTENCES = (
    "filter", "unacknowledged", "and_more", "heard", "newest", "decide", "decide_more", "list_more",
    "decide_unheld",
)  # fmt: skip


@dataclass(frozen=True)
class FrozenCopy:
    """The finished file. row_count: rows of its tables."""

    html: Markup
    file_name: str
    row_count: int


def build_copy(
    sources: Sources, viewer: Viewer, query: WallQuery, created_at: datetime
) -> FrozenCopy:
    """Build the copy of what this viewer sees. created_at: aware."""
    query = replace(query, dark=False)  # copies are printed, too
    with absolute_times():
        state = wall_state.build_state(sources, viewer, query)
        tables = _build_tables(sources, viewer, query, state["table"]) if state["views"] else []
        return FrozenCopy(
            _render_page(sources, viewer, created_at, state, tables),
            _file_name(sources),
            sum(len(table.rows) for table in tables),
        )


def _file_name(sources: Sources) -> str:
    prefix = "LATIHAN_" if sources.snapshot_view.snapshot.rehearsal else ""
    return f"salinan_{prefix}situasi_{_state_time(sources):%Y%m%d-%H%M}.html"


def _state_time(sources: Sources) -> datetime:
    """Return the moment shown; if the store is broken, that of the last good snapshot."""
    view, view_time = sources.snapshot_view, sources.view_time
    if view.trouble and view_time.live and not view_time.is_exercise:
        return view.checked_at.astimezone(view_time.at.tzinfo)
    return view_time.at


def _build_tables(
    sources: Sources, viewer: Viewer, query: WallQuery, by_area: dict[str, Any]
) -> list[TextTable]:
    analysis_view = wall_state.build_analysis_view(sources, viewer)
    overview = analysis_view.compute_overview(wall_state.timed_selection(query, analysis_view))
    stations = analysis_view.compute(area_summary.compute_area_summary).stations
    tps = stations[stations["kecamatan"].isin(list(overview.crowd_states["kecamatan"]))]
    register, at = analysis_view.register, sources.view_time.at
    return [
        _build_area_table(by_area),
        text_tables.build_case_table(overview.open_cases, register, at, MAX_CASES),
        text_tables.build_station_table(tps, register, at),
        text_tables.build_feed_table(overview.feed_states, at),
    ]


def _build_area_table(table: dict[str, Any]) -> TextTable:
    """Return the table that the wall shows on a phone."""
    rows = [tuple(cells) for cells in table["rows"]]
    return TextTable(_("Menurut kecamatan"), format_number(len(rows)), tuple(table["head"]), rows)


def _render_page(
    sources: Sources,
    viewer: Viewer,
    created_at: datetime,
    state_json: dict[str, Any],
    tables: list[TextTable],
) -> Markup:
    board, state = sources.board, _state_time(sources)
    election = board.register.election
    state_json["moment"]["note"] = _("salinan beku")
    # The wall's footer says that the store is broken; a copy has no footer.
    state_json["bands"] = [
        ("unread" if kind == "broken" else kind, text)
        for kind, text in state_json["bands"]
        if kind != "disk"
    ]
    style, script = assets.build_frozen_style(), assets.build_frozen_script()
    sentences = shell.script_sentences()
    return html_pages.render_template(
        "frozen_copy.html",
        title=" · ".join(
            (_("Salinan beku"), _format_time(state, election.zone_label), election.kabupaten)
        ),
        banner=_format_banner(sources, created_at.astimezone(state.tzinfo), election.zone_label),
        is_rehearsal=sources.snapshot_view.snapshot.rehearsal,
        unit=f"{election.command} · {election.operation}",
        time=format_time(state),
        zone=election.zone_label,
        facts=_format_facts(sources, viewer),
        view_titles=[view["title"] for view in state_json["views"]],
        svg=svg_map.build_register_drawing(board.boundaries, board.register).svg,
        credit=definition_words.format_credits(election, board.boundaries),
        signs=shell.list_signs(),
        tables=tables,
        state=state_json,
        script_data={"flat": True, "words": {name: sentences[name] for name in _USED_SENTENCES}},
        policy=build_policy(style, script),
        style=Markup(style),
        script=Markup(script),
    )


def build_policy(style: str, script: str) -> str:
    """Return the policy of a copy: this one script and style, and nothing else."""
    script_hash, style_hash = csp_hashes((script, style))
    return (
        f"default-src 'none'; script-src {script_hash}; style-src {style_hash}; "
        "img-src data:; form-action 'none'; base-uri 'none'"
    )


def _format_banner(sources: Sources, created_at: datetime, zone: str) -> str:
    """Return the text that this is a frozen copy, and when it was made, to the second."""
    state_time = _state_time(sources)
    time_text = f"{created_at:{get_time_pattern(with_seconds=True)}}"
    if created_at.date() != state_time.date():
        time_text = f"{format_date(created_at)} {time_text}"
    made = mark_machine_time(f"{time_text} {zone}", is_exercise=sources.is_exercise)
    sentence = _("SALINAN BEKU — keadaan {time}, dibuat {made}; tidak diperbarui")
    return sentence.format(time=_format_time(state_time, zone), made=made)


def _format_time(at: datetime, zone: str) -> str:
    return f"{format_date(at)} {format_time(at)} {zone}"


def _format_facts(sources: Sources, viewer: Viewer) -> str:
    """Return whose view it is, who took it, and the store version."""
    register = sources.board.register
    area = ", ".join(map(register.name_of, viewer.area)) or _("seluruh kabupaten")
    role = label("role", viewer.role.name)
    scope = _("Sebatas yang dilihat peran {role}, wilayah: {area}").format(role=role, area=area)
    taken_by = [] if viewer.is_local else [_("diambil oleh {name}").format(name=viewer.name)]
    version = _("versi penyimpanan {n}").format(
        n=format_number(sources.snapshot_view.snapshot.version)
    )
    return " · ".join((scope, *taken_by, version))
