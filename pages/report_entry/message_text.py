"""A message and the cells of a row that was read from it, as drawn on Lapor."""

from collections.abc import Sequence

from markupsafe import Markup

from pages.report_entry import fields
from situasi.common.i18n import translate_note
from situasi.ui.components import markup


def render_message_text(head: str, text: str, notes: Sequence[str]) -> None:
    """Draw a message: sender and time, its text, and notes on what was not read."""
    items = markup.format_each(Markup("<li>{}</li>"), ((translate_note(note),) for note in notes))
    markup.render(
        Markup('<div class="la-message"><small>{}</small><p>{}</p>{}</div>').format(
            head, text, markup.format_if(Markup("<ul>{}</ul>"), items)
        )
    )


def render_row_cells(title: str, cells: Sequence[tuple[str, str, str]], outcome: str = "") -> None:
    """Draw the cells of a row (heading, value, source words) and its outcome.

    title: label of the feed; "" if it is drawn above.
    """
    chips = Markup("").join(
        Markup('<span class="si-chip"><b>{}</b> {} <i>{}</i></span>').format(
            fields.format_heading(heading), value, markup.format_if(Markup("« {} »"), words)
        )
        for heading, value, words in cells
    )
    end = markup.format_if(Markup("<strong>{}</strong>"), outcome)
    name = markup.format_if(Markup("<b>{}</b> "), title)
    markup.render(Markup('<div class="la-row">{}{}{}</div>').format(name, chips, end))
