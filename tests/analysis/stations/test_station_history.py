"""The TPS of the hours before are as they were known then, not as they are known now."""

from __future__ import annotations

from situasi.analysis.stations.station_history import HOURS, compute_station_history
from situasi.analysis.stations.status import build_station_table
from situasi.analysis.turnout.summary import build_turnout_table
from situasi.domain import feed_schemas
from situasi.domain.register import Register
from tests import queries
from tests.builders import report, rows_of, wib

DESA = "16.10.04.2012"


def test_a_report_that_came_later_leaves_its_tps_late_in_the_hours_before(
    register: Register,
) -> None:
    first = report(id="a", desa=DESA, tps="001", fase="dibuka", at="07.00", hadir=40)
    late = report(id="b", desa=DESA, tps="002", fase="dibuka", at="07.00", known="11.30")
    rows = {"tps": rows_of(feed_schemas.TPS, first, late)}
    history = queries.run(compute_station_history, rows, register, wib("12.00"))
    assert history["hours_ago"].unique().tolist() == list(range(HOURS, 0, -1))
    for hours_ago, part in history.groupby("hours_ago"):
        moment = wib(f"{12 - int(str(hours_ago)):02d}.00")
        then = build_station_table({"tps": rows_of(feed_schemas.TPS, first)}, register, moment)
        for state in ("terlambat", "tak_terjangkau"):
            assert part[state].sum() == (then["state"] == state).sum(), (hours_ago, state)
        turnout = build_turnout_table(then, register)
        for name in ("voters_present", "dpt_counted"):
            assert part[name].sum() == turnout[name].sum() > 0, (hours_ago, name)


def test_where_nobody_reports_there_is_no_history(register: Register) -> None:
    for frames in ({}, {"tps": rows_of(feed_schemas.TPS)}):
        assert queries.run(compute_station_history, frames, register, wib("12.00")).empty
