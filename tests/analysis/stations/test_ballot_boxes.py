"""Every box is at exactly one place of its chain of custody, at every minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.stations.ballot_boxes import (
    ARRIVED_BOX_PHASES,
    AT_TPS,
    CUSTODY,
    UNKNOWN,
    build_outstanding_table,
    count_at_ppk,
    count_custody,
    find_custody,
)
from situasi.analysis.stations.status import build_station_table
from situasi.domain.feed_schemas import FASE
from tests.analysis.builders_tps import known, small, told
from tests.builders import DAY, wib
from tests.effort import examples

CODES = small().tps["code"].tolist()
MINUTES = st.integers(min_value=6 * 60, max_value=23 * 60 + 59)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "of": st.sampled_from(CODES),
            "fase": st.sampled_from([*FASE, None]),
            "hadir": st.sampled_from([None, 0, 90]),
            "precision": st.sampled_from(["menit", "hari"]),
            "pengawal": st.sampled_from([None, "P-0302"]),
            "at": MINUTES.map(lambda minute: DAY + timedelta(minutes=minute)),
        }
    ),
    max_size=25,
)


def stations(*rows: dict[str, Any], at: str = "22.00") -> pd.DataFrame:
    return build_station_table(known(*rows), small(), wib(at))


@settings(max_examples=examples(40))
@given(rows=ROWS, minute=MINUTES)
def test_the_places_of_all_boxes_add_up_to_all_tps_at_every_minute(
    rows: list[dict[str, Any]], minute: int
) -> None:
    at = DAY + timedelta(minutes=minute)
    told_rows = [told(**row) for row in rows if row["at"] <= at]
    table = build_station_table(known(*told_rows), small(), at)
    counts, outstanding = count_custody(table), build_outstanding_table(table)
    assert tuple(counts.index) == CUSTODY
    assert counts.sum() == len(CODES)
    assert count_at_ppk(table) == counts[list(ARRIVED_BOX_PHASES)].sum()
    assert len(outstanding) + count_at_ppk(table) == len(CODES)
    assert outstanding["code"].is_unique
    # One row after another, without arrays: what a person would count by hand.
    furthest = dict.fromkeys(CODES, -1)
    for row in told_rows:
        code = f"{row['desa']}.{row['tps']}"
        if row["fase"]:
            furthest[code] = max(furthest[code], FASE.index(row["fase"]))
    for code, place in zip(table["code"], find_custody(table), strict=True):
        fase = FASE[furthest[code]] if furthest[code] >= 0 else None
        if fase and fase.startswith("kotak"):
            assert place == fase
        elif fase:
            assert place == AT_TPS
        else:  # a count above zero says that the TPS was opened, and so that the box is there
            assert place in (UNKNOWN, AT_TPS)


def test_of_a_tps_without_any_word_nobody_claims_that_the_box_is_there() -> None:
    counts = count_custody(stations())
    assert counts[UNKNOWN] == len(CODES)
    assert counts[AT_TPS] == 0


def test_boxes_on_their_way_come_first_the_longest_there_first_without_hour_last() -> None:
    table = build_outstanding_table(
        stations(
            told(of=CODES[0], fase="kotak_bergeser", at="19.00", pengawal="P-1"),
            told(of=CODES[1], fase="kotak_bergeser", at="18.00"),
            told(of=CODES[2], fase="kotak_bergeser", at="17.00", precision="hari"),
            told(of=CODES[3], fase="hitung_selesai", at="16.00"),
            told(of=CODES[4], fase="kotak_tiba_ppk", at="20.00"),
        )
    )
    assert table["code"].tolist() == [CODES[1], CODES[0], CODES[2], CODES[3], CODES[5]]
    assert table["unescorted"].tolist() == [True, False, True, False, False]
    assert table["since"].tolist()[:2] == [wib("18.00"), wib("19.00")]
    assert pd.isna(table["since"].iloc[2])
    assert table["since"].iloc[3] == wib("16.00")
