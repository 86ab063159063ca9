"""HTML of the server: its templates, and the one function that answers with a page."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from situasi.common import i18n
from situasi.domain.settings import ROOT
from situasi.server.frontend import packing
from situasi.server.frontend.packing import StaticContent

_MEDIA_TYPE = "text/html"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_TEMPLATES.globals["_"] = i18n._
_TEMPLATES.policies["json.dumps_kwargs"] = {
    "ensure_ascii": False,
    "allow_nan": False,
    "separators": (",", ":"),
}

_THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
_COLOURS = (
    "primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor", "borderColor"
)  # fmt: skip


def _format_colours(kind: str) -> str:
    return "".join(f"--{name}: {_THEME[kind][name]}; " for name in _COLOURS)


# The colours of the board as CSS variables, by day and by night.
THEME_COLOURS = (
    f":root {{ {_format_colours('light')}}}\n"
    f"@media (prefers-color-scheme: dark) {{ :root {{ {_format_colours('dark')}}} }}\n"
)


def render_template(template: str, /, **values: object) -> Markup:
    """Return the page of this template in the language of the request; all values are escaped.

    Raises jinja2.UndefinedError where a value is missing.
    """
    page = _TEMPLATES.get_template(template)
    return Markup(page.render(language=i18n.current_language(), **values))


def build_html_response(
    page: Markup,
    policy: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    accept_encoding: str = "",
) -> Response:
    """Return the response with this page. policy: its Content-Security-Policy.

    accept_encoding: header of the request; with it the page is packed here, and not by Streamlit,
    which leaves the first page as it is.
    """
    if not isinstance(page, Markup):
        raise TypeError("a page comes from a template")
    all_headers = {"content-security-policy": policy, **(headers or {})}
    content = StaticContent(page.encode(), _MEDIA_TYPE)
    if encoding := packing.choose_encoding(accept_encoding, content):
        all_headers |= {"content-encoding": encoding, "vary": "Accept-Encoding, Cookie"}
    return Response(content.encode(encoding), status, all_headers, _MEDIA_TYPE)


def accepts_html(scope: Scope) -> bool:
    """Return whether a browser asks for a page to show."""
    return _MEDIA_TYPE in Headers(scope=scope).get("accept", "")
