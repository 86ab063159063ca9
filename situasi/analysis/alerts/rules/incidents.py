"""Alert intervals of cases: critical ones, a situasi above hijau, an overdue step."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.alerts.intervals import build_intervals
from situasi.analysis.incidents.cases import is_critical
from situasi.analysis.incidents.milestones import step_limits
from situasi.analysis.timestamps import MICROSECOND
from situasi.domain.alert_rules import AlertRule
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.rules import CriticalRule, ServiceLevel

# So many cases of a kecamatan are alerts of their own; nobody reads more one by one.
MAX_SINGLE_ALERTS = 200


def find_critical(history: pd.DataFrame, critical: CriticalRule) -> pd.DataFrame:
    """Find open cases that are critical (cases.is_critical), each an alert of its own.

    Beyond MAX_SINGLE_ALERTS of a kecamatan the cases that began later share one alert.
    history: CaseHistory.table.
    """
    grave = history[history["open"] & is_critical(history, critical)]
    first = grave.sort_values(["begin", "seq"]).drop_duplicates("case")
    rank = first.groupby("kecamatan", dropna=False).cumcount()
    together = grave["case"].isin(first.loc[rank >= MAX_SINGLE_ALERTS, "case"])
    subject = grave["case"].where(~together, grave["kecamatan"])
    return _build_case_intervals("berat", grave, grave["begin"], subject=subject.to_numpy())


def find_elevated_situasi(
    history: pd.DataFrame, rule: AlertRule, critical: CriticalRule
) -> pd.DataFrame:
    """Find open cases whose situasi has a level in the rule, by kecamatan; not critical ones.

    Those are alerts of their own already (find_critical).
    """
    levels = rule.situasi_levels or {}
    is_elevated = history["open"] & history["situasi"].isin(list(levels))
    elevated = history[is_elevated & ~is_critical(history, critical)]
    return _build_case_intervals(
        "keramaian",
        elevated,
        elevated["begin"],
        subject=elevated["kecamatan"].to_numpy(),
        level=[levels[state] for state in elevated["situasi"]],
        value=elevated["situasi"].to_numpy(),
    )


def find_overdue(history: pd.DataFrame, service: Mapping[str, ServiceLevel]) -> pd.DataFrame:
    """Find open cases whose next step (milestones.STEPS) is past its time limit, by kecamatan."""
    open_cases = history[history["open"]]
    step = np.where(
        ~open_cases["verified"].to_numpy(bool),
        "diverifikasi",
        np.where(~open_cases["handled"].to_numpy(bool), "ditangani", "selesai"),
    ).astype(object)
    tingkat = [w if isinstance(w, str) else "belum" for w in open_cases["tingkat"]]
    limits = {level: step_limits(times) for level, times in service.items()}
    allowed = np.array(
        [limits[w][s] // MICROSECOND for w, s in zip(tingkat, step, strict=True)], dtype="int64"
    )
    late = open_cases["start"].to_numpy("int64") + allowed + 1  # not late at the very limit
    begin = np.maximum(open_cases["begin"].to_numpy("int64"), late)
    return _build_case_intervals(
        "lewat_waktu", open_cases, begin, subject=open_cases["kecamatan"].to_numpy(), value=step
    )


def _build_case_intervals(rule: str, cases: pd.DataFrame, begin: Any, **cells: Any) -> pd.DataFrame:
    return build_intervals(
        rule,
        member=cases["case"].to_numpy(),
        begin=np.asarray(begin, dtype="int64"),
        end=cases["end"].to_numpy("int64"),
        kecamatan=cases["kecamatan"].to_numpy(),
        feed=INCIDENTS.name,
        seq=cases["seq"].to_numpy(),
        latihan=cases["latihan"].to_numpy(),
        **cells,
    )
