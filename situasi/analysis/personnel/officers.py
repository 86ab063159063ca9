"""Officers: each of roster, postings or check-ins once, with the order and the last check-in."""

from collections.abc import Mapping
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
# An officer without a stated agency counts as police, and is named separately.
POLICE_GROUPS = (POLICE, UNKNOWN)
# The group of each agency; TNI and Satpol PP are groups of their own.
_GROUP_BY_AGENCY = {"polri": POLICE, "bko_polda": POLICE, "brimob": POLICE}


def build_officer_table(
    frames: Mapping[str, pd.DataFrame],
    current_orders: pd.DataFrame,
    register: Register,
    at: datetime,
) -> pd.DataFrame:
    """Build one row per officer, indexed by petugas.

    current_orders: of row_order.select_current_orders. Columns: instansi, group ("polisi",
    "linmas", "tni", "satpol_pp", "tidak_diketahui"), pangkat, satuan, on_roster, posted, duty
    (penugasan), lokasi, areas (kecamatan codes: of the order, else of the last check-in, else of
    the roster), those of presence.build_last_checkin_table, and state (presence.compute_states).
    latihan: whether any row behind it is made up.
    """
    roster = _newest_roster_rows(get_feed_frame(frames, feed_schemas.ROSTER), at)
    orders = _summarize_orders(current_orders)
    checkins = presence.build_last_checkin_table(
        get_feed_frame(frames, feed_schemas.PERSONNEL), register, at
    )
    petugas = roster.index.union(orders.index).union(checkins.index).rename("petugas")
    listed, ordered, checked = (part.reindex(petugas) for part in (roster, orders, checkins))
    agency = listed["instansi"].where(listed["instansi"].notna(), checked["instansi"])
    officers = pd.DataFrame(
        {
            **listed[["pangkat", "satuan"]],
            **ordered[["duty", "lokasi"]],
            **checked[["checkin", "checkin_at", "checkin_kecamatan", "checkin_code"]],
            "instansi": agency,
            "group": [classify_agency(name) for name in agency],
            "on_roster": petugas.isin(roster.index),
            "posted": petugas.isin(orders.index),
            "arrived": (checked["arrived"] == True).to_numpy(),  # noqa: E712 (missing is no)
            "areas": _select_areas(
                ordered["areas"], checked["checkin_kecamatan"], listed["kecamatan"]
            ),
            "latihan": np.any([part["latihan"] == True for part in (listed, ordered, checked)], 0),  # noqa: E712
        },
        index=petugas,
    )
    officers["state"] = presence.compute_states(officers, at, register.election)
    return officers


def count_by_last_checkin(officer_table: pd.DataFrame) -> pd.DataFrame:
    """Count the officers per kecamatan (column `officers`) by their last CHECKIN.

    officer_table: of build_officer_table. "" if no kecamatan is known; an officer of two counts in
    both.
    """
    checkins = officer_table.loc[officer_table["checkin"].notna(), ["areas", "checkin"]]
    places = [sorted(areas) or [""] for areas in checkins["areas"]]
    by_area = checkins.assign(areas=pd.Series(places, checkins.index, dtype="object"))
    counts = by_area.explode("areas").groupby(["areas", "checkin"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(feed_schemas.CHECKIN), fill_value=0).astype("int64")
    return counts.assign(officers=counts.sum(axis=1)).rename_axis("kecamatan")


def get_feed_frame(frames: Mapping[str, pd.DataFrame], feed: feed_schemas.Feed) -> pd.DataFrame:
    """Return the rows of a feed; no rows where the viewer may not see it."""
    rows = frames.get(feed.name)
    return feed_schemas.empty_frame(feed) if rows is None else rows


def classify_agency(agency: object) -> str:
    """Return the group of an agency (see build_officer_table)."""
    return _GROUP_BY_AGENCY.get(agency, agency) if isinstance(agency, str) else UNKNOWN


def _newest_roster_rows(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """Return the newest roster row of each officer."""
    columns = ("petugas", "instansi", "pangkat", "satuan", "kecamatan", "latihan")
    ordered = presence.sort_checkins(rows, at, columns)
    petugas, last = presence.find_last_rows(ordered["petugas"])
    return ordered.take(last).drop(columns="petugas").set_index(petugas)


def _summarize_orders(current_orders: pd.DataFrame) -> pd.DataFrame:
    """Build one row per officer of the current orders; TPS come before any other duty."""
    to_tps = is_at_tps(current_orders)
    by_duty = np.argsort(~to_tps.to_numpy(bool), kind="stable")
    duty = current_orders["penugasan"].where(~to_tps, "tps")
    columns = current_orders[["petugas", "lokasi", "kecamatan", "latihan"]]
    ranked = columns.assign(duty=duty).take(by_duty)
    officer, names = pd.factorize(ranked["petugas"])
    stated = ranked.groupby(officer)[["duty", "lokasi"]].first().astype("object")
    petugas = pd.Index(names, dtype="object", name="petugas")
    return pd.DataFrame(
        {
            **stated.set_axis(petugas),
            "areas": _collect_kecamatan(officer, ranked["kecamatan"], len(names)),
            "latihan": np.bincount(officer, ranked["latihan"], minlength=len(names)) > 0,
        },
        index=petugas,
    )


def _collect_kecamatan(
    officer: npt.NDArray[np.intp], kecamatan: pd.Series, size: int
) -> list[frozenset[str]]:
    """Collect the kecamatan that the rows of each officer name."""
    codes: list[set[str]] = [set() for _ in range(size)]
    for row, code in zip(officer.tolist(), kecamatan, strict=True):
        if isinstance(code, str):
            codes[row].add(code)
    return list(map(frozenset, codes))


def _select_areas(
    orders: pd.Series, checkins: pd.Series, roster: pd.Series
) -> list[frozenset[str]]:
    """Select the kecamatan of each officer from the first source that names any."""
    empty: frozenset[str] = frozenset()
    single: dict[object, frozenset[str]] = {
        code: frozenset([code])
        for code in {*checkins.tolist(), *roster.tolist()}
        if isinstance(code, str)
    }
    return [
        order
        if isinstance(order, frozenset) and order
        else single.get(checkin) or single.get(roster_code, empty)
        for order, checkin, roster_code in zip(orders, checkins, roster, strict=True)
    ]


def count_by_agency(officer_table: pd.DataFrame) -> pd.DataFrame:
    """Count the officers of each agency, by instansi ("tidak_diketahui" where none is stated).

    Columns: roster, posted, of the posted each duty, each state and `mute` (never checked in at
    all), unposted (who only checked in). officer_table: of build_officer_table.
    """
    table = officer_table.assign(agency=officer_table["instansi"].fillna(UNKNOWN))
    has_checkin = table["checkin"].notna()
    flags = pd.DataFrame(
        {
            "roster": table["on_roster"],
            "posted": table["posted"],
            **{duty: table["posted"] & (table["duty"] == duty) for duty in feed_schemas.PENUGASAN},
            **{state: table["posted"] & (table["state"] == state) for state in STATES},
            "mute": table["posted"] & ~has_checkin,
            "unposted": ~table["posted"] & has_checkin,
        }
    )
    rows = flags.groupby(table["agency"]).sum()
    return rows.reindex([c for c in (*feed_schemas.INSTANSI, UNKNOWN) if c in rows.index])
