"""The rules of alerts: data that is checked when read, with words in both languages."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from situasi.common.i18n import set_language
from situasi.domain import alert_rules, election
from situasi.domain.alert_rules import RULE_CODES
from situasi.domain.feed_schemas import JENIS, KERAWANAN, SITUASI, TINGKAT
from situasi.domain.register import Register
from situasi.domain.settings import ROOT
from situasi.presentation import alerts as alert_texts

FOLDER = ROOT / "data" / "elections" / "ogan-ilir-2024"


def raw() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "alerts.toml").read_text("utf-8"))


def test_the_election_has_every_rule_and_levels_that_are_no_words_of_the_three_scales(
    register: Register,
) -> None:
    rules = register.election.alerts
    assert set(rules.rules) == set(RULE_CODES)
    scales = {word for scale in (TINGKAT, SITUASI, KERAWANAN, JENIS) for word in scale}
    assert not scales & set(rules.levels)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_rule_can_say_what_it_watches_and_why_it_called(
    register: Register, language: str
) -> None:
    set_language(language)
    for code in RULE_CODES:
        said = [alert_texts.format_condition(register.election, code)]
        for what in (None, "TPS 001"):
            said.append(
                alert_texts.format_cause(register.election, code, 7, where="Indralaya", what=what,
                              value="12", since="07.30")
            )  # fmt: skip
        assert all(said) and not any(re.search(r"[{}]", one) for one in said)
        assert alert_texts.list_thresholds(register.election, code)
        assert "TPS 001" in said[2] or code == "beruntun"
    set_language("id")


def test_both_languages_have_the_same_holes() -> None:
    for code, rule in raw()["rule"].items():
        for word in ("one", "many", "rule"):
            holes = [set(re.findall(r"{\w+}", rule[lang][word])) for lang in ("id", "en")]
            assert holes[0] == holes[1], (code, word)


def _unknown_rule(told: dict[str, Any]) -> None:
    told["rule"]["lain"] = told["rule"]["berat"]


def _unknown_level(told: dict[str, Any]) -> None:
    told["rule"]["berat"]["levels"] = {"gawat": 1}


def _falling(told: dict[str, Any]) -> None:
    told["rule"]["berat"]["levels"] = {"penting": 9, "kritis": 3}


def _unknown_level_of_rate(told: dict[str, Any]) -> None:
    told["rule"]["beruntun"]["false_per_day"] = {"gawat": 1e-4}


@pytest.mark.parametrize("spoil", [_unknown_rule, _unknown_level, _falling, _unknown_level_of_rate])
def test_rules_that_make_no_sense_are_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    told = raw()
    spoil(told)
    with pytest.raises(
        ValueError, match=r"tidak ada; yang ada|tidak dikenal; yang ada|lebih dari tingkat"
    ):
        alert_rules.parse(told)


@pytest.mark.parametrize(
    ("code", "right", "wrong"),
    [
        ("tps_diam", "after_min", "after_mins"),
        ("tps_diam", "without", "witout"),
        ("berat", "levels", "level"),
        ("beruntun", "false_per_day", "false_a_day"),
    ],
)
def test_a_misspelt_entry_is_refused_by_name(code: str, right: str, wrong: str) -> None:
    told = raw()
    told["rule"][code][wrong] = told["rule"][code].pop(right)
    with pytest.raises(ValueError, match=rf"'{wrong}' tidak dikenal di \[rule\.{code}\]"):
        alert_rules.parse(told)


def test_the_level_of_a_number_is_the_gravest_that_it_reaches() -> None:
    rule = alert_rules.parse(raw()).rules["tps_diam"]
    assert [rule.level_for(n) for n in (0, 1, 7, 8, 19, 20, 667)] == [-1, 0, 0, 1, 1, 2, 2]


def test_a_level_that_no_number_has_is_not_told_of_a_rule(register: Register) -> None:
    told = dict(alert_texts.list_thresholds(register.election, "kotak"))
    assert "perhatian" not in told
    assert told["penting"].endswith("1") and told["kritis"].endswith("3")


def test_an_election_without_the_file_has_no_alerts(tmp_path: Path) -> None:
    folder = tmp_path / "lain"
    folder.mkdir()
    for name in ("election.toml", "rules.toml"):
        shutil.copy(FOLDER / name, folder / name)
    assert election.load(folder).alerts == alert_rules.NO_RULES
