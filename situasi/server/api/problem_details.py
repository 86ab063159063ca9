"""What went wrong, as application/problem+json: a sentence for a person, never a stack trace."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from situasi.common import error_log
from situasi.store.interface import StoreError

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
    """An answer that is no success. detail: one sentence in Indonesian for who asked."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})

    def build_response(self) -> Response:
        said = {
            "type": "about:blank",
            "title": TITLES.get(self.status, "Gagal"),
            "status": self.status,
            "detail": self.detail,
        }
        return Response(
            json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"),
            self.status,
            {"cache-control": "no-store", "x-content-type-options": "nosniff", **self.headers},
            MEDIA_TYPE,
        )


class ProblemMiddleware:
    """ASGI around an application of ours: whatever it raises is told as a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:
            if begun:
                raise
            await _build_problem(error).build_response()(scope, receive, send)


def _build_problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):  # of the router: a method that a route has not
        return Problem(error.status_code, "Alamat ini tidak melayani cara itu.", error.headers)
    if isinstance(error, StoreError):
        _LOG.error("store: %s", error)
        said = "Penyimpanan sedang tidak dapat dipakai; coba lagi."
        return Problem(503, said, {"retry-after": "5"})
    number = error_log.record(_LOG, "an answer failed", error)
    return Problem(500, f"Permintaan ini gagal; kesalahannya sudah dicatat dengan nomor {number}.")
