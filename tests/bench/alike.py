"""Alike reports: seconds and memory of the search for pairs, beside grouping and sorting them."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import pandas as pd

from situasi.analysis.incidents import case_index, duplicates, milestones
from situasi.domain import election, settings
from tests.builders import incident
from tests.builders import incidents as rows_with

COUNTS = (1_000, 10_000, 100_000)


def flood(count: int, *, worded: bool) -> pd.DataFrame:
    """Build reports of one desa, minute and kind, each its own case. worded: in other words."""
    one = rows_with(incident(desa_text="Sakatiga", tps="001"))
    rows = one.loc[one.index.repeat(count)].reset_index(drop=True)
    names = [f"K-{at}" for at in range(count)]
    rows = rows.assign(seq=range(1, count + 1), id=names, case=names)
    return (
        rows.assign(uraian=[f"Massa {at * 7919} di jalan." for at in range(count)])
        if worded
        else rows
    )


def run() -> None:
    """Print, for each size, the search and what only groups the same rows by place and time."""
    rules = election.load(settings.load({}).election_folder).rules.duplicates
    for worded, what in ((False, "the same words"), (True, "other words each")):
        print(f"\nAlike reports, {what}")
        for count in COUNTS:
            rows = flood(count, worded=worded)
            cases = case_index.build_from_known(rows).to_frame()
            texts = milestones.find_first_texts(rows)
            plain = _measured(partial(_grouped, cases))
            ours = _measured(partial(duplicates.find_pairs, cases, texts, rules))
            print(
                f"  {count:>7,} reports: {ours[0]:6.2f} s, {ours[1]:6.1f} MB; grouped and sorted "
                f"{plain[0]:6.2f} s, {plain[1]:6.1f} MB; {ours[0] / plain[0]:.1f} x time, "
                f"{ours[1] / plain[1]:.1f} x memory"
            )


def _grouped(cases: pd.DataFrame) -> object:
    named = ["kecamatan", "desa_text", "tps", "jenis", "uraian"]
    return cases.sort_values(["occurred_at", *named]).groupby(named, dropna=False).size()


def _measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds, and of a second run the megabytes held at most."""
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return seconds, peak
