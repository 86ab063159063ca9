"""Messages as drawn on Lapor: their text, the cells of rows read from them, and their pages."""

from collections.abc import Callable, Sequence

import streamlit as st
from markupsafe import Markup

from pages.report_entry import fields
from situasi.common.i18n import _, translate_note
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


def render_pager(
    name: str, text: str, has_previous: bool, has_next: bool, on_turn: Callable[[int], None]
) -> None:
    """Draw which page is shown, between two buttons that turn it. name: begins their keys."""
    with markup.row():
        st.button(
            _("Sebelumnya"), disabled=not has_previous, key=f"{name}_sebelum", on_click=on_turn,
            args=(-1,),
        )  # fmt: skip
        st.caption(text)
        st.button(
            _("Berikutnya"), disabled=not has_next, key=f"{name}_sesudah", on_click=on_turn,
            args=(1,),
        )  # fmt: skip
