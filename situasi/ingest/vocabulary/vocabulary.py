"""The words of the field: which heading is which column, which word is which code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from situasi.domain import feed_schemas
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary import vote_headings
from situasi.ingest.vocabulary.code_lookup import read_code
from situasi.ingest.vocabulary.csv_lists import normalize_key, read_rows, remove_brackets
from situasi.ingest.vocabulary.hour_headings import is_hourly_table

K = TypeVar("K")

# Columns that a source may have and a feed has not: parts from which its columns are made.
PART_COLUMNS = frozenset(
    (
        "date",
        "clock",
        "reported_clock",
        "point",
        "kecamatan_code",
        "kecamatan_name",
        "desa_name",
        "place",
        "no_karantina",
        "alasan",
        "nrp",  # where officers are named by it, to be refused
        "step",  # a status beside a case of neutrality
    )
)
# Our own headings of places name what the sender wrote, not yet what was recognised.
_COLUMN_OF_OWN_HEADING = {"kecamatan": "kecamatan_code", "desa_text": "desa_name"}
# A source belongs to a feed only if it has one of these. Officers without a word of their
# check-in are a posting list or a roster.
_IDENTIFYING_COLUMNS = {
    "incidents": ("jenis", "tingkat", "situasi"),
    "tps": ("fase", "hadir", "hadir_dpt", "kontak", "hour"),
    "personnel": ("checkin",),
    "activities": ("giat", "fungsi"),
    "roster": ("petugas", "pangkat", "nrp"),
    "postings": ("petugas", "penugasan"),
    "neutrality": ("langkah", "pelanggaran"),
    "merges": ("kasus", "ke"),
}


@dataclass(frozen=True)
class Vocabulary:
    """columns: column by (feed, key of heading). words: code by (feed, column, key of word)."""

    columns: Mapping[tuple[str, str], str]
    codes: Mapping[tuple[str, str], Mapping[str, str]]

    def find_column(self, feed: str, heading: str) -> str | None:
        """The column or pseudo column that a heading names in this feed, or None."""
        return self._find_column(feed, _list_spelling_keys(heading))

    def count_known_headings(self, headings: Sequence[str]) -> int:
        """How many distinct columns of one feed, the best one, these texts name."""
        spelled = {heading: _list_spelling_keys(heading) for heading in headings}
        return max(len(self._find_columns(feed, headings, spelled)) for feed in feed_schemas.FEEDS)

    def detect_feed(self, headings: Sequence[str]) -> str | None:
        """The feed these headings belong to; None when that is unclear.

        Most columns recognised wins; between equals, our own heading of a telling column.
        """
        spelled = {heading: _list_spelling_keys(heading) for heading in headings}
        columns = {feed: self._find_columns(feed, headings, spelled) for feed in feed_schemas.FEEDS}
        scores = sorted(
            ((len(found), self._count_identifying_headings(feed, headings)), feed)
            for feed, found in columns.items()
            if not found.isdisjoint(_IDENTIFYING_COLUMNS[feed])
        )
        if not scores or (len(scores) > 1 and scores[-1][0] == scores[-2][0]):
            return None
        return scores[-1][1]

    def read_code(self, feed: str, column: str, cell: Cell) -> tuple[str, str | None]:
        """The code a word stands for, and a note where it was misspelled.

        Raises Unreadable naming the nearest allowed words.
        """
        return read_code(self.codes[feed, column], column, cell)

    def is_vote_heading(self, heading: str, candidates: Sequence[str]) -> bool:
        """Whether a heading holds votes won, which may not be read (see feeds/votes.py)."""
        return vote_headings.is_vote_heading(heading, candidates)

    def _find_column(self, feed: str, spellings: Sequence[str]) -> str | None:
        return next((c for s in spellings if (c := self.columns.get((feed, s)))), None)

    def _find_columns(
        self, feed: str, headings: Sequence[str], spelled: Mapping[str, Sequence[str]]
    ) -> set[str]:
        found = {column for h in headings if (column := self._find_column(feed, spelled[h]))}
        hourly = feed == "tps" and is_hourly_table(headings, has_tps="tps" in found)
        return found | {"hour"} if hourly else found

    def _count_identifying_headings(self, feed: str, headings: Sequence[str]) -> int:
        """How many headings are our own of a telling column."""
        signs = [
            sign
            for sign in _IDENTIFYING_COLUMNS[feed]
            if sign in feed_schemas.FEEDS[feed].column_names
        ]
        own = {normalize_key(feed_schemas.FEEDS[feed].column(sign).heading) for sign in signs}
        return len(own & {normalize_key(h) for h in headings})


def _list_spelling_keys(heading: str) -> list[str]:
    """The keys under which a heading may be known, the likeliest first."""
    names = [normalize_key(text) for text in (heading, remove_brackets(heading))]
    return [s for name in names for s in (name, name.removesuffix("s"), f"{name}s")]


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read columns.csv and words.csv. Feed `*` means every feed that has the column, but
    for those in which the same heading is named to mean something else.

    Raises ValueError naming file and row: an unknown feed, column or code, or a
    synonym that already means something else.
    """
    return Vocabulary(_load_columns(folder / "columns.csv"), _load_words(folder / "words.csv"))


def _load_columns(path: Path) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for feed in feed_schemas.FEEDS.values():
        for column in feed.columns:
            found[feed.name, normalize_key(column.heading)] = _COLUMN_OF_OWN_HEADING.get(
                column.name, column.name
            )
    elsewhere: dict[tuple[str, str], str] = {}
    for line, (feed_name, name, synonym) in read_rows(path, ("feed", "column", "synonym")):
        known = [
            f
            for f in _expand_feeds(feed_name)
            if name in PART_COLUMNS or name in feed_schemas.FEEDS[f].column_names
        ]
        _require(bool(known), path, line, f"{feed_name} tidak punya kolom {name}")
        target = elsewhere if feed_name == "*" else found
        for feed_known in known:
            _add_meaning(
                target,
                (feed_known, normalize_key(synonym)),
                name,
                f"{path.name} baris {line}: {synonym!r}",
            )
    return elsewhere | found


def _load_words(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {
        (feed.name, column.name): {normalize_key(code): code for code in column.allowed_codes}
        for feed in feed_schemas.FEEDS.values()
        for column in feed.columns
        if column.allowed_codes
    }
    for line, (feed, column, code, synonym) in read_rows(
        path, ("feed", "column", "code", "synonym")
    ):
        known = [found[f, column] for f in _expand_feeds(feed) if (f, column) in found]
        fitting = [words for words in known if code in words.values()]
        _require(bool(fitting), path, line, f"{feed}/{column} tidak punya kode {code}")
        for words in fitting:
            _add_meaning(
                words, normalize_key(synonym), code, f"{path.name} baris {line}: {synonym!r}"
            )
    return found


def _expand_feeds(name: str) -> list[str]:
    return list(feed_schemas.FEEDS) if name == "*" else [name] if name in feed_schemas.FEEDS else []


def _require(condition: bool, path: Path, line: int, message: str) -> None:
    if not condition:
        raise ValueError(f"{path.name} baris {line}: {message}")


def _add_meaning(meanings: dict[K, str], name: K, value: str, position: str) -> None:
    if meanings.setdefault(name, value) != value:
        raise ValueError(f"{position} sudah berarti {meanings[name]}, bukan {value}")
