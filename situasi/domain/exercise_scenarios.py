"""Scenarios of a drill, from the election's folder: what is reported, and by when staff react."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from situasi.domain.election import Election
from situasi.domain.feed_schemas import FEEDS, INCIDENTS

FOLDER_NAME = "skenario"
# What is asked of the staff, in its order: to take note, verify, assign, close.
RESPONSE_STEPS = ("diketahui", "diverifikasi", "ditugaskan", "ditutup")
_TARGET_KEYS = dict(
    zip(RESPONSE_STEPS, ("notice_min", "verify_min", "assign_min", "close_min"), strict=True)
)
_PLACE_HEADINGS = ("kode_kecamatan", "kode_desa", "tps")
_CONTROL_KEYS = frozenset({"after_min", "feed", "case"})


@dataclass(frozen=True)
class Inject:
    """One row of a feed, as an officer would report it, so long after the beginning.

    case: which case of the scenario it tells of; "" in a feed without cases. cells: under the
    headings of our files, sorted.
    """

    after: timedelta
    feed: str
    case: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scenario:
    """code: the name of its file. targets: by STEPS, from when a case was first reported."""

    code: str
    name: str
    description: str
    response_targets: tuple[timedelta, ...]
    injects: tuple[Inject, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases it tells of, in the order of their first report."""
        return tuple(dict.fromkeys(one.case for one in self.injects if one.case))


def load(election: Election) -> dict[str, Scenario]:
    """The scenarios of an election by code; none where it has no folder of them.

    Raises ValueError, naming the file and what is wrong in it.
    """
    return {
        path.stem: _read(path) for path in sorted((election.folder / FOLDER_NAME).glob("*.toml"))
    }


def _read(path: Path) -> Scenario:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        place = {name: raw[name] for name in _PLACE_HEADINGS if raw.get(name)}
        found = Scenario(
            code=path.stem,
            name=raw["name"],
            description=raw["words"],
            response_targets=tuple(
                timedelta(minutes=raw["target"][name])
                for name in map(_TARGET_KEYS.get, RESPONSE_STEPS)
                if name
            ),
            injects=tuple(_parse_inject(one, place) for one in raw["messages"]),
        )
    except KeyError as missing:
        raise ValueError(f"{path}: {missing} tidak ada") from missing
    except (ValueError, TypeError) as wrong:
        raise ValueError(f"{path}: {wrong}") from wrong
    _check(path, found)
    return found


def _parse_inject(raw: Mapping[str, Any], place: Mapping[str, str]) -> Inject:
    cells = {
        **place,
        **{name: str(cell) for name, cell in raw.items() if name not in _CONTROL_KEYS},
    }
    after = timedelta(minutes=raw["after_min"])
    return Inject(after, raw["feed"], raw.get("case", ""), tuple(sorted(cells.items())))


def _check(path: Path, scenario: Scenario) -> None:
    """A scenario that could not be measured is refused before anybody plays it."""
    wrong = [one.feed for one in scenario.injects if one.feed not in FEEDS]
    if wrong:
        raise ValueError(f"{path}: {wrong[0]} bukan umpan laporan")
    loose = [one for one in scenario.injects if (one.feed == INCIDENTS.name) != bool(one.case)]
    if loose or not scenario.cases:
        raise ValueError(f"{path}: setiap laporan kejadian menyebut case, dan hanya itu")
    if list(scenario.injects) != sorted(scenario.injects, key=lambda one: one.after):
        raise ValueError(f"{path}: urutkan pesan menurut after_min")
    if scenario.injects[0].after < timedelta(0) or list(scenario.response_targets) != sorted(
        scenario.response_targets
    ):
        raise ValueError(f"{path}: waktu dan batas harus naik dari nol")
