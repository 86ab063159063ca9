"""The stages of the election at a moment: which run, which come next, which have no date."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from situasi.domain.register import Stage

# The scope of stages that apply in every kabupaten.
NATIONAL = "nasional"


def compute_state(stage: Stage, day: date) -> str:
    """Return lewat, berjalan or akan; tanpa_tanggal where a missing date leaves that open."""
    if stage.end is not None and stage.end < day:
        return "lewat"
    if stage.start is not None and stage.start > day:
        return "akan"
    return "tanpa_tanggal" if stage.start is None or stage.end is None else "berjalan"


def build_timetable(stages: Sequence[Stage], day: date) -> pd.DataFrame:
    """Build one row per stage: code, name, start, end, scope, state, sure, source, note, drawn.

    drawn: both dates are known. Sorted by start, those without dates last.
    """
    table = pd.DataFrame(
        [(s.code, s.name, s.start, s.end, s.scope, compute_state(s, day), s.has_confirmed_dates,
          s.source, s.note, s.start is not None and s.end is not None) for s in stages],
        columns=["code", "name", "start", "end", "scope", "state", "sure", "source", "note",
                 "drawn"],
    )  # fmt: skip
    for edge in ("start", "end"):
        table[edge] = pd.to_datetime(table[edge])
    table = table.astype({"sure": bool, "drawn": bool})
    ordered = table.sort_values(["drawn", "start", "end"], ascending=[False, True, True])
    return ordered.reset_index(drop=True)


def filter_by_kabupaten(stages: Sequence[Stage], kabupaten: str) -> list[Stage]:
    """Return the stages of this kabupaten: its own and the national ones."""
    return [stage for stage in stages if stage.scope in (kabupaten, NATIONAL)]


def list_running_stages(stages: Sequence[Stage], day: date) -> list[Stage]:
    """Return the stages that run on this day, the shortest first: it says most about the day."""
    running = [stage for stage in stages if compute_state(stage, day) == "berjalan"]
    return sorted(running, key=lambda stage: (_compute_length_days(stage), stage.code))


def list_upcoming_stages(stages: Sequence[Stage], day: date) -> list[Stage]:
    """Return the stages that begin after this day, the nearest first."""
    later = [stage for stage in stages if compute_state(stage, day) == "akan"]
    return sorted(later, key=lambda stage: (stage.start or date.max, stage.code))


def find_covering_stages(stages: Sequence[Stage], first: date, last: date) -> tuple[str, ...]:
    """Return the codes of the stages that ran on all days from first to last."""
    return tuple(
        stage.code
        for stage in stages
        if stage.start and stage.end and stage.start <= first and last <= stage.end
    )


def _compute_length_days(stage: Stage) -> int:
    return (stage.end - stage.start).days if stage.start and stage.end else 0
