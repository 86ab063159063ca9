"""Matters that wait for a decision: grave reports, late steps, boxes, silence and gaps.

Each is one row with what, where, since when and by when it should have been dealt with, so that a
wall or a message need not judge anything itself.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis.alerts import engine
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import milestones
from situasi.analysis.queries import reads
from situasi.analysis.situation import critical
from situasi.domain.alert_rules import AlertRule, AlertRules
from situasi.domain.feed_schemas import INCIDENTS, STATUS
from situasi.domain.register import Register

# `kind` of a grave report; every other kind is the code of an alert rule.
GRAVE = "berat"
# From this level on (index in AlertRules.levels) what holds now asks for a decision.
MIN_LEVEL = 1
# So many areas of one rule are named one by one; more become one row, so that one source leaves
# space for the others.
MAX_AREAS = 2
# Rules without a place on a list that a whole room reads: neutrality is confidential.
_LEFT_OUT_RULES = ("berat", "netralitas")
# Of these a few in each of many kecamatan are as many as in one.
_SUMMED_RULES = ("tanpa_petugas", "tps_diam", "belum_dibuka", "kotak", "lewat_waktu")
_ALERT_COLUMNS = ("key", "rule", "level", "kecamatan", "since", "n", "member", "latihan")
# From this status on somebody works on a case, whoever acknowledged it.
_HANDLED_FROM = STATUS.index("ditangani")
COLUMNS = (
    "kind", "key", "cases", "level", "kecamatan", "place_code", "since", "known_at", "due_at",
    "step", "count", "area_count", "member", "unit", "is_handled", "is_summed", "latihan",
)  # fmt: skip


@reads(
    INCIDENTS,
    depends_on=(critical.find_critical_cases, engine.compute_alerts),
)
def find_decisions(
    frames: FeedFrames,
    register: Register,
    at: datetime,
    grave_cases: pd.DataFrame,
    alerts: Alerts,
) -> pd.DataFrame:
    """Find what waits for a decision, the most urgent first; a frame of COLUMNS.

    kind: GRAVE or the code of an alert rule. key: the case or the alert; cases: of a grave report,
    merged ones included. level: index in AlertRules.levels. place_code: desa or kecamatan, None for
    the whole kabupaten. since: when it began; known_at: when it was known to be grave; due_at: when
    its limit was reached. step: the next step of a case. count: members; area_count: kecamatan, of
    which the worst is named. member: the only member, else None. unit: who handles a case by the
    reports. is_handled: whether the reports say that somebody does. is_summed: no kecamatan alone
    has enough of it.
    """
    election = register.election
    top = len(election.alerts.levels) - 1  # the gravest
    current = _list_current_alerts(alerts, election.alerts, set(_all_members(grave_cases)))
    rows = [
        *_list_grave_cases(frames[INCIDENTS.name], register, grave_cases, top),
        *_list_alerts(current, election.alerts),
    ]
    times = dict.fromkeys(("since", "known_at", "due_at"), "datetime64[us, UTC]")
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object").astype(
        {**times, "level": "int64", "count": "int64", "is_handled": "bool", "is_summed": "bool"}
    )
    late = (pd.Timestamp(at) - table["due_at"]).dt.total_seconds()
    order = table.assign(grave=table["kind"] == GRAVE, late=late).sort_values(
        ["level", "is_handled", "grave", "is_summed", "late", "key"],
        ascending=[False, True, False, True, False, True],
        kind="stable",
    )
    return table.loc[order.index].reset_index(drop=True)


def assign_holders(
    decisions: pd.DataFrame, names_by_case: Mapping[str, str], names_by_alert: Mapping[str, str]
) -> pd.DataFrame:
    """Return the decisions with `holder`, who has it (None: nobody), those without one first.

    names_by_case: who acknowledged a case; names_by_alert: who saw or acted on an alert, by key.
    Within one level what nobody has is more urgent than what somebody works on. Grave reports that
    nobody has come before all else, the newest first: it may not have been seen yet, and must not
    stand behind what is merely overdue for longer.
    """
    rows: list[Any] = list(decisions.itertuples())
    holders = [_find_holder(row, names_by_case, names_by_alert) for row in rows]
    table = decisions.assign(holder=pd.Series(holders, decisions.index, dtype="object"))
    is_held = table["holder"].notna() | table["is_handled"]
    is_unheld_grave = ~is_held & (table["kind"] == GRAVE)
    order = table.assign(
        is_held=is_held, came=table["known_at"].where(is_unheld_grave)
    ).sort_values(
        ["came", "level", "is_held"],
        ascending=[False, False, True],
        kind="stable",
        na_position="last",
    )
    return table.loc[order.index].reset_index(drop=True)


def _find_holder(
    row: Any, names_by_case: Mapping[str, str], names_by_alert: Mapping[str, str]
) -> str | None:
    if row.kind != GRAVE:
        return names_by_alert.get(row.key)
    named = next((names_by_case[case] for case in row.cases if case in names_by_case), None)
    return named or row.unit


def _all_members(grave_cases: pd.DataFrame) -> list[str]:
    return [case for members in grave_cases["members"] for case in members]


def _list_grave_cases(
    rows: pd.DataFrame, register: Register, grave_cases: pd.DataFrame, level: int
) -> list[dict[str, Any]]:
    """Return a row for each open grave case, with its next step and the limit of that."""
    grave_rows: list[Any] = list(grave_cases.itertuples())
    members = {str(case): str(row.case) for row in grave_rows for case in row.members}
    own_rows = rows[rows["case"].isin(list(members))]
    reached = milestones.collapse(milestones.compute_milestones(own_rows), members)
    with_steps = milestones.find_next_steps(
        grave_cases, reached, register.election.rules.service_levels
    )
    cases: list[Any] = list(with_steps.itertuples())
    return [
        {
            "kind": GRAVE,
            "key": row.case,
            "cases": row.members,
            "level": level,
            "kecamatan": _text_or_none(row.kecamatan),
            "place_code": _text_or_none(row.desa) or _text_or_none(row.kecamatan),
            "since": row.started_at,
            "known_at": row.grave_at,
            "due_at": row.due_at,
            "step": row.step,
            "count": 1,
            "area_count": 1,
            "member": row.case,
            "unit": _text_or_none(row.ditugaskan),
            "is_handled": STATUS.index(row.status) >= _HANDLED_FROM
            or _text_or_none(row.ditugaskan) is not None,
            "is_summed": False,
            "latihan": bool(row.latihan),
        }
        for row in cases
    ]


def _list_current_alerts(
    alerts: Alerts, rules: AlertRules, grave_members: set[str]
) -> pd.DataFrame:
    """Return the open alerts with what still holds of them (_assess_current)."""
    table = alerts.table
    is_open = table["ended"].isna() & ~table["fading"]
    table = table[is_open & ~table["rule"].isin(_LEFT_OUT_RULES)]
    current = alerts.members[alerts.members["now"] & alerts.members["key"].isin(table["key"])]
    # What is on the list as a grave report is not on it once more as a late one.
    others = set(current.loc[~current["member"].isin(list(grave_members)), "key"])
    table = table[table["key"].isin(others) | ~table["key"].isin(current["key"])]
    return _assess_current(table, current, rules)


def _list_alerts(table: pd.DataFrame, rules: AlertRules) -> list[dict[str, Any]]:
    """Return a row for each of these alerts that matters; of a rule with many areas one for all.

    Where no area matters by itself, those of _SUMMED_RULES may together.
    """
    rows = []
    for rule, group in table.groupby("rule", sort=False):
        worst = group.sort_values(["level", "n"], ascending=False, kind="stable")
        parts = _split_areas(rules.rules[str(rule)], worst)
        rows += [_build_alert_row(str(rule), part) for part in parts]
    return rows


def _split_areas(rule: AlertRule, alerts: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the alerts of one rule that matter, in parts of which each is one row."""
    serious = alerts[alerts["level"] >= MIN_LEVEL]
    if len(serious) > MAX_AREAS:
        return [serious]
    if len(serious) or rule.code not in _SUMMED_RULES:
        return [serious.iloc[[n]] for n in range(len(serious))]
    together = rule.level_for(int(alerts["n"].sum()))
    return [alerts] if together >= MIN_LEVEL else []


def _assess_current(table: pd.DataFrame, members: pd.DataFrame, rules: AlertRules) -> pd.DataFrame:
    """Return the alerts with the level and the begin of what still holds.

    An alert keeps the level that it once had, and the hour at which it began, however few of its
    members are left: that is its history, not what has to be decided.
    """
    begins = members.groupby("key")["begin"].min().reindex(table["key"]).set_axis(table.index)
    rows: list[Any] = list(table.itertuples())
    levels = [
        row.level if (rule := rules.rules[row.rule]).has_own_levels else rule.level_for(row.n)
        for row in rows
    ]
    table = table.assign(level=levels, since=begins.fillna(table["since"]))
    return table[list(_ALERT_COLUMNS)].astype({"level": int})


def _build_alert_row(rule: str, group: pd.DataFrame) -> dict[str, Any]:
    first: Any = next(group.itertuples())
    member = _text_or_none(first.member) if len(group) == 1 else None
    kecamatan, level = _text_or_none(first.kecamatan), int(group["level"].max())
    # The code of a TPS begins with that of its desa.
    is_station = member is not None and kecamatan is not None and member.startswith(f"{kecamatan}.")
    return {
        "kind": rule,
        "key": first.key,
        "cases": (),
        "level": max(level, MIN_LEVEL),
        "kecamatan": kecamatan,
        "place_code": member.rpartition(".")[0] if member and is_station else kecamatan,
        "since": group["since"].min(),
        "known_at": group["since"].min(),
        "due_at": group["since"].min(),
        "step": None,
        "count": int(group["n"].sum()),
        "area_count": max(1, group["kecamatan"].nunique()),  # a silent source is of no kecamatan
        "member": member,
        "unit": None,
        "is_handled": False,
        "is_summed": level < MIN_LEVEL,
        "latihan": bool(group["latihan"].any()),
    }


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
