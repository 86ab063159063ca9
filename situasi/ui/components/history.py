"""The history of a case or an alert, newest first, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components import markup


@dataclass(frozen=True)
class HistoryEntry:
    """One entry of a history: when, status, text, author, note and check flags."""

    when: str
    status: str
    author: str
    text: str
    note: str = ""
    flags: str = ""


def render_history(entries: Sequence[HistoryEntry]) -> None:
    """Draw the entries as a list, in the given order (newest first)."""
    markup.render(
        Markup('<ol class="kj-told">{}</ol>').format(Markup("").join(map(_format_entry, entries)))
    )


def _format_entry(entry: HistoryEntry) -> Markup:
    flags = Markup('<span class="si-chip si-doubt" title="{0}">⚑ {0}</span>')
    return Markup(
        '<li><time>{when}</time><p><span class="si-chip">{status}</span>{text}</p>'
        "<small>{who} {note} {doubt}</small></li>"
    ).format(
        when=entry.when,
        status=entry.status,
        text=entry.text,
        who=entry.author,
        note=entry.note,
        doubt=markup.format_if(flags, entry.flags),
    )
