"""Activities (giat): from rows to cases, planned against done, by stage, fungsi and partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.activities import stages
from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.register import Register, Stage
from situasi.domain.row_order import reported_time

# In an exercise the board's clock stands in the past while later history is stored already.
# What was known after the moment is not shown; the leeway is for a clock a little behind.
LEEWAY = timedelta(minutes=5)
STATES = ("terlaksana", "menunggu", "lewat", "rencana", "batal", "tanpa_status")
UNSTATED = "belum"  # the fungsi of an activity that names none
WHOLE = "kabupaten"  # the place of an activity of the whole kabupaten
# So many institutions of one activity are counted; a cell has room for thousands.
MOST_PARTNERS = 20
# What a later row of a case leaves out still holds; the rest is that of its newest row.
_HELD = ("status", "fungsi", "tahapan", "sop", "mitra", "lokasi", "jumlah", "uraian", "sumber")


def cases(rows: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """One row per activity: its newest state, in order of its time.

    rows: of the feed, known at `at`. Rows are one activity when id, local day, giat and
    kecamatan agree, and both or neither are of an exercise: posts number their own. Added:
    `state` (one of STATES), `planned` (whether it was ever told as a plan), `stages` (codes)
    with `stage_basis` (dinyatakan, sop, tanggal or None), `strange` (a code of a stage, SOP
    line or kecamatan that the register does not have, or a SOP line of another stage).
    """
    rows = rows[rows["known_at"] <= at + LEEWAY]
    zone, within = register.election.zone, register.election.rules.activity_report_due
    told = reported_time(rows).astype("datetime64[us, UTC]").astype("int64")
    ordered = rows.take(np.lexsort((rows["seq"], told)))
    # By number: texts would be told apart anew in every grouping.
    case = pd.Series(pd.factorize(_keys(ordered, zone))[0], ordered.index)
    grouped = ordered.groupby(case, sort=False)
    found = grouped.tail(1).copy()
    key = case.loc[found.index]
    held = grouped[list(_HELD)].last().reindex(key)
    for column in _HELD:
        # Texts as Python has them: each is looked at one by one, many times.
        found[column] = pd.Series(held[column].to_numpy(dtype=object), found.index, dtype="object")
    planned = (ordered["status"] == "rencana").groupby(case, sort=False).any()
    found["planned"] = planned.reindex(key).to_numpy(dtype=bool)
    found["fungsi"] = _fungsi(found)
    told_of, codes = list(found.itertuples()), _Codes.of(register)
    states = [_state(row, at, zone, within) for row in told_of]
    found["state"] = pd.Series(states, found.index, dtype="object")
    placed = [_stages(row, register, codes) for row in told_of]
    found["stages"] = pd.Series([some for some, _, _ in placed], found.index, dtype="object")
    found["stage_basis"] = pd.Series([how for _, how, _ in placed], found.index, dtype="object")
    found["strange"] = pd.Series([odd for _, _, odd in placed], found.index, dtype="object")
    return found.sort_values(["occurred_at", "seq"]).reset_index(drop=True)


def _keys(rows: pd.DataFrame, zone: tzinfo) -> pd.Series:
    day = rows["occurred_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d")
    made = rows["latihan"].map({True: "latihan", False: ""}).astype("object")
    keys: pd.Series = rows["id"].astype("object") + "|" + day + "|" + made
    for part in ("giat", "kecamatan"):
        keys = keys + "|" + rows[part].astype("object").where(rows[part].notna(), "-")
    return keys


def _fungsi(found: pd.DataFrame) -> pd.Series:
    """The stated fungsi, else the giat where that is one, else UNSTATED."""
    named = found["giat"].where(found["giat"].isin(FUNGSI), UNSTATED)
    return found["fungsi"].where(found["fungsi"].notna(), named)


def _days(row: Any, zone: tzinfo) -> tuple[date, date]:
    """The local days in which an activity lies, as exactly as its sender knew."""
    first = row.occurred_at.tz_convert(zone).date()
    if row.precision != "bulan":
        return first, first
    start = first.replace(day=1)
    return start, (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _state(row: Any, at: datetime, zone: tzinfo, within: timedelta) -> str:
    if not isinstance(row.status, str):
        return "tanpa_status"
    if row.status != "rencana":
        return str(row.status)
    due = row.occurred_at
    if row.precision != "menit":  # at some hour of that day or month: due when it is over
        due = pd.Timestamp(_days(row, zone)[1], tz=zone) + timedelta(days=1)
    if due > at:
        return "rencana"
    return "menunggu" if at - due <= within else "lewat"


@dataclass(frozen=True)
class _Codes:
    """What the register says of stages: their codes, that of each SOP line, those of here."""

    known: frozenset[str]
    of_line: Mapping[str, str]
    concerned: list[Stage]

    @classmethod
    def of(cls, register: Register) -> _Codes:
        return cls(
            frozenset(stage.code for stage in register.stages),
            {item.code: item.stage for item in register.sop},
            stages.here(register.stages, register.election.kabupaten),
        )


def _stages(
    row: Any, register: Register, codes: _Codes
) -> tuple[tuple[str, ...], str | None, str | None]:
    """The stages of an activity, what says so, and what does not fit the register."""
    odd = _strange(row, register, codes)
    if row.tahapan in codes.known:
        return (row.tahapan,), "dinyatakan", odd
    if row.sop in codes.of_line:
        return (codes.of_line[row.sop],), "sop", odd
    dated = stages.covering(codes.concerned, *_days(row, register.election.zone))
    return dated, "tanggal" if dated else None, odd


def _strange(row: Any, register: Register, codes: _Codes) -> str | None:
    known, of_line = codes.known, codes.of_line
    doubts = (
        (row.tahapan, row.tahapan not in known),
        (row.sop, row.sop not in of_line
         or (row.tahapan in known and of_line[row.sop] != row.tahapan)),
        (row.kecamatan, row.kecamatan not in register.kecamatan),
    )  # fmt: skip
    odd = [code for code, doubted in doubts if isinstance(code, str) and doubted]
    return ", ".join(odd) or None


def within(found: pd.DataFrame, kecamatan: Sequence[str]) -> pd.DataFrame:
    """The activities of these kecamatan and of the whole kabupaten; all where none is named."""
    if not kecamatan:
        return found
    return found[found["kecamatan"].isin(list(kecamatan)) | found["kecamatan"].isna()]


def counts(found: pd.DataFrame) -> dict[str, int]:
    """How many activities are in each of STATES."""
    by_state = found["state"].value_counts()
    return {state: int(by_state.get(state, 0)) for state in STATES}


def matrix(found: pd.DataFrame, kecamatan: Sequence[str]) -> pd.DataFrame:
    """Activities by place and fungsi: rows place, fungsi, done, all; only where there are any.

    place: a kecamatan, or WHOLE. all: every activity but those called off.
    """
    standing = found[found["state"] != "batal"]
    place = standing["kecamatan"].astype("object").where(standing["kecamatan"].notna(), WHOLE)
    grouped = standing.assign(place=place, done=standing["state"] == "terlaksana").groupby(
        ["place", "fungsi"]
    )["done"]
    table = grouped.agg(done="sum", all="size").reset_index()
    order = {code: at for at, code in enumerate((WHOLE, *kecamatan))}
    rank = table["place"].map(order).fillna(len(order))
    return table.assign(_rank=rank).sort_values(["_rank", "place"]).drop(columns="_rank")


def agenda(found: pd.DataFrame) -> pd.DataFrame:
    """What is planned and not yet told as done, the nearest first."""
    return found[found["state"].isin(["rencana", "menunggu"])]


def of_stages(found: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """The activities of any of these stages."""
    wanted = set(codes)
    theirs = [not wanted.isdisjoint(codes) for codes in found["stages"]]
    return found[np.array(theirs, dtype=bool)]


def drills(found: pd.DataFrame) -> pd.DataFrame:
    """The drills (latihan Sispamkota), newest first."""
    return found[found["giat"] == "latihan"].iloc[::-1]


def partners(mitra: Any) -> list[str]:
    """The institutions named in a cell, each once, in the order written."""
    if not isinstance(mitra, str):
        return []
    return list(dict.fromkeys(name for part in mitra.split(",") if (name := part.strip())))


def joint(found: pd.DataFrame) -> pd.DataFrame:
    """Joint work by institution: mitra, done, all (but those called off), last and precision
    (when it was last done, and how exactly that is known), made_up (any of an exercise).

    Most joint work first. Spelling is the sender's: only letters' case does not part two. Of one
    activity the first MOST_PARTNERS are counted; see `crowded`.
    """
    told: dict[str, dict[str, Any]] = {}
    for row in found[found["state"] != "batal"].itertuples():  # in order of time
        for name in partners(row.mitra)[:MOST_PARTNERS]:
            one = told.setdefault(name.casefold(), _NOBODY | {"mitra": name})
            one["all"] += 1
            one["made_up"] |= row.latihan
            if row.state == "terlaksana":
                one["done"] += 1
                one |= {"last": row.occurred_at, "precision": row.precision}
    table = pd.DataFrame(list(told.values()), columns=list(_NOBODY))
    table["last"] = pd.to_datetime(table["last"], utc=True)
    table["made_up"] = table["made_up"].astype(bool)
    ordered = table.sort_values(["all", "done"], ascending=False, kind="stable")
    return ordered.reset_index(drop=True)


def crowded(found: pd.DataFrame) -> int:
    """Count the activities, but those called off, that name more institutions than are counted."""
    standing = found["mitra"][found["state"] != "batal"]
    return sum(len(partners(mitra)) > MOST_PARTNERS for mitra in standing)


_NOBODY: dict[str, Any] = {
    "mitra": "", "done": 0, "all": 0, "last": pd.NaT, "precision": None, "made_up": False,
}  # fmt: skip
