"""Alerts of crowds: what many merges, orders or steps cost grows no faster than their number."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from situasi.analysis.alerts import case_replay
from situasi.analysis.alerts.case_replay import CaseReport
from situasi.analysis.alerts.rules import incidents, neutrality, staffing
from situasi.analysis.incidents import merging
from situasi.domain import feed_schemas, row_order
from situasi.domain.rules import CriticalRule
from tests.analysis.builders_tps import whole
from tests.builders import report, rows_of, wib

AT = wib("20.00")


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of our own code a work runs: its cost, whatever the machine does."""
    count = 0

    def line(frame: Any, event: str, _: object) -> Any:
        nonlocal count
        count += event == "line"
        return line if "situasi" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def chained(size: int) -> Callable[[], object]:
    """A chain of merges, each known a minute after the one before."""
    words = [
        CaseReport(at, at, at, f"K-{at}", "16.10.04", "logistik", None, None, "dilaporkan", False)
        for at in range(size + 1)
    ]
    decided = pd.DataFrame(
        [(f"K-{at}", f"K-{at + 1}", "gabung", False, size + at, size + at, size + at)
         for at in range(size)],
        columns=["kasus", "ke", "tindakan", "latihan", "seq", "known_us", "reported_us"],
    )  # fmt: skip
    return lambda: case_replay.replay_cases(words, decided)


def ordered(size: int) -> Callable[[], object]:
    """Orders of one officer, one a minute."""
    code = whole().tps["code"].iloc[0]
    rows = rows_of(
        feed_schemas.POSTINGS,
        *(
            report(id=f"O-{at}", petugas="P-1", penugasan="tps", kecamatan=code[:8],
                   desa=code.rpartition(".")[0], tps="001", at=wib(f"{at // 60}.{at % 60}"))
            for at in range(size)
        ),
    )  # fmt: skip
    return lambda: staffing._find_order_intervals(rows, whole(), AT)


def stepped(size: int) -> Callable[[], object]:
    """Steps of one case against a member."""
    rows = rows_of(
        feed_schemas.NEUTRALITY,
        *(report(id="N", langkah="informasi", at=wib(f"{at // 60}.{at % 60}"))
          for at in range(size)),
    )  # fmt: skip
    return lambda: neutrality.find_overdue(rows, whole().election.rules.neutrality_target, AT)


def paired(size: int) -> Callable[[], object]:
    """Pairs of merged cases, made one row each."""
    found = pd.DataFrame(
        {
            "case": [f"K-{at}" for at in range(2 * size)],
            "status": "dilaporkan",
            "tingkat": "rendah",
            "situasi": None,
            "known_at": AT,
            "seq": range(2 * size),
        }
    )
    return lambda: merging.collapse(
        found, {f"K-{at}": f"K-{at // 2 * 2}" for at in range(2 * size)}
    )


@pytest.mark.parametrize("work", [chained, stepped])
def test_twice_as_many_cost_about_twice_as_much(
    work: Callable[[int], Callable[[], object]],
) -> None:
    work(20)()  # what is loaded with the first
    few, many = lines_run(work(200)), lines_run(work(400))
    assert many < 2.5 * few


def test_merged_cases_are_made_one_all_together() -> None:
    paired(20)()
    assert lines_run(paired(400)) < 1.2 * lines_run(paired(200))


def test_an_order_is_read_for_its_own_turn_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    standing = row_order.select_current_orders

    def counted(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
        read.append(len(rows))
        return standing(rows, at)

    monkeypatch.setattr(row_order, "select_current_orders", counted)
    ordered(300)()
    assert sum(read) == 300


def test_grave_reports_beyond_so_many_of_a_kecamatan_are_one_alert_together() -> None:
    n = incidents.MAX_SINGLE_ALERTS
    table = pd.DataFrame({
        "case": [f"K-{number}" for number in range(n + 50)] + ["L-1"],
        "kecamatan": ["16.10.05"] * (n + 50) + ["16.10.04"],
        "tingkat": "tinggi", "situasi": None, "open": True, "latihan": False,
        "begin": range(n + 51), "end": 10**15, "seq": range(n + 51),
    })  # fmt: skip
    subjects = incidents.find_critical(table, CriticalRule())["subject"]
    assert subjects.tolist() == [
        *table["case"][:n], *["16.10.05"] * 50, "L-1",
    ]  # fmt: skip
