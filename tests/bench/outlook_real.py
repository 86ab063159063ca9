"""The turnout outlook on real days, each left out of its calibration: `make bench` prints it.

`SITUASI_REAL_DAYS=folder python -m tests.bench outlook_real`: the files are not part of the project
(tests/bench/real_days.py). SITUASI_REAL_EVERY=4 takes every fourth county.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from situasi.analysis.turnout import calibration
from situasi.common import atomic_files
from situasi.domain import real_days as real_day_files
from situasi.domain.election import Election
from situasi.domain.forecast_parameters import KABUPATEN, KECAMATAN, ForecastParameters
from situasi.domain.real_days import DaySummary, LeftOutScore, RealDays
from situasi.domain.register import Register
from tests.analysis import builders_tps
from tests.bench import real_days, real_facts, real_scores
from tests.bench.real_days import RealDay

EVERY_VARIABLE = "SITUASI_REAL_EVERY"
_LEVELS = {"whole": KABUPATEN, "part": KECAMATAN}

Keep = Callable[[RealDay, str], bool]  # the day that is forecast, and the date of another

# Which past turnout a place is given.
UNKNOWN, ITS_OWN, FAR_ABOVE = "unknown", "its own", "far above"
Method = tuple[bool, str, bool]  # own days of the place, its past turnout, that of its stations


def _is_other(day: RealDay, other: str) -> bool:
    return other != day.day


def _is_earlier(day: RealDay, other: str) -> bool:
    return other < day.day


# By name: which days the calibration sees, and what of the place is known.
METHODS: dict[str, tuple[Keep, Method]] = {
    "place unknown": (_is_other, (False, UNKNOWN, False)),
    "past turnout known": (_is_other, (False, ITS_OWN, False)),
    "past turnout far above": (_is_other, (False, FAR_ABOVE, False)),
    "own days known": (_is_other, (True, UNKNOWN, False)),
    "own days and turnout": (_is_other, (True, ITS_OWN, True)),
    "earlier days alone": (_is_earlier, (True, UNKNOWN, False)),
    "earlier days and turnout": (_is_earlier, (True, ITS_OWN, True)),
}


def run() -> None:
    """Print the scores of each method, by time, way and day; nothing where no folder is named."""
    folder = real_days.get_folder()
    if folder is None:
        print(f"\nTurnout outlook on real days: not run ({real_days.FOLDER_VARIABLE} is not set)")
        return
    every = int(os.environ.get(EVERY_VARIABLE, "1"))
    for name in METHODS:
        _print_scores(name, measure(folder, name, every))


def measure(folder: Path, method: str, every: int = 1) -> pd.DataFrame:
    """Forecast every so-manieth county of all days by this method, and score it."""
    known = Known(folder)
    keep, place = METHODS[method]
    days = [day for day in known.days[::every] if any(keep(day, one) for one in known.dates)]
    asked = real_scores.Asked(days)
    rows = real_scores.collect(asked, lambda day: known.calibrate(day, keep, place))
    return real_scores.add_scores(rows)


class Known:
    """The real days of a folder, and the calibrations made from some of them."""

    def __init__(self, folder: Path) -> None:
        self.days = real_days.load_days(folder)
        self.dates = sorted({day.day for day in self.days})
        self._by_county = real_facts.read_counties(folder)
        others = real_facts.average_counties(self._by_county)
        self._others = [*others, real_facts.read_italy(folder)]
        self._derive = cache(self._derive_once)

    def derive(self, dates: Sequence[str], until: str = "9999") -> RealDays:
        """Derive the facts of the communes of these dates, and of other days before `until`."""
        return self._derive(tuple(dates), until)

    def _derive_once(self, dates: tuple[str, ...], until: str) -> RealDays:
        others = [day for day in self._others if day.day.isoformat() < until]
        return real_facts.derive([day for day in self.days if day.day in dates], others)

    def calibrate(
        self, day: RealDay, keep: Keep, place: Method
    ) -> tuple[ForecastParameters, Register]:
        """Calibrate for this day without it."""
        dates = [one for one in self.dates if keep(day, one)]
        facts = self.derive(dates, "9999" if keep is _is_other else day.day)
        own = [one for one in self.days if one.county == day.county and one.day in dates]
        has_own_days, turnout, has_stations = place
        election = builders_tps.whole().election  # its own past is far above these days
        if turnout != FAR_ABOVE:
            past = [one.turnout for one in own] if turnout == ITS_OWN else []
            election = set_past(election, past)
        summaries = self._summarise_own(day, keep) if has_own_days else []
        register = real_days.build_register(day, election)
        if has_stations:
            of_stations = _find_station_past(day, own, register)
            election = replace(election, past_turnout=of_stations)
            register = replace(register, election=election)
        return calibration.calibrate(election, facts, summaries), register

    def _summarise_own(self, day: RealDay, keep: Keep) -> list[DaySummary]:
        """Summarise the other days of this county, of which its communes may be unknown."""
        communes = [summarise_county(one) for one in self.days if one.county == day.county]
        counties = [one for one in self._by_county if one.place == day.county]
        return [one for one in (*communes, *counties) if keep(day, one.day.isoformat())]


def summarise_county(day: RealDay) -> DaySummary:
    """Summarise one county's day as a day of its own place."""
    return DaySummary(
        day=date.fromisoformat(day.day), country=real_facts.ROMANIA, source="", place=day.county,
        turnout=float("nan"), elapsed=real_facts.SIXTHS, log_share=real_facts.log_shares(day),
    )  # fmt: skip


def set_past(election: Election, turnout: Sequence[float]) -> Election:
    """Return the election with these shares of the list as the past of its place."""
    rules = election.rules
    reference = rules.turnout.references[0]
    past = tuple(replace(reference, percent=100 * share) for share in turnout)
    return replace(election, rules=replace(rules, turnout=replace(rules.turnout, references=past)))


def _find_station_past(
    day: RealDay, own: Sequence[RealDay], register: Register
) -> dict[str, float]:
    rates: dict[str, list[float]] = {}
    for one in own:
        for name, rate in zip(one.names, one.voters_present[:, -1] / one.dpt, strict=True):
            rates.setdefault(name, []).append(float(rate) / one.turnout)
    pairs = zip(register.tps["code"], day.names, strict=True)
    return {code: sum(rates[name]) / len(rates[name]) for code, name in pairs if name in rates}


def _print_scores(name: str, rows: pd.DataFrame) -> None:
    whole = rows[rows["level"] == "whole"]
    print(f"\nTurnout outlook on real days, {name}: mean over {rows['day'].nunique()} days")
    print(real_scores.by_day(rows, "level", "time").round(2).to_string())
    print("whole, by way: covered, miss (mean over days)")
    of_days = whole.groupby(["way", "time", "day"], sort=False)[["covered", "miss"]].mean()
    means = of_days.groupby(["way", "time"], sort=False).mean()
    print(means.unstack().round(1).to_string())
    print("whole, by day: covered; share of PIT below 0.1, 0.5, 0.9")
    pit = whole.groupby(["day", "time"], sort=False)["pit"]
    shares = {
        f"<{at}": pit.apply(lambda found, at=at: (found < at).mean()) for at in (0.1, 0.5, 0.9)
    }
    covered = whole.groupby(["day", "time"], sort=False)["covered"].mean()
    print(pd.DataFrame({"covered": covered, **shares}).unstack().round(2).to_string())
    print("the parts of one place at once: all inside (%), outside (mean, one look in ten)")
    print(real_scores.together(rows).round(1).to_string())
    pooled = real_scores.by_day(real_scores.add_pooled_conformal(rows), "time")
    print("the plain way: ratio to other days, errors pooled (conformal)")
    print(pooled[["covered", "half", "score", "error", "worst"]].round(2).to_string())


def write(folder: Path, every: int) -> None:
    """Derive all facts again and write them with their test to data/turnout/real_days.toml."""
    known = Known(folder)
    facts = known.derive(known.dates)
    rows = measure(folder, "past turnout known", every)
    scores = real_scores.by_day(rows, "time", "level")
    tested = [
        LeftOutScore(
            at=real_scores.TIMES[time], level=_LEVELS[level], days=len(known.dates),
            covered=row["covered"], worst=row["worst"], width=row["half"], model=row["error"],
            ratio=row["paced_error"], scaled=row["scaled_error"], so_far=row["so_far_error"],
        )
        for (time, level), row in scores.iterrows()
    ]  # fmt: skip
    text = _HEADING + _format(replace(facts, tested=tuple(tested)))
    atomic_files.write(real_day_files.SHIPPED, text.encode(), atomic_files.READABLE_MODE)


def _format(facts: real_day_files.RealDays) -> str:
    """The text of real_days.toml."""
    return "\n".join(
        [
            f"least_day_sd = {real_day_files.format_value(facts.least_day_sd)}",
            f"persistent = {real_day_files.format_value(facts.persistent)}\n",
            real_day_files.format_table("[turnout]", facts.turnout),
            real_day_files.format_days(facts.days),
            *(real_day_files.format_table("[[tested]]", row) for row in facts.tested),
        ]
    )


_HEADING = """\
# Facts derived from real election days of other countries, by `python -m tests.bench.outlook_real`;
# never by hand. Terms: situasi/domain/real_days.py. `elapsed`: shares of the voting hours (07.00 to
# 21.00 in Rumania, 07.00 to 23.00 in Italia). The counts themselves are not part of the project.
# [[tested]]: each of the days by commune left out in turn, 41 counties as kabupaten of 16 parts,
# seven ways of late, missing and wrong reports, the day laid over 07.00 to 13.00;
# past turnout known.

"""

if __name__ == "__main__":
    named = real_days.get_folder()
    if named is None:
        sys.exit(f"{real_days.FOLDER_VARIABLE} names no folder")
    write(named, int(os.environ.get(EVERY_VARIABLE, "1")))
