"""Which heading of a source is which column of a feed, and which may not be read at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from situasi.feeds.context import Context
from situasi.feeds.values.persons import names_person

# What our own export of quarantined rows adds to the sender's columns. The first tells
# which row it was; with it, all four are ours and no part of the report.
RETURNED = "no_karantina"
OURS = (RETURNED, "alasan", "berkas", "baris")

VOTES_REFUSED = "polisi tidak mencatat perolehan suara; kolom ini tidak dibaca dan tidak disimpan"

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
