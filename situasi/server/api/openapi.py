"""The OpenAPI document, built from the feeds, filters and limits that the routes use."""

from typing import Any, NamedTuple

from situasi.analysis.view_time import WINDOWS
from situasi.domain.feed_schemas import FEEDS, Feed
from situasi.domain.register import Register
from situasi.server.api import (
    credentials,
    file_delivery,
    files,
    form_body,
    messages,
    problem_details,
    request_body,
    schemas,
)
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
# One key, in one of the places that programs can set.
_SECURITY_SCHEMES = {
    "kunci": {"type": "http", "scheme": "bearer"},
    "sandi": {"type": "http", "scheme": "basic", "description": "Kunci sebagai sandi."},
    "kepala": {"type": "apiKey", "in": "header", "name": credentials.KEY_HEADERS[0]},
    "alamat": {
        "type": "apiKey",
        "in": "query",
        "name": credentials.KEY_PARAMETER,
        "description": "Hanya untuk mengirim, bila program tidak dapat yang lain.",
    },
}
# Errors that every route may answer.
_COMMON_STATUSES = (401, 403, 429, 503)
# And every route that takes a body.
_SENT_STATUSES = (408, 413, 415, 422)


class ProfileNames(NamedTuple):
    """The profiles by which a delivery may be read: of sources, and of programs with messages."""

    sources: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


def build_document(
    register: Register, limits: Limits, names: ProfileNames | None = None
) -> dict[str, Any]:
    """Return the description of every route under /api/v1. names: None leaves profiles out."""
    names = names or ProfileNames()
    paths = {
        f"/api/v1/{name}": _feed_operations(feed, register, limits, names)
        for name, feed in FEEDS.items()
    }
    message_operation = _message_operation(limits, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Situasi: {register.election.command}",
            "version": "1",
            "description": "Laporan masuk dan angka keluar. Aturannya: docs/rules.md.",
        },
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in _SECURITY_SCHEMES],
        "paths": {
            "/api/v1/openapi.json": {"get": _openapi_operation()},
            "/api/v1/situation": {"get": _situation_operation(register)},
            files.PATH: {"get": _file_operation()},
            **paths,
            file_delivery.PATH: {"post": _file_delivery_operation(limits, names)},
            messages.PATH: {"get": _challenge_operation(), "post": message_operation},
        },
        "components": {
            "securitySchemes": _SECURITY_SCHEMES,
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
        "file": schemas.file_schema(),
        "file_ledger": schemas.file_result_schema(),
        "message_sent": schemas.message_schema(),
        "message_ledger": schemas.message_result_schema(),
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


def _response(description: str, content: dict[str, Schema], *headers: str) -> dict[str, Any]:
    """Describe a response. content: schemas by media type. headers: those that it always has."""
    response: dict[str, Any] = {
        "description": description,
        "content": {media_type: {"schema": schema} for media_type, schema in content.items()},
    }
    if headers:
        header = {"required": True, "schema": schemas.TEXT}
        response["headers"] = dict.fromkeys(headers, header)
    return response


def _parameter(
    name: str, schema: Schema, description: str = "", where: str = "query"
) -> dict[str, Any]:
    parameter = {"name": name, "in": where, "schema": schema}
    return {**parameter, "description": description} if description else parameter


def _problem_response(status: int) -> dict[str, Any]:
    content = {problem_details.MEDIA_TYPE: _ref("problem")}
    return _response(problem_details.TITLES[status], content)


def _problem_refs(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {"$ref": f"#/components/responses/{status}"}
        for status in sorted({*_COMMON_STATUSES, *statuses})
    }


def _read_responses(success: dict[str, Any], *statuses: int) -> dict[str, Any]:
    unchanged = {"description": "Tidak berubah."}
    return {"200": success, "304": unchanged, **_problem_refs(422, *statuses)}


def _openapi_operation() -> dict[str, Any]:
    success = _response("OpenAPI 3.1", {request_body.JSON: {"type": "object"}})
    return {
        "operationId": "openapi",
        "summary": "Dokumen ini.",
        "responses": {"200": success, **_problem_refs()},
    }


def _file_operation() -> dict[str, Any]:
    number = {**schemas.COUNT, "minimum": 1}
    success = _response("Keadaan berkas itu.", {request_body.JSON: _ref("file")})
    return {
        "operationId": "file",
        "summary": "Berkas yang menunggu pemetaan: masih menunggu, disimpan, atau dibuang.",
        "parameters": [{**_parameter("number", number, where="path"), "required": True}],
        "responses": {"200": success, **_problem_refs(404)},
    }


def _situation_operation(register: Register) -> dict[str, Any]:
    content = {request_body.JSON: _ref("situation")}
    success = _response("Angka pokok; null: tidak diketahui.", content, "etag")
    return {
        "operationId": "situation",
        "summary": "Angka pokok halaman Situasi.",
        "parameters": [
            *_common_parameters(api_query.allowed_page_filters(register), WINDOWS[0]),
            _etag_parameter(),
        ],
        "responses": _read_responses(success),
    }


def _feed_operations(
    feed: Feed, register: Register, limits: Limits, names: ProfileNames
) -> dict[str, Any]:
    operations = {"get": _rows_operation(feed, register)}
    if feed.name in WRITABLE:
        operations["post"] = _delivery_operation(feed, limits, names)
    return operations


def _rows_operation(feed: Feed, register: Register) -> dict[str, Any]:
    formats = api_query.offered_formats(feed)
    rows = schemas.array_of(_ref(f"{feed.name}_row"))
    content = {formats["json"]: schemas.page_schema(feed, rows=rows), formats["csv"]: schemas.TEXT}
    if "geojson" in formats:
        points = schemas.array_of(_ref(f"{feed.name}_point"))
        collection = schemas.page_schema(feed, type={"const": "FeatureCollection"}, features=points)
        content[formats["geojson"]] = collection
    success = _response("Baris.", content, "etag", "x-situasi-version", "x-situasi-latihan")
    return {
        "operationId": f"read_{feed.name}",
        "summary": f"Baris {feed.name}, menurut urutan penyimpanan.",
        "parameters": [
            *_common_parameters(api_query.allowed_filters(feed, register), "semua"),
            *_paging_parameters(tuple(formats)),
            _etag_parameter(),
        ],
        "responses": _read_responses(success, 406),
    }


def _delivery_operation(feed: Feed, limits: Limits, names: ProfileNames) -> dict[str, Any]:
    key = {"pattern": "^[!-~]+$", "minLength": 1, "maxLength": MAX_IDEMPOTENCY_KEY_LENGTH}
    body_schemas = {
        request_body.JSON: _ref(f"{feed.name}_sent"),
        request_body.CSV: {**schemas.TEXT, "maxLength": limits.body_bytes},
        request_body.XLSX: {**schemas.TEXT, "contentMediaType": request_body.XLSX},
    }
    return _send_operation(
        f"send_{feed.name}",
        f"Kirim {feed.name}; dijawab bila sudah tersimpan.",
        [
            _parameter(
                "Idempotency-Key",
                {**schemas.TEXT, **key},
                "Isi yang sama dijawab sama; isi lain ditolak (422).",
                "header",
            ),
            *_profile_parameter(names.sources, "Dibaca sebagai berkas dari sumber ini."),
        ],
        body_schemas,
        {**_ledger_responses("ledger"), **_problem_refs(*_SENT_STATUSES, 409)},
    )


def _send_operation(
    name: str,
    summary: str,
    parameters: list[dict[str, Any]],
    body_schemas: dict[str, Schema],
    responses: dict[str, Any],
) -> dict[str, Any]:
    """Describe a route that takes a body. body_schemas: by media type."""
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "content": {media: {"schema": schema} for media, schema in body_schemas.items()},
        },
        "responses": responses,
    }


def _ledger_responses(schema_name: str) -> dict[str, Any]:
    """Describe what became of rows: stored, or waiting for a mapping."""
    ledger = {request_body.JSON: _ref(schema_name)}
    waits = _response("Tidak dikenali: berkas menunggu pemetaan.", ledger, "location")
    return {"200": _response("Yang terjadi dengan setiap baris.", ledger), "202": waits}


def _file_delivery_operation(limits: Limits, names: ProfileNames) -> dict[str, Any]:
    size = f"Paling besar {limits.upload_bytes >> 20} MB dan {limits.max_upload_rows} baris."
    form = {
        "type": "object",
        "properties": {
            file_delivery.FILE_FIELD: {**schemas.TEXT, "contentMediaType": "application/*"},
            "feed": schemas.enum_of(WRITABLE),
            "profile": schemas.TEXT,
            "dry_run": schemas.enum_of(("ya", "tidak")),
        },
        "required": [file_delivery.FILE_FIELD],
        "additionalProperties": False,
    }
    body_schemas: dict[str, Schema] = {
        file_delivery.MULTIPART: form,
        request_body.JSON: {"type": ["object", "array"]},
        request_body.CSV: schemas.TEXT,
        **{
            media: {**schemas.TEXT, "contentMediaType": media}
            for media in (request_body.XLSX, *request_body.OTHER_WORKBOOKS)
        },
    }
    return _send_operation(
        "send_file",
        f"Kirim berkas atau satu isian formulir; jenisnya dikenali sendiri. {size}",
        [
            _parameter("feed", schemas.enum_of(WRITABLE), "Jenis laporannya; kosong: dikenali."),
            *_profile_parameter(names.sources, "Cara sumbernya dibaca; kosong: dikenali."),
            _parameter("dry_run", schemas.enum_of(("ya", "tidak")), "ya: tidak ada yang disimpan."),
        ],
        body_schemas,
        {**_ledger_responses("file_ledger"), **_problem_refs(*_SENT_STATUSES)},
    )


def _profile_parameter(names: tuple[str, ...], description: str) -> list[dict[str, Any]]:
    return [_parameter("profile", schemas.enum_of(names), description)] if names else []


def _message_operation(limits: Limits, names: ProfileNames) -> dict[str, Any]:
    one = _ref("message_sent")
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": limits.max_messages}
    content: dict[str, Schema] = {request_body.JSON: {"oneOf": [one, many]}, form_body.FORM: one}
    success = _response("Pesan di baki.", {request_body.JSON: _ref("message_ledger")})
    operation = _send_operation(
        "send_messages",
        "Kirim pesan ke baki pesan di Lapor; tidak ada yang masuk laporan dengan sendirinya.",
        _profile_parameter(names.messages, "Bentuknya; kosong: dikenali."),
        content,
        {"200": success, **_problem_refs(*_SENT_STATUSES)},
    )
    text = "Bentuk program lain (data/vocabulary/message_profiles.toml) dikenali."
    return {**operation, "description": text}


def _challenge_operation() -> dict[str, Any]:
    success = _response("Tantangan itu sendiri.", {"text/plain": schemas.TEXT})
    challenge = _parameter("hub.challenge", {**schemas.TEXT, "pattern": "^[A-Za-z0-9]{1,200}$"})
    return {
        "operationId": "verify_messages",
        "summary": "Jawaban bagi WhatsApp yang menanyakan alamat ini.",
        "parameters": [{**challenge, "required": True}],
        "responses": {"200": success, **_problem_refs(422)},
    }


def _common_parameters(filters: dict[str, tuple[str, ...]], window: str) -> list[dict[str, Any]]:
    window_schema = {**schemas.enum_of(WINDOWS), "default": window}
    moment_text = "Sebagaimana diketahui pada; kosong: sekarang."
    return [
        *(
            _parameter(name, schemas.array_of(schemas.enum_of(allowed)), _FILTERS[name])
            for name, allowed in filters.items()
        ),
        _parameter("rentang", window_schema, "Waktu kejadian."),
        _parameter("saat", schemas.TIME, moment_text),
    ]


def _paging_parameters(formats: tuple[str, ...]) -> list[dict[str, Any]]:
    size = {**schemas.INTEGER, "minimum": 1, "maximum": api_query.MAX_ROWS}
    after = {**schemas.COUNT, "maximum": api_query.MAX_SEQ, "default": 0}
    return [
        _parameter("limit", {**size, "default": api_query.DEFAULT_ROWS}),
        _parameter("after", after, "Baris sesudah seq ini."),
        _parameter("format", schemas.enum_of(formats), "Mendahului Accept."),
    ]


def _etag_parameter() -> dict[str, Any]:
    text = "ETag jawaban yang sudah ada; tidak berubah: 304."
    return _parameter("If-None-Match", schemas.TEXT, text, "header")
