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
from situasi.analysis.alerts.intervals import FOREVER, gaps, heard, joined, latest, spells
from situasi.analysis.personnel import orders as personnel_orders
from situasi.analysis.personnel.officers import AS_POLICE, frame, group
from situasi.analysis.personnel.presence import FROM_THE_POST
from situasi.analysis.personnel.requirements import required
from situasi.analysis.stations.reports import ends
from situasi.analysis.timestamps import NEVER, Micros
from situasi.domain import row_order
from situasi.domain.feed_schemas import PERSONNEL, POSTINGS, ROSTER
from situasi.domain.register import Register
from situasi.domain.row_order import reported_time

_ORDER = ["petugas", "kecamatan", "desa", "desa_text", "tps", "penugasan", "id", "seq", "known_at",
          "occurred_at", "reported_at", "recorded_at", "latihan"]  # fmt: skip
_WORD = ["petugas", "kecamatan", "desa", "tps", "checkin", "instansi", "seq", "known_at",
         "occurred_at", "reported_at", "recorded_at", "latihan"]  # fmt: skip
_LINE = ["petugas", "instansi", "seq", "known_at", "occurred_at", "reported_at", "recorded_at",
         "latihan"]  # fmt: skip
_AFTER_ALL = pd.Timestamp.max.tz_localize("UTC").floor("D")


def manning(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> pd.DataFrame:
    """Spells of both rules. Of a kecamatan without any posting nothing is said to be missing."""
    ordered, words = frame(known, POSTINGS)[_ORDER], frame(known, PERSONNEL)[_WORD]
    told = _asked_from(ordered, register, at)
    if (told == FOREVER).all():
        return joined([])
    agencies = _agencies(frame(known, ROSTER), words, at)
    made_up = bool(ordered["latihan"].any() or words["latihan"].any())
    words = _of_police(words, agencies)
    orders, idle = _orders(_of_police(ordered, agencies), register, at)
    there = _together(_presence(words, orders, idle, register, at), agencies)
    return joined([
        _below(_together(orders, agencies), told, register),
        _absent(there, told, register),
    ]).assign(latihan=made_up)  # fmt: skip


def _orders(
    rows: pd.DataFrame, register: Register, at: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """postings.by_tps of every order, with begin and end: when it was the newest known begun; and
    who, begin, end of the time before an officer had one, or had one to no TPS."""
    rows, known = heard(rows, at)
    rows = rows.assign(begin=np.maximum(known, timestamps.column(rows["occurred_at"])))
    turns = _turns(rows)
    # Each turn is an officer of its own here, with the lines of its order known by then.
    asked = turns.assign(turn=np.arange(len(turns)), since=turns["begin"])
    lines = rows.merge(asked[["petugas", "occurred_at", "since", "turn"]])
    lines = lines[lines["begin"] <= lines["since"]]
    lines = lines.assign(petugas=lines["turn"])
    order = personnel_orders.by_tps(row_order.select_current_orders(lines, _AFTER_ALL), register)
    turns = turns.rename(columns={"petugas": "who"})[["who", "begin", "end"]]
    mine = turns.take(order["petugas"].to_numpy("int64")).set_index(order.index)
    orders = order.drop(columns="petugas").join(mine)
    idle = turns[~np.isin(np.arange(len(turns)), order["petugas"])]
    first = turns.groupby("who")["begin"].min()
    before = pd.DataFrame({"who": first.index, "begin": NEVER, "end": first.to_numpy("int64")})
    return orders, pd.concat([idle, before], ignore_index=True)


def _turns(rows: pd.DataFrame) -> pd.DataFrame:
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
    last = ends(officer, begin)
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


def _asked_from(rows: pd.DataFrame, register: Register, at: datetime) -> Micros:
    """Of each TPS, since when any posting to its kecamatan is known; FOREVER: of none."""
    rows, known = heard(rows, at)
    to_tps = personnel_orders.at_tps(rows).to_numpy(bool)
    begin = np.maximum(known, timestamps.column(rows["occurred_at"]))[to_tps]
    villages = {code: desa.kecamatan for code, desa in register.desa.items()}
    named = zip(rows["desa"][to_tps], rows["kecamatan"][to_tps], begin.tolist(), strict=True)
    since: dict[object, int] = {}
    for desa, kecamatan, moment in named:
        area = villages.get(desa, kecamatan)
        since[area] = min(moment, since.get(area, FOREVER))
    return np.array([since.get(code, FOREVER) for code in register.tps["kecamatan"]], dtype="int64")


@dataclass(frozen=True)
class _Agencies:
    """When the agency of each officer was known to be police, or was not known: who, begin, end."""

    table: pd.DataFrame
    every: frozenset[str]


def _agencies(roster: pd.DataFrame, words: pd.DataFrame, at: datetime) -> _Agencies:
    """The newest line of the roster; before one, or without, what the officer's words said."""
    lines = _newest(roster, at, stated=False).dropna(subset="instansi")
    said = _newest(words, at, stated=True)
    listed = lines.groupby("who")["begin"].min()
    # Whoever is on the roster is what it says from then on.
    begun = {str(who): int(since) for who, since in listed.items()}
    limit = np.array([begun.get(who, FOREVER) for who in said["who"]], dtype="int64")
    said = said.assign(end=np.minimum(said["end"].to_numpy("int64"), limit))
    both = pd.concat([lines, said[said["begin"] < said["end"]]], ignore_index=True)
    before = both.groupby("who")["begin"].min()
    unknown = pd.DataFrame({"who": before.index, "begin": NEVER, "end": before.to_numpy("int64")})
    mine = [group(one) in AS_POLICE for one in both["instansi"]]
    table = pd.concat([both.loc[mine, ["who", "begin", "end"]], unknown], ignore_index=True)
    return _Agencies(table, frozenset(before.index))


def _of_police(rows: pd.DataFrame, agencies: _Agencies) -> pd.DataFrame:
    """The rows of officers who still counted as police when they were known: linmas are many."""
    ends = agencies.table.groupby("who")["end"].max()
    last = dict(zip(ends.index, ends.tolist(), strict=True))
    until = np.array([last.get(who, FOREVER) for who in rows["petugas"]], dtype="int64")
    return rows[timestamps.column(rows["known_at"]) < until]


def _newest(rows: pd.DataFrame, at: datetime, *, stated: bool) -> pd.DataFrame:
    """who, instansi, begin, end of each row that was the newest of its officer."""
    rows, known = heard(rows[_LINE], at)
    if stated:
        some = rows["instansi"].notna().to_numpy()
        rows, known = rows[some], known[some]
    number, names = pd.factorize(rows["petugas"])
    begin = np.maximum(known, timestamps.column(rows["occurred_at"]))
    chosen, until = latest(number, begin, _ranked(rows))
    return pd.DataFrame(
        {
            "who": names.to_numpy("object")[number[chosen]] if len(names) else [],
            "instansi": rows["instansi"].to_numpy("object")[chosen],
            "begin": begin[chosen],
            "end": until,
        }
    )


def _ranked(rows: pd.DataFrame) -> npt.NDArray[np.intp]:
    """The place of each row by when it happened, then by when it was told."""
    keys = (rows["seq"].to_numpy(), timestamps.column(reported_time(rows).astype(timestamps.DTYPE)),
            timestamps.column(rows["occurred_at"]))  # fmt: skip
    rank = np.empty(len(rows), dtype=np.intp)
    rank[np.lexsort(keys)] = np.arange(len(rows))
    return rank


def _together(pieces: pd.DataFrame, agencies: _Agencies) -> pd.DataFrame:
    """Pieces (who, begin, end) as far as the officer counts as police."""
    unlisted = pieces[~pieces["who"].isin(agencies.every)]  # of unknown agency, all day
    return pd.concat([_overlaps(pieces, agencies.table), unlisted], ignore_index=True)


def _overlaps(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Each piece of `one` as far as one of `other` of the same officer lasts too."""
    # Where a side is empty pandas would not know what the names are.
    text = {"who": "object"}
    both = one.astype(text).merge(other.astype(text), on="who", suffixes=("", "_other"))
    begin = np.maximum(both["begin"].to_numpy("int64"), both["begin_other"].to_numpy("int64"))
    end = np.minimum(both["end"].to_numpy("int64"), both["end_other"].to_numpy("int64"))
    both = both.assign(begin=begin, end=end).drop(columns=["begin_other", "end_other"])
    lasting: pd.DataFrame = both[begin < end]
    return lasting


def _below(police: pd.DataFrame, told: Micros, register: Register) -> pd.DataFrame:
    election = register.election
    start = np.maximum(told, timestamps.of(election.day_start))
    stop = timestamps.of(election.local_time(election.tps_closes))
    need = required(register)["need"].to_numpy("float64")
    place = pd.Index(register.tps["code"]).get_indexer(pd.Index(police["code"]))
    return _gaps("kurang_pola", place, police, police["share"].to_numpy("float64"), need,
                 start, stop, register)  # fmt: skip


def _absent(there: pd.DataFrame, told: Micros, register: Register) -> pd.DataFrame:
    election = register.election
    start = np.maximum(told, timestamps.of(election.local_time(election.rules.personnel.arrive_by)))
    stop = timestamps.of(election.local_time(election.tps_closes))
    place = pd.Index(register.tps["code"]).get_indexer(pd.Index(there["code"]))
    need = np.ones(len(register.tps))
    return _gaps("tanpa_petugas", place, there, np.ones(len(there)), need, start, stop, register)


def _presence(
    words: pd.DataFrame,
    orders: pd.DataFrame,
    idle: pd.DataFrame,
    register: Register,
    at: datetime,
) -> pd.DataFrame:
    """who, code, begin, end: officers at a TPS, by their last word from a post.

    As manning.stands: one posted is at all TPS of the order, unless the word names another place;
    a word from elsewhere counts there.
    """
    spoken = _spoken(words, register, at)
    own = {
        (who, begin, place)
        for name in ("code", "kecamatan")
        for who, begin, place in zip(orders["who"], orders["begin"], orders[name], strict=True)
    }
    turns = orders[["who", "begin", "end"]].drop_duplicates().assign(turn=lambda t: t["begin"])
    posted = _overlaps(spoken, turns)
    named = zip(posted["who"], posted["turn"], posted["place"], strict=True)
    home = np.array([not isinstance(one[2], str) or one in own for one in named], dtype=bool)
    here = _overlaps(posted[home][["who", "begin", "end"]], orders[["who", "code", "begin", "end"]])
    unposted = spoken[~spoken["who"].isin({*orders["who"], *idle["who"]})]
    guests = pd.concat([posted[~home], _overlaps(spoken, idle), unposted], ignore_index=True)
    guests = guests[["who", "named", "begin", "end"]].rename(columns={"named": "code"})
    both = pd.concat([here, guests], ignore_index=True)
    return both[both["code"].notna()]


def _spoken(words: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """who, named (the TPS, None: none of the register), place (that, else the kecamatan), begin,
    end, of last words that came from a post; equal ones in a row are one."""
    rows, known = heard(words, at)
    number, _names = pd.factorize(rows["petugas"])
    begin = np.maximum(known, timestamps.column(rows["occurred_at"]))
    chosen, until = latest(number, begin, _ranked(rows))
    mine = rows.take(chosen)
    codes = personnel_orders.tps_codes(mine, register).to_numpy("object")
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
    found = found[mine["checkin"].isin(FROM_THE_POST).to_numpy()].reset_index(drop=True)
    place = pd.factorize(found["place"].where(found["place"].notna(), ""))[0]
    who = pd.factorize(found["who"])[0]
    after = found["begin"].to_numpy()[1:] == found["end"].to_numpy()[:-1]
    goes_on = np.append(False, (who[1:] == who[:-1]) & (place[1:] == place[:-1]) & after)
    run = np.cumsum(~goes_on[: len(found)])
    return found.groupby(run, sort=False).agg(
        {"who": "first", "named": "first", "place": "first", "begin": "min", "end": "max"}
    )


def _gaps(
    rule: str,
    place: npt.NDArray[np.intp],
    pieces: pd.DataFrame,
    weight: npt.NDArray[np.float64],
    need: npt.NDArray[np.float64],
    start: Micros,
    stop: int,
    register: Register,
) -> pd.DataFrame:
    inside = place >= 0
    where, begin, end = gaps(
        place[inside].astype("int64"), pieces["begin"].to_numpy("int64")[inside],
        pieces["end"].to_numpy("int64")[inside], weight[inside], need,
        np.minimum(start, stop), stop,
    )  # fmt: skip
    table = register.tps
    return spells(
        rule,
        subject=table["kecamatan"].to_numpy()[where],
        kecamatan=table["kecamatan"].to_numpy()[where],
        member=table["code"].to_numpy()[where],
        begin=begin,
        end=end,
    )
