"""The API of a command above: the roll-ups of its kabupaten, and no rows.

Rows of a kabupaten are read and sent at its own Polres, which knows who may.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope, Send

from situasi.access import roles
from situasi.access.roles import Viewer
from situasi.common.work_limits import QueryLimiter
from situasi.higher_command import app
from situasi.higher_command.app import HigherCommandApp
from situasi.higher_command.rollup_cache import COUNTS, HigherCommandOverview
from situasi.higher_command.rollups.model import CriticalCase, Rollup
from situasi.server.api.api_keys import Keyring
from situasi.server.api.caller import Caller, authenticate, queue_owner
from situasi.server.api.limits import Limits
from situasi.server.api.problem_details import TITLES, Problem

ROLLUPS_PATH = "/api/v1/rollups"
# Free text stays on the page: it may name somebody.
_FREE_TEXT_FIELDS = frozenset({"uraian", "desa_text"})
_COUNT_FIELDS = ("reached", "open_tingkat", "jenis")
_TIME_FIELDS = ("at", "received_at", "reported_at")
_MEMBER_FIELDS = ("code", "name", "tps", "dpt", "estimated")
_PLAIN_FIELDS = ("version", "exercise", "rehearsal", "register", "kabupaten_state")
# Keys that clients know since the first version, where a field has another name.
_PUBLISHED_KEYS = {
    "turnout_heads": "rated",
    "turnout_dpt": "dpt_told",
    "critical_open": "serious_open",
    "kabupaten_state": "everywhere",
}


class HigherCommandService:
    """What the API routes of a command above do. Every method may be called from any thread."""

    def __init__(self, headquarters: HigherCommandApp, limits: Limits) -> None:
        self._headquarters = headquarters
        self._keyring = Keyring(headquarters.store)
        self._call_limiter = QueryLimiter(limits.burst_calls, limits.calls_per_minute)

    def queue_owner(self, headers: Headers) -> str:
        """Return whose queue a request waits in, before it is authenticated."""
        return queue_owner(headers, self._keyring)

    def authenticate(self, headers: Headers) -> Caller:
        """Return the caller and count the call. Raises Problem, TooManyQueries and StoreError."""
        caller = authenticate(headers, self._keyring)
        self._call_limiter.consume(caller.name)
        return caller

    def build_openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return build_openapi(self._headquarters.command.name)

    def get_rollups(self, viewer: Viewer | None, query: QueryParams) -> dict[str, Any]:
        """Return the roll-ups that this viewer may see. Raises Problem 403 and 422."""
        if viewer is None or not roles.may_open_higher_command(viewer):
            raise Problem(403, "Rekap hanya untuk akun satuan ini.")
        if query:
            raise Problem(422, "Alamat ini tidak mengenal saringan.")
        overview = self._headquarters.rollup_cache.current_overview()
        return build_rollups(app.filter_overview(overview, viewer.area))


def build_rollups(overview: HigherCommandOverview) -> dict[str, Any]:
    """Return the roll-ups as JSON; an unknown value is null."""
    silent = {member.code for member in overview.silent_members()}
    return {
        "command": overview.command.name,
        "level": overview.command.level,
        "checked_at": _format_time(overview.checked_at),
        "trouble": overview.trouble is not None,
        "latihan": any(member.rehearsal for member in overview.rollups.values()),
        "kabupaten": [
            {
                **{name: getattr(member, name) for name in _MEMBER_FIELDS},
                "silent": member.code in silent,
                "rollup": _build_rollup(overview.rollups.get(member.code)),
            }
            for member in overview.command.members
        ],
    }


def _build_rollup(rollup: Rollup | None) -> dict[str, Any] | None:
    if rollup is None:
        return None
    counts = {name: _build_counts(getattr(rollup, name)) for name in _COUNT_FIELDS}
    return {
        **{_key(name): getattr(rollup, name) for name in (*_PLAIN_FIELDS, *COUNTS)},
        **{name: _format_time(getattr(rollup, name)) for name in _TIME_FIELDS},
        **counts,
        "serious": [_build_critical_case(case) for case in rollup.critical_cases],
    }


def _key(field_name: str) -> str:
    """Return the key of a field in the JSON of this API."""
    return _PUBLISHED_KEYS.get(field_name, field_name)


def _build_critical_case(case: CriticalCase) -> dict[str, Any]:
    values = {
        field.name: getattr(case, field.name)
        for field in fields(case)
        if field.name not in _FREE_TEXT_FIELDS
    }
    return {name: _format_time(value) if isinstance(value, datetime) else value
            for name, value in values.items()}  # fmt: skip


def _build_counts(counts: Any) -> dict[str, int] | None:
    """Return counts by name; JSON keys cannot be null, so "" stands for unstated."""
    return None if counts is None else {name or "": number for name, number in counts.items()}


def _format_time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def build_openapi(name: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of this API."""
    operation = {
        "operationId": "rollups",
        "summary": "Rekap setiap kabupaten, sekarang.",
        "responses": {
            "200": {
                "description": "Rekap.",
                "content": {"application/json": {"schema": _build_schema()}},
            },
            **{str(status): {"description": TITLES[status]} for status in (401, 403, 429, 503)},
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Situasi · {name}",
            "version": "1",
            "description": "Rekap semua kabupaten. Baris laporan ada pada papan tiap Polres.",
        },
        "servers": [{"url": "/"}],
        "paths": {ROLLUPS_PATH: {"get": operation}},
    }


def _build_schema() -> dict[str, Any]:
    """Return the schema of `build_rollups`."""
    count = {"type": ["integer", "null"], "minimum": 0}
    time = {"type": ["string", "null"], "format": "date-time"}
    counts = {"type": ["object", "null"], "additionalProperties": {"type": "integer"}}
    text, boolean = {"type": "string"}, {"type": "boolean"}
    rollup = {
        "type": ["object", "null"],
        "description": "Rekap kabupaten; null: belum ada laporan; angka null: belum diketahui.",
        "properties": {
            **dict.fromkeys(map(_key, COUNTS), count),
            **dict.fromkeys(_TIME_FIELDS, time),
            **dict.fromkeys(_COUNT_FIELDS, counts),
            "version": {"type": "integer"},
            **dict.fromkeys(("exercise", "rehearsal", "register"), boolean),
            "everywhere": {"type": ["string", "null"]},
            "serious": {"type": "array", "items": {"type": "object"}},
        },
    }
    kabupaten = _build_object(
        code=text, name=text, tps=count, dpt=count, estimated=boolean, silent=boolean, rollup=rollup
    )
    items = {"type": "array", "items": kabupaten}
    return _build_object(
        command=text, level=text, checked_at=text, trouble=boolean, latihan=boolean, kabupaten=items
    )


def _build_object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


async def not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer that there are only roll-ups here. Raises Problem 404."""
    headquarters = app.current_higher_command()
    assert headquarters is not None, "asked where a command above is served"
    raise Problem(
        404,
        f"Ini papan {headquarters.command.name}: di sini hanya rekap ({ROLLUPS_PATH})."
        " Baris laporan dibaca dan dikirim pada papan Polres masing-masing.",
    )
