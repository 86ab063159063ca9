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
WORSE = ("tingkat", "situasi", "lewat", "tanpa_petugas", "lapor")
SILENT = ("sumber", "kecamatan", "tps")
# A TPS in one of these has something wrong with its word; in one of the others it is silent.
TROUBLED = ("terlambat", "tak_terjangkau", "diragukan")
MUTE = ("terlambat", "tak_terjangkau")
# How a case ended of which all rows were taken back.
TAKEN_BACK = "ditarik"

_CASE = ["case", "kecamatan", "jenis", "tingkat", "status", "uraian", "id", "latihan"]
_ROW = ["kind", *_CASE, "desa_text", "tps", "before", "after", "at"]


@dataclass(frozen=True)
class Standing:
    """How things stand at one moment, as far as two moments are compared.

    cases: every case, unmerged, without nihil. stands: merging.standing. merged: cases, merged
    ones as one. overdue: lives.overdue of them. states: situasi by kecamatan (None: no current
    word); stated: when it was. everywhere: that of the whole kabupaten. words: when the newest
    word came from each kecamatan. mute: kecamatan without a word of late. tps:
    stations.stations, by code, with `absent` (whether it is known to be without an officer).
    """

    cases: pd.DataFrame
    stands: Mapping[str, str]
    merged: pd.DataFrame
    overdue: pd.DataFrame
    states: Mapping[str, str | None]
    stated: Mapping[str, datetime]
    everywhere: str | None
    words: Mapping[str, datetime]
    mute: frozenset[str]
    tps: pd.DataFrame


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


@reads(INCIDENTS, MERGES, parts=(stations_status.stations, manned.coverage))
def standing(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    tps: pd.DataFrame,
    force: Coverage,
) -> Standing:
    """How things stand, as known at the moment."""
    rows, election = known["incidents"], register.election
    cases = incidents_cases.cases(rows)
    stands = merging.standing(cases, known["merges"])
    merged = incidents_cases.without_nihil(merging.folded(cases, stands))
    lived = milestones.folded(milestones.lives(rows), stands)
    valid = election.thresholds.situasi_valid
    states = crowd_state.by_kecamatan(cases, list(register.kecamatan), at, valid)
    heard = crowd_state.heard(cases, at, valid)
    absent = force.tps.set_index("code")["absent"]
    table = tps.set_index("code", drop=False)
    return Standing(
        cases=incidents_cases.without_nihil(cases),
        stands=stands,
        merged=merged,
        overdue=milestones.overdue(
            incidents_cases.still_open(merged), lived, election.rules.service_levels, at
        ),
        states={
            code: state if isinstance(state, str) else None
            for code, state in zip(states["kecamatan"], states["situasi"], strict=True)
        },
        stated={
            code: when
            for code, when in zip(states["kecamatan"], states["stated_at"], strict=True)
            if not pd.isna(when)
        },
        everywhere=crowd_state.everywhere(cases),
        words={
            str(code): when for code, when in rows.groupby("kecamatan")["known_at"].max().items()
        },
        mute=frozenset(register.kecamatan) - heard,
        tps=table.assign(absent=absent.reindex(table.index, fill_value=False)),
    )


def changes(
    then: Standing,
    now: Standing,
    heard_then: Sequence[FeedState],
    heard_now: Sequence[FeedState],
    since: datetime,
    kecamatan: Collection[str] = (),
) -> Changes:
    """What changed since.

    heard_then, heard_now: analysis.overview.feeds_heard. kecamatan: only of these (none: all);
    what is of the whole kabupaten concerns each. A word that came since ends a silence, though
    another is owed.
    """
    every = Changes(
        new=_new(now, since),
        worse=_table(_raised(then, now), _crowds(then, now), _overdue(then, now),
                     _left(then, now), _troubled(then, now)),
        closed=_closed(then, now),
        silent=_table(_mute_feeds(heard_then, heard_now, since), _mute_areas(then, now, since),
                      _mute_tps(then, now)),
    )  # fmt: skip
    if not kecamatan:
        return every
    return Changes(*(_within(part, kecamatan) for part in vars(every).values()))


def _new(now: Standing, since: datetime) -> pd.DataFrame:
    """The newest first."""
    found = now.merged[now.merged["first_known"] > pd.Timestamp(since)]
    return found.sort_values(["first_known", "seq"], ascending=False, kind="stable")


def _within(rows: pd.DataFrame, kecamatan: Collection[str]) -> pd.DataFrame:
    return rows[rows["kecamatan"].isin(list(kecamatan)) | rows["kecamatan"].isna()]


def _table(*parts: pd.DataFrame) -> pd.DataFrame:
    """All of them, one below the other."""
    found = [part.reindex(columns=_ROW).astype("object") for part in parts]
    return pd.concat(found, ignore_index=True)


def _heads(cases: pd.Series, now: Standing) -> pd.Series:
    """The case that now stands for each of these."""
    return cases.map(lambda case: now.stands.get(case, case)).astype("object")


def _rank(levels: pd.Series) -> pd.Series:
    """The place in TINGKAT; nobody's word weighs as little as rendah."""
    return levels.map({level: at for at, level in enumerate(TINGKAT)}).fillna(0).astype("int64")


def _raised(then: Standing, now: Standing) -> pd.DataFrame:
    """Open cases that weigh more than the gravest of their reports did."""
    before = then.cases[["case", "tingkat"]].assign(head=_heads(then.cases["case"], now))
    before = before.assign(rank=_rank(before["tingkat"])).sort_values("rank", kind="stable")
    gravest = before.drop_duplicates("head", keep="last").set_index("head")
    opened = incidents_cases.still_open(now.merged)
    known = opened[opened["case"].isin(gravest.index)]
    was = gravest.loc[known["case"]]
    risen = _rank(known["tingkat"]).to_numpy() > was["rank"].to_numpy()
    found = known.assign(kind="tingkat", before=was["tingkat"].to_numpy(), after=known["tingkat"])
    found = found.assign(at=found["known_at"])[risen]
    return found.take(np.argsort(-_rank(found["tingkat"]).to_numpy(), kind="stable"))


def _crowds(then: Standing, now: Standing) -> pd.DataFrame:
    """Kecamatan whose situasi went up, and the kabupaten's own; no word counts as hijau."""
    pairs: list[tuple[str | None, str | None, str | None]] = [
        (None, then.everywhere, now.everywhere),
        *((code, then.states.get(code), state) for code, state in now.states.items()),
    ]

    def place(state: str | None) -> int:
        return SITUASI.index(state) if state else 0

    worse = [pair for pair in pairs if place(pair[2]) > place(pair[1])]
    worse.sort(key=lambda pair: -place(pair[2]))
    found = pd.DataFrame(worse, columns=["kecamatan", "before", "after"], dtype="object")
    made_up = {
        code: bool(rows["latihan"].any()) for code, rows in now.cases.groupby("kecamatan")
    }  # fmt: skip
    marks = found["kecamatan"].map(made_up).eq(True) | (
        found["kecamatan"].isna() & bool(now.cases["latihan"].any())
    )
    return found.assign(
        kind="situasi",
        case=found["kecamatan"],
        at=found["kecamatan"].map(now.stated),
        latihan=marks,
    )


def _overdue(then: Standing, now: Standing) -> pd.DataFrame:
    """Open cases that are late with a step with which they were not late."""
    before = set(zip(_heads(then.overdue["case"], now), then.overdue["step"], strict=True))
    late = now.overdue
    anew = [one not in before for one in zip(late["case"], late["step"], strict=True)]
    found = late[pd.Series(anew, late.index, dtype="bool")]
    return found.assign(kind="lewat", before=None, after=found["step"], at=found["due_at"])


def _left(then: Standing, now: Standing) -> pd.DataFrame:
    """TPS that are known to be without an officer, and were not."""
    were = then.tps["absent"].reindex(now.tps.index, fill_value=False)
    return _stations(now.tps[now.tps["absent"] & ~were], "tanpa_petugas")


def _troubled(then: Standing, now: Standing) -> pd.DataFrame:
    """TPS that became late, out of reach or doubted; one that can be reached again is no worse."""
    were, are = then.tps["state"].reindex(now.tps.index), now.tps["state"]
    reached = (were == "tak_terjangkau") & (are == "terlambat")
    fell = are.isin(TROUBLED) & (are != were) & ~reached
    found = _stations(now.tps[fell], "lapor")
    found["before"], found["after"] = were[fell].to_numpy(), are[fell].to_numpy()
    return found.assign(at=now.tps.loc[fell, "owed_at"].to_numpy())


def _stations(tps: pd.DataFrame, kind: str) -> pd.DataFrame:
    named = tps.rename(columns={"code": "case"}).reset_index(drop=True)
    return named[["case", "kecamatan", "latihan"]].assign(kind=kind)


def _closed(then: Standing, now: Standing) -> pd.DataFrame:
    """Cases that are closed, and were open or unknown; and those taken back, the newest first."""
    heads = _heads(then.cases["case"], now)
    was_open = heads[then.cases.index.isin(incidents_cases.still_open(then.cases).index)]
    ended = now.merged[now.merged["status"].isin(STATUS_CLOSED)]
    since = ended["case"].isin(was_open) | ~ended["case"].isin(heads)
    status = dict(zip(heads, then.cases["status"], strict=True))
    found = ended[since].iloc[::-1]
    before = pd.Series([status.get(case) for case in found["case"]], found.index, dtype="object")
    gone = incidents_cases.still_open(then.merged)
    gone = gone[~gone["case"].isin(now.cases["case"])]
    return pd.concat(
        [
            found.assign(before=before, after=found["status"]),
            gone.assign(before=gone["status"], after=TAKEN_BACK),
        ],
        ignore_index=True,
    )


def _mute_feeds(
    then: Sequence[FeedState], now: Sequence[FeedState], since: datetime
) -> pd.DataFrame:
    silent = {feed.feed for feed in then if feed.silent}
    rows = [
        {"kind": "sumber", "case": feed.feed, "at": feed.last}
        for feed in now
        if feed.silent and feed.feed in silent and (feed.last is None or feed.last <= since)
    ]
    return pd.DataFrame(rows, columns=["kind", "case", "at"]).assign(latihan=False)


def _mute_areas(then: Standing, now: Standing, since: datetime) -> pd.DataFrame:
    rows = [
        {"kind": "kecamatan", "case": code, "kecamatan": code, "at": now.words.get(code)}
        for code in now.states
        if code in then.mute
        and code in now.mute
        and (code not in now.words or now.words[code] <= pd.Timestamp(since))
    ]
    return pd.DataFrame(rows, columns=["kind", "case", "kecamatan", "at"]).assign(latihan=False)


def _mute_tps(then: Standing, now: Standing) -> pd.DataFrame:
    """TPS that owed a report then and owe one now, and said nothing in between."""
    were = then.tps["state"].reindex(now.tps.index).isin(MUTE)
    last, before = now.tps["last_at"], then.tps["last_at"].reindex(now.tps.index)
    quiet = (last == before) | (last.isna() & before.isna())
    silent = now.tps[now.tps["state"].isin(MUTE) & were & quiet]
    found = _stations(silent, "tps")
    return found.assign(after=silent["state"].to_numpy(), at=silent["last_at"].to_numpy())
