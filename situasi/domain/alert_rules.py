"""The rules of alerts: what the board calls somebody for, how grave that is, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# Every rule that the board can watch.
RULE_CODES = (
    "berat", "beruntun", "keramaian", "belum_dibuka", "tps_diam", "hadir_turun", "hadir_lebih",
    "sumber_senyap", "tanpa_petugas", "kurang_pola", "lewat_waktu", "kotak", "netralitas",
)  # fmt: skip
_LANGUAGES = ("id", "en")
_TEXT_KEYS = ("name", "one", "many", "rule")
# Of a level that no number reaches.
UNREACHABLE_COUNT = 1 << 30


@dataclass(frozen=True)
class BurstRule:
    """When reports of one kecamatan are more than chance (analysis.alerts.bursts).

    chances: by level (its place), the least rare first. prior: reports an hour and TPS before
    any came, which weighs as much as prior_hours of the whole kabupaten's word; pace_hours: what
    the day so far weighs in the pace of a window; spread: how alike kecamatan are held to be.
    """

    windows: tuple[timedelta, ...]
    min_count: int
    level_probabilities: tuple[tuple[int, float], ...]
    prior_rate: float
    prior_hours: float
    pace_hours: float
    gamma_shape: float


@dataclass(frozen=True)
class AlertRule:
    """One rule. least: from how many members on an alert has each level, by its place.

    hold: an alert ends when its cause has been gone for so long, a minute at least. after: past a
    limit that other rules set. without: phases that are not asked of here. steps: the level (its
    place) of each situasi. words: by language, then by _WORDS.
    """

    code: str
    owner: str
    clear_after: timedelta
    level_min_members: tuple[int, ...]
    texts: Mapping[str, Mapping[str, str]]
    grace: timedelta = timedelta()
    excluded_phases: tuple[str, ...] = ()
    situasi_levels: Mapping[str, int] | None = None
    burst: BurstRule | None = None

    def level_for(self, members: int) -> int:
        """The place of the level of so many members; -1 below all."""
        return sum(members >= least for least in self.level_min_members) - 1


@dataclass(frozen=True)
class AlertRules:
    """All rules of an election, and the levels, the least first; names: by language and level."""

    levels: tuple[str, ...]
    level_names: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, AlertRule]


NO_RULES = AlertRules((), {}, {})


def parse(raw: Mapping[str, Any]) -> AlertRules:
    """The rules in an `alerts.toml`. Raises KeyError or ValueError for what is missing or wrong."""
    levels = tuple(raw["levels"])
    unknown = [code for code in raw["rule"] if code not in RULE_CODES]
    if unknown:
        raise ValueError(f"no such rule: {', '.join(unknown)}; there are {', '.join(RULE_CODES)}")
    names = {lang: {code: raw["level"][code][lang] for code in levels} for lang in _LANGUAGES}
    rules = {code: _parse_rule(code, one, levels) for code, one in raw["rule"].items()}
    return AlertRules(levels, names, rules)


def _parse_rule(code: str, raw: Mapping[str, Any], levels: tuple[str, ...]) -> AlertRule:
    steps = raw.get("situasi")
    return AlertRule(
        code=code,
        owner=raw["owner"],
        clear_after=timedelta(minutes=raw["hold_min"]),
        level_min_members=_parse_level_minimums(raw.get("levels", {}), levels),
        texts={lang: {word: raw[lang][word] for word in _TEXT_KEYS} for lang in _LANGUAGES},
        grace=timedelta(minutes=raw.get("after_min", 0)),
        excluded_phases=tuple(raw.get("without", ())),
        situasi_levels=None
        if steps is None
        else {s: levels.index(one) for s, one in steps.items()},
        burst=_parse_burst(raw, levels) if "windows_min" in raw else None,
    )


def _parse_level_minimums(raw: Mapping[str, int], levels: tuple[str, ...]) -> tuple[int, ...]:
    """From how many on each level holds; a level that is not named, from the next that is.

    Raises ValueError where a graver level needs fewer, or none of these levels is known.
    """
    unknown = sorted(set(raw) - set(levels))
    if unknown:
        raise ValueError(f"no such level: {', '.join(unknown)}; there are {', '.join(levels)}")
    found: list[int] = []
    following = UNREACHABLE_COUNT
    for level in reversed(levels):
        least = raw.get(level, following)
        if least > following:
            raise ValueError(f"level {level} asks for {least}, more than a graver one")
        found.insert(0, least)
        following = least
    return tuple(found)


def _parse_burst(raw: Mapping[str, Any], levels: tuple[str, ...]) -> BurstRule:
    chances = [(levels.index(level), float(p)) for level, p in raw["chances"].items()]
    return BurstRule(
        windows=tuple(timedelta(minutes=one) for one in raw["windows_min"]),
        min_count=int(raw["least"]),
        level_probabilities=tuple(sorted(chances)),
        prior_rate=float(raw["prior_per_100_tps_h"]) / 100,
        prior_hours=float(raw["prior_hours"]),
        pace_hours=float(raw["pace_hours"]),
        gamma_shape=float(raw["prior_spread"]),
    )
