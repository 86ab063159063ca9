"""All TPS at once as HTML: one cell each, a colour for its phase or state, a sign for trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.figures.theme import Theme
from situasi.ui.components.markup import render


@dataclass(frozen=True)
class StationCell:
    """One TPS. tone: a place in theme.phases, None for no colour. state: of analysis.reporting."""

    title: str
    link: str
    colour_index: int | None
    state: str
    is_selected: bool = False


@dataclass(frozen=True)
class StationBlock:
    """The TPS of one kecamatan. count: what stands beside its name."""

    name: str
    count: str
    cells: Sequence[StationCell]


def build_blocks(groups: Sequence[StationBlock]) -> Markup:
    """A block of cells for each kecamatan, for grid."""
    return Markup("").join(
        Markup("<section><h3>{}<small>{}</small></h3><div>{}</div></section>").format(
            group.name, group.count, Markup("").join(_build_cell(cell) for cell in group.cells)
        )
        for group in groups
    )


def render_grid(blocks: Markup, theme: Theme) -> None:
    """The blocks in the colours of the theme."""
    render(
        Markup('<div class="ts-grid" style="{}">{}</div>').format(
            _build_colour_variables(theme), blocks
        )
    )


def render_legend(marks: Sequence[tuple[int | None, str, str]], theme: Theme, total: str) -> None:
    """(tone, state, words) for each mark, and what they add up to."""
    entries = Markup("").join(
        Markup('<span><i class="{}"></i> {}</span>').format(_build_css_class(tone, state), word)
        for tone, state, word in marks
    )
    render(
        Markup('<div class="si-legend ts-grid" style="{}">{}<small>{}</small></div>').format(
            _build_colour_variables(theme), entries, total
        )
    )


def render_facts(title: str, pairs: Sequence[tuple[str, str]]) -> None:
    """What is known of one TPS, in a few lines."""
    lines = Markup("").join(Markup("<span>{} <b>{}</b></span>").format(*pair) for pair in pairs)
    render(Markup('<div class="ts-facts"><h3>{}</h3><p>{}</p></div>').format(title, lines))


def _build_cell(cell: StationCell) -> Markup:
    kind = _build_css_class(cell.colour_index, cell.state) + (
        " ts-chosen" if cell.is_selected else ""
    )
    return Markup('<a class="{}" href="{}" target="_self" title="{}"></a>').format(
        kind, cell.link, cell.title
    )


def _build_css_class(colour_index: int | None, state: str) -> str:
    return f"ts-c ts-{'none' if colour_index is None else colour_index} ts-{state}"


def _build_colour_variables(theme: Theme) -> str:
    return ";".join(f"--ts-{place}:{colour}" for place, colour in enumerate(theme.phases))
