"""Episodes: intervals of one subject joined to alerts, each with a key, one more when it worsens.

An episode lasts while any of its intervals does, and for the rule's `clear_after` longer: a cause
that returns sooner belongs to the same episode. Its level follows from how many members are active
at one time, or from the gravest of them, and never falls. Each level reached makes one alert, which
the alert of the next level replaces.
"""

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

# How an alert ended that nobody closed: its cause is gone, or a higher level replaced it.
RESOLVED, ESCALATED = "sendiri", "naik"
COLUMNS = (
    "key", "rule", "level", "subject", "kecamatan", "since", "raised", "until", "ended", "fading",
    "n", "most", "member", "value", "latihan",
)  # fmt: skip
MEMBER_COLUMNS = ("key", "member", "begin", "end", "now", "value", "feed", "seq", "latihan")


@dataclass(frozen=True)
class Alerts:
    """All alerts of the day as of a moment.

    table: one row per alert, the gravest first, then the newest; columns COLUMNS. level: index in
    AlertRules.levels. since: when its cause began; raised: when it reached this level; until: when
    its cause ended (NaT while it lasts); ended: None, RESOLVED or ESCALATED; fading: the cause is
    gone, but may come back. n: members now (the most, if it ended); most: members at one time.
    member: the only member, None where there are several. value: of the gravest member.
    members: each member that an alert ever had: MEMBER_COLUMNS; now: whether still a member. feed,
    seq: the source row (-1: none, as the cause is a missing report).
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
    """One level of an episode, and from when on."""

    level: int
    at_us: int


def build_alerts(
    intervals: pd.DataFrame, rules: AlertRules, at: datetime, oldest: datetime
) -> Alerts:
    """Build the alerts of these intervals (see intervals), except those ended before `oldest`."""
    now_us = timestamps.to_us(at)
    started = intervals[(intervals["begin"] <= now_us) & intervals["rule"].isin(list(rules.rules))]
    members_as_text = started["member"].astype("str")
    order = np.lexsort((started["seq"], members_as_text, started["end"], started["begin"]))
    rows: list[tuple[Any, ...]] = []
    members: list[tuple[Any, ...]] = []
    for (rule, subject), (area, spans) in _group_by_subject(started.take(order)).items():
        item = rules.rules[rule]
        hold = max(item.clear_after // timestamps.MICROSECOND, MINUTE_US)
        for episode in _split_episodes(spans, hold):
            stages = _build_stage_alerts(episode, item, subject, area, now_us, hold)
            for row, stage_members in stages:
                if row[7] == NEVER or row[7] >= timestamps.to_us(oldest):
                    rows.append(row)
                    members += stage_members
    return Alerts(_build_alert_table(rows), _build_member_table(members))


def _group_by_subject(
    ordered: pd.DataFrame,
) -> dict[tuple[str, str | None], tuple[str | None, list[_Interval]]]:
    """Group by rule and subject: the kecamatan, and the intervals in order of their begin."""
    groups: dict[tuple[str, str | None], tuple[str | None, list[_Interval]]] = {}
    names = ("rule", "subject", "kecamatan", "begin", "end", "member", "level", "value", "feed",
             "seq", "latihan")  # fmt: skip
    for rule, subject, area, *cells in zip(*(ordered[n].tolist() for n in names), strict=True):
        key = (rule, subject if isinstance(subject, str) else None)
        kecamatan = area if isinstance(area, str) else None
        groups.setdefault(key, (kecamatan, []))[1].append(_Interval(*cells))
    return groups


def _split_episodes(
    intervals: Sequence[_Interval], clear_after_us: int
) -> Iterator[list[_Interval]]:
    """Yield the intervals split wherever none lasted for longer than `clear_after_us`."""
    episode: list[_Interval] = []
    last_end = NEVER
    for interval in intervals:
        if episode and last_end != FOREVER and interval.begin > last_end + clear_after_us:
            yield episode
            episode, last_end = [], NEVER
        episode.append(interval)
        last_end = max(last_end, interval.end)
    if episode:
        yield episode


def _build_stage_alerts(
    episode: list[_Interval],
    rule: AlertRule,
    subject: str | None,
    area: str | None,
    now_us: int,
    clear_after_us: int,
) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Yield for each stage of an episode its alert row and the rows of its members."""
    began_us, last_end = episode[0].begin, max(span.end for span in episode)
    over = last_end != FOREVER and now_us >= last_end + clear_after_us
    stages, peaks = _find_stages(episode, rule)
    for index, stage in enumerate(stages):
        next_at = stages[index + 1].at_us if index + 1 < len(stages) else None
        until = next_at if next_at is not None else (last_end if over else NEVER)
        ended = ESCALATED if next_at is not None else (RESOLVED if over else None)
        end = until if until != NEVER else FOREVER
        spans = [span for span in episode if (span.begin < end and span.end > stage.at_us) or
                span.begin == stage.at_us]  # fmt: skip
        moment = now_us if ended is None else NEVER
        active = {span.member for span in spans if span.begin <= moment < span.end}
        count = len(active) or peaks[index]
        # Of several equally grave ones the last to begin.
        gravest = max(spans, key=lambda span: (span.level, span.begin))
        members = sorted(active or {span.member for span in spans})
        key = f"{rule.code}|{subject or ''}|{timestamps.from_us(began_us):%Y%m%d%H%M}|{stage.level}"
        yield (
            (key, rule.code, stage.level, subject, area, began_us, stage.at_us, until, ended,
             ended is None and now_us >= last_end, count, peaks[index],
             members[0] if len(members) == 1 else None, gravest.value,
             any(span.latihan for span in spans)),
            [(key, span.member, span.begin, span.end, span.begin <= moment < span.end, span.value,
              span.feed, span.seq, span.latihan) for span in spans],
        )  # fmt: skip


def _find_stages(episode: Sequence[_Interval], rule: AlertRule) -> tuple[list[_Stage], list[int]]:
    """Return the levels that the episode reached, each higher than the one before, and for each the
    highest number of members active at one time until the next."""
    stages: list[_Stage] = []
    peaks: list[int] = []
    active: dict[str, int] = {}
    end_times: list[tuple[int, str]] = []
    highest = -1
    for index, interval in enumerate(episode):
        while end_times and end_times[0][0] <= interval.begin:
            _end, member = heapq.heappop(end_times)
            active[member] -= 1
            if not active[member]:
                del active[member]
        active[interval.member] = active.get(interval.member, 0) + 1
        heapq.heappush(end_times, (interval.end, interval.member))
        highest = max(highest, interval.level)
        if index + 1 < len(episode) and episode[index + 1].begin == interval.begin:
            continue  # intervals that begin at one moment are counted together
        level = max(highest, rule.level_for(len(active)))
        if level >= 0 and (not stages or level > stages[-1].level):
            stages.append(_Stage(level, interval.begin))
            peaks.append(len(active))
        elif peaks:
            peaks[-1] = max(peaks[-1], len(active))
    return stages, peaks


def _build_alert_table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
    times = {name: _to_timestamps(table[name]) for name in ("since", "raised", "until")}
    numbers = dict.fromkeys(("level", "n", "most"), "int64")
    table = table.assign(**times).astype({**numbers, "fading": "bool", "latihan": "bool"})
    order = np.lexsort((table["key"].astype("str"), -table["raised"].astype("int64").to_numpy(),
                        -table["level"].to_numpy()))  # fmt: skip
    return table.take(order).reset_index(drop=True)


def _build_member_table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(MEMBER_COLUMNS), dtype="object")
    begin, end = (_to_timestamps(table[name].replace(FOREVER, NEVER)) for name in ("begin", "end"))
    return table.assign(begin=begin, end=end).astype(
        {"now": "bool", "seq": "int64", "latihan": "bool"}
    )


def _to_timestamps(times_us: pd.Series) -> pd.Series:
    return pd.Series(timestamps.index_from_us(times_us.to_numpy("int64")), times_us.index)
