"""Spells of TPS without an officer, and of TPS with fewer posted than the pattern asks.

What analysis.coverage says of one moment, for all moments at once: of each officer the stretches of
time in which an order, a word and an agency were the newest known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.intervals import (
    FOREVER,
    build_intervals,
    concat_intervals,
    filter_known_by,
    find_newest_rows,
    find_uncovered,
)
from situasi.analysis.personnel import orders as personnel_orders
from situasi.analysis.personnel.officers import POLICE_GROUPS, classify_agency, get_feed_frame
from situasi.analysis.personnel.presence import AT_POST_CHECKINS
from situasi.analysis.personnel.requirements import build_requirement_table
from situasi.analysis.stations.reports import is_last_of_run
from situasi.analysis.timestamps import NEVER, Micros
from situasi.domain import row_order
from situasi.domain.feed_schemas import PERSONNEL, POSTINGS, ROSTER
from situasi.domain.register import Register
from situasi.domain.row_order import reported_time

_ORDER_COLUMNS = [
    "petugas",
    "kecamatan",
    "desa",
    "desa_text",
    "tps",
    "penugasan",
    "id",
    "seq",
    "known_at",
    "occurred_at",
    "reported_at",
    "recorded_at",
    "latihan",
]
_CHECKIN_COLUMNS = ["petugas", "kecamatan", "desa", "tps", "checkin", "instansi", "seq", "known_at",
         "occurred_at", "reported_at", "recorded_at", "latihan"]  # fmt: skip
_AGENCY_COLUMNS = [
    "petugas",
    "instansi",
    "seq",
    "known_at",
    "occurred_at",
    "reported_at",
    "recorded_at",
    "latihan",
]
_END_OF_TIME = pd.Timestamp.max.tz_localize("UTC").floor("D")


def find_staffing_gaps(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Spells of both rules. Of a kecamatan without any posting nothing is said to be missing."""
    ordered, words = (
        get_feed_frame(frames, POSTINGS)[_ORDER_COLUMNS],
        get_feed_frame(frames, PERSONNEL)[_CHECKIN_COLUMNS],
    )
    told = _find_required_from(ordered, register, at)
    if (told == FOREVER).all():
        return concat_intervals([])
    agencies = _find_police_intervals(get_feed_frame(frames, ROSTER), words, at)
    made_up = bool(ordered["latihan"].any() or words["latihan"].any())
    words = _filter_police_rows(words, agencies)
    orders, idle = _find_order_intervals(_filter_police_rows(ordered, agencies), register, at)
    there = _clip_to_police(_find_presence(words, orders, idle, register, at), agencies)
    return concat_intervals([
        _find_understaffed(_clip_to_police(orders, agencies), told, register),
        _find_unstaffed(there, told, register),
    ]).assign(latihan=made_up)  # fmt: skip


def _find_order_intervals(
    rows: pd.DataFrame, register: Register, at: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """postings.by_tps of every order, with begin and end: when it was the newest known begun; and
    who, begin, end of the time before an officer had one, or had one to no TPS."""
    rows, known = filter_known_by(rows, at)
    rows = rows.assign(begin=np.maximum(known, timestamps.column_to_us(rows["occurred_at"])))
    turns = _find_order_changes(rows)
    # Each turn is an officer of its own here, with the lines of its order known by then.
    asked = turns.assign(turn=np.arange(len(turns)), since=turns["begin"])
    lines = rows.merge(asked[["petugas", "occurred_at", "since", "turn"]])
    lines = lines[lines["begin"] <= lines["since"]]
    lines = lines.assign(petugas=lines["turn"])
    order = personnel_orders.build_posting_table(
        row_order.select_current_orders(lines, _END_OF_TIME), register
    )
    turns = turns.rename(columns={"petugas": "who"})[["who", "begin", "end"]]
    mine = turns.take(order["petugas"].to_numpy("int64")).set_index(order.index)
    orders = order.drop(columns="petugas").join(mine)
    idle = turns[~np.isin(np.arange(len(turns)), order["petugas"])]
    first = turns.groupby("who")["begin"].min()
    before = pd.DataFrame({"who": first.index, "begin": NEVER, "end": first.to_numpy("int64")})
    return orders, pd.concat([idle, before], ignore_index=True)


def _find_order_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Find when the order of an officer, or a line of it, became another.

    rows: with `begin`. Columns: petugas, occurred_at (of the newest order begun), begin, end.
    """
    officer, names = pd.factorize(rows["petugas"])
    when, moments = pd.factorize(rows["occurred_at"], sort=True)
    begin, size = rows["begin"].to_numpy("int64"), len(rows) + 1
    order = np.lexsort((begin, officer))
    officer, when, begin = officer[order], when[order], begin[order]
    newest = np.maximum.accumulate(officer * size + when)
    # A word of an older order changes nothing; of several at one moment the last says all.
    counts = np.flatnonzero(newest - officer * size == when)
    officer, when, begin = officer[counts], when[counts], begin[counts]
    last = is_last_of_run(officer, begin)
    officer, when, begin = officer[last], when[last], begin[last]
    same = np.append(officer[1:] == officer[:-1], False)[: len(officer)]
    following = np.append(begin[1:], FOREVER)[: len(officer)]
    return pd.DataFrame(
        {
            "petugas": np.asarray(names, dtype=object)[officer],
            "occurred_at": pd.Series(moments[when]),
            "begin": begin,
            "end": np.where(same, following, FOREVER),
        }
    )


def _find_required_from(rows: pd.DataFrame, register: Register, at: datetime) -> Micros:
    """Of each TPS, since when any posting to its kecamatan is known; FOREVER: of none."""
    rows, known = filter_known_by(rows, at)
    to_tps = personnel_orders.is_at_tps(rows).to_numpy(bool)
    begin = np.maximum(known, timestamps.column_to_us(rows["occurred_at"]))[to_tps]
    villages = {code: desa.kecamatan for code, desa in register.desa.items()}
    named = zip(rows["desa"][to_tps], rows["kecamatan"][to_tps], begin.tolist(), strict=True)
    since: dict[object, int] = {}
    for desa, kecamatan, moment in named:
        area = villages.get(desa, kecamatan)
        since[area] = min(moment, since.get(area, FOREVER))
    return np.array([since.get(code, FOREVER) for code in register.tps["kecamatan"]], dtype="int64")


@dataclass(frozen=True)
class _PoliceIntervals:
    """When the agency of each officer was known to be police, or was not known: who, begin, end."""

    table: pd.DataFrame
    officers: frozenset[str]


def _find_police_intervals(
    roster: pd.DataFrame, checkins: pd.DataFrame, at: datetime
) -> _PoliceIntervals:
    """The newest line of the roster; before one, or without, what the officer's words said."""
    lines = _find_newest_agencies(roster, at, only_stated=False).dropna(subset="instansi")
    said = _find_newest_agencies(checkins, at, only_stated=True)
    listed = lines.groupby("who")["begin"].min()
    # Whoever is on the roster is what it says from then on.
    begun = {str(who): int(since) for who, since in listed.items()}
    limit = np.array([begun.get(who, FOREVER) for who in said["who"]], dtype="int64")
    said = said.assign(end=np.minimum(said["end"].to_numpy("int64"), limit))
    both = pd.concat([lines, said[said["begin"] < said["end"]]], ignore_index=True)
    before = both.groupby("who")["begin"].min()
    unknown = pd.DataFrame({"who": before.index, "begin": NEVER, "end": before.to_numpy("int64")})
    mine = [classify_agency(one) in POLICE_GROUPS for one in both["instansi"]]
    table = pd.concat([both.loc[mine, ["who", "begin", "end"]], unknown], ignore_index=True)
    return _PoliceIntervals(table, frozenset(before.index))


def _filter_police_rows(rows: pd.DataFrame, police_intervals: _PoliceIntervals) -> pd.DataFrame:
    """The rows of officers who still counted as police when they were known: linmas are many."""
    ends = police_intervals.table.groupby("who")["end"].max()
    last = dict(zip(ends.index, ends.tolist(), strict=True))
    until = np.array([last.get(who, FOREVER) for who in rows["petugas"]], dtype="int64")
    return rows[timestamps.column_to_us(rows["known_at"]) < until]


def _find_newest_agencies(rows: pd.DataFrame, at: datetime, *, only_stated: bool) -> pd.DataFrame:
    """who, instansi, begin, end of each row that was the newest of its officer."""
    rows, known = filter_known_by(rows[_AGENCY_COLUMNS], at)
    if only_stated:
        some = rows["instansi"].notna().to_numpy()
        rows, known = rows[some], known[some]
    number, names = pd.factorize(rows["petugas"])
    begin = np.maximum(known, timestamps.column_to_us(rows["occurred_at"]))
    chosen, until = find_newest_rows(number, begin, _chronological_rank(rows))
    return pd.DataFrame(
        {
            "who": names.to_numpy("object")[number[chosen]] if len(names) else [],
            "instansi": rows["instansi"].to_numpy("object")[chosen],
            "begin": begin[chosen],
            "end": until,
        }
    )


def _chronological_rank(rows: pd.DataFrame) -> npt.NDArray[np.intp]:
    """The place of each row by when it happened, then by when it was told."""
    keys = (
        rows["seq"].to_numpy(),
        timestamps.column_to_us(reported_time(rows).astype(timestamps.DTYPE)),
        timestamps.column_to_us(rows["occurred_at"]),
    )
    rank = np.empty(len(rows), dtype=np.intp)
    rank[np.lexsort(keys)] = np.arange(len(rows))
    return rank


def _clip_to_police(intervals: pd.DataFrame, police_intervals: _PoliceIntervals) -> pd.DataFrame:
    """Pieces (who, begin, end) as far as the officer counts as police."""
    unlisted = intervals[
        ~intervals["who"].isin(police_intervals.officers)
    ]  # of unknown agency, all day
    return pd.concat([_intersect(intervals, police_intervals.table), unlisted], ignore_index=True)


def _intersect(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Each piece of `one` as far as one of `other` of the same officer lasts too."""
    # Where a side is empty pandas would not know what the names are.
    text = {"who": "object"}
    both = left.astype(text).merge(right.astype(text), on="who", suffixes=("", "_other"))
    begin = np.maximum(both["begin"].to_numpy("int64"), both["begin_other"].to_numpy("int64"))
    end = np.minimum(both["end"].to_numpy("int64"), both["end_other"].to_numpy("int64"))
    both = both.assign(begin=begin, end=end).drop(columns=["begin_other", "end_other"])
    lasting: pd.DataFrame = both[begin < end]
    return lasting


def _find_understaffed(
    police: pd.DataFrame, required_from: Micros, register: Register
) -> pd.DataFrame:
    election = register.election
    start = np.maximum(required_from, timestamps.to_us(election.day_start))
    stop = timestamps.to_us(election.local_time(election.tps_closes))
    need = build_requirement_table(register)["need"].to_numpy("float64")
    place = pd.Index(register.tps["code"]).get_indexer(pd.Index(police["code"]))
    return _build_gap_intervals(
        "kurang_pola",
        place,
        police,
        police["share"].to_numpy("float64"),
        need,
        start,
        stop,
        register,
    )


def _find_unstaffed(
    presence: pd.DataFrame, required_from: Micros, register: Register
) -> pd.DataFrame:
    election = register.election
    start = np.maximum(
        required_from, timestamps.to_us(election.local_time(election.rules.personnel.arrive_by))
    )
    stop = timestamps.to_us(election.local_time(election.tps_closes))
    place = pd.Index(register.tps["code"]).get_indexer(pd.Index(presence["code"]))
    need = np.ones(len(register.tps))
    return _build_gap_intervals(
        "tanpa_petugas", place, presence, np.ones(len(presence)), need, start, stop, register
    )


def _find_presence(
    checkins: pd.DataFrame,
    orders: pd.DataFrame,
    unassigned: pd.DataFrame,
    register: Register,
    at: datetime,
) -> pd.DataFrame:
    """who, code, begin, end: officers at a TPS, by their last word from a post.

    As manning.stands: one posted is at all TPS of the order, unless the word names another place;
    a word from elsewhere counts there.
    """
    spoken = _find_checkins(checkins, register, at)
    own = {
        (who, begin, place)
        for name in ("code", "kecamatan")
        for who, begin, place in zip(orders["who"], orders["begin"], orders[name], strict=True)
    }
    turns = orders[["who", "begin", "end"]].drop_duplicates().assign(turn=lambda t: t["begin"])
    posted = _intersect(spoken, turns)
    named = zip(posted["who"], posted["turn"], posted["place"], strict=True)
    home = np.array([not isinstance(one[2], str) or one in own for one in named], dtype=bool)
    here = _intersect(
        posted[home][["who", "begin", "end"]], orders[["who", "code", "begin", "end"]]
    )
    unposted = spoken[~spoken["who"].isin({*orders["who"], *unassigned["who"]})]
    guests = pd.concat([posted[~home], _intersect(spoken, unassigned), unposted], ignore_index=True)
    guests = guests[["who", "named", "begin", "end"]].rename(columns={"named": "code"})
    both = pd.concat([here, guests], ignore_index=True)
    return both[both["code"].notna()]


def _find_checkins(checkins: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """who, named (the TPS, None: none of the register), place (that, else the kecamatan), begin,
    end, of last words that came from a post; equal ones in a row are one."""
    rows, known = filter_known_by(checkins, at)
    number, _names = pd.factorize(rows["petugas"])
    begin = np.maximum(known, timestamps.column_to_us(rows["occurred_at"]))
    chosen, until = find_newest_rows(number, begin, _chronological_rank(rows))
    mine = rows.take(chosen)
    codes = personnel_orders.match_tps_codes(mine, register).to_numpy("object")
    area = mine["kecamatan"].to_numpy("object")
    found = pd.DataFrame(
        {
            "who": mine["petugas"].to_numpy("object"),
            "named": codes,
            "place": np.where(pd.notna(codes), codes, area),
            "begin": begin[chosen],
            "end": until,
        }
    )  # fmt: skip
    found = found[mine["checkin"].isin(AT_POST_CHECKINS).to_numpy()].reset_index(drop=True)
    place = pd.factorize(found["place"].where(found["place"].notna(), ""))[0]
    who = pd.factorize(found["who"])[0]
    after = found["begin"].to_numpy()[1:] == found["end"].to_numpy()[:-1]
    goes_on = np.append(False, (who[1:] == who[:-1]) & (place[1:] == place[:-1]) & after)
    run = np.cumsum(~goes_on[: len(found)])
    return found.groupby(run, sort=False).agg(
        {"who": "first", "named": "first", "place": "first", "begin": "min", "end": "max"}
    )


def _build_gap_intervals(
    rule: str,
    place: npt.NDArray[np.intp],
    intervals: pd.DataFrame,
    weight: npt.NDArray[np.float64],
    need: npt.NDArray[np.float64],
    start: Micros,
    stop: int,
    register: Register,
) -> pd.DataFrame:
    inside = place >= 0
    where, begin, end = find_uncovered(
        place[inside].astype("int64"), intervals["begin"].to_numpy("int64")[inside],
        intervals["end"].to_numpy("int64")[inside], weight[inside], need,
        np.minimum(start, stop), stop,
    )  # fmt: skip
    table = register.tps
    return build_intervals(
        rule,
        subject=table["kecamatan"].to_numpy()[where],
        kecamatan=table["kecamatan"].to_numpy()[where],
        member=table["code"].to_numpy()[where],
        begin=begin,
        end=end,
    )
