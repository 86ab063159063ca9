"""Answers to readers, with the tag by which they ask whether anything has changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from starlette.responses import Response

# Changes when the form of an answer does, so that nobody keeps an old one.
FORMAT_VERSION = 1

_PRIVATE = {
    "cache-control": "private, no-cache",
    "vary": "authorization, cookie, accept",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True)
class ResponseBody:
    """What an answer says, in which media type, and what its headers add."""

    content: bytes
    media_type: str
    headers: Mapping[str, str]


def build_etag(*parts: Hashable) -> str:
    """An entity tag of whatever the answer depends on."""
    return f'"{blake2b(repr((FORMAT_VERSION, *parts)).encode(), digest_size=16).hexdigest()}"'


def build_response(
    etag: str, known_etags: str | None, make_body: Callable[[], ResponseBody]
) -> Response:
    """304 where the reader has this answer already; it is then not even made."""
    headers = {**_PRIVATE, "etag": etag}
    if known_etags is not None and _matches(etag, known_etags):
        return Response(status_code=304, headers=headers)
    body = make_body()
    return Response(body.content, 200, {**headers, **body.headers}, body.media_type)


def _matches(etag: str, known_etags: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in known_etags.split(",")]
    return "*" in given or etag in given


def encode_json(value: Any) -> bytes:
    """JSON as it is sent: a number that is none would raise here rather than be sent."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def json_response(value: Any, status: int = 200) -> Response:
    """An answer that nobody may keep."""
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(encode_json(value), status, headers, "application/json")
