"""Alert rules of an election: when an alert is raised, at which level, and with which text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# All rules that the board can check.
RULE_CODES = (
    "berat", "beruntun", "keramaian", "belum_dibuka", "tps_diam", "hadir_turun", "hadir_lebih",
    "sumber_senyap", "tanpa_petugas", "kurang_pola", "lewat_waktu", "kotak", "netralitas",
)  # fmt: skip
_LANGUAGES = ("id", "en")
_TEXT_KEYS = ("name", "one", "many", "rule")
# The minimum of a level that no number reaches.
UNREACHABLE_COUNT = 1 << 30


@dataclass(frozen=True)
class BurstRule:
    """When the reports of one kecamatan are more than chance (analysis.alerts.bursts).

    level_probabilities: (index of the level, probability), the least rare first. prior_rate:
    reports per hour and TPS before any came, weighing as much as prior_hours of the whole
    kabupaten; pace_hours: weight of the day so far in the pace of a window; gamma_shape: how alike
    kecamatan are assumed to be.
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
    """One rule. level_min_members: by index of the level, the members from which an alert has it.

    clear_after: an alert ends when its cause has been gone for so long, at least a minute. grace:
    time past a limit of other rules. excluded_phases: phases that are not checked. situasi_levels:
    index of the level for each situasi. texts: by language, then by _TEXT_KEYS.
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
        """Return the index of the level for so many members; -1 below all."""
        return sum(members >= minimum for minimum in self.level_min_members) - 1


@dataclass(frozen=True)
class AlertRules:
    """All rules of an election and the levels, lowest first. level_names: by language, level."""

    levels: tuple[str, ...]
    level_names: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, AlertRule]


NO_RULES = AlertRules((), {}, {})


def parse(raw: Mapping[str, Any]) -> AlertRules:
    """Return the rules of an `alerts.toml`. Raises KeyError or ValueError for faulty entries."""
    levels = tuple(raw["levels"])
    unknown = [code for code in raw["rule"] if code not in RULE_CODES]
    if unknown:
        raise ValueError(f"no such rule: {', '.join(unknown)}; there are {', '.join(RULE_CODES)}")
    names = {lang: {code: raw["level"][code][lang] for code in levels} for lang in _LANGUAGES}
    rules = {code: _parse_rule(code, raw_rule, levels) for code, raw_rule in raw["rule"].items()}
    return AlertRules(levels, names, rules)


def _parse_rule(code: str, raw: Mapping[str, Any], levels: tuple[str, ...]) -> AlertRule:
    raw_levels = raw.get("situasi")
    return AlertRule(
        code=code,
        owner=raw["owner"],
        clear_after=timedelta(minutes=raw["hold_min"]),
        level_min_members=_parse_level_minimums(raw.get("levels", {}), levels),
        texts={lang: {word: raw[lang][word] for word in _TEXT_KEYS} for lang in _LANGUAGES},
        grace=timedelta(minutes=raw.get("after_min", 0)),
        excluded_phases=tuple(raw.get("without", ())),
        situasi_levels=None
        if raw_levels is None
        else {situasi: levels.index(level) for situasi, level in raw_levels.items()},
        burst=_parse_burst(raw, levels) if "windows_min" in raw else None,
    )


def _parse_level_minimums(raw: Mapping[str, int], levels: tuple[str, ...]) -> tuple[int, ...]:
    """Return the minimum members of each level; a level that is not named takes that of the next.

    Raises ValueError where a higher level needs fewer, or a level is unknown.
    """
    unknown = sorted(set(raw) - set(levels))
    if unknown:
        raise ValueError(f"no such level: {', '.join(unknown)}; there are {', '.join(levels)}")
    minimums: list[int] = []
    next_minimum = UNREACHABLE_COUNT
    for level in reversed(levels):
        minimum = raw.get(level, next_minimum)
        if minimum > next_minimum:
            raise ValueError(f"level {level} asks for {minimum}, more than a graver one")
        minimums.insert(0, minimum)
        next_minimum = minimum
    return tuple(minimums)


def _parse_burst(raw: Mapping[str, Any], levels: tuple[str, ...]) -> BurstRule:
    probabilities = [(levels.index(level), float(p)) for level, p in raw["chances"].items()]
    return BurstRule(
        windows=tuple(timedelta(minutes=minutes) for minutes in raw["windows_min"]),
        min_count=int(raw["least"]),
        level_probabilities=tuple(sorted(probabilities)),
        prior_rate=float(raw["prior_per_100_tps_h"]) / 100,
        prior_hours=float(raw["prior_hours"]),
        pace_hours=float(raw["pace_hours"]),
        gamma_shape=float(raw["prior_spread"]),
    )
