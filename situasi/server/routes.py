"""HTTP routes beside the pages: boundaries and health."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from situasi.board import current as board
from situasi.shapes import ADDRESS


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


def health(_request: Request) -> Response:
    """Whether the store can be read, and at which version."""
    picture = board().live.picture()
    return JSONResponse(
        {"ok": picture.trouble is None, "version": picture.snapshot.version},
        status_code=200 if picture.trouble is None else 503,
    )


ROUTES = (Route(ADDRESS, boundaries), Route("/healthz", health))
