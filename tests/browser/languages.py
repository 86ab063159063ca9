"""Words of a page that belong to the other language than the one it is drawn in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from playwright.sync_api import Page

from tests.tools.words import existing

# Every text in the page; a report's own words and the name of the page aside.
_TEXTS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (parent.closest('.si-text p, .si-head h1, script, style, noscript')) continue;
        found.push(walker.currentNode.textContent.trim());
    }
    for (const part of document.querySelectorAll('[placeholder], [aria-label], [title]'))
        for (const name of ['placeholder', 'aria-label', 'title'])
            if (part.hasAttribute(name) && !part.closest('.si-doubt'))
                found.push(part.getAttribute(name).trim());
    return found.filter(text => text);
}"""


def find_words_of_the_other(page: Page, language: str) -> set[str]:
    """Return the texts of a page in this language ("id", "en") that the catalogue has as the other.

    That the page says much in its own is held meanwhile: else there were nothing to find.
    """
    indonesian, english = _patterns()
    own, other = (english, indonesian) if language == "en" else (indonesian, english)
    texts = set(page.evaluate(_TEXTS))
    assert sum(any(p.fullmatch(text) for text in texts) for p in own) >= 30
    foreign = {text for text in texts if any(p.fullmatch(text) for p in other)}
    return {text for text in foreign if not any(p.fullmatch(text) for p in own)}


@cache
def _patterns() -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    words = {str(m.id): str(m.string) for m in existing() if m.id and m.id != m.string}
    return _as_shown(words), _as_shown(words.values())


def _as_shown(messages: Iterable[str]) -> list[re.Pattern[str]]:
    """What each message looks like once its holes are filled."""
    return [
        re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(message)))
        for message in messages
        if len(re.sub(r"{\w+}", "", message)) > 4
    ]
