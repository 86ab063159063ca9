"""HTTP routes beside the pages: boundaries, map icons, stylesheet, API, health and metrics."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, request_response

from situasi.board import current_board as board
from situasi.common import assets
from situasi.domain import basemap
from situasi.domain.boundaries import URL_TEMPLATE
from situasi.figures.maps import markers
from situasi.higher_command import app
from situasi.presentation import station_cells
from situasi.server import health
from situasi.server.api.app import Api
from situasi.server.api.problem_details import ProblemMiddleware
from situasi.server.frontend import packing
from situasi.server.frontend import routes as frontend

API = Api()


def serve_boundaries(request: Request) -> Response:
    """Return the boundaries; their path changes with their content."""
    for shapes in app.iter_boundaries(board):
        if request.path_params["fingerprint"] == shapes.fingerprint:
            return packing.build_response(
                request.headers, packing.keep_content(shapes.raw, "application/geo+json")
            )
    return Response(status_code=404)


def serve_base_map(request: Request) -> Response:
    """Return a part of the base map; its path changes with its content."""
    for shapes in app.iter_boundaries(board):
        if content := shapes.basemap.find_content(**request.path_params):
            kept = packing.keep_content(content, "application/geo+json")
            return packing.build_response(request.headers, kept)
    return Response(status_code=404)


def serve_station_cells(request: Request) -> Response:
    """Return the cells of the TPS; their path changes with their content."""
    for open_board in app.iter_boards(board):
        if cells := open_board.cell_files.find(request.path_params["fingerprint"]):
            kept = packing.keep_content(cells.content, "application/geo+json")
            return packing.build_response(request.headers, kept)
    return Response(status_code=404)


def serve_markers(request: Request) -> Response:
    """Return the icon atlas of the map; its path changes with its content."""
    image = markers.build_icon_atlases().get(request.path_params["fingerprint"])
    if image is None:
        return Response(status_code=404)
    return packing.build_response(request.headers, packing.keep_content(image, "image/png"))


def serve_stylesheet(request: Request) -> Response:
    """Return the stylesheet; its path changes with its content."""
    if request.path_params["fingerprint"] != assets.FINGERPRINT:
        return Response(status_code=404)
    content = packing.keep_content(assets.CSS_TEXT.encode(), "text/css")
    return packing.build_response(request.headers, content)


ROUTES = (
    *frontend.FILE_ROUTES,
    Route(URL_TEMPLATE, serve_boundaries),
    Route(basemap.URL_TEMPLATE, serve_base_map),
    Route(station_cells.URL_TEMPLATE, serve_station_cells),
    Route(markers.ATLAS_ROUTE, serve_markers),
    Route(assets.ROUTE, serve_stylesheet),
    Route("/healthz", health.health),
    Route("/healthz/live", health.live),
    Route("/healthz/ready", health.ready),
    Route("/metrics", ProblemMiddleware(request_response(API.metrics)), methods=["GET"]),
    Mount("/api", API),
)
