"""Changes: what is new, worse, closed and still silent, between two moments of the board."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents import merging, milestones
from situasi.analysis.personnel import coverage as manned
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.queries import reads
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.stations import status as stations_status
from situasi.domain.feed_schemas import INCIDENTS, MERGES, SITUASI, STATUS_CLOSED, TINGKAT
from situasi.domain.register import Register

# What can have become worse, and who can still be silent; in this order.
WORSENED_KINDS = ("tingkat", "situasi", "lewat", "tanpa_petugas", "lapor")
SILENT_KINDS = ("sumber", "kecamatan", "tps")
# A TPS in one of these has something wrong with its word; in one of the others it is silent.
PROBLEM_STATES = ("terlambat", "tak_terjangkau", "diragukan")
SILENT_STATES = ("terlambat", "tak_terjangkau")
# How a case ended of which all rows were taken back.
WITHDRAWN = "ditarik"

_CASE_COLUMNS = ["case", "kecamatan", "jenis", "tingkat", "status", "uraian", "id", "latihan"]
_CHANGE_COLUMNS = ["kind", *_CASE_COLUMNS, "desa_text", "tps", "before", "after", "at"]


@dataclass(frozen=True)
class SituationState:
    """How things stand at one moment, as far as two moments are compared.

    cases: every case, unmerged, without nihil. stands: merging.standing. merged: cases, merged
    ones as one. overdue: lives.overdue of them. states: situasi by kecamatan (None: no current
    word); stated: when it was. everywhere: that of the whole kabupaten. words: when the newest
    word came from each kecamatan. mute: kecamatan without a word of late. tps:
    stations.stations, by code, with `absent` (whether it is known to be without an officer).
    """

    cases: pd.DataFrame
    canonical_cases: Mapping[str, str]
    merged_cases: pd.DataFrame
    overdue_cases: pd.DataFrame
    crowd_states: Mapping[str, str | None]
    crowd_stated_times: Mapping[str, datetime]
    kabupaten_state: str | None
    last_report_times: Mapping[str, datetime]
    silent_kecamatan: frozenset[str]
    stations: pd.DataFrame


@dataclass(frozen=True)
class Changes:
    """What changed between two moments.

    new: cases first known since. closed: cases ended since, with `before` (their status then,
    None: unknown then) and `after`. worse: by `kind` (WORSE), with `before` and `after`. silent:
    by `kind` (SILENT), `case` being the feed, kecamatan or TPS, `at` its last word (NaT: none).
    """

    new: pd.DataFrame
    worse: pd.DataFrame
    closed: pd.DataFrame
    silent: pd.DataFrame


@reads(INCIDENTS, MERGES, depends_on=(stations_status.build_station_table, manned.compute_coverage))
def compute_situation_state(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    stations: pd.DataFrame,
    personnel_coverage: Coverage,
) -> SituationState:
    """How things stand, as known at the moment."""
    rows, election = frames["incidents"], register.election
    cases = incidents_cases.build_case_table(rows)
    stands = merging.find_canonical_cases(cases, frames["merges"])
    merged = incidents_cases.drop_nihil(merging.collapse(cases, stands))
    lived = milestones.collapse(milestones.compute_milestones(rows), stands)
    valid = election.thresholds.situasi_valid
    states = crowd_state.build_kecamatan_table(cases, list(register.kecamatan), at, valid)
    heard = crowd_state.find_reporting_kecamatan(cases, at, valid)
    absent = personnel_coverage.tps.set_index("code")["absent"]
    table = stations.set_index("code", drop=False)
    return SituationState(
        cases=incidents_cases.drop_nihil(cases),
        canonical_cases=stands,
        merged_cases=merged,
        overdue_cases=milestones.find_overdue(
            incidents_cases.filter_open(merged), lived, election.rules.service_levels, at
        ),
        crowd_states={
            code: state if isinstance(state, str) else None
            for code, state in zip(states["kecamatan"], states["situasi"], strict=True)
        },
        crowd_stated_times={
            code: when
            for code, when in zip(states["kecamatan"], states["stated_at"], strict=True)
            if not pd.isna(when)
        },
        kabupaten_state=crowd_state.find_kabupaten_state(cases),
        last_report_times={
            str(code): when for code, when in rows.groupby("kecamatan")["known_at"].max().items()
        },
        silent_kecamatan=frozenset(register.kecamatan) - heard,
        stations=table.assign(absent=absent.reindex(table.index, fill_value=False)),
    )


def compute_changes(
    previous: SituationState,
    current: SituationState,
    previous_feeds: Sequence[FeedState],
    current_feeds: Sequence[FeedState],
    since: datetime,
    kecamatan: Collection[str] = (),
) -> Changes:
    """What changed since.

    heard_then, heard_now: analysis.overview.feeds_heard. kecamatan: only of these (none: all);
    what is of the whole kabupaten concerns each. A word that came since ends a silence, though
    another is owed.
    """
    every = Changes(
        new=_find_new_cases(current, since),
        worse=_concat_changes(
            _find_worse_tingkat(previous, current),
            _find_worse_situasi(previous, current),
            _find_newly_overdue(previous, current),
            _find_newly_unstaffed(previous, current),
            _find_worse_reporting(previous, current),
        ),
        closed=_find_closed_cases(previous, current),
        silent=_concat_changes(
            _find_silent_feeds(previous_feeds, current_feeds, since),
            _find_silent_kecamatan(previous, current, since),
            _find_silent_tps(previous, current),
        ),
    )
    if not kecamatan:
        return every
    return Changes(*(_filter_kecamatan(part, kecamatan) for part in vars(every).values()))


def _find_new_cases(current: SituationState, since: datetime) -> pd.DataFrame:
    """The newest first."""
    found = current.merged_cases[current.merged_cases["first_known"] > pd.Timestamp(since)]
    return found.sort_values(["first_known", "seq"], ascending=False, kind="stable")


def _filter_kecamatan(rows: pd.DataFrame, kecamatan: Collection[str]) -> pd.DataFrame:
    return rows[rows["kecamatan"].isin(list(kecamatan)) | rows["kecamatan"].isna()]


def _concat_changes(*parts: pd.DataFrame) -> pd.DataFrame:
    """All of them, one below the other."""
    found = [part.reindex(columns=_CHANGE_COLUMNS).astype("object") for part in parts]
    return pd.concat(found, ignore_index=True)


def _to_canonical(cases: pd.Series, current: SituationState) -> pd.Series:
    """The case that now stands for each of these."""
    return cases.map(lambda case: current.canonical_cases.get(case, case)).astype("object")


def _tingkat_rank(levels: pd.Series) -> pd.Series:
    """The place in TINGKAT; nobody's word weighs as little as rendah."""
    return levels.map({level: at for at, level in enumerate(TINGKAT)}).fillna(0).astype("int64")


def _find_worse_tingkat(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Open cases that weigh more than the gravest of their reports did."""
    before = previous.cases[["case", "tingkat"]].assign(
        head=_to_canonical(previous.cases["case"], current)
    )
    before = before.assign(rank=_tingkat_rank(before["tingkat"])).sort_values("rank", kind="stable")
    gravest = before.drop_duplicates("head", keep="last").set_index("head")
    opened = incidents_cases.filter_open(current.merged_cases)
    known = opened[opened["case"].isin(gravest.index)]
    was = gravest.loc[known["case"]]
    risen = _tingkat_rank(known["tingkat"]).to_numpy() > was["rank"].to_numpy()
    found = known.assign(kind="tingkat", before=was["tingkat"].to_numpy(), after=known["tingkat"])
    found = found.assign(at=found["known_at"])[risen]
    return found.take(np.argsort(-_tingkat_rank(found["tingkat"]).to_numpy(), kind="stable"))


def _find_worse_situasi(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Kecamatan whose situasi went up, and the kabupaten's own; no word counts as hijau."""
    pairs: list[tuple[str | None, str | None, str | None]] = [
        (None, previous.kabupaten_state, current.kabupaten_state),
        *(
            (code, previous.crowd_states.get(code), state)
            for code, state in current.crowd_states.items()
        ),
    ]

    def place(state: str | None) -> int:
        return SITUASI.index(state) if state else 0

    worse = [pair for pair in pairs if place(pair[2]) > place(pair[1])]
    worse.sort(key=lambda pair: -place(pair[2]))
    found = pd.DataFrame(worse, columns=["kecamatan", "before", "after"], dtype="object")
    made_up = {
        code: bool(rows["latihan"].any()) for code, rows in current.cases.groupby("kecamatan")
    }  # fmt: skip
    marks = found["kecamatan"].map(made_up).eq(True) | (
        found["kecamatan"].isna() & bool(current.cases["latihan"].any())
    )
    return found.assign(
        kind="situasi",
        case=found["kecamatan"],
        at=found["kecamatan"].map(current.crowd_stated_times),
        latihan=marks,
    )


def _find_newly_overdue(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Open cases that are late with a step with which they were not late."""
    before = set(
        zip(
            _to_canonical(previous.overdue_cases["case"], current),
            previous.overdue_cases["step"],
            strict=True,
        )
    )
    late = current.overdue_cases
    anew = [one not in before for one in zip(late["case"], late["step"], strict=True)]
    found = late[pd.Series(anew, late.index, dtype="bool")]
    return found.assign(kind="lewat", before=None, after=found["step"], at=found["due_at"])


def _find_newly_unstaffed(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """TPS that are known to be without an officer, and were not."""
    were = previous.stations["absent"].reindex(current.stations.index, fill_value=False)
    return _station_rows(current.stations[current.stations["absent"] & ~were], "tanpa_petugas")


def _find_worse_reporting(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """TPS that became late, out of reach or doubted; one that can be reached again is no worse."""
    were, are = (
        previous.stations["state"].reindex(current.stations.index),
        current.stations["state"],
    )
    reached = (were == "tak_terjangkau") & (are == "terlambat")
    fell = are.isin(PROBLEM_STATES) & (are != were) & ~reached
    found = _station_rows(current.stations[fell], "lapor")
    found["before"], found["after"] = were[fell].to_numpy(), are[fell].to_numpy()
    return found.assign(at=current.stations.loc[fell, "owed_at"].to_numpy())


def _station_rows(tps: pd.DataFrame, kind: str) -> pd.DataFrame:
    named = tps.rename(columns={"code": "case"}).reset_index(drop=True)
    return named[["case", "kecamatan", "latihan"]].assign(kind=kind)


def _find_closed_cases(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Cases that are closed, and were open or unknown; and those taken back, the newest first."""
    heads = _to_canonical(previous.cases["case"], current)
    was_open = heads[previous.cases.index.isin(incidents_cases.filter_open(previous.cases).index)]
    ended = current.merged_cases[current.merged_cases["status"].isin(STATUS_CLOSED)]
    since = ended["case"].isin(was_open) | ~ended["case"].isin(heads)
    status = dict(zip(heads, previous.cases["status"], strict=True))
    found = ended[since].iloc[::-1]
    before = pd.Series([status.get(case) for case in found["case"]], found.index, dtype="object")
    gone = incidents_cases.filter_open(previous.merged_cases)
    gone = gone[~gone["case"].isin(current.cases["case"])]
    return pd.concat(
        [
            found.assign(before=before, after=found["status"]),
            gone.assign(before=gone["status"], after=WITHDRAWN),
        ],
        ignore_index=True,
    )


def _find_silent_feeds(
    previous: Sequence[FeedState], current: Sequence[FeedState], since: datetime
) -> pd.DataFrame:
    silent = {feed.feed for feed in previous if feed.is_silent}
    rows = [
        {"kind": "sumber", "case": feed.feed, "at": feed.last_known_at}
        for feed in current
        if feed.is_silent
        and feed.feed in silent
        and (feed.last_known_at is None or feed.last_known_at <= since)
    ]
    return pd.DataFrame(rows, columns=["kind", "case", "at"]).assign(latihan=False)


def _find_silent_kecamatan(
    previous: SituationState, current: SituationState, since: datetime
) -> pd.DataFrame:
    rows = [
        {
            "kind": "kecamatan",
            "case": code,
            "kecamatan": code,
            "at": current.last_report_times.get(code),
        }
        for code in current.crowd_states
        if code in previous.silent_kecamatan
        and code in current.silent_kecamatan
        and (
            code not in current.last_report_times
            or current.last_report_times[code] <= pd.Timestamp(since)
        )
    ]
    return pd.DataFrame(rows, columns=["kind", "case", "kecamatan", "at"]).assign(latihan=False)


def _find_silent_tps(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """TPS that owed a report then and owe one now, and said nothing in between."""
    were = previous.stations["state"].reindex(current.stations.index).isin(SILENT_STATES)
    last, before = (
        current.stations["last_at"],
        previous.stations["last_at"].reindex(current.stations.index),
    )
    quiet = (last == before) | (last.isna() & before.isna())
    silent = current.stations[current.stations["state"].isin(SILENT_STATES) & were & quiet]
    found = _station_rows(silent, "tps")
    return found.assign(after=silent["state"].to_numpy(), at=silent["last_at"].to_numpy())
