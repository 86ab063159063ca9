"""JSON Schemas of what goes in and out, written from the feeds themselves."""

from __future__ import annotations

from typing import Any

from situasi.analysis.stations.reporting_status import STATES
from situasi.analysis.stations.status import NO_PHASE
from situasi.domain.feed_schemas import FASE, FEEDS, SITUASI, TINGKAT, Column, ColumnKind, Feed
from situasi.server.api.limits import Limits
from situasi.server.api.request_body import MOST_CELLS
from situasi.server.api.rows import KEPT
from situasi.server.api.situation import UNSTATED

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
YESNO: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}

_MEANING = {
    "seq": "Urutan penyimpanan; halaman berikutnya: after=seq.",
    "diketahui": "Sejak kapan posko mengetahuinya.",
    "disimpan": "Kapan papan ini menyimpannya.",
}


def closed(**properties: Schema) -> Schema:
    """An object with exactly these properties, all of them always there."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def maybe(schema: Schema) -> Schema:
    """Missing is null, never zero and never left out."""
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


def one_of(words: tuple[str, ...]) -> Schema:
    return {"type": "string", "enum": list(words)}


def _counts(*names: str) -> Schema:
    return closed(**dict.fromkeys(names, COUNT))


def _column(column: Column) -> Schema:
    match column.kind:
        case ColumnKind.CATEGORY:
            return maybe(one_of(column.allowed_codes))
        case ColumnKind.TIME:
            return maybe(TIME)
        case ColumnKind.COUNT:
            return maybe(WHOLE)
        case ColumnKind.DECIMAL:
            return maybe({"type": "number"})
        case ColumnKind.BOOLEAN:
            return YESNO
        case _:
            return maybe(TEXT)


def row(feed: Feed) -> Schema:
    """A row as it is read: our headings, and what the store knows of it."""
    kept = {name: WHOLE if name == "seq" else TIME for name in KEPT}
    kept = {name: {**schema, "description": _MEANING[name]} for name, schema in kept.items()}
    return closed(**kept, **{column.heading: _column(column) for column in feed.columns})


def point(feed: Feed) -> Schema:
    """A GeoJSON feature; no geometry where the report names no point."""
    whole = row(feed)
    names = [name for name in whole["properties"] if name not in {"lat", "lon"}]
    pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    place = closed(type={"const": "Point"}, coordinates=pair)
    return closed(
        type={"const": "Feature"},
        id=WHOLE,
        geometry=_nullable(place),
        properties=closed(**{name: whole["properties"][name] for name in names}),
    )


def _nullable(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def told(feed: Feed, **more: Schema) -> Schema:
    """A page of rows: of which feed and version, whether any is made up, where it goes on."""
    return closed(
        feed={"const": feed.name},
        version=WHOLE,
        as_of={**maybe(TIME), "description": "Sebagaimana diketahui pada; null: sekarang."},
        latihan={**YESNO, "description": "Ada baris latihan (buatan) di halaman ini."},
        next={**maybe(WHOLE), "description": "Nilai after untuk halaman berikutnya."},
        **more,
    )


def sent(feed: Feed, limits: Limits) -> Schema:
    """Rows as they are sent: cells of any kind, judged one by one; a faulty one waits."""
    cell = {"type": ["string", "number", "boolean", "null"]}
    known = {c.heading: {**cell, "description": _allowed(c)} for c in feed.columns}
    one = {
        "type": "object",
        "description": "Judul kolom kami atau padanannya, seperti dalam berkas.",
        "properties": known,
        "additionalProperties": cell,
        "minProperties": 1,
        "maxProperties": MOST_CELLS,
    }
    rows = {"type": "array", "items": one, "minItems": 1, "maxItems": limits.rows}
    return {"oneOf": [rows, closed(rows=rows)]}


def _allowed(column: Column) -> str:
    return ", ".join(column.allowed_codes) if column.allowed_codes else str(column.kind)


def ledger() -> Schema:
    """read = accepted + duplicate + quarantined, always."""
    reason = {
        "type": "object",
        "properties": {"row": COUNT, "sheet": TEXT, "reasons": listed(TEXT)},
        "required": ["row", "reasons"],
        "additionalProperties": False,
    }
    return closed(
        path=TEXT,
        feed=one_of(tuple(FEEDS)),
        sha256=TEXT,
        read=COUNT,
        accepted=COUNT,
        duplicate=COUNT,
        quarantined=COUNT,
        reasons=listed(reason),
        notes=listed(TEXT),
        refused={"type": "null"},
    )


def problem() -> Schema:
    return closed(type=TEXT, title=TEXT, status=WHOLE, detail=TEXT)


def situation() -> Schema:
    """The key figures; see figures.py for what each of them counts."""
    percent = maybe({"type": "number", "minimum": 0})
    state = one_of(SITUASI)
    return closed(
        version=WHOLE,
        as_of=TIME,
        live=YESNO,
        exercise=YESNO,
        latihan={**YESNO, "description": "Papan ini memuat laporan buatan."},
        trouble={**YESNO, "description": "Penyimpanan tak terbaca; ini keadaan terakhir."},
        newest=_nullable(closed(at=TIME, exact=YESNO)),
        data_age_seconds=maybe(COUNT),
        open=closed(
            total=maybe(COUNT),
            change_1h=maybe(WHOLE),
            new_1h=maybe(COUNT),
            by_tingkat=_nullable(_counts(*TINGKAT, UNSTATED)),
        ),
        situasi=closed(
            kabupaten=maybe(state),
            counts=_counts(*SITUASI, UNSTATED),
            kecamatan=listed(
                closed(code=TEXT, name=TEXT, situasi=maybe(state), stated_at=maybe(TIME))
            ),
        ),
        turnout=closed(
            rate=percent,
            heads=maybe(COUNT),
            dpt=COUNT,
            dpt_told=COUNT,
            tps=COUNT,
            tps_told=COUNT,
            tps_doubted=COUNT,
            least=percent,
            most=percent,
            estimated={**closed(dpt=YESNO, dpt_told=YESNO), "description": "perkiraan"},
        ),
        tps=closed(
            total=COUNT,
            by_phase=_counts(NO_PHASE, *FASE),
            by_state=_counts(*STATES),
            reached=_nullable(closed(fase=one_of(FASE), tps=COUNT)),
        ),
        personnel=_nullable(
            closed(
                posted=maybe(COUNT),
                present=maybe(COUNT),
                tps=maybe(COUNT),
                tps_without_officer=maybe(COUNT),
            )
        ),
        feeds=listed(
            closed(feed=one_of(tuple(FEEDS)), last=maybe(TIME), expected=YESNO, silent=YESNO)
        ),
    )
