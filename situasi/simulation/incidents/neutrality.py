"""Neutrality on the rehearsal day: no case, and Sipropam reports so morning, noon and evening."""

from situasi.simulation import templates
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import SimulationContext
from situasi.simulation.feed_rows import FeedRow

_UNIT = "Sipropam"


def simulate_neutrality(context: SimulationContext) -> list[FeedRow]:
    """Simulate the nihil reports of the day."""
    rng = context.rng("neutrality")
    rows = []
    for number, raw in enumerate(templates.load_texts("neutrality")["report"]):
        moment = context.clock.resolve_anchor(raw["at"])
        reported_time = context.clock.clip(moment + draw_minutes(rng, 3, 12))
        cells = context.build_area_cells("") | {
            "waktu": moment.isoformat(timespec="seconds"),
            "asal": "propam",
            "langkah": "nihil",
            "satuan": _UNIT,
            "uraian": raw["uraian"],
            "pelapor": _UNIT,
        }
        rows.append(FeedRow(reported_time, "", f"nihil-{number}", cells))
    return rows
