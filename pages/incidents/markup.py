"""Pieces of HTML of the page Kejadian; all is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components import markup


@dataclass(frozen=True)
class ComparedCase:
    """One case of a pair that is held side by side."""

    tingkat: str | None
    title: str
    place: str
    when: str
    text: str
    source: str
    exercise_label: str  # the word for an exercise, "" where it is real


def render_case(
    tingkat: str | None, title: str, place: str, overdue_text: str, facts: Sequence[tuple[str, str]]
) -> None:
    """The head of a case: what, where, what is late ("" where nothing is), what is known."""
    known = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in facts
    )
    markup.render(
        Markup(
            '<div class="kj-case"><h3>{}{}</h3><p>{}</p>{}<dl class="kj-facts">{}</dl></div>'
        ).format(
            markup.build_tingkat_mark(tingkat),
            title,
            place,
            Markup('<p class="kj-late">{}</p>').format(overdue_text) if overdue_text else "",
            known,
        )
    )


def render_line(text: str) -> None:
    """A plain line; words that somebody typed are no markdown here."""
    markup.render(Markup('<small class="kj-line">{}</small>').format(text))


def render_cluster(place: str, when: str, statistics: str) -> None:
    """Where and when incidents lie together, and how many."""
    markup.render(
        Markup(
            '<div class="kj-cluster"><div class="si-line"><b>{}</b><time>{}</time></div>'
            "<p>{}</p></div>"
        ).format(place, when, statistics)
    )


def render_pair(
    score: str, reasons: Sequence[str], first: ComparedCase, second: ComparedCase
) -> None:
    """Two cases side by side, with why they may be one."""
    chips = Markup("").join(Markup('<span class="si-chip">{}</span>').format(r) for r in reasons)
    markup.render(
        Markup('<div class="kj-pair"><header><b>{}</b>{}</header>{}{}</div>').format(
            score, chips, _build_case_html(first), _build_case_html(second)
        )
    )


def _build_case_html(case: ComparedCase) -> Markup:
    mark = Markup("")
    if case.exercise_label:
        mark = Markup('<span class="si-chip si-made">{}</span>').format(case.exercise_label)
    return Markup(
        '<section><div class="si-line"><b>{sign} {title}</b><time>{when}</time></div>'
        "<small>{place}</small><p>{text}</p><small>{mark}{source}</small></section>"
    ).format(
        sign=markup.build_tingkat_mark(case.tingkat),
        title=case.title,
        when=case.when,
        place=case.place,
        text=case.text,
        mark=mark,
        source=case.source,
    )
