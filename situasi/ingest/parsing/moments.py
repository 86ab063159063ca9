"""A column of moments: one array for reckoning, aware datetimes for whoever looks at one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt


class Moments(Sequence[datetime | None]):
    """at: datetime64[us] in UTC, NaT where missing. As a sequence: aware datetimes or None."""

    def __init__(self, at: npt.NDArray[np.datetime64]) -> None:
        self.at = at

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, index: Any) -> Any:
        picked = self.at[index]
        return Moments(picked) if isinstance(index, slice) else _aware(picked.item())

    def __iter__(self) -> Iterator[datetime | None]:
        return map(_aware, self.at.tolist())


def moment64(at: datetime) -> np.datetime64:
    """An aware moment as numpy holds it: UTC, without saying so."""
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us")


def _aware(naive: datetime | None) -> datetime | None:
    return None if naive is None else naive.replace(tzinfo=UTC)
