"""Punctuality over a period: which steps of cases and which phases of TPS were late."""

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from situasi.analysis.incidents.milestones import STEPS, step_limits
from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register
from situasi.domain.rules import ServiceLevel


def build_step_table(
    cases: pd.DataFrame,
    case_milestones: pd.DataFrame,
    service: Mapping[str, ServiceLevel],
    at: datetime,
) -> pd.DataFrame:
    """Count the cases that reached each step in time, reached it late, or still owe it.

    case_milestones: of compute_milestones, for these cases at least. Index: STEPS. Columns:
    in_time, late (reached after its limit), waiting (not reached, within the limit), overdue (not
    reached, beyond the limit). Each case is in exactly one.
    """
    times = case_milestones.reindex(cases["case"])
    levels = [level if isinstance(level, str) else "belum" for level in cases["tingkat"]]
    limits = [step_limits(service[level]) for level in levels]
    counts = {}
    for step in STEPS:
        limit = pd.Series([steps[step] for steps in limits], times.index, dtype="timedelta64[us]")
        reached = times[step].notna()
        took = times[step].fillna(pd.Timestamp(at)) - times["start"]
        is_late = took > limit
        counts[step] = {
            "in_time": int((reached & ~is_late).sum()),
            "late": int((reached & is_late).sum()),
            "waiting": int((~reached & ~is_late).sum()),
            "overdue": int((~reached & is_late).sum()),
        }
    return pd.DataFrame.from_dict(counts, orient="index")


def build_phase_table(stations: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """Count the TPS that reached each phase that was due by `at`, and how punctually.

    stations: of stations.status. Index: fase. Columns: due (time of the rules), in_time, late (its
    minute is after due), untimed (reached, minute not reported), missing (not reported as reached).
    Each TPS is in exactly one.
    """
    furthest = stations["fase"].map({fase: rank for rank, fase in enumerate(FASE)}).fillna(-1)
    rows = []
    for due in register.election.rules.tps.phase_deadlines:
        due_at = pd.Timestamp(register.election.local_time(due.at))
        if due_at > pd.Timestamp(at):
            continue
        reached_at = stations[due.fase]
        has_time, is_reached = reached_at.notna(), furthest >= FASE.index(due.fase)
        rows.append(
            {
                "fase": due.fase,
                "due": due.at,
                "in_time": int((has_time & (reached_at <= due_at)).sum()),
                "late": int((has_time & (reached_at > due_at)).sum()),
                "untimed": int((~has_time & is_reached).sum()),
                "missing": int((~has_time & ~is_reached).sum()),
            }
        )
    columns = ["fase", "due", "in_time", "late", "untimed", "missing"]
    return pd.DataFrame(rows, columns=columns).set_index("fase")
