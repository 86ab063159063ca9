"""Accessibility of what a browser shows, by axe-core; and that no English is left in it."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

from playwright.sync_api import Page

# Of Streamlit's own menu, which is nested lists with blocks between them: each rule, and where.
_MENU = "stSidebarNav"
MENU_FINDINGS = {"list", "listitem"}

_FINDINGS = """async ([menu, only]) => {
    const options = {resultTypes: ['violations'], elementRef: true, preload: false, iframes: false};
    if (only.length) options.runOnly = only;
    const found = await axe.run(document, options);
    return found.violations.flatMap(rule => rule.nodes.map(node => ({
        rule: rule.id,
        inMenu: node.element.closest(`[data-testid=${menu}]`) !== null,
        what: `${rule.id} (${rule.impact}): ${node.html.slice(0, 160)} ${node.failureSummary}`,
    })));
}"""

# Every text and label on the page; a report's own words aside.
_TEXTS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = new Set();
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (parent.closest('.si-text p, script, style, noscript, canvas, [lang=en]')) continue;
        if (parent.closest('[data-testid=stIconMaterial]')) continue;
        found.add(walker.currentNode.textContent.trim());
    }
    const names = ['placeholder', 'aria-label', 'title', 'alt', 'aria-roledescription'];
    for (const name of names)
        for (const part of document.querySelectorAll(`[${name}]`))
            if (part.checkVisibility()) found.add(part.getAttribute(name).trim());
    return [...found].filter(text => text);
}"""
# Words that an interface in English cannot do without, and that Indonesian does not have.
_ENGLISH = re.compile(
    r"\b(the|of|and|to|your|is|are|for|with|select|all|upload|press|files?|limit|open|close|"
    r"search|show|hide|clear|choose|drag|drop|browse|click|download|view|sort|pin|columns?|rows?|"
    r"settings|more|less|loading|empty|no|results?|remove|values?|fullscreen|help|error|keyboard|"
    r"chart|link|copy|dates?|month|year|day|previous|next|slider|dialog|expand|collapse|icon|"
    r"image|running|stop|options?|password|sidebar|skip|main|streamlit|dataframe)\b",
    re.IGNORECASE,
)
# Names and addresses that are English wherever they stand.
_NAMES = re.compile(
    r"https?://\S+|©.*|Global Map of Indonesia|Open ?Street ?Map|SHA-256|\S+\.\w{2,5}\b"
)


@cache
def _script() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def find_problems(page: Page, *only: str) -> list[str]:
    """Return what axe-core finds, of any weight, except in Streamlit's menu; only: these rules."""
    if not page.evaluate("'axe' in window"):  # a page reached by the menu has it still
        page.evaluate(_script())
    findings: list[dict[str, Any]] = page.evaluate(_FINDINGS, [_MENU, only])
    return [
        str(one["what"]) for one in findings if not (one["inMenu"] and one["rule"] in MENU_FINDINGS)
    ]


def find_english(page: Page) -> list[str]:
    """Return the texts of a page in Indonesian that hold an English word."""
    texts: list[str] = page.evaluate(_TEXTS)
    return [text for text in texts if _ENGLISH.search(_NAMES.sub("", text))]
