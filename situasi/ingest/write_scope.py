"""Say what a sender may write, and make the context in which their rows are judged.

Every delivery needs a `WriteScope`; there is none that is taken for granted. A person gets it
from role and area (`for_viewer`), a key from its record (`server.api.keys`), a program names its
own (`for_program`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

import pandas as pd

from situasi.access.roles import Viewer
from situasi.domain import row_order
from situasi.domain.feed_schemas import FEEDS, MERGES, NEUTRALITY, POSTINGS, ROSTER, Feed
from situasi.domain.labels import label
from situasi.ingest.context import IngestContext
from situasi.ingest.tables import SourceError
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS
from situasi.store.interface import QuarantinedRow, Store

# The feeds that each act of a person brings; the others of roles.ACTS bring no rows.
_FEEDS_OF_ACT = {
    "masukkan": frozenset(FEEDS) - {MERGES.name},
    "perbaiki": frozenset(FEEDS) - {MERGES.name},
    "gabung": frozenset({MERGES.name}),
    "tindak": frozenset({"incidents"}),
    "geser": frozenset({POSTINGS.name}),
}


class WriteRefused(ValueError):
    """This person may not write so; the message says why."""


class CorrectionRights(Enum):
    """Whose rows in quarantine a sender may see to: nobody's, those they delivered, or all."""

    NOTHING = 0
    OWN = 1
    ALL = 2


@dataclass(frozen=True)
class WriteScope:
    """What one sender may write.

    actor: how deliveries and the audit trail call the sender. feeds: what may be brought.
    area: the kecamatan of which rows may tell; empty: the whole kabupaten. begins_exercise: may
    bring the first row that is marked LATIHAN, which marks the whole board.
    """

    actor: str
    feeds: frozenset[str]
    area: tuple[str, ...]
    correction_rights: CorrectionRights
    may_begin_exercise: bool = False

    def check_feed(self, feed: str) -> None:
        """Raise SourceRefused where this feed is not theirs to bring."""
        if feed not in self.feeds:
            raise SourceError(
                f'laporan "{label("feed", feed)}" tidak boleh dikirim oleh {self.actor}; '
                "tidak ada yang disimpan"
            )

    def own_batches(self, store: Store) -> frozenset[int]:
        """The numbers of the deliveries that this sender made."""
        batches = store.batches()
        return frozenset(batches.loc[batches["actor"] == self.actor, "batch"])

    def filter_correctable(
        self, rows: Collection[QuarantinedRow], store: Store
    ) -> list[QuarantinedRow]:
        """Those of these rows in quarantine that this sender may see, correct and release."""
        theirs = [row for row in rows if row.feed in self.feeds]
        if not theirs or self.correction_rights is CorrectionRights.ALL:
            return theirs
        if self.correction_rights is CorrectionRights.NOTHING:
            return []
        own = self.own_batches(store)
        return [row for row in theirs if row.batch in own]


def build_viewer_scope(viewer: Viewer, act: str) -> WriteScope:
    """The scope of a person who does this act (roles.ACTS). Raises WriteRefused."""
    if viewer.link is not None or not viewer.role.may(act) or act not in _FEEDS_OF_ACT:
        raise WriteRefused("peran ini tidak boleh melakukannya")
    feeds = _FEEDS_OF_ACT[act]
    if act in {"masukkan", "perbaiki"} and viewer.role.may("gabung"):
        feeds |= {MERGES.name}
    all_rows = viewer.role.may("perbaiki") and not viewer.area
    return WriteScope(
        actor=viewer.name,
        feeds=frozenset(viewer.role.readable_feeds(tuple(feeds))),
        area=viewer.area,
        correction_rights=CorrectionRights.ALL if all_rows else CorrectionRights.OWN,
        may_begin_exercise=viewer.role.may("latih") and not viewer.area,
    )


def build_program_scope(actor: str, correction_rights: CorrectionRights) -> WriteScope:
    """The scope of a program of this machine, which brings every feed of the whole kabupaten."""
    return WriteScope(actor, frozenset(FEEDS), (), correction_rights, may_begin_exercise=True)


def bind_context(
    context: IngestContext, scope: WriteScope, store: Store, feed: str, now: datetime
) -> IngestContext:
    """The context in which rows of this sender are judged: whatever is not theirs is a fault."""
    elsewhere = _find_foreign_ids(store, feed, scope.area, now) if scope.area else frozenset[str]()

    def takes_exercise() -> bool:
        return scope.may_begin_exercise or _is_exercise(store)

    return replace(
        context, area=scope.area, foreign_ids=elsewhere, may_bring_exercise=takes_exercise
    )


def _is_exercise(store: Store) -> bool:
    """Whether any row that stands is marked LATIHAN."""
    return any(_load_valid_rows(store, feed)["latihan"].any() for feed in FEEDS.values())


def _find_foreign_ids(
    store: Store, feed: str, area: tuple[str, ...], now: datetime
) -> frozenset[str]:
    """What belongs to another kecamatan though a row of this one could name it.

    Of the feeds of officers their numbers; of neutrality the ids of cases, for there a case is
    known by its id alone (analysis.neutrality).
    """
    if feed == NEUTRALITY.name:
        rows = _load_valid_rows(store, NEUTRALITY)
        return frozenset(rows.loc[~rows["kecamatan"].isin(area), "id"])
    if feed not in OFFICER_FEEDS:
        return frozenset()
    places = _find_officer_kecamatan(store, now)
    return frozenset(who for who, codes in places.items() if not codes <= set(area))


def _find_officer_kecamatan(store: Store, now: datetime) -> dict[str, set[str]]:
    """The kecamatan of each officer: of the order that holds and later ones, else of the roster.

    An officer of whom no kecamatan is known is of the whole Polres, for whoever needs them.
    """
    roster, orders = _load_valid_rows(store, ROSTER), _load_valid_rows(store, POSTINGS)
    current = pd.concat(
        [row_order.select_current_orders(orders, now), orders[orders["occurred_at"] > now]]
    )
    listed = roster.sort_values("seq").drop_duplicates("petugas", keep="last")
    found: dict[str, set[str]] = {}
    for rows in (listed, current):  # an order counts before the roster
        named = rows[rows["kecamatan"].notna()]
        found |= {str(who): set(of["kecamatan"]) for who, of in named.groupby("petugas")}
    return found


def _load_valid_rows(store: Store, feed: Feed) -> pd.DataFrame:
    """The rows of a feed that were not taken back."""
    rows, gone = store.rows_after(feed), store.withdrawals()
    return rows[~rows["seq"].isin(gone.loc[gone["feed"] == feed.name, "row_seq"])]
