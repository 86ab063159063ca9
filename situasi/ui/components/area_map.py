"""A map of kecamatan coloured by a measure, with a legend; a click filters the page."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st
from markupsafe import Markup
from pydeck import Deck

from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.register import Kecamatan
from situasi.figures.maps import area_spots
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.label_placement import LabelLayout, place_labels
from situasi.figures.maps.markers import LAYER_ID as MARK_LAYER_ID
from situasi.figures.maps.markers import format_mark_key
from situasi.figures.maps.situation_map import HEIGHT, build_situation_map
from situasi.figures.maps.station_cells import CellStyle
from situasi.presentation import definition_words
from situasi.presentation.station_cells import StationCells
from situasi.ui import filters, session, url_state
from situasi.ui.components import case_links, markup


def build_areas(
    visible_codes: Collection[str], style_area: Callable[[Kecamatan], AreaStyle]
) -> dict[str, AreaStyle]:
    """Return the map style of every kecamatan, by code.

    visible_codes: the kecamatan that the viewer chose; the others are drawn as filtered.
    style_area: returns the value and fill of one kecamatan, or fill_mode "silent" without data.
    """
    selected = set(url_state.get_selected("kec"))
    areas = {}
    for code, kecamatan in board().register.kecamatan.items():
        area = (
            style_area(kecamatan)
            if code in visible_codes
            else AreaStyle(kecamatan.name, fill_mode="filtered")
        )
        areas[code] = replace(area, is_selected=code in selected)
    return areas


def render_area_map(areas: dict[str, AreaStyle], key: str, alt: str) -> None:
    """Draw the map; a click on a kecamatan filters the page, a second click shows all.

    key: of the widget, one for each page.
    """
    render_deck(build_deck(areas, key), key, alt)


def build_deck(
    areas: dict[str, AreaStyle],
    key: str,
    points: pd.DataFrame | None = None,
    moves: pd.DataFrame | None = None,
    cells: tuple[StationCells, CellStyle] | None = None,
) -> Deck:
    """Build the map of these areas; points and moves as situation_map expects them.

    cells: of all TPS, and their colours; None: none are drawn.
    """
    return build_situation_map(
        _place_labels(),
        board().boundaries,
        areas,
        points,
        session.get_theme(),
        layer_id=get_layer_id(key),
        view_id=f"{key}-{st.session_state.get(_resets_key(key), 0)}",
        moves=moves,
        cells=None if cells is None else (cells[0].url, cells[1]),
    )


def list_area_spots() -> dict[str, tuple[float, float]]:
    """Return where in each kecamatan a report is drawn of which no more is known."""
    return area_spots.list_area_spots(_place_labels(), board().boundaries)


def _place_labels() -> LabelLayout:
    names = tuple((code, kecamatan.name) for code, kecamatan in board().register.kecamatan.items())
    return place_labels(board().boundaries, names, HEIGHT)


def render_deck(
    deck: Deck, key: str, alt: str, cases_by_mark: Mapping[str, tuple[str, ...]] | None = None
) -> None:
    """Draw a map that was built before, and the button that brings its camera back.

    cases_by_mark: the cases of each mark, which a click on it opens.
    """
    st.session_state[_marks_key(key)] = cases_by_mark or {}
    with st.container(key=f"bingkai_{key}", gap=None):
        st.pydeck_chart(deck, height=HEIGHT, on_select=partial(_on_click, key), key=key, alt=alt)
        st.button(
            _("Seluruh peta"), key=f"semula_{key}", on_click=partial(_on_reset, key),
            help=_("Kembalikan peta ke letak dan besarnya semula"),
        )  # fmt: skip


def get_opened_cases(key: str) -> tuple[str, ...]:
    """Return the cases of the mark with several cases that the viewer opened; () for none."""
    opened = st.session_state.get(_opened_key(key))
    return tuple(st.session_state.get(_marks_key(key), {}).get(opened, ()))


def close_mark(key: str) -> None:
    """Forget the opened mark (a callback)."""
    st.session_state.pop(_opened_key(key), None)


def get_layer_id(key: str) -> str:
    """Return the layer id; a new id clears the last click (see docs/decisions.md)."""
    clicks = st.session_state.setdefault(_clicks_key(key), 0)
    return f"kecamatan-{clicks}-{st.session_state.get(_resets_key(key), 0)}"


def render_legend(marks: Sequence[tuple[Markup, str]]) -> None:
    """Draw the marks with their labels, and the source of the boundaries."""
    election, boundaries = board().register.election, board().boundaries
    markup.render_legend(marks, definition_words.format_credits(election, boundaries))


def _on_click(key: str) -> None:
    """Filter by the clicked kecamatan; open the case, or the list of cases, of a clicked mark."""
    objects = st.session_state[key]["selection"]["objects"]
    for layer, selected in objects.items():
        if layer.startswith("kecamatan") and selected:
            filters.toggle_kecamatan(selected[0]["properties"]["kode"])
        elif layer == MARK_LAYER_ID and selected:
            _open_mark(key, format_mark_key(selected[0]["x"], selected[0]["y"]))
    st.session_state[_clicks_key(key)] = st.session_state.get(_clicks_key(key), 0) + 1


def _open_mark(key: str, mark: str) -> None:
    cases = st.session_state.get(_marks_key(key), {}).get(mark, ())
    if len(cases) == 1:
        case_links.request(cases[0])
    elif cases:
        st.session_state[_opened_key(key)] = mark


def _marks_key(key: str) -> str:
    return f"_marks_{key}"


def _opened_key(key: str) -> str:
    return f"_opened_{key}"


def _on_reset(key: str) -> None:
    st.session_state[_resets_key(key)] = st.session_state.get(_resets_key(key), 0) + 1


def _clicks_key(key: str) -> str:
    return f"_clicks_{key}"


def _resets_key(key: str) -> str:
    return f"_resets_{key}"
