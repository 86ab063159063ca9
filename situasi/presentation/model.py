"""Signs beside words: of which scale each is, so that a page and the wall draw them alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A sign. scale: "tingkat", "situasi" (None: no current word), or "colour", a swatch of it."""

    scale: str
    code: str | None


@dataclass(frozen=True)
class MarkedCount:
    """A sign with its number, and a word where the sign alone does not say it."""

    mark: Mark
    number: str
    label: str = ""


TextOrCounts = str | tuple[MarkedCount, ...]


@dataclass(frozen=True)
class KpiText:
    """One key figure: what it is, its value, and a line that gives it sense.

    key: of the screen that it belongs to, or a name of its own. aside: a few words beside
    the value. alarm: somebody should look.
    """

    key: str
    title: str
    value: TextOrCounts
    note: TextOrCounts = ""
    alarm: bool = False
    side_note: str = ""
