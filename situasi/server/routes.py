"""HTTP routes beside the pages: boundaries, reports and figures, health and metrics."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, request_response

from situasi.board import current as board
from situasi.server import health
from situasi.server.api.app import Api
from situasi.server.api.problems import Told
from situasi.shapes import ADDRESS

API = Api()


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


ROUTES = (
    Route(ADDRESS, boundaries),
    Route("/healthz", health.health),
    Route("/healthz/live", health.live),
    Route("/healthz/ready", health.ready),
    Route("/metrics", Told(request_response(API.metrics)), methods=["GET"]),
    Mount("/api", API),
)
