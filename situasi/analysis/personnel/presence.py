"""Presence: where each officer is according to the last check-in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.personnel.orders import match_tps_codes
from situasi.analysis.runs import find_last_positions
from situasi.domain.election import Election
from situasi.domain.register import Register
from situasi.domain.row_order import reported_time

# Check-ins that come from the post itself.
AT_POST_CHECKINS = ("tiba_di_tps", "laporan_berkala")
# An officer is in exactly one; a TPS takes the first that one of its officers is in.
STATES = ("hadir", "tanpa_kabar", "bergeser", "kembali", "belum_tiba", "ditunggu")

# Only the needed columns: fewer columns are sorted faster.
_CHECKIN_COLUMNS = (
    "petugas", "occurred_at", "precision", "checkin", "kecamatan", "desa", "tps", "instansi",
    "latihan",
)  # fmt: skip


def sort_checkins(rows: pd.DataFrame, at: datetime, columns: Sequence[str]) -> pd.DataFrame:
    """Return these columns of the check-ins up to `at`, by occurrence, then by report time."""
    rows_until_at = np.flatnonzero(rows["occurred_at"] <= at)
    keys = (rows["seq"], reported_time(rows).astype("int64"), rows["occurred_at"].astype("int64"))
    order = np.lexsort([key.to_numpy()[rows_until_at] for key in keys])
    return rows[list(columns)].take(rows_until_at[order])


def find_last_rows(names: pd.Series) -> tuple[pd.Index, npt.NDArray[np.intp]]:
    """Return the distinct names, and the position of the last row of each."""
    codes, distinct = pd.factorize(names)
    last = find_last_positions(codes, len(distinct))
    return pd.Index(distinct, dtype="object", name=names.name), last


def build_last_checkin_table(rows: pd.DataFrame, register: Register, at: datetime) -> pd.DataFrame:
    """Build one row per officer who ever checked in, indexed by petugas.

    Columns: checkin, checkin_at (missing if only its day is known, which is then taken for the
    earliest of that day: nobody is present by it), checkin_kecamatan, checkin_code (the TPS,
    missing if not in the register), instansi (the last one stated), arrived (was ever at a post),
    latihan.
    """
    ordered = sort_checkins(rows, at, _CHECKIN_COLUMNS)
    petugas, newest = find_last_rows(ordered["petugas"])
    last = ordered.take(newest)
    with_agency = ordered[ordered["instansi"].notna()]
    names, last_rows = find_last_rows(with_agency["petugas"])
    instansi = pd.Series(with_agency["instansi"].to_numpy()[last_rows], names, dtype="object")
    at_post = ordered.loc[ordered["checkin"].isin(AT_POST_CHECKINS), "petugas"]
    last = last.assign(occurred_at=last["occurred_at"].where(last["precision"] == "menit"))
    table = last[["checkin", "occurred_at", "kecamatan", "latihan"]].set_index(petugas)
    table = table.rename(columns={"occurred_at": "checkin_at", "kecamatan": "checkin_kecamatan"})
    return table.assign(
        checkin_code=match_tps_codes(last, register).set_axis(petugas),
        instansi=instansi.reindex(petugas),
        arrived=petugas.isin(at_post.unique()),
    )


def find_en_route_officers(
    current_orders: pd.DataFrame, officer_table: pd.DataFrame, at: datetime, grace: timedelta
) -> frozenset[str]:
    """Find officers ordered elsewhere so recently that no check-in is due there yet.

    current_orders: of row_order.select_current_orders. officer_table: with checkin_at. grace:
    RedeploymentRules.en_route_grace.
    """
    recent = current_orders[current_orders["occurred_at"] >= at - grace]
    checkin_at = officer_table["checkin_at"].reindex(recent["petugas"]).set_axis(recent.index)
    return frozenset(recent.loc[~(checkin_at >= recent["occurred_at"]), "petugas"])


def compute_states(officer_table: pd.DataFrame, at: datetime, election: Election) -> pd.Series:
    """Compute the state of each officer, one of STATES.

    It is missing for an officer without an order and without a check-in. officer_table: with
    posted, duty (the penugasan), checkin, checkin_at and arrived. An officer of a TPS is present by
    a check-in from the post; reserve, patrol and kecamatan by any check-in.
    """
    rule = election.rules.personnel
    checked = officer_table["checkin"].notna()
    posted_off_tps = officer_table["posted"] & (officer_table["duty"] != "tps")
    at_post = officer_table["checkin"].isin(AT_POST_CHECKINS) | (posted_off_tps & checked)
    is_recent = officer_table["checkin_at"] >= at - rule.report_interval
    is_early = at < election.local_time(rule.arrive_by)
    states = np.select(
        [
            ~officer_table["posted"] & ~checked,
            officer_table["checkin"] == "kembali",
            at_post & is_recent,
            at_post,
            officer_table["arrived"] | (~officer_table["posted"] & checked),
            np.full(len(officer_table), is_early),
        ],
        ["", "kembali", "hadir", "tanpa_kabar", "bergeser", "ditunggu"],
        "belum_tiba",
    )
    return pd.Series(states, officer_table.index, dtype="object").replace("", None)
