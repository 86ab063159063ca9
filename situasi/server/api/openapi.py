"""The OpenAPI document: written from the feeds, the filters and the limits that the routes use."""

from __future__ import annotations

from typing import Any

from situasi.analysis.view_time import WINDOWS
from situasi.domain.feed_schemas import FEEDS, Feed
from situasi.domain.register import Register
from situasi.server.api import problem_details, request_body, schemas
from situasi.server.api import query as api_query
from situasi.server.api.api_keys import WRITABLE
from situasi.server.api.delivery import LONGEST_REPEAT_KEY
from situasi.server.api.limits import Limits
from situasi.server.api.schemas import Schema

_FILTERS = {
    "kec": "Kode kecamatan; boleh berulang.",
    "jenis": "Jenis; boleh berulang.",
    "tingkat": "Tingkat; boleh berulang.",
    "status": "Status; boleh berulang.",
}
# Of every answer to a caller.
_ALWAYS = (401, 403, 429, 503)


def document(register: Register, limits: Limits) -> dict[str, Any]:
    """The description of every route under /api/v1."""
    paths = {f"/api/v1/{name}": _feed(feed, register, limits) for name, feed in FEEDS.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Situasi: {register.election.command}",
            "version": "1",
            "description": "Laporan masuk dan angka keluar. Aturannya: docs/rules.md.",
        },
        "servers": [{"url": "/"}],
        "security": [{"kunci": []}],
        "paths": {
            "/api/v1/openapi.json": {"get": _self()},
            "/api/v1/situation": {"get": _situation(register)},
            **paths,
        },
        "components": {
            "securitySchemes": {"kunci": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(limits),
            "responses": {str(status): _problem(status) for status in problem_details.TITLES},
        },
    }


def _schemas(limits: Limits) -> dict[str, Schema]:
    named = {
        "problem": schemas.problem(),
        "ledger": schemas.ledger(),
        "situation": schemas.situation(),
    }
    for feed in FEEDS.values():
        named[f"{feed.name}_row"] = schemas.row(feed)
        if "lat" in feed.column_names:
            named[f"{feed.name}_point"] = schemas.point(feed)
        if feed.name in WRITABLE:
            named[f"{feed.name}_sent"] = schemas.sent(feed, limits)
    return named


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": problem_details.TITLES[status],
        "content": {problem_details.MEDIA: {"schema": _ref("problem")}},
    }


def _problems(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {"$ref": f"#/components/responses/{status}"}
        for status in sorted({*_ALWAYS, *statuses})
    }


def _self() -> dict[str, Any]:
    found = {
        "description": "OpenAPI 3.1",
        "content": {request_body.JSON: {"schema": {"type": "object"}}},
    }
    return {
        "operationId": "openapi",
        "summary": "Dokumen ini.",
        "responses": {"200": found, **_problems()},
    }


def _situation(register: Register) -> dict[str, Any]:
    return {
        "operationId": "situation",
        "summary": "Angka pokok halaman Situasi.",
        "parameters": [*_common(api_query.page_filters(register), WINDOWS[0]), _held()],
        "responses": {
            "200": {
                "description": "Angka pokok; null: tidak diketahui.",
                "headers": _headers("etag"),
                "content": {request_body.JSON: {"schema": _ref("situation")}},
            },
            **_readers(),
        },
    }


def _readers(*more: int) -> dict[str, Any]:
    return {"304": {"description": "Tidak berubah."}, **_problems(422, *more)}


def _feed(feed: Feed, register: Register, limits: Limits) -> dict[str, Any]:
    found = {"get": _rows(feed, register)}
    if feed.name in WRITABLE:
        found["post"] = _intake(feed, limits)
    return found


def _rows(feed: Feed, register: Register) -> dict[str, Any]:
    forms = api_query.forms(feed)
    content = {
        forms["json"]: {
            "schema": schemas.told(feed, rows=schemas.listed(_ref(f"{feed.name}_row")))
        },
        forms["csv"]: {"schema": {"type": "string"}},
    }
    if "geojson" in forms:
        points = schemas.listed(_ref(f"{feed.name}_point"))
        collection = schemas.told(feed, type={"const": "FeatureCollection"}, features=points)
        content[forms["geojson"]] = {"schema": collection}
    named = ["etag", "x-situasi-version", "x-situasi-latihan"]
    return {
        "operationId": f"read_{feed.name}",
        "summary": f"Baris {feed.name}, menurut urutan penyimpanan.",
        "parameters": [
            *_common(api_query.filters(feed, register), "semua"),
            *_paging(tuple(forms)),
            _held(),
        ],
        "responses": {
            "200": {"description": "Baris.", "headers": _headers(*named), "content": content},
            **_readers(406),
        },
    }


def _intake(feed: Feed, limits: Limits) -> dict[str, Any]:
    table = {"schema": {"type": "string", "maxLength": limits.body}}
    return {
        "operationId": f"send_{feed.name}",
        "summary": f"Kirim {feed.name}; dijawab bila sudah tersimpan.",
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Isi yang sama dijawab sama; isi lain ditolak (422).",
                "schema": {
                    "type": "string",
                    "pattern": "^[!-~]+$",
                    "minLength": 1,
                    "maxLength": LONGEST_REPEAT_KEY,
                },
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                request_body.JSON: {"schema": _ref(f"{feed.name}_sent")},
                request_body.CSV: table,
                request_body.XLSX: {
                    "schema": {"type": "string", "contentMediaType": request_body.XLSX}
                },
            },
        },
        "responses": {
            "200": {
                "description": "Yang terjadi dengan setiap baris.",
                "content": {request_body.JSON: {"schema": _ref("ledger")}},
            },
            **_problems(408, 409, 413, 415, 422),
        },
    }


def _common(filters: dict[str, tuple[str, ...]], window: str) -> list[dict[str, Any]]:
    words = [
        {
            "name": name,
            "in": "query",
            "description": _FILTERS[name],
            "schema": {"type": "array", "items": schemas.one_of(allowed)},
        }
        for name, allowed in filters.items()
    ]
    window_schema = {**schemas.one_of(WINDOWS), "default": window}
    said = "Sebagaimana diketahui pada; kosong: sekarang."
    return [
        *words,
        {"name": "rentang", "in": "query", "description": "Waktu kejadian.",
         "schema": window_schema},
        {"name": "saat", "in": "query", "description": said, "schema": schemas.TIME},
    ]  # fmt: skip


def _paging(forms: tuple[str, ...]) -> list[dict[str, Any]]:
    size = {"type": "integer", "minimum": 1, "maximum": api_query.MOST_ROWS}
    after = {"type": "integer", "minimum": 0, "maximum": api_query.LARGEST, "default": 0}
    return [
        {"name": "limit", "in": "query", "schema": {**size, "default": api_query.USUAL_ROWS}},
        {"name": "after", "in": "query", "description": "Baris sesudah seq ini.", "schema": after},
        {"name": "format", "in": "query", "description": "Mendahului Accept.",
         "schema": schemas.one_of(forms)},
    ]  # fmt: skip


def _held() -> dict[str, Any]:
    said = "ETag jawaban yang sudah ada; tidak berubah: 304."
    return {"name": "If-None-Match", "in": "header", "description": said, "schema": schemas.TEXT}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"required": True, "schema": schemas.TEXT} for name in names}
