"""Write scope of a sender, and the context in which the sender's rows are checked.

Every delivery needs a `WriteScope`; there is no default. A person gets it from role and area
(`build_viewer_scope`), an API key from its record (`server.api.api_keys`), a program states its
own (`build_program_scope`).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

import pandas as pd

from situasi.access.roles import Viewer
from situasi.domain import officer_marks, row_order
from situasi.domain.feed_schemas import FEEDS, MERGES, NEUTRALITY, POSTINGS, ROSTER, Feed
from situasi.domain.labels import label
from situasi.ingest.context import IngestContext
from situasi.ingest.tables import SourceError
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS
from situasi.store import QuarantinedRow, Store

# The feeds that each permission allows to write; others of roles.PERMISSIONS write no rows.
_FEEDS_OF_ACT = {
    "masukkan": frozenset(FEEDS) - {MERGES.name},
    "perbaiki": frozenset(FEEDS) - {MERGES.name},
    "gabung": frozenset({MERGES.name}),
    "tindak": frozenset({"incidents"}),
    "geser": frozenset({POSTINGS.name}),
}


class WriteRefused(ValueError):
    """This person may not write in this way; the message says why."""


class CorrectionRights(Enum):
    """Which rows in quarantine a sender may correct: none, those they delivered, or all."""

    NOTHING = 0
    OWN = 1
    ALL = 2


@dataclass(frozen=True)
class WriteScope:
    """What one sender may write.

    actor: the sender's name in deliveries and the audit log. feeds: those that may be written.
    area: the kecamatan of which rows may be; empty: the whole kabupaten. may_begin_exercise: may
    bring the first row marked LATIHAN, which marks the whole dashboard as an exercise.
    """

    actor: str
    feeds: frozenset[str]
    area: tuple[str, ...]
    correction_rights: CorrectionRights
    may_begin_exercise: bool = False

    def check_feed(self, feed: str) -> None:
        """Raise SourceError if the sender may not write this feed."""
        if feed not in self.feeds:
            raise SourceError(
                f'laporan "{label("feed", feed)}" tidak boleh dikirim oleh {self.actor}; '
                "tidak ada yang disimpan"
            )

    def own_batches(self, store: Store) -> frozenset[int]:
        """Return the numbers of the deliveries that this sender made."""
        batches = store.batches()
        return frozenset(batches.loc[batches["actor"] == self.actor, "batch"])

    def filter_correctable(
        self, rows: Collection[QuarantinedRow], store: Store
    ) -> list[QuarantinedRow]:
        """Return those of these quarantined rows that this sender may see, correct and release."""
        allowed = [row for row in rows if row.feed in self.feeds]
        if not allowed or self.correction_rights is CorrectionRights.ALL:
            return allowed
        if self.correction_rights is CorrectionRights.NOTHING:
            return []
        own_batches = self.own_batches(store)
        return [row for row in allowed if row.batch in own_batches]


def build_viewer_scope(viewer: Viewer, act: str) -> WriteScope:
    """Build the scope of a person for this act (roles.PERMISSIONS). Raises WriteRefused."""
    if viewer.link is not None or not viewer.role.may(act) or act not in _FEEDS_OF_ACT:
        raise WriteRefused("peran ini tidak boleh melakukannya")
    feeds = _FEEDS_OF_ACT[act]
    if act in {"masukkan", "perbaiki"} and viewer.role.may("gabung"):
        feeds |= {MERGES.name}
    may_correct_all = viewer.role.may("perbaiki") and not viewer.area
    return WriteScope(
        actor=viewer.name,
        feeds=frozenset(viewer.role.readable_feeds(tuple(feeds))),
        area=viewer.area,
        correction_rights=CorrectionRights.ALL if may_correct_all else CorrectionRights.OWN,
        may_begin_exercise=viewer.role.may("latih") and not viewer.area,
    )


def build_program_scope(actor: str, correction_rights: CorrectionRights) -> WriteScope:
    """Build the scope of a program on this machine, which writes every feed of the kabupaten."""
    return WriteScope(actor, frozenset(FEEDS), (), correction_rights, may_begin_exercise=True)


def bind_context(
    context: IngestContext, scope: WriteScope, store: Store, feed: str, now: datetime
) -> IngestContext:
    """Return the context for this sender's rows: rows outside the scope get an error."""
    foreign = _find_foreign_ids(store, feed, scope.area, now) if scope.area else frozenset[str]()

    def may_bring_exercise() -> bool:
        return scope.may_begin_exercise or _is_exercise(store)

    return replace(
        context,
        area=scope.area,
        foreign_ids=foreign,
        may_bring_exercise=may_bring_exercise,
        find_officers_by_name=_RosterNames(store).find,
    )


class _RosterNames:
    """The officers of the roster by the marks of their names, read when first asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._officers: dict[str, frozenset[str]] | None = None

    def find(self, mark: str) -> frozenset[str]:
        """Return the officers whose newest roster row has this mark."""
        if self._officers is None:
            self._officers = self._load()
        return self._officers.get(mark, frozenset())

    def _load(self) -> dict[str, frozenset[str]]:
        roster, _ = _load_officer_rows(self._store)
        newest = roster.sort_values("seq").drop_duplicates("petugas", keep="last")
        named = newest[newest["nama"].notna()]
        officers: dict[str, set[str]] = {}
        for petugas, marks in zip(named["petugas"], named["nama"], strict=True):
            for mark in marks.split():
                officers.setdefault(mark, set()).add(str(petugas))
        return {mark: frozenset(names) for mark, names in officers.items()}


def _load_officer_rows(store: Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the valid rows of roster and postings, with officer numbers in place of marks."""
    rows = _load_rows_with_marks(store)
    numbers = officer_marks.find_officer_numbers(rows)
    roster, orders = (
        officer_marks.resolve_officers(rows[feed.name], numbers) for feed in (ROSTER, POSTINGS)
    )
    return roster, orders


def _load_rows_with_marks(store: Store) -> dict[str, pd.DataFrame]:
    return {feed: _load_valid_rows(store, FEEDS[feed]) for feed in officer_marks.FEEDS_WITH_MARKS}


def _is_exercise(store: Store) -> bool:
    return any(_load_valid_rows(store, feed)["latihan"].any() for feed in FEEDS.values())


def _find_foreign_ids(
    store: Store, feed: str, area: tuple[str, ...], now: datetime
) -> frozenset[str]:
    """Return the ids of other kecamatan that a row of this one could name.

    For feeds about officers their numbers; for neutrality the ids of cases, because there a case
    is identified by its id alone (analysis.neutrality).
    """
    if feed == NEUTRALITY.name:
        rows = _load_valid_rows(store, NEUTRALITY)
        return frozenset(rows.loc[~rows["kecamatan"].isin(area), "id"])
    if feed not in OFFICER_FEEDS:
        return frozenset()
    places = _find_officer_kecamatan(store, now)
    foreign = {officer for officer, codes in places.items() if not codes <= set(area)}
    numbers = officer_marks.find_officer_numbers(_load_rows_with_marks(store))
    return frozenset(foreign | {mark for mark, number in numbers.items() if number in foreign})


def _find_officer_kecamatan(store: Store, now: datetime) -> dict[str, set[str]]:
    """Return the kecamatan of each officer: from current and later orders, else from the roster.

    An officer without a known kecamatan belongs to the whole Polres and may be used by anyone.
    """
    roster, orders = _load_officer_rows(store)
    current = pd.concat(
        [row_order.select_current_orders(orders, now), orders[orders["occurred_at"] > now]]
    )
    listed = roster.sort_values("seq").drop_duplicates("petugas", keep="last")
    places: dict[str, set[str]] = {}
    for rows in (listed, current):  # an order overrides the roster
        known = rows[rows["kecamatan"].notna()]
        places |= {str(number): set(of["kecamatan"]) for number, of in known.groupby("petugas")}
    return places


def _load_valid_rows(store: Store, feed: Feed) -> pd.DataFrame:
    """Return the rows of a feed that were not withdrawn."""
    rows, withdrawals = store.rows_after(feed), store.withdrawals()
    return rows[~rows["seq"].isin(withdrawals.loc[withdrawals["feed"] == feed.name, "row_seq"])]
