"""Officers: everyone of roster, postings or check-ins once, with the order and the last word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from situasi import records
from situasi.analysis import presence
from situasi.analysis.postings import at_tps, standing
from situasi.regions import Register

POLICE, UNKNOWN = "polisi", "tidak_diketahui"
# An officer whose agency nobody stated counts as police, and is named apart.
AS_POLICE = (POLICE, UNKNOWN)
# Who counts as what; TNI and Satpol PP stand for themselves.
_GROUPS = {"polri": POLICE, "bko_polda": POLICE, "brimob": POLICE}


def officers(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> pd.DataFrame:
    """One row per officer, by petugas.

    Columns: instansi, group ("polisi", "linmas", "tni", "satpol_pp", "tidak_diketahui"),
    pangkat, satuan, on_roster, posted, duty (penugasan), lokasi, areas (kecamatan codes: of
    the order, else of the last word, else of the roster), those of presence.last_words, and
    state (presence.states). latihan: whether any row behind it is made up.
    """
    roster = _roster(frame(known, records.ROSTER), at)
    orders = _orders(standing(frame(known, records.POSTINGS), at))
    words = presence.last_words(frame(known, records.PERSONNEL), register, at)
    every = roster.index.union(orders.index).union(words.index)
    found = pd.concat(
        [
            roster.drop(columns=["latihan", "kecamatan", "instansi"]).reindex(every),
            orders.drop(columns=["latihan", "areas"]).reindex(every),
            words.drop(columns=["latihan", "instansi", "arrived"]).reindex(every),
        ],
        axis=1,
    )
    stated = roster["instansi"].reindex(every)
    found["instansi"] = stated.where(stated.notna(), words["instansi"].reindex(every))
    found["group"] = [_group(agency) for agency in found["instansi"]]
    found["on_roster"] = every.isin(roster.index)
    found["posted"] = every.isin(orders.index)
    found["arrived"] = every.isin(words.index[words["arrived"]])
    found["areas"] = _areas(every, orders["areas"], words["checkin_kecamatan"], roster["kecamatan"])
    made_up = [part.index[part["latihan"].astype("bool")] for part in (roster, orders, words)]
    found["latihan"] = every.isin(made_up[0].union(made_up[1]).union(made_up[2]))
    found["state"] = presence.states(found, at, register.election)
    return found.rename_axis("petugas")


def by_last_word(every: pd.DataFrame) -> pd.DataFrame:
    """One row per kecamatan: how many officers (column `officers`) spoke last by each CHECKIN.

    every: of `officers`. "" where no kecamatan is known; an officer of two counts in both.
    """
    spoke = every.loc[every["checkin"].notna(), ["areas", "checkin"]]
    places = [sorted(areas) or [""] for areas in spoke["areas"]]
    named = spoke.assign(areas=pd.Series(places, spoke.index, dtype="object"))
    counted = named.explode("areas").groupby(["areas", "checkin"]).size().unstack(fill_value=0)
    counted = counted.reindex(columns=list(records.CHECKIN), fill_value=0).astype("int64")
    return counted.assign(officers=counted.sum(axis=1)).rename_axis("kecamatan")


def frame(known: Mapping[str, pd.DataFrame], feed: records.Feed) -> pd.DataFrame:
    """The rows of a feed; none where the viewer may not see it."""
    rows = known.get(feed.name)
    return records.empty(feed) if rows is None else rows


def _group(agency: object) -> str:
    return _GROUPS.get(agency, agency) if isinstance(agency, str) else UNKNOWN


def _roster(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """The newest line of each officer of the roster."""
    last = presence.ordered(rows, at).drop_duplicates("petugas", keep="last").set_index("petugas")
    return last[["instansi", "pangkat", "satuan", "kecamatan", "latihan"]]


def _orders(order: pd.DataFrame) -> pd.DataFrame:
    """One row per officer of the standing orders; TPS come before any other duty."""
    duty = order["penugasan"].where(~at_tps(order), "tps")
    ranked = order.assign(duty=duty, _first=duty != "tps").sort_values("_first", kind="stable")
    by_officer = ranked.groupby("petugas")
    return pd.DataFrame(
        {
            "duty": by_officer["duty"].first(),
            "lokasi": by_officer["lokasi"].first(),
            "areas": _codes(order),
            "latihan": by_officer["latihan"].any(),
        }
    )


def _codes(order: pd.DataFrame) -> pd.Series:
    """The kecamatan that the rows of each officer name."""
    named: dict[str, set[str]] = {officer: set() for officer in order["petugas"]}
    for officer, code in zip(order["petugas"], order["kecamatan"], strict=True):
        if isinstance(code, str):
            named[officer].add(code)
    return pd.Series({who: frozenset(codes) for who, codes in named.items()}, dtype="object")


def _areas(every: pd.Index, *sources: pd.Series) -> pd.Series:
    """The kecamatan of each officer, of the first source that names any."""
    found = []
    for officer in every:
        said = (source.get(officer) for source in sources)
        sets = (frozenset([one]) if isinstance(one, str) else one for one in said)
        found.append(next((one for one in sets if isinstance(one, frozenset) and one), frozenset()))
    return pd.Series(found, every, dtype="object")
