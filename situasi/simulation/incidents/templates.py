"""Stories of incidents: what can happen, when, where, and how a posko words its course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from situasi.simulation import templates

_STATUS = ("dilaporkan", "diverifikasi", "ditangani", "diteruskan", "selesai", "tidak_terbukti")


@dataclass(frozen=True)
class Hold:
    """What an incident holds up: this phase of its TPS, so many minutes after it began."""

    fase: str
    minutes: tuple[int, int]


@dataclass(frozen=True)
class Story:
    """One kind of course.

    between: anchors of its hours. weight: how common. place: level of its location.
    where: "" anywhere, "banjir" in flooded kecamatan, "sungai" in desa on water.
    n: bounds of the number in its sentences. minutes: bounds from first to last word.
    spread: it concerns n TPS of the desa, not one. told: sentences by status.
    retold: how another post words the same first report, "" where nobody else tells it.
    """

    jenis: str
    tingkat: str
    between: tuple[str, str]
    weight: int
    place: str
    where: str
    n: tuple[int, int]
    minutes: tuple[int, int]
    pelapor: tuple[str, ...]
    spread: bool
    holds: tuple[Hold, ...]
    told: dict[str, tuple[str, ...]]
    retold: str = ""


def load() -> list[Story]:
    """All stories, in the order of their files."""
    return [
        _story(raw)
        for name in templates.names("incidents_")
        for raw in templates.read(name)["story"]
    ]


def holds(raw: dict[str, Any]) -> tuple[Hold, ...]:
    """The `holds` entries of a story or crowd."""
    return tuple(
        Hold(entry["fase"], (entry["minutes"][0], entry["minutes"][1]))
        for entry in raw.get("holds", [])
    )


def _story(raw: dict[str, Any]) -> Story:
    told = {status: raw[status] for status in _STATUS if status in raw}
    texts = [text for words in told.values() for text in _several(words)]
    # Where every sentence names only the desa, the incident is the desa's.
    level = "tps" if any("{tps}" in text for text in texts) else "desa"
    return Story(
        jenis=raw["jenis"],
        tingkat=raw["tingkat"],
        between=(raw["between"][0], raw["between"][1]),
        weight=raw["weight"],
        place=raw.get("place", level),
        where=raw.get("where", ""),
        n=tuple(raw.get("n", (0, 0))),
        minutes=tuple(raw["minutes"]),
        pelapor=tuple(raw["pelapor"]),
        spread=raw.get("spread", False),
        holds=holds(raw),
        told={status: _several(words) for status, words in told.items()},
        retold=raw.get("retold", ""),
    )


def _several(words: str | list[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)
