"""Coverage: who is required, posted and present, by TPS, kecamatan, polsek and agency."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.personnel import orders, staffing
from situasi.analysis.personnel.officers import POLICE_GROUPS, build_officer_table, get_feed_frame
from situasi.analysis.personnel.presence import STATES, find_en_route_officers
from situasi.analysis.personnel.requirements import build_requirement_table, round_up
from situasi.analysis.queries import reads
from situasi.analysis.stations import ballot_boxes, status
from situasi.domain import row_order
from situasi.domain.feed_schemas import PERSONNEL, POSTINGS, ROSTER
from situasi.domain.register import Register

_Counts = npt.NDArray[np.intp]
# What a posting tells about its officer.
_OFFICER_COLUMNS = ("group", "state", "pangkat", "satuan")


@dataclass(frozen=True)
class Coverage:
    """Who is where at a moment.

    officers: of officers.build_officer_table. postings: of orders.build_posting_table, with group,
    state, pangkat and satuan of the officer. tps: of staffing.build_staffing_table. posted_areas:
    kecamatan with any posting to TPS. is_arrival_due: whether everybody should have arrived by now.
    en_route: officers ordered elsewhere recently, who have not reported since: they are awaited.
    """

    officers: pd.DataFrame
    postings: pd.DataFrame
    tps: pd.DataFrame
    posted_areas: frozenset[str]
    has_roster: bool
    is_arrival_due: bool
    en_route: frozenset[str]

    @property
    def has_postings(self) -> bool:
        """Return whether any posting to TPS is known; without one nobody can be missed."""
        return bool(self.posted_areas)


@reads(ROSTER, POSTINGS, PERSONNEL, depends_on=(status.build_station_table,))
def compute_coverage(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    stations: pd.DataFrame | None = None,
) -> Coverage:
    """Compute the coverage at `at` from the rows of the frames.

    stations: of stations.status.build_station_table: a TPS whose box is at the PPK needs nobody.
    None: nothing is known of the boxes.
    """
    current_orders = row_order.select_current_orders(get_feed_frame(frames, POSTINGS), at)
    officers = build_officer_table(frames, current_orders, register, at)
    table = orders.build_posting_table(current_orders, register)
    table = table.assign(
        **{name: table["petugas"].map(officers[name]) for name in _OFFICER_COLUMNS}
    )
    posted_areas = frozenset(str(code) for code in table["kecamatan"].dropna())
    election = register.election
    is_closed = at >= election.local_time(election.tps_closes)
    grace = election.rules.redeployment.en_route_grace
    en_route = find_en_route_officers(current_orders, officers, at, grace)
    awaiting = table["petugas"].isin(list(en_route)) & table["group"].isin(POLICE_GROUPS)
    return Coverage(
        officers=officers,
        postings=table,
        tps=staffing.build_staffing_table(
            build_requirement_table(register),
            staffing.build_assignments(officers, table),
            posted_areas,
            is_closed,
            () if stations is None else ballot_boxes.find_delivered(stations),
            table.loc[awaiting, "code"].dropna(),
        ),
        posted_areas=posted_areas,
        has_roster=bool(officers["on_roster"].any()),
        is_arrival_due=at >= election.local_time(election.rules.personnel.arrive_by),
        en_route=en_route,
    )


def filter_by_kecamatan(coverage: Coverage, kecamatan: Collection[str]) -> Coverage:
    """Return the coverage of some kecamatan (none: all); an officer of two is in both."""
    if not kecamatan:
        return coverage
    chosen = frozenset(kecamatan)
    # Of no officers an empty list would choose columns.
    is_chosen = np.array([bool(areas & chosen) for areas in coverage.officers["areas"]], dtype=bool)
    return replace(
        coverage,
        officers=coverage.officers[is_chosen],
        postings=coverage.postings[coverage.postings["kecamatan"].isin(chosen)],
        tps=coverage.tps[coverage.tps["kecamatan"].isin(chosen)],
        posted_areas=coverage.posted_areas & chosen,
    )


def build_area_table(
    coverage: Coverage, area_by_kecamatan: Mapping[str | None, str]
) -> pd.DataFrame:
    """Build one row per area, in the order of area_by_kecamatan.

    area_by_kecamatan: the key None is for postings without a stated kecamatan.
    tps; known (any posting to TPS); required and required_linmas (rounded up); posted and present
    (police of TPS, each once in an area), and how many of them are in every other state;
    linmas_posted, linmas_present; released (TPS that need nobody any more), and of the others
    uncovered (nobody posted), absent, awaited (as absent, but somebody is en route), silent
    (officers report nothing any more), below (the pattern); ratio_posted: strength against need;
    ratio_present and required_now: of TPS not released (the ratio is missing where none is left);
    share_unknown: of that need, the share of silent TPS.
    """
    names = list(dict.fromkeys(area_by_kecamatan.values()))
    indices = {code: names.index(area) for code, area in area_by_kecamatan.items()}
    positions = _find_area_positions(coverage.postings, indices)
    police = _count_by_state(
        coverage.postings, positions, coverage.postings["group"].isin(POLICE_GROUPS), len(names)
    )
    linmas = _count_by_state(
        coverage.postings, positions, coverage.postings["group"] == "linmas", len(names)
    )
    present, *others = police.T
    return pd.DataFrame(
        {
            **_sum_stations(coverage.tps, _find_area_positions(coverage.tps, indices), len(names)),
            "known": np.isin(
                range(len(names)), [indices.get(c, -1) for c in coverage.posted_areas]
            ),
            "present": present,
            **dict(zip(STATES[1:], others, strict=True)),
            "posted": police.sum(axis=1),
            "linmas_posted": linmas.sum(axis=1),
            "linmas_present": linmas[:, STATES.index("hadir")],
        },
        index=pd.Index(names, name="area"),
    )


def _find_area_positions(
    rows: pd.DataFrame, position_by_kecamatan: Mapping[str | None, int]
) -> _Counts:
    """Find the position of the area of each row; -1: in none of them."""
    code, distinct = pd.factorize(rows["kecamatan"])
    positions = [
        position_by_kecamatan.get(area_code, -1) for area_code in (*distinct, None)
    ]  # the last is for rows without a kecamatan
    return np.array(positions, dtype=np.intp)[code]


def _count_by_state(
    postings: pd.DataFrame, positions: _Counts, mask: pd.Series, area_count: int
) -> _Counts:
    """Count the officers of each of STATES (columns) in each area, each once in an area."""
    officer, names = pd.factorize(postings["petugas"])
    first = ~pd.Index(positions * len(names) + officer).duplicated()
    state = pd.Index(STATES).get_indexer(pd.Index(postings["state"]))
    rows = np.flatnonzero(first & mask.to_numpy(bool) & (positions >= 0) & (state >= 0))
    cells = positions[rows] * len(STATES) + state[rows]
    return np.bincount(cells, minlength=area_count * len(STATES)).reshape(area_count, len(STATES))


def _sum_stations(tps: pd.DataFrame, positions: _Counts, area_count: int) -> dict[str, Any]:
    needed = ~tps["released"].to_numpy(bool)
    silent = (tps["state"] == "tanpa_kabar").to_numpy(bool) & needed
    strength = [tps[name].to_numpy() for name in ("strength", "strength_present")]
    need, need_linmas = tps["need"].to_numpy(), tps["need_linmas"].to_numpy()
    parts = np.column_stack([need, need_linmas, need * needed, strength[0], strength[1] * needed,
                             need * silent])  # fmt: skip
    inside = positions >= 0
    # Not added up by numpy: its sums of thirds and sixths do not give whole numbers.
    sums = pd.DataFrame(parts[inside]).groupby(positions[inside]).sum()
    need_all, linmas, now, posted, present, unknown = (
        sums.reindex(range(area_count), fill_value=0).to_numpy().T
    )
    count = np.bincount(positions[inside], minlength=area_count)

    def count_where(mask: npt.NDArray[np.bool_] | pd.Series) -> _Counts:
        return np.bincount(positions[inside & np.asarray(mask, bool)], minlength=area_count)

    def ratio(
        num: npt.NDArray[np.float64], den: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        known = np.divide(num, den, out=np.full(area_count, np.nan), where=den > 0)
        return np.where(count > 0, known, 0.0)

    return {
        "tps": count,
        "uncovered": count_where(needed & (tps["state"] == "tanpa_plotting").to_numpy(bool)),
        "absent": count_where(tps["absent"]),
        "awaited": count_where(tps["awaited"]),
        "silent": count_where(silent),
        "below": count_where(tps["below"]),
        "released": count_where(tps["released"]),
        "required": [round_up(total) for total in need_all.tolist()],
        "required_linmas": [round_up(total) for total in linmas.tolist()],
        "required_now": [round_up(total) for total in now.tolist()],
        "ratio_posted": ratio(posted, need_all),
        # Of silent TPS nobody knows who is there: their need stays, and is told apart.
        "ratio_present": ratio(present, now),
        "share_unknown": ratio(unknown, now),
    }


def is_end_of_duty(total: pd.Series) -> bool:
    """Return whether half of the TPS need nobody any more and half of the officers returned.

    total: sums of rows of build_area_table.
    """
    is_over = 2 * total["released"] >= total["tps"] > 0
    return bool(is_over and 2 * total["kembali"] >= total["posted"])


def build_total_row(coverage: Coverage, register: Register) -> pd.Series:
    """Build the row of build_area_table for everything; an officer of two kecamatan counts once."""
    return build_area_table(coverage, {**dict.fromkeys(register.kecamatan, ""), None: ""}).iloc[0]


def build_gap_table(coverage: Coverage, register: Register) -> pd.DataFrame:
    """Build what is missing per kecamatan, for the map of Situasi and the attention score.

    Columns of build_area_table, among them tps, known, required, posted, present; tps_uncovered:
    TPS with nobody posted; share_without: share of TPS known to be without an officer (0 to 1).
    Where `known` is False there is no posting at all, and share_without is missing, not zero.
    """
    codes: dict[str | None, str] = {code: code for code in register.kecamatan}
    rows = build_area_table(coverage, codes)
    rows = rows.rename(columns={"uncovered": "tps_uncovered"}).rename_axis("kecamatan")
    rows["share_without"] = (rows["absent"] / rows["tps"]).where(rows["known"])
    return rows
