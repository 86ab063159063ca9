"""JSON Schemas of requests and responses, built from the feed definitions."""

from typing import Any

from situasi.actions import alert_actions
from situasi.analysis.stations.reporting_status import STATES
from situasi.analysis.stations.status import NO_PHASE
from situasi.domain.alert_rules import RULE_CODES
from situasi.domain.feed_schemas import FASE, FEEDS, SITUASI, TINGKAT, Column, ColumnKind, Feed
from situasi.server.api.files import STATES as FILE_STATES
from situasi.server.api.limits import Limits
from situasi.server.api.request_body import MAX_CELLS
from situasi.server.api.rows import STORE_COLUMNS
from situasi.server.api.situation import MAX_ALERTS, PERSONNEL_COLUMNS, UNSTATED

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
BOOLEAN: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}

_DESCRIPTIONS = {
    "seq": "Urutan penyimpanan; halaman berikutnya: after=seq.",
    "diketahui": "Sejak kapan posko mengetahuinya.",
    "disimpan": "Kapan papan ini menyimpannya.",
}


def closed_object(**properties: Schema) -> Schema:
    """Return an object schema with exactly these properties, all required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def array_of(items: Schema) -> Schema:
    """Return an array schema."""
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> Schema:
    """Return a schema that also allows null; a missing value is never zero or left out."""
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


def enum_of(words: tuple[str, ...]) -> Schema:
    """Return a schema of these strings."""
    return {"type": "string", "enum": list(words)}


def _counts_object(*names: str) -> Schema:
    return closed_object(**dict.fromkeys(names, COUNT))


def _column_schema(column: Column) -> Schema:
    match column.kind:
        case ColumnKind.CATEGORY:
            return nullable(enum_of(column.allowed_codes))
        case ColumnKind.TIME:
            return nullable(TIME)
        case ColumnKind.COUNT:
            return nullable(INTEGER)
        case ColumnKind.DECIMAL:
            return nullable({"type": "number"})
        case ColumnKind.BOOLEAN:
            return BOOLEAN
        case _:
            return nullable(TEXT)


def row_schema(feed: Feed) -> Schema:
    """Return the schema of a row that is read: our headings and the store's columns."""
    base = {name: INTEGER if name == "seq" else TIME for name in STORE_COLUMNS}
    base = {name: {**schema, "description": _DESCRIPTIONS[name]} for name, schema in base.items()}
    return closed_object(
        **base, **{column.heading: _column_schema(column) for column in feed.columns}
    )


def point_schema(feed: Feed) -> Schema:
    """Return the schema of a GeoJSON feature; its geometry is null if the report has no point."""
    row = row_schema(feed)
    names = [name for name in row["properties"] if name not in {"lat", "lon"}]
    coordinates = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    point = closed_object(type={"const": "Point"}, coordinates=coordinates)
    return closed_object(
        type={"const": "Feature"},
        id=INTEGER,
        geometry=_schema_or_null(point),
        properties=closed_object(**{name: row["properties"][name] for name in names}),
    )


def _schema_or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def page_schema(feed: Feed, **properties: Schema) -> Schema:
    """Return the schema of a page of rows: feed, version, exercise mark, next page."""
    return closed_object(
        feed={"const": feed.name},
        version=INTEGER,
        as_of={**nullable(TIME), "description": "Sebagaimana diketahui pada; null: sekarang."},
        latihan={**BOOLEAN, "description": "Ada baris latihan (buatan) di halaman ini."},
        next={**nullable(INTEGER), "description": "Nilai after untuk halaman berikutnya."},
        **properties,
    )


def delivery_schema(feed: Feed, limits: Limits) -> Schema:
    """Return the schema of rows that are sent: cells of any kind; a faulty row is quarantined."""
    cell = {"type": ["string", "number", "boolean", "null"]}
    cells = {
        column.heading: {**cell, "description": ", ".join(column.allowed_codes) or str(column.kind)}
        for column in feed.columns
    }
    row = {
        "type": "object",
        "description": "Judul kolom kami atau padanannya, seperti dalam berkas.",
        "properties": cells,
        "additionalProperties": cell,
        "minProperties": 1,
        "maxProperties": MAX_CELLS,
    }
    rows = {"type": "array", "items": row, "minItems": 1, "maxItems": limits.max_rows}
    return {"oneOf": [rows, closed_object(rows=rows)]}


def ingest_result_schema() -> Schema:
    """Return the schema of a delivery's result; read = accepted + duplicate + quarantined."""
    reason = {
        "type": "object",
        "properties": {"row": COUNT, "sheet": TEXT, "reasons": array_of(TEXT)},
        "required": ["row", "reasons"],
        "additionalProperties": False,
    }
    return closed_object(
        path=TEXT,
        feed=enum_of(tuple(FEEDS)),
        sha256=TEXT,
        read=COUNT,
        accepted=COUNT,
        duplicate=COUNT,
        quarantined=COUNT,
        reasons=array_of(reason),
        notes=array_of(TEXT),
        refused={"type": "null"},
        waiting={**nullable(COUNT), "description": "Menunggu pemetaan; lihat Location."},
    )


def file_schema() -> Schema:
    """Return the schema of the state of a file that waits, or waited, for a mapping."""
    return closed_object(
        number=COUNT,
        source=TEXT,
        sha256=TEXT,
        received=TIME,
        rows=COUNT,
        why=TEXT,
        state=enum_of(FILE_STATES),
        batches=array_of(COUNT),
        reason=nullable(TEXT),
        settled=nullable(TIME),
    )


def file_result_schema() -> Schema:
    """Return the schema of a file's result; its feeds are joined with + where it has several."""
    result = ingest_result_schema()["properties"]
    schema = closed_object(**{**result, "feed": nullable(TEXT), "dry_run": BOOLEAN})
    counts = closed_object(read=COUNT, waiting=COUNT, duplicate=COUNT, left_out=COUNT)
    schema["properties"]["messages"] = {**counts, "description": "Berkas pesan: ke baki di Lapor."}
    return schema


def message_schema() -> Schema:
    """Return the schema of a message in our own shape."""
    word = {"type": ["string", "null"], "maxLength": 500}
    return {
        "type": "object",
        "properties": {
            "teks": {**TEXT, "minLength": 1},
            "pengirim": {**word, "description": "Nomor atau nama; yang disimpan hanya tandanya."},
            "waktu": {
                "type": ["string", "number", "null"],
                "description": "ISO 8601, atau detik sejak 1970; kosong: waktu tiba.",
            },
            "id": {**word, "description": "Pesan dengan id yang sama masuk sekali saja."},
        },
        "required": ["teks"],
        "additionalProperties": False,
    }


def message_result_schema() -> Schema:
    """Return the schema of a delivery of messages; read = accepted + duplicate + ignored."""
    counts = dict.fromkeys(("read", "accepted", "duplicate", "ignored"), COUNT)
    return closed_object(profile=TEXT, **counts, numbers=array_of(INTEGER), reasons=array_of(TEXT))


def problem_schema() -> Schema:
    """Return the schema of an error."""
    return closed_object(type=TEXT, title=TEXT, status=INTEGER, detail=TEXT)


def situation_schema() -> Schema:
    """Return the schema of the key figures; situation.py says what each of them counts."""
    feed = {"feed": enum_of(tuple(FEEDS)), "last": nullable(TIME)}
    return closed_object(
        version=INTEGER,
        as_of=TIME,
        live=BOOLEAN,
        exercise=BOOLEAN,
        latihan={**BOOLEAN, "description": "Papan ini memuat laporan buatan."},
        trouble={**BOOLEAN, "description": "Penyimpanan tak terbaca; ini keadaan terakhir."},
        newest=_schema_or_null(closed_object(at=TIME, exact=BOOLEAN)),
        data_age_seconds=nullable(COUNT),
        open=closed_object(
            total=nullable(COUNT),
            critical={**nullable(COUNT), "description": "Laporan berat: rules.toml, [critical]."},
            change_1h=nullable(INTEGER),
            new_1h=nullable(COUNT),
            by_tingkat=_schema_or_null(_counts_object(*TINGKAT, UNSTATED)),
        ),
        situasi=_states_schema(),
        turnout=_turnout_schema(),
        tps=closed_object(
            total=COUNT,
            by_phase=_counts_object(NO_PHASE, *FASE),
            by_state=_counts_object(*STATES),
            reached=_schema_or_null(closed_object(fase=enum_of(FASE), tps=COUNT)),
        ),
        personnel=_schema_or_null(
            closed_object(**dict.fromkeys(PERSONNEL_COLUMNS, nullable(COUNT)))
        ),
        alerts=_schema_or_null(_alerts_schema()),
        feeds=array_of(closed_object(**feed, expected=BOOLEAN, silent=BOOLEAN)),
    )


def _alerts_schema() -> Schema:
    alert = closed_object(
        rule=enum_of(RULE_CODES),
        level={**TEXT, "description": "Derajat menurut alerts.toml."},
        kecamatan={**nullable(TEXT), "description": "Kode; null: seluruh kabupaten."},
        cause=TEXT,
        since={**TIME, "description": "Sejak kapan sebabnya ada."},
        raised={**TIME, "description": "Sejak kapan derajatnya ini."},
        members={**COUNT, "description": "Banyaknya laporan atau TPS di baliknya."},
        fading={**BOOLEAN, "description": "Sebabnya hilang, tetapi mungkin kembali."},
        status=enum_of(alert_actions.OPEN),
        owner=TEXT,
        latihan=BOOLEAN,
    )
    return closed_object(
        open=COUNT,
        unseen={**COUNT, "description": "Terbuka dan belum dilihat seorang pun."},
        by_level={"type": "object", "additionalProperties": COUNT},
        list={
            **array_of(alert),
            "maxItems": MAX_ALERTS,
            "description": "Yang terbuka: yang terberat lebih dahulu, lalu yang terbaru.",
        },
    )


def _states_schema() -> Schema:
    state = enum_of(SITUASI)
    kecamatan = closed_object(
        code=TEXT, name=TEXT, situasi=nullable(state), stated_at=nullable(TIME)
    )
    return closed_object(
        kabupaten=nullable(state),
        counts=_counts_object(*SITUASI, UNSTATED),
        kecamatan=array_of(kecamatan),
    )


def _turnout_schema() -> Schema:
    percent = nullable({"type": "number", "minimum": 0})
    counts = dict.fromkeys(
        ("dpt", "dpt_told", "tps", "tps_told", "tps_doubted", "tps_stale"), COUNT
    )
    common = nullable(closed_object(at=TIME, rate=percent, tps=COUNT, estimated=BOOLEAN))
    estimated = {**closed_object(dpt=BOOLEAN, dpt_told=BOOLEAN), "description": "perkiraan"}
    return closed_object(
        rate=percent,
        heads=nullable(COUNT),
        **counts,
        common=common,
        least=percent,
        most=percent,
        estimated=estimated,
    )
