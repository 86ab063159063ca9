"""The history of a case or an alert, newest first, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components import markup


@dataclass(frozen=True)
class Told:
    """One row of a case's history: when, what state, whose words, and what is to be known of it."""

    when: str
    status: str
    who: str
    text: str
    note: str = ""
    doubt: str = ""


def history(told: Sequence[Told]) -> None:
    """All that was told of a case, newest first."""
    markup.render(Markup('<ol class="kj-told">{}</ol>').format(Markup("").join(map(_told, told))))


def _told(one: Told) -> Markup:
    doubt = Markup("")
    if one.doubt:
        doubt = Markup('<span class="si-chip si-doubt" title="{0}">⚑ {0}</span>').format(one.doubt)
    return Markup(
        '<li><time>{when}</time><p><span class="si-chip">{status}</span>{text}</p>'
        "<small>{who} {note} {doubt}</small></li>"
    ).format(
        when=one.when, status=one.status, text=one.text, who=one.who, note=one.note, doubt=doubt
    )
