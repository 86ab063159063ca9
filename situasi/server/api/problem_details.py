"""Errors as application/problem+json: a sentence for people, never a stack trace."""

import json
import logging
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from situasi.common import error_log
from situasi.common.work_limits import TooManyQueries
from situasi.store.model import StoreError

_LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "Permintaan tidak dapat dibaca",
    401: "Perlu kunci",
    403: "Tidak berhak",
    404: "Tidak ada",
    405: "Cara ini tidak dilayani",
    406: "Bentuk ini tidak ada",
    408: "Kiriman terlalu lama",
    409: "Masih dikerjakan",
    413: "Kiriman terlalu besar",
    415: "Jenis isi tidak dikenal",
    422: "Isi tidak dapat diterima",
    429: "Terlalu sering",
    500: "Kesalahan pada server",
    503: "Sedang tidak dapat dilayani",
}


class Problem(Exception):
    """An error response. detail: one sentence in Indonesian for the caller."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})

    def build_response(self) -> Response:
        """Return this error as a response."""
        problem = {
            "type": "about:blank",
            "title": TITLES.get(self.status, "Gagal"),
            "status": self.status,
            "detail": self.detail,
        }
        return Response(
            json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace"),
            self.status,
            {"cache-control": "no-store", "x-content-type-options": "nosniff", **self.headers},
            MEDIA_TYPE,
        )


def too_many_requests(wait_s: int) -> Problem:
    """Return the refusal of a caller who may try again after so many seconds."""
    message = f"Terlalu banyak permintaan; coba lagi dalam {wait_s} detik."
    return Problem(429, message, {"retry-after": str(wait_s)})


class ProblemMiddleware:
    """ASGI middleware that turns whatever the application raises into a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a problem if the application raises before it has begun an answer."""
        has_started = False

        async def tracked_send(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, tracked_send)
        except ClientDisconnect:
            return
        except Exception as error:
            if has_started:
                raise
            await _build_problem(error).build_response()(scope, receive, send)


def _build_problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, TooManyQueries):
        return too_many_requests(error.wait_s)
    if isinstance(error, HTTPException):  # of the router: the route does not allow this method
        return Problem(error.status_code, "Alamat ini tidak melayani cara itu.", error.headers)
    if isinstance(error, StoreError):
        _LOG.error("store: %s", error)
        message = "Penyimpanan sedang tidak dapat dipakai; coba lagi."
        return Problem(503, message, {"retry-after": "5"})
    number = error_log.record(_LOG, "an answer failed", error)
    return Problem(500, f"Permintaan ini gagal; kesalahannya sudah dicatat dengan nomor {number}.")
