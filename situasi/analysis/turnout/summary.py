"""Voters present: of whom, by which TPS, and between which bounds for those that did not tell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import TpsReports, compute_voters_present, is_last_of_run
from situasi.domain.register import Register

_SUMMED_COLUMNS = (
    "tps",
    "told",
    "doubted",
    "heads",
    "dptb",
    "dpk",
    "apart",
    "dpt",
    "dpt_told",
    "rated",
)
_SLOT_LENGTH = timedelta(minutes=15)


def build_turnout_table(station_table: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Turnout of each kecamatan in the register's order.

    found: of stations.stations. Index: kecamatan. Columns: tps, told (TPS with a count),
    doubted (of those, with a doubted one), heads, dptb and dpk (heads of those lists, of the
    `apart` TPS that told them apart), dpt (voters on the list of all), dpt_told (of the
    TPS that told), rated (heads of those with a known list), rate (percent of dpt_told; NaN:
    nobody told), least and most (percent of dpt: nobody else came, or everybody on the
    lists of the others), estimated (whether dpt is a perkiraan), told_estimated (dpt_told
    is), is_low (further below the kabupaten than rules.turnout.low).
    """
    told = station_table["hadir"].notna()
    on_list = station_table["dpt"].where(told)
    each = pd.DataFrame(
        {
            "kecamatan": station_table["kecamatan"],
            "tps": 1,
            "told": told,
            "doubted": station_table["doubts"] != "",
            "heads": station_table["hadir"],
            "dptb": station_table["hadir_dptb"],
            "dpk": station_table["hadir_dpk"],
            "apart": station_table["hadir_dptb"].notna() | station_table["hadir_dpk"].notna(),
            "dpt_told": on_list,
            # Where the list of a TPS is unknown its heads have no rate.
            "rated": station_table["hadir"].where(on_list.notna()),
        }
    )
    table = each.groupby("kecamatan", sort=False).sum().astype("int64")
    places = [register.kecamatan[code] for code in table.index]
    table["dpt"] = [place.dpt for place in places]
    table["estimated"] = [place.dpt_estimated for place in places]
    guessed = station_table["estimated"] & told
    table["told_estimated"] = guessed.groupby(station_table["kecamatan"], sort=False).any()
    table = table.assign(**_compute_rates(table))
    rate = float(compute_total(table)["rate"])
    table["is_low"] = table["rate"] < rate - register.election.rules.turnout.low_margin_points
    return table


def compute_total(table: pd.DataFrame) -> pd.Series:
    """All of these kecamatan as one: the columns of `by_kecamatan` but is_low."""
    sums = table[list(_SUMMED_COLUMNS)].to_numpy("int64").sum(axis=0)
    total = pd.DataFrame(sums[np.newaxis, :], columns=list(_SUMMED_COLUMNS))
    row = {
        **dict(zip(_SUMMED_COLUMNS, sums.tolist(), strict=True)),
        "estimated": bool(table["estimated"].any()),
        "told_estimated": bool(table["told_estimated"].any()),
        **{name: float(values[0]) for name, values in _compute_rates(total).items()},
    }
    return pd.Series(row, dtype="object", name=0)


def mark_official_list(total: pd.Series, is_all_kecamatan: bool) -> pd.Series:
    """The list of the whole kabupaten is official, though those of its kecamatan are not.

    total: of `whole`. everywhere: whether it is of all kecamatan.
    """
    return total.where(~total.index.isin(["estimated"]), False) if is_all_kecamatan else total


def _compute_rates(table: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """Percent that came, and the least and most that it can be; NaN of no list."""
    heads, rated, dpt, on_list = (
        table[name].to_numpy("float64") for name in ("heads", "rated", "dpt", "dpt_told")
    )
    told, every = np.where(on_list > 0, on_list, np.nan), np.where(dpt > 0, dpt, np.nan)
    untold = (dpt - on_list).clip(0)
    return {
        "rate": 100 * rated / told,
        "least": 100 * heads / every,
        "most": 100 * (heads + untold) / every,
    }


def build_turnout_curve(
    station_counts: TpsReports, register: Register, at: datetime, kecamatan: Collection[str] = ()
) -> pd.DataFrame:
    """Turnout at each quarter of an hour of voting, up to `at`, and what was to be expected.

    standing: of station_reports.counts. kecamatan: only these; empty: all. Index: the moment,
    from the opening to an hour after the closing. Columns: heads (sum of the newest counts taken
    by then), told (TPS with one), dpt_told (voters on their lists), rate (percent of these),
    expected (percent: a perkiraan after rules.turnout). After `at` and where nobody told, all
    but expected is missing.
    """
    election = register.election
    start, closes = (
        election.local_time(election.tps_opens),
        election.local_time(election.tps_closes),
    )
    slots = pd.date_range(start, closes + timedelta(hours=1), freq=_SLOT_LENGTH)
    table = register.tps
    wanted = (
        table["kecamatan"].isin(list(kecamatan))
        if kecamatan
        else pd.Series(True, index=table.index)
    )
    taken = station_counts.take(wanted.to_numpy(bool)[station_counts.station_index])
    steps = _compute_slot_increments(
        taken, table["dpt"].to_numpy("float64", na_value=0.0), start, len(slots)
    )
    found = pd.DataFrame(steps.cumsum(axis=0), slots, ["heads", "told", "dpt_told"])
    found = found.where((found["told"] > 0) & (slots <= pd.Timestamp(at)))
    found["rate"] = 100 * found["heads"] / found["dpt_told"].where(found["dpt_told"] > 0)
    found["expected"] = compute_expected_turnout(register, slots)
    return found


def _compute_slot_increments(
    station_counts: TpsReports, dpt: npt.NDArray[np.float64], start: datetime, slot_count: int
) -> npt.NDArray[np.float64]:
    """What each slot adds: heads since the count before, a TPS at its first, and its list."""
    place, counted = station_counts.station_index, station_counts.voters_present
    first = is_last_of_run(place[::-1])[::-1]
    before = np.where(first, 0.0, np.roll(counted, 1))
    since = (station_counts.occurred_us - timestamps.to_us(start)) / 1e6
    slot = np.ceil(since / _SLOT_LENGTH.total_seconds()).astype("int64").clip(min=0)
    added = np.column_stack([counted - before, first, np.where(first, dpt[place], 0.0)])
    steps = np.zeros((slot_count, 3))
    inside = slot < slot_count
    np.add.at(steps, slot[inside], added[inside])
    return steps


def compute_expected_turnout(
    register: Register, slots: pd.DatetimeIndex
) -> npt.NDArray[np.float64]:
    """The expected turnout in percent of the list at these moments: an assumption."""
    election, rules = register.election, register.election.rules.turnout
    final = next(one.percent for one in rules.references if one.label == rules.reference_label)
    at = [election.local_time(time).timestamp() for time, _ in rules.curve]
    seconds = [moment.timestamp() for moment in slots]
    return np.interp(seconds, at, [final * share for _, share in rules.curve])


def build_reported_totals_table(
    frames: Mapping[str, pd.DataFrame], station_table: pd.DataFrame
) -> pd.DataFrame:
    """The newest totals that a desa or kecamatan told, beside the sum of its TPS; never added.

    found: of stations.stations. Columns: lingkup, kecamatan, desa, desa_text, occurred_at, heads,
    latihan, and of the same place tps, tps_told and tps_heads (missing where none told).
    """
    rows = frames["tps"]
    rows = rows[rows["lingkup"].isin(["desa", "kecamatan"])]
    rows = rows.assign(heads=compute_voters_present(rows)).dropna(subset=["heads"])
    rows = rows.assign(place=rows["desa"].where(rows["lingkup"] == "desa", rows["kecamatan"]))
    ordered = rows.sort_values(["occurred_at", "reported_at", "seq"], kind="stable")
    newest = ordered.drop_duplicates(["lingkup", "place", "desa_text"], keep="last")
    each = pd.concat(
        [
            station_table.assign(place=station_table[level])
            .groupby("place")["hadir"]
            .agg(["size", "count", "sum"])
            for level in ("desa", "kecamatan")
        ]
    )
    of = each.reindex(newest["place"]).reset_index(drop=True)
    columns = ["lingkup", "kecamatan", "desa", "desa_text", "occurred_at", "heads", "latihan"]
    beside = of.set_axis(["tps", "tps_told", "tps_heads"], axis=1).astype("Int64")
    beside["tps_heads"] = beside["tps_heads"].where(beside["tps_told"] > 0)
    return pd.concat([newest[columns].reset_index(drop=True), beside], axis=1)
