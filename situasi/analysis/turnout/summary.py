"""Voters present: by list, by reporting TPS, and the bounds for TPS that did not report."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.queries import reads
from situasi.analysis.runs import is_first_of_run
from situasi.analysis.stations import count_rounds
from situasi.analysis.stations.reports import (
    TpsReports,
    build_tps_reports,
    compute_voters_present,
    select_current_counts,
)
from situasi.domain.feed_schemas import TPS
from situasi.domain.register import Register

_SUMMED_COLUMNS = (
    "tps", "tps_counted", "doubted", "voters_present", "dptb", "dpk", "apart", "dpt", "dpt_counted",
    "rated", "stale", "common_voters", "common_dpt",
    "common_tps", "stale_left",
)  # fmt: skip
_SLOT_LENGTH = timedelta(minutes=15)


def build_turnout_table(station_table: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Build the turnout of each kecamatan in the register's order, indexed by kecamatan.

    station_table: of status.build_station_table. Columns: tps, tps_counted (TPS with a count),
    doubted (of those, with a doubted one), voters_present, dptb and dpk (voters of those lists, in
    the `apart` TPS that report them separately), dpt (voters on all lists), dpt_counted (of the TPS
    with a count), rated (voters of TPS with a known list), rate (percent of dpt_counted; NaN: no
    count), least and most (percent of dpt: nobody else came, or everybody on the lists of the TPS
    without a count or with an old one; stale_left: those of them who were not counted), estimated
    (whether dpt is a perkiraan), rate_estimated (whether dpt_counted is).
    Only counts of one hour are compared (stations.count_rounds): common_hour, the last that half of
    the TPS with a count told; common_voters, common_dpt and common_tps of it, common_rate (percent;
    NaN where is_stale); stale (TPS whose newest count is of an earlier hour), is_stale (they are
    most of those with a count), count_hour (the last hour that half of them told); is_low
    (common_rate further below the kabupaten's than rules.turnout.low_margin_points).
    """
    has_count = station_table["hadir"].notna()
    reported_dpt = station_table["dpt"].where(has_count)
    columns = pd.DataFrame(
        {
            "kecamatan": station_table["kecamatan"],
            "tps": 1,
            "tps_counted": has_count,
            "doubted": station_table["doubts"] != "",
            "voters_present": station_table["hadir"],
            "dptb": station_table["hadir_dptb"],
            "dpk": station_table["hadir_dpk"],
            "apart": station_table["hadir_dptb"].notna() | station_table["hadir_dpk"].notna(),
            "dpt_counted": reported_dpt,
            # The voters of a TPS with an unknown list have no rate.
            "rated": station_table["hadir"].where(reported_dpt.notna()),
            "stale": station_table["is_stale"],
            "common_voters": station_table["hadir_common"].where(station_table["dpt"].notna()),
            "common_dpt": station_table["dpt"].where(station_table["hadir_common"].notna()),
            "common_tps": station_table["hadir_common"].notna(),
            "stale_left": count_rounds.count_stale_left(station_table),
        }
    )
    table = columns.groupby("kecamatan", sort=False).sum().astype("int64")
    places = [register.kecamatan[code] for code in table.index]
    table["dpt"] = [place.dpt for place in places]
    table["estimated"] = [place.dpt_estimated for place in places]
    is_estimated = station_table["estimated"] & has_count
    table["rate_estimated"] = is_estimated.groupby(station_table["kecamatan"], sort=False).any()
    table = table.assign(**_compute_rates(table))
    kabupaten_rate = float(compute_total(table)["common_rate"])
    margin = register.election.rules.turnout.low_margin_points
    by_kecamatan = station_table.groupby("kecamatan", sort=False)
    is_stale = 2 * table["stale"] > table["tps_counted"]
    common_rate = table["common_rate"].where(~is_stale)
    return table.assign(
        is_stale=is_stale,
        common_rate=common_rate,
        is_low=common_rate < kabupaten_rate - margin,
        count_hour=by_kecamatan["count_hour"]
        .quantile(0.5, interpolation="higher")
        .dt.tz_convert(register.election.zone),
        common_hour=by_kecamatan["common_hour"].first().dt.tz_convert(register.election.zone),
    )


def compute_total(table: pd.DataFrame) -> pd.Series:
    """Sum these kecamatan to one row: the sums and rates of build_turnout_table."""
    sums = table[list(_SUMMED_COLUMNS)].to_numpy("int64").sum(axis=0)
    total = pd.DataFrame(sums[np.newaxis, :], columns=list(_SUMMED_COLUMNS))
    row = {
        **dict(zip(_SUMMED_COLUMNS, sums.tolist(), strict=True)),
        "estimated": bool(table["estimated"].any()),
        "rate_estimated": bool(table["rate_estimated"].any()),
        **{name: float(values[0]) for name, values in _compute_rates(total).items()},
    }
    return pd.Series(row, dtype="object", name=0)


def _mark_official_list(total: pd.Series, is_all_kecamatan: bool) -> pd.Series:
    """Mark the roll of all kecamatan as official, though those of its kecamatan are not.

    total: of compute_total. Its rate is an estimate only as long as some TPS are missing from it.
    """
    if not is_all_kecamatan:
        return total.copy()
    official = ["estimated"]
    if total["dpt_counted"] == total["dpt"]:
        official.append("rate_estimated")
    return total.where(~total.index.isin(official), False)


def compute_shown_total(
    table: pd.DataFrame, kecamatan: Sequence[str], register: Register
) -> pd.Series:
    """Compute the total of these kecamatan, marked as official where it is the whole register's.

    Old counts make the rate of the newest ones too low. shown_rate: that of the common hour where
    there are some, and they are not most; then is_common, else that of the newest counts. Also
    common_hour; shown_estimated: whether the lists behind shown_rate are a perkiraan.
    """
    is_all = register.is_complete and len(kecamatan) == len(register.kecamatan)
    rows = table.loc[list(kecamatan)]
    total = compute_total(rows)
    marked = _mark_official_list(total, is_all)
    is_common = 0 < 2 * total["stale"] <= total["tps_counted"] and pd.notna(total["common_rate"])
    has_all = is_all and total["common_dpt"] == total["dpt"]
    marked["is_common"] = bool(is_common)
    marked["common_hour"] = rows["common_hour"].iloc[0] if len(rows) else pd.NaT
    marked["shown_rate"] = total["common_rate"] if is_common else total["rate"]
    marked["shown_estimated"] = (
        bool(total["rate_estimated"]) and not has_all if is_common else marked["rate_estimated"]
    )
    return marked


def _compute_rates(table: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """Return the rate, least and most in percent; NaN where there is no list."""
    names = (
        "voters_present", "rated", "dpt", "dpt_counted", "common_voters", "common_dpt", "stale_left"
    )  # fmt: skip
    voters_present, rated, dpt, on_list, common, common_dpt, stale_left = (
        table[name].to_numpy("float64") for name in names
    )
    reported_dpt, all_dpt = np.where(on_list > 0, on_list, np.nan), np.where(dpt > 0, dpt, np.nan)
    unreported_dpt = (dpt - on_list).clip(0) + stale_left
    return {
        "rate": 100 * rated / reported_dpt,
        "least": 100 * voters_present / all_dpt,
        "most": 100 * (voters_present + unreported_dpt) / all_dpt,
        "common_rate": 100 * common / np.where(common_dpt > 0, common_dpt, np.nan),
    }


@reads(TPS)
def compute_turnout_curve(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
) -> pd.DataFrame:
    """Compute build_turnout_curve of these kecamatan (none: all)."""
    counts = select_current_counts(build_tps_reports(frames[TPS.name], register), register)
    return build_turnout_curve(counts, register, at, kecamatan)


def build_turnout_curve(
    station_counts: TpsReports, register: Register, at: datetime, kecamatan: Collection[str] = ()
) -> pd.DataFrame:
    """Build the turnout at each quarter of an hour of voting until `at`, and the expected one.

    station_counts: of reports.select_current_counts. kecamatan: only these; empty: all. Index: the
    moment, from the opening to an hour after the closing. Columns: voters_present (sum of the
    newest counts taken by then), tps_counted (TPS with one), dpt_counted (voters on their lists),
    rate (percent of these), expected (percent: a perkiraan after rules.turnout). After `at` and
    where nobody reported, all but expected is missing.
    """
    election = register.election
    start = election.local_time(election.tps_opens)
    closes = election.local_time(election.tps_closes)
    slots = pd.date_range(start, closes + timedelta(hours=1), freq=_SLOT_LENGTH)
    table = register.tps
    is_wanted = (
        table["kecamatan"].isin(list(kecamatan))
        if kecamatan
        else pd.Series(True, index=table.index)
    )
    counts = station_counts.take(is_wanted.to_numpy(bool)[station_counts.station_index])
    increments = _compute_slot_increments(
        counts, table["dpt"].to_numpy("float64", na_value=0.0), start, len(slots)
    )
    curve = pd.DataFrame(
        increments.cumsum(axis=0), slots, ["voters_present", "tps_counted", "dpt_counted"]
    )
    curve = curve.where((curve["tps_counted"] > 0) & (slots <= pd.Timestamp(at)))
    curve["rate"] = (
        100 * curve["voters_present"] / curve["dpt_counted"].where(curve["dpt_counted"] > 0)
    )
    curve["expected"] = compute_expected_turnout(register, slots)
    return curve


def _compute_slot_increments(
    station_counts: TpsReports, dpt: npt.NDArray[np.float64], start: datetime, slot_count: int
) -> npt.NDArray[np.float64]:
    """Return what each slot adds: voters since the count before, new TPS, and their DPT."""
    index, counted = station_counts.station_index, station_counts.voters_present
    first = is_first_of_run(index)
    before = np.where(first, 0.0, np.roll(counted, 1))
    elapsed_s = (station_counts.occurred_us - timestamps.to_us(start)) / 1e6
    slot = np.ceil(elapsed_s / _SLOT_LENGTH.total_seconds()).astype("int64").clip(min=0)
    added = np.column_stack([counted - before, first, np.where(first, dpt[index], 0.0)])
    increments = np.zeros((slot_count, 3))
    inside = slot < slot_count
    np.add.at(increments, slot[inside], added[inside])
    return increments


def compute_expected_turnout(
    register: Register, slots: pd.DatetimeIndex
) -> npt.NDArray[np.float64]:
    """Compute the expected turnout in percent of the DPT at these moments: a perkiraan."""
    election, rules = register.election, register.election.rules.turnout
    final = next(ref.percent for ref in rules.references if ref.label == rules.reference_label)
    curve_times = [election.local_time(curve_time).timestamp() for curve_time, _ in rules.curve]
    seconds = [moment.timestamp() for moment in slots]
    return np.interp(seconds, curve_times, [final * share for _, share in rules.curve])


def build_reported_totals_table(
    frames: Mapping[str, pd.DataFrame], station_table: pd.DataFrame
) -> pd.DataFrame:
    """Build the newest totals reported for a desa or kecamatan beside the sum of its TPS.

    The two are never added. station_table: of status.build_station_table. Columns: lingkup,
    kecamatan, desa, desa_text, occurred_at, voters_present, latihan, and of the same place tps,
    tps_counted and tps_voters_present (missing where no TPS reported).
    """
    rows = frames["tps"]
    rows = rows[rows["lingkup"].isin(["desa", "kecamatan"])]
    rows = rows.assign(voters_present=compute_voters_present(rows)).dropna(
        subset=["voters_present"]
    )
    rows = rows.assign(place=rows["desa"].where(rows["lingkup"] == "desa", rows["kecamatan"]))
    ordered = rows.sort_values(["occurred_at", "reported_at", "seq"], kind="stable")
    newest = ordered.drop_duplicates(["lingkup", "place", "desa_text"], keep="last")
    tps_sums = pd.concat(
        [
            station_table.assign(place=station_table[level])
            .groupby("place")["hadir"]
            .agg(["size", "count", "sum"])
            for level in ("desa", "kecamatan")
        ]
    )
    place_sums = tps_sums.reindex(newest["place"]).reset_index(drop=True)
    columns = [
        "lingkup", "kecamatan", "desa", "desa_text", "occurred_at", "voters_present", "latihan",
    ]  # fmt: skip
    tps_columns = place_sums.set_axis(["tps", "tps_counted", "tps_voters_present"], axis=1).astype(
        "Int64"
    )
    tps_columns["tps_voters_present"] = tps_columns["tps_voters_present"].where(
        tps_columns["tps_counted"] > 0
    )
    return pd.concat([newest[columns].reset_index(drop=True), tps_columns], axis=1)
