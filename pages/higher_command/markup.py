"""The HTML parts of the higher command page; all text is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components import markup


@dataclass(frozen=True)
class Tile:
    """A kabupaten or province. url: where a click leads; "" if nowhere, with a closed_reason.

    reported_share: of its TPS, 0 to 1; None if unknown. critical_text: what needs attention.
    """

    title: str
    url: str
    closed_reason: str
    state: str | None
    state_label: str
    lines: tuple[str, ...]
    critical_text: str
    reported_share: float | None
    copy_age_text: str
    silence_text: str
    exercise_label: str


def render_tiles(entries: Sequence[Tile]) -> None:
    """Draw the tiles side by side, as many in a line as fit."""
    tiles = Markup("").join(map(_build_tile, entries))
    markup.render(Markup('<div class="ab-tiles">{}</div>').format(tiles))


def _build_tile(tile: Tile) -> Markup:
    lines = markup.format_each(Markup("<p>{}</p>"), ((line,) for line in tile.lines))
    format_if = markup.format_if
    critical = format_if(Markup('<p class="ab-grave">{}</p>'), tile.critical_text)
    silence = format_if(Markup('<b class="ab-silent">{}</b>'), tile.silence_text)
    exercise = format_if(Markup('<span class="si-chip si-made">{}</span>'), tile.exercise_label)
    closed_note = format_if(Markup("<em>{}</em>"), tile.closed_reason)
    content = Markup(
        "<h3>{}{}</h3>{}{}{}{}"
        "<footer>{}<small>{}</small></footer>{}"
    ).format(
        tile.title, exercise, _build_state(tile), _build_bar(tile.reported_share), lines, critical,
        silence, tile.copy_age_text, closed_note,
    )  # fmt: skip
    css_classes = "ab-tile" + (" ab-is-silent" if tile.silence_text else "")
    if not tile.url:
        return Markup('<div class="{}">{}</div>').format(css_classes, content)
    return Markup('<a class="{}" href="{}" target="_self">{}</a>').format(
        css_classes, tile.url, content
    )


def _build_state(tile: Tile) -> Markup:
    if not tile.state_label:
        return Markup()
    sign = markup.build_situasi_mark(tile.state)
    return Markup('<span class="ab-state">{} {}</span>').format(sign, tile.state_label)


def _build_bar(reported_share: float | None) -> Markup:
    if reported_share is None:
        return Markup('<i class="ab-bar si-unknown"></i>')
    return Markup('<i class="ab-bar"><u style="width:{}%"></u></i>').format(
        round(100 * reported_share)
    )
