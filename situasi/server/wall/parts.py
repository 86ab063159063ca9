"""The wall as HTML: a frame without figures, which its scripts fill."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

# It loads its own files, asks its own server, and runs nothing that is written into the page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)

_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="{language}" data-theme="{theme}">\n<head>\n'
    '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="{theme}">\n<link rel="icon" href="data:,">\n'
    '<title>{title}</title>\n<link rel="stylesheet" href="{style}">\n'
    '<script type="module" src="{script}"></script>\n</head>\n'
    '<body class="waiting" data-told="{told}">\n'
    '<div id="bands"></div>\n'
    '<header><div><h1 id="title"></h1><p id="whose">{whose}</p></div>'
    '<div id="clock"><b><span id="minute"></span><small id="second"></small></b>'
    '<span id="zone">{zone}</span><p id="day"></p></div></header>\n'
    '<section id="figures" aria-live="off"></section>\n'
    '<main>\n<figure id="mapped">{map}<figcaption id="legend"></figcaption>'
    '<p id="credit">{credit}</p></figure>\n'
    '<section id="listed"><h2 id="heading"></h2><ol id="lines"></ol><p id="nothing"></p></section>'
    '\n<section id="reported"><h2>{reports}</h2><ol id="newest"></ol></section>\n'
    '<section id="tabled"><h2>{by_area}</h2><div><table id="table"></table></div></section>\n'
    '<section id="alarm" role="alertdialog" aria-labelledby="alarm-title" hidden>'
    '<p id="alarm-count"></p><h2 id="alarm-title"></h2><p id="alarm-place"></p>'
    '<p id="alarm-text"></p><p id="alarm-when"></p>'
    '<form id="acknowledge" hidden><label for="name">{name}</label>'
    '<input id="name" maxlength="60" autocomplete="off" spellcheck="false">'
    "<button>{send}</button></form>"
    '<p id="alarm-hint"></p></section>\n'
    "</main>\n"
    '<p id="announced" role="status"></p>\n'
    '<footer><p id="line"><i id="lamp"></i><span id="state"></span></p><p id="filter"></p>'
    '<p id="rotation"></p><p id="sound"></p></footer>\n'
    '<nav id="controls">{controls}</nav>\n'
    '<div id="over" role="alert" hidden><p id="over-text"></p><a id="over-way"></a></div>'
    "\n</body>\n</html>\n"
)
_CONTROL = Markup('<button type="button" data-act="{}" title="{}">{}<kbd>{}</kbd></button>')


def page(
    *,
    language: str,
    dark: bool,
    title: str,
    whose: str,
    zone: str,
    svg: Markup,
    credit: str,
    files: tuple[str, str],
    words: Mapping[str, str],
    controls: tuple[tuple[str, str, str], ...],
    told: Mapping[str, Any],
) -> str:
    """The frame. files: addresses of style and script. words: headings. controls: act, word,
    key. told: what the scripts must know, their words among it."""
    return _PAGE.format(
        language=language,
        theme="dark" if dark else "light",
        title=title,
        whose=whose,
        zone=zone,
        map=svg,
        credit=credit,
        style=files[0],
        script=files[1],
        controls=Markup("").join(_CONTROL.format(act, word, word, key)
                                 for act, word, key in controls),
        told=json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        **words,
    )  # fmt: skip
