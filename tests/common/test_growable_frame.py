"""Rows that grow: always what joining the frames would give, and nothing that was given changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.common.growable_frame import GrowableFrame
from situasi.domain import feed_schemas
from tests.builders import report, rows_of

DTYPES = feed_schemas.stored_dtypes(feed_schemas.TPS)
row = st.fixed_dictionaries(
    {
        "id": st.text(max_size=2),
        "hadir": st.one_of(st.none(), st.integers(0, 500)),
        "fase": st.sampled_from([None, *feed_schemas.FASE]),
        "reported_at": st.sampled_from([None, report()["known_at"]]),
        "latihan": st.booleans(),
    }
)
deliveries = st.lists(st.lists(row, max_size=6), max_size=6)


def frame(told: list[dict[str, Any]]) -> pd.DataFrame:
    return rows_of(feed_schemas.TPS, *(report(**one) for one in told))[list(DTYPES)]


@given(deliveries)
def test_rows_that_grew_equal_all_of_them_joined(told: list[list[dict[str, Any]]]) -> None:
    rows, given_out = GrowableFrame(DTYPES), []
    for delivery in told:
        rows.add(frame(delivery))
        given_out.append((rows.frame(), rows.frame().copy(deep=True)))
    whole = frame([one for delivery in told for one in delivery])
    whole["seq"] = rows.array("seq")  # the frames are numbered each by itself
    pd.testing.assert_frame_equal(rows.frame(), whole)
    for held, as_it_was in given_out:
        pd.testing.assert_frame_equal(held, as_it_was)


def test_a_column_that_is_put_anew_leaves_what_was_given_out() -> None:
    rows = GrowableFrame(DTYPES)
    rows.add(frame([{"id": "A"}, {"id": "B"}]))
    before = rows.frame()
    rows.set_column("batch", np.array([8, 9]))
    rows.add(frame([{"id": "C"}]))
    assert before["batch"].tolist() == [1, 1]
    assert rows.frame()["batch"].tolist() == [8, 9, 1]


def test_a_frame_is_a_view_into_which_nobody_may_write() -> None:
    rows = GrowableFrame(DTYPES)
    rows.add(frame([{"id": "A"}]))
    held = rows.frame()
    assert np.shares_memory(held["seq"].to_numpy(), rows.array("seq"))
    assert np.shares_memory(held["known_at"].array._ndarray, rows.array("known_at"))
    with pytest.raises(ValueError, match="read-only"):
        held.loc[0, "id"] = "B"
    assert rows.frame()["id"].tolist() == ["A"]
