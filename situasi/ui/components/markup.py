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
from situasi.presentation.incident_item import Item
from situasi.presentation.model import Mark, Said, Told


@dataclass(frozen=True)
class Card:
    """One key figure: what it is, its value, and a line that gives it sense.

    aside: a few words beside the value. since: how it changed since the last briefing.
    """

    title: str
    value: str | Markup
    note: str | Markup = ""
    alarm: bool = False
    aside: str = ""
    since: str = ""


def render(markup: Markup) -> None:
    """Draw HTML. The only call of `st.html` in the product: what is no Markup is refused."""
    if not isinstance(markup, Markup):
        raise TypeError("HTML is made by Markup.format alone")
    st.html(markup)


def plain(text: str) -> str:
    """Words that somebody typed, without the signs that Markdown reads."""
    return "".join("\\" + sign if sign in r"\`*_{}[]<>()#+!|~$:" else sign for sign in text)


def bar() -> DeltaGenerator:
    """One line of words and controls, spread over the width."""
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )


def line(key: str, width: Literal["stretch", "content"] = "stretch") -> DeltaGenerator:
    """One line of controls; what does not fit goes on below."""
    return st.container(
        horizontal=True, vertical_alignment="center", gap="small", width=width, key=key
    )


def style(theme: Theme) -> None:
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


def bands(said: Sequence[tuple[str, str]]) -> None:
    """Lines across the top, (kind, text): latihan, past (not now) or broken."""
    lines = Markup("").join(
        Markup('<div class="si-band si-{}" role="status">{}</div>').format(kind, text)
        for kind, text in said
    )
    if said:
        render(Markup('<div class="si-bands">{}</div>').format(lines))


def header(
    title: str,
    subtitle: str,
    clock: str,
    note: str,
    links: Iterable[tuple[str, str, bool]],
    beside: Markup,
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
        ).format(title, subtitle, clock, note, beside, languages)
    )


def way(word: str, address: str) -> Markup:
    """A link in the heading, to a page of the board that is not of Streamlit."""
    return Markup('<a class="si-way" href="{}" target="_self">{}</a>').format(address, word)


def way_up(word: str, address: str) -> None:
    """A link at the foot of the menu, to what lies above this board."""
    render(Markup('<p class="si-up">{}</p>').format(way(word, address)))


def copy_button(word: str, done: str, text: str = "") -> Markup:
    """A button that copies this text, or else the address of the page. done: said afterwards.

    It works by a script of ours (server/copying.js), which `scripts` loads.
    """
    return Markup(
        '<button type="button" class="si-copy" data-copy="{}" data-done="{}">{}</button>'
    ).format(text, done, word)


def copyable(text: str, word: str, done: str) -> None:
    """A text to be taken along, whole and selectable, and the button that copies it."""
    render(
        Markup('<p class="si-taken"><code>{}</code>{}</p>').format(
            text, copy_button(word, done, text)
        )
    )


def scripts() -> None:
    """Our one script; the policy of the board lets no other run."""
    st.html(Markup('<script src="/salin.js"></script>'), unsafe_allow_javascript=True)


def sign(tingkat: str | None) -> Markup:
    """The mark of a weight: shape and colour."""
    key = tingkat if tingkat in TINGKAT else UNRATED
    return Markup('<i style="color:{}">{}</i>').format(TINGKAT[key], SIGNS[key])


def swatch(situasi: str | None) -> Markup:
    """The mark of a situasi; a dashed square where there is no current word."""
    if situasi is None:
        return Markup('<i class="si-none"></i>')
    return Markup('<i class="si-dot" style="background:{}"></i>').format(SITUASI[situasi])


def counted(pairs: Sequence[tuple[Markup, str, str]]) -> Markup:
    """Marks with a number and a word each, in one line."""
    return Markup(" ").join(
        Markup('<span class="si-count">{}<b>{}</b> {}</span>').format(mark, value, word)
        for mark, value, word in pairs
    )


def drawn(mark: Mark) -> Markup:
    """The sign as HTML."""
    if mark.scale == "tingkat":
        return sign(mark.code)
    return swatch(mark.code) if mark.scale == "situasi" else colour_swatch(str(mark.code))


def card_of(told: Told) -> Card:
    """A key figure that is told in words, as a card."""
    return Card(told.title, _said(told.value), _said(told.note), told.alarm, told.aside)


def _said(said: Said) -> str | Markup:
    if isinstance(said, str):
        return said
    return counted([(drawn(one.mark), one.number, one.word) for one in said])


def signed_in(name: str, said: str, leave: str, way_out: str = "") -> None:
    """Who looks, at the foot of the menu; leave: the word of the way out, where there is one."""
    link = Markup('<a href="{}" target="_self">{}</a>').format(way_out, leave) if leave else ""
    render(Markup('<div class="si-who"><b>{}</b><span>{}</span>{}</div>').format(name, said, link))


def cards(shown: tuple[Card, ...]) -> None:
    """Key figures."""
    render(_cards(shown))


def gap() -> None:
    """Nothing, in the place of one thing."""
    render(Markup("<i></i>"))


@lru_cache(maxsize=256)  # the same figures are drawn for everybody
def _cards(shown: tuple[Card, ...]) -> Markup:
    return Markup('<div class="si-cards">{}</div>').format(Markup("").join(map(_card, shown)))


def _card(shown: Card) -> Markup:
    return Markup(
        '<div class="si-card{}"><h2>{}</h2><strong>{}</strong><small>{}</small><p>{}</p>{}</div>'
    ).format(
        " si-alarm" if shown.alarm else "",
        shown.title,
        shown.value,
        shown.aside,
        shown.note,
        Markup('<em class="si-since">{}</em>').format(shown.since) if shown.since else "",
    )


def reason(word: str, rule: str, said: Sequence[tuple[str, str]]) -> None:
    """How a number is made. said: (name, what), of which the empty are left out."""
    lines = Markup("").join(
        Markup("<p><b>{}</b> {}</p>").format(name, what)
        for name, what in ((word, rule), *said)
        if what
    )
    render(Markup('<div class="si-why">{}</div>').format(lines))


def empty(sentence: str) -> None:
    """A frame that says what is missing."""
    render(Markup('<div class="si-empty">{}</div>').format(sentence))


def bars(rows: Sequence[tuple[str, float | None, str]]) -> None:
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


def legend(marks: Sequence[tuple[Markup, str]], note: str) -> None:
    entries = Markup("").join(Markup("<span>{} {}</span>").format(m, word) for m, word in marks)
    render(Markup('<div class="si-legend">{}<small>{}</small></div>').format(entries, note))


def colour_swatch(colour: str) -> Markup:
    return Markup('<i class="si-dot" style="background:{}"></i>').format(colour)


def report_list(items: Sequence[Item], exercise_word: str) -> Markup:
    """Reports, to be drawn as they are."""
    return Markup('<ol class="si-list">{}</ol>').format(
        Markup("").join(_item(item, exercise_word) for item in items)
    )


def _item(item: Item, exercise_word: str) -> Markup:
    chips = Markup('<span class="si-chip">{}</span>').format(item.status)
    if item.source:
        chips += Markup('<small class="si-source">{}</small>').format(item.source)
    if item.rehearsal:
        chips += Markup('<span class="si-chip si-made">{}</span>').format(exercise_word)
    if item.doubt:
        chips += Markup('<span class="si-chip si-doubt" title="{}">⚑</span>').format(item.doubt)
    return Markup(
        '<li><div class="si-mark" title="{level}">{mark}</div><div>'
        '<div class="si-line"><b>{title}</b><span>{place}</span><time>{when}</time></div>'
        '<div class="si-text"><p>{text}</p><span>{chips}</span></div></div></li>'
    ).format(
        level=item.tingkat_name,
        mark=sign(item.tingkat),
        title=item.title,
        place=item.place,
        when=item.when,
        text=item.text,
        chips=chips,
    )


def of(value: str | Markup, whole: str) -> Markup:
    """A number and the whole it is part of: '298 dari 331', the whole smaller."""
    return Markup('{} <small class="pe-of">{}</small>').format(value, whole)


def estimate(text: str) -> Markup:
    """An estimated value, in italics."""
    return Markup("<em>{}</em>").format(text)


def of_estimate(value: str, before: str, whole: str) -> Markup:
    """The same where the whole is an estimate."""
    return Markup('{} <small class="pe-of">{} <em>{}</em></small>').format(value, before, whole)
