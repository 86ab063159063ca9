"""What the OpenAPI document says holds: Schemathesis asks a live server, soundly and badly."""

from __future__ import annotations

import io
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from schemathesis.specs.openapi.checks import ignored_auth

from situasi.board import Board, open_board
from situasi.domain import election
from situasi.domain import register as domain_register
from situasi.domain.settings import load
from situasi.ingest.pipeline import ingest_rows
from situasi.server.api.api_keys import WRITABLE
from situasi.server.api.openapi import build_document
from situasi.server.api.request_body import CSV, OTHER_WORKBOOKS, XLSX
from tests.builders import unbounded
from tests.conftest import NOON, settings_in
from tests.effort import effort
from tests.server.api.conftest import PLENTY, Asking, incident, routes_of, serving

_HEADINGS = ["waktu", "kecamatan", "jenis", "hadir"]
_ROWS = st.lists(
    st.sampled_from(
        [["27/11/2024 08.00", "Kandis", "banjir", "3"], ["27/11/2024", "Pemulutan", "??", ""],
         ["kemarin", "", "", "-1"]]
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


def _as_book(rows: list[list[str]]) -> bytes:
    made, file = Workbook(), io.BytesIO()
    for row in (_HEADINGS, *rows):
        made.active.append(row)
    made.save(file)
    return file.getvalue()


def _as_lines(rows: list[list[str]]) -> bytes:
    return "\n".join(",".join(row) for row in (_HEADINGS, *rows)).encode()


# A table is more than a string; the document cannot say which strings are one.
schemathesis.openapi.media_type(CSV, _ROWS.map(_as_lines))
schemathesis.openapi.media_type(XLSX, _ROWS.map(_as_book))


@schemathesis.serializer(CSV, XLSX, *OTHER_WORKBOOKS)
def as_it_is(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


Bearer = dict[str, str]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("openapi")]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A board on which something happened."""
    board = open_board(settings_in(tmp_path_factory.mktemp("openapi")), lambda: NOON)
    rows = [incident(lat=-3.4268, lon=104.8017), incident(latihan="ya", tingkat="tinggi")]
    phase = {"waktu": "27/11/2024 07.05", "kec": "Kandis", "desa": "Lubuk Rukam", "tps": "1",
             "fase": "dibuka", "hadir": 40}  # fmt: skip
    for feed, sent in (("incidents", rows), ("tps", [phase])):
        ingest_rows(
            sent, "uji", board.store, board.ingest_context, unbounded("uji"), feed=feed, now=NOON
        )
    yield board
    board.close()


@pytest.fixture(scope="module")
def standing_address(standing: Board) -> Iterator[str]:
    with serving(routes_of(standing)) as address:
        yield address


@pytest.fixture(scope="module")
def bearer(standing: Board, standing_address: str) -> Bearer:
    """A key that may send everything and read."""
    key = Asking(standing, standing_address).key("schemathesis", feeds=WRITABLE, read=True)
    return {"Authorization": key["authorization"]}  # spelled as Schemathesis looks for it


def described(*, every_edge: bool) -> Any:
    """The document as the server writes it.

    every_edge: each bound of each property in turn, beside the drawn examples.
    """
    register = domain_register.load(election.load(load({}).election_folder))
    found = schemathesis.openapi.from_dict(build_document(register, PLENTY))
    # The key goes with every call: what happens without it is the check `ignored_auth`.
    found.config.generation.update(with_security_parameters=False, deterministic=True)
    found.config.phases.coverage.enabled = every_edge
    return found


@pytest.fixture(scope="module")
def every_edge() -> Any:
    return described(every_edge=True)


@pytest.fixture(scope="module")
def drawn() -> Any:
    return described(every_edge=False)


@pytest.fixture(autouse=True)
def named(request: pytest.FixtureRequest) -> None:
    """Schemathesis names each operation in an attribute that pytest 9.2 has no more."""
    request.node._nodeid = request.node.nodeid


# Read when the test runs, not in each worker that collects it.
lazily = schemathesis.pytest.from_fixture
# One feed is walked edge by edge, in and out; the others are the same code with other headings.
EVERY_EDGE = lazily("every_edge").exclude(operation_id_regex="(send|read)_(?!incid)")
# What is a file of a known tool, no schema says: test_file_delivery.py.
DRAWN = lazily("drawn").include(operation_id_regex="(send|read)_").exclude(operation_id="send_file")
# Whether a key is needed is a property of the operation: to ask it of each call, three times more,
# was three quarters of all requests.
CALLS_WITHOUT_KEY = 3
BOUNDED = settings(
    max_examples=effort(10, check=3), deadline=None, suppress_health_check=list(HealthCheck)
)


@EVERY_EDGE.parametrize()
@BOUNDED
def test_every_answer_is_as_described(case: Any, standing_address: str, bearer: Bearer) -> None:
    checked(case, standing_address, bearer)


@DRAWN.parametrize()
@BOUNDED
def test_every_feed_takes_and_gives_what_is_described(
    case: Any, standing_address: str, bearer: Bearer
) -> None:
    checked(case, standing_address, bearer)


def checked(case: Any, address: str, bearer: Bearer) -> None:
    if "Idempotency-Key" in (case.headers or {}) and case.meta.generation.mode.is_positive:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())  # of this body alone
    answer = case.call(base_url=address, headers=bearer)
    _answered[case.operation.label] += answer.status_code < 300
    known = _answered[case.operation.label] > CALLS_WITHOUT_KEY
    case.validate_response(
        answer,
        headers=bearer,
        excluded_checks=[ignored_auth] if known else [],
        transport_kwargs={"base_url": address, "headers": dict(bearer)},
    )


# How many calls of an operation went well.
_answered = Counter[str]()
