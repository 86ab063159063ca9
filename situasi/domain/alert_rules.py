"""The rules of alerts: what the board calls somebody for, how grave that is, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# Every rule that the board can watch.
RULES = (
    "berat", "beruntun", "keramaian", "belum_dibuka", "tps_diam", "hadir_turun", "hadir_lebih",
    "sumber_senyap", "tanpa_petugas", "kurang_pola", "lewat_waktu", "kotak", "netralitas",
)  # fmt: skip
_LANGUAGES = ("id", "en")
_WORDS = ("name", "one", "many", "rule")
# Of a level that no number reaches.
NEVER = 1 << 30


@dataclass(frozen=True)
class Burst:
    """When reports of one kecamatan are more than chance (analysis.alerts.bursts).

    chances: by level (its place), the least rare first. prior: reports an hour and TPS before
    any came, which weighs as much as prior_hours of the whole kabupaten's word; pace_hours: what
    the day so far weighs in the pace of a window; spread: how alike kecamatan are held to be.
    """

    windows: tuple[timedelta, ...]
    least: int
    chances: tuple[tuple[int, float], ...]
    prior: float
    prior_hours: float
    pace_hours: float
    spread: float


@dataclass(frozen=True)
class Rule:
    """One rule. least: from how many members on an alert has each level, by its place.

    hold: an alert ends when its cause has been gone for so long, a minute at least. after: past a
    limit that other rules set. without: phases that are not asked of here. steps: the level (its
    place) of each situasi. words: by language, then by _WORDS.
    """

    code: str
    owner: str
    hold: timedelta
    least: tuple[int, ...]
    words: Mapping[str, Mapping[str, str]]
    after: timedelta = timedelta()
    without: tuple[str, ...] = ()
    steps: Mapping[str, int] | None = None
    burst: Burst | None = None

    def level(self, members: int) -> int:
        """The place of the level of so many members; -1 below all."""
        return sum(members >= least for least in self.least) - 1


@dataclass(frozen=True)
class AlertRules:
    """All rules of an election, and the levels, the least first; names: by language and level."""

    levels: tuple[str, ...]
    names: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, Rule]


NONE = AlertRules((), {}, {})


def read(raw: Mapping[str, Any]) -> AlertRules:
    """The rules in an `alerts.toml`. Raises KeyError or ValueError for what is missing or wrong."""
    levels = tuple(raw["levels"])
    unknown = [code for code in raw["rule"] if code not in RULES]
    if unknown:
        raise ValueError(f"no such rule: {', '.join(unknown)}; there are {', '.join(RULES)}")
    names = {lang: {code: raw["level"][code][lang] for code in levels} for lang in _LANGUAGES}
    rules = {code: _rule(code, one, levels) for code, one in raw["rule"].items()}
    return AlertRules(levels, names, rules)


def _rule(code: str, raw: Mapping[str, Any], levels: tuple[str, ...]) -> Rule:
    steps = raw.get("situasi")
    return Rule(
        code=code,
        owner=raw["owner"],
        hold=timedelta(minutes=raw["hold_min"]),
        least=_least(raw.get("levels", {}), levels),
        words={lang: {word: raw[lang][word] for word in _WORDS} for lang in _LANGUAGES},
        after=timedelta(minutes=raw.get("after_min", 0)),
        without=tuple(raw.get("without", ())),
        steps=None if steps is None else {s: levels.index(one) for s, one in steps.items()},
        burst=_burst(raw, levels) if "windows_min" in raw else None,
    )


def _least(raw: Mapping[str, int], levels: tuple[str, ...]) -> tuple[int, ...]:
    """From how many on each level holds; a level that is not named, from the next that is.

    Raises ValueError where a graver level needs fewer, or none of these levels is known.
    """
    unknown = sorted(set(raw) - set(levels))
    if unknown:
        raise ValueError(f"no such level: {', '.join(unknown)}; there are {', '.join(levels)}")
    found: list[int] = []
    following = NEVER
    for level in reversed(levels):
        least = raw.get(level, following)
        if least > following:
            raise ValueError(f"level {level} asks for {least}, more than a graver one")
        found.insert(0, least)
        following = least
    return tuple(found)


def _burst(raw: Mapping[str, Any], levels: tuple[str, ...]) -> Burst:
    chances = [(levels.index(level), float(p)) for level, p in raw["chances"].items()]
    return Burst(
        windows=tuple(timedelta(minutes=one) for one in raw["windows_min"]),
        least=int(raw["least"]),
        chances=tuple(sorted(chances)),
        prior=float(raw["prior_per_100_tps_h"]) / 100,
        prior_hours=float(raw["prior_hours"]),
        pace_hours=float(raw["pace_hours"]),
        spread=float(raw["prior_spread"]),
    )
