"""View models of key figures and their marks, shared by the pages and the wall."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A sign of a scale.

    scale: "tingkat", "situasi" (code None: no current report) or "colour" (a swatch).
    """

    scale: str
    code: str | None


@dataclass(frozen=True)
class MarkedCount:
    """A mark with its count, and a label where the mark alone does not say it."""

    mark: Mark
    number: str
    label: str = ""


TextOrCounts = str | tuple[MarkedCount, ...]


@dataclass(frozen=True)
class KpiText:
    """One key figure: its title, its value and a note that explains the value.

    key: of the screen that the figure belongs to, or a name of its own. side_note: a few words
    beside the value. alarm: somebody should look.
    """

    key: str
    title: str
    value: TextOrCounts
    note: TextOrCounts = ""
    alarm: bool = False
    side_note: str = ""
