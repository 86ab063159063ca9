"""The obvious way to the overview: every case made from every row, again for each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pandas as pd

from situasi.analysis import incidents, merging, silence, situasi, timeline
from situasi.analysis.incidents import Selection
from situasi.analysis.overview import HOUR, Overview
from situasi.election import Election


def overview(
    frames: Mapping[str, pd.DataFrame],
    election: Election,
    kecamatan: Sequence[str],
    wanted: Selection,
    at: datetime,
    *,
    live: bool,
) -> Overview:
    """See situasi.analysis.overview.overview."""
    limit = None if live else at
    known = {name: incidents.known(frame, limit) for name, frame in frames.items()}
    every = incidents.cases(known["incidents"])
    counted = merging.merged(every, known["merges"])
    timeless = replace(wanted, since=None, until=None)
    happened = incidents.without_nihil(incidents.select(counted, timeless))
    shown = incidents.select(happened, wanted)
    opened = incidents.still_open(shown)
    drawn, undrawn = incidents.located(opened)
    chosen = [code for code in kecamatan if not wanted.kecamatan or code in wanted.kecamatan]
    valid = election.thresholds.situasi_valid
    moving = wanted.since is not None and wanted.until is None
    before = replace(wanted, since=wanted.since - HOUR) if moving and wanted.since else wanted
    return Overview(
        at=at,
        shown=shown,
        open=opened,
        open_before=_open_at(frames, before, at - HOUR),
        fresh=len(incidents.newly_known(shown, at, HOUR)),
        drawn=drawn,
        undrawn=undrawn,
        elsewhen=len(happened) - len(shown),
        everywhere=situasi.everywhere(every),
        states=situasi.by_kecamatan(every, chosen, at, valid),
        heard=frozenset(situasi.heard(every, at, valid)),
        slots=timeline.per_slot(shown, election.day_start, election.day_end),
        without_hour=timeline.without_hour(shown, election.day_start, election.day_end),
        newest=silence.newest_of(incidents.select(known["incidents"], wanted)),
        feeds=silence.states(
            {name: silence.last_known(rows) for name, rows in known.items()},
            at,
            {f: limit for f, limit in election.thresholds.silent_after.items() if f in known},
            (election.day_start, election.day_end),
        ),
    )


def _open_at(frames: Mapping[str, pd.DataFrame], wanted: Selection, at: datetime) -> int:
    every = incidents.cases(incidents.known(frames["incidents"], at))
    then = merging.merged(every, incidents.known(frames["merges"], at))
    return len(incidents.still_open(incidents.select(then, wanted)))
