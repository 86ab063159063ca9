"""Alert intervals of TPS without an officer, or with fewer posted than the pattern requires.

What personnel.coverage says of one moment, for all moments at once: for each officer the times
in which an order, a check-in and an agency were the newest known. Without an officer: until the
box of the TPS is at the PPK (end_at_arrival).
"""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.intervals import (
    FOREVER,
    build_station_intervals,
    concat_intervals,
    filter_known_by,
    find_newest_rows,
    find_uncovered,
)
from situasi.analysis.alerts.rules import stations
from situasi.analysis.personnel import orders as personnel_orders
from situasi.analysis.personnel.officers import POLICE_GROUPS, classify_agency, get_feed_frame
from situasi.analysis.personnel.presence import AT_POST_CHECKINS
from situasi.analysis.personnel.requirements import build_requirement_table
from situasi.analysis.runs import is_last_of_run, next_in_run
from situasi.analysis.stations.ballot_boxes import ARRIVED_BOX_PHASES
from situasi.analysis.timestamps import NEVER, Micros
from situasi.domain import row_order
from situasi.domain.feed_schemas import PERSONNEL, POSTINGS, ROSTER
from situasi.domain.register import Register

_ORDER_COLUMNS = [
    "petugas", "kecamatan", "desa", "desa_text", "tps", "penugasan", "id", "seq", "known_at",
    "occurred_at", "reported_at", "recorded_at", "latihan",
]  # fmt: skip
_CHECKIN_COLUMNS = ["petugas", "kecamatan", "desa", "tps", "checkin", "instansi", "seq", "known_at",
         "occurred_at", "reported_at", "recorded_at", "latihan"]  # fmt: skip
_AGENCY_COLUMNS = [
    "petugas", "instansi", "seq", "known_at", "occurred_at", "reported_at", "recorded_at",
    "latihan",
]  # fmt: skip
_END_OF_TIME = pd.Timestamp.max.tz_localize("UTC").floor("D")


def find_staffing_gaps(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Find the gaps of both rules; in a kecamatan without any posting nothing counts as missing."""
    postings = get_feed_frame(frames, POSTINGS)[_ORDER_COLUMNS]
    checkins = get_feed_frame(frames, PERSONNEL)[_CHECKIN_COLUMNS]
    required_from = _find_required_from(postings, register, at)
    if (required_from == FOREVER).all():
        return concat_intervals([])
    police = _find_police_intervals(get_feed_frame(frames, ROSTER), checkins, at)
    has_exercise = bool(postings["latihan"].any() or checkins["latihan"].any())
    checkins = _filter_police_rows(checkins, police)
    orders, unassigned = _find_order_intervals(_filter_police_rows(postings, police), register, at)
    presence = pd.concat(
        [
            _find_presence(checkins, orders, unassigned, register, at),
            _find_en_route(checkins, orders, register, at),
        ],
        ignore_index=True,
    )
    released = _find_released(checkins, orders, register, at)
    presence = _clip_to_police(pd.concat([presence, released], ignore_index=True), police)
    posted = _clip_to_police(orders, police)
    need = build_requirement_table(register)["need"].to_numpy("float64")
    election = register.election
    arrive_by = timestamps.to_us(election.local_time(election.rules.personnel.arrive_by))
    closes = timestamps.to_us(election.local_time(election.tps_closes))
    return concat_intervals([
        _find_gaps("kurang_pola", posted, posted["share"].to_numpy("float64"), need,
                   np.maximum(required_from, timestamps.to_us(election.day_start)), closes,
                   register),
        _find_gaps("tanpa_petugas", presence, np.ones(len(presence)), np.ones(len(need)),
                   np.maximum(required_from, arrive_by), timestamps.to_us(election.day_end),
                   register),
    ]).assign(latihan=has_exercise)  # fmt: skip


def end_at_arrival(
    intervals: pd.DataFrame, rows: pd.DataFrame, register: Register, at: datetime
) -> pd.DataFrame:
    """End the gaps of a TPS when its box is known to be at the PPK: then it needs nobody.

    rows: of the TPS feed.
    """
    arrivals = rows[rows["fase"].isin(ARRIVED_BOX_PHASES)]
    known = stations.build_station_reports(arrivals, register, at)
    arrived_us = known.first_known_times(np.ones(len(known.reports), dtype=bool))
    station = pd.Index(register.tps["code"]).get_indexer(pd.Index(intervals["member"]))
    limit = np.where(intervals["rule"] == "tanpa_petugas", arrived_us[station], FOREVER)
    cut = intervals.assign(end=np.minimum(intervals["end"].to_numpy("int64"), limit))
    return cut[cut["begin"] < cut["end"]]


def _find_order_intervals(
    rows: pd.DataFrame, register: Register, at: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the posting table of each order with begin and end, while it was the newest that had
    begun and was known, and ordered (its time); and who, begin, end while an officer had no order,
    or one to no TPS."""
    rows, known_us = filter_known_by(rows, at)
    rows = rows.assign(begin=_find_begin(rows, known_us))
    changes = _find_order_changes(rows)
    # Each change counts as its own officer here, with the lines of its order known by then.
    change_keys = changes.assign(turn=np.arange(len(changes)), since=changes["begin"])
    lines = rows.merge(change_keys[["petugas", "occurred_at", "since", "turn"]])
    lines = lines[lines["begin"] <= lines["since"]]
    lines = lines.assign(petugas=lines["turn"])
    table = personnel_orders.build_posting_table(
        row_order.select_current_orders(lines, _END_OF_TIME), register
    )
    changes = changes.rename(columns={"petugas": "who"})
    ordered_us = timestamps.column_to_us(changes["occurred_at"])
    changes = changes[["who", "begin", "end"]]
    times = changes.assign(ordered=ordered_us).take(table["petugas"].to_numpy("int64"))
    orders = table.drop(columns="petugas").join(times.set_index(table.index))
    unassigned = changes[~np.isin(np.arange(len(changes)), table["petugas"])]
    return orders, pd.concat([unassigned, _find_before(changes)], ignore_index=True)


def _find_order_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Find when the order of an officer, or a line of it, changed.

    rows: with `begin`. Columns: petugas, occurred_at (of the newest order begun), begin, end.
    """
    officer, names = pd.factorize(rows["petugas"])
    order_index, order_times = pd.factorize(rows["occurred_at"], sort=True)
    begin, size = rows["begin"].to_numpy("int64"), len(rows) + 1
    order = np.lexsort((begin, officer))
    officer, order_index, begin = officer[order], order_index[order], begin[order]
    newest = np.maximum.accumulate(officer * size + order_index)
    # A row of an older order changes nothing; of several at one moment the last counts.
    relevant = np.flatnonzero(newest - officer * size == order_index)
    officer, order_index, begin = officer[relevant], order_index[relevant], begin[relevant]
    last = is_last_of_run(officer, begin)
    officer, order_index, begin = officer[last], order_index[last], begin[last]
    return pd.DataFrame(
        {
            "petugas": np.asarray(names, dtype=object)[officer],
            "occurred_at": pd.Series(order_times[order_index]),
            "begin": begin,
            "end": next_in_run(begin, FOREVER, officer),
        }
    )


def _find_required_from(rows: pd.DataFrame, register: Register, at: datetime) -> Micros:
    """Return for each TPS since when any posting to its kecamatan is known; FOREVER: none."""
    rows, known_us = filter_known_by(rows, at)
    to_tps = personnel_orders.is_at_tps(rows).to_numpy(bool)
    begin = _find_begin(rows, known_us)[to_tps]
    villages = {code: desa.kecamatan for code, desa in register.desa.items()}
    posted = zip(rows["desa"][to_tps], rows["kecamatan"][to_tps], begin.tolist(), strict=True)
    since: dict[object, int] = {}
    for desa, kecamatan, begin_us in posted:
        area = villages.get(desa, kecamatan)
        since[area] = min(begin_us, since.get(area, FOREVER))
    return np.array([since.get(code, FOREVER) for code in register.tps["kecamatan"]], dtype="int64")


def _find_police_intervals(
    roster: pd.DataFrame, checkins: pd.DataFrame, at: datetime
) -> pd.DataFrame:
    """Return when the agency of an officer was police, or not known: who, begin, end.

    It is that of the newest roster line; before one, or without, the one that check-ins state.
    Every officer with a known agency has an interval.
    """
    lines = _find_newest_agencies(roster, at, only_stated=False).dropna(subset="instansi")
    stated = _find_newest_agencies(checkins, at, only_stated=True)
    listed = lines.groupby("who")["begin"].min()
    # From its first line on, the roster decides the agency.
    listed_from = {str(who): int(since) for who, since in listed.items()}
    limit = np.array([listed_from.get(who, FOREVER) for who in stated["who"]], dtype="int64")
    stated = stated.assign(end=np.minimum(stated["end"].to_numpy("int64"), limit))
    known = pd.concat([lines, stated[stated["begin"] < stated["end"]]], ignore_index=True)
    is_police = [classify_agency(name) in POLICE_GROUPS for name in known["instansi"]]
    police = known.loc[is_police, ["who", "begin", "end"]]
    return pd.concat([police, _find_before(known)], ignore_index=True)


def _find_before(intervals: pd.DataFrame) -> pd.DataFrame:
    """Return who, begin, end of the time before the first interval of each officer."""
    first = intervals.groupby("who")["begin"].min()
    return pd.DataFrame({"who": first.index, "begin": NEVER, "end": first.to_numpy("int64")})


def _filter_police_rows(rows: pd.DataFrame, police: pd.DataFrame) -> pd.DataFrame:
    """Return the rows known while their officer still counted as police: there are many linmas."""
    ends = police.groupby("who")["end"].max()
    last = dict(zip(ends.index, ends.tolist(), strict=True))
    until = np.array([last.get(who, FOREVER) for who in rows["petugas"]], dtype="int64")
    return rows[timestamps.column_to_us(rows["known_at"]) < until]


def _find_newest_agencies(rows: pd.DataFrame, at: datetime, *, only_stated: bool) -> pd.DataFrame:
    """Return who, instansi, begin, end of each row that was the newest of its officer."""
    rows, known_us = filter_known_by(rows[_AGENCY_COLUMNS], at)
    if only_stated:
        has_agency = rows["instansi"].notna().to_numpy()
        rows, known_us = rows[has_agency], known_us[has_agency]
    return _select_newest(rows, known_us)[["who", "instansi", "begin", "end"]]


def _select_newest(rows: pd.DataFrame, known_us: Micros) -> pd.DataFrame:
    """Select the rows that were the newest of their officer, with who, begin and end.

    The newest is by when it happened, then by when it was reported.
    """
    officer, begin = pd.factorize(rows["petugas"])[0], _find_begin(rows, known_us)
    keys = (
        rows["seq"].to_numpy(),
        timestamps.reported_us(rows),
        timestamps.column_to_us(rows["occurred_at"]),
    )
    chosen, until = find_newest_rows(officer, begin, np.argsort(np.lexsort(keys)))
    newest = rows.take(chosen).reset_index(drop=True)
    return newest.assign(who=newest["petugas"].astype("object"), begin=begin[chosen], end=until)


def _find_begin(rows: pd.DataFrame, known_us: Micros) -> Micros:
    """Return since when each row holds: known, and as of its own time."""
    return np.maximum(known_us, timestamps.column_to_us(rows["occurred_at"]))


def _clip_to_police(intervals: pd.DataFrame, police: pd.DataFrame) -> pd.DataFrame:
    """Restrict intervals (who, begin, end) to the times in which the officer counts as police."""
    # unknown agency: counts all day
    unlisted = intervals[~intervals["who"].isin(police["who"])]
    return pd.concat([_intersect(intervals, police), unlisted], ignore_index=True)


def _intersect(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Restrict each interval of `left` to the times of `right` intervals of the same officer."""
    # For an empty side pandas does not know the type of the names.
    dtypes = {"who": "object"}
    pairs = left.astype(dtypes).merge(right.astype(dtypes), on="who", suffixes=("", "_other"))
    begin = np.maximum(pairs["begin"].to_numpy("int64"), pairs["begin_other"].to_numpy("int64"))
    end = np.minimum(pairs["end"].to_numpy("int64"), pairs["end_other"].to_numpy("int64"))
    pairs = pairs.assign(begin=begin, end=end).drop(columns=["begin_other", "end_other"])
    lasting: pd.DataFrame = pairs[begin < end]
    return lasting


def _find_presence(
    checkins: pd.DataFrame,
    orders: pd.DataFrame,
    unassigned: pd.DataFrame,
    register: Register,
    at: datetime,
) -> pd.DataFrame:
    """Return who, code, begin, end: officers at a TPS, by their last check-in from a post.

    As in personnel.presence: a posted officer is at all TPS of the order, unless the check-in names
    another place; a check-in from elsewhere counts there.
    """
    at_posts = _find_checkins(checkins, register, at)
    places = {
        (who, begin, place)
        for name in ("code", "kecamatan")
        for who, begin, place in zip(orders["who"], orders["begin"], orders[name], strict=True)
    }
    times = orders[["who", "begin", "end"]].drop_duplicates().assign(turn=lambda t: t["begin"])
    posted = _intersect(at_posts, times)
    keys = zip(posted["who"], posted["turn"], posted["place"], strict=True)
    own = np.array([not isinstance(key[2], str) or key in places for key in keys], dtype=bool)
    at_own_post = _intersect(
        posted[own][["who", "begin", "end"]], orders[["who", "code", "begin", "end"]]
    )
    unposted = at_posts[~at_posts["who"].isin({*orders["who"], *unassigned["who"]})]
    guests = pd.concat(
        [posted[~own], _intersect(at_posts, unassigned), unposted], ignore_index=True
    )
    guests = guests[["who", "named", "begin", "end"]].rename(columns={"named": "code"})
    presence = pd.concat([at_own_post, guests], ignore_index=True)
    return presence[presence["code"].notna()]


def _find_en_route(
    checkins: pd.DataFrame, orders: pd.DataFrame, register: Register, at: datetime
) -> pd.DataFrame:
    """Return who, code, begin, end of officers who are awaited at a TPS after a new order.

    As in personnel.presence.find_en_route_officers: for a while, until any check-in since.
    """
    rows, known_us = filter_known_by(checkins, at)
    occurred = timestamps.column_to_us(rows["occurred_at"])
    words = pd.DataFrame(
        {"who": rows["petugas"], "occurred": occurred, "heard": np.maximum(known_us, occurred)}
    )
    awaited = orders.loc[orders["code"].notna(), ["who", "code", "begin", "end", "ordered"]]
    awaited = awaited.reset_index(drop=True)
    pairs = awaited.reset_index().merge(words.astype({"who": "object"}), on="who")
    since = pairs[pairs["occurred"] >= pairs["ordered"]].groupby("index")["heard"].min()
    heard = since.reindex(awaited.index, fill_value=FOREVER).to_numpy("int64")
    grace = register.election.rules.redeployment.en_route_grace
    # At exactly the end of the grace an officer is still awaited.
    lapses = awaited["ordered"].to_numpy("int64") + grace // timestamps.MICROSECOND + 1
    end = np.minimum(np.minimum(awaited["end"].to_numpy("int64"), lapses), heard)
    awaited = awaited.assign(end=end)[["who", "code", "begin", "end"]]
    lasting: pd.DataFrame = awaited[awaited["begin"] < awaited["end"]]
    return lasting


def _find_released(
    checkins: pd.DataFrame, orders: pd.DataFrame, register: Register, at: datetime
) -> pd.DataFrame:
    """Return who, code, begin, end: TPS whose officers did their duty and left after the voting.

    As in personnel.staffing: from the closing on, a TPS whose officer was at a post before, or has
    returned, is without an officer by right.
    """
    rows, known_us = filter_known_by(checkins, at)
    heard = rows.assign(who=rows["petugas"], begin=_find_begin(rows, known_us), end=FOREVER)
    newest = _select_newest(rows, known_us)
    parts = (heard[heard["checkin"].isin(AT_POST_CHECKINS)], newest[newest["checkin"] == "kembali"])
    times = pd.concat([part[["who", "begin", "end"]] for part in parts], ignore_index=True)
    closes = timestamps.to_us(register.election.local_time(register.election.tps_closes))
    times = times.assign(begin=np.maximum(times["begin"].to_numpy("int64"), closes))
    # Once is enough: of the arrivals of an officer the first.
    times = times.sort_values("begin", kind="stable").drop_duplicates(["who", "end"])
    at_tps = orders.loc[orders["code"].notna(), ["who", "code", "begin", "end"]]
    return _intersect(times, at_tps)[["who", "code", "begin", "end"]]


def _find_checkins(checkins: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """Return who, named (the TPS, None: none of the register), place (the TPS, else the kecamatan),
    begin, end of newest check-ins from a post; equal ones in a row are joined."""
    rows, known_us = filter_known_by(checkins, at)
    newest = _select_newest(rows, known_us)
    codes = personnel_orders.match_tps_codes(newest, register).to_numpy("object")
    area = newest["kecamatan"].to_numpy("object")
    posts = newest.assign(named=codes, place=np.where(pd.notna(codes), codes, area))
    posts = posts[newest["checkin"].isin(AT_POST_CHECKINS)].reset_index(drop=True)
    place = pd.factorize(posts["place"].where(posts["place"].notna(), ""))[0]
    who = pd.factorize(posts["who"])[0]
    after = posts["begin"].to_numpy()[1:] == posts["end"].to_numpy()[:-1]
    continues = np.append(False, (who[1:] == who[:-1]) & (place[1:] == place[:-1]) & after)
    run = np.cumsum(~continues[: len(posts)])
    return posts.groupby(run, sort=False).agg(
        {"who": "first", "named": "first", "place": "first", "begin": "min", "end": "max"}
    )


def _find_gaps(
    rule: str,
    officers: pd.DataFrame,
    weight: npt.NDArray[np.float64],
    need: npt.NDArray[np.float64],
    start: Micros,
    stop: int,
    register: Register,
) -> pd.DataFrame:
    """Find when the officers at a TPS, by weight, are fewer than it needs.

    officers: code, begin, end. need, start: by TPS; from when on. stop: until when.
    """
    station = pd.Index(register.tps["code"]).get_indexer(pd.Index(officers["code"]))
    inside = station >= 0
    where, begin, end = find_uncovered(
        station[inside].astype("int64"), officers["begin"].to_numpy("int64")[inside],
        officers["end"].to_numpy("int64")[inside], weight[inside], need,
        np.minimum(start, stop), stop,
    )  # fmt: skip
    return build_station_intervals(rule, register, where, begin=begin, end=end)
