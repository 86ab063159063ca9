"""Charts for paper: incidents through the period, turnout, the phases of the TPS."""

import importlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from situasi.common.formats import get_time_pattern
from situasi.figures.print import page as print_page
from situasi.figures.theme import LIGHT, TINGKAT

# The more serious, the denser: readable without colour.
_HATCHES = {"rendah": "", "sedang": "////", "tinggi": "xxxx", "belum": "...."}
_PHASE_COLOURS = ("white", *LIGHT.phases)


def draw_incident_chart(
    slots: pd.DataFrame,
    names: Mapping[str, str],
    moments: Sequence[tuple[datetime, str]],
    file_format: str,
) -> bytes:
    """Draw incidents per slot as stacked bars. names: a word for each column.

    moments: fixed moments with their words, in the time zone of the slots.
    """

    def draw(axes: Any) -> None:
        from matplotlib.ticker import MaxNLocator

        dates: Any = importlib.import_module("matplotlib.dates")  # it has no types

        local = pd.DatetimeIndex(slots.index).tz_localize(None)
        width = (local[1] - local[0]) if len(local) > 1 else pd.Timedelta(hours=1)
        bottoms = np.zeros(len(slots))
        for name in [level for level in TINGKAT if level in slots.columns]:
            heights = slots[name].to_numpy()
            axes.bar(local + width / 2, heights, width * 0.86, bottom=bottoms, color=TINGKAT[name],
                     hatch=_HATCHES[name], edgecolor=print_page.INK, linewidth=0.5,
                     label=names[name])  # fmt: skip
            bottoms = bottoms + heights
        for row, (moment, word) in enumerate(moments):
            print_page.add_event_line(axes, moment, word, row)
        axes.set_xlim(local[0], local[-1] + width)
        axes.set_ylim(0, max(4, float(bottoms.max(initial=0)) * 1.15))
        if width < pd.Timedelta(days=1):
            hours = range(0, 24, 3 if len(local) <= 24 else 6)
            axes.xaxis.set_major_locator(dates.HourLocator(byhour=hours))
            time_format = get_time_pattern()
            if local[-1] - local[0] >= pd.Timedelta(days=1):
                time_format = f"%d/%m {time_format}"
            axes.xaxis.set_major_formatter(dates.DateFormatter(time_format))
        else:
            ticks = local[:: len(local) // 12 + 1]
            axes.set_xticks(ticks + width / 2, [f"{tick:%d/%m}" for tick in ticks])
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        print_page.apply_plain_style(axes)
        print_page.add_legend_below(axes, 4)

    return print_page.render_image(2.3, draw, file_format)


def draw_turnout_chart(
    curve: pd.DataFrame,
    references: Sequence[tuple[str, float]],
    names: tuple[str, str],
    file_format: str,
) -> bytes:
    """Draw summary.build_turnout_curve: reported as a line, expected dotted.

    references: word and percent of earlier elections. names: as in figures.charts.turnout.
    """

    def draw(axes: Any) -> None:
        dates: Any = importlib.import_module("matplotlib.dates")  # it has no types

        local = pd.DatetimeIndex(curve.index).tz_localize(None)
        axes.plot(local, curve["expected"], color=print_page.MUTED, linestyle=":", linewidth=1.2,
                  label=f"≈ {names[1]}")  # fmt: skip
        known = curve["rate"].notna()
        axes.step(local[known], curve.loc[known, "rate"], where="post", color=LIGHT.turnout[4],
                  linewidth=1.8, marker="o", markersize=2.5, label=names[0])  # fmt: skip
        for row, (word, percent) in enumerate(sorted(references, key=lambda ref: ref[1])):
            axes.axhline(percent, color=print_page.INK, linewidth=0.7, linestyle="--")
            axes.annotate(word, (local[0], percent), xytext=(4, 2 if row % 2 else -2),
                          textcoords="offset points", fontsize=7.5, color=print_page.INK,
                          va="bottom" if row % 2 else "top")  # fmt: skip
        axes.set_xlim(local[0], local[-1])
        axes.set_ylim(0, 100)
        axes.xaxis.set_major_locator(dates.HourLocator())
        axes.xaxis.set_major_formatter(dates.DateFormatter(get_time_pattern()))
        axes.yaxis.set_major_formatter("{x:.0f} %")
        print_page.apply_plain_style(axes)
        print_page.add_legend_below(axes, 2)

    return print_page.render_image(2.6, draw, file_format)


def draw_phase_chart(
    counts: pd.DataFrame, places: Sequence[str], names: Mapping[str, str], file_format: str
) -> bytes:
    """Draw a bar for each kecamatan, of its TPS by the phase that each has reached.

    counts: status.count_by_kecamatan, only the phases in their order. places: their names. names: a
    word for each column.
    """

    def draw(axes: Any) -> None:
        from matplotlib.ticker import MaxNLocator

        rows = np.arange(len(counts))
        lefts = np.zeros(len(counts))
        for phase, name in enumerate(counts.columns):
            widths = counts[name].to_numpy()
            if not widths.any():
                continue
            # TPS without a phase are hatched: the white of paper would look like no TPS.
            axes.barh(
                rows,
                widths,
                0.74,
                left=lefts,
                color=_PHASE_COLOURS[phase],
                label=names[str(name)],
                hatch="" if phase else "....",
                edgecolor=print_page.INK,
                linewidth=0.5,
            )
            for row, count in enumerate(widths):
                if count >= 4:
                    axes.text(
                        lefts[row] + count / 2,
                        row,
                        str(int(count)),
                        ha="center",
                        va="center",
                        fontsize=6.5,
                        color="white" if phase > 5 else print_page.INK,
                    )
            lefts = lefts + widths  # fmt: skip
        axes.set_yticks(rows, places)
        axes.invert_yaxis()
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        print_page.apply_plain_style(axes)
        axes.grid(visible=False)
        axes.set_xlabel("TPS", fontsize=7.5, loc="right")
        print_page.add_legend_below(axes, 4)

    return print_page.render_image(max(1.6, 0.9 + 0.24 * len(counts)), draw, file_format)
