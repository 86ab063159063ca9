"""Static content leaves in the form that was asked for, and its tag belongs to that form."""

from __future__ import annotations

import gzip

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.responses import Response

from situasi.server.frontend import packing
from situasi.server.frontend.packing import StaticContent

TEXT = b"const nama = 'Pemulutan';\n" * 200
SCRIPT = StaticContent(TEXT, "text/javascript")
FONT = StaticContent(b"wOF2" * 1000, "font/woff2")


def ask(content: StaticContent = SCRIPT, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return packing.build_response(Headers(named), content)


def unpack(response: Response) -> bytes:
    body = bytes(response.body)
    match response.headers.get("content-encoding"):
        case "gzip":
            return gzip.decompress(body)
        case "br":
            return bytes(pa.Codec("brotli").decompress(body, len(TEXT), asbytes=True))
    return body


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5 , br;q=0.1", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("*, br;q=0", "gzip"),
        ("identity", ""),
        ("", ""),
        ("br;q=x", ""),
        ("brr, x-gzip", ""),
    ],
)
def test_the_smallest_form_that_the_browser_takes_is_sent(accepted: str, encoding: str) -> None:
    response = ask(accept_encoding=accepted)
    assert response.headers.get("content-encoding", "") == encoding
    assert unpack(response) == TEXT
    assert response.headers["vary"] == "Accept-Encoding"
    assert "immutable" in response.headers["cache-control"]
    assert (len(bytes(response.body)) < len(TEXT) / 10) == bool(encoding)


@given(st.text(alphabet="brgzip*;q=.,019 -identity", max_size=40))
def test_whatever_is_accepted_what_comes_is_the_content(accepted: str) -> None:
    assert unpack(ask(accept_encoding=accepted)) == TEXT


def test_each_form_has_its_own_tag_and_is_not_sent_to_who_has_it() -> None:
    tags = {ask(accept_encoding=name).headers["etag"] for name in ("", "gzip", "br")}
    assert len(tags) == 3
    for name in ("", "gzip", "br"):
        tag = ask(accept_encoding=name).headers["etag"]
        for known, status in ((tag, 304), (f'"x", W/{tag}', 304), ("*", 304), ('"x"', 200)):
            again = ask(accept_encoding=name, if_none_match=known)
            assert (again.status_code, again.headers["etag"]) == (status, tag), (name, known)
    other = StaticContent(TEXT + b" ", "text/javascript")
    assert ask(other).headers["etag"] != ask().headers["etag"]


def test_fonts_pictures_and_what_is_tiny_are_sent_as_they_are() -> None:
    for content in (FONT, StaticContent(b"a" * 100, "text/css")):
        response = ask(content, accept_encoding="br")
        assert bytes(response.body) == content.raw
        assert not {"content-encoding", "vary"} & set(response.headers)


@given(st.integers(0, 6000), st.integers(0, 6000))
def test_a_range_is_one_of_the_content_itself(first: int, last: int) -> None:
    for requested, expected in (
        (f"bytes={first}-{last}", TEXT[first : last + 1]),
        (f"bytes={first}-", TEXT[first:]),
        (f"bytes=-{last}", TEXT[-last:] if last else b""),
    ):
        response = ask(range=requested, accept_encoding="br")
        assert "content-encoding" not in response.headers
        if expected:
            assert (response.status_code, bytes(response.body)) == (206, expected)
            start, _, end = response.headers["content-range"][6:].partition("/")[0].partition("-")
            assert TEXT[int(start) : int(end) + 1] == expected
        else:
            assert response.status_code == 416
            assert response.headers["content-range"] == f"bytes */{len(TEXT)}"


@pytest.mark.parametrize(
    "requested", ["bytes=0-1,4-5", "bytes=-", "bytes=a-b", "lines=0-1", "", "bytes=-1-2"]
)
def test_a_range_that_cannot_be_read_is_answered_whole(requested: str) -> None:
    assert (ask(range=requested).status_code, bytes(ask(range=requested).body)) == (200, TEXT)


def test_a_range_of_another_version_is_answered_whole() -> None:
    tag = ask().headers["etag"]
    assert ask(range="bytes=0-9", if_range=tag).status_code == 206
    packed = ask(accept_encoding="br").headers["etag"]
    assert bytes(ask(range="bytes=0-9", if_range=packed).body) == TEXT


def test_content_is_packed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []
    stock = packing._compress

    def counting(raw: bytes, encoding: str) -> bytes:
        times.append(encoding)
        return stock(raw, encoding)

    monkeypatch.setattr(packing, "_compress", counting)
    content = packing.keep_content(TEXT * 2, "text/css")
    assert packing.keep_content(TEXT * 2, "text/css") is content
    for _ in range(3):
        ask(content, accept_encoding="br")
        ask(content, accept_encoding="gzip")
    assert times == ["br", "gzip"]
