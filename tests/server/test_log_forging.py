"""Nobody who writes to the board writes a line of its log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.logger import get_logger

from situasi.server import logging_setup

_FORGED = "x\n2026-11-30 10:00:00 INFO sign-in admin"


@pytest.fixture
def guarded() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    logging_setup.escape_records()
    yield
    logging.setLogRecordFactory(before)


def written(said: object, *args: object, error: BaseException | None = None) -> str:
    """What a library's logger with a plain handler of its own writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = get_logger("streamlit.runtime.backend_operation_handler")
    logger.addHandler(handler)
    try:
        logger.warning(said, *args, exc_info=error)
    finally:
        logger.removeHandler(handler)
    return stream.getvalue()


@pytest.mark.usefixtures("guarded")
@given(
    text=st.text(),
    how=st.sampled_from(["argument", "message", "object", "named", "bytes", "error"]),
)
def test_what_comes_from_outside_is_one_line_of_any_logger(text: str, how: str) -> None:
    said = {
        "argument": lambda: written("request %s has no payload", text),
        "message": lambda: written(f"request {text.replace('%', '')} has no payload"),
        "object": lambda: written("failed: %s", ValueError(text)),
        "named": lambda: written("request %(id)s", {"id": text}),
        "bytes": lambda: written("request %r", text.encode("utf-8", "replace")),
        "error": lambda: written("request", error=ValueError(text)),
    }[how]()
    first, *more = said.splitlines()
    assert first.startswith("WARNING ")
    assert all(line.startswith("    | ") for line in more)
    assert how == "error" or not more


@pytest.mark.usefixtures("guarded")
def test_a_forged_line_is_seen_as_what_it_is() -> None:
    assert written("request %s", _FORGED) == (
        "WARNING request x\\n2026-11-30 10:00:00 INFO sign-in admin\n"
    )


@pytest.mark.usefixtures("guarded")
def test_lines_of_the_web_server_keep_their_parts() -> None:
    """uvicorn's own formatter takes the parts of a request out of the record."""
    record = logging.getLogger("uvicorn.access").makeRecord(
        "uvicorn.access", logging.INFO, "x", 1, '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:1", "GET", "/a\r\nb", "1.1", 200), None,
    )  # fmt: skip
    address, method, path, version, status = record.args  # type: ignore[misc]
    assert (address, method, path, version, status) == (
        "127.0.0.1:1", "GET", "/a\\r\\nb", "1.1", 200,
    )  # fmt: skip
