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
CLOCK_TOLERANCE = timedelta(minutes=5)
STATES = ("terlaksana", "menunggu", "lewat", "rencana", "batal", "tanpa_status")
UNSTATED_FUNGSI = "belum"  # the fungsi of an activity that names none
WHOLE_KABUPATEN = "kabupaten"  # the place of an activity of the whole kabupaten
# So many institutions of one activity are counted; a cell has room for thousands.
MAX_PARTNERS = 20
# What a later row of a case leaves out still holds; the rest is that of its newest row.
_CARRIED_COLUMNS = (
    "status",
    "fungsi",
    "tahapan",
    "sop",
    "mitra",
    "lokasi",
    "jumlah",
    "uraian",
    "sumber",
)


def build_activity_table(rows: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """One row per activity: its newest state, in order of its time.

    rows: of the feed, known at `at`. Rows are one activity when id, local day, giat and
    kecamatan agree, and both or neither are of an exercise: posts number their own. Added:
    `state` (one of STATES), `planned` (whether it was ever told as a plan), `stages` (codes)
    with `stage_basis` (dinyatakan, sop, tanggal or None), `strange` (a code of a stage, SOP
    line or kecamatan that the register does not have, or a SOP line of another stage).
    """
    rows = rows[rows["known_at"] <= at + CLOCK_TOLERANCE]
    zone, within = register.election.zone, register.election.rules.activity_report_due
    told = reported_time(rows).astype("datetime64[us, UTC]").astype("int64")
    ordered = rows.take(np.lexsort((rows["seq"], told)))
    # By number: texts would be told apart anew in every grouping.
    case = pd.Series(pd.factorize(_build_case_keys(ordered, zone))[0], ordered.index)
    grouped = ordered.groupby(case, sort=False)
    found = grouped.tail(1).copy()
    key = case.loc[found.index]
    held = grouped[list(_CARRIED_COLUMNS)].last().reindex(key)
    for column in _CARRIED_COLUMNS:
        # Texts as Python has them: each is looked at one by one, many times.
        found[column] = pd.Series(held[column].to_numpy(dtype=object), found.index, dtype="object")
    planned = (ordered["status"] == "rencana").groupby(case, sort=False).any()
    found["planned"] = planned.reindex(key).to_numpy(dtype=bool)
    found["fungsi"] = _fill_fungsi(found)
    told_of, codes = list(found.itertuples()), _RegisterCodes.from_register(register)
    states = [_compute_state(row, at, zone, within) for row in told_of]
    found["state"] = pd.Series(states, found.index, dtype="object")
    placed = [_find_stages(row, register, codes) for row in told_of]
    found["stages"] = pd.Series([some for some, _, _ in placed], found.index, dtype="object")
    found["stage_basis"] = pd.Series([how for _, how, _ in placed], found.index, dtype="object")
    found["strange"] = pd.Series([odd for _, _, odd in placed], found.index, dtype="object")
    return found.sort_values(["occurred_at", "seq"]).reset_index(drop=True)


def _build_case_keys(rows: pd.DataFrame, zone: tzinfo) -> pd.Series:
    day = rows["occurred_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d")
    made = rows["latihan"].map({True: "latihan", False: ""}).astype("object")
    keys: pd.Series = rows["id"].astype("object") + "|" + day + "|" + made
    for part in ("giat", "kecamatan"):
        keys = keys + "|" + rows[part].astype("object").where(rows[part].notna(), "-")
    return keys


def _fill_fungsi(activities: pd.DataFrame) -> pd.Series:
    """The stated fungsi, else the giat where that is one, else UNSTATED."""
    named = activities["giat"].where(activities["giat"].isin(FUNGSI), UNSTATED_FUNGSI)
    return activities["fungsi"].where(activities["fungsi"].notna(), named)


def _list_local_days(row: Any, zone: tzinfo) -> tuple[date, date]:
    """The local days in which an activity lies, as exactly as its sender knew."""
    first = row.occurred_at.tz_convert(zone).date()
    if row.precision != "bulan":
        return first, first
    start = first.replace(day=1)
    return start, (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _compute_state(row: Any, at: datetime, zone: tzinfo, waiting_limit: timedelta) -> str:
    if not isinstance(row.status, str):
        return "tanpa_status"
    if row.status != "rencana":
        return str(row.status)
    due = row.occurred_at
    if row.precision != "menit":  # at some hour of that day or month: due when it is over
        due = pd.Timestamp(_list_local_days(row, zone)[1], tz=zone) + timedelta(days=1)
    if due > at:
        return "rencana"
    return "menunggu" if at - due <= waiting_limit else "lewat"


@dataclass(frozen=True)
class _RegisterCodes:
    """What the register says of stages: their codes, that of each SOP line, those of here."""

    stage_codes: frozenset[str]
    stage_by_sop: Mapping[str, str]
    local_stages: list[Stage]

    @classmethod
    def from_register(cls, register: Register) -> _RegisterCodes:
        return cls(
            frozenset(stage.code for stage in register.stages),
            {item.code: item.stage for item in register.sop},
            stages.filter_by_kabupaten(register.stages, register.election.kabupaten),
        )


def _find_stages(
    row: Any, register: Register, codes: _RegisterCodes
) -> tuple[tuple[str, ...], str | None, str | None]:
    """The stages of an activity, what says so, and what does not fit the register."""
    odd = _find_unknown_codes(row, register, codes)
    if row.tahapan in codes.stage_codes:
        return (row.tahapan,), "dinyatakan", odd
    if row.sop in codes.stage_by_sop:
        return (codes.stage_by_sop[row.sop],), "sop", odd
    dated = stages.find_covering_stages(
        codes.local_stages, *_list_local_days(row, register.election.zone)
    )
    return dated, "tanggal" if dated else None, odd


def _find_unknown_codes(row: Any, register: Register, codes: _RegisterCodes) -> str | None:
    known, of_line = codes.stage_codes, codes.stage_by_sop
    doubts = (
        (row.tahapan, row.tahapan not in known),
        (row.sop, row.sop not in of_line
         or (row.tahapan in known and of_line[row.sop] != row.tahapan)),
        (row.kecamatan, row.kecamatan not in register.kecamatan),
    )  # fmt: skip
    odd = [code for code, doubted in doubts if isinstance(code, str) and doubted]
    return ", ".join(odd) or None


def filter_by_kecamatan(activities: pd.DataFrame, kecamatan: Sequence[str]) -> pd.DataFrame:
    """The activities of these kecamatan and of the whole kabupaten; all where none is named."""
    if not kecamatan:
        return activities
    return activities[
        activities["kecamatan"].isin(list(kecamatan)) | activities["kecamatan"].isna()
    ]


def count_by_state(activities: pd.DataFrame) -> dict[str, int]:
    """How many activities are in each of STATES."""
    by_state = activities["state"].value_counts()
    return {state: int(by_state.get(state, 0)) for state in STATES}


def build_matrix(activities: pd.DataFrame, kecamatan: Sequence[str]) -> pd.DataFrame:
    """Activities by place and fungsi: rows place, fungsi, done, all; only where there are any.

    place: a kecamatan, or WHOLE. all: every activity but those called off.
    """
    standing = activities[activities["state"] != "batal"]
    place = (
        standing["kecamatan"].astype("object").where(standing["kecamatan"].notna(), WHOLE_KABUPATEN)
    )
    grouped = standing.assign(place=place, done=standing["state"] == "terlaksana").groupby(
        ["place", "fungsi"]
    )["done"]
    table = grouped.agg(done="sum", all="size").reset_index()
    order = {code: at for at, code in enumerate((WHOLE_KABUPATEN, *kecamatan))}
    rank = table["place"].map(order).fillna(len(order))
    return table.assign(_rank=rank).sort_values(["_rank", "place"]).drop(columns="_rank")


def select_agenda(activities: pd.DataFrame) -> pd.DataFrame:
    """What is planned and not yet told as done, the nearest first."""
    return activities[activities["state"].isin(["rencana", "menunggu"])]


def filter_by_stages(activities: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """The activities of any of these stages."""
    wanted = set(codes)
    theirs = [not wanted.isdisjoint(codes) for codes in activities["stages"]]
    return activities[np.array(theirs, dtype=bool)]


def select_drills(activities: pd.DataFrame) -> pd.DataFrame:
    """The drills (latihan Sispamkota), newest first."""
    return activities[activities["giat"] == "latihan"].iloc[::-1]


def parse_partners(mitra: Any) -> list[str]:
    """The institutions named in a cell, each once, in the order written."""
    if not isinstance(mitra, str):
        return []
    return list(dict.fromkeys(name for part in mitra.split(",") if (name := part.strip())))


def build_partner_table(activities: pd.DataFrame) -> pd.DataFrame:
    """Joint work by institution: mitra, done, all (but those called off), last and precision
    (when it was last done, and how exactly that is known), made_up (any of an exercise).

    Most joint work first. Spelling is the sender's: only letters' case does not part two. Of one
    activity the first MOST_PARTNERS are counted; see `crowded`.
    """
    told: dict[str, dict[str, Any]] = {}
    for row in activities[activities["state"] != "batal"].itertuples():  # in order of time
        for name in parse_partners(row.mitra)[:MAX_PARTNERS]:
            one = told.setdefault(name.casefold(), _EMPTY_PARTNER | {"mitra": name})
            one["all"] += 1
            one["made_up"] |= row.latihan
            if row.state == "terlaksana":
                one["done"] += 1
                one |= {"last": row.occurred_at, "precision": row.precision}
    table = pd.DataFrame(list(told.values()), columns=list(_EMPTY_PARTNER))
    table["last"] = pd.to_datetime(table["last"], utc=True)
    table["made_up"] = table["made_up"].astype(bool)
    ordered = table.sort_values(["all", "done"], ascending=False, kind="stable")
    return ordered.reset_index(drop=True)


def count_over_partner_limit(activities: pd.DataFrame) -> int:
    """Count the activities, but those called off, that name more institutions than are counted."""
    standing = activities["mitra"][activities["state"] != "batal"]
    return sum(len(parse_partners(mitra)) > MAX_PARTNERS for mitra in standing)


_EMPTY_PARTNER: dict[str, Any] = {
    "mitra": "", "done": 0, "all": 0, "last": pd.NaT, "precision": None, "made_up": False,
}  # fmt: skip
