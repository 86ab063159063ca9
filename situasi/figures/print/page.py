"""The sheet that a picture for paper is drawn on, and how it leaves: SVG, or PNG of 200 dpi.

matplotlib is loaded when somebody asks for a picture: it takes half a second.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from situasi.figures.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 200
WIDTH_IN = 6.7  # inches: the text of a page
# Greys that part even where a printer has no colour.
INK, MUTED, LINE = LIGHT.ink, LIGHT.muted, LIGHT.line
_SMALL_PT, _NORMAL_PT = 7.5, 8.5  # points
# matplotlib keeps its fonts and settings for all threads.
_matplotlib_lock = threading.Lock()


def render_image(height_in: float, draw: Callable[[Any], None], file_format: str) -> bytes:
    """The picture as `svg` or `png`. draw: on these axes. height: inches."""
    with _matplotlib_lock:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        # Letters as outlines: the SVG needs no font where it is set.
        settings: Any = {
            "svg.fonttype": "path", "svg.hashsalt": "situasi", "font.family": "DejaVu Sans",
            "font.size": _NORMAL_PT, "hatch.linewidth": 0.5, "text.parse_math": False,
            "axes.unicode_minus": True,
        }  # fmt: skip
        with mpl.rc_context(settings):
            sheet = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
            draw(sheet.add_subplot())
            return _save_image(sheet, file_format)


def _save_image(sheet: Figure, file_format: str) -> bytes:
    file = io.BytesIO()
    # No date: the same picture is the same file.
    told = {"Date": None} if file_format == "svg" else {"Software": None}
    sheet.savefig(file, format=file_format, dpi=DPI, facecolor="white", metadata=told)
    return file.getvalue()


def apply_plain_style(axes: Axes) -> None:
    """Axes with no more ink than needed."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(colors=INK, labelsize=_SMALL_PT, length=2.5, width=0.6)
    axes.grid(axis="y", color=LINE, linewidth=0.35, alpha=0.6)
    axes.set_axisbelow(True)


def add_legend_below(axes: Axes, columns: int, **options: Any) -> None:
    """The legend, under the picture."""
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=columns, frameon=False,
        fontsize=_SMALL_PT, handlelength=1.6, columnspacing=1.4, **options,
    )  # fmt: skip


def add_event_line(axes: Axes, at: datetime, text: str, row: int = 0) -> None:
    """A moment, as a line with its word; the axis is of moments without a zone.

    row: how many lines lower its word stands, where another moment may be close.
    """
    x: Any = at.replace(tzinfo=None)
    axes.axvline(x, color=MUTED, linewidth=0.8, linestyle=":")
    # A word at the edge shall not make the picture narrower.
    said = axes.annotate(
        text, (x, 1), xycoords=("data", "axes fraction"), xytext=(2, -2 - 9 * row),
        textcoords="offset points", fontsize=_SMALL_PT, color=MUTED, va="top", ha="left",
    )  # fmt: skip
    said.set_in_layout(False)
