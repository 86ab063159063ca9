"""Cases with those that are merged as one, of which only what is asked for is made into rows.

analysis.merging.merged is the obvious way: it needs all cases as rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from situasi.analysis.incidents import case_index, merging
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents.case_index import Cases, Keep
from situasi.analysis.incidents.cases import Selection


@dataclass(frozen=True)
class Bound:
    """cases: one by one. stands: merging.standing. groups: those that it names, merged."""

    cases: Cases
    stands: dict[str, str]
    groups: pd.DataFrame

    def selected(self, wanted: Selection) -> pd.DataFrame:
        """The cases in which something happened that a viewer asked for."""
        found = self.frame(case_index.selected(wanted))
        # Of all that ever happened a second look is dear; only groups need one.
        return _asked(found, wanted) if self.stands else found

    def count(self, wanted: Selection) -> int:
        """How many that are."""
        return self.cases.count(case_index.selected(wanted), self.stands) + len(
            _asked(self.groups, wanted)
        )

    def count_open(self, wanted: Selection) -> int:
        """How many of them are still open."""
        keep = case_index.both(case_index.selected(wanted), case_index.still_open)
        groups = incidents_cases.still_open(_asked(self.groups, wanted))
        return self.cases.count(keep, self.stands) + len(groups)

    def frame(self, keep: Keep) -> pd.DataFrame:
        """The cases that `keep` says, and every group: what holds for one may not for the whole."""
        return merging.folded(self.cases.frame(keep, self.stands), self.stands)


def of(cases: Cases, merges: pd.DataFrame) -> Bound:
    """The cases as these decisions bind them. merges: known rows of records.MERGES."""
    named = merging.decisions(merges) if len(merges) else merges
    found = cases.frame(case_index.none, {*named["kasus"], *named["ke"]})
    stands = merging.standing(found, merges)
    members = found[found["case"].isin(stands)]
    return Bound(cases, stands, merging.folded(members, stands))


def _asked(found: pd.DataFrame, wanted: Selection) -> pd.DataFrame:
    return incidents_cases.without_nihil(incidents_cases.select(found, wanted))
