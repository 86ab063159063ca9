"""A page drawn without a browser, read as tests/browser/viewing.py reads one in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from tests.rehearsed import run, script_of

# The module of pages/ behind each address of the menu.
MODULES = {
    "situasi": "situation",
    "peringatan": "alerts",
    "kejadian": "incidents",
    "perubahan": "changes",
    "partisipasi": "turnout",
    "tps": "stations",
    "personel": "personnel",
    "pergeseran": "redeployment",
    "tahapan": "activities",
    "netralitas": "neutrality",
    "laporan": "sitreps",
    "lapor": "report_entry",
    "masukan": "intake",
    "tautan": "guest_links",
    "latihan": "exercises",
    "kesiapan": "readiness",
    "kesehatan": "system_health",
}


class DrawnPage:
    """What a page says; `app` is what Streamlit has drawn."""

    def __init__(self, screen: str, **query: str) -> None:
        self.app = AppTest.from_string(script_of(MODULES[screen]))
        self.app.query_params.update(query)
        run(self.app)

    def card(self, title: str) -> tuple[str, str]:
        """Value and note of one key figure."""
        return next((value, note) for name, value, note in self.cards() if name == title)

    def cards(self) -> list[tuple[str, str, str]]:
        """The key figures: title, value, note."""
        found = []
        for body in self._bodies():
            for card in body.find_class("si-card"):
                parts = (next(iter(card.iter(tag)), None) for tag in ("h2", "strong", "p"))
                title, value, note = ("" if p is None else _flat(p.text_content()) for p in parts)
                found.append((title, value, note))
        return found

    def words(self) -> str:
        """Everything that can be read on the page, but tables, charts and what a form holds."""
        texts = [_flat(body.text_content()) for body in self._bodies()]
        texts += [text for element in _elements(self.app.main) for text in _texts(element)]
        return "\n".join(texts)

    def _bodies(self) -> Iterator[html.HtmlElement]:
        for element in self.app.get("html"):
            if element.proto.body.strip():
                yield html.fragment_fromstring(element.proto.body, create_parent="div")


def _elements(block: Block) -> Iterator[Element]:
    for child in block.children.values():
        if isinstance(child, Block):
            yield from _elements(child)
        elif isinstance(child, Element):
            yield child


def _texts(element: Element) -> Iterator[str]:
    for field in ("body", "label"):
        text = getattr(element.proto, field, "")
        if element.type != "html" and isinstance(text, str) and text:
            yield re.sub(r"\*\*|\\", "", text)


def _flat(text: str) -> str:
    return " ".join(text.split())
