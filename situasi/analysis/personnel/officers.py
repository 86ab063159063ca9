"""Officers: everyone of roster, postings or check-ins once, with the order and the last word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.personnel import presence
from situasi.analysis.personnel.orders import is_at_tps
from situasi.analysis.personnel.presence import STATES
from situasi.domain import feed_schemas
from situasi.domain.register import Register

POLICE, UNKNOWN = "polisi", "tidak_diketahui"
# An officer whose agency nobody stated counts as police, and is named apart.
POLICE_GROUPS = (POLICE, UNKNOWN)
# Who counts as what; TNI and Satpol PP stand for themselves.
_GROUP_BY_AGENCY = {"polri": POLICE, "bko_polda": POLICE, "brimob": POLICE}


def build_officer_table(
    frames: Mapping[str, pd.DataFrame],
    current_orders: pd.DataFrame,
    register: Register,
    at: datetime,
) -> pd.DataFrame:
    """One row per officer, by petugas. order: the posting rows that hold (postings.standing).

    Columns: instansi, group ("polisi", "linmas", "tni", "satpol_pp", "tidak_diketahui"),
    pangkat, satuan, on_roster, posted, duty (penugasan), lokasi, areas (kecamatan codes: of
    the order, else of the last word, else of the roster), those of presence.last_words, and
    state (presence.states). latihan: whether any row behind it is made up.
    """
    roster = _newest_roster_rows(get_feed_frame(frames, feed_schemas.ROSTER), at)
    orders = _summarize_orders(current_orders)
    words = presence.build_last_checkin_table(
        get_feed_frame(frames, feed_schemas.PERSONNEL), register, at
    )
    every = roster.index.union(orders.index).union(words.index).rename("petugas")
    listed, ordered, spoke = (part.reindex(every) for part in (roster, orders, words))
    agency = listed["instansi"].where(listed["instansi"].notna(), spoke["instansi"])
    found = pd.DataFrame(
        {
            **_select_columns(listed, ("pangkat", "satuan")),
            **_select_columns(ordered, ("duty", "lokasi")),
            **_select_columns(
                spoke, ("checkin", "checkin_at", "checkin_kecamatan", "checkin_code")
            ),
            "instansi": agency,
            "group": [classify_agency(one) for one in agency],
            "on_roster": every.isin(roster.index),
            "posted": every.isin(orders.index),
            "arrived": (spoke["arrived"] == True).to_numpy(),  # noqa: E712 (missing is no)
            "areas": _select_areas(
                ordered["areas"], spoke["checkin_kecamatan"], listed["kecamatan"]
            ),
            "latihan": np.any([part["latihan"] == True for part in (listed, ordered, spoke)], 0),  # noqa: E712
        },
        index=every,
    )
    found["state"] = presence.compute_states(found, at, register.election)
    return found


def count_by_last_checkin(officer_table: pd.DataFrame) -> pd.DataFrame:
    """One row per kecamatan: how many officers (column `officers`) spoke last by each CHECKIN.

    every: of `officers`. "" where no kecamatan is known; an officer of two counts in both.
    """
    spoke = officer_table.loc[officer_table["checkin"].notna(), ["areas", "checkin"]]
    places = [sorted(areas) or [""] for areas in spoke["areas"]]
    named = spoke.assign(areas=pd.Series(places, spoke.index, dtype="object"))
    counted = named.explode("areas").groupby(["areas", "checkin"]).size().unstack(fill_value=0)
    counted = counted.reindex(columns=list(feed_schemas.CHECKIN), fill_value=0).astype("int64")
    return counted.assign(officers=counted.sum(axis=1)).rename_axis("kecamatan")


def get_feed_frame(frames: Mapping[str, pd.DataFrame], feed: feed_schemas.Feed) -> pd.DataFrame:
    """The rows of a feed; none where the viewer may not see it."""
    rows = frames.get(feed.name)
    return feed_schemas.empty_frame(feed) if rows is None else rows


def classify_agency(agency: object) -> str:
    """As what an officer of this agency counts (`officers`)."""
    return _GROUP_BY_AGENCY.get(agency, agency) if isinstance(agency, str) else UNKNOWN


def _select_columns(part: pd.DataFrame, names: tuple[str, ...]) -> dict[str, pd.Series]:
    return {name: part[name] for name in names}


def _newest_roster_rows(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """The newest line of each officer of the roster."""
    columns = ("petugas", "instansi", "pangkat", "satuan", "kecamatan", "latihan")
    upto = presence.sort_checkins(rows, at, columns)
    who, last = presence.find_last_rows(upto["petugas"])
    return upto.take(last).drop(columns="petugas").set_index(who)


def _summarize_orders(current_orders: pd.DataFrame) -> pd.DataFrame:
    """One row per officer of the standing orders; TPS come before any other duty."""
    to_tps = is_at_tps(current_orders)
    by_duty = np.argsort(~to_tps.to_numpy(bool), kind="stable")
    ranked = current_orders[["petugas", "lokasi", "kecamatan", "latihan"]].take(by_duty)
    duty = current_orders["penugasan"].where(~to_tps, "tps").take(by_duty)
    officer, names = pd.factorize(ranked["petugas"])
    who = pd.Index(names, dtype="object", name="petugas")
    return pd.DataFrame(
        {
            "duty": _first_stated(duty, officer, who),
            "lokasi": _first_stated(ranked["lokasi"], officer, who),
            "areas": _collect_kecamatan(officer, ranked["kecamatan"], len(names)),
            "latihan": np.bincount(officer, ranked["latihan"], minlength=len(names)) > 0,
        },
        index=who,
    )


def _first_stated(values: pd.Series, officer: npt.NDArray[np.intp], who: pd.Index) -> pd.Series:
    """The first value stated for each officer; None where there is none."""
    stated = np.flatnonzero(values.notna())[::-1]
    first = np.full(len(who), None, dtype=object)
    first[officer[stated]] = values.to_numpy()[stated]  # of several the one written last stays
    return pd.Series(first, who, dtype="object")


def _collect_kecamatan(
    officer: npt.NDArray[np.intp], kecamatan: pd.Series, size: int
) -> npt.NDArray[np.object_]:
    """The kecamatan that the rows of each officer name."""
    named: list[set[str]] = [set() for _ in range(size)]
    for who, code in zip(officer.tolist(), kecamatan, strict=True):
        if isinstance(code, str):
            named[who].add(code)
    return _to_object_array(map(frozenset, named), size)


def _select_areas(
    orders: pd.Series, checkins: pd.Series, roster: pd.Series
) -> npt.NDArray[np.object_]:
    """The kecamatan of each officer, of the first source that names any."""
    none: frozenset[str] = frozenset()
    alone: dict[object, frozenset[str]] = {
        code: frozenset([code])
        for code in {*checkins.tolist(), *roster.tolist()}
        if isinstance(code, str)
    }
    found = (
        ordered
        if isinstance(ordered, frozenset) and ordered
        else alone.get(word) or alone.get(home, none)
        for ordered, word, home in zip(orders, checkins, roster, strict=True)
    )
    return _to_object_array(found, len(orders))


def _to_object_array(values: Iterable[object], size: int) -> npt.NDArray[np.object_]:
    array = np.empty(size, dtype=object)
    for at, value in enumerate(values):
        array[at] = value
    return array


def count_by_agency(officer_table: pd.DataFrame) -> pd.DataFrame:
    """One row per agency, by instansi ("tidak_diketahui" where nobody stated it).

    roster; posted by duty (tps, kecamatan, cadangan, patroli); of the posted: present,
    the other states, and `mute`: who never checked in at all; unposted: who only checked in.
    officers: of officers.officers.
    """
    every = officer_table.assign(agency=officer_table["instansi"].fillna(UNKNOWN))
    said = every["checkin"].notna()
    flags = pd.DataFrame(
        {
            "roster": every["on_roster"],
            "posted": every["posted"],
            **{duty: every["posted"] & (every["duty"] == duty) for duty in feed_schemas.PENUGASAN},
            **{state: every["posted"] & (every["state"] == state) for state in STATES},
            "mute": every["posted"] & ~said,
            "unposted": ~every["posted"] & said,
        }
    )
    rows = flags.groupby(every["agency"]).sum()
    return rows.reindex([c for c in (*feed_schemas.INSTANSI, UNKNOWN) if c in rows.index])
