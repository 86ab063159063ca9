"""Alert rules of an election: when an alert is raised, at which level, and with which text.

An alias is the name of the entry in `alerts.toml`, where it is not that of the field. Validators
get the levels of the file as their context.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from situasi.domain.definition_fields import Filled, Minutes, exactly, only, parse_definition
from situasi.domain.feed_schemas import FASE, SITUASI

# All rules that the board can check.
RULE_CODES = (
    "berat", "beruntun", "keramaian", "belum_dibuka", "tps_diam", "hadir_turun", "hadir_lebih",
    "sumber_senyap", "tanpa_petugas", "kurang_pola", "lewat_waktu", "kotak", "netralitas",
)  # fmt: skip
_LANGUAGES = ("id", "en")
# What a text may name in braces (filled in by situasi.presentation.alerts): the thresholds, those
# of a rule with false_per_day, and the cause of an alert.
_THRESHOLDS = {"after", "opens_by", "arrive_by", "watch_from", "target", "above", "critical"}
_RATE_PLACEHOLDERS = {"windows", "chance", "fresh"}
_CAUSES = {"n", "where", "what", "value", "time"}
# The minimum of a level that no number reaches.
UNREACHABLE_COUNT = 1 << 30


def _find_level(name: str, info: ValidationInfo[list[str]]) -> int:
    """Return the index of a level."""
    if name not in info.context:
        raise ValueError(f"tingkat {name} tidak ada; yang ada {', '.join(info.context)}")
    return info.context.index(name)


def _parse_rates(
    raw: Mapping[str, float], info: ValidationInfo[list[str]]
) -> list[tuple[int, float]]:
    """Return (index of the level, false calls a day), the least grave level first."""
    if not isinstance(raw, Mapping):
        raise ValueError(f"{raw!r} bukan tabel")
    for level, rate in raw.items():
        if type(rate) not in (int, float) or not 0 < rate < UNREACHABLE_COUNT:
            raise ValueError(f"{level} = {rate!r} bukan angka di atas nol, atau terlalu besar")
    rates = sorted((_find_level(level, info), rate) for level, rate in raw.items())
    for (_level, rate), (graver, rarer) in pairwise(rates):
        if rarer >= rate:
            raise ValueError(f"{info.context[graver]} = {rarer!r} tidak lebih jarang dari {rate!r}")
    return rates


def _check_placeholders(name: str, text: str, known: set[str]) -> None:
    """Raise ValueError unless each brace of the text closes and holds one of these names."""
    for brace in re.finditer(r"{(\w*)}|[{}]", text):
        if brace[1] not in known:
            raise ValueError(
                f"{name} = {text!r}: {brace[0]} tidak dikenal; yang ada"
                f" {', '.join(f'{{{one}}}' for one in sorted(known))}"
            )


def _check_level_names(
    names: Mapping[str, Mapping[str, str]], info: ValidationInfo[list[str]]
) -> Mapping[str, Mapping[str, str]]:
    for level in names:
        _find_level(level, info)
    if unnamed := [level for level in info.context if level not in names]:
        raise ValueError(f"tingkat {', '.join(unnamed)} tidak bernama")
    return names


def _check_states(levels: Mapping[str, int]) -> Mapping[str, int]:
    if unknown := [state for state in levels if state not in SITUASI]:
        known = ", ".join(SITUASI)
        raise ValueError(f"situasi {', '.join(unknown)} tidak dikenal; yang ada {known}")
    return levels


def _parse_level_minimums(
    raw: Mapping[str, int], info: ValidationInfo[list[str]]
) -> tuple[int, ...]:
    """Return the minimum members of each level; a level that is not named takes that of the next.

    Raises ValueError where a higher level needs fewer, or a level is unknown.
    """
    if not isinstance(raw, Mapping):
        raise ValueError(f"{raw!r} bukan tabel")
    for level, minimum in raw.items():
        if type(minimum) is not int or not 1 <= minimum < UNREACHABLE_COUNT // 1000:
            raise ValueError(
                f"{level} = {minimum!r} bukan bilangan bulat mulai 1, atau terlalu besar"
            )
    by_index = {_find_level(level, info): minimum for level, minimum in raw.items()}
    minimums = [UNREACHABLE_COUNT] * len(info.context)
    for index, level in reversed(list(enumerate(info.context))):
        next_minimum = min(minimums[index:])
        minimums[index] = by_index.get(index, next_minimum)
        if minimums[index] > next_minimum:
            raise ValueError(
                f"tingkat {level} meminta {minimums[index]}, lebih dari tingkat di atasnya"
            )
    return tuple(minimums)


@dataclass(frozen=True)
class RuleTexts:
    """The texts of a rule in one language: one and many are for its cause, rule its condition."""

    name: str
    one: str
    many: str
    rule: str


@dataclass(frozen=True)
class AlertRule:
    """One rule. level_min_members: by index of the level, the members from which an alert has it.

    clear_after: an alert ends when its cause has been gone for so long, at least a minute. grace:
    time past a limit of other rules. excluded_phases: phases that are not checked. situasi_levels:
    index of the level for each situasi. level_rates: (index of the level, false calls a day, at
    most), the least rare first (analysis.hotspots). texts: by language.
    """

    code: str
    owner: Filled
    clear_after: Annotated[Minutes, Field(alias="hold_min")]
    level_min_members: Annotated[
        tuple[int, ...],
        Field(alias="levels", default={}, validate_default=True),
        BeforeValidator(_parse_level_minimums),
    ]
    texts: Annotated[Mapping[str, RuleTexts], exactly(*_LANGUAGES)]
    grace: Annotated[Minutes, Field(alias="after_min")] = timedelta()
    excluded_phases: Annotated[tuple[str, ...], only(*FASE), Field(alias="without")] = ()
    situasi_levels: Annotated[
        Mapping[str, Annotated[int, BeforeValidator(_find_level)]] | None,
        Field(alias="situasi"),
        AfterValidator(lambda levels: levels and _check_states(levels)),
    ] = None
    level_rates: Annotated[
        tuple[tuple[int, float], ...], Field(alias="false_per_day"), BeforeValidator(_parse_rates)
    ] = ()

    def __post_init__(self) -> None:
        """Raise ValueError where a text has a placeholder that nothing fills in."""
        known = _THRESHOLDS | (_RATE_PLACEHOLDERS if self.level_rates else set())
        for language, texts in self.texts.items():
            for name, text, placeholders in (
                ("one", texts.one, known | _CAUSES),
                ("many", texts.many, known | _CAUSES),
                ("rule", texts.rule, known),
            ):
                _check_placeholders(f"{language}.{name}", text, placeholders)

    @property
    def has_own_levels(self) -> bool:
        """Return whether the level is that of the worst member, whatever their number."""
        return self.situasi_levels is not None or bool(self.level_rates)

    def level_for(self, members: int) -> int:
        """Return the index of the level for so many members; -1 below all."""
        return sum(members >= minimum for minimum in self.level_min_members) - 1


@dataclass(frozen=True)
class AlertRules:
    """All rules of an election and the levels, lowest first. level_names: by level, language."""

    levels: tuple[str, ...]
    level_names: Annotated[
        Mapping[str, Annotated[Mapping[str, str], exactly(*_LANGUAGES)]],
        Field(alias="level"),
        AfterValidator(_check_level_names),
    ]
    rules: Annotated[Mapping[str, AlertRule], Field(alias="rule"), only(*RULE_CODES)]


NO_RULES = AlertRules((), {}, {})


def parse(raw: Mapping[str, Any]) -> AlertRules:
    """Return the rules of an `alerts.toml`. Raises KeyError or ValueError for faulty entries."""
    levels, rules = raw["levels"], raw["rule"]
    if not isinstance(levels, list) or not all(isinstance(level, str) for level in levels):
        raise ValueError(f"entri 'levels': {levels!r} bukan daftar teks")
    if len({*levels}) < len(levels):
        raise ValueError(f"entri 'levels': {', '.join(levels)} memuat yang sama dua kali")
    if isinstance(rules, Mapping):
        rules = {code: _arrange_rule(code, rule) for code, rule in rules.items()}
    return parse_definition(AlertRules, {**raw, "rule": rules}, levels)


def _arrange_rule(code: str, raw: Any) -> Any:
    """Return the entries of a rule as AlertRule holds them, its texts by language."""
    if not isinstance(raw, Mapping):
        return raw
    own = {name: raw[name] for name in raw.keys() - {*_LANGUAGES}}
    texts = {lang: raw[lang] for lang in _LANGUAGES if lang in raw}
    return {**own, "texts": texts, "code": code}
