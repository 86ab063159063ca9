"""One kecamatan beside its neighbours, the kabupaten, and the turnout of past elections."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from situasi.analysis.turnout import summary
from situasi.domain.register import Register


def build_comparison(
    areas: pd.DataFrame, register: Register, at: datetime, code: str, neighbours: Sequence[str]
) -> pd.DataFrame:
    """Build the kecamatan, its neighbours, and all kecamatan together (index "") as rows.

    areas: of summary.build_turnout_table, of every kecamatan that may be seen; neighbours that may
    not are left out. Columns: rate (percent at the common hour; NaN: no count of it), hour (that of
    its counts), rate_estimated, tps_counted, tps, gap (points above the first row), past (final
    turnout of past elections in percent; NaN: not known), paced (what of it would have come by the
    common hour, by `at` where there is none: a perkiraan after rules.turnout).
    """
    own = [name for name in (code, *neighbours) if name in areas.index]
    common_hour = areas["common_hour"].iloc[0]
    total = summary.compute_total(areas)
    total["count_hour"] = common_hour
    names = ["common_rate", "count_hour", "rate_estimated", "tps_counted", "tps"]
    rows = pd.concat([areas.loc[own, names], pd.DataFrame([total[names]], index=[""])])
    rows = rows.rename(columns={"common_rate": "rate", "count_hour": "hour"})
    rows = rows.astype({"rate": "float64", "rate_estimated": "bool"})
    rows["hour"] = pd.to_datetime(rows["hour"])
    rows["gap"] = rows["rate"] - rows["rate"].iloc[0]
    past = load_past_percent(register)
    rows["past"] = [past.get(str(name), float("nan")) for name in rows.index]
    compared_at = at if pd.isna(common_hour) else common_hour
    rows["paced"] = rows["past"] * compute_share_by(register, compared_at)
    return rows


def load_past_percent(register: Register) -> Mapping[str, float]:
    """Return the past turnout in percent by code of a kecamatan, and of the kabupaten under ""."""
    rules = register.election.rules.turnout
    by_code = {code: 100 * share for code, share in register.election.past_turnout.items()}
    reference = next(r.percent for r in rules.references if r.label == rules.reference_label)
    return {**by_code, "": reference}


def compute_share_by(register: Register, at: datetime) -> float:
    """Return the share of the final turnout that has come by a moment: a perkiraan."""
    moments = pd.DatetimeIndex([pd.Timestamp(at)])
    expected = summary.compute_expected_turnout(register, moments)[0]
    return float(expected) / load_past_percent(register)[""]
