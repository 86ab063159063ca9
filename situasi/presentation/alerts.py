"""Alerts in words: the rule's own, from alerts.toml, and what its holes are filled with."""

from __future__ import annotations

from datetime import datetime

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.alert_rules import UNREACHABLE_COUNT, AlertRules
from situasi.domain.election import Election
from situasi.domain.labels import N_, label

# How grave, besides the word: bars, for colours and shapes belong to the three scales.
_FULL_BAR, _EMPTY_BAR = "▮", "▯"
# Where an alert is in its life (situasi.actions.alert_actions); the last: its rows were taken back.
STATUS_NAMES = {
    "baru": N_("baru"),
    "dilihat": N_("dilihat"),
    "ditindak": N_("ditindak"),
    "ditutup": N_("ditutup"),
    "berakhir": N_("berakhir sendiri"),
    "naik": N_("naik derajat"),
    "ditarik": N_("laporan dasarnya ditarik"),
}


def format_status(code: str) -> str:
    return _(STATUS_NAMES[code])


def format_level(rules: AlertRules, level_index: int) -> str:
    """The name of a level."""
    return rules.level_names[i18n.current_language()][rules.levels[level_index]]


def format_severity(rules: AlertRules, level_index: int) -> str:
    """The level as bars, and its name."""
    full = level_index + 1
    return f"{_FULL_BAR * full}{_EMPTY_BAR * (len(rules.levels) - full)} {format_level(rules, level_index)}"


def format_rule(rules: AlertRules, code: str) -> str:
    """The name of a rule."""
    return rules.rules[code].texts[i18n.current_language()]["name"]


def format_condition(election: Election, code: str) -> str:
    """What a rule watches, with its thresholds."""
    text = election.alerts.rules[code].texts[i18n.current_language()]["rule"]
    return text.format(**build_placeholders(election, code))


def format_cause(
    election: Election, code: str, n: int, *, where: str, what: str | None, value: str, since: str
) -> str:
    """Why the alert was raised. what: the one member; None where there are several."""
    told = election.alerts.rules[code].texts[i18n.current_language()]
    form = told["many" if what is None else "one"]
    return form.format(
        n=i18n.format_number(n),
        where=where,
        what=what,
        value=value,
        time=since,
        **build_placeholders(election, code),
    )


def build_placeholders(election: Election, code: str) -> dict[str, str]:
    """The thresholds of a rule, and those of other rules that it rests on, in words."""
    asked, rules = election.alerts.rules[code], election.rules
    opening = next(
        (due.at for due in rules.tps.phase_deadlines if due.fase == "dibuka"), election.tps_opens
    )
    found = {
        "after": i18n.format_number(asked.grace.total_seconds() / 60),
        "opens_by": _format_clock(election.local_time(opening)),
        "arrive_by": _format_clock(election.local_time(rules.personnel.arrive_by)),
        "watch_from": _format_clock(election.day_start),
        "target": i18n.format_number(rules.neutrality_target.days),
        "above": i18n.format_number(rules.tps.estimated_list_factor, 1),
    }
    if asked.burst:
        spans = [i18n.format_number(one.total_seconds() / 60) for one in asked.burst.windows]
        found |= {
            "least": i18n.format_number(asked.burst.min_count),
            "windows": _(" atau ").join(spans),
            "chance": f"1 : {i18n.format_number(round(1 / asked.burst.level_probabilities[0][1]))}",
        }
    return found


def _format_clock(at: datetime) -> str:
    return i18n.format_time(at)


def list_thresholds(election: Election, code: str) -> list[tuple[str, str]]:
    """Every number of a rule: name, value."""
    rules, asked = election.alerts, election.alerts.rules[code]
    found = [(_("Pemilik awal"), asked.owner)]
    following = [*asked.level_min_members[1:], UNREACHABLE_COUNT]
    found += [
        (format_level(rules, place), _("mulai {n}").format(n=i18n.format_number(least)))
        for place, (least, graver) in enumerate(
            zip(asked.level_min_members, following, strict=True)
        )
        if least < graver  # as many as a graver level asks for are of that one
    ]
    for state, place in (asked.situasi_levels or {}).items():
        found.append((format_level(rules, place), label("situasi", state)))
    if asked.burst:
        found += [
            (format_level(rules, place), _("peluang di bawah {p}").format(p=f"{chance:g}"))
            for place, chance in asked.burst.level_probabilities
        ]
    minutes = max(1, int(asked.clear_after.total_seconds() / 60))
    found.append((_("Berakhir setelah sebabnya hilang"),
                  _("{n} menit").format(n=i18n.format_number(minutes))))  # fmt: skip
    return found
