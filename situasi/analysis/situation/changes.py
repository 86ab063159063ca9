"""Changes: what is new, worse, closed and still silent, between two moments of the dashboard."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis.as_of import FeedFrames
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

# What can become worse, and what can be silent; in this order.
WORSENED_KINDS = ("tingkat", "situasi", "lewat", "tanpa_petugas", "lapor")
SILENT_KINDS = ("sumber", "kecamatan", "tps")
# A TPS in one of these has a problem with its reports.
PROBLEM_STATES = ("terlambat", "tak_terjangkau", "diragukan")
# The end of a case of which all rows were withdrawn.
WITHDRAWN = "ditarik"

_CASE_COLUMNS = ["case", "kecamatan", "jenis", "tingkat", "status", "uraian", "id", "latihan"]
_CHANGE_COLUMNS = ["kind", *_CASE_COLUMNS, "desa_text", "tps", "before", "after", "at", "precision"]


@dataclass(frozen=True)
class SituationState:
    """The state at one moment, as far as two moments are compared.

    cases: every case, unmerged, without nihil. merged_cases: cases, merged ones as one.
    overdue_cases: milestones.find_overdue of these. crowd_states: situasi by kecamatan (None: no
    current report); crowd_stated_times: when stated. kabupaten_state: of the whole kabupaten.
    last_reports: known_at and precision of the newest report by kecamatan. silent_kecamatan:
    without a recent report.
    stations: station table by code, with `absent` (whether it is known to be without an officer).
    """

    cases: pd.DataFrame
    canonical_cases: Mapping[str, str]
    merged_cases: pd.DataFrame
    overdue_cases: pd.DataFrame
    crowd_states: Mapping[str, str | None]
    crowd_stated_times: Mapping[str, datetime]
    kabupaten_state: str | None
    last_reports: pd.DataFrame
    silent_kecamatan: frozenset[str]
    stations: pd.DataFrame


@dataclass(frozen=True)
class Changes:
    """What changed between two moments.

    new: cases first known since. closed: cases ended since, with `before` (their status then,
    None: unknown then) and `after`. worse: by `kind` (WORSENED_KINDS), with `before` and `after`.
    silent: by `kind` (SILENT_KINDS); `case`: feed, kecamatan or TPS; `at`: last report or NaT,
    with `precision` where it may be less than a minute.
    """

    new: pd.DataFrame
    worse: pd.DataFrame
    closed: pd.DataFrame
    silent: pd.DataFrame


@reads(INCIDENTS, MERGES, depends_on=(stations_status.build_station_table, manned.compute_coverage))
def compute_situation_state(
    frames: FeedFrames,
    register: Register,
    at: datetime,
    stations: pd.DataFrame,
    personnel_coverage: Coverage,
) -> SituationState:
    """Compute the state of the situation as known at the moment."""
    rows, election = frames["incidents"], register.election
    cases = frames.cases.to_frame()
    canonical = merging.find_canonical_cases(cases, frames["merges"])
    merged = incidents_cases.drop_nihil(merging.collapse(cases, canonical))
    case_milestones = milestones.collapse(milestones.compute_milestones(rows), canonical)
    valid = election.thresholds.situasi_valid
    states = crowd_state.build_kecamatan_table(cases, list(register.kecamatan), at, valid)
    reporting = crowd_state.find_reporting_kecamatan(cases, at, valid)
    absent = personnel_coverage.tps.set_index("code")["absent"]
    table = stations.set_index("code", drop=False)
    return SituationState(
        cases=incidents_cases.drop_nihil(cases),
        canonical_cases=canonical,
        merged_cases=merged,
        overdue_cases=milestones.find_overdue(
            incidents_cases.filter_open(merged), case_milestones, election.rules.service_levels, at
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
        last_reports=rows[["kecamatan", "known_at", "precision"]]
        .sort_values("known_at", kind="stable")
        .drop_duplicates("kecamatan", keep="last")
        .set_index("kecamatan"),
        silent_kecamatan=frozenset(register.kecamatan) - reporting,
        stations=table.assign(absent=absent.reindex(table.index, fill_value=False)),
    )


def compute_changes(
    previous: SituationState,
    current: SituationState,
    previous_feeds: Sequence[FeedState],
    current_feeds: Sequence[FeedState],
    since: datetime,
    kecamatan: Collection[str] = (),
    until: datetime | None = None,
) -> Changes:
    """Compute what changed since.

    kecamatan: only of these (none: all); what concerns the whole kabupaten is always included. A
    report that came since ends a silence, even if another one is overdue. until: the clock of an
    exercise: what became known later, of real days after it, is not yet told.
    """
    changes = Changes(
        new=_drop_later(_find_new_cases(current, since), "first_known", until),
        worse=_concat_changes(
            _find_worse_tingkat(previous, current),
            _find_worse_situasi(previous, current),
            _find_newly_overdue(previous, current),
            _find_newly_unstaffed(previous, current),
            _find_worse_reporting(previous, current),
        ),
        closed=_drop_later(_find_closed_cases(previous, current), "known_at", until),
        silent=_concat_changes(
            _find_silent_feeds(previous_feeds, current_feeds, since),
            _find_silent_kecamatan(previous, current, since),
            _find_silent_tps(previous, current),
        ),
    )
    if not kecamatan:
        return changes
    return Changes(*(_filter_kecamatan(part, kecamatan) for part in vars(changes).values()))


def _find_new_cases(current: SituationState, since: datetime) -> pd.DataFrame:
    """Return the cases first known since, the newest first."""
    new_cases = current.merged_cases[current.merged_cases["first_known"] > pd.Timestamp(since)]
    return new_cases.sort_values(["first_known", "seq"], ascending=False, kind="stable")


def _drop_later(cases: pd.DataFrame, name: str, until: datetime | None) -> pd.DataFrame:
    return cases if until is None else cases[cases[name] <= pd.Timestamp(until)]


def _filter_kecamatan(rows: pd.DataFrame, kecamatan: Collection[str]) -> pd.DataFrame:
    return rows[rows["kecamatan"].isin(list(kecamatan)) | rows["kecamatan"].isna()]


def _concat_changes(*parts: pd.DataFrame) -> pd.DataFrame:
    """Return all parts as one frame."""
    frames = [part.reindex(columns=_CHANGE_COLUMNS).astype("object") for part in parts]
    return pd.concat(frames, ignore_index=True)


def _to_canonical(cases: pd.Series, current: SituationState) -> pd.Series:
    """Return the present canonical case of each of these."""
    return cases.map(lambda case: current.canonical_cases.get(case, case)).astype("object")


def _tingkat_rank(levels: pd.Series) -> pd.Series:
    """Return the index in TINGKAT; no stated tingkat ranks as low as rendah."""
    return levels.map({level: rank for rank, level in enumerate(TINGKAT)}).fillna(0).astype("int64")


def _find_worse_tingkat(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Find open cases with a higher tingkat than the gravest of their reports had."""
    before = previous.cases[["case", "tingkat"]].assign(
        head=_to_canonical(previous.cases["case"], current)
    )
    before = before.assign(rank=_tingkat_rank(before["tingkat"])).sort_values("rank", kind="stable")
    gravest = before.drop_duplicates("head", keep="last").set_index("head")
    open_cases = incidents_cases.filter_open(current.merged_cases)
    known = open_cases[open_cases["case"].isin(gravest.index)]
    old = gravest.loc[known["case"]]
    risen = _tingkat_rank(known["tingkat"]).to_numpy() > old["rank"].to_numpy()
    worse = known.assign(kind="tingkat", before=old["tingkat"].to_numpy(), after=known["tingkat"])
    worse = worse.assign(at=worse["known_at"])[risen]
    return worse.take(np.argsort(-_tingkat_rank(worse["tingkat"]).to_numpy(), kind="stable"))


def _find_worse_situasi(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Find kecamatan whose situasi rose, and the kabupaten's own; no report counts as hijau."""
    pairs: list[tuple[str | None, str | None, str | None]] = [
        (None, previous.kabupaten_state, current.kabupaten_state),
        *(
            (code, previous.crowd_states.get(code), state)
            for code, state in current.crowd_states.items()
        ),
    ]

    def rank(state: str | None) -> int:
        return SITUASI.index(state) if state else 0

    worse = [pair for pair in pairs if rank(pair[2]) > rank(pair[1])]
    worse.sort(key=lambda pair: -rank(pair[2]))
    table = pd.DataFrame(worse, columns=["kecamatan", "before", "after"], dtype="object")
    exercise_by_kecamatan = {
        code: bool(rows["latihan"].any()) for code, rows in current.cases.groupby("kecamatan")
    }  # fmt: skip
    is_exercise = table["kecamatan"].map(exercise_by_kecamatan).eq(True) | (
        table["kecamatan"].isna() & bool(current.cases["latihan"].any())
    )
    return table.assign(
        kind="situasi",
        case=table["kecamatan"],
        at=table["kecamatan"].map(current.crowd_stated_times),
        latihan=is_exercise,
    )


def _find_newly_overdue(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Find open cases that are late with a step with which they were not late before."""
    before = set(
        zip(
            _to_canonical(previous.overdue_cases["case"], current),
            previous.overdue_cases["step"],
            strict=True,
        )
    )
    late = current.overdue_cases
    is_new = [pair not in before for pair in zip(late["case"], late["step"], strict=True)]
    new = late[pd.Series(is_new, late.index, dtype="bool")]
    return new.assign(kind="lewat", before=None, after=new["step"], at=new["due_at"])


def _find_newly_unstaffed(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Find TPS that are known to be without an officer and were not before."""
    absent = previous.stations["absent"].reindex(current.stations.index, fill_value=False)
    return _station_rows(current.stations[current.stations["absent"] & ~absent], "tanpa_petugas")


def _find_worse_reporting(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Find TPS that became late, unreachable or doubted; becoming reachable again is not worse."""
    after = current.stations["state"]
    before = previous.stations["state"].reindex(after.index)
    is_reachable = (before == "tak_terjangkau") & (after == "terlambat")
    worse = after.isin(PROBLEM_STATES) & (after != before) & ~is_reachable
    tps = current.stations[worse]
    changes = _station_rows(tps, "lapor")
    changes["before"], changes["after"] = before[worse].to_numpy(), after[worse].to_numpy()
    # What is owed next has a time to come: doubted or unreachable is a TPS since its last report.
    at = tps["owed_at"].where(tps["state"] == "terlambat", tps["last_at"])
    return changes.assign(at=at.to_numpy())


def _station_rows(tps: pd.DataFrame, kind: str) -> pd.DataFrame:
    renamed = tps.rename(columns={"code": "case"}).reset_index(drop=True)
    return renamed[["case", "kecamatan", "latihan"]].assign(kind=kind)


def _find_closed_cases(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Find cases now closed that were open or unknown, and those withdrawn; the newest first."""
    keys = _to_canonical(previous.cases["case"], current)
    was_open = keys[previous.cases.index.isin(incidents_cases.filter_open(previous.cases).index)]
    ended = current.merged_cases[current.merged_cases["status"].isin(STATUS_CLOSED)]
    is_new = ended["case"].isin(was_open) | ~ended["case"].isin(keys)
    status = dict(zip(keys, previous.cases["status"], strict=True))
    closed = ended[is_new].iloc[::-1]
    before = pd.Series([status.get(case) for case in closed["case"]], closed.index, dtype="object")
    withdrawn = incidents_cases.filter_open(previous.merged_cases)
    withdrawn = withdrawn[~withdrawn["case"].isin(current.cases["case"])]
    return pd.concat(
        [
            closed.assign(before=before, after=closed["status"]),
            withdrawn.assign(before=withdrawn["status"], after=WITHDRAWN),
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
    silent = current.silent_kecamatan & previous.silent_kecamatan
    codes = [code for code in current.crowd_states if code in silent]
    rows = current.last_reports.reindex(codes).rename(columns={"known_at": "at"})
    rows = rows[~(rows["at"] > pd.Timestamp(since))]
    return rows.assign(kind="kecamatan", case=rows.index, kecamatan=rows.index, latihan=False)


def _find_silent_tps(previous: SituationState, current: SituationState) -> pd.DataFrame:
    """Find TPS that owed a report then and owe one now, with no report in between."""
    was_silent = (
        previous.stations["state"]
        .reindex(current.stations.index)
        .isin(stations_status.SILENT_STATES)
    )
    last = current.stations["last_at"]
    before = previous.stations["last_at"].reindex(last.index)
    quiet = (last == before) | (last.isna() & before.isna())
    silent = current.stations[
        current.stations["state"].isin(stations_status.SILENT_STATES) & was_silent & quiet
    ]
    rows = _station_rows(silent, "tps")
    return rows.assign(after=silent["state"].to_numpy(), at=silent["last_at"].to_numpy())
