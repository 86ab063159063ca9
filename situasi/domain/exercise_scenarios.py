"""Exercise scenarios of an election: what is reported, and by when staff must react."""

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
# The steps expected of the staff, in order: take note, verify, assign, close.
RESPONSE_STEPS = ("diketahui", "diverifikasi", "ditugaskan", "ditutup")
_TARGET_KEYS = dict(
    zip(RESPONSE_STEPS, ("notice_min", "verify_min", "assign_min", "close_min"), strict=True)
)
_PLACE_HEADINGS = ("kode_kecamatan", "kode_desa", "tps")
_CONTROL_KEYS = frozenset({"after_min", "feed", "case"})


@dataclass(frozen=True)
class Inject:
    """One row of a feed, as an officer would report it, `after` the start.

    case: the case of the scenario that it is about; "" in a feed without cases. cells: under the
    headings of our files, sorted.
    """

    after: timedelta
    feed: str
    case: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scenario:
    """A scenario. code: file name. response_targets: by RESPONSE_STEPS, from the first report."""

    code: str
    name: str
    description: str
    response_targets: tuple[timedelta, ...]
    injects: tuple[Inject, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """Return its cases, in the order of their first report."""
        return tuple(dict.fromkeys(inject.case for inject in self.injects if inject.case))


def load(election: Election) -> dict[str, Scenario]:
    """Return the scenarios of an election by code; empty where it has no scenario folder.

    Raises ValueError naming the file and the error.
    """
    return {
        path.stem: _read(path) for path in sorted((election.folder / FOLDER_NAME).glob("*.toml"))
    }


def _read(path: Path) -> Scenario:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        place = {name: raw[name] for name in _PLACE_HEADINGS if raw.get(name)}
        scenario = Scenario(
            code=path.stem,
            name=raw["name"],
            description=raw["words"],
            response_targets=tuple(
                timedelta(minutes=raw["target"][name])
                for name in map(_TARGET_KEYS.get, RESPONSE_STEPS)
                if name
            ),
            injects=tuple(_parse_inject(raw_inject, place) for raw_inject in raw["messages"]),
        )
    except KeyError as missing:
        raise ValueError(f"{path}: {missing} tidak ada") from missing
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error
    _check(path, scenario)
    return scenario


def _parse_inject(raw: Mapping[str, Any], place: Mapping[str, str]) -> Inject:
    cells = {
        **place,
        **{name: str(cell) for name, cell in raw.items() if name not in _CONTROL_KEYS},
    }
    after = timedelta(minutes=raw["after_min"])
    return Inject(after, raw["feed"], raw.get("case", ""), tuple(sorted(cells.items())))


def _check(path: Path, scenario: Scenario) -> None:
    """Raise ValueError if the scenario could not be evaluated after it was played."""
    unknown_feeds = [inject.feed for inject in scenario.injects if inject.feed not in FEEDS]
    if unknown_feeds:
        raise ValueError(f"{path}: {unknown_feeds[0]} bukan umpan laporan")
    mismatched = [
        inject
        for inject in scenario.injects
        if (inject.feed == INCIDENTS.name) != bool(inject.case)
    ]
    if mismatched or not scenario.cases:
        raise ValueError(f"{path}: setiap laporan kejadian menyebut case, dan hanya itu")
    if list(scenario.injects) != sorted(scenario.injects, key=lambda inject: inject.after):
        raise ValueError(f"{path}: urutkan pesan menurut after_min")
    if scenario.injects[0].after < timedelta(0) or list(scenario.response_targets) != sorted(
        scenario.response_targets
    ):
        raise ValueError(f"{path}: waktu dan batas harus naik dari nol")
