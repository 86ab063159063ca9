"""HTML of the server: its templates, and the one function that answers with a page."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from situasi.common import i18n

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


def render_template(template: str, /, **values: object) -> Markup:
    """Return the page of this template in the language of the request; all values are escaped.

    Raises jinja2.UndefinedError where a value is missing.
    """
    page = _TEMPLATES.get_template(template)
    return Markup(page.render(language=i18n.current_language(), **values))


def build_html_response(
    page: Markup, policy: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the response with this page. policy: its Content-Security-Policy."""
    if not isinstance(page, Markup):
        raise TypeError("a page comes from a template")
    all_headers = {"content-security-policy": policy, **(headers or {})}
    return Response(page, status, all_headers, _MEDIA_TYPE)


def accepts_html(scope: Scope) -> bool:
    """Return whether a browser asks for a page to show."""
    return _MEDIA_TYPE in Headers(scope=scope).get("accept", "")
