"""Reports over HTTP are checked as files are: once, within bounds, and only from who may send."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from openpyxl import Workbook
from starlette.datastructures import Headers

from situasi.domain.feed_schemas import FEEDS
from situasi.server.api.api_keys import WRITABLE, Keyring
from situasi.server.api.caller import UNKNOWN_OWNER, queue_owner
from situasi.server.api.limits import Limits
from tests.server.api.conftest import Asking, incident, session

INCIDENTS = "/api/v1/incidents"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def book(*rows: list[Any]) -> bytes:
    made, file = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(file)
    return file.getvalue()


HEADINGS = ["waktu", "kecamatan", "jenis"]
FLOOD = ["27/11/2024 08.00", "Kandis", "banjir"]


@pytest.mark.parametrize("wrapped", [False, True])
def test_rows_are_answered_with_the_ledger_and_are_in_the_store(
    asking: Asking, wrapped: bool
) -> None:
    key = asking.key(feeds=("incidents",))
    rows = [incident(), incident(), incident(jenis="??")]
    answer = asking.post(INCIDENTS, {"rows": rows} if wrapped else rows, key)
    assert answer.status_code == 200
    ledger = answer.json()
    assert [ledger[n] for n in ("read", "accepted", "duplicate", "quarantined")] == [3, 1, 1, 1]
    assert ledger["reasons"][0]["row"] == 3 and ledger["refused"] is None
    assert len(asking.board.store.rows_after(FEEDS["incidents"])) == 1
    (batch,) = asking.board.store.batches().itertuples()
    assert (batch.actor, batch.source) == ("kunci:bot", "bot.json")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"waktu;kecamatan;jenis\n27/11/2024 08.00;Kandis;banjir\n", "text/csv"),
        (b"waktu,kecamatan,jenis\n27/11/2024 08.00,Kandis,banjir\n", None),
        (b"waktu,kecamatan,jenis\n27/11/2024 08.00,Kandis,banjir\n", "application/octet-stream"),
        (book(HEADINGS, FLOOD), XLSX),
        (book(HEADINGS, FLOOD), "application/x-www-form-urlencoded"),
        (b'[{"waktu":"27/11/2024 08.00","kecamatan":"Kandis","jenis":"banjir"}]', None),
    ],
)
def test_a_table_is_told_by_its_type_or_by_looking(
    asking: Asking, body: bytes, kind: str | None
) -> None:
    answer = asking.post(INCIDENTS, body, asking.key(feeds=("incidents",)), kind)
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == 1
    assert "/" not in answer.json()["path"]


@pytest.mark.parametrize("feed", WRITABLE)
def test_every_row_of_every_feed_is_in_the_ledger(asking: Asking, feed: str) -> None:
    rows = [{"uraian": "entah"}, {"waktu": "27/11/2024 08.00", "petugas": "17", "kec": "Kandis"}]
    ledger = asking.post(f"/api/v1/{feed}", rows, asking.key(feeds=(feed,))).json()
    assert ledger["read"] == 2
    assert ledger["read"] == ledger["accepted"] + ledger["duplicate"] + ledger["quarantined"]


def test_twice_is_once(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    asking.post(INCIDENTS, [incident()], key)
    version = asking.board.store.version()
    assert asking.post(INCIDENTS, [incident()], key).json()["duplicate"] == 1
    assert asking.board.store.version() == version


def test_the_same_repeat_key_brings_the_same_answer_and_no_other_body(asking: Asking) -> None:
    key = asking.key(feeds=("incidents", "tps")) | {"idempotency-key": "pagi-1"}
    first = asking.post(INCIDENTS, [incident()], key)
    again = asking.post(INCIDENTS, [incident()], key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert first.json()["accepted"] == 1
    assert asking.post(INCIDENTS, [incident(jenis="kebakaran")], key).status_code == 422
    assert asking.post("/api/v1/tps", [incident()], key).status_code == 422
    assert len(asking.board.store.rows_after(FEEDS["incidents"])) == 1


def test_the_repeat_key_of_another_source_is_another_one(asking: Asking) -> None:
    for name in ("satu", "dua"):
        key = asking.key(name, feeds=("incidents",)) | {"idempotency-key": "1"}
        answer = asking.post(INCIDENTS, [incident(pelapor=name)], key)
        assert answer.json()["accepted"] == 1


def test_two_at_once_with_one_repeat_key_are_stored_once(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",)) | {"idempotency-key": "x"}
    answers: list[Any] = []

    def send() -> None:
        answers.append(asking.post(INCIDENTS, [incident()], key))

    # As many as one key may have at once: more are told to wait (429).
    threads = [threading.Thread(target=send) for _ in range(Limits().max_bodies_per_caller)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [answer.json()["accepted"] for answer in answers if answer.status_code == 200]
    assert told and set(told) == {1}
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(asking.board.store.rows_after(FEEDS["incidents"])) == 1


@pytest.mark.parametrize("name", ["pagi satu", "a" * 201, "a\tb", "é"])
def test_a_repeat_key_that_is_no_plain_text_is_refused(asking: Asking, name: str) -> None:
    key = asking.key(feeds=("incidents",)) | {"idempotency-key": name.encode("latin-1")}
    assert asking.post(INCIDENTS, [incident()], key).status_code == 422


def test_who_may_not_write_a_feed_writes_nothing(asking: Asking) -> None:
    rows = [incident()]
    assert asking.post(INCIDENTS, rows, {}).status_code == 401
    assert asking.post(INCIDENTS, rows, {"authorization": "Bearer x"}).status_code == 401
    assert asking.post(INCIDENTS, rows, {"authorization": "Basic x"}).status_code == 401
    assert asking.post(INCIDENTS, rows, asking.key(feeds=("tps",))).status_code == 403
    assert asking.post(INCIDENTS, rows, asking.key("baca", read=True)).status_code == 403
    assert asking.post(INCIDENTS, rows, session("pimpinan")).status_code == 403
    assert (
        asking.post("/api/v1/merges", rows, asking.key("lain", feeds=("tps",))).status_code == 405
    )
    assert asking.board.store.version() == 0


def test_keys_that_open_nothing_are_in_the_trail_and_do_not_flood_it(asking: Asking) -> None:
    for number in range(20):
        asking.get(INCIDENTS, {"authorization": f"Bearer situasi_{number}"})
    asking.board.audit_log.close()  # what it tells is written in a thread of its own
    trail = asking.board.store.audit_entries()
    assert list(trail["action"]) == ["key-refused"]
    assert "situasi_" not in "".join(trail["detail"])


def test_no_more_bodies_are_held_than_are_allowed(
    asking_with: Callable[[Limits], Asking],
) -> None:
    asking = asking_with(Limits(max_bodies=0))
    answer = asking.post(INCIDENTS, [incident()], asking.key(feeds=("incidents",)))
    assert answer.status_code == 503 and "retry-after" in answer.headers


def test_one_key_brings_so_many_new_rows_in_an_hour_and_known_ones_as_often_as_it_likes(
    asking_with: Callable[[Limits], Asking],
) -> None:
    asking = asking_with(Limits(new_rows_per_hour=3, calls_per_minute=6_000, burst_calls=100))
    key, other = (asking.key(name, feeds=("incidents",)) for name in ("satu", "dua"))
    for _ in range(3):
        assert asking.post(INCIDENTS, [incident(id="K-1")], key).status_code == 200
    rows = [incident(id="K-2"), incident(id="K-3", jenis="??")]
    assert asking.post(INCIDENTS, rows, key).status_code == 200
    answer = asking.post(INCIDENTS, [incident(id="K-4")], key)
    assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 3600
    assert asking.post(INCIDENTS, [incident(id="K-5")], other).status_code == 200


def test_slow_bodies_of_one_key_keep_no_other_key_out(
    asking_with: Callable[[Limits], Asking],
) -> None:
    asking = asking_with(Limits(max_bodies=3, max_bodies_per_caller=2, max_running_per_caller=2))
    key, other = (asking.key(name, feeds=("incidents",)) for name in ("satu", "dua"))
    for one in (key, other):  # known to the server from here on
        assert asking.post(INCIDENTS, [incident()], one).status_code == 200
    host, port = asking.address.removeprefix("http://").split(":")
    head = (
        f"POST {INCIDENTS} HTTP/1.1\r\nhost: {host}\r\nauthorization: {key['authorization']}\r\n"
        "content-type: application/json\r\ncontent-length: 99\r\n\r\n["
    )
    with ExitStack() as slow:
        for _ in range(4):
            line = slow.enter_context(socket.create_connection((host, int(port))))
            line.sendall(head.encode())
        until = time.monotonic() + 30
        while asking.post(INCIDENTS, [incident()], key).status_code != 429:
            assert time.monotonic() < until
        assert asking.post(INCIDENTS, [incident(id="K-9")], other).status_code == 200


def test_all_who_show_a_key_that_nobody_has_wait_in_one_line(asking: Asking) -> None:
    ring = Keyring(asking.board.store)
    key = asking.key(feeds=("incidents",))
    made_up = [Headers({"authorization": f"Bearer situasi_{n:012x}_{'x' * 43}"}) for n in range(9)]
    assert {queue_owner(headers, ring) for headers in [*made_up, Headers({})]} == {UNKNOWN_OWNER}
    ring.find(key["authorization"].removeprefix("Bearer "))
    assert queue_owner(Headers(key), ring) not in {UNKNOWN_OWNER, ""}


def test_an_unknown_feed_is_no_address(asking: Asking) -> None:
    answer = asking.post("/api/v1/suara", [incident()], asking.key(feeds=("tps",)))
    assert answer.status_code == 404


def test_rows_outside_the_area_of_the_key_wait_in_quarantine(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",), area=("16.10.13",))
    rows = [incident(), incident(kecamatan="Pemulutan"), incident(kecamatan="Ogan Ilir")]
    ledger = asking.post(INCIDENTS, rows, key).json()
    assert (ledger["accepted"], ledger["quarantined"]) == (1, 2)
    assert all("luar wilayah" in r["reasons"][0] for r in ledger["reasons"])


def test_a_source_settles_no_row_that_another_had_sent(asking: Asking) -> None:
    asking.post(INCIDENTS, [incident(jenis="??")], asking.key("satu", feeds=("incidents",)))
    (waiting,) = asking.board.store.quarantined_rows()
    row = incident(no_karantina=waiting.number)
    asking.post(INCIDENTS, [row], asking.key("dua", feeds=("incidents",)))
    assert [held.number for held in asking.board.store.quarantined_rows()] == [waiting.number]


def test_columns_of_votes_are_refused_here_too(asking: Asking) -> None:
    key = asking.key(feeds=("tps",))
    row = {"waktu": "27/11/2024 08.00", "kec": "Kandis", "hadir": 3, "suara paslon 1": 40}
    ledger = asking.post("/api/v1/tps", [row], key).json()
    assert any("perolehan suara" in note for note in ledger["notes"])


def test_a_body_beyond_the_limit_is_not_taken(asking_with: Callable[[Limits], Asking]) -> None:
    asking = asking_with(Limits(body_bytes=10_000, max_rows=3))
    key = asking.key(feeds=("incidents",))
    assert asking.post(INCIDENTS, b"[" * 10_001, key).status_code == 413
    assert asking.post(INCIDENTS, [incident()] * 4, key).status_code == 422
    rows = "waktu,kecamatan,jenis\n" + "27/11/2024 08.00,Kandis,banjir\n" * 4
    assert asking.post(INCIDENTS, rows.encode(), key, "text/csv").status_code == 422
    assert asking.post(INCIDENTS, [incident()] * 3, key).status_code == 200


def test_who_calls_too_often_is_told_when_to_try_again_and_others_go_on(
    asking_with: Callable[[Limits], Asking],
) -> None:
    asking = asking_with(Limits(calls_per_minute=6, burst_calls=2))
    key, other = (asking.key(name, feeds=("incidents",)) for name in ("satu", "dua"))
    codes = [asking.post(INCIDENTS, [incident()], key).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    last = asking.post(INCIDENTS, [incident()], key)
    assert 1 <= int(last.headers["retry-after"]) <= 10
    assert asking.post(INCIDENTS, [incident()], other).status_code == 200


def test_one_row_is_two_hundred_milliseconds_of_work_at_most(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    asking.post(INCIDENTS, [incident()], key)
    took = []
    for number in range(10):
        before = time.process_time()
        asking.post(INCIDENTS, [incident(uraian=f"ke-{number}")], key)
        took.append(time.process_time() - before)
    assert min(took) < 0.2, took


def test_a_store_that_cannot_write_says_so_without_its_path(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    from situasi.store.model import StoreError

    key = asking.key(feeds=("incidents",))

    def broken(*_: Any) -> Any:
        raise StoreError("Penyimpanan /rahasia/situasi.db penuh")

    monkeypatch.setattr(asking.board.store, "deliver", broken)
    answer = asking.post(INCIDENTS, [incident()], key)
    assert answer.status_code == 503 and "retry-after" in answer.headers
    assert "rahasia" not in answer.text
