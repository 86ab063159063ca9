"""Rows of an incident: who reports each update, its grading, and who is assigned."""

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
    """Build the rows of an incident, one for each update."""
    point = incident.place.point
    common = context.build_location_cells(incident.place) | {
        "waktu": incident.occurred_time.isoformat(timespec="seconds"),
        "lat": f"{point[1]:.5f}" if point else "",
        "lon": f"{point[0]:.5f}" if point else "",
        "jenis": incident.jenis,
    }
    return [
        FeedRow(
            update.reported_time,
            incident.place.kecamatan,
            incident.key,
            common
            | handling
            | {
                "tingkat": update.tingkat,
                "status": update.status,
                "situasi": update.situasi,
                "uraian": update.uraian,
            },
        )
        for update, handling in zip(
            incident.updates, _build_handling_cells(context, incident), strict=True
        )
    ]


def _build_handling_cells(
    context: SimulationContext, incident: SimulatedIncident
) -> list[dict[str, str]]:
    """Build for each update: pelapor, keandalan, kredibilitas, ditugaskan and rujukan."""
    texts = templates.load_texts("handling")
    unit = texts["unit"].get(incident.jenis, context.get_polsek(incident.place.kecamatan))
    source = _grade_source(incident, texts)
    is_graded = context.rng(f"graded/{incident.key}").random() >= _UNGRADED_SHARE
    cells: list[dict[str, str]] = []
    rujukan = ditugaskan = ""
    for update in incident.updates:
        if update.status in _ASSIGNED_STATUSES:
            ditugaskan = unit
        if update.status == "diteruskan":
            rujukan = _find_referral(update.uraian, texts)
        is_first = update.status == _REPORTED
        cells.append(
            {
                "pelapor": _select_reporter(context, incident, update.status, unit),
                "keandalan": source if is_graded or not is_first else "",
                "kredibilitas": _grade_credibility(update.status, source)
                if is_graded or not is_first
                else "",
                "ditugaskan": ditugaskan,
                "rujukan": rujukan,
            }
        )
    return cells


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
