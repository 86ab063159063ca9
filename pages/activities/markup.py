"""The HTML parts of the page Tahapan dan giat; all text is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components.markup import format_each, render

STATE_SIGNS = {"selesai": "✓", "berjalan": "…", "sebagian": "½", "rencana": "→", "belum": "○"}


@dataclass(frozen=True)
class ChecklistItem:
    """A line of the SOP list. state: of sop_checklist; basis: a chip; source: its tooltip."""

    state: str
    state_label: str
    text: str
    responsible: str
    basis: str
    source: str


def build_sentence(text: str) -> Markup:
    """Return the value of a key figure that is a sentence instead of a number."""
    return Markup('<span class="gi-words">{}</span>').format(text)


def render_checklist(groups: Sequence[tuple[str, Sequence[ChecklistItem]]]) -> None:
    """Draw the lines of each stage under its name."""
    sections = Markup("").join(
        Markup("<h3>{}</h3><ol>{}</ol>").format(name, Markup("").join(map(_build_item, items)))
        for name, items in groups
    )
    render(Markup('<div class="gi-sop">{}</div>').format(sections))


def _build_item(item: ChecklistItem) -> Markup:
    return Markup(
        '<li class="gi-{state}"><b aria-hidden="true">{mark}</b><p>{text}</p>'
        '<span>{word}</span><small>{who}</small><small class="si-chip" title="{source}">{basis}'
        "</small></li>"
    ).format(
        state=item.state,
        mark=STATE_SIGNS[item.state],
        text=item.text,
        word=item.state_label,
        who=item.responsible,
        source=item.source,
        basis=item.basis,
    )


def render_gantt_legend(entries: Sequence[tuple[str, str]]) -> None:
    """Draw the legend of the Gantt chart. entries: (class suffix, label)."""
    marks = format_each(Markup('<span><i class="gi-bar gi-bar-{}"></i> {}</span>'), entries)
    render(Markup('<div class="si-legend">{}</div>').format(marks))
