"""How wide the columns of a table on the screen are, measured by their texts."""

from collections.abc import Sequence

_CHAR_WIDTH_PX, _CELL_MARGIN_PX = 6.2, 18  # of a letter, and of the cell padding
# The grid measures its first rows, and ignores a cell twice as wide as most others.
_GRID_SAMPLE_ROWS, MEASURED_ROWS = 10, 200


def compute_width_px(texts: Sequence[object], max_width_px: int) -> int | None:
    """Return the width of a column that the grid would make too wide or too narrow, else None."""
    widths = [_measure_text_px(text) for text in texts[:MEASURED_ROWS]]
    sample, longest = widths[:_GRID_SAMPLE_ROWS], max(widths, default=0)
    if longest > max_width_px:
        return max_width_px
    is_outlier = longest > max(sample, default=longest) or longest * len(sample) > 2 * sum(sample)
    return round(longest) if is_outlier else None


def _measure_text_px(text: object) -> float:
    return _CELL_MARGIN_PX + _CHAR_WIDTH_PX * len(text) if isinstance(text, str) else 0.0
