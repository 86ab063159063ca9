"""The OpenAPI document, built from the feeds, filters and limits that the routes use."""

from __future__ import annotations

from typing import Any

from situasi.analysis.view_time import WINDOWS
from situasi.domain.feed_schemas import FEEDS, Feed
from situasi.domain.register import Register
from situasi.server.api import problem_details, request_body, schemas
from situasi.server.api import query as api_query
from situasi.server.api.api_keys import WRITABLE
from situasi.server.api.delivery import MAX_IDEMPOTENCY_KEY_LENGTH
from situasi.server.api.limits import Limits
from situasi.server.api.schemas import Schema

_FILTERS = {
    "kec": "Kode kecamatan; boleh berulang.",
    "jenis": "Jenis; boleh berulang.",
    "tingkat": "Tingkat; boleh berulang.",
    "status": "Status; boleh berulang.",
}
# Errors that every route may answer.
_COMMON_STATUSES = (401, 403, 429, 503)


def build_document(register: Register, limits: Limits) -> dict[str, Any]:
    """Return the description of every route under /api/v1."""
    paths = {
        f"/api/v1/{name}": _feed_operations(feed, register, limits) for name, feed in FEEDS.items()
    }
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
            "/api/v1/openapi.json": {"get": _openapi_operation()},
            "/api/v1/situation": {"get": _situation_operation(register)},
            **paths,
        },
        "components": {
            "securitySchemes": {"kunci": {"type": "http", "scheme": "bearer"}},
            "schemas": _build_schemas(limits),
            "responses": {
                str(status): _problem_response(status) for status in problem_details.TITLES
            },
        },
    }


def _build_schemas(limits: Limits) -> dict[str, Schema]:
    result = {
        "problem": schemas.problem_schema(),
        "ledger": schemas.ingest_result_schema(),
        "situation": schemas.situation_schema(),
    }
    for feed in FEEDS.values():
        result[f"{feed.name}_row"] = schemas.row_schema(feed)
        if "lat" in feed.column_names:
            result[f"{feed.name}_point"] = schemas.point_schema(feed)
        if feed.name in WRITABLE:
            result[f"{feed.name}_sent"] = schemas.delivery_schema(feed, limits)
    return result


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _problem_response(status: int) -> dict[str, Any]:
    return {
        "description": problem_details.TITLES[status],
        "content": {problem_details.MEDIA_TYPE: {"schema": _ref("problem")}},
    }


def _problem_refs(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {"$ref": f"#/components/responses/{status}"}
        for status in sorted({*_COMMON_STATUSES, *statuses})
    }


def _openapi_operation() -> dict[str, Any]:
    success = {
        "description": "OpenAPI 3.1",
        "content": {request_body.JSON: {"schema": {"type": "object"}}},
    }
    return {
        "operationId": "openapi",
        "summary": "Dokumen ini.",
        "responses": {"200": success, **_problem_refs()},
    }


def _situation_operation(register: Register) -> dict[str, Any]:
    return {
        "operationId": "situation",
        "summary": "Angka pokok halaman Situasi.",
        "parameters": [
            *_common_parameters(api_query.allowed_page_filters(register), WINDOWS[0]),
            _etag_parameter(),
        ],
        "responses": {
            "200": {
                "description": "Angka pokok; null: tidak diketahui.",
                "headers": _header_schemas("etag"),
                "content": {request_body.JSON: {"schema": _ref("situation")}},
            },
            **_read_responses(),
        },
    }


def _read_responses(*statuses: int) -> dict[str, Any]:
    return {"304": {"description": "Tidak berubah."}, **_problem_refs(422, *statuses)}


def _feed_operations(feed: Feed, register: Register, limits: Limits) -> dict[str, Any]:
    operations = {"get": _rows_operation(feed, register)}
    if feed.name in WRITABLE:
        operations["post"] = _delivery_operation(feed, limits)
    return operations


def _rows_operation(feed: Feed, register: Register) -> dict[str, Any]:
    formats = api_query.offered_formats(feed)
    content = {
        formats["json"]: {
            "schema": schemas.page_schema(feed, rows=schemas.array_of(_ref(f"{feed.name}_row")))
        },
        formats["csv"]: {"schema": {"type": "string"}},
    }
    if "geojson" in formats:
        points = schemas.array_of(_ref(f"{feed.name}_point"))
        collection = schemas.page_schema(feed, type={"const": "FeatureCollection"}, features=points)
        content[formats["geojson"]] = {"schema": collection}
    headers = ["etag", "x-situasi-version", "x-situasi-latihan"]
    return {
        "operationId": f"read_{feed.name}",
        "summary": f"Baris {feed.name}, menurut urutan penyimpanan.",
        "parameters": [
            *_common_parameters(api_query.allowed_filters(feed, register), "semua"),
            *_paging_parameters(tuple(formats)),
            _etag_parameter(),
        ],
        "responses": {
            "200": {
                "description": "Baris.",
                "headers": _header_schemas(*headers),
                "content": content,
            },
            **_read_responses(406),
        },
    }


def _delivery_operation(feed: Feed, limits: Limits) -> dict[str, Any]:
    table = {"schema": {"type": "string", "maxLength": limits.body_bytes}}
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
                    "maxLength": MAX_IDEMPOTENCY_KEY_LENGTH,
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
            **_problem_refs(408, 409, 413, 415, 422),
        },
    }


def _common_parameters(filters: dict[str, tuple[str, ...]], window: str) -> list[dict[str, Any]]:
    filter_parameters = [
        {
            "name": name,
            "in": "query",
            "description": _FILTERS[name],
            "schema": {"type": "array", "items": schemas.enum_of(allowed)},
        }
        for name, allowed in filters.items()
    ]
    window_schema = {**schemas.enum_of(WINDOWS), "default": window}
    moment_text = "Sebagaimana diketahui pada; kosong: sekarang."
    return [
        *filter_parameters,
        {"name": "rentang", "in": "query", "description": "Waktu kejadian.",
         "schema": window_schema},
        {"name": "saat", "in": "query", "description": moment_text, "schema": schemas.TIME},
    ]  # fmt: skip


def _paging_parameters(formats: tuple[str, ...]) -> list[dict[str, Any]]:
    size = {"type": "integer", "minimum": 1, "maximum": api_query.MAX_ROWS}
    after = {"type": "integer", "minimum": 0, "maximum": api_query.MAX_SEQ, "default": 0}
    return [
        {"name": "limit", "in": "query", "schema": {**size, "default": api_query.DEFAULT_ROWS}},
        {"name": "after", "in": "query", "description": "Baris sesudah seq ini.", "schema": after},
        {"name": "format", "in": "query", "description": "Mendahului Accept.",
         "schema": schemas.enum_of(formats)},
    ]  # fmt: skip


def _etag_parameter() -> dict[str, Any]:
    text = "ETag jawaban yang sudah ada; tidak berubah: 304."
    return {"name": "If-None-Match", "in": "header", "description": text, "schema": schemas.TEXT}


def _header_schemas(*names: str) -> dict[str, Any]:
    return {name: {"required": True, "schema": schemas.TEXT} for name in names}
