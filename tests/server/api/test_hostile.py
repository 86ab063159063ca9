"""Hostile bodies get a sentence, quickly, and leave the store as it was."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from tests.server.api.conftest import Asking

HAND = b'[{"waktu":"27/11/2024 08.00","kecamatan":"Kandis","jenis":'


def bomb() -> bytes:
    """A workbook of 60 MB of nothing in 60 KB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(60):
                sheet.write(b"<c><v>0</v></c> " * 65_536)
    return file.getvalue()


BODIES = {
    "ten megabytes of brackets": (b"[" * 10_000_000, 413),
    "brackets within the limit": (b"[" * 3_900_000, 422),
    "objects inside objects": (b'{"rows":' * 100_000, 422),
    "a cell that nests": (HAND + b"[[[[]]]]}]", 422),
    "NaN": (HAND + b"NaN}]", 422),
    "Infinity": (HAND + b"-Infinity}]", 422),
    "a number beyond all": (HAND + b"1e999}]", 422),
    "a number of a million digits": (HAND + b"9" * 1_000_000 + b"}]", 422),
    "half a letter": (HAND + rb'"\ud800"}]', 422),
    "bytes that are no letters": (HAND + b'"\xff\xfe"}]', 422),
    "a key twice": (HAND + b'"a","jenis":"b"}]', 422),
    "cut off": (HAND, 422),
    "more behind the end": (HAND + b'"banjir"}] x', 422),
    "nothing": (b"", 422),
    "null": (b"null", 422),
    "no rows": (b"[]", 422),
    "no row": (b"[1]", 422),
    "an empty row": (b"[{}]", 422),
    "another object": (b'{"baris":[]}', 422),
    "a thousand columns": (
        b"[{" + b",".join(b'"k%d":1' % n for n in range(1000)) + b"}]",
        422,
    ),
    "no workbook": (b"PK\x03\x04" + b"\0" * 1000, 422),
    "a workbook that unfolds": (bomb(), 422),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 422),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_in_one_sentence(asking: Asking, name: str) -> None:
    body, status = BODIES[name]
    key = asking.key(feeds=("incidents",))
    kind = "application/json" if body[:1] in (b"[", b"{", b"n") else None
    before = time.process_time()
    answer = asking.post("/api/v1/incidents", body, key, kind)
    assert time.process_time() - before < 20  # of work, however busy the machine is
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert set(said) == {"type", "title", "status", "detail"} and said["status"] == status
    assert said["detail"].endswith(".") and len(said["detail"]) < 400
    assert "Traceback" not in answer.text and "/tmp" not in answer.text
    assert asking.board.store.version() == 0


@pytest.mark.parametrize(
    "cell", ["\\u0000", "=HYPERLINK(1)", "<img onerror=1>", "\\ud83d\\ude00", "x" * 100_000]
)
def test_an_odd_text_is_a_text(asking: Asking, cell: str) -> None:
    body = HAND + b'"banjir","uraian":"' + cell.encode() + b'"}]'
    answer = asking.post("/api/v1/incidents", body, asking.key(feeds=("incidents",)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == 1


def test_a_type_that_nobody_sends_reports_in_is_named(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    for kind in ("multipart/form-data; boundary=x", "text/html", "image/png"):
        assert asking.post("/api/v1/incidents", b"x", key, kind).status_code == 415


def test_no_failure_of_ours_shows_its_trace(asking: Asking, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("rahasia")

    monkeypatch.setattr(asking.board.snapshot_reader, "refresh", broken)
    answer = asking.get("/api/v1/situation", asking.key(read=True))
    assert answer.status_code == 500
    assert "rahasia" not in answer.text and "Traceback" not in answer.text
