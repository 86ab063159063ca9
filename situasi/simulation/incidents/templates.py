"""Templates of incidents: what can happen, when, where, and how a posko words it."""

from dataclasses import dataclass
from typing import Any

from situasi.simulation import templates

_STATUSES = ("dilaporkan", "diverifikasi", "ditangani", "diteruskan", "selesai", "tidak_terbukti")


@dataclass(frozen=True)
class PhaseDelay:
    """Delay by an incident: this phase of its TPS, so many minutes after the incident began."""

    fase: str
    delay_range_min: tuple[int, int]


@dataclass(frozen=True)
class IncidentTemplate:
    """One kind of incident.

    time_window: anchors of its hours. weight: how common. location_level: level of its place.
    terrain: "" anywhere, "banjir" in flooded kecamatan, "sungai" in desa on water. number_range:
    bounds of the number in its texts. duration_range_min: from first to last report. is_multi_tps:
    it concerns that number of TPS of the desa, not one. alternative_text: how another post words
    the same first report, "" where nobody else reports it.
    """

    jenis: str
    tingkat: str
    time_window: tuple[str, str]
    weight: int
    location_level: str
    terrain: str
    number_range: tuple[int, int]
    duration_range_min: tuple[int, int]
    reporters: tuple[str, ...]
    is_multi_tps: bool
    phase_delays: tuple[PhaseDelay, ...]
    texts_by_status: dict[str, tuple[str, ...]]
    alternative_text: str = ""


def load_incident_templates() -> list[IncidentTemplate]:
    """Load all templates, in the order of their files."""
    return [
        _parse_template(raw)
        for name in templates.list_text_files("incidents_")
        for raw in templates.load_texts(name)["story"]
    ]


def parse_phase_delays(raw: dict[str, Any]) -> tuple[PhaseDelay, ...]:
    """Parse the `holds` entries of a story or crowd."""
    return tuple(
        PhaseDelay(entry["fase"], (entry["minutes"][0], entry["minutes"][1]))
        for entry in raw.get("holds", [])
    )


def _parse_template(raw: dict[str, Any]) -> IncidentTemplate:
    raw_texts = {status: raw[status] for status in _STATUSES if status in raw}
    texts = [text for entry in raw_texts.values() for text in _as_tuple(entry)]
    # Where every text names only the desa, the incident is at desa level.
    level = "tps" if any("{tps}" in text for text in texts) else "desa"
    return IncidentTemplate(
        jenis=raw["jenis"],
        tingkat=raw["tingkat"],
        time_window=(raw["between"][0], raw["between"][1]),
        weight=raw["weight"],
        location_level=raw.get("place", level),
        terrain=raw.get("where", ""),
        number_range=tuple(raw.get("n", (0, 0))),
        duration_range_min=tuple(raw["minutes"]),
        reporters=tuple(raw["pelapor"]),
        is_multi_tps=raw.get("spread", False),
        phase_delays=parse_phase_delays(raw),
        texts_by_status={status: _as_tuple(entry) for status, entry in raw_texts.items()},
        alternative_text=raw.get("retold", ""),
    )


def _as_tuple(texts: str | list[str]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)
