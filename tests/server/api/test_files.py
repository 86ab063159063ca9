"""A file that the API does not recognise: 202, with the address at which its state is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import requests

from situasi.board import Board
from situasi.ingest import waiting
from situasi.server.api.limits import Limits
from tests.builders import unbounded
from tests.conftest import NOON
from tests.server.api.conftest import PLENTY, Asking, incident, session

CSV = "text/csv"
FOREIGN = ("alfa,beta,gama\n" + "".join(f"{n},x,aman\n" for n in range(6))).encode()


def send(
    asking: Asking, key: dict[str, str], body: bytes = FOREIGN, **more: str
) -> requests.Response:
    return asking.post("/api/v1/incidents", body, key | more, CSV)


def test_a_foreign_file_is_taken_and_its_state_is_told_where_the_answer_says(
    asking: Asking,
) -> None:
    key = asking.key(feeds=("incidents",))
    answer = send(asking, key)
    assert answer.status_code == 202
    sent = answer.json()
    assert (sent["waiting"], sent["read"], sent["refused"]) == (1, 0, None)
    assert answer.headers["location"] == "/api/v1/berkas/1"
    state = asking.get(answer.headers["location"], key).json()
    assert (state["state"], state["rows"], state["batches"]) == ("menunggu", 6, [])
    assert state["sha256"] == sent["sha256"]
    assert "judul kolom" in state["why"]


def test_the_same_file_again_has_the_same_address(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    mark = str(uuid.uuid4())
    answers = [send(asking, key, **{"idempotency-key": mark}) for _ in range(2)]
    answers.append(send(asking, key))
    assert {answer.headers["location"] for answer in answers} == {"/api/v1/berkas/1"}
    assert {answer.status_code for answer in answers} == {202}


def test_objects_of_unknown_keys_wait_too_and_known_ones_are_read(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    rows = [{"alfa": n, "beta": "x"} for n in range(6)]
    assert asking.post("/api/v1/incidents", rows, key).status_code == 202
    answer = asking.post("/api/v1/incidents", [incident()], key)
    assert (answer.status_code, answer.json()["waiting"]) == (200, None)
    assert "location" not in answer.headers


def test_rows_in_which_nothing_is_said_are_rows_and_in_the_ledger(asking: Asking) -> None:
    rows = [{"catatan_periksa": None}] * 6
    answer = asking.post("/api/v1/incidents", rows, asking.key(feeds=("incidents",)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["read"] == 6


def test_what_became_of_it_is_told(asking: Asking, board: Board) -> None:
    key = asking.key(feeds=("incidents",))
    where = send(asking, key).headers["location"]
    waiting.drop(board.store, unbounded("rina"), 1, "bukan laporan", NOON, None)
    state = asking.get(where, key).json()
    assert (state["state"], state["reason"]) == ("dibuang", "bukan laporan")
    assert state["settled"]


def test_nobody_else_learns_of_a_file(asking: Asking) -> None:
    where = send(asking, asking.key(feeds=("incidents",))).headers["location"]
    assert asking.get(where).status_code == 401
    for other in (asking.key("lain", feeds=("incidents",)), session("propam"),
                  session("operator", area=["16.10.04"])):  # fmt: skip
        assert asking.get(where, other).status_code == 404
    assert asking.get(where, session("analis")).json()["number"] == 1


def test_a_number_that_is_none_is_not_found(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    for number in ("0", "2", "x", "-1", "99999999999999999999", "²"):
        assert asking.get(f"/api/v1/berkas/{number}", key).status_code == 404


def test_waiting_rows_count_against_the_hour(asking_with: Callable[[Limits], Asking]) -> None:
    asking = asking_with(replace(PLENTY, new_rows_per_hour=6))
    key = asking.key(feeds=("incidents",))
    assert send(asking, key).status_code == 202
    assert send(asking, key, FOREIGN + b"9,y,aman\n").status_code == 429
