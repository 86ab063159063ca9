"""The HTML parts of the page Netralitas; all text is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components.markup import format_each, render


@dataclass(frozen=True)
class ProcessStep:
    """One step of the process: how many cases are there now, and how many ever were."""

    name: str
    current_count: int
    ever_count: int
    text: str


def render_statement(state: str, title: str, sentence: str, note: str) -> None:
    """Draw the main statement in large type. state: of analysis.neutrality."""
    render(
        Markup(
            '<div class="ne-state ne-{}" role="status"><strong>{}</strong><p>{}</p>'
            "<small>{}</small></div>"
        ).format(state, title, sentence, note)
    )


def render_path(steps: Sequence[ProcessStep], ends: Sequence[ProcessStep]) -> None:
    """Draw the steps and then the end steps as bars, scaled by the number of cases."""
    longest = max((step.ever_count for step in (*steps, *ends)), default=0) or 1
    rows = Markup('<div class="ne-end"></div>').join(
        Markup("").join(_build_step(step, longest) for step in part) for part in (steps, ends)
    )
    render(Markup('<div class="ne-path">{}</div>').format(rows))


def _build_step(step: ProcessStep, longest: int) -> Markup:
    return Markup(
        '<span>{name}</span><div class="ne-track">{ever}{now}</div><small>{said}</small>'
    ).format(
        name=step.name,
        ever=_build_bar("ne-ever", step.ever_count / longest),
        now=_build_bar("ne-now", step.current_count / longest),
        said=step.text,
    )


def _build_bar(css_class: str, share: float) -> Markup:
    if not share:
        return Markup("")
    return Markup('<i class="{}" style="width:{}%"></i>').format(css_class, round(100 * share))


def render_violation_codes(entries: Sequence[tuple[str, str, str]]) -> None:
    """Draw the legend of violations as (code, label, number of cases or "")."""
    rows = format_each(Markup("<div><b>{}</b><span>{}</span><small>{}</small></div>"), entries)
    render(Markup('<div class="ne-codes">{}</div>').format(rows))


def render_rules(entries: Sequence[tuple[str, str, str]], note: str) -> None:
    """Draw the rules in short as (name, summary, source)."""
    paragraphs = format_each(Markup("<p><b>{}</b> {}<small>{}</small></p>"), entries)
    render(Markup('<div class="ne-rules">{}<small>{}</small></div>').format(paragraphs, note))
