"""The log is one line an event, which a machine reads without guessing."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from situasi.server import logging_setup


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    own = logging.getLogger("situasi")
    before = own.handlers[:], own.level, own.propagate
    yield io.StringIO()
    own.handlers[:], own.level, own.propagate = before


def test_an_event_is_one_line_of_json_with_its_facts(stream: io.StringIO) -> None:
    logging_setup.set_up("json", stream)
    told = {"door": "inbox", "file": 'a "b"\nc=d', "accepted": 3}
    logging.getLogger("situasi.server.lifespan").info("delivery", extra=told)
    (line,) = stream.getvalue().splitlines()
    said = json.loads(line)
    assert {name: said[name] for name in told} == told
    assert (said["event"], said["level"]) == ("delivery", "info")
    assert said["timestamp"].endswith("Z")


def test_for_people_it_is_one_line_too_whatever_a_file_is_called(stream: io.StringIO) -> None:
    logging_setup.set_up("text", stream)
    named = {"file": 'a "b"\nlevel=error event=forged'}
    logging.getLogger("situasi.ingest.inbox").warning("delivery refused", extra=named)
    (line,) = stream.getvalue().splitlines()
    assert 'level=warning event="delivery refused"' in line
    assert line.count("level=") == 2 and "\\n" in line


def test_what_failed_is_told_with_its_trace_in_the_same_line(stream: io.StringIO) -> None:
    logging_setup.set_up("json", stream)
    try:
        raise ValueError("the disk")
    except ValueError:
        logging.getLogger("situasi.live.refresher").exception("failed")
    (line,) = stream.getvalue().splitlines()
    assert "ValueError: the disk" in json.loads(line)["exception"]


def test_set_up_again_it_does_not_write_twice(stream: io.StringIO) -> None:
    for _ in range(2):
        logging_setup.set_up("text", stream)
    logging.getLogger("situasi").info("once")
    assert len(stream.getvalue().splitlines()) == 1
