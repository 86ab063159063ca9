"""HTML parts of the page Kejadian; everything is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components import markup


@dataclass(frozen=True)
class ComparedCase:
    """One case of a pair that is shown side by side."""

    tingkat: str | None
    title: str
    place: str
    when: str
    text: str
    source: str
    exercise_label: str  # the word for an exercise, "" for a real case


def render_case(
    tingkat: str | None, title: str, place: str, overdue_text: str, facts: Sequence[tuple[str, str]]
) -> None:
    """Draw the head of a case: title, place, what is overdue ("" for nothing) and facts."""
    markup.render(
        Markup('<div class="kj-case"><h3>{}{}</h3><p>{}</p>{}{}</div>').format(
            markup.build_tingkat_mark(tingkat),
            title,
            place,
            markup.format_if(Markup('<p class="kj-late">{}</p>'), overdue_text),
            markup.build_facts(facts),
        )
    )


def render_line(text: str) -> None:
    """Draw a plain line; typed Markdown has no effect here."""
    markup.render(Markup('<small class="kj-line">{}</small>').format(text))


def render_call(place: str, when: str, statistics: str) -> None:
    """Draw place, time and statistics of what is more than usual."""
    markup.render(
        Markup(
            '<div class="kj-call"><div class="si-line"><b>{}</b><time>{}</time></div>'
            "<p>{}</p></div>"
        ).format(place, when, statistics)
    )


def render_pair(
    score: str, reasons: Sequence[str], first: ComparedCase, second: ComparedCase
) -> None:
    """Draw two cases side by side, and why they may be duplicates."""
    chips = markup.format_each(
        Markup('<span class="si-chip">{}</span>'), ((reason,) for reason in reasons)
    )
    markup.render(
        Markup('<div class="kj-pair"><header><b>{}</b>{}</header>{}{}</div>').format(
            score, chips, _build_case_html(first), _build_case_html(second)
        )
    )


def _build_case_html(case: ComparedCase) -> Markup:
    mark = markup.format_if(Markup('<span class="si-chip si-made">{}</span>'), case.exercise_label)
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
