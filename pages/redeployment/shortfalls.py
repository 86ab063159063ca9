"""The present shortfalls: key figures, table by kecamatan, and the map before any move."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st
from pydeck import Deck

from pages.redeployment import tables
from situasi.analysis.redeployment import candidates, shortfalls
from situasi.analysis.redeployment.plan import Move, RedeploymentNeeds, filter_by_kecamatan
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.register import Kecamatan
from situasi.domain.road_network import Geography
from situasi.domain.rules import RedeploymentRules
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.theme import Theme
from situasi.presentation import definition_words
from situasi.ui import page_layout, render_cache, url_state
from situasi.ui.components import area_map, markup
from situasi.ui.components.kpi_row import Kpi
from situasi.ui.components.markup import Card, build_estimate, build_ratio
from situasi.ui.page_context import PageContext
from situasi.ui.tables import personnel, table_view

_NO_SHORTFALL_OPACITY = 90  # opacity of a kecamatan without shortfall


def build_kpis(context: PageContext, needs: RedeploymentNeeds) -> list[Kpi]:
    """Build the key figures: what is short, and which officers are available."""
    is_exercise = context.has_exercise_rows
    tps = needs.chosen_tps
    empty, short = tps[tps["empty"]], tps[tps["short"]]
    officers = needs.coverage.officers
    en_route = officers[officers.index.isin(needs.en_route)]
    of_total = format_counts(_("dari {n}"), n=len(tps))
    needed = sum(group.officers_needed for group in needs.station_groups)
    return [
        Kpi(
            "kosong",
            Card(
                _("TPS tanpa petugas"),
                build_ratio(format_number(len(empty)), of_total),
                _("menurut kabar terakhir"),
                is_alarm=bool(len(empty)),
            ),
            lambda: _build_ranked_table(tps, True, is_exercise),
        ),
        Kpi(
            "kurang",
            Card(
                _("TPS kurang dari pola"),
                build_ratio(build_estimate(f"≈ {format_number(len(short))}"), of_total),
                _("menurut yang tidak diketahui absen"),
            ),
            lambda: _build_ranked_table(tps, False, is_exercise),
        ),
        Kpi(
            "perlu",
            Card(
                _("Petugas yang diperlukan"),
                build_estimate(f"≈ {format_number(needed)}"),
                format_counts(_("untuk {n} kelompok TPS"), n=len(needs.station_groups)),
            ),
            lambda: tables.build_station_group_table(needs.station_groups, is_exercise),
        ),
        Kpi("siap", _build_free_card(needs), lambda: tables.build_officer_table(needs.candidates)),
        Kpi(
            "menuju",
            Card(
                _("Sedang menuju TPS"),
                format_number(len(en_route)),
                format_counts(
                    _("diperintahkan dalam {n} menit terakhir, belum melapor"),
                    n=_redeployment_rules().en_route_grace.total_seconds() // 60,
                ),
            ),
            lambda: personnel.build_officers_table(en_route, needs.coverage.postings),
        ),
    ]


def _build_ranked_table(tps: pd.DataFrame, empty: bool, is_exercise: bool) -> table_view.Table:
    """Build the table of TPS without officers, or below the pattern; ranked among all."""
    ranked = shortfalls.rank_shortfalls(tps, _redeployment_rules().shortfall_points)
    return tables.build_station_table(ranked[ranked["empty"] == empty], is_exercise)


def _redeployment_rules() -> RedeploymentRules:
    return board().register.election.rules.redeployment


def _build_free_card(needs: RedeploymentNeeds) -> Card:
    kinds = [*_redeployment_rules().retained_shares, candidates.FROM_TPS]
    movable = {
        kind: candidates.compute_max_movable(kind, needs.candidates, _redeployment_rules())
        for kind in kinds
    }
    names = {
        "cadangan": _("{n} cadangan"),
        "patroli": _("{n} patroli"),
        candidates.FROM_TPS: _("{n} dari TPS yang lebih"),
    }
    note = " · ".join(
        format_counts(names[kind], n=count) for kind, count in movable.items() if kind in names
    )
    ready = format_counts(_("dari {n} siap"), n=len(needs.candidates))
    return Card(_("Boleh digeser"), build_ratio(format_number(sum(movable.values())), ready), note)


def render_shortfalls_panel(context: PageContext, needs: RedeploymentNeeds) -> None:
    """Draw the shortfalls by kecamatan as a table and on the map."""
    left, right = st.columns(2, gap="medium")
    with left:
        page_layout.render_section_title(_("Kekurangan sekarang, menurut kecamatan"))
        is_exercise = context.has_exercise_rows
        table = render_cache.get_or_build(
            "kekurangan", is_exercise, (needs,), partial(_build_area_table, is_exercise)
        )
        table_view.render_table(
            table, "kekurangan", _("Kekurangan menurut kecamatan"), visible_rows=11
        )
        patterns = board().register.election.rules.staffing_patterns
        if patterns.estimated:
            basis = definition_words.translate(board().register.election, patterns.basis)
            st.caption(_("≈ perkiraan menurut pola {basis}.").format(basis=basis))
    with right:
        page_layout.render_section_title(_("Peta kekurangan"))
        alt = _("Peta TPS yang kekurangan petugas, sekarang")
        render_map(context, needs, needs.tps, "peta_sebelum", alt)


def _build_area_table(is_exercise: bool, needs: RedeploymentNeeds) -> table_view.Table:
    rows = shortfalls.count_by_kecamatan(needs.chosen_tps)
    return tables.build_area_table(
        rows.sort_values(["empty", "short"], ascending=False, kind="stable"), is_exercise
    )


def render_map(
    context: PageContext,
    needs: RedeploymentNeeds,
    tps: pd.DataFrame,
    key: str,
    alt: str,
    moves: Sequence[Move] = (),
) -> None:
    """Draw the kecamatan by shortfall, and the moves as lines."""
    theme, kecamatan_codes = context.theme, tuple(context.selected_kecamatan())
    filtered, layer = tuple(url_state.get_selected("kec")), area_map.get_layer_id(key)
    cache_key = (key, theme, kecamatan_codes, filtered, layer, tuple(map(id, moves)))
    lines = _build_move_lines(context.geography, moves) if moves else None
    build = partial(_build_deck, key, theme, kecamatan_codes, needs.chosen_kecamatan, lines)
    area_map.render_deck(
        render_cache.get_or_build("peta_geser", cache_key, (tps,), build), key, alt
    )
    colours = theme.strength
    area_map.render_legend(
        [
            (markup.build_colour_mark(colours[0]), _("ada TPS tanpa petugas")),
            (markup.build_colour_mark(colours[1]), _("ada TPS kurang dari pola")),
            (markup.build_colour_mark(colours[2]), _("sesuai pola")),
            (markup.build_situasi_mark(None), _("belum ada plotting")),
        ]
    )


def _build_deck(
    key: str,
    theme: Theme,
    kecamatan_codes: Sequence[str],
    selected_codes: Sequence[str],
    moves: pd.DataFrame | None,
    tps: pd.DataFrame,
) -> Deck:
    rows = shortfalls.count_by_kecamatan(filter_by_kecamatan(tps, selected_codes))
    areas = area_map.build_areas(kecamatan_codes, lambda place: _build_area(rows, place, theme))
    return area_map.build_deck(areas, key, moves=moves)


def _build_area(rows: pd.DataFrame, place: Kecamatan, theme: Theme) -> AreaStyle:
    row = rows.loc[place.code].to_dict() if place.code in rows.index else {"known": False}
    if not row["known"]:
        return AreaStyle(place.name, fill_mode="silent")
    empty, short = int(row["empty"]), int(row["short"])
    # Only the most serious shortfall fits into a kecamatan.
    if empty:
        value = format_counts(_("{n} kosong"), n=empty)
        return AreaStyle(place.name, value, theme.strength[0])
    if short:
        value = format_counts(_("≈ {n} kurang"), n=short)
        return AreaStyle(place.name, value, theme.strength[1])
    return AreaStyle(place.name, _("cukup"), theme.strength[2], _NO_SHORTFALL_OPACITY)


def _build_move_lines(geography: Geography, moves: Sequence[Move]) -> pd.DataFrame:
    """Return the moves as lines between two points, with the columns that the map needs."""
    pairs = Counter((move.candidate.place_code, move.destination.desa) for move in moves)
    return pd.DataFrame(
        [
            {
                "lon": geography.point(origin)[0],
                "lat": geography.point(origin)[1],
                "to_lon": geography.point(destination)[0],
                "to_lat": geography.point(destination)[1],
                "officers": count,
                "label": _("{n} petugas: {one} → {other}").format(
                    n=format_number(count), one=tables.format_place(origin),
                    other=tables.format_place(destination),
                ),
            }
            for (origin, destination), count in pairs.items()
        ]
    )  # fmt: skip
