"""The pages around sign-in, which load nothing and run no script."""

from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup
from starlette.responses import Response

from situasi.board import current_board
from situasi.higher_command import app
from situasi.server import html_pages
from situasi.server.auth.security_headers import csp_hashes

_STYLE = html_pages.THEME_COLOURS + Path(__file__).with_name("signin.css").read_text("utf-8")
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
