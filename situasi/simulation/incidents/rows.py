"""The rows of an incident: who tells each turn, how far it is trusted, who takes it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import Scene
from situasi.simulation.feed_rows import Post
from situasi.simulation.incidents.lifecycle import Life

_NOT_GRADED_YET = 0.3
_FIRST, _CHECKED, _UNFOUNDED = "dilaporkan", "diverifikasi", "tidak_terbukti"
_ASSIGNED_WITH = ("ditangani", "diteruskan", "selesai")
# Credibility: 1 confirmed, 3 possibly true, 5 improbable, 6 cannot be judged.
_CONFIRMED, _POSSIBLE, _IMPROBABLE, _HEARSAY = "1", "3", "5", "6"


def posts(scene: Scene, life: Life) -> list[Post]:
    """The rows of a life, one for each turn."""
    point = life.place.point
    fixed = scene.where(life.place) | {
        "waktu": life.began.isoformat(timespec="seconds"),
        "lat": f"{point[1]:.5f}" if point else "",
        "lon": f"{point[0]:.5f}" if point else "",
        "jenis": life.jenis,
    }
    return [
        Post(
            turn.at,
            life.place.kecamatan,
            life.key,
            fixed
            | handled
            | {
                "tingkat": turn.tingkat,
                "status": turn.status,
                "situasi": turn.situasi,
                "uraian": turn.uraian,
            },
        )
        for turn, handled in zip(life.turns, _handled(scene, life), strict=True)
    ]


def _handled(scene: Scene, life: Life) -> list[dict[str, str]]:
    """For each turn: pelapor, keandalan, kredibilitas, ditugaskan and rujukan."""
    words = templates.read("handling")
    unit = words["unit"].get(life.jenis, scene.polsek(life.place.kecamatan))
    source = _source(life, words)
    graded = scene.rng(f"graded/{life.key}").random() >= _NOT_GRADED_YET
    found: list[dict[str, str]] = []
    rujukan = ditugaskan = ""
    for turn in life.turns:
        if turn.status in _ASSIGNED_WITH:
            ditugaskan = unit
        if turn.status == "diteruskan":
            rujukan = _referral(turn.uraian, words)
        first = turn.status == _FIRST
        found.append(
            {
                "pelapor": _teller(scene, life, turn.status, unit),
                "keandalan": source if graded or not first else "",
                "kredibilitas": _credible(turn.status, source) if graded or not first else "",
                "ditugaskan": ditugaskan,
                "rujukan": rujukan,
            }
        )
    return found


def _teller(scene: Scene, life: Life, status: str, unit: str) -> str:
    if status == _FIRST:
        return life.pelapor
    polsek = scene.polsek(life.place.kecamatan)
    return {_CHECKED: polsek, _UNFOUNDED: polsek, "ditangani": unit}.get(status, "Operator posko")


def _source(life: Life, words: Mapping[str, Any]) -> str:
    if any(word in life.turns[0].uraian for word in words["hearsay"]["words"]):
        return str(words["hearsay"]["keandalan"])
    return str(words["source"].get(life.pelapor, "A"))


def _credible(status: str, source: str) -> str:
    if status == _UNFOUNDED:
        return _IMPROBABLE
    if status != _FIRST:
        return _CONFIRMED
    return _HEARSAY if source > "C" else _POSSIBLE


def _referral(text: str, words: Mapping[str, Any]) -> str:
    return next((str(r["to"]) for r in words["referral"] if r["word"] in text), "")
