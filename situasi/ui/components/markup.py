"""HTML parts of a page. The only module that writes HTML: everything is escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import quote

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from situasi.common import assets
from situasi.domain.labels import format_situasi_letter
from situasi.figures.theme import SIGNS, SITUASI, SITUASI_INK, TINGKAT, UNRATED, Theme
from situasi.presentation.incident_item import IncidentItem
from situasi.presentation.model import KpiText, Mark, TextOrCounts


@dataclass(frozen=True)
class Card:
    """One KPI: its title, its value, and a line that explains it.

    side_note: a few words beside the value. change: the change since the last briefing.
    """

    title: str
    value: str | Markup
    note: str | Markup = ""
    is_alarm: bool = False
    side_note: str = ""
    change: str = ""


def render(markup: Markup) -> None:
    """Draw HTML; the only call of `st.html` with data. Raises TypeError if it is no Markup."""
    if not isinstance(markup, Markup):
        raise TypeError("HTML is made by Markup.format alone")
    st.html(markup)


def format_each(template: Markup, rows: Iterable[Iterable[object]]) -> Markup:
    """Return this HTML once for each row, with the cells of the row in it."""
    return Markup("").join(template.format(*row) for row in rows)


def format_if(template: Markup, text: str | Markup) -> Markup:
    """Return this HTML with a text in it; nothing for an empty text."""
    return template.format(text) if text else Markup()


def build_facts(facts: Iterable[tuple[str, str]]) -> Markup:
    """Build the list of facts (name, value) of a case or an alert."""
    rows = format_each(Markup("<div><dt>{}</dt><dd>{}</dd></div>"), facts)
    return Markup('<dl class="kj-facts">{}</dl>').format(rows)


def render_facts(title: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Draw the facts of one TPS or officer."""
    lines = format_each(Markup("<span>{} <b>{}</b></span>"), pairs)
    render(Markup('<div class="ts-facts"><h2>{}</h2><p>{}</p></div>').format(title, lines))


def escape_markdown(text: str) -> str:
    """Return typed text with all signs of Markdown escaped."""
    escaped = "".join("\\" + sign if sign in r"\`*_{}[]<>()#+!|~$:" else sign for sign in text)
    return f"\\{escaped}" if escaped.startswith("-") else escaped  # it would begin a list


def row() -> DeltaGenerator:
    """Return a container that spreads text and controls over one line."""
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )


def inline_row(key: str, width: Literal["stretch", "content"] = "stretch") -> DeltaGenerator:
    """Return a container for controls in one line; what does not fit wraps."""
    return st.container(
        horizontal=True, vertical_alignment="center", gap="small", width=width, key=key
    )


def render_stylesheet(theme: Theme) -> None:
    """Load the style sheet and set the colours that it refers to by role.

    The browser caches the sheet; written into the page it would be sent with every second run.
    """
    render(
        Markup(
            '<style>@import url("{}");'
            ":root {{ --accent: {}; --muted: {}; --faint: {}; --paper: {}; }}</style>"
        ).format(
            assets.CSS_URL,
            theme.accent,
            theme.muted,
            theme.line,
            theme.paper,
        )
    )


def render_banners(banners: Sequence[tuple[str, str]]) -> None:
    """Draw lines across the top, (kind, text): latihan, past (not now) or broken."""
    lines = format_each(Markup('<div class="si-band si-{}" role="status">{}</div>'), banners)
    if banners:
        render(Markup('<div class="si-bands">{}</div>').format(lines))


def render_header(
    title: str,
    subtitle: tuple[str, ...],
    clock: str,
    note: str,
    links: Iterable[tuple[str, str, bool]],
    actions: Markup,
) -> None:
    """Draw the title on the left, the time and the languages on the right.

    subtitle: the parts after the first are left out where they have no room. links: label, URL, is
    it the current language. actions: header link and copy button, or nothing.
    """
    link = Markup('<a href="{}" target="_self" class="{}">{}</a>')
    rows = ((url, "si-here" if current else "", label) for label, url, current in links)
    languages = format_each(link, rows)
    header = Markup(
        '<header class="si-head"><div><h1>{}</h1> {}</div>'
        '<div class="si-clock"><b>{}</b><span>{}</span></div><nav>{}{}</nav></header>'
    )
    parts = format_each(Markup("<span>{}</span> "), ((part,) for part in subtitle))
    render(header.format(title, parts, clock, note, actions, languages))


def build_header_link(label: str, url: str) -> Markup:
    """Build a header link to a page of the board that is not a Streamlit page."""
    return Markup('<a class="si-way" href="{}" target="_self">{}</a>').format(url, label)


def render_parent_link(label: str, url: str) -> None:
    """Draw a link at the foot of the menu, to the page above this board."""
    render(Markup('<p class="si-up">{}</p>').format(build_header_link(label, url)))


def build_copy_button(label: str, done_label: str, text: str = "") -> Markup:
    """Build a button that copies `text`, or the URL of the page; done_label: shown afterwards.

    It needs our script (server/frontend/page.js).
    """
    return Markup(
        '<button type="button" class="si-copy" data-copy="{}" data-done="{}">{}</button>'
    ).format(text, done_label, label)


def render_copyable_text(text: str, label: str, done_label: str) -> None:
    """Draw a selectable text with a button that copies it."""
    render(
        Markup('<p class="si-taken"><code>{}</code>{}</p>').format(
            text, build_copy_button(label, done_label, text)
        )
    )


def build_tingkat_mark(tingkat: str | None) -> Markup:
    """Build the mark of a tingkat: shape and colour."""
    key = tingkat if tingkat in TINGKAT else UNRATED
    return Markup('<i style="color:{}">{}</i>').format(TINGKAT[key], SIGNS[key])


def build_estimate_mark() -> Markup:
    """Build the mark of a place that is an estimate: hollow, with a dashed line."""
    return Markup('<i class="si-none si-round"></i>')


def build_number_mark() -> Markup:
    """Build the number beside a mark of several cases."""
    return Markup('<b class="si-number">2</b>')


def build_situasi_mark(situasi: str | None) -> Markup:
    """Build the mark of a situasi, with its letter; a dashed square where none is stated."""
    if situasi is None:
        return Markup('<i class="si-none"></i>')
    return Markup(
        '<i class="si-dot si-letter" data-letter="{}" style="background:{};color:{}"></i>'
    ).format(format_situasi_letter(situasi), SITUASI[situasi], SITUASI_INK[situasi])


def build_counts(pairs: Sequence[tuple[Markup, str, str]]) -> Markup:
    """Build marks with a number and a label each, in one line."""
    return Markup(" ").join(
        Markup('<span class="si-count">{}<b>{}</b> {}</span>').format(mark, value, label)
        for mark, value, label in pairs
    )


def build_mark(mark: Mark) -> Markup:
    """Build the HTML of a mark of any scale."""
    if mark.scale == "tingkat":
        return build_tingkat_mark(mark.code)
    return (
        build_situasi_mark(mark.code)
        if mark.scale == "situasi"
        else build_colour_mark(str(mark.code))
    )


def build_card(kpi_text: KpiText) -> Card:
    """Build the card of a KPI text."""
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
    return build_counts([(build_mark(count.mark), count.number, count.label) for count in text])


def render_account(
    name: str, description: str, sign_out_label: str, sign_out_url: str = ""
) -> None:
    """Draw the signed-in account at the foot of the menu, with a sign-out link if there is one."""
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
    """Draw the cards of KPIs."""
    render(_build_cards_html(cards))


def render_placeholder() -> None:
    """Draw an empty element that takes the position of one element."""
    render(Markup("<i></i>"))


@lru_cache(maxsize=256)  # the same KPIs are drawn for every viewer
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
        format_if(Markup('<em class="si-since">{}</em>'), card.change),
    )


def render_explanation(heading: str, rule: str, details: Sequence[tuple[str, str]]) -> None:
    """Draw the rule of a number; details: (name, text), of which empty texts are left out."""
    named_texts = [(name, text) for name, text in ((heading, rule), *details) if text]
    lines = format_each(Markup("<p><b>{}</b> {}</p>"), named_texts)
    render(Markup('<div class="si-why">{}</div>').format(lines))


def render_empty_state(text: str) -> None:
    """Draw a frame that says what is missing."""
    render(Markup('<div class="si-empty">{}</div>').format(text))


def render_bars(rows: Sequence[tuple[str, float | None, str]]) -> None:
    """Draw shares from 0 to 1 as bars: name, share (None: unknown, dashed), text."""
    lines = Markup("").join(
        Markup('<div class="si-bar"><span>{}</span><i class="{}">{}</i><b>{}</b></div>').format(
            name,
            "si-unknown" if share is None else "",
            Markup('<u style="width:{}%"></u>').format(round(100 * (share or 0.0))),
            text,
        )
        for name, share, text in rows
    )
    render(Markup('<div class="si-bars">{}</div>').format(lines))


def render_legend(marks: Sequence[tuple[Markup, str]], note: str) -> None:
    """Draw marks with their labels, and a note."""
    entries = format_each(Markup("<span>{} {}</span>"), marks)
    render(Markup('<div class="si-legend">{}<small>{}</small></div>').format(entries, note))


def build_colour_mark(colour: str) -> Markup:
    """Build a square mark of this colour."""
    return Markup('<i class="si-dot" style="background:{}"></i>').format(colour)


def build_hatch_mark() -> Markup:
    """Build the mark of a hatched area: of part of it nothing is known, or only what is old."""
    return Markup(
        '<i class="si-dot" style="background:repeating-linear-gradient('
        '135deg,currentColor 0 1px,transparent 1px 4px)"></i>'
    )


def build_report_list(
    items: Sequence[IncidentItem], exercise_word: str, case_url_prefix: str = ""
) -> Markup:
    """Build the list of incident reports as HTML.

    case_url_prefix: the address of a case up to its key, where a report leads to its case.
    """
    return Markup('<ol class="si-list" tabindex="0">{}</ol>').format(
        Markup("").join(_build_report_html(item, exercise_word, case_url_prefix) for item in items)
    )


def _build_report_html(item: IncidentItem, exercise_word: str, case_url_prefix: str) -> Markup:
    chips = Markup('<span class="si-chip">{}</span>').format(item.status)
    chips += format_if(Markup('<small class="si-source">{}</small>'), item.source)
    if item.is_exercise:
        chips += Markup('<span class="si-chip si-made">{}</span>').format(exercise_word)
    notes = Markup('<span class="si-chip si-doubt" title="{}">⚑</span>')
    chips += format_if(notes, item.check_notes)
    title = Markup("<b>{}</b>").format(item.title)
    if case_url_prefix and item.case:
        # The style sheet lays the link over the whole report.
        title = Markup('<a href="{}" target="_self"><b>{}</b></a>').format(
            case_url_prefix + quote(item.case, safe=""), item.title
        )
    return Markup(
        '<li><div class="si-mark" title="{level}">{mark}</div><div>'
        '<div class="si-line">{title}<span>{place}</span><time>{when}</time></div>'
        '<div class="si-text"><p>{text}</p><span>{chips}</span></div></div></li>'
    ).format(
        level=item.tingkat_label,
        mark=build_tingkat_mark(item.tingkat),
        title=title,
        place=item.place,
        when=item.time_text,
        text=item.text,
        chips=chips,
    )


def build_ratio(value: str | Markup, total: str) -> Markup:
    """Build a number and its total: '298 dari 331', the total smaller."""
    return Markup('{} <small class="pe-of">{}</small>').format(value, total)


def build_estimate(text: str) -> Markup:
    """Build an estimated value, in italics."""
    return Markup("<em>{}</em>").format(text)


def build_ratio_of_estimate(value: str, prefix: str, total: str) -> Markup:
    """Build a number and its total where the total is an estimate."""
    return Markup('{} <small class="pe-of">{} <em>{}</em></small>').format(value, prefix, total)
