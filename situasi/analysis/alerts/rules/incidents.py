"""Spells of cases: weighed tinggi, a crowd that is no longer hijau, a step past its time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.alerts.intervals import build_intervals
from situasi.domain.alert_rules import AlertRule
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.rules import ServiceLevel

_MICROSECOND = timedelta(microseconds=1)


# Grave cases of a kecamatan that are alerts of their own; nobody reads more one by one.
MAX_SINGLE_ALERTS = 200


def find_critical(history: pd.DataFrame) -> pd.DataFrame:
    """Open cases weighed tinggi, each an alert of its own; beyond MOST_OWN of a kecamatan those
    that began later are one alert together. table: of pieces.Pieces.
    """
    some = history[history["open"] & (history["tingkat"] == "tinggi")]
    first = some.sort_values(["begin", "seq"]).drop_duplicates("case")
    turn = first.groupby("kecamatan", dropna=False).cumcount()
    together = some["case"].isin(first.loc[turn >= MAX_SINGLE_ALERTS, "case"])
    subject = some["case"].where(~together, some["kecamatan"])
    return _build_case_intervals("berat", some, some["begin"], subject=subject.to_numpy())


def find_elevated_situasi(history: pd.DataFrame, rule: AlertRule) -> pd.DataFrame:
    """Open cases whose situasi has a level in the rule, by kecamatan."""
    steps = rule.situasi_levels or {}
    some = history[history["open"] & history["situasi"].isin(list(steps))]
    return _build_case_intervals(
        "keramaian",
        some,
        some["begin"],
        subject=some["kecamatan"].to_numpy(),
        level=[steps[state] for state in some["situasi"]],
        value=some["situasi"].to_numpy(),
    )


def find_overdue(history: pd.DataFrame, service: Mapping[str, ServiceLevel]) -> pd.DataFrame:
    """Open cases whose next step (analysis.lives.STEPS) is past its time, by kecamatan."""
    some = history[history["open"]]
    step = np.where(
        ~some["verified"].to_numpy(bool),
        "diverifikasi",
        np.where(~some["handled"].to_numpy(bool), "ditangani", "selesai"),
    ).astype(object)
    weights = [w if isinstance(w, str) else "belum" for w in some["tingkat"]]
    allowed = np.array(
        [_step_limit_us(service[w], s) for w, s in zip(weights, step, strict=True)], dtype="int64"
    )
    late = some["start"].to_numpy("int64") + allowed + 1  # at its time a step is not late yet
    begin = np.maximum(some["begin"].to_numpy("int64"), late)
    return _build_case_intervals(
        "lewat_waktu", some, begin, subject=some["kecamatan"].to_numpy(), value=step
    )


def _step_limit_us(service: ServiceLevel, step: str) -> int:
    time = {
        "diverifikasi": service.verify,
        "ditangani": service.handle,
        "selesai": service.close,
    }[step]
    return time // _MICROSECOND


def _build_case_intervals(rule: str, cases: pd.DataFrame, begin: Any, **more: Any) -> pd.DataFrame:
    return build_intervals(
        rule,
        member=cases["case"].to_numpy(),
        begin=np.asarray(begin, dtype="int64"),
        end=cases["end"].to_numpy("int64"),
        kecamatan=cases["kecamatan"].to_numpy(),
        feed=INCIDENTS.name,
        seq=cases["seq"].to_numpy(),
        latihan=cases["latihan"].to_numpy(),
        **more,
    )
