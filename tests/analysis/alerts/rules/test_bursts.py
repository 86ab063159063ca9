"""Bursts: what is more than usual for a place and hour; a place that is always busy is no burst."""

from __future__ import annotations

from typing import Any

import pandas as pd

from situasi.analysis.alerts import engine as work
from situasi.analysis.alerts.episodes import Alerts
from situasi.domain import feed_schemas
from situasi.domain.register import Register
from tests import queries
from tests.builders import incident, report, rows_of, wib
from tests.builders import incidents as rows_with

BUSY, QUIET = "16.10.04", "16.10.13"


def told(kecamatan: str, clock: str, number: int = 0, **more: Any) -> dict[str, Any]:
    return incident(id=f"{kecamatan}-{clock}-{number}", kecamatan=kecamatan, at=clock, **more)


def found(register: Register, at: str, *rows: dict[str, Any], merges: Any = ()) -> pd.DataFrame:
    known = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
    known |= {"incidents": rows_with(*rows), "merges": rows_of(feed_schemas.MERGES, *merges)}
    every: Alerts = queries.run(work.compute_alerts, known, register, wib(at))
    return every.table[every.table["rule"] == "beruntun"]


def steady(kecamatan: str, first: int, last: int, every: int) -> list[dict[str, Any]]:
    """A report each so many minutes, from one hour to another."""
    clocks = [divmod(minute, 60) for minute in range(60 * first, 60 * last, every)]
    return [told(kecamatan, f"{hour:02}.{minute:02}") for hour, minute in clocks]


def test_four_reports_of_a_quiet_kecamatan_within_minutes_are_a_burst(register: Register) -> None:
    some = [told(QUIET, f"09.{minute:02}") for minute in (0, 5, 9, 12)]
    burst = found(register, "09.15", *some)
    assert set(burst["kecamatan"]) == {QUIET}
    [still] = burst[burst["ended"].isna()].to_dict("records")
    assert still["n"] == 4
    assert still["value"].usual < 1 and still["value"].per_day <= 1


def test_a_kecamatan_that_is_always_busy_does_not_cry_wolf(register: Register) -> None:
    burst = found(register, "13.00", *steady(BUSY, 5, 13, 15))
    # How busy it is is learnt from its first reports; from then on it is usual.
    assert (burst["since"] < wib("07.00")).all()
    assert len(burst) <= 1


def test_an_hour_that_is_busy_everywhere_is_no_burst_of_one(register: Register) -> None:
    some = [
        told(code, f"08.{minute:02}")
        for code in register.kecamatan
        for minute in (3, 17, 31)
    ]  # fmt: skip
    assert found(register, "08.50", *some).empty


def test_nihil_and_more_rows_of_one_case_are_no_new_reports(register: Register) -> None:
    nihil = [told(QUIET, f"09.{m:02}", jenis="nihil", status="nihil") for m in range(10)]
    one = [
        incident(id="A", kecamatan=QUIET, at="09.00", known=f"09.{m:02}", status="ditangani",
                 uraian=f"{m}")
        for m in range(10)
    ]  # fmt: skip
    assert found(register, "09.30", *nihil, *one).empty


def test_reports_that_were_merged_in_time_are_one_and_later_the_alert_stays(
    register: Register,
) -> None:
    some = [told(QUIET, f"09.{minute:02}") for minute in (0, 5, 7, 9)]
    head, other, third, _fourth = rows_with(*some)["case"]
    early = [
        report(kasus=case, ke=head, tindakan="gabung", at=clock, id=case)
        for case, clock in ((other, "09.06"), (third, "09.08"))
    ]
    assert found(register, "09.20", *some, merges=early).empty
    late = [{**one, "known_at": wib("09.12")} for one in early]
    assert set(found(register, "09.20", *some, merges=late)["since"]) == {wib("09.07")}


def test_a_burst_ends_when_its_window_is_no_longer_fresh(register: Register) -> None:
    some = [told(QUIET, f"09.{minute:02}") for minute in (0, 5, 9, 12)]
    later = found(register, "13.00", *some)
    assert set(later["ended"]) <= {"sendiri", "naik"}
    assert len(later) >= 1


def test_reports_that_catch_up_after_an_outage_raise_nothing(register: Register) -> None:
    # One each twenty minutes, as of a kecamatan that is somewhat busy; all arrive at noon.
    before = steady(QUIET, 5, 8, 30)
    held = [{**row, "known_at": wib("12.00")} for row in steady(QUIET, 8, 12, 20)]
    elsewhere = [row for code in list(register.kecamatan)[:6] for row in steady(code, 5, 13, 40)]
    calls = found(register, "12.05", *elsewhere, *before, *held)
    assert (calls["since"] < wib("06.00")).all()


def test_a_burst_known_hours_late_is_not_called_out(register: Register) -> None:
    some = [told(QUIET, f"09.{minute:02}", known="12.00") for minute in (0, 5, 9, 12)]
    assert found(register, "12.05", *some).empty
    soon = [told(QUIET, f"09.{minute:02}", known="09.50") for minute in (0, 5, 9, 12)]
    assert list(found(register, "09.55", *soon)["since"]) == [wib("09.50")]
