"""Moments as whole microseconds since 1970: arrays of these are compared and sorted at once."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.domain.row_order import reported_time

Micros = npt.NDArray[np.int64]

DTYPE: Literal["datetime64[us, UTC]"] = "datetime64[us, UTC]"
# Value of a missing moment (NaT): before all others.
NEVER = np.iinfo("int64").min

MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_us(moment: datetime) -> int:
    """Return a moment in microseconds."""
    return (moment - _EPOCH) // MICROSECOND


def from_us(micros: int) -> datetime:
    """Return the moment in UTC."""
    return _EPOCH + micros * MICROSECOND


def minute_end(moment: datetime) -> datetime:
    """Return the end of a minute: views are told by the minute, rows come within it."""
    return moment + _MINUTE


def column_to_us(times: pd.Series) -> Micros:
    """Return a column of moments in microseconds; NEVER where missing."""
    cells = pd.DatetimeIndex(times)
    micros: Micros = (cells if cells.unit == "us" else cells.as_unit("us")).asi8  # else a copy
    return micros


def reported_us(rows: pd.DataFrame) -> Micros:
    """Return when each row of a feed was reported (row_order.reported_time), in microseconds."""
    return column_to_us(reported_time(rows).astype(DTYPE))


def index_from_us(micros: Micros) -> pd.DatetimeIndex:
    """Return the moments in UTC; missing where NEVER."""
    return pd.DatetimeIndex(micros.view("datetime64[us]"), tz="UTC")
