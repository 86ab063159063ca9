"""Why this number: every figure and table tells the rule by which it is made, as the rules are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from situasi.board import Board
from situasi.presentation import explanations
from tests.pages.conftest import Page

# The screen of each module of pages.
SCREENS = {
    "situation": "situasi", "incidents": "kejadian", "turnout": "partisipasi", "stations": "tps",
    "personnel": "personel", "activities": "tahapan", "neutrality": "netralitas",
    "changes": "perubahan", "intake": "masukan", "alerts": "peringatan",
    "redeployment": "pergeseran", "sitreps": "laporan", "exercises": "latihan",
}  # fmt: skip


@pytest.mark.slow
def test_every_table_of_every_page_tells_how_it_is_counted(
    pages: list[Page], rehearsed: Board
) -> None:
    election = rehearsed.register.election
    told = {
        f"{page.name} {key}": explanations.find(SCREENS[page.name], counted, election)
        for page in pages
        for key, counted in page.counted.items()
    }
    assert len(told) > 60
    untold = [name for name, one in told.items() if one is None or len(one.rule) < 20]
    assert not untold, ", ".join(untold)


def test_a_rule_tells_the_limits_that_hold_in_this_election(empty: Board) -> None:
    election = empty.register.election
    rules = election.rules
    quick = replace(rules.service_levels["tinggi"], verify=timedelta(minutes=7))
    other = replace(
        election, rules=replace(rules, service_levels={**rules.service_levels, "tinggi": quick})
    )
    [before, after] = [
        explanations.find("kejadian", "baris_lewat", one) for one in (election, other)
    ]
    assert (
        before
        and "15/30/240" in before.format_limits()
        and "7/30/240" not in before.format_limits()
    )
    assert after and "7/30/240" in after.format_limits()


def test_what_is_told_of_the_feeds_is_in_words(empty: Board) -> None:
    told = explanations.find("personel", "diplot", empty.register.election)
    assert told and told.format_feeds() == "daftar personel, plotting personel, personel"
    assert "Pagar Alam" in told.format_limits()  # whose pattern it is


def test_a_table_that_counts_nothing_has_no_rule(empty: Board) -> None:
    assert explanations.find("tautan", "tautan", empty.register.election) is None
    assert explanations.find("", "baris_terbuka", empty.register.election) is None
