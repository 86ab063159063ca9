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
    to: str
    closed: str
    state: str | None
    state_name: str
    lines: tuple[str, ...]
    grave: str
    share: float | None
    copied: str
    silent: str
    made_up: str


def tiles(every: Sequence[Tile]) -> None:
    """Side by side, as many in a line as fit."""
    tiles = Markup("").join(map(_tile, every))
    markup.render(Markup('<div class="ab-tiles">{}</div>').format(tiles))


def _tile(one: Tile) -> Markup:
    words = Markup("").join(Markup("<p>{}</p>").format(line) for line in one.lines)
    grave = Markup('<p class="ab-grave">{}</p>').format(one.grave) if one.grave else Markup()
    silent = Markup('<b class="ab-silent">{}</b>').format(one.silent) if one.silent else Markup()
    made = Markup('<span class="si-chip si-made">{}</span>').format(one.made_up or "")
    closed = Markup("<em>{}</em>").format(one.closed) if one.closed else Markup()
    inside = Markup(
        "<h3>{}{}</h3>{}{}{}{}"
        "<footer>{}<small>{}</small></footer>{}"
    ).format(
        one.title, made if one.made_up else "", _state(one),
        _bar(one.share), words, grave, silent, one.copied, closed,
    )  # fmt: skip
    kinds = "ab-tile" + (" ab-is-silent" if one.silent else "")
    if not one.to:
        return Markup('<div class="{}">{}</div>').format(kinds, inside)
    return Markup('<a class="{}" href="{}" target="_self">{}</a>').format(kinds, one.to, inside)


def _state(one: Tile) -> Markup:
    if not one.state_name:
        return Markup()
    sign = markup.build_situasi_mark(one.state)
    return Markup('<span class="ab-state">{} {}</span>').format(sign, one.state_name)


def _bar(share: float | None) -> Markup:
    if share is None:
        return Markup('<i class="ab-bar si-unknown"></i>')
    return Markup('<i class="ab-bar"><u style="width:{}%"></u></i>').format(round(100 * share))
