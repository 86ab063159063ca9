"""Activities (giat): from rows to cases, planned and done, by stage, fungsi and partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.activities import stages
from situasi.analysis.activities.repeated import join_repeated
from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.register import Register, Stage
from situasi.domain.row_order import reported_time

# In an exercise the clock is in the past while later rows are stored already. Rows known after
# the moment are not shown; the tolerance is for a clock that is slightly slow.
CLOCK_TOLERANCE = timedelta(minutes=5)
STATES = ("terlaksana", "menunggu", "lewat", "rencana", "batal", "tanpa_status")
UNSTATED_FUNGSI = "belum"  # fungsi of an activity without one
WHOLE_KABUPATEN = "kabupaten"  # place of an activity of the whole kabupaten
# Most institutions counted per activity; a cell has room for thousands.
MAX_PARTNERS = 20
# Values that hold until a later row states another; all others are those of the newest row.
_CARRIED_COLUMNS = (
    "status", "fungsi", "tahapan", "sop", "mitra", "lokasi", "jumlah", "uraian", "sumber",
)  # fmt: skip


def build_activity_table(rows: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """Build one row per activity with its newest state, in order of its time.

    rows: of the feed, known at `at`. Rows are one activity when id, local day, giat and kecamatan
    agree, and both or neither are of an exercise: each post numbers its own; or where they tell the
    same under another id (repeated.py). Added: `state` (one of STATES), `planned` (whether it was
    ever reported as a plan), `stages` (codes) with `stage_basis` (dinyatakan, sop, tanggal or
    None), `unknown_code` (a code of a stage, SOP line or kecamatan that the register does not have,
    or a SOP line of another stage).
    """
    rows = rows[rows["known_at"] <= at + CLOCK_TOLERANCE]
    zone, report_due = register.election.zone, register.election.rules.activity_report_due
    reported_us = reported_time(rows).astype("datetime64[us, UTC]").astype("int64")
    ordered = rows.take(np.lexsort((rows["seq"], reported_us)))
    # As numbers: texts would be compared again in every grouping.
    by_id = pd.Series(pd.factorize(_build_case_keys(ordered, zone))[0], ordered.index)
    case_codes = join_repeated(ordered, by_id)
    grouped = ordered.groupby(case_codes, sort=False)
    table = grouped.tail(1).copy()
    key = case_codes.loc[table.index]
    last = grouped[list(_CARRIED_COLUMNS)].last().reindex(key)
    for column in _CARRIED_COLUMNS:
        # As Python strings: each is read one by one, many times.
        table[column] = pd.Series(last[column].to_numpy(dtype=object), table.index, dtype="object")
    planned = (ordered["status"] == "rencana").groupby(case_codes, sort=False).any()
    table["planned"] = planned.reindex(key).to_numpy(dtype=bool)
    table["fungsi"] = _fill_fungsi(table)
    activities, codes = list(table.itertuples()), _RegisterCodes.from_register(register)
    states = [_compute_state(row, at, zone, report_due) for row in activities]
    table["state"] = pd.Series(states, table.index, dtype="object")
    staged = [_find_stages(row, register, codes) for row in activities]
    columns = ["stages", "stage_basis", "unknown_code"]
    table[columns] = pd.DataFrame(staged, table.index, columns, dtype="object")
    return table.sort_values(["occurred_at", "seq"]).reset_index(drop=True)


def _build_case_keys(rows: pd.DataFrame, zone: tzinfo) -> pd.Series:
    day = rows["occurred_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d")
    exercise = rows["latihan"].map({True: "latihan", False: ""}).astype("object")
    keys: pd.Series = rows["id"].astype("object") + "|" + day + "|" + exercise
    for part in ("giat", "kecamatan"):
        keys = keys + "|" + rows[part].astype("object").where(rows[part].notna(), "-")
    return keys


def _fill_fungsi(activities: pd.DataFrame) -> pd.Series:
    """Return the stated fungsi, else the giat if it is a fungsi, else UNSTATED_FUNGSI."""
    fungsi = activities["giat"].where(activities["giat"].isin(FUNGSI), UNSTATED_FUNGSI)
    return activities["fungsi"].where(activities["fungsi"].notna(), fungsi)


def _list_local_days(row: Any, zone: tzinfo) -> tuple[date, date]:
    """Return the first and last local day of an activity, as exactly as its sender knew."""
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
    if row.precision != "menit":  # unknown hour of that day or month: due at its end
        due = pd.Timestamp(_list_local_days(row, zone)[1], tz=zone) + timedelta(days=1)
    if due > at:
        return "rencana"
    return "menunggu" if at - due <= waiting_limit else "lewat"


@dataclass(frozen=True)
class _RegisterCodes:
    """Stage codes of the register, the stage of each SOP item, and the stages of this kabupaten."""

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
    """Return the stages of an activity, on what basis, and what does not match the register."""
    unknown = _find_unknown_codes(row, register, codes)
    if row.tahapan in codes.stage_codes:
        return (row.tahapan,), "dinyatakan", unknown
    if row.sop in codes.stage_by_sop:
        return (codes.stage_by_sop[row.sop],), "sop", unknown
    dated = stages.find_covering_stages(
        codes.local_stages, *_list_local_days(row, register.election.zone)
    )
    return dated, "tanggal" if dated else None, unknown


def _find_unknown_codes(row: Any, register: Register, codes: _RegisterCodes) -> str | None:
    known, stage_by_sop = codes.stage_codes, codes.stage_by_sop
    checks = (
        (row.tahapan, row.tahapan not in known),
        (row.sop, row.sop not in stage_by_sop
         or (row.tahapan in known and stage_by_sop[row.sop] != row.tahapan)),
        (row.kecamatan, row.kecamatan not in register.kecamatan),
    )  # fmt: skip
    unknown = [code for code, is_unknown in checks if isinstance(code, str) and is_unknown]
    return ", ".join(unknown) or None


def filter_by_kecamatan(activities: pd.DataFrame, kecamatan: Sequence[str]) -> pd.DataFrame:
    """Return activities of these kecamatan and of the whole kabupaten; all if none is given."""
    if not kecamatan:
        return activities
    area = activities["kecamatan"]
    return activities[area.isin(list(kecamatan)) | area.isna()]


def count_by_state(activities: pd.DataFrame) -> dict[str, int]:
    """Count the activities in each of STATES."""
    by_state = activities["state"].value_counts()
    return {state: int(by_state.get(state, 0)) for state in STATES}


def build_matrix(activities: pd.DataFrame, kecamatan: Sequence[str]) -> pd.DataFrame:
    """Build the table by place and fungsi: place, fungsi, done, all; only where there are any.

    place: a kecamatan, or WHOLE_KABUPATEN. all: every activity that is not cancelled.
    """
    active = activities[activities["state"] != "batal"]
    place = active["kecamatan"].astype("object").where(active["kecamatan"].notna(), WHOLE_KABUPATEN)
    active = active.assign(place=place, done=active["state"] == "terlaksana")
    grouped = active.groupby(["place", "fungsi"])["done"]
    table = grouped.agg(done="sum", all="size").reset_index()
    order = {code: rank for rank, code in enumerate((WHOLE_KABUPATEN, *kecamatan))}
    rank = table["place"].map(order).fillna(len(order))
    return table.assign(_rank=rank).sort_values(["_rank", "place"]).drop(columns="_rank")


def select_agenda(activities: pd.DataFrame) -> pd.DataFrame:
    """Return what is planned and not yet reported as done, the nearest first."""
    return activities[activities["state"].isin(["rencana", "menunggu"])]


def filter_by_stages(activities: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Return the activities of any of these stages."""
    wanted = set(codes)
    is_match = [not wanted.isdisjoint(codes) for codes in activities["stages"]]
    return activities[np.array(is_match, dtype=bool)]


def select_drills(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the drills (latihan Sispamkota), newest first."""
    return activities[activities["giat"] == "latihan"].iloc[::-1]


def parse_partners(mitra: Any) -> list[str]:
    """Return the institutions named in a cell, each once, in the order written."""
    if not isinstance(mitra, str):
        return []
    return list(dict.fromkeys(name for part in mitra.split(",") if (name := part.strip())))


def build_partner_table(activities: pd.DataFrame) -> pd.DataFrame:
    """Build the joint activities by institution, most first: mitra, done, all (not cancelled), last
    and precision (when last done, and how exactly that is known), is_exercise (any row).

    Spelling is the sender's: only upper and lower case are treated as equal. Of one activity the
    first MAX_PARTNERS are counted; see count_over_partner_limit.
    """
    partners: dict[str, dict[str, Any]] = {}
    for row in activities[activities["state"] != "batal"].itertuples():  # in order of time
        for name in parse_partners(row.mitra)[:MAX_PARTNERS]:
            partner = partners.setdefault(name.casefold(), _EMPTY_PARTNER | {"mitra": name})
            partner["all"] += 1
            partner["is_exercise"] |= row.latihan
            if row.state == "terlaksana":
                partner["done"] += 1
                partner |= {"last": row.occurred_at, "precision": row.precision}
    table = pd.DataFrame(list(partners.values()), columns=list(_EMPTY_PARTNER))
    table["last"] = pd.to_datetime(table["last"], utc=True)
    table["is_exercise"] = table["is_exercise"].astype(bool)
    return table.sort_values(["all", "done"], ascending=False, kind="stable", ignore_index=True)


def count_over_partner_limit(activities: pd.DataFrame) -> int:
    """Count the activities, except cancelled ones, that name more partners than MAX_PARTNERS."""
    active = activities["mitra"][activities["state"] != "batal"]
    return sum(len(parse_partners(mitra)) > MAX_PARTNERS for mitra in active)


_EMPTY_PARTNER: dict[str, Any] = {
    "mitra": "", "done": 0, "all": 0, "last": pd.NaT, "precision": None, "is_exercise": False,
}  # fmt: skip
