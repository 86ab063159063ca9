"""Exercise scenarios of an election: what is reported, and by when staff must react."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from situasi.domain.definition_errors import read_toml, wrap_definition_errors
from situasi.domain.definition_fields import Minutes, parse_definition
from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.domain.register import Register

FOLDER_NAME = "skenario"
_PLACE_HEADINGS = ("kode_kecamatan", "kode_desa", "tps")
_CONTROL_KEYS = frozenset({"after_min", "feed", "case"})


class ResponseTargets(NamedTuple):
    """The steps expected of the staff, in order, and how soon after the first report each."""

    diketahui: Annotated[Minutes, Field(alias="notice_min")]
    diverifikasi: Annotated[Minutes, Field(alias="verify_min")]
    ditugaskan: Annotated[Minutes, Field(alias="assign_min")]
    ditutup: Annotated[Minutes, Field(alias="close_min")]


RESPONSE_STEPS = ResponseTargets._fields


@dataclass(frozen=True)
class Inject:
    """One row of a feed, as an officer would report it, `after` the start.

    case: the case of the scenario that it is about; "" in a feed without cases. cells: under the
    headings of our files, sorted.
    """

    after: Annotated[Minutes, Field(alias="after_min")]
    feed: str
    case: Annotated[str, Field(default="")]
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scenario:
    """A scenario. code: file name."""

    code: str
    name: str
    description: Annotated[str, Field(alias="words")]
    response_targets: Annotated[ResponseTargets, Field(alias="target")]
    injects: Annotated[tuple[Inject, ...], Field(alias="messages")]

    @property
    def cases(self) -> tuple[str, ...]:
        """Return its cases, in the order of their first report."""
        return tuple(dict.fromkeys(inject.case for inject in self.injects if inject.case))


def load(register: Register) -> dict[str, Scenario]:
    """Return the scenarios of an election by code; empty where it has no scenario folder.

    Raises DefinitionError naming the file and the error.
    """
    paths = sorted((register.election.folder / FOLDER_NAME).glob("*.toml"))
    return {path.stem: _read(path, register) for path in paths}


def _read(path: Path, register: Register) -> Scenario:
    with wrap_definition_errors(path):
        raw = read_toml(path)
        place = {name: raw.pop(name) for name in _PLACE_HEADINGS if name in raw}
        for name, cell in place.items():
            if not isinstance(cell, str):
                raise ValueError(f"entri {name!r}: {cell!r} bukan teks")
        messages = raw["messages"]
        if not isinstance(messages, list) or not all(isinstance(it, dict) for it in messages):
            raise ValueError(f"entri 'messages': {messages!r} bukan daftar tabel")
        messages = [_arrange_message(message, place) for message in messages]
        scenario = parse_definition(Scenario, {**raw, "code": path.stem, "messages": messages})
        _check(scenario, {"kode_kecamatan": register.kecamatan, "kode_desa": register.desa})
        for inject in scenario.injects:
            _check_place(dict(inject.cells), register)
    return scenario


def _arrange_message(raw: Mapping[str, Any], place: Mapping[str, str]) -> dict[str, Any]:
    """Return a message as Inject holds it: all but its control keys are cells."""
    cells = {name: place[name] for name in place if place[name]}
    for name in raw.keys() - _CONTROL_KEYS:
        if isinstance(raw[name], list | dict):
            raise ValueError(f"entri {name!r}: {raw[name]!r} bukan teks")
        cells[name] = str(raw[name])
    own = {name: entry for name, entry in raw.items() if name in _CONTROL_KEYS}
    return {**own, "cells": sorted(cells.items())}


def _check_place(cells: Mapping[str, str], register: Register) -> None:
    """Raise ValueError where the desa is not of the kecamatan, or the TPS not of the desa."""
    desa, tps = cells.get("kode_desa"), cells.get("tps")
    kecamatan = cells.get("kode_kecamatan")
    if desa and kecamatan and register.desa[desa].kecamatan != kecamatan:
        raise ValueError(f"entri 'kode_desa': {desa!r} bukan di kecamatan {kecamatan}")
    if desa and tps and f"{desa}.{tps.zfill(3)}" not in set(register.tps["code"]):
        raise ValueError(f"entri 'tps': {tps!r} tidak ada di desa {desa}")


def _check(scenario: Scenario, places: Mapping[str, Collection[str]]) -> None:
    """Raise ValueError if the scenario could not be played, or not be evaluated afterwards.

    places: the codes that a column may name.
    """
    for inject in scenario.injects:
        if inject.feed not in FEEDS:
            raise ValueError(f"entri 'feed': {inject.feed!r} bukan umpan laporan")
        columns = {column.heading: column for column in FEEDS[inject.feed].columns}
        if unknown := dict(inject.cells).keys() - columns.keys():
            raise ValueError(f"entri {min(unknown)!r} tidak dikenal di pesan {inject.feed}")
        for name, cell in inject.cells:
            codes = places.get(name) or columns[name].allowed_codes
            if codes and cell not in codes:
                known = "di kecamatan.csv dan desa.csv" if name in places else ", ".join(codes)
                raise ValueError(f"entri {name!r}: {cell!r} tidak dikenal; yang ada {known}")
        if (inject.feed == INCIDENTS.name) != bool(inject.case):
            raise ValueError("setiap laporan kejadian menyebut case, dan hanya itu")
    times = [inject.after for inject in scenario.injects]
    if not scenario.cases:
        raise ValueError("tidak ada laporan kejadian di messages")
    if times != sorted(times):
        raise ValueError("urutkan pesan menurut after_min")
    if times[0] < timedelta(0) or list(scenario.response_targets) != sorted(
        scenario.response_targets
    ):
        raise ValueError("waktu dan batas harus naik dari nol")
