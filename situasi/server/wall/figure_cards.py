"""Figures and marks of the wall as the scripts draw them."""

import re
from typing import Any

from situasi.domain.labels import format_situasi_letter
from situasi.presentation.model import KpiText, Mark, TextOrCounts

# Characters that fit into the narrowest note of a figure, beside its number.
_MAX_UNBROKEN_LETTERS = 16
_NUMBER_PATTERN = re.compile(r"((?:≈ )?[+−±]?\d[\d.,]*(?:–\d[\d.,]*)?(?: %)?) ?(.*)", re.DOTALL)

# The day of a date is no figure.
_DATE_PATTERN = re.compile(r"\d{1,2} [^\W\d]+ \d{4}")


def build_kpi(kpi_text: KpiText) -> dict[str, Any]:
    """Return a figure: its words, its number apart from its unit, and whether it warns."""
    value, unit = kpi_text.value, kpi_text.side_note
    is_plain = isinstance(value, str) and not _DATE_PATTERN.fullmatch(value)
    if is_plain and (parts := _NUMBER_PATTERN.fullmatch(str(value))):
        # The number is read from afar; its unit may be smaller.
        value, unit = parts[1], " ".join(filter(None, (parts[2], kpi_text.side_note)))
    return {
        "key": kpi_text.key,
        "title": kpi_text.title,
        "value": _build_text(value),
        "unit": unit,
        "note": _build_text(_keep_counts_whole(kpi_text.note)),
        "alarm": kpi_text.alarm,
    }


def _keep_counts_whole(note: TextOrCounts) -> TextOrCounts:
    """Return a note whose short parts, such as "1 tak terjangkau", stay in one line each."""
    if not isinstance(note, str):
        return note
    parts = note.split(" · ")
    return "\u00a0· ".join(
        part.replace(" ", "\u00a0") if len(part) <= _MAX_UNBROKEN_LETTERS else part
        for part in parts
    )


def _build_text(text: TextOrCounts) -> Any:
    if isinstance(text, str):
        return text
    return [[build_mark(count.mark), count.number, count.label] for count in text]


def build_mark(mark: Mark) -> list[str]:
    """Return [scale, code, letter], as the stylesheet draws it."""
    if mark.code is None:
        return ["silent" if mark.scale == "situasi" else mark.scale, "belum", ""]
    return [
        mark.scale,
        mark.code,
        format_situasi_letter(mark.code) if mark.scale == "situasi" else "",
    ]
