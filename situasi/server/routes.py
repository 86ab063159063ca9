"""HTTP routes beside the pages: boundaries, reports and figures, health and metrics."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, request_response

from situasi.board import current as board
from situasi.server import health
from situasi.server.api.app import Api
from situasi.server.api.problems import Told
from situasi.shapes import ADDRESS

API = Api()
_COPYING = Path(__file__).with_name("copying.js").read_text("utf-8")


async def boundaries(request: Request) -> Response:
    """The boundaries under an address that changes with them."""
    shapes = board().boundaries
    if request.path_params["fingerprint"] != shapes.fingerprint:
        return Response(status_code=404)
    return Response(
        shapes.raw,
        media_type="application/geo+json",
        headers={"cache-control": "private, max-age=31536000, immutable"},
    )


async def copying(_request: Request) -> Response:
    """The script of the buttons that copy."""
    return Response(_COPYING, media_type="text/javascript")


ROUTES = (
    Route("/salin.js", copying),
    Route(ADDRESS, boundaries),
    Route("/healthz", health.health),
    Route("/healthz/live", health.live),
    Route("/healthz/ready", health.ready),
    Route("/metrics", Told(request_response(API.metrics)), methods=["GET"]),
    Mount("/api", API),
)
