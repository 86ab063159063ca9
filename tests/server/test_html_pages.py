"""Pages of the server come from its templates alone, which escape and miss nothing."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from jinja2 import UndefinedError

from situasi.domain.settings import ROOT
from situasi.higher_command import app
from situasi.server import html_pages
from situasi.server.auth import pages
from tests.product_code import in_one_worker, parse_product

HOSTILE = "<script>alert('1')</script>\"><img src=x>"
LINKS = {"id": f"/masuk?ke={HOSTILE}", "en": f"/masuk?ke={HOSTILE}"}
# What each page around sign-in is given.
PAGES: dict[str, dict[str, Any]] = {
    "sign_in.html": {"token": HOSTILE, "typed_name": HOSTILE, "error": HOSTILE,
                     "provider_name": HOSTILE, "provider_links": LINKS},
    "sign_out.html": {"token": HOSTILE, "name": HOSTILE, "role": HOSTILE, "password_path": HOSTILE},
    "password.html": {"token": HOSTILE, "name": HOSTILE, "min_length": 12, "error": HOSTILE},
    "password_changed.html": {"name": HOSTILE},
    "link_over.html": {"reason": HOSTILE, "sign_in_path": HOSTILE},
    "board_full.html": {},
}  # fmt: skip
WALL: dict[str, Any] = {
    "theme": HOSTILE, "title": HOSTILE, "unit": HOSTILE, "zone": HOSTILE, "svg": HOSTILE,
    "credit": HOSTILE, "signs": [(HOSTILE, HOSTILE)], "style_path": HOSTILE, "script_path": HOSTILE,
    "controls": [(HOSTILE, HOSTILE, HOSTILE)], "script_data": {"name": HOSTILE, "home": HOSTILE},
    "is_guest": True, "shows_reports": True, "shows_marks": True,
}  # fmt: skip


@in_one_worker
def test_nothing_else_of_the_server_answers_with_html() -> None:
    found = set()
    server = ROOT / "situasi" / "server"
    for file, tree in parse_product().items():
        for node in ast.walk(tree) if file.is_relative_to(server) else ():
            text = node.value if isinstance(node, ast.Constant) else None
            names = [getattr(node, name, None) for name in ("id", "attr", "name")]
            is_html = isinstance(text, str) and "text/html" in text
            if is_html or {"HTMLResponse", "Jinja2Templates"}.intersection(map(str, names)):
                found.add(file.name)
    assert found == {"html_pages.py"}


@pytest.mark.parametrize("template", PAGES)
def test_what_others_type_or_are_called_stays_text(
    template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "server_unit_name", lambda _board: HOSTILE)
    answer = pages.build_page_response(template, LINKS, 401, {"x-own": "1"}, **PAGES[template])
    text = bytes(answer.body).decode()
    assert "<script" not in text and "<img" not in text and "('1')" not in text
    assert text.count("&lt;script&gt;") >= 3  # the unit, and the links
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == pages.POLICY
    assert (answer.status_code, answer.headers["x-own"]) == (401, "1")


def test_on_the_wall_too_names_stay_text() -> None:
    text = html_pages.render_template("wall.html", **WALL)
    assert text.count("<script") == 1  # its own
    assert "<img" not in text


@pytest.mark.parametrize("missing", sorted(PAGES["sign_in.html"]))
def test_a_page_without_one_of_its_values_is_not_shown(missing: str) -> None:
    values = {name: value for name, value in PAGES["sign_in.html"].items() if name != missing}
    with pytest.raises(UndefinedError):
        html_pages.render_template("sign_in.html", unit="", style="", links=LINKS, **values)


def test_text_that_no_template_made_is_no_page() -> None:
    with pytest.raises(TypeError):
        html_pages.build_html_response("<p>", "default-src 'none'")  # type: ignore[arg-type]
