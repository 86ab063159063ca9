"""The look that all charts share: a small Plotly template for light and one for dark."""

from datetime import datetime
from typing import Any

import plotly.graph_objects as go

from situasi.common import i18n
from situasi.figures.theme import DARK, LIGHT, Theme

_TRANSPARENT = "rgba(0,0,0,0)"
# For a heat map of cells that have no number to colour.
NO_COLOUR_SCALE = [(0, _TRANSPARENT), (1, _TRANSPARENT)]
# A value axis with its labels inside the plot, where they take no width.
INSIDE_AXIS = {"ticklabelposition": "inside top", "nticks": 4}


# Of each language the mark of decimals, and that of thousands.
_SEPARATORS = {"id": ",.", "en": ".,"}


def _build_template(theme: Theme, separators: str) -> go.layout.Template:
    # Tick labels inside the plot would else be in Plotly's own colour: dark on dark.
    axis = {"fixedrange": True, "zeroline": False, "tickfont": {"color": theme.muted}}
    return go.layout.Template(
        layout={
            "font": {"color": theme.muted, "size": 12, "family": "Source Sans, sans-serif"},
            "paper_bgcolor": _TRANSPARENT,
            "plot_bgcolor": _TRANSPARENT,
            "separators": separators,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 22},
            "showlegend": False,
            "legend": {"orientation": "h", "x": 1, "xanchor": "right", "yanchor": "bottom"},
            "annotationdefaults": {"showarrow": False, "xanchor": "left"},
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
        }
    )


_TEMPLATES = {
    (theme.name, language): _build_template(theme, separators)
    for theme in (LIGHT, DARK)
    for language, separators in _SEPARATORS.items()
}


def create_figure(theme: Theme) -> go.Figure:
    """Return an empty figure in this theme, for the viewer's language.

    Without ours, Streamlit's template is 4 KB of each figure, for charts that we do not draw.
    """
    return go.Figure(layout={"template": _TEMPLATES[theme.name, i18n.current_language()]})


def add_moment_line(
    figure: go.Figure,
    at: datetime,
    text: str,
    line: dict[str, Any],
    layer: str = "above",
    **annotation: Any,
) -> None:
    """Draw a vertical line at a local time, with its word on top; line, layer: as in Plotly."""
    x = at.replace(tzinfo=None)
    figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", layer=layer, line=line)
    font = {"color": line["color"]}
    figure.add_annotation(x=x, y=1, yref="paper", text=text, font=font, **annotation)


def add_level_line(
    figure: go.Figure, level: float, text: str, line: dict[str, Any], **annotation: Any
) -> None:
    """Draw a horizontal line at a value, with its word beside it; line: as in Plotly."""
    figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=level, y1=level, line=line)
    font = {"color": line["color"]}
    figure.add_annotation(xref="paper", y=level, text=text, font=font, **annotation)
