"""Pieces of a page that are drawn as HTML. The only place that writes HTML: all is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from situasi.common import assets
from situasi.common.i18n import _
from situasi.figures.theme import SIGNS, SITUASI, TINGKAT, UNRATED, Theme
from situasi.presentation.incident_item import IncidentItem
from situasi.presentation.model import KpiText, Mark, TextOrCounts


@dataclass(frozen=True)
class Card:
    """One key figure: what it is, its value, and a line that gives it sense.

    aside: a few words beside the value. since: how it changed since the last briefing.
    """

    title: str
    value: str | Markup
    note: str | Markup = ""
    is_alarm: bool = False
    side_note: str = ""
    change: str = ""


def render(markup: Markup) -> None:
    """Draw HTML. The only call of `st.html` in the product: what is no Markup is refused."""
    if not isinstance(markup, Markup):
        raise TypeError("HTML is made by Markup.format alone")
    st.html(markup)


def escape_markdown(text: str) -> str:
    """Words that somebody typed, without the signs that Markdown reads."""
    return "".join("\\" + sign if sign in r"\`*_{}[]<>()#+!|~$:" else sign for sign in text)


def row() -> DeltaGenerator:
    """One line of words and controls, spread over the width."""
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )


def inline_row(key: str, width: Literal["stretch", "content"] = "stretch") -> DeltaGenerator:
    """One line of controls; what does not fit goes on below."""
    return st.container(
        horizontal=True, vertical_alignment="center", gap="small", width=width, key=key
    )


def render_stylesheet(theme: Theme) -> None:
    """The style sheet, and the colours of the board that it names by their roles.

    The sheet is fetched once and kept by the browser; written into the page it would be sent
    with every second run.
    """
    render(
        Markup(
            '<style>@import url("{}");'
            ":root {{ --accent: {}; --muted: {}; --faint: {}; --paper: {}; "
            "--choose: '{}'; }}</style>"
        ).format(
            assets.CSS_URL, theme.accent, theme.muted, theme.line, theme.paper, _("Pilih berkas")
        )
    )


def render_banners(banners: Sequence[tuple[str, str]]) -> None:
    """Lines across the top, (kind, text): latihan, past (not now) or broken."""
    lines = Markup("").join(
        Markup('<div class="si-band si-{}" role="status">{}</div>').format(kind, text)
        for kind, text in banners
    )
    if banners:
        render(Markup('<div class="si-bands">{}</div>').format(lines))


def render_header(
    title: str,
    subtitle: str,
    clock: str,
    note: str,
    links: Iterable[tuple[str, str, bool]],
    actions: Markup,
) -> None:
    """Title left; the moment shown and the languages right. links: word, address, current.

    beside: a way and a copy_button, or nothing.
    """
    languages = Markup("").join(
        Markup('<a href="{}" target="_self" class="{}">{}</a>').format(
            address, "si-here" if current else "", word
        )
        for word, address, current in links
    )
    render(
        Markup(
            '<header class="si-head"><div><h1>{}</h1><span>{}</span></div>'
            '<div class="si-clock"><b>{}</b><span>{}</span></div><nav>{}{}</nav></header>'
        ).format(title, subtitle, clock, note, actions, languages)
    )


def build_header_link(label: str, url: str) -> Markup:
    """A link in the heading, to a page of the board that is not of Streamlit."""
    return Markup('<a class="si-way" href="{}" target="_self">{}</a>').format(url, label)


def render_parent_link(label: str, url: str) -> None:
    """A link at the foot of the menu, to what lies above this board."""
    render(Markup('<p class="si-up">{}</p>').format(build_header_link(label, url)))


def build_copy_button(label: str, done_label: str, text: str = "") -> Markup:
    """A button that copies this text, or else the address of the page. done: said afterwards.

    It works by a script of ours (server/copying.js), which `scripts` loads.
    """
    return Markup(
        '<button type="button" class="si-copy" data-copy="{}" data-done="{}">{}</button>'
    ).format(text, done_label, label)


def render_copyable_text(text: str, label: str, done_label: str) -> None:
    """A text to be taken along, whole and selectable, and the button that copies it."""
    render(
        Markup('<p class="si-taken"><code>{}</code>{}</p>').format(
            text, build_copy_button(label, done_label, text)
        )
    )


def render_scripts() -> None:
    """Our one script; the policy of the board lets no other run."""
    st.html(Markup('<script src="/salin.js"></script>'), unsafe_allow_javascript=True)


def build_tingkat_mark(tingkat: str | None) -> Markup:
    """The mark of a weight: shape and colour."""
    key = tingkat if tingkat in TINGKAT else UNRATED
    return Markup('<i style="color:{}">{}</i>').format(TINGKAT[key], SIGNS[key])


def build_situasi_mark(situasi: str | None) -> Markup:
    """The mark of a situasi; a dashed square where there is no current word."""
    if situasi is None:
        return Markup('<i class="si-none"></i>')
    return Markup('<i class="si-dot" style="background:{}"></i>').format(SITUASI[situasi])


def build_counts(pairs: Sequence[tuple[Markup, str, str]]) -> Markup:
    """Marks with a number and a word each, in one line."""
    return Markup(" ").join(
        Markup('<span class="si-count">{}<b>{}</b> {}</span>').format(mark, value, word)
        for mark, value, word in pairs
    )


def build_mark(mark: Mark) -> Markup:
    """The sign as HTML."""
    if mark.scale == "tingkat":
        return build_tingkat_mark(mark.code)
    return (
        build_situasi_mark(mark.code)
        if mark.scale == "situasi"
        else build_colour_mark(str(mark.code))
    )


def build_card(kpi_text: KpiText) -> Card:
    """A key figure that is told in words, as a card."""
    return Card(
        kpi_text.title,
        _build_value(kpi_text.value),
        _build_value(kpi_text.note),
        kpi_text.alarm,
        kpi_text.side_note,
    )


def _build_value(text: TextOrCounts) -> str | Markup:
    if isinstance(text, str):
        return text
    return build_counts([(build_mark(one.mark), one.number, one.label) for one in text])


def render_account(
    name: str, description: str, sign_out_label: str, sign_out_url: str = ""
) -> None:
    """Who looks, at the foot of the menu; leave: the word of the way out, where there is one."""
    link = (
        Markup('<a href="{}" target="_self">{}</a>').format(sign_out_url, sign_out_label)
        if sign_out_label
        else ""
    )
    render(
        Markup('<div class="si-who"><b>{}</b><span>{}</span>{}</div>').format(
            name, description, link
        )
    )


def render_cards(cards: tuple[Card, ...]) -> None:
    """Key figures."""
    render(_build_cards_html(cards))


def render_placeholder() -> None:
    """Nothing, in the place of one thing."""
    render(Markup("<i></i>"))


@lru_cache(maxsize=256)  # the same figures are drawn for everybody
def _build_cards_html(cards: tuple[Card, ...]) -> Markup:
    return Markup('<div class="si-cards">{}</div>').format(
        Markup("").join(map(_build_card_html, cards))
    )


def _build_card_html(card: Card) -> Markup:
    return Markup(
        '<div class="si-card{}"><h2>{}</h2><strong>{}</strong><small>{}</small><p>{}</p>{}</div>'
    ).format(
        " si-alarm" if card.is_alarm else "",
        card.title,
        card.value,
        card.side_note,
        card.note,
        Markup('<em class="si-since">{}</em>').format(card.change) if card.change else "",
    )


def render_explanation(heading: str, rule: str, details: Sequence[tuple[str, str]]) -> None:
    """How a number is made. said: (name, what), of which the empty are left out."""
    lines = Markup("").join(
        Markup("<p><b>{}</b> {}</p>").format(name, what)
        for name, what in ((heading, rule), *details)
        if what
    )
    render(Markup('<div class="si-why">{}</div>').format(lines))


def render_empty_state(text: str) -> None:
    """A frame that says what is missing."""
    render(Markup('<div class="si-empty">{}</div>').format(text))


def render_bars(rows: Sequence[tuple[str, float | None, str]]) -> None:
    """Shares from 0 to 1 as bars: name, share (None: unknown, dashed), words."""
    lines = Markup("").join(
        Markup('<div class="si-bar"><span>{}</span><i class="{}">{}</i><b>{}</b></div>').format(
            name,
            "si-unknown" if share is None else "",
            Markup('<u style="width:{}%"></u>').format(round(100 * (share or 0.0))),
            said,
        )
        for name, share, said in rows
    )
    render(Markup('<div class="si-bars">{}</div>').format(lines))


def render_legend(marks: Sequence[tuple[Markup, str]], note: str) -> None:
    entries = Markup("").join(Markup("<span>{} {}</span>").format(m, word) for m, word in marks)
    render(Markup('<div class="si-legend">{}<small>{}</small></div>').format(entries, note))


def build_colour_mark(colour: str) -> Markup:
    return Markup('<i class="si-dot" style="background:{}"></i>').format(colour)


def build_report_list(items: Sequence[IncidentItem], exercise_word: str) -> Markup:
    """Reports, to be drawn as they are."""
    return Markup('<ol class="si-list">{}</ol>').format(
        Markup("").join(_build_report_html(item, exercise_word) for item in items)
    )


def _build_report_html(item: IncidentItem, exercise_word: str) -> Markup:
    chips = Markup('<span class="si-chip">{}</span>').format(item.status)
    if item.source:
        chips += Markup('<small class="si-source">{}</small>').format(item.source)
    if item.is_exercise:
        chips += Markup('<span class="si-chip si-made">{}</span>').format(exercise_word)
    if item.check_notes:
        chips += Markup('<span class="si-chip si-doubt" title="{}">⚑</span>').format(
            item.check_notes
        )
    return Markup(
        '<li><div class="si-mark" title="{level}">{mark}</div><div>'
        '<div class="si-line"><b>{title}</b><span>{place}</span><time>{when}</time></div>'
        '<div class="si-text"><p>{text}</p><span>{chips}</span></div></div></li>'
    ).format(
        level=item.tingkat_label,
        mark=build_tingkat_mark(item.tingkat),
        title=item.title,
        place=item.place,
        when=item.time_text,
        text=item.text,
        chips=chips,
    )


def build_ratio(value: str | Markup, total: str) -> Markup:
    """A number and the whole it is part of: '298 dari 331', the whole smaller."""
    return Markup('{} <small class="pe-of">{}</small>').format(value, total)


def build_estimate(text: str) -> Markup:
    """An estimated value, in italics."""
    return Markup("<em>{}</em>").format(text)


def build_ratio_of_estimate(value: str, prefix: str, total: str) -> Markup:
    """The same where the whole is an estimate."""
    return Markup('{} <small class="pe-of">{} <em>{}</em></small>').format(value, prefix, total)
