"""The key figures of Kejadian: which open cases alarm."""

from __future__ import annotations

import pytest

from pages.incidents.kpis import build_kpis
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation.worklist import compute_worklist
from situasi.domain import feed_schemas
from situasi.domain.register import Register
from situasi.domain.rules import CriticalRule
from tests import queries
from tests.builders import incident, incidents, rows_of, wib


@pytest.mark.parametrize(
    ("rule", "alarms"), [(CriticalRule(), True), (CriticalRule(("tinggi",), ()), False)]
)
def test_open_and_overdue_cases_alarm_by_the_rule_of_critical_ones(
    register: Register, rule: CriticalRule, alarms: bool
) -> None:
    rows = incidents(incident(id="A", at="05.00", known="05.00", tingkat="rendah", situasi="merah"))
    known = {"incidents": rows, "merges": rows_of(feed_schemas.MERGES)}
    worklist = queries.run(compute_worklist, known, register, wib("12.00"), Selection())
    opened, overdue, *_ = build_kpis(worklist, rule)
    assert opened.card.is_alarm == alarms
    assert str(overdue.card.note).endswith(f"{int(alarms)} berat")
