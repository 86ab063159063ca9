"""The result of matching a file: which row is which place, by which column."""

from collections.abc import Sequence
from dataclasses import dataclass

from situasi.domain.register import Register


@dataclass(frozen=True)
class MatchResult:
    """One way to read a file: the code of each row (None: not of this kabupaten).

    is_weak: codes of another length, valid only if the positions agree. unknown_names: names inside
    this kabupaten that are not in the register.
    """

    column: str
    codes: list[str | None]
    is_by_name: bool = False
    is_weak: bool = False
    unknown_names: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def place_count(self) -> int:
        """Return the number of places matched."""
        return len({code for code in self.codes if code})

    @property
    def row_count(self) -> int:
        """Return the number of rows matched."""
        return sum(code is not None for code in self.codes)


def register_names(level: str, register: Register) -> dict[str, str]:
    """Return the name by code of every kecamatan or desa of the register."""
    places = register.kecamatan if level == "kecamatan" else register.desa
    return {code: place.name for code, place in places.items()}


def best_match(matches: Sequence[MatchResult]) -> MatchResult | None:
    """Return the match with the most places, then rows; None where no place matched."""
    best = max(matches, key=lambda match: (match.place_count, match.row_count), default=None)
    return best if best and best.place_count else None
