"""The server of a command above: it answers roll-ups, and refuses in words what is of a Polres."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import requests
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route, request_response

from situasi import board as board_module
from situasi.board import NoBoardSelected
from situasi.domain import higher_command as commands
from situasi.higher_command import app as above
from situasi.higher_command.app import HigherCommandApp
from situasi.server import health, routes
from situasi.server.api import api_keys
from situasi.server.api.app import Api
from situasi.server.api.problem_details import ProblemMiddleware
from tests.builders_above import (
    NOON,
    Kabupaten,
    command_folder,
    headquarters,
    overview,
    rollup,
    serious,
)
from tests.conftest import settings_in
from tests.server.api.conftest import PLENTY, serving, session

ONE, OTHER = "99.01", "99.02"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("polda")
    return command_folder(folder, Kabupaten(ONE, "Satu"), Kabupaten(OTHER, "Dua", tps=None))


@pytest.fixture
def there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HigherCommandApp]:
    named = serious(ONE, uraian="Bripka Wongsodirejo terluka", desa_text="rumah Wongsodirejo")
    weighed = {None: 2, "tinggi": 1}
    found = overview(
        commands.load(folder),
        rollup(ONE, critical_cases=(named,), open_tingkat=weighed, heads=None),
    )
    opened = headquarters(folder, settings_in(tmp_path), found)
    monkeypatch.setattr(board_module, "_current", None)
    monkeypatch.setattr(board_module, "_board_resolver", _nobody)
    monkeypatch.setattr(above, "_current", opened)
    yield opened
    opened.close()


def _nobody() -> board_module.Board:
    raise NoBoardSelected


@pytest.fixture
def address(there: HigherCommandApp) -> Iterator[str]:
    api = Api(clock=lambda: NOON, limits=PLENTY)
    served: list[BaseRoute] = [
        Route("/metrics", ProblemMiddleware(request_response(api.metrics)), methods=["GET"]),
        Route("/healthz", health.health),
        Route("/peta/kecamatan-{fingerprint}.geojson", routes.serve_boundaries),
        Mount("/api", api),
    ]
    with serving(served) as found:
        yield found


def asked(address: str, path: str, headers: dict[str, str]) -> requests.Response:
    return requests.get(f"{address}{path}", headers=headers, timeout=30)


def test_the_roll_ups_are_answered_as_they_are_described(address: str) -> None:
    me = session("pimpinan")
    described = asked(address, "/api/v1/openapi.json", me).json()
    (path,) = described["paths"].items()
    assert path[0] == "/api/v1/rollups"
    answer = path[1]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    found = asked(address, "/api/v1/rollups", me).json()
    jsonschema.Draft202012Validator(answer).validate(found)
    one, other = found["kabupaten"]
    assert (one["code"], one["rollup"]["tps_reported"], one["rollup"]["heads"]) == (ONE, 12, None)
    assert one["rollup"]["open_tingkat"] == {"": 2, "tinggi": 1}
    published = {"rated", "dpt_told", "serious_open", "everywhere", "serious"}
    assert published <= set(one["rollup"])
    assert other["rollup"] is None and other["tps"] is None and other["silent"]


def test_no_word_of_a_report_is_in_the_answer(address: str) -> None:
    found = asked(address, "/api/v1/rollups", session("pimpinan")).text
    assert '"jenis": "kericuhan"' in found and "Wongsodirejo" not in found


def test_who_may_see_one_kabupaten_is_answered_that_alone(address: str) -> None:
    found = asked(address, "/api/v1/rollups", session("analis", area=[OTHER])).json()
    assert [one["code"] for one in found["kabupaten"]] == [OTHER] and not found["latihan"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), (session("tamu"), 403), ({"authorization": "Bearer situasi_x"}, 401)],
)
def test_strangers_and_guests_are_not_answered(
    headers: dict[str, str], status: int, address: str
) -> None:
    assert asked(address, "/api/v1/rollups", headers).status_code == status


@pytest.mark.parametrize("path", ["situation", "incidents", "rollups/99.01", "tps?kec=99.01.01"])
def test_rows_are_refused_in_words_that_say_where_they_are(path: str, address: str) -> None:
    answer = asked(address, f"/api/v1/{path}", session("pimpinan"))
    assert answer.status_code == 404
    assert "Baris laporan dibaca dan dikirim pada papan Polres" in answer.json()["detail"]
    sent = requests.post(f"{address}/api/v1/incidents", json=[], timeout=30)
    assert sent.status_code == 404 and "Polres" in sent.json()["detail"]


def test_figures_of_the_server_tell_of_its_kabupaten_and_need_a_key(
    address: str, there: HigherCommandApp
) -> None:
    token = api_keys.add(there.store, "prometheus", NOON, "admin", metrics=True)
    told = asked(address, "/metrics", {"authorization": f"Bearer {token}"}).text
    assert "situasi_members 2.0" in told and "situasi_members_reporting 1.0" in told
    other = api_keys.add(there.store, "pembaca", NOON, "admin", read=True)
    denied = asked(address, "/metrics", {"authorization": f"Bearer {other}"})
    assert denied.status_code == 403


def test_boundaries_are_those_of_boards_that_are_open(
    address: str, there: HigherCommandApp
) -> None:
    shapes = there.board_pool.get(ONE).boundaries
    assert asked(address, shapes.url, {}).content == shapes.raw
    unopened = shapes.url.replace(shapes.fingerprint, "0" * 12)
    assert asked(address, unopened, {}).status_code == 404


def test_a_database_that_is_away_is_told_to_who_watches(
    there: HigherCommandApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request({"type": "http", "headers": []})
    answer = health.health(request)
    assert (answer.status_code, json.loads(bytes(answer.body))["version"]) == (200, 7)
    away = replace(
        there.rollup_cache.current_overview(), trouble="Server di /rahasia tidak menjawab."
    )
    monkeypatch.setattr(there.rollup_cache, "current_overview", lambda: away)
    answer = health.health(request)
    assert answer.status_code == 503 and b"rahasia" not in bytes(answer.body)


def test_sign_in_pages_name_the_command(there: HigherCommandApp) -> None:
    assert above.server_unit_name(board_module.current_board) == "Polda Contoh"
