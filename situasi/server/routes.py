"""HTTP routes beside the pages: boundaries, map icons, stylesheet, API, health and metrics."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, request_response

from situasi.board import current_board as board
from situasi.common import assets
from situasi.domain import basemap
from situasi.domain.boundaries import URL_TEMPLATE
from situasi.figures.maps import markers
from situasi.higher_command import app
from situasi.server import health
from situasi.server.api.app import Api
from situasi.server.api.problem_details import ProblemMiddleware

API = Api()
_COPY_SCRIPT = Path(__file__).with_name("copying.js").read_text("utf-8")


async def serve_boundaries(request: Request) -> Response:
    """Return the boundaries; their path changes with their content."""
    for shapes in app.iter_boundaries(board):
        if request.path_params["fingerprint"] == shapes.fingerprint:
            return _immutable_response(shapes.raw, "application/geo+json")
    return Response(status_code=404)


async def serve_base_map(request: Request) -> Response:
    """Return a part of the base map; its path changes with its content."""
    for shapes in app.iter_boundaries(board):
        if content := shapes.basemap.find_content(**request.path_params):
            return _immutable_response(content, "application/geo+json")
    return Response(status_code=404)


async def serve_markers(request: Request) -> Response:
    """Return the icon atlas of the map; its path changes with its content."""
    image = markers.build_icon_atlases().get(request.path_params["fingerprint"])
    return _immutable_response(image, "image/png") if image else Response(status_code=404)


async def serve_stylesheet(request: Request) -> Response:
    """Return the stylesheet; its path changes with its content."""
    if request.path_params["fingerprint"] != assets.FINGERPRINT:
        return Response(status_code=404)
    return _immutable_response(assets.CSS_TEXT, "text/css")


def _immutable_response(content: str | bytes, media_type: str) -> Response:
    headers = {"cache-control": "private, max-age=31536000, immutable"}
    return Response(content, media_type=media_type, headers=headers)


async def serve_copy_script(_request: Request) -> Response:
    """Return the script of the copy buttons."""
    return Response(_COPY_SCRIPT, media_type="text/javascript")


ROUTES = (
    Route("/salin.js", serve_copy_script),
    Route(URL_TEMPLATE, serve_boundaries),
    Route(basemap.URL_TEMPLATE, serve_base_map),
    Route(markers.ATLAS_ROUTE, serve_markers),
    Route(assets.ROUTE, serve_stylesheet),
    Route("/healthz", health.health),
    Route("/healthz/live", health.live),
    Route("/healthz/ready", health.ready),
    Route("/metrics", ProblemMiddleware(request_response(API.metrics)), methods=["GET"]),
    Mount("/api", API),
)
