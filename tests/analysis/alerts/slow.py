"""The obvious way to episodes: the day walked through minute by minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from situasi.domain.alert_rules import AlertRule


@dataclass(frozen=True)
class Held:
    """One member from one minute until before another. level: -1: by the number alone."""

    subject: str
    member: str
    begin: int
    end: int
    level: int = -1


@dataclass
class Walked:
    """One alert: since when, raised, until (None: open), how it ended, members now or at most."""

    subject: str
    level: int
    since: int
    raised: int
    until: int | None = None
    ended: str | None = None
    most: int = 0


def walk(told: Sequence[Held], rule: AlertRule, hold: int, now: int) -> list[Walked]:
    """The alerts as of a minute."""
    found = []
    for subject in sorted({one.subject for one in told}):
        found += _subject([one for one in told if one.subject == subject], rule, hold, now)
    return found


def _subject(told: Sequence[Held], rule: AlertRule, hold: int, now: int) -> list[Walked]:
    found: list[Walked] = []
    current: list[Walked] = []
    alive, since, quiet, highest = False, 0, 0, -1
    for minute in range(now + 1):
        there = [one for one in told if one.begin <= minute < one.end]
        if not there:
            if alive and minute - quiet >= hold:
                if current:
                    current[-1].until, current[-1].ended = quiet, "sendiri"
                alive, current, highest = False, [], -1
            continue
        if not alive:
            alive, since = True, minute
        quiet = minute + 1
        begun = [one for one in there if one.begin == minute]
        if not begun:
            continue
        count = len({one.member for one in there})
        highest = max([highest, *(one.level for one in begun)])
        level = max(highest, rule.level_for(count))
        if level >= 0 and (not current or level > current[-1].level):
            if current:
                current[-1].until, current[-1].ended = minute, "naik"
            fresh = Walked(told[0].subject, level, since, minute, most=count)
            current.append(fresh)
            found.append(fresh)
        elif current:
            current[-1].most = max(current[-1].most, count)
    return found
