"""What is to be decided, in words: somebody is named who can act, on what can be counted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from situasi.analysis.redeployment.move_proposal import ProposedForce
from situasi.domain.alert_rules import RULE_CODES
from situasi.domain.register import Register
from situasi.presentation import decisions
from tests.builders import wib

PLACE = "16.10.02"


def matter(kind: str, **more: Any) -> Any:
    since = SimpleNamespace(to_pydatetime=lambda: wib("09.30"))
    stated = {"kind": kind, "key": "k", "since": since, "kecamatan": PLACE, "place_code": PLACE,
              "count": 3, "area_count": 1, "member": None, "holder": None, "is_handled": False,
              "step": None}  # fmt: skip
    return SimpleNamespace(**{**stated, **more})


@pytest.mark.parametrize(
    "kind", [code for code in RULE_CODES if code not in ("berat", "netralitas")]
)
def test_every_matter_says_what_is_to_be_done_and_not_only_who(
    register: Register, kind: str
) -> None:
    text = decisions.format_decision(matter(kind), None, register, wib("10.30"), [])
    assert " " in text.act.removeprefix(register.kecamatan[PLACE].polsek).strip(), text.act
    if (
        register.election.alerts.rules[kind].owner == "Polsek"
        and "{owner}" in decisions._ACTS[kind]
    ):
        assert register.kecamatan[PLACE].polsek in text.act


def test_of_several_kecamatan_no_polsek_is_named_alone(register: Register) -> None:
    text = decisions.format_decision(
        matter("tps_diam", area_count=4), None, register, wib("10.30"), []
    )
    assert text.act.startswith("Polsek hubungi")


def test_silence_says_from_how_long_on_it_counts_as_fewer_than_are_late(
    register: Register,
) -> None:
    text = decisions.format_decision(matter("tps_diam"), None, register, wib("10.30"), [])
    assert (text.what, text.elapsed) == ("TPS diam di atas 1 jam", "lewat 1 jam")
    assert text.place == "Tanjung Batu · 3 dari 70 TPS"


def test_a_silent_source_is_named(register: Register) -> None:
    one = matter("sumber_senyap", count=1, member="tps", kecamatan=None, place_code=None)
    assert decisions.format_decision(one, None, register, wib("10.30"), []).what == (
        "Sumber senyap: TPS"
    )


@pytest.mark.parametrize(("destination", "words"), [(PLACE, ""), ("16.10.05", " ke Pemulutan")])
def test_a_move_to_another_kecamatan_than_the_worst_says_where_to(
    register: Register, destination: str, words: str
) -> None:
    force = ProposedForce("patroli", PLACE, None, destination, 1, 3.2, 3.2)
    row = matter("tanpa_petugas", area_count=4)
    act = decisions.format_decision(row, None, register, wib("10.30"), [], [force]).act
    assert act.replace("\u00a0", " ") == f"geser 1 patroli Tanjung Batu, ≈ 3,2 km{words}"
