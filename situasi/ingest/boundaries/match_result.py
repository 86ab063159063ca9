"""One way to read a file: which row is which place, told by which column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from situasi.domain.register import Register


@dataclass(frozen=True)
class MatchResult:
    """One way to read a file: the code of each row (None: not of this kabupaten).

    weak: codes of another length, to be believed only when the positions agree.
    unknown: names inside this kabupaten that are not in the register.
    """

    column: str
    codes: list[str | None]
    is_by_name: bool = False
    is_weak: bool = False
    unknown_names: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def place_count(self) -> int:
        return len({code for code in self.codes if code})

    @property
    def row_count(self) -> int:
        return sum(code is not None for code in self.codes)


def register_names(level: str, register: Register) -> dict[str, str]:
    """Code -> name of every kecamatan or desa of the register."""
    rows = register.kecamatan if level == "kecamatan" else register.desa
    return {code: place.name for code, place in rows.items()}


def best_match(matches: Sequence[MatchResult]) -> MatchResult | None:
    best = max(matches, key=lambda reading: (reading.place_count, reading.row_count), default=None)
    return best if best and best.place_count else None
