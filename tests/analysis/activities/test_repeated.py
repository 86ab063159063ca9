"""Activities that another file tells again under a new id count once."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.activities.repeated import join_repeated
from situasi.domain import feed_schemas
from tests.analysis.activities.test_activities import found, giat
from tests.builders import rows_of
from tests.effort import examples

PATROL = {"desa": "16.10.04.2012", "uraian": "Patroli dialogis di pasar", "jumlah": "5"}


def test_the_same_giat_of_another_file_counts_once() -> None:
    again = {**PATROL, "uraian": "PATROLI DIALOGIS di pasar.", "pelapor": "Polsek"}
    table = found(giat(**PATROL), giat(id="X-2", known="11.00", **again))
    assert list(table["id"]) == ["X-2"]


@pytest.mark.parametrize(
    "other",
    [{"at": "08.05"}, {"desa": "16.10.04.2006"}, {"uraian": "Patroli di sekolah"}, {"jumlah": "9"},
     {"giat": "apel"}, {"precision": "hari"}, {"latihan": True}, {"lokasi": "Pasar"}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_what_differs_in_a_fact_is_another_giat(other: dict[str, Any]) -> None:
    assert len(found(giat(**PATROL), giat(**{**PATROL, "id": "X-2", **other}))) == 2


def test_without_a_place_two_giat_of_one_minute_may_be_two() -> None:
    words = {"uraian": "Patroli malam"}
    assert len(found(giat(**words), giat(id="X-2", **words))) == 2


ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(("x", "y", "z", None))), max_size=8
)


@settings(max_examples=examples(60))
@given(ROWS)
def test_joining_is_what_following_every_pair_gives(told: list[tuple[str, str | None]]) -> None:
    rows = rows_of(
        feed_schemas.ACTIVITIES,
        *(giat(id=name, desa="16.10.04.2012", uraian=words) for name, words in told),
    )
    codes = pd.Series(pd.factorize(rows["id"])[0], rows.index)
    groups = [{row} for row in range(len(told))]
    for row, (name, words) in enumerate(told):
        for other in range(row):
            if told[other][0] == name or told[other][1] == words:
                union = groups[row] | groups[other]
                for member in union:
                    groups[member] = union
    plain = [min(codes.iloc[member] for member in group) for group in groups]
    assert join_repeated(rows, codes).tolist() == plain
