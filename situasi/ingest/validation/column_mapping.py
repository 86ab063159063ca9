"""Which heading of a source is which column of a feed, and which may not be read at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from situasi.domain import feed_schemas
from situasi.ingest.context import Context
from situasi.ingest.redaction.persons import names_person

# What our own export of quarantined rows adds to the sender's columns. The first tells
# which row it was; with it, all four are ours and no part of the report.
RETURNED = "no_karantina"
OURS = (RETURNED, "alasan", "berkas", "baris")

VOTES_REFUSED = "polisi tidak mencatat perolehan suara; kolom ini tidak dibaca dan tidak disimpan"

# Our headings for parts from which columns are made.
_PARTS = {"kecamatan_name": "kecamatan", "desa_name": "desa", "kecamatan": "kecamatan"}
# Headings that say the same as one that a source does not have.
_INSTEAD = {"occurred_at": "date", "lat": "point", "lon": "point"}

# Feeds about officers, who are numbers: of these nothing is kept that may be a name.
OFFICERS = frozenset({"roster", "postings", "personnel", "neutrality"})
_NAMELESS = OFFICERS | {"tps"}


@dataclass(frozen=True)
class Headings:
    """The headings of one source.

    columns: headings by column (several where two headings mean the same; the first that
    is filled counts). refused: headings that hold candidates' votes. names: headings that
    hold names of persons. ours: what our own export added. unused: the rest.
    """

    columns: dict[str, tuple[str, ...]]
    refused: tuple[str, ...]
    ours: tuple[str, ...]
    unused: tuple[str, ...]
    names: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        return any(name in self.columns for name in names)

    def asked(self, feed: str, columns: Iterable[str], context: Context) -> list[tuple[str, ...]]:
        """The headings under which a sender can fill these columns of a feed, one group a column.

        Those that the source has; where it has none for a column, our own.
        """
        groups: list[tuple[str, ...]] = []
        for column in dict.fromkeys(columns):
            named = [self.columns.get(name, ()) for name in (column, _INSTEAD.get(column, ""))]
            theirs = tuple(h for h in chain.from_iterable(named) if h not in self.ours)
            own = _PARTS.get(column) or _own_heading(feed, column)
            if theirs:
                groups.append(theirs)
            elif own and context.vocabulary.column_of(feed, own):
                groups.append((own,))
        return groups

    def notes(self) -> tuple[str, ...]:
        """What the sender should know of the columns, in Indonesian."""
        said = [f'kolom "{heading}" ditolak: {VOTES_REFUSED}' for heading in self.refused]
        said += [f'kolom nama tidak disimpan: "{heading}"' for heading in self.names]
        if self.unused:
            said.append("kolom tidak dipakai: " + ", ".join(self.unused))
        return tuple(said)


def match(headings: Sequence[str], feed: str, context: Context) -> Headings:
    """Sort the headings of a source for this feed. Votes and names go before everything else."""
    columns: dict[str, tuple[str, ...]] = {}
    ours = OURS if RETURNED in headings else ()
    refused, names, unused = [], [], []
    for heading in headings:
        if heading in ours:
            continue
        if context.holds_votes(heading):
            refused.append(heading)
            continue
        if feed in _NAMELESS and names_person(heading):
            names.append(heading)
            continue
        column = context.vocabulary.column_of(feed, heading)
        if column is None:
            unused.append(heading)
        else:
            columns[column] = (*columns.get(column, ()), heading)
    plain = tuple(heading for heading in unused if not heading.startswith("__"))
    return Headings(columns, tuple(refused), ours, plain, tuple(names))


def _own_heading(feed: str, column: str) -> str | None:
    known = feed_schemas.FEEDS[feed]
    return known.column(column).heading if column in known.names else None
