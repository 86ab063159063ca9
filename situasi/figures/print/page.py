"""Figure for paper, saved as SVG or as PNG of 200 dpi.

matplotlib is loaded only when an image is needed: it takes half a second.
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
WIDTH_IN = 6.7  # inches: text width of a page
# Greys that differ even on a printer without colour.
INK, MUTED, LINE = LIGHT.ink, LIGHT.muted, LIGHT.line
_SMALL_PT, _NORMAL_PT = 7.5, 8.5  # points
# matplotlib shares its fonts and settings between all threads.
_matplotlib_lock = threading.Lock()


def render_image(height_in: float, draw: Callable[[Any], None], file_format: str) -> bytes:
    """Render the image as `svg` or `png`. draw: draws on the given axes. height_in: inches."""
    with _matplotlib_lock:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        # Letters as outlines: the SVG needs no font where it is displayed.
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
    # Without a date the same image gives the same file.
    metadata = {"Date": None} if file_format == "svg" else {"Software": None}
    sheet.savefig(file, format=file_format, dpi=DPI, facecolor="white", metadata=metadata)
    return file.getvalue()


def apply_plain_style(axes: Axes) -> None:
    """Style the axes with as little ink as possible."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(colors=INK, labelsize=_SMALL_PT, length=2.5, width=0.6)
    axes.grid(axis="y", color=LINE, linewidth=0.35, alpha=0.6)
    axes.set_axisbelow(True)


def add_legend_below(axes: Axes, columns: int, **options: Any) -> None:
    """Add the legend below the image."""
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=columns, frameon=False,
        fontsize=_SMALL_PT, handlelength=1.6, columnspacing=1.4, **options,
    )  # fmt: skip


def add_event_line(axes: Axes, at: datetime, text: str, row: int = 0) -> None:
    """Draw a moment as a line with its text; the axis has times without a zone.

    row: by how many text lines the text is lowered, where another moment may be close.
    """
    x: Any = at.replace(tzinfo=None)
    axes.axvline(x, color=MUTED, linewidth=0.8, linestyle=":")
    # A text at the edge must not make the image narrower.
    annotation = axes.annotate(
        text, (x, 1), xycoords=("data", "axes fraction"), xytext=(2, -2 - 9 * row),
        textcoords="offset points", fontsize=_SMALL_PT, color=MUTED, va="top", ha="left",
    )  # fmt: skip
    annotation.set_in_layout(False)
