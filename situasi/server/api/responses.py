"""Responses to readers, with the ETag by which they ask whether anything has changed."""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from starlette.responses import Response

# Raised when the format of a response changes, so that no cached one is reused.
FORMAT_VERSION = 1

_PRIVATE = {
    "cache-control": "private, no-cache",
    "vary": "authorization, cookie, accept",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True)
class ResponseBody:
    """Content of a response, its media type, and additional headers."""

    content: bytes
    media_type: str
    headers: Mapping[str, str]


def build_etag(*parts: Hashable) -> str:
    """Return the entity tag of whatever the response depends on."""
    return f'"{blake2b(repr((FORMAT_VERSION, *parts)).encode(), digest_size=16).hexdigest()}"'


def build_response(
    etag: str, known_etags: str | None, make_body: Callable[[], ResponseBody]
) -> Response:
    """Return the response, or 304 without building it if the reader has it already."""
    headers = {**_PRIVATE, "etag": etag}
    if known_etags is not None and _matches(etag, known_etags):
        return Response(status_code=304, headers=headers)
    body = make_body()
    return Response(body.content, 200, {**headers, **body.headers}, body.media_type)


def _matches(etag: str, known_etags: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in known_etags.split(",")]
    return "*" in tags or etag in tags


def encode_json(value: Any) -> bytes:
    """Encode as JSON; raises ValueError for NaN and infinity."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a JSON response that must not be cached."""
    sent = {"cache-control": "no-store", "x-content-type-options": "nosniff", **(headers or {})}
    return Response(encode_json(value), status, sent, "application/json")
