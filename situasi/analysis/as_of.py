"""What is known at a moment, as far as one viewer may see it: rows by feed, and their cases."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

import pandas as pd

from situasi.analysis.incidents import case_index
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents.case_index import CaseIndex
from situasi.domain import officer_marks
from situasi.domain.feed_schemas import INCIDENTS

# (feed, some or all of its columns) -> the rows and cells that may be seen
RowFilter = Callable[[str, pd.DataFrame], pd.DataFrame]
# The columns that decide whether a row is visible and known.
_VISIBILITY_COLUMNS = ("kecamatan", "kasus", "ke", "known_at", "withdrawn_at")


class FeedFrames(Mapping[str, pd.DataFrame]):
    """Known rows by feed, and the cases of the incidents among them."""

    @property
    @abstractmethod
    def cases(self) -> CaseIndex:
        """The cases of the incidents that are known."""


class AsOfView(FeedFrames):
    """The known rows of each feed, built on first access.

    An officer who is named by a mark has the officer number in `petugas` where any known row names
    both, whichever came first.

    frames: of a snapshot, of the feeds that may be seen. at: the moment; None: now. cases: the
    current index of all these incidents, as far as they may be seen. row_filter: removes rows and
    cells that may not be seen.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        at: datetime | None,
        cases: CaseIndex | None = None,
        row_filter: RowFilter | None = None,
    ) -> None:
        self._frames, self._at, self._cases, self._row_filter = frames, at, cases, row_filter
        self._rows: dict[str, pd.DataFrame] = {}
        self._identities: dict[str, tuple[int, int]] = {}
        self._known_cases: CaseIndex | None = None

    def __getitem__(self, feed: str) -> pd.DataFrame:
        if feed not in self._rows:
            self._rows[feed] = self._known_rows(feed, self._frames[feed])
        return self._rows[feed]

    def __contains__(self, feed: object) -> bool:
        return feed in self._frames  # without building its rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def columns(self, feed: str, names: Sequence[str]) -> pd.DataFrame:
        """Return the same rows with only these columns: much cheaper for a long feed."""
        if feed in self._rows:
            return self._rows[feed][list(names)]
        frame = self._frames[feed]
        needed = [n for n in dict.fromkeys([*names, *_VISIBILITY_COLUMNS]) if n in frame.columns]
        return self._known_rows(feed, frame[needed])[list(names)]

    def identify_rows(self, feed: str) -> tuple[int, int]:
        """Return what identifies the rows of a feed at a past moment: how many, and their sum.

        Rows only get growing `seq` and are withdrawn.
        """
        if feed not in self._identities:
            seq = self.columns(feed, ["seq"])["seq"]
            self._identities[feed] = len(seq), int(seq.sum())
        return self._identities[feed]

    @property
    def cases(self) -> CaseIndex:
        """The known cases, built on first access."""
        if self._known_cases is None:
            index = self._cases or case_index.build(self._visible_rows(INCIDENTS.name))
            self._known_cases = index.as_of(self._at)
        return self._known_cases

    def as_of(self, at: datetime) -> AsOfView:
        """Return what was known at another moment, for the same viewer."""
        return AsOfView(self._frames, at, self.cases.as_of(None), self._row_filter)

    def last_known_at(self, feed: str, until: datetime) -> datetime | None:
        """Return when the newest row of this feed became known, by `until`; None where none did."""
        if feed == INCIDENTS.name:
            return self.cases.last_known(until)
        times = self.columns(feed, ["known_at"])["known_at"]
        newest = times[times <= until].max()
        return None if pd.isna(newest) else newest.to_pydatetime()

    def _visible_rows(self, feed: str) -> pd.DataFrame:
        frame = self._frames[feed]
        return self._row_filter(feed, frame) if self._row_filter else frame

    def _known_rows(self, feed: str, frame: pd.DataFrame) -> pd.DataFrame:
        visible = self._row_filter(feed, frame) if self._row_filter else frame
        known = incidents_cases.filter_known(visible, self._at)
        if "petugas" not in known.columns:
            return known
        return officer_marks.resolve_officers(known, self._officer_numbers)

    @cached_property
    def _officer_numbers(self) -> dict[str, str]:
        """Return the known number of each mark, also from rows of another kecamatan."""
        pairs = {}
        for feed in officer_marks.FEEDS_WITH_MARKS:
            if feed in self._frames and self._frames[feed]["nrp"].notna().any():
                columns = ["seq", "petugas", "nrp", "known_at", "withdrawn_at"]
                pairs[feed] = incidents_cases.filter_known(self._frames[feed][columns], self._at)
        return officer_marks.find_officer_numbers(pairs)
