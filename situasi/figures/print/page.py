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
WIDE = 6.7  # inches: the text of a page
# Greys that part even where a printer has no colour.
INK, MUTED, LINE = LIGHT.ink, LIGHT.muted, LIGHT.line
_SMALL, _PLAIN = 7.5, 8.5  # points
# matplotlib keeps its fonts and settings for all threads.
_one_at_a_time = threading.Lock()


def drawn(height: float, draw: Callable[[Any], None], form: str) -> bytes:
    """The picture as `svg` or `png`. draw: on these axes. height: inches."""
    with _one_at_a_time:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        # Letters as outlines: the SVG needs no font where it is set.
        settings: Any = {
            "svg.fonttype": "path", "svg.hashsalt": "situasi", "font.family": "DejaVu Sans",
            "font.size": _PLAIN, "hatch.linewidth": 0.5, "text.parse_math": False,
            "axes.unicode_minus": True,
        }  # fmt: skip
        with mpl.rc_context(settings):
            sheet = Figure(figsize=(WIDE, height), layout="constrained")
            draw(sheet.add_subplot())
            return _written(sheet, form)


def _written(sheet: Figure, form: str) -> bytes:
    file = io.BytesIO()
    # No date: the same picture is the same file.
    told = {"Date": None} if form == "svg" else {"Software": None}
    sheet.savefig(file, format=form, dpi=DPI, facecolor="white", metadata=told)
    return file.getvalue()


def plain(axes: Axes) -> None:
    """Axes with no more ink than needed."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(colors=INK, labelsize=_SMALL, length=2.5, width=0.6)
    axes.grid(axis="y", color=LINE, linewidth=0.35, alpha=0.6)
    axes.set_axisbelow(True)


def below(axes: Axes, columns: int, **more: Any) -> None:
    """The legend, under the picture."""
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=columns, frameon=False,
        fontsize=_SMALL, handlelength=1.6, columnspacing=1.4, **more,
    )  # fmt: skip


def across(axes: Axes, at: datetime, word: str, row: int = 0) -> None:
    """A moment, as a line with its word; the axis is of moments without a zone.

    row: how many lines lower its word stands, where another moment may be close.
    """
    x: Any = at.replace(tzinfo=None)
    axes.axvline(x, color=MUTED, linewidth=0.8, linestyle=":")
    # A word at the edge shall not make the picture narrower.
    said = axes.annotate(
        word, (x, 1), xycoords=("data", "axes fraction"), xytext=(2, -2 - 9 * row),
        textcoords="offset points", fontsize=_SMALL, color=MUTED, va="top", ha="left",
    )  # fmt: skip
    said.set_in_layout(False)
