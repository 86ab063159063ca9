"""The obvious ways: overviews from every row, all pairs compared, merged cases one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz

from situasi.analysis import timestamps
from situasi.analysis.incidents import cases, merging, timeline
from situasi.analysis.incidents.candidate_pairs import DAY, flat_distance_km
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.incidents.duplicates import (
    MAX_TEXT_CHARS,
    DuplicateCandidate,
    DuplicateReasons,
    normalize_for_comparison,
)
from situasi.analysis.situation import crowd_state, feed_staleness
from situasi.analysis.situation.overview import HOUR, Overview
from situasi.domain.election import Election
from situasi.domain.feed_schemas import SITUASI, STATUS, STATUS_CLOSED, TINGKAT
from situasi.domain.row_order import reported_time
from situasi.domain.rules import DuplicateRules


def overview(
    frames: Mapping[str, pd.DataFrame],
    election: Election,
    kecamatan: Sequence[str],
    wanted: Selection,
    at: datetime,
    *,
    live: bool,
) -> Overview:
    """See situasi.analysis.situation.overview.compute_case_overview."""
    limit = None if live else at
    known = {name: cases.filter_known(frame, limit) for name, frame in frames.items()}
    every = build_case_table(known["incidents"])
    counted = merge_cases(every, known["merges"])
    timeless = replace(wanted, since=None, until=None)
    happened = cases.drop_nihil(cases.select(counted, timeless))
    shown = cases.select(happened, wanted)
    opened = cases.filter_open(shown)
    chosen = [code for code in kecamatan if not wanted.kecamatan or code in wanted.kecamatan]
    valid = election.thresholds.situasi_valid
    heard, minute_end = cases.select(known["incidents"], wanted), timestamps.minute_end(at)
    newest = feed_staleness.find_newest_time(heard, at)
    moving = wanted.since is not None and wanted.until is None
    before = replace(wanted, since=wanted.since - HOUR) if moving and wanted.since else wanted
    return Overview(
        at=at,
        selected_cases=shown,
        open_cases=opened,
        critical_count=sum(
            case.tingkat == "tinggi" or case.situasi == "merah" for case in opened.itertuples()
        ),
        open_count_hour_ago=_open_at(frames, before, at - HOUR),
        new_count=len(cases.filter_newly_known(shown, at, HOUR)),
        outside_window_count=len(happened) - len(shown),
        kabupaten_state=crowd_state.find_kabupaten_state(every),
        crowd_states=crowd_state.build_kecamatan_table(every, chosen, at, valid),
        reporting_kecamatan=frozenset(crowd_state.find_reporting_kecamatan(every, at, valid)),
        slots=timeline.count_by_slot(shown, election.day_start, election.day_end),
        without_hour_count=timeline.count_without_hour(shown, election.day_start, election.day_end),
        newest_time=newest,
        is_newest_nihil=newest is not None
        and cases.drop_nihil(heard[heard["known_at"] == newest.at]).empty,
        feed_states=feed_staleness.compute_states(
            {
                name: feed_staleness.find_last_known_time(rows[rows["known_at"] <= minute_end])
                for name, rows in known.items()
            },
            at,
            {f: limit for f, limit in election.thresholds.silent_after.items() if f in known},
            (election.day_start, election.day_end),
        ),
    )


def _open_at(frames: Mapping[str, pd.DataFrame], wanted: Selection, at: datetime) -> int:
    every = build_case_table(cases.filter_known(frames["incidents"], at))
    then = merge_cases(every, cases.filter_known(frames["merges"], at))
    return len(cases.filter_open(cases.select(then, wanted)))


def twins(
    found: pd.DataFrame, texts: Mapping[str, str], rules: DuplicateRules
) -> list[DuplicateCandidate]:
    """Hold every case against every other; see analysis.incidents.duplicates."""
    told = [
        _case(row, texts)
        for row in found.itertuples()
        if row.precision != "bulan" and row.jenis != "nihil" and row.status != "nihil"
    ]
    judged = [judge(a, b, rules) for a, b in combinations(told, 2)]
    return sorted(
        (pair for pair in judged if pair), key=lambda pair: (-pair.score, pair.first, pair.second)
    )


@dataclass(frozen=True)
class Case:
    """What of a case is compared."""

    case: str
    known: pd.Timestamp
    at: pd.Timestamp
    exact: bool
    kecamatan: str | None
    desa: str | None
    tps: str | None
    point: tuple[float, float] | None
    jenis: str
    text: str
    latihan: bool


def _case(row: Any, texts: Mapping[str, str]) -> Case:
    def said(value: Any) -> str | None:
        return value if isinstance(value, str) else None

    village = said(row.desa) or normalize_for_comparison(said(row.desa_text) or "") or None
    return Case(
        case=row.case,
        known=row.first_known,
        at=row.occurred_at,
        exact=row.precision == "menit",
        kecamatan=said(row.kecamatan),
        desa=village,
        tps=said(row.tps),
        point=None if pd.isna(row.lat) or pd.isna(row.lon) else (row.lat, row.lon),
        jenis=row.jenis,
        text=normalize_for_comparison(texts.get(row.case, "")[:MAX_TEXT_CHARS]),
        latihan=bool(row.latihan),
    )


def judge(one: Case, other: Case, rules: DuplicateRules) -> DuplicateCandidate | None:
    """The pair with its score, or None where it is none."""
    apart = abs(one.at - other.at)
    exact = one.exact and other.exact
    if one.latihan != other.latihan or not (apart <= rules.max_interval if exact else apart < DAY):
        return None
    place, km = _place(one, other, rules)
    if not place:
        return None
    reasons = DuplicateReasons(
        place_match=place,
        distance_km=km,
        kind_match=_kind(one, other, rules),
        time_gap=apart.to_pytimedelta() if exact else None,
        text_similarity=fuzz.token_set_ratio(one.text, other.text)
        if one.text and other.text
        else None,
    )
    score = _score(reasons, rules)
    first, second = sorted((one, other), key=lambda case: (case.known, case.case))
    return (
        DuplicateCandidate(first.case, second.case, score, reasons)
        if score >= rules.min_score
        else None
    )


def _place(one: Case, other: Case, rules: DuplicateRules) -> tuple[str, float | None]:
    """The best that can be said of their places, and the distance of their points."""
    km = float(flat_distance_km(*one.point, *other.point)) if one.point and other.point else None
    same_area = one.kecamatan is not None and one.kecamatan == other.kecamatan
    same_village = same_area and one.desa is not None and one.desa == other.desa
    both_tps = same_village and one.tps is not None and other.tps is not None
    if both_tps:  # two TPS of a desa are two places, however near
        return ("tps" if one.tps == other.tps else ""), km
    if km is not None and km <= rules.max_km:
        return "near", km
    if same_village:
        return "desa", km
    both_desa = one.desa is not None and other.desa is not None
    return ("kecamatan" if same_area and not both_desa else ""), km


def _kind(one: Case, other: Case, rules: DuplicateRules) -> str:
    if one.jenis == other.jenis:
        return "kind"
    return "akin" if any({one.jenis, other.jenis} <= group for group in rules.similar_kinds) else ""


def _score(reasons: DuplicateReasons, rules: DuplicateRules) -> float:
    points = rules.criterion_points
    score = points[reasons.place_match] + points.get(reasons.kind_match, 0.0)
    if reasons.time_gap is not None:
        score += points["time"] * (1 - reasons.time_gap / rules.max_interval)
    if reasons.text_similarity is not None and reasons.text_similarity >= rules.min_text_similarity:
        score += points["words"] * reasons.text_similarity / 100
    return round(score, 1)


def merged(found: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """Make each group a row by itself; see situasi.analysis.incidents.merging.merge_cases."""
    stands = merging.find_canonical_cases(found, merges)
    if not stands:
        return found.assign(gabungan=1)
    head = found["case"].map(stands)
    groups = found[head.notna()].groupby(head, sort=False)
    rows = [_as_one(group, str(case)) for case, group in groups]
    whole = pd.concat([found[head.isna()].assign(gabungan=1), *rows])
    return whole.sort_index().reset_index(drop=True)


def _as_one(group: pd.DataFrame, head: str) -> pd.DataFrame:
    """The group as one row, at the index of the member told last."""
    row = group[group["case"] == head].copy()
    last = group.iloc[-1]
    row.index = pd.Index([last.name])
    row["status"] = _status(group)
    row["tingkat"] = _gravest(group["tingkat"], TINGKAT)
    row["situasi"] = _gravest(group["situasi"], SITUASI)
    row["known_at"], row["seq"] = group["known_at"].max(), group["seq"].max()
    row["gabungan"] = len(group)
    if "lat" in group and row["lat"].isna().all():
        drawn = group[group["lat"].notna()].head(1)
        if len(drawn):
            row["lat"], row["lon"] = drawn["lat"].iloc[0], drawn["lon"].iloc[0]
    for name in ("ditugaskan", "rujukan"):
        if name in group and group[name].notna().any():
            row[name] = group[name].dropna().iloc[-1]
    return row


def _status(group: pd.DataFrame) -> str:
    """The furthest step of those still open; where none is, what was last told."""
    lively = group.loc[~group["status"].isin(STATUS_CLOSED), "status"]
    return max(lively, key=STATUS.index) if len(lively) else str(group["status"].iloc[-1])


def _gravest(stated: pd.Series, scale: tuple[str, ...]) -> str | None:
    return max(stated.dropna(), key=scale.index, default=None)


def build_case_table(rows: pd.DataFrame) -> pd.DataFrame:
    """See CaseIndex.to_frame: one row per case with its newest state.

    rows: incident rows with `case`. Added: `first_known`, and `situasi_at`, when its situasi was
    stated. For cases.CARRIED_FORWARD_COLUMNS the last stated value of the case holds.
    """
    reported = reported_time(rows).astype("datetime64[us, UTC]")
    ordered = rows.assign(_told=reported).take(np.lexsort((rows["seq"], reported.astype("int64"))))
    case, _ = pd.factorize(ordered["case"])
    newest = ~pd.Series(case).duplicated(keep="last").to_numpy()
    table = ordered[newest].reset_index(drop=True)
    known_since = ordered["known_at"].reset_index(drop=True).groupby(case).min()
    table["first_known"] = known_since.array[case[newest]]
    stated = ordered["_told"].where(ordered["situasi"].notna() | (ordered["jenis"] == "nihil"))
    table["situasi_at"] = pd.Series(stated.array).groupby(case).max().array[case[newest]]
    for name in cases.CARRIED_FORWARD_COLUMNS:
        if name in ordered.columns:
            last = _last_stated(ordered[name], case)[case[newest]]
            table[name] = pd.Series(last, table.index, dtype="object")
    return table.drop(columns="_told")


def _last_stated(values: pd.Series[Any], case: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
    """Return the last value of each case, by its code; None where it was never stated."""
    stated = values.notna().to_numpy()
    last = np.full(case.max(initial=-1) + 1, None, dtype=object)
    last[case[stated]] = values.to_numpy()[stated]  # of several rows of one case the last one wins
    return last


def merge_cases(table: pd.DataFrame, merges: pd.DataFrame) -> pd.DataFrame:
    """See merging.collapse: the cases with each group as one row."""
    return merging.collapse(table, merging.find_canonical_cases(table, merges))
