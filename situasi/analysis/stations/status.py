"""Each TPS of the register: how far it is, whether it reports, and whose turn it is to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.queries import reads
from situasi.analysis.stations.anomalies import doubts
from situasi.analysis.stations.reporting_status import STATES, Spoken, judged
from situasi.analysis.stations.reports import Reports, counts, of_stations
from situasi.analysis.timestamps import NEVER, Micros, index_from_us
from situasi.domain.feed_schemas import FASE, TPS
from situasi.domain.register import Register

# Of a TPS that has reached no phase.
NO_PHASE = "belum"
# Where a box is no longer the concern of its TPS.
ARRIVED = ("kotak_tiba_ppk", "kotak_tiba_kpu")
BOXES = tuple(fase for fase in FASE if fase.startswith("kotak"))


@reads(TPS)
def stations(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> pd.DataFrame:
    """One row for each TPS of the register, in its order; what matches none is in `unmatched`.

    Columns of register.tps (code, desa, kecamatan, nomor, dpt, estimated, kerawanan) and:
    fase: the furthest phase reached (None: none); heads counted say that it was opened.
    one column for each of FASE: when it was reached, NaT where nobody told its minute.
    hadir, hadir_at: the newest count and when it was taken; hadir_dptb, hadir_dpk: the
    voters of those lists in it, where told apart. last_at: when it last told anything.
    state: exactly one of STATES. owed: the earliest report still missing, a phase or "hadir"
    (owed_hour: of which hour), owed_at: since when it is late. late_min: minutes late, missing
    unless late; chaser: who asks it now. box: the newest phase of its box (None: not moved),
    box_at; escort. doubts: kinds (doubts.KINDS) of its newest count, ", " between.
    latihan: whether any of its reports is made up.
    """
    reports = of_stations(known["tps"], register)
    reports = reports.take(reports.place >= 0)
    in_turn = reports.take(np.argsort(reports.told, kind="stable"))
    size = len(register.tps)
    told, times = _phases(in_turn, size)
    counted = _heads(reports, register)
    words = _words(in_turn, size)
    # Heads that were counted say that it was opened.
    opened = np.where(counted["hadir"].fillna(0) > 0, FASE.index("dibuka"), -1)
    reached = np.maximum(told, opened)
    spoken = Spoken(
        reached=reached,
        opened=times[:, FASE.index("dibuka")],
        counted=timestamps.column_to_us(counted["hadir_at"]),
        doubted=(counted["doubts"] != "").to_numpy(bool),
        spoke=words.last != NEVER,
        away=words.away,
    )
    phases = np.array([*FASE, None], dtype=object)[reached]
    moved = np.isin(phases, BOXES)
    last = pd.DataFrame(
        {
            "last_at": index_from_us(words.last),
            "escort": pd.Series(words.escort, dtype="object"),
            "latihan": words.made_up,
            "fase": pd.Series(phases, dtype="object"),
            "box": pd.Series(phases, dtype="object").where(moved, None),
            "box_at": index_from_us(np.where(moved, times[np.arange(size), reached], NEVER)),
        }
    )
    by_phase = pd.DataFrame({fase: index_from_us(times[:, rank]) for rank, fase in enumerate(FASE)})
    table = register.tps.reset_index(drop=True)
    parts = [table, by_phase, counted, last, judged(spoken, register, at)]
    return pd.concat(parts, axis=1)


def by_kecamatan(found: pd.DataFrame) -> pd.DataFrame:
    """How many TPS of each kecamatan are in each phase and each state.

    found: of `stations`. Index: kecamatan, in the register's order. Columns: tps (all of them),
    NO_PHASE and each of FASE (they add up to tps), each of STATES (they add up to tps).
    """
    home, names = pd.factorize(found["kecamatan"])
    columns = [NO_PHASE, *FASE, *STATES]
    counted = np.zeros((len(names), len(columns)), dtype="int64")
    for each in (found["fase"].fillna(NO_PHASE), found["state"]):
        np.add.at(counted, (home, pd.Index(columns).get_indexer(pd.Index(each))), 1)
    table = pd.DataFrame(counted, pd.Index(names, name="kecamatan"), columns)
    table.insert(0, "tps", np.bincount(home, minlength=len(names)))
    return table


def _phases(in_turn: Reports, size: int) -> tuple[npt.NDArray[np.int64], Micros]:
    """The furthest phase told of each TPS (-1: none), and when each phase was reached.

    The earliest time told, where several posts told it. A later row of the same report (its
    id) corrects the earlier. in_turn: by when they were told.
    """
    told = in_turn.take(in_turn.fase >= 0)
    report = pd.factorize(told.id, use_na_sentinel=False)[0]
    cell = told.place * len(FASE) + told.fase
    told = told.take(~pd.Index(cell + report * (size * len(FASE))).duplicated(keep="last"))
    reached = np.full(size, -1, dtype=np.int64)
    np.maximum.at(reached, told.place, told.fase)
    never = np.iinfo("int64").max
    times = np.full((size, len(FASE)), never)
    exact = told.take(told.exact)
    np.minimum.at(times, (exact.place, exact.fase), exact.at)
    times[times == never] = NEVER
    return reached, times


def _heads(reports: Reports, register: Register) -> pd.DataFrame:
    """The newest count of each TPS, by when it was taken, and what is doubted of it."""
    standing = counts(reports, register)
    doubted = doubts(standing, register)
    kinds: dict[str, str] = {}
    for code, kind, current in zip(
        doubted["code"], doubted["kind"], doubted["current"], strict=True
    ):
        if current:
            kinds[code] = f"{kinds[code]}, {kind}" if code in kinds else kind
    newest = _last(standing.place, len(register.tps))
    return pd.DataFrame(
        {
            "hadir": _whole(_at(standing.heads, newest, np.nan)),
            "hadir_at": index_from_us(_at(standing.at, newest, NEVER)),
            "hadir_dptb": _whole(_at(standing.dptb, newest, np.nan)),
            "hadir_dpk": _whole(_at(standing.dpk, newest, np.nan)),
            "doubts": [kinds.get(code, "") for code in register.tps["code"]],
        }
    )


@dataclass(frozen=True)
class _Words:
    """Of each TPS its last word, whether it cannot be reached, and who goes with its box."""

    last: Micros
    away: npt.NDArray[np.bool_]
    escort: npt.NDArray[np.object_]
    made_up: npt.NDArray[np.bool_]


def _words(in_turn: Reports, size: int) -> _Words:
    """in_turn: by when they were told."""
    spoke = (in_turn.fase >= 0) | ~np.isnan(in_turn.heads)
    said = in_turn.take(spoke)
    reached = in_turn.take(spoke | pd.notna(in_turn.contact))
    escorted = in_turn.take(pd.notna(in_turn.escort))
    contact = _at(reached.contact, _last(reached.place, size), None)
    return _Words(
        last=_at(said.told, _last(said.place, size), NEVER),
        away=contact == "tak_terjangkau",
        escort=_at(escorted.escort, _last(escorted.place, size), None),
        made_up=np.isin(np.arange(size), in_turn.place[in_turn.made_up]),
    )


def _last(place: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """The position of the last row of each TPS; -1 where there is none."""
    last = np.full(size, -1, dtype=np.int64)
    last[place] = np.arange(len(place))  # of several rows of one TPS the last stays
    return last


def _at(values: npt.NDArray[Any], rows: npt.NDArray[np.int64], otherwise: Any) -> npt.NDArray[Any]:
    """The values at these positions; `otherwise` at -1."""
    return np.append(values, np.array([otherwise], values.dtype))[rows]


def _whole(numbers: npt.NDArray[np.float64]) -> pd.api.extensions.ExtensionArray:
    return pd.arrays.IntegerArray(np.nan_to_num(numbers).astype("int64"), np.isnan(numbers))
