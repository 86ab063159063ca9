"""Metrics say how the server runs, to this machine or a key with the right; they name nobody."""

from __future__ import annotations

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from situasi.server.api.caller import is_local_request
from situasi.server.metrics_endpoint import route_name
from tests.server.api.conftest import Asking, incident, session

# As somebody else's request that a proxy on this machine passes on.
FAR = {"x-forwarded-for": "10.0.0.9"}


def values(asking: Asking) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    answer = asking.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_what_came_in_and_what_was_asked_is_counted(asking: Asking) -> None:
    before = values(asking)
    key = asking.key(feeds=("incidents",))
    asking.post("/api/v1/incidents", [incident(), incident(), incident(jenis="??")], key)
    asking.get("/api/v1/situation", session("analis"))
    asking.get("/api/v1/situation")
    after = values(asking)

    def grown(*name: str) -> float:
        return after[name] - before.get(name, 0)

    for outcome in ("accepted", "duplicate", "quarantined"):
        assert grown("situasi_ingest_rows_total", *sorted(["api", "incidents", outcome])) == 1
    assert grown("situasi_ingest_seconds_count", "api") == 1
    assert grown("situasi_requests_total", *sorted(["/api/v1/situation", "200", "GET"])) == 1
    assert grown("situasi_requests_total", *sorted(["/api/v1/situation", "401", "GET"])) == 1
    assert after["situasi_rows", "incidents"] == 1
    assert after["situasi_quarantine_waiting", "incidents"] == 1
    assert after["situasi_store_version",] == asking.board.store.version()
    assert after["situasi_requests_in_flight",] == 1  # this one


def test_nothing_of_a_report_nor_of_a_person_is_in_it(asking: Asking) -> None:
    key = asking.key("bot-rahasia", feeds=("incidents",))
    asking.post("/api/v1/incidents", [incident(uraian="rahasia", pelapor="Budi")], key)
    asking.get("/rahasia/apa-saja?x=rahasia")
    text = asking.get("/metrics").text
    assert not re.search("rahasia|Budi|Kandis|banjir", text)


def test_from_elsewhere_it_takes_a_key_with_the_right(asking: Asking) -> None:
    assert asking.get("/metrics", FAR).status_code == 401
    assert asking.get("/metrics", {"authorization": "Bearer salah"}).status_code == 401
    assert asking.get("/metrics", {"host": "situasi.polri.go.id"}).status_code == 401
    assert asking.get("/metrics", FAR | asking.key("baca", read=True)).status_code == 403
    assert asking.get("/metrics", FAR | session("pimpinan")).status_code == 403
    assert asking.get("/metrics", FAR | asking.key("prom", metrics=True)).status_code == 200


@pytest.mark.parametrize(
    ("host", "client", "here"),
    [
        ("localhost:8501", "127.0.0.1", True),
        ("[::1]:8501", "::1", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1.evil.id", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("localhost", "10.0.0.9", False),
    ],
)
def test_this_machine_is_told_by_both_ends(host: str, client: str, here: bool) -> None:
    headers = [(b"host", host.encode())]
    request = Request({"type": "http", "headers": headers, "client": (client, 5)})
    assert is_local_request(request) is here


def test_whatever_is_asked_for_there_are_few_routes() -> None:
    paths = ["/", "/situasi", "/api/v1/tps", "/api/v1/suara", "/api/" + "x" * 99, "/healthz/live",
             "/_stcore/stream", "/static/js/a.js", "/peta/x.geojson", "/wp-login.php"]  # fmt: skip
    assert [route_name(path) for path in paths] == [
        "page", "page", "/api/v1/tps", "/api", "/api", "/healthz/live",
        "/_stcore", "/static", "/peta", "page",
    ]  # fmt: skip
