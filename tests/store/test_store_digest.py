"""The fingerprint of a row: the same content, the same digest; anything else, another."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from situasi.domain.feed_schemas import FEEDS, INCIDENTS, ColumnKind
from situasi.store.row_encoding import _decimal_texts, compute_digests, encode_frame
from tests.effort import examples
from tests.store import slow
from tests.store.builders import MORNING, TEXT_COLUMNS, frame, row

_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-5.5))])
# Control characters, separators of the canonical text, its words and lone surrogates.
_TEXTS = st.text(max_size=6) | st.text(alphabet="\x1e\x1f\x00es=\ud800id", max_size=8)
_CELLS: dict[ColumnKind, st.SearchStrategy[Any]] = {
    ColumnKind.TEXT: st.none() | _TEXTS,
    ColumnKind.CATEGORY: st.none() | _TEXTS,
    ColumnKind.TIME: st.none() | st.datetimes(datetime(1800, 1, 1), timezones=_ZONES),
    ColumnKind.COUNT: st.none() | st.integers(-(2**63), 2**63 - 1),
    ColumnKind.DECIMAL: st.none() | st.floats(),
    ColumnKind.BOOLEAN: st.booleans(),
}


def rows_of(feed: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    cells = {column.name: _CELLS[column.kind] for column in FEEDS[feed].columns}
    return st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=4)


def fast(accepted: pd.DataFrame, feed: str = "incidents") -> list[bytes]:
    return compute_digests(encode_frame(FEEDS[feed], accepted))


@pytest.mark.parametrize("feed", FEEDS)
@settings(max_examples=examples(80))
@given(data=st.data())
def test_fast_digest_equals_the_slow_obvious_one(feed: str, data: st.DataObject) -> None:
    rows = data.draw(rows_of(feed))
    accepted = frame(*(row(feed) | one for one in rows), feed=feed)
    slowly = [slow.digest(FEEDS[feed], one) for one in accepted.to_dict("records")]
    assert fast(accepted, feed) == slowly


# Of usual size, whole and broken, and where `repr` begins to write an exponent.
_DECIMALS = st.floats(-1e10, 1e10) | st.integers(-999, 999).map(float) | st.floats(-1e-2, 1e-2)


@settings(max_examples=examples(500))
@given(st.lists(_DECIMALS, min_size=1, max_size=5) | st.lists(st.floats(0.1, 200), min_size=1))
@example([104.0, -3.25])
@example([30158384239.189465])
@example([4.334726365239158e-05])
def test_decimals_are_spelled_as_python_spells_them(numbers: list[float]) -> None:
    assert list(_decimal_texts(numbers)) == list(map(repr, numbers))


def test_a_hundred_thousand_points_are_spelled_as_python_spells_them() -> None:
    random = np.random.default_rng(1)
    points = [random.uniform(-180, 180, 50_000), random.uniform(-180, 180, 50_000).round(6)]
    numbers = [number for part in points for number in part.tolist() if number % 1]
    assert list(_decimal_texts(numbers)) == list(map(repr, numbers))


@settings(max_examples=examples(200))
@given(rows_of("incidents"))
def test_digests_are_equal_exactly_where_content_is(rows: list[dict[str, Any]]) -> None:
    accepted = frame(*(row() | one for one in rows))
    said = [tuple((k, repr(v)) for k, v in _said(one).items()) for one in rows]
    marks = fast(accepted)
    for one in range(len(rows)):
        for other in range(len(rows)):
            assert (marks[one] == marks[other]) == (said[one] == said[other])


def _said(one: dict[str, Any]) -> dict[str, Any]:
    """Content as plain values: one spelling for each missing, moment, zero and broken sign."""
    said = {}
    for column in INCIDENTS.columns:
        value = one[column.name]
        if column.name == "flags" or pd.isna(value):
            continue
        if isinstance(value, datetime):
            value = value.astimezone(UTC)
        if isinstance(value, float):
            value = value + 0.0
        said[column.name] = slow.clean(value) if isinstance(value, str) else value
    return said


def _as(dtype: str, *names: str) -> Any:
    return lambda given: given.astype(dict.fromkeys(names, dtype))


_SAME_CONTENT = {
    "columns in another order": lambda given: given[sorted(given, reverse=True)],
    "another index": lambda given: given.set_axis([7, 7], axis=0),
    "texts as str": _as("str", *TEXT_COLUMNS),
    "texts as string": _as("string", *TEXT_COLUMNS),
    "texts as category": _as("category", *TEXT_COLUMNS),
    "times in WIB": _as("datetime64[us, Asia/Jakarta]", "occurred_at"),
    "times in nanoseconds": _as("datetime64[ns, UTC]", "occurred_at"),
    "times in seconds": _as("datetime64[s, UTC]", "occurred_at"),
    "times as objects": _as("object", "occurred_at"),
    "decimals as objects": _as("object", "lat"),
    "decimals as Float64": _as("Float64", "lat"),
    "yes and no as boolean": _as("boolean", "latihan"),
    "yes and no as objects": _as("object", "latihan"),
    "an extra column": lambda given: given.assign(suara_paslon_1=[100, 200]),
    "other remarks of ours": lambda given: given.assign(flags=["koordinat tertukar", None]),
}


@pytest.mark.parametrize("change", _SAME_CONTENT.values(), ids=_SAME_CONTENT)
def test_digest_does_not_depend_on_how_pandas_holds_the_content(change: Any) -> None:
    given_rows = frame(row(), row(uraian=None, lat=None, occurred_at=None, latihan=True))
    assert fast(change(given_rows.copy())) == fast(given_rows)


@pytest.mark.parametrize(
    "hadir",
    [
        pd.Series([3.0, np.nan]),
        pd.Series([3, None], dtype=object),
        pd.Series([3, None], dtype="Int8"),
    ],
    ids=["float64", "object", "Int8"],
)
def test_counts_are_equal_in_every_dtype(hadir: pd.Series[Any]) -> None:
    counted = frame(row("tps", hadir=3), row("tps", hadir=None), feed="tps")
    assert fast(counted.assign(hadir=hadir), "tps") == fast(counted, "tps")


def test_parts_of_a_microsecond_are_cut_off() -> None:
    fine = frame(row()).astype({"occurred_at": "datetime64[ns, UTC]"})
    fine["occurred_at"] += pd.Timedelta(999, unit="ns")
    assert fast(fine) == fast(frame(row()))


def test_text_that_looks_like_two_cells_is_one() -> None:
    tricky = frame(row(id="a\x1fjenis=sara", jenis=None), row(id="a", jenis="sara"))
    assert len(set(fast(tricky))) == 2


def test_digest_is_the_same_for_ever() -> None:
    """A stored digest is compared for years: a change here must be a migration."""
    assert fast(frame(row()))[0].hex() == "b8c12eda9dc415df37c049ba60db0aca"


def test_digest_is_the_same_in_another_process() -> None:
    code = (
        "from tests.store.test_store_digest import fast, frame, row\n"
        "print(fast(frame(row()))[0].hex())"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          cwd=root, check=True)  # fmt: skip
    assert done.stdout.strip() == fast(frame(row()))[0].hex()


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("occurred_at", pd.Series([datetime(2024, 11, 27, 8)])),
        ("occurred_at", pd.Series([datetime(2024, 11, 27, 8)], dtype=object)),
        ("latihan", pd.Series(["tidak"], dtype=object)),
        ("latihan", pd.Series([None], dtype="boolean")),
        ("uraian", pd.Series([12], dtype=object)),
        ("lat", pd.Series(["selatan"], dtype=object)),
    ],
    ids=["naive time", "naive time as object", "text for yes", "neither yes nor no",
         "number for text", "text for number"],
)  # fmt: skip
def test_value_of_the_wrong_kind_is_an_error_that_names_the_column(
    column: str, values: pd.Series[Any]
) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        encode_frame(INCIDENTS, frame(row()).assign(**{column: values}))
    assert f"column {column!r}" in raised.value.__notes__[0]


def test_broken_count_is_an_error_not_a_rounding() -> None:
    with pytest.raises((TypeError, ValueError)):
        encode_frame(FEEDS["tps"], frame(row("tps"), feed="tps").assign(hadir=[2.5]))


def test_missing_column_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="uraian"):
        encode_frame(INCIDENTS, frame(row()).drop(columns="uraian"))


def test_building_a_frame_of_many_zones_is_sound() -> None:
    wib = MORNING.astimezone(timezone(timedelta(hours=7)))
    assert len(set(fast(frame(row(), row(occurred_at=wib))))) == 1


def test_zero_has_one_spelling() -> None:
    assert fast(frame(row(lat=-0.0))) == fast(frame(row(lat=0.0)))
