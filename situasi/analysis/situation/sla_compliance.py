"""Punctuality over a period: which steps of cases, and which phases of TPS, came too late."""

from __future__ import annotations

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
    """How many cases reached each step in time, too late, or still owe it.

    shown: cases. lived: lives.lives, of these at least. Index: STEPS. Columns: in_time, late
    (reached after its limit), waiting (not reached, the limit not past), overdue (not reached,
    though the limit is past). Each case is in exactly one.
    """
    mine = case_milestones.reindex(cases["case"])
    levels = [level if isinstance(level, str) else "belum" for level in cases["tingkat"]]
    limits = [step_limits(service[level]) for level in levels]
    found = {}
    for step in STEPS:
        limit = pd.Series([one[step] for one in limits], mine.index, dtype="timedelta64[us]")
        reached = mine[step].notna()
        took = mine[step].fillna(pd.Timestamp(at)) - mine["start"]
        over = took > limit
        found[step] = {
            "in_time": int((reached & ~over).sum()),
            "late": int((reached & over).sum()),
            "waiting": int((~reached & ~over).sum()),
            "overdue": int((~reached & over).sum()),
        }
    return pd.DataFrame.from_dict(found, orient="index")


def build_phase_table(stations: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """How many TPS reached each phase that was due by `at`, and when.

    found: of stations.stations. Index: fase. Columns: due (time of the rules), in_time, late
    (its minute is after due), untimed (reached, but nobody told the minute), missing (nobody
    told that it was reached). Each TPS is in exactly one.
    """
    furthest = stations["fase"].map({fase: rank for rank, fase in enumerate(FASE)}).fillna(-1)
    rows = []
    for due in register.election.rules.tps.phase_deadlines:
        moment = pd.Timestamp(register.election.local_time(due.at))
        if moment > pd.Timestamp(at):
            continue
        told = stations[due.fase]
        timed, passed = told.notna(), furthest >= FASE.index(due.fase)
        rows.append(
            {
                "fase": due.fase,
                "due": due.at,
                "in_time": int((timed & (told <= moment)).sum()),
                "late": int((timed & (told > moment)).sum()),
                "untimed": int((~timed & passed).sum()),
                "missing": int((~timed & ~passed).sum()),
            }
        )
    columns = ["fase", "due", "in_time", "late", "untimed", "missing"]
    return pd.DataFrame(rows, columns=columns).set_index("fase")
