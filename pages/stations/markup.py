"""HTML of all TPS: a cell each, coloured by phase or state, with a sign for problems."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.figures.theme import Theme
from situasi.ui.components.markup import format_each, render


@dataclass(frozen=True)
class StationCell:
    """The cell of one TPS.

    colour_index: in theme.phases; None for no colour. state: of stations.reporting_status.STATES.
    """

    title: str
    link: str
    colour_index: int | None
    state: str
    is_selected: bool = False


@dataclass(frozen=True)
class StationBlock:
    """The cells of one kecamatan; count: the number beside its name."""

    name: str
    count: str
    cells: Sequence[StationCell]


def build_blocks(groups: Sequence[StationBlock]) -> Markup:
    """Build a block of cells for each kecamatan, for `render_grid`."""
    return Markup("").join(
        Markup("<section><h3>{}<small>{}</small></h3><div>{}</div></section>").format(
            group.name, group.count, Markup("").join(_build_cell(cell) for cell in group.cells)
        )
        for group in groups
    )


def render_grid(blocks: Markup, theme: Theme) -> None:
    """Draw the blocks in the colours of the theme."""
    render(
        Markup('<div class="ts-grid" style="{}">{}</div>').format(
            _build_colour_variables(theme), blocks
        )
    )


def render_legend(marks: Sequence[tuple[int | None, str, str]], theme: Theme, total: str) -> None:
    """Draw the marks (colour index, state, label) and their total."""
    entries = format_each(
        Markup('<span><i class="{}"></i> {}</span>'),
        ((_build_css_class(index, state), label) for index, state, label in marks),
    )
    render(
        Markup('<div class="si-legend ts-grid" style="{}">{}<small>{}</small></div>').format(
            _build_colour_variables(theme), entries, total
        )
    )


def _build_cell(cell: StationCell) -> Markup:
    css_class = _build_css_class(cell.colour_index, cell.state) + (
        " ts-chosen" if cell.is_selected else ""
    )
    return Markup('<a class="{}" href="{}" target="_self" title="{}"></a>').format(
        css_class, cell.link, cell.title
    )


def _build_css_class(colour_index: int | None, state: str) -> str:
    return f"ts-c ts-{'none' if colour_index is None else colour_index} ts-{state}"


def _build_colour_variables(theme: Theme) -> str:
    return ";".join(f"--ts-{index}:{colour}" for index, colour in enumerate(theme.phases))
