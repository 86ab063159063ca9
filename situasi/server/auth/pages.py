"""The pages around sign-in, which load nothing and run no script."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup
from starlette.responses import Response

from situasi.board import current_board
from situasi.domain.settings import ROOT
from situasi.higher_command import app
from situasi.server import html_pages
from situasi.server.auth.security_headers import csp_hashes

_THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
_COLOURS = (
    "primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor", "borderColor"
)  # fmt: skip


def _format_colours(kind: str) -> str:
    return "".join(f"--{name}: {_THEME[kind][name]}; " for name in _COLOURS)


_STYLE = (
    f":root {{ {_format_colours('light')}}}\n"
    f"@media (prefers-color-scheme: dark) {{ :root {{ {_format_colours('dark')}}} }}\n"
    + Path(__file__).with_name("signin.css").read_text("utf-8")
)
POLICY = (
    f"default-src 'none'; style-src {csp_hashes([_STYLE])[0]}; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)


def build_page_response(
    template: str,
    links: Mapping[str, str],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response:
    """Return this page. links: its address in each language. values: for its template."""
    unit, style = app.server_unit_name(current_board), Markup(_STYLE)
    page = html_pages.render_template(template, unit=unit, style=style, links=links, **values)
    return html_pages.build_html_response(page, POLICY, status, headers)
