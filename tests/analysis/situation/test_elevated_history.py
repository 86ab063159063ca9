"""How many kecamatan were kuning or merah at a moment: as the reports known by then say."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.situation.elevated_history import count_elevated, list_elevated_steps
from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.register import Register
from tests import queries
from tests.builders import incident, incidents, wib

HOURS = [f"{hour:02d}.00" for hour in range(8, 13)]
REPORTS = st.lists(
    st.builds(
        lambda case, **stated: incident(id=f"K-{case}", kecamatan=f"16.10.0{case}", **stated),
        st.integers(1, 3),
        known=st.sampled_from(HOURS),
        situasi=st.sampled_from([None, "hijau", "kuning", "merah"]),
        status=st.sampled_from(["dilaporkan", "ditangani", "selesai"]),
    ),
    max_size=8,
)


def count_plainly(rows: list[dict[str, Any]], clock: str) -> int:
    """Count as the analysis does, report by report."""
    elevated: dict[str, bool] = {}
    stated: dict[str, str | None] = {}
    for row in sorted(rows, key=lambda row: row["known_at"]):
        if row["known_at"] <= wib(clock):
            place = row["kecamatan"]
            stated[place] = row["situasi"] or stated.get(place)
            is_open = row["status"] not in STATUS_CLOSED
            elevated[place] = is_open and stated[place] in {"kuning", "merah"}
    return sum(elevated.values())


@given(REPORTS)
def test_it_is_what_the_plain_version_counts(
    register: Register, rows: list[dict[str, Any]]
) -> None:
    frames = {"incidents": incidents(*rows)} if rows else {}
    steps = queries.run(list_elevated_steps, frames, register, wib("13.00"))
    assert [count_elevated(steps, wib(clock)) for clock in HOURS] == [
        count_plainly(rows, clock) for clock in HOURS
    ]
