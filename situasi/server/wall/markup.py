"""HTML of the wall and of the frozen copy, which is one file that loads nothing."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from situasi.presentation.text_tables import TextTable

_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="{language}" data-theme="light">\n<head>\n'
    '<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light">\n<meta name="referrer" content="no-referrer">\n'
    '<meta name="robots" content="noindex">\n<link rel="icon" href="data:,">\n'
    "<title>{title}</title>\n<style>{style}</style>\n</head>\n"
    '<body class="waiting" data-told="{told}">\n'
    '<div id="frozen" role="note">{mark}{band}</div>\n<div id="bands"></div>\n'
    '<header><div><h1>Situasi</h1><p id="whose">{whose}</p></div>'
    '<div id="clock"><b>{clock}</b><span id="zone">{zone}</span><p id="day"></p></div></header>\n'
    '<div id="facts"><p id="filter"></p>{facts}</div>\n<p id="without">{without}</p>\n'
    '<section id="figures"></section>\n<nav id="ways">{ways}</nav>\n'
    '<main>\n<figure id="mapped"><h2 id="title"></h2>{map}<figcaption id="legend"></figcaption>'
    '<p id="credit">{credit}</p></figure>\n'
    '<section id="listed"><h2 id="heading"></h2><ol id="lines"></ol><p id="nothing"></p></section>'
    '\n<section id="reported"><h2>{reports}</h2><ol id="newest"></ol></section>\n</main>\n'
    '<section id="tables">\n{tables}</section>\n'
    '<script type="application/json" id="picture">{picture}</script>\n'
    "<script>{script}</script>\n</body>\n</html>\n"
)
_VIEW_BUTTON = Markup('<button type="button" aria-pressed="false">{}</button>')
_FACT = Markup("<p>{}</p>")
_MARK = Markup('<b class="latihan">{}</b>')
_TABLE = Markup(
    "<details><summary>{} ({})</summary>{}<div><table><thead><tr>{}</tr></thead>"
    "<tbody>{}</tbody></table></div></details>\n"
)
_HEAD, _CELL, _LONG = (
    Markup("<th>{}</th>"),
    Markup("<td>{}</td>"),
    Markup('<td class="long">{}</td>'),
)
_ROW = Markup("<tr>{}</tr>")
_LONG_CELL_LENGTH = 40  # a longer cell may wrap
# Characters that could end the script element or open a comment in it, as JSON escapes.
_SCRIPT_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def render_frozen_page(
    *,
    language: str,
    title: str,
    banner: str,
    rehearsal_mark: str,
    unit: str,
    clock: tuple[str, str],
    facts: Sequence[str],
    no_script_text: str,
    view_titles: Sequence[str],
    svg: Markup,
    credit: str,
    reports_heading: str,
    tables: Sequence[TextTable],
    state: Mapping[str, Any],
    script_data: Mapping[str, Any],
    style: str,
    script: str,
) -> str:
    """Return the whole file. rehearsal_mark: shown before the banner if there are exercise rows.

    facts: whose view, and which version. no_script_text: shown if scripts do not run. style,
    script: our own, each in one piece.
    """
    return _PAGE.format(
        language=language,
        title=title,
        band=banner,
        whose=unit,
        clock=clock[0],
        zone=clock[1],
        mark=_MARK.format(rehearsal_mark) if rehearsal_mark else "",
        policy=build_frozen_policy(style, script),
        facts=_format_all(_FACT, facts),
        without=no_script_text,
        ways=_format_all(_VIEW_BUTTON, view_titles),
        map=svg,
        credit=credit,
        reports=reports_heading,
        tables=Markup("").join(map(_render_table, tables)),
        picture=Markup(_encode_for_script(state)),
        style=Markup(style),
        script=Markup(script),
        told=json.dumps(script_data, ensure_ascii=False, separators=(",", ":")),
    )


def build_frozen_policy(style: str, script: str) -> str:
    """Return the policy of a copy: this one script and style, and nothing else."""
    return (
        f"default-src 'none'; script-src {_csp_hash(script)}; style-src {_csp_hash(style)}; "
        "img-src data:; form-action 'none'; base-uri 'none'"
    )


def _csp_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _encode_for_script(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_SCRIPT_ESCAPES)


def _format_all(markup: Markup, words: Sequence[str]) -> Markup:
    return Markup("").join(markup.format(word) for word in words)


def _render_table(table: TextTable) -> Markup:
    rows = Markup("\n").join(
        _ROW.format(Markup("").join(map(_render_cell, row))) for row in table.rows
    )
    note = _FACT.format(table.note) if table.note else ""
    return _TABLE.format(
        table.title, table.count_text, note, _format_all(_HEAD, table.headings), rows
    )


def _render_cell(text: str) -> Markup:
    # A text without spaces would make the column as wide as it is long.
    return (_LONG if len(text) > _LONG_CELL_LENGTH else _CELL).format(re.sub(r"\s+", " ", text))


# The wall loads its own files from its own server, and runs no inline script.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)

_WALL_PAGE = Markup(
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


def render_wall_page(
    *,
    language: str,
    dark: bool,
    title: str,
    unit: str,
    zone: str,
    svg: Markup,
    credit: str,
    files: tuple[str, str],
    words: Mapping[str, str],
    controls: tuple[tuple[str, str, str], ...],
    script_data: Mapping[str, Any],
) -> str:
    """Return the page. files: paths of stylesheet and script. words: headings.

    controls: action, label, key. script_data: data and sentences for the scripts.
    """
    return _WALL_PAGE.format(
        language=language,
        theme="dark" if dark else "light",
        title=title,
        whose=unit,
        zone=zone,
        map=svg,
        credit=credit,
        style=files[0],
        script=files[1],
        controls=Markup("").join(_CONTROL.format(act, word, word, key)
                                 for act, word, key in controls),
        told=json.dumps(script_data, ensure_ascii=False, separators=(",", ":")),
        **words,
    )  # fmt: skip
