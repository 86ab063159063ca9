"""Episodes: spells of one subject joined to alerts, each with a key, one more when it worsens.

An episode lasts while any of its spells does, and `hold` of its rule longer: what comes back
sooner is the same. It has a level by how many members hold at one time, or by the gravest of them,
and never falls back: of each level that it reaches one alert is made, which the next one replaces.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.intervals import FOREVER, MINUTE_US
from situasi.analysis.timestamps import NEVER
from situasi.domain.alert_rules import AlertRule, AlertRules

# How an alert ended that nobody closed: its cause is gone; a graver one took its place.
RESOLVED, ESCALATED = "sendiri", "naik"
COLUMNS = (
    "key", "rule", "level", "subject", "kecamatan", "since", "raised", "until", "ended", "fading",
    "n", "most", "member", "value", "latihan",
)  # fmt: skip
MEMBER_COLUMNS = ("key", "member", "begin", "end", "now", "value", "feed", "seq", "latihan")


@dataclass(frozen=True)
class Alerts:
    """All alerts of the day as of a moment.

    table: one row per alert, the gravest first, then the newest; columns COLUMNS. level: its
    place in AlertRules.levels. since: when its cause began; raised: when it reached this level;
    until: when its cause was gone (NaT while it holds); ended: None, GONE or WORSE; fading: the
    cause is gone, but may come back. n: members now (of an ended one, the most), most: at one
    time. member: the one member, None where there are several. value: of the gravest of them.
    members: whom each concerns and ever concerned: OF_MEMBERS; now: whether still. feed, seq: the
    row behind (-1: none, as of what was not told).
    """

    table: pd.DataFrame
    members: pd.DataFrame


@dataclass(frozen=True)
class _Interval:
    begin: int
    end: int
    member: str
    level: int
    value: Any
    feed: str | None
    seq: int
    latihan: bool


@dataclass(frozen=True)
class _Stage:
    """One level of an episode: from when on, and by how many members."""

    level: int
    at_us: int


def build_alerts(
    intervals: pd.DataFrame, rules: AlertRules, at: datetime, oldest: datetime
) -> Alerts:
    """The alerts of these spells (spells.COLUMNS). What ended before `oldest` is left out."""
    now = timestamps.to_us(at)
    some = intervals[(intervals["begin"] <= now) & intervals["rule"].isin(list(rules.rules))]
    order = np.lexsort((some["seq"], some["member"].astype("str"), some["end"], some["begin"]))
    rows: list[tuple[Any, ...]] = []
    members: list[tuple[Any, ...]] = []
    for (rule, subject), mine in _group_by_subject(some.take(order)).items():
        area, told = mine
        one = rules.rules[rule]
        hold = max(one.clear_after // pd.Timedelta(microseconds=1), MINUTE_US)
        for episode in _split_episodes(told, hold):
            for row, those in _build_stage_alerts(episode, one, subject, area, now, hold):
                if row[7] == NEVER or row[7] >= timestamps.to_us(oldest):
                    rows.append(row)
                    members += those
    return Alerts(_build_alert_table(rows), _build_member_table(members))


def _group_by_subject(
    ordered: pd.DataFrame,
) -> dict[tuple[str, str | None], tuple[str | None, list[_Interval]]]:
    """By rule and subject: the kecamatan, and the spells in the order they began."""
    found: dict[tuple[str, str | None], tuple[str | None, list[_Interval]]] = {}
    names = ("rule", "subject", "kecamatan", "begin", "end", "member", "level", "value", "feed",
             "seq", "latihan")  # fmt: skip
    for rule, subject, area, *cells in zip(*(ordered[n].tolist() for n in names), strict=True):
        key = (rule, subject if isinstance(subject, str) else None)
        place = area if isinstance(area, str) else None
        found.setdefault(key, (place, []))[1].append(_Interval(*cells))
    return found


def _split_episodes(
    intervals: Sequence[_Interval], clear_after_us: int
) -> Iterator[list[_Interval]]:
    """The spells parted where nothing held for longer than `hold`."""
    some: list[_Interval] = []
    last = NEVER
    for spell in intervals:
        if some and last != FOREVER and spell.begin > last + clear_after_us:
            yield some
            some, last = [], NEVER
        some.append(spell)
        last = max(last, spell.end)
    if some:
        yield some


def _build_stage_alerts(
    episode: list[_Interval],
    rule: AlertRule,
    subject: str | None,
    area: str | None,
    now_us: int,
    clear_after_us: int,
) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Of each stage of an episode its row, and those of its members."""
    began, last = episode[0].begin, max(spell.end for spell in episode)
    over = last != FOREVER and now_us >= last + clear_after_us
    stages, most = _find_stages(episode, rule)
    for turn, stage in enumerate(stages):
        worse = stages[turn + 1].at_us if turn + 1 < len(stages) else None
        until = worse if worse is not None else (last if over else NEVER)
        ended = ESCALATED if worse is not None else (RESOLVED if over else None)
        end = until if until != NEVER else FOREVER
        mine = [one for one in episode if (one.begin < end and one.end > stage.at_us) or
                one.begin == stage.at_us]  # fmt: skip
        moment = now_us if ended is None else NEVER
        holds = {one.member for one in mine if one.begin <= moment < one.end}
        count = len(holds) or most[turn]
        names = sorted(holds or {one.member for one in mine})
        key = f"{rule.code}|{subject or ''}|{_format_minute(began)}|{stage.level}"
        yield (
            (key, rule.code, stage.level, subject, area, began, stage.at_us, until, ended,
             ended is None and now_us >= last, count, most[turn],
             names[0] if len(names) == 1 else None, _find_gravest(mine).value,
             any(one.latihan for one in mine)),
            [(key, one.member, one.begin, one.end, one.begin <= moment < one.end, one.value,
              one.feed, one.seq, one.latihan) for one in mine],
        )  # fmt: skip


def _find_gravest(intervals: Sequence[_Interval]) -> _Interval:
    """Of several that are as grave the last that began."""
    return max(intervals, key=lambda one: (one.level, one.begin))


def _format_minute(time_us: int) -> str:
    return f"{timestamps.from_us(time_us):%Y%m%d%H%M}"


def _find_stages(episode: Sequence[_Interval], rule: AlertRule) -> tuple[list[_Stage], list[int]]:
    """The levels that the episode reached, each graver than the one before, and the most members
    that held at one time until the next."""
    stages: list[_Stage] = []
    most: list[int] = []
    holding: dict[str, int] = {}
    ends: list[tuple[int, str]] = []
    highest = -1
    for turn, spell in enumerate(episode):
        while ends and ends[0][0] <= spell.begin:
            _end, member = heapq.heappop(ends)
            holding[member] -= 1
            if not holding[member]:
                del holding[member]
        holding[spell.member] = holding.get(spell.member, 0) + 1
        heapq.heappush(ends, (spell.end, spell.member))
        highest = max(highest, spell.level)
        if turn + 1 < len(episode) and episode[turn + 1].begin == spell.begin:
            continue  # what begins at one moment is one
        level = max(highest, rule.level_for(len(holding)))
        if level >= 0 and (not stages or level > stages[-1].level):
            stages.append(_Stage(level, spell.begin))
            most.append(len(holding))
        elif most:
            most[-1] = max(most[-1], len(holding))
    return stages, most


def _build_alert_table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    cells = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    found = {name: pd.Series(list(column), dtype="object") for name, column in
             zip(COLUMNS, cells, strict=True)}  # fmt: skip
    for name in ("since", "raised", "until"):
        found[name] = _to_timestamps(found[name])
    table = pd.DataFrame(found).astype({"level": "int64", "n": "int64", "most": "int64",
                                        "fading": "bool", "latihan": "bool"})  # fmt: skip
    order = np.lexsort((table["key"].astype("str"), -table["raised"].astype("int64").to_numpy(),
                        -table["level"].to_numpy()))  # fmt: skip
    return table.take(order).reset_index(drop=True)


def _build_member_table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    cells = list(zip(*rows, strict=True)) or [()] * len(MEMBER_COLUMNS)
    found = {name: pd.Series(list(column), dtype="object") for name, column in
             zip(MEMBER_COLUMNS, cells, strict=True)}  # fmt: skip
    for name in ("begin", "end"):
        found[name] = _to_timestamps(found[name].replace(FOREVER, NEVER))
    return pd.DataFrame(found).astype({"now": "bool", "seq": "int64", "latihan": "bool"})


def _to_timestamps(times_us: pd.Series) -> pd.Series:
    return pd.Series(timestamps.index_from_us(times_us.to_numpy("int64")), times_us.index)
