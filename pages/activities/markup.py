"""Pieces of HTML of the page Tahapan dan giat; all is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components.markup import render

MARKS = {"selesai": "✓", "sebagian": "½", "rencana": "→", "belum": "○"}


@dataclass(frozen=True)
class Tick:
    """One line of the SOP list. state: a code of analysis.sop; basis: chip and its explanation."""

    state: str
    state_word: str
    text: str
    who: str
    basis: str
    source: str


def in_words(text: str) -> Markup:
    """The value of a key figure that is a sentence rather than a number."""
    return Markup('<span class="gi-words">{}</span>').format(text)


def checklist(groups: Sequence[tuple[str, Sequence[Tick]]]) -> None:
    """The lines of each stage under its name."""
    shown = Markup("").join(
        Markup("<h3>{}</h3><ol>{}</ol>").format(name, Markup("").join(map(_tick, ticks)))
        for name, ticks in groups
    )
    render(Markup('<div class="gi-sop">{}</div>').format(shown))


def _tick(tick: Tick) -> Markup:
    return Markup(
        '<li class="gi-{state}"><b aria-hidden="true">{mark}</b><p>{text}</p>'
        '<span>{word}</span><small>{who}</small><small class="si-chip" title="{source}">{basis}'
        "</small></li>"
    ).format(
        state=tick.state,
        mark=MARKS[tick.state],
        text=tick.text,
        word=tick.state_word,
        who=tick.who,
        source=tick.source,
        basis=tick.basis,
    )


def key(entries: Sequence[tuple[str, str]]) -> None:
    """What the looks of the Gantt mean: (look, word)."""
    render(
        Markup('<div class="si-legend">{}</div>').format(
            Markup("").join(
                Markup('<span><i class="gi-bar gi-bar-{}"></i> {}</span>').format(look, word)
                for look, word in entries
            )
        )
    )
