"""What is short now: the key figures, the kecamatan, and the map before anybody is moved."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st
from pydeck import Deck

from pages.redeployment import tables as redeployment_tables
from situasi.analysis.redeployment import candidates, shortfalls
from situasi.analysis.redeployment.plan import Move, RedeploymentNeeds, filter_by_kecamatan
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.register import Kecamatan
from situasi.domain.rules import RedeploymentRules
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.theme import Theme
from situasi.ui import page_layout, render_cache, session, url_state
from situasi.ui.components import area_map, markup
from situasi.ui.components.kpi_row import Kpi
from situasi.ui.components.markup import Card, build_estimate, build_ratio
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import personnel, table_view

_NO_SHORTFALL_OPACITY = 90  # how opaque a kecamatan is where nothing is short


def build_kpis(needs: RedeploymentNeeds) -> list[Kpi]:
    """What is missing, and who could go."""
    shown = needs.chosen_tps
    empty, short = shown[shown["empty"]], shown[shown["short"]]
    every = needs.coverage.officers
    coming = every[every.index.isin(needs.en_route)]
    of_all = _("dari {n}").format(n=i18n.format_number(len(shown)))
    wanted = sum(one.officers_needed for one in needs.station_groups)
    return [
        Kpi(
            "kosong",
            Card(
                _("TPS tanpa petugas"),
                build_ratio(i18n.format_number(len(empty)), of_all),
                _("menurut kabar terakhir"),
                is_alarm=bool(len(empty)),
            ),
            lambda: redeployment_tables.build_station_table(empty),
        ),
        Kpi(
            "kurang",
            Card(
                _("TPS kurang dari pola"),
                build_ratio(build_estimate(f"≈ {i18n.format_number(len(short))}"), of_all),
                _("menurut yang tidak diketahui absen"),
            ),
            lambda: redeployment_tables.build_station_table(short),
        ),
        Kpi(
            "perlu",
            Card(
                _("Petugas yang diperlukan"),
                build_estimate(f"≈ {i18n.format_number(wanted)}"),
                _("untuk {n} kelompok TPS").format(n=i18n.format_number(len(needs.station_groups))),
            ),
            lambda: redeployment_tables.build_station_group_table(needs.station_groups),
        ),
        Kpi(
            "siap",
            _build_free_card(needs),
            lambda: redeployment_tables.build_officer_table(needs.candidates),
        ),
        Kpi(
            "menuju",
            Card(
                _("Sedang menuju TPS"),
                i18n.format_number(len(coming)),
                _("diperintahkan dalam {n} menit terakhir, belum melapor").format(
                    n=i18n.format_number(_redeployment_rules().en_route_grace.total_seconds() // 60)
                ),
            ),
            lambda: personnel.build_officers_table(coming, needs.coverage.postings),
        ),
    ]


def _redeployment_rules() -> RedeploymentRules:
    return board().register.election.rules.redeployment


def _build_free_card(needs: RedeploymentNeeds) -> Card:
    kinds = [*_redeployment_rules().retained_shares, candidates.FROM_TPS]
    may = {
        kind: candidates.compute_max_movable(kind, needs.candidates, _redeployment_rules())
        for kind in kinds
    }
    names = {
        "cadangan": _("{n} cadangan"),
        "patroli": _("{n} patroli"),
        candidates.FROM_TPS: _("{n} dari TPS yang lebih"),
    }
    said = " · ".join(
        names[kind].format(n=i18n.format_number(count))
        for kind, count in may.items()
        if kind in names
    )
    ready = _("dari {n} siap").format(n=i18n.format_number(len(needs.candidates)))
    return Card(_("Boleh digeser"), build_ratio(i18n.format_number(sum(may.values())), ready), said)


def render_shortfalls_panel(context: PageContext, needs: RedeploymentNeeds) -> None:
    """The kecamatan as a table, and on the map."""
    left, right = st.columns(2, gap="medium")
    with left:
        page_layout.render_section_title(_("Kekurangan sekarang, menurut kecamatan"))
        table = render_cache.get_or_build("kekurangan", (), (needs,), _build_area_table)
        table_view.render_table(
            table, "kekurangan", _("Kekurangan menurut kecamatan"), visible_rows=11
        )
        if board().register.election.rules.staffing_patterns.estimated:
            basis = board().register.election.rules.staffing_patterns.basis
            st.caption(_("≈ perkiraan menurut pola {basis}.").format(basis=basis))
    with right:
        page_layout.render_section_title(_("Sebelum"))
        render_map(
            context,
            needs,
            needs.tps,
            "peta_sebelum",
            _("Peta TPS yang kekurangan petugas, sekarang"),
        )


def _build_area_table(needs: RedeploymentNeeds) -> table_view.Table:
    rows = shortfalls.count_by_kecamatan(needs.chosen_tps)
    return redeployment_tables.build_area_table(
        rows.sort_values(["empty", "short"], ascending=False, kind="stable")
    )


def render_map(
    context: PageContext,
    needs: RedeploymentNeeds,
    tps: pd.DataFrame,
    key: str,
    alt: str,
    moves: Sequence[Move] = (),
) -> None:
    """The kecamatan by what is short there, and the moves as lines."""
    theme, shown = session.get_theme(), tuple(context.selected_kecamatan())
    filtered, layer = tuple(url_state.get_selected("kec")), area_map.get_layer_id(key)
    asked = (key, theme, shown, filtered, layer, tuple(map(id, moves)))
    make = partial(_build_deck, key, theme, shown, needs.chosen_kecamatan, moves)
    area_map.render_deck(render_cache.get_or_build("peta_geser", asked, (tps,), make), key, alt)
    steps = theme.strength
    area_map.render_legend(
        [
            (markup.build_colour_mark(steps[0]), _("ada TPS tanpa petugas")),
            (markup.build_colour_mark(steps[1]), _("ada TPS kurang dari pola")),
            (markup.build_colour_mark(steps[2]), _("sesuai pola")),
            (markup.build_situasi_mark(None), _("belum ada plotting")),
        ]
    )


def _build_deck(
    key: str,
    theme: Theme,
    kecamatan_codes: Sequence[str],
    selected_codes: Sequence[str],
    moves: Sequence[Move],
    tps: pd.DataFrame,
) -> Deck:
    rows = shortfalls.count_by_kecamatan(filter_by_kecamatan(tps, selected_codes))
    areas = area_map.build_areas(kecamatan_codes, lambda place: _build_area(rows, place, theme))
    return area_map.build_deck(areas, key, moves=_build_move_lines(moves) if moves else None)


def _build_area(rows: pd.DataFrame, place: Kecamatan, theme: Theme) -> AreaStyle:
    row = rows.loc[place.code].to_dict() if place.code in rows.index else {"known": False}
    if not row["known"]:
        return AreaStyle(place.name, fill_mode="silent")
    empty, short = int(row["empty"]), int(row["short"])
    # The gravest alone: more does not fit into a kecamatan.
    if empty:
        said = _("{n} kosong").format(n=i18n.format_number(empty))
        return AreaStyle(place.name, said, theme.strength[0])
    if short:
        said = _("≈ {n} kurang").format(n=i18n.format_number(short))
        return AreaStyle(place.name, said, theme.strength[1])
    return AreaStyle(place.name, _("cukup"), theme.strength[2], _NO_SHORTFALL_OPACITY)


def _build_move_lines(moves: Sequence[Move]) -> pd.DataFrame:
    """The moves by where they lead from and to, as the map wants them."""
    ground = board().geography
    pairs: dict[tuple[str, str], int] = {}
    for move in moves:
        pair = (move.candidate.place_code, move.destination.desa)
        pairs[pair] = pairs.get(pair, 0) + 1
    return pd.DataFrame(
        [
            {
                "lon": ground.point(one)[0],
                "lat": ground.point(one)[1],
                "to_lon": ground.point(other)[0],
                "to_lat": ground.point(other)[1],
                "officers": count,
                "label": _("{n} petugas: {one} → {other}").format(
                    n=i18n.format_number(count), one=redeployment_tables.format_place(one),
                    other=redeployment_tables.format_place(other),
                ),
            }
            for (one, other), count in pairs.items()
        ]
    )  # fmt: skip
