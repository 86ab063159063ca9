"""Alerts as text: the texts of the rules (alerts.toml) with their placeholders filled in."""

import math
from itertools import pairwise

import pandas as pd

from situasi.analysis.hotspots.counts import LEAST_SHOWN
from situasi.analysis.hotspots.incident_counts import Excess
from situasi.common import i18n
from situasi.common.formats import format_counts, format_number, format_time
from situasi.common.i18n import _
from situasi.domain.alert_rules import UNREACHABLE_COUNT, AlertRules
from situasi.domain.election import Election
from situasi.domain.labels import N_, label
from situasi.domain.rules import CriticalRule
from situasi.presentation.model import KpiText

# Bars show the level, because colours and shapes belong to the three scales.
_FULL_BAR, _EMPTY_BAR = "▮", "▯"
# States of an alert (situasi.actions.alert_actions), and of its history: an action undone.
STATUS_NAMES = {
    "baru": N_("baru"),
    "dilihat": N_("dilihat"),
    "ditindak": N_("ditindak"),
    "ditutup": N_("ditutup"),
    "berakhir": N_("berakhir sendiri"),
    "naik": N_("naik derajat"),
    "ditarik": N_("laporan dasarnya ditarik"),
    "dibatalkan": N_("dibatalkan"),
}


def format_status(code: str) -> str:
    """Return the label of an alert status."""
    return _(STATUS_NAMES[code])


def format_level(rules: AlertRules, level_index: int) -> str:
    """Return the name of a level."""
    return rules.level_names[rules.levels[level_index]][i18n.current_language()]


def format_bars(rules: AlertRules, level_index: int) -> str:
    """Return the level as bars."""
    bar_count = level_index + 1
    return _FULL_BAR * bar_count + _EMPTY_BAR * (len(rules.levels) - bar_count)


def format_severity(rules: AlertRules, level_index: int) -> str:
    """Return the level as bars, and its name."""
    return f"{format_bars(rules, level_index)} {format_level(rules, level_index)}"


def count_by_level(rules: AlertRules, alerts: pd.DataFrame) -> list[tuple[int, int]]:
    """Return (index of the level, number of alerts), the gravest first; levels without any too."""
    counts = alerts["level"].value_counts()
    return [(level, int(counts.get(level, 0))) for level in reversed(range(len(rules.levels)))]


def format_level_counts(rules: AlertRules, alerts: pd.DataFrame) -> str:
    """Return a text like '2 kritis · 5 penting'."""
    return " · ".join(
        f"{format_number(count)} {format_level(rules, level)}"
        for level, count in count_by_level(rules, alerts)
        if count
    )


def format_open_alerts(rules: AlertRules, alerts: pd.DataFrame, unseen: pd.DataFrame) -> KpiText:
    """Return the number of open alerts, by level. unseen: those nobody has answered."""
    has_critical = bool((unseen["level"] == len(rules.levels) - 1).any())
    side_note = format_counts(_("{n} belum dilihat"), n=len(unseen)) if len(unseen) else ""
    if len(unseen) == len(alerts) > 1:  # not the same number twice
        side_note = _("semua belum dilihat")
    return KpiText(
        "peringatan",
        _("Peringatan terbuka"),
        format_number(len(alerts)),
        format_level_counts(rules, alerts),
        alarm=has_critical,
        side_note=side_note,
    )


def format_rule(rules: AlertRules, code: str) -> str:
    """Return the name of a rule."""
    return rules.rules[code].texts[i18n.current_language()].name


def format_condition(election: Election, code: str) -> str:
    """Return what a rule watches, with its thresholds."""
    text = election.alerts.rules[code].texts[i18n.current_language()].rule
    return text.format(**build_placeholders(election, code))


def format_cause(
    election: Election, code: str, n: int, *, where: str, what: str | None, value: str, since: str
) -> str:
    """Return why the alert was raised. what: the only member; None if there are several."""
    texts = election.alerts.rules[code].texts[i18n.current_language()]
    template = texts.many if what is None else texts.one
    return template.format(
        n=format_number(n),
        where=where,
        what=what,
        value=value,
        time=since,
        **build_placeholders(election, code),
    )


def build_placeholders(election: Election, code: str) -> dict[str, str]:
    """Return the thresholds of a rule, and those of other rules that it uses, as text."""
    rule, rules = election.alerts.rules[code], election.rules
    deadlines = (due.at for due in rules.tps.phase_deadlines if due.fase == "dibuka")
    placeholders = {
        "after": format_number(rule.grace.total_seconds() / 60),
        "opens_by": format_time(election.local_time(next(deadlines, election.tps_opens))),
        "arrive_by": format_time(election.local_time(rules.personnel.arrive_by)),
        "watch_from": format_time(election.day_start),
        "target": format_number(rules.neutrality_target.days),
        "above": format_number(rules.tps.estimated_list_factor, 1),
        "critical": format_critical(rules.critical),
    }
    if rule.level_rates:
        counts = rules.counts
        minutes = [size * counts.step.total_seconds() / 60 for size in counts.window_steps]
        placeholders |= {
            "windows": _(" atau ").join(map(format_number, minutes)),
            "chance": format_false_rate(rule.level_rates[0][1]),
            "fresh": format_number(counts.fresh_for.total_seconds() / 60),
        }
    return placeholders


def format_false_rate(per_day: float) -> str:
    """Return how often chance makes such a call, at most, in words."""
    if per_day >= 1:
        return format_counts(_("{n} kali sehari"), n=math.ceil(per_day))
    days = math.floor(1 / max(per_day, LEAST_SHOWN))  # rarer was never shown
    return format_counts(_("sekali dalam {n} hari"), n=days)


def format_excess(excess: Excess) -> str:
    """Return what is usual instead, and how often chance makes such a call."""
    return _("biasanya ≈ {usual}; kebetulan paling sering {chance}").format(
        usual=format_number(excess.usual, 1), chance=format_false_rate(excess.per_day)
    )


def format_critical(critical: CriticalRule) -> str:
    """Return which cases are critical, such as "tingkat tinggi atau situasi merah"."""
    levels = [
        _("tingkat {level}").format(level=label("tingkat", code)) for code in critical.tingkat
    ]
    states = [
        _("situasi {state}").format(state=label("situasi", code)) for code in critical.situasi
    ]
    return _(" atau ").join([*levels, *states])


def list_thresholds(election: Election, code: str) -> list[tuple[str, str]]:
    """Return every number of a rule as (name, value)."""
    rules, rule = election.alerts, election.alerts.rules[code]
    thresholds = [(_("Pemilik awal"), rule.owner)]
    min_members = pairwise([*rule.level_min_members, UNREACHABLE_COUNT])
    thresholds += [
        (format_level(rules, level_index), format_counts(_("mulai {n}"), n=least))
        for level_index, (least, next_least) in enumerate(min_members)
        if least < next_least  # otherwise the higher level applies
    ]
    for state, level_index in (rule.situasi_levels or {}).items():
        thresholds.append((format_level(rules, level_index), label("situasi", state)))
    thresholds += [
        (format_level(rules, level_index), _("kebetulan paling sering {chance}").format(
            chance=format_false_rate(rate)))
        for level_index, rate in rule.level_rates
    ]  # fmt: skip
    minutes = max(1, int(rule.clear_after.total_seconds() / 60))
    hold = format_counts(_("{n} menit"), n=minutes)
    return [*thresholds, (_("Berakhir setelah sebabnya hilang"), hold)]
