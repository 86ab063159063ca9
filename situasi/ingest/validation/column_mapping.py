"""Which heading of a source is which column of a feed, and which may not be read at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from situasi.domain import feed_schemas
from situasi.ingest.context import IngestContext
from situasi.ingest.redaction.persons import is_person_heading

# What our own export of quarantined rows adds to the sender's columns. The first tells
# which row it was; with it, all four are ours and no part of the report.
QUARANTINE_NUMBER = "no_karantina"
EXPORT_HEADINGS = (QUARANTINE_NUMBER, "alasan", "berkas", "baris")

VOTES_REFUSED = "polisi tidak mencatat perolehan suara; kolom ini tidak dibaca dan tidak disimpan"

# Our headings for parts from which columns are made.
_PART_HEADINGS = {"kecamatan_name": "kecamatan", "desa_name": "desa", "kecamatan": "kecamatan"}
# Headings that say the same as one that a source does not have.
_ALTERNATIVE_COLUMNS = {"occurred_at": "date", "lat": "point", "lon": "point"}

# Feeds about officers, who are numbers: of these nothing is kept that may be a name.
OFFICER_FEEDS = frozenset({"roster", "postings", "personnel", "neutrality"})
_FEEDS_WITHOUT_NAMES = OFFICER_FEEDS | {"tps"}


@dataclass(frozen=True)
class ColumnMapping:
    """The headings of one source.

    columns: headings by column (several where two headings mean the same; the first that
    is filled counts). refused: headings that hold candidates' votes. names: headings that
    hold names of persons. ours: what our own export added. unused: the rest.
    """

    columns: dict[str, tuple[str, ...]]
    vote_headings: tuple[str, ...]
    export_headings: tuple[str, ...]
    unused_headings: tuple[str, ...]
    person_headings: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        return any(name in self.columns for name in names)

    def find_headings_to_fill(
        self, feed: str, columns: Iterable[str], context: IngestContext
    ) -> list[tuple[str, ...]]:
        """The headings under which a sender can fill these columns of a feed, one group a column.

        Those that the source has; where it has none for a column, our own.
        """
        groups: list[tuple[str, ...]] = []
        for column in dict.fromkeys(columns):
            named = [
                self.columns.get(name, ())
                for name in (column, _ALTERNATIVE_COLUMNS.get(column, ""))
            ]
            theirs = tuple(h for h in chain.from_iterable(named) if h not in self.export_headings)
            own = _PART_HEADINGS.get(column) or _find_own_heading(feed, column)
            if theirs:
                groups.append(theirs)
            elif own and context.vocabulary.find_column(feed, own):
                groups.append((own,))
        return groups

    def format_notes(self) -> tuple[str, ...]:
        """What the sender should know of the columns, in Indonesian."""
        said = [f'kolom "{heading}" ditolak: {VOTES_REFUSED}' for heading in self.vote_headings]
        said += [f'kolom nama tidak disimpan: "{heading}"' for heading in self.person_headings]
        if self.unused_headings:
            said.append("kolom tidak dipakai: " + ", ".join(self.unused_headings))
        return tuple(said)


def map_columns(headings: Sequence[str], feed: str, context: IngestContext) -> ColumnMapping:
    """Sort the headings of a source for this feed. Votes and names go before everything else."""
    columns: dict[str, tuple[str, ...]] = {}
    ours = EXPORT_HEADINGS if QUARANTINE_NUMBER in headings else ()
    refused, names, unused = [], [], []
    for heading in headings:
        if heading in ours:
            continue
        if context.is_vote_heading(heading):
            refused.append(heading)
            continue
        if feed in _FEEDS_WITHOUT_NAMES and is_person_heading(heading):
            names.append(heading)
            continue
        column = context.vocabulary.find_column(feed, heading)
        if column is None:
            unused.append(heading)
        else:
            columns[column] = (*columns.get(column, ()), heading)
    plain = tuple(heading for heading in unused if not heading.startswith("__"))
    return ColumnMapping(columns, tuple(refused), ours, plain, tuple(names))


def _find_own_heading(feed: str, column: str) -> str | None:
    known = feed_schemas.FEEDS[feed]
    return known.column(column).heading if column in known.column_names else None
