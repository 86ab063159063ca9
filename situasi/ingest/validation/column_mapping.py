"""Mapping of the headings of a source to columns of a feed, and headings that may not be read."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from situasi.domain import feed_schemas
from situasi.ingest.context import IngestContext
from situasi.ingest.parsing.cells import find_foreign_letters, format_letters
from situasi.ingest.redaction.persons import is_person_heading

# Columns that our export of quarantined rows adds to the sender's. The first identifies the
# row; where it is present, all four are ours and not part of the report.
QUARANTINE_NUMBER = "no_karantina"
EXPORT_HEADINGS = (QUARANTINE_NUMBER, "alasan", "berkas", "baris")

VOTES_REFUSED = "polisi tidak mencatat perolehan suara; kolom ini tidak dibaca dan tidak disimpan"

_PART_HEADINGS = {"kecamatan_name": "kecamatan", "desa_name": "desa", "kecamatan": "kecamatan"}
# Columns that can replace one that a source does not have.
_ALTERNATIVE_COLUMNS = {"occurred_at": "date", "lat": "point", "lon": "point"}

_NO_WORD = re.compile(r"[^a-z%]+")
# After the groups of a heading (`data/DPT`): `Jumlah DPT di TPS`, `DPT (L+P)`, `Registered Voters`.
_VOTER_LIST = re.compile(
    r"(?:.*\bdata )?(?:(?:jumlah|jml|jlh|total|banyaknya?|number of|no of|berapa) )*"
    r"(?:pemilih (?:di |dalam |pada |menurut |sesuai )?)?"
    r"(?:dpt|daftar pemilih tetap|pemilih (?:tetap|terdaftar)|(?:total )?registered voters"
    r"|voters registered|voters on (?:the )?list)"
    r"(?: (?:di )?(?:tps|berkas)(?: ini)?| tetap| (?:jumlah|jml|jlh|total)| l p| l dan p)*"
)

# Feeds about officers, who are numbers: nothing that may be a name is stored.
OFFICER_FEEDS = frozenset({"roster", "postings", "personnel", "neutrality"})
_FEEDS_WITHOUT_NAMES = OFFICER_FEEDS | {"tps"}


@dataclass(frozen=True)
class ColumnMapping:
    """The headings of one source.

    columns: headings by column (several where two headings mean the same; the first filled one
    counts). vote_headings: with candidates' votes. person_headings: with names of persons.
    export_headings: added by our own export. unused_headings: the rest. voter_lists: those of them
    that say how many voters are registered, which bounds a count.
    """

    columns: dict[str, tuple[str, ...]]
    vote_headings: tuple[str, ...]
    export_headings: tuple[str, ...]
    unused_headings: tuple[str, ...]
    person_headings: tuple[str, ...] = ()
    voter_lists: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Return whether the source has one of these columns."""
        return any(name in self.columns for name in names)

    def find_headings_to_fill(
        self, feed: str, columns: Iterable[str], context: IngestContext
    ) -> list[tuple[str, ...]]:
        """Return the headings under which a sender can fill these columns, one group per column.

        These are the headings of the source; where it has none for a column, our own heading.
        """
        groups: list[tuple[str, ...]] = []
        for column in dict.fromkeys(columns):
            candidates = [
                self.columns.get(name, ())
                for name in (column, _ALTERNATIVE_COLUMNS.get(column, ""))
            ]
            filled = tuple(
                h for h in chain.from_iterable(candidates) if h not in self.export_headings
            )
            own_heading = _PART_HEADINGS.get(column) or _find_own_heading(feed, column)
            if filled:
                groups.append(filled)
            elif own_heading and context.vocabulary.find_column(feed, own_heading):
                groups.append((own_heading,))
        return groups

    def format_notes(self) -> tuple[str, ...]:
        """Return what the sender should know about the columns, in Indonesian."""
        notes = [f'kolom "{heading}" ditolak: {VOTES_REFUSED}' for heading in self.vote_headings]
        notes += [f'kolom nama tidak disimpan: "{heading}"' for heading in self.person_headings]
        unused = [h for h in self.unused_headings if h not in self.voter_lists]
        if unused:
            notes.append("kolom tidak dipakai: " + ", ".join(unused))
        notes += [
            f'judul kolom "{heading}" memuat huruf yang bukan Latin: {format_letters(letters)}'
            for heading in self.unused_headings
            if (letters := find_foreign_letters(heading))
        ]
        return tuple(notes)


def map_columns(headings: Sequence[str], feed: str, context: IngestContext) -> ColumnMapping:
    """Sort the headings of a source for this feed; votes and names are separated first."""
    columns: dict[str, tuple[str, ...]] = {}
    exported = EXPORT_HEADINGS if QUARANTINE_NUMBER in headings else ()
    votes, persons, unused = [], [], []
    for heading in headings:
        if heading in exported:
            continue
        if context.is_vote_heading(heading):
            votes.append(heading)
            continue
        column = context.vocabulary.find_column(feed, heading)
        # An escort is kept without its name: `read_escort`.
        is_named = feed in _FEEDS_WITHOUT_NAMES and column != "pengawal"
        if is_named and is_person_heading(heading):
            persons.append(heading)
            continue
        if column is None:
            unused.append(heading)
        else:
            columns[column] = (*columns.get(column, ()), heading)
    plain = tuple(heading for heading in unused if not heading.startswith("__"))
    lists = tuple(filter(is_voter_list, plain)) if feed == "tps" else ()
    return ColumnMapping(columns, tuple(votes), exported, plain, tuple(persons), lists)


def is_voter_list(heading: str) -> bool:
    """Return whether a heading names how many voters are registered, men and women together."""
    names = (heading.lower(), re.split("[/:]", heading.lower())[-1])  # with its groups, without
    words = (" ".join(_NO_WORD.sub(" ", name).split()) for name in names)
    return "%" not in heading and any(map(_VOTER_LIST.fullmatch, words))


def _find_own_heading(feed: str, column: str) -> str | None:
    schema = feed_schemas.FEEDS[feed]
    return schema.column(column).heading if column in schema.column_names else None
