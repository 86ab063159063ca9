"""Pieces of the page of a command above that are drawn as HTML. All is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from situasi.ui.components import markup


@dataclass(frozen=True)
class Tile:
    """A kabupaten or province. to: where a click leads; "": nowhere, and closed says why.

    share: of its TPS that told, 0 to 1; None: not known. grave: what somebody should look at.
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
    """Side by side, as many in a line as fit."""
    tiles = Markup("").join(map(_build_tile, entries))
    markup.render(Markup('<div class="ab-tiles">{}</div>').format(tiles))


def _build_tile(tile: Tile) -> Markup:
    words = Markup("").join(Markup("<p>{}</p>").format(line) for line in tile.lines)
    grave = (
        Markup('<p class="ab-grave">{}</p>').format(tile.critical_text)
        if tile.critical_text
        else Markup()
    )
    silent = (
        Markup('<b class="ab-silent">{}</b>').format(tile.silence_text)
        if tile.silence_text
        else Markup()
    )
    made = Markup('<span class="si-chip si-made">{}</span>').format(tile.exercise_label or "")
    closed = Markup("<em>{}</em>").format(tile.closed_reason) if tile.closed_reason else Markup()
    inside = Markup(
        "<h3>{}{}</h3>{}{}{}{}"
        "<footer>{}<small>{}</small></footer>{}"
    ).format(
        tile.title, made if tile.exercise_label else "", _build_state(tile),
        _build_bar(tile.reported_share), words, grave, silent, tile.copy_age_text, closed,
    )  # fmt: skip
    kinds = "ab-tile" + (" ab-is-silent" if tile.silence_text else "")
    if not tile.url:
        return Markup('<div class="{}">{}</div>').format(kinds, inside)
    return Markup('<a class="{}" href="{}" target="_self">{}</a>').format(kinds, tile.url, inside)


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
