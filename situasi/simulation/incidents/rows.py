"""The rows of an incident: who tells each turn, how far it is trusted, who takes it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import SimulationContext
from situasi.simulation.feed_rows import FeedRow
from situasi.simulation.incidents.lifecycle import SimulatedIncident

_UNGRADED_SHARE = 0.3
_REPORTED, _VERIFIED, _UNFOUNDED = "dilaporkan", "diverifikasi", "tidak_terbukti"
_ASSIGNED_STATUSES = ("ditangani", "diteruskan", "selesai")
# Credibility: 1 confirmed, 3 possibly true, 5 improbable, 6 cannot be judged.
_CONFIRMED, _POSSIBLE, _IMPROBABLE, _HEARSAY = "1", "3", "5", "6"


def build_incident_rows(context: SimulationContext, incident: SimulatedIncident) -> list[FeedRow]:
    """The rows of a life, one for each turn."""
    point = incident.place.point
    fixed = context.build_location_cells(incident.place) | {
        "waktu": incident.occurred_time.isoformat(timespec="seconds"),
        "lat": f"{point[1]:.5f}" if point else "",
        "lon": f"{point[0]:.5f}" if point else "",
        "jenis": incident.jenis,
    }
    return [
        FeedRow(
            turn.reported_time,
            incident.place.kecamatan,
            incident.key,
            fixed
            | handled
            | {
                "tingkat": turn.tingkat,
                "status": turn.status,
                "situasi": turn.situasi,
                "uraian": turn.uraian,
            },
        )
        for turn, handled in zip(
            incident.updates, _build_handling_cells(context, incident), strict=True
        )
    ]


def _build_handling_cells(
    context: SimulationContext, incident: SimulatedIncident
) -> list[dict[str, str]]:
    """For each turn: pelapor, keandalan, kredibilitas, ditugaskan and rujukan."""
    words = templates.load_texts("handling")
    unit = words["unit"].get(incident.jenis, context.get_polsek(incident.place.kecamatan))
    source = _grade_source(incident, words)
    graded = context.rng(f"graded/{incident.key}").random() >= _UNGRADED_SHARE
    found: list[dict[str, str]] = []
    rujukan = ditugaskan = ""
    for turn in incident.updates:
        if turn.status in _ASSIGNED_STATUSES:
            ditugaskan = unit
        if turn.status == "diteruskan":
            rujukan = _find_referral(turn.uraian, words)
        first = turn.status == _REPORTED
        found.append(
            {
                "pelapor": _select_reporter(context, incident, turn.status, unit),
                "keandalan": source if graded or not first else "",
                "kredibilitas": _grade_credibility(turn.status, source)
                if graded or not first
                else "",
                "ditugaskan": ditugaskan,
                "rujukan": rujukan,
            }
        )
    return found


def _select_reporter(
    context: SimulationContext, incident: SimulatedIncident, status: str, unit: str
) -> str:
    if status == _REPORTED:
        return incident.pelapor
    polsek = context.get_polsek(incident.place.kecamatan)
    return {_VERIFIED: polsek, _UNFOUNDED: polsek, "ditangani": unit}.get(status, "Operator posko")


def _grade_source(incident: SimulatedIncident, texts: Mapping[str, Any]) -> str:
    if any(word in incident.updates[0].uraian for word in texts["hearsay"]["words"]):
        return str(texts["hearsay"]["keandalan"])
    return str(texts["source"].get(incident.pelapor, "A"))


def _grade_credibility(status: str, source: str) -> str:
    if status == _UNFOUNDED:
        return _IMPROBABLE
    if status != _REPORTED:
        return _CONFIRMED
    return _HEARSAY if source > "C" else _POSSIBLE


def _find_referral(text: str, texts: Mapping[str, Any]) -> str:
    return next((str(r["to"]) for r in texts["referral"] if r["word"] in text), "")
