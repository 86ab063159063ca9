"""The words of the field: which heading is which column, which word is which code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from situasi.domain import feed_schemas
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary import vote_headings
from situasi.ingest.vocabulary.code_lookup import read_word
from situasi.ingest.vocabulary.csv_lists import key, rows, without_brackets
from situasi.ingest.vocabulary.hour_headings import hour_by_hour

K = TypeVar("K")

# Columns that a source may have and a feed has not: parts from which its columns are made.
PSEUDO = frozenset(
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
_OWN = {"kecamatan": "kecamatan_code", "desa_text": "desa_name"}
# A source belongs to a feed only if it has one of these. Officers without a word of their
# check-in are a posting list or a roster.
_SIGNS = {
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
    words: Mapping[tuple[str, str], Mapping[str, str]]

    def column_of(self, feed: str, heading: str) -> str | None:
        """The column or pseudo column that a heading names in this feed, or None."""
        return self._column(feed, _spellings(heading))

    def recognised(self, headings: Sequence[str]) -> int:
        """How many distinct columns of one feed, the best one, these texts name."""
        spelled = {heading: _spellings(heading) for heading in headings}
        return max(len(self._columns(feed, headings, spelled)) for feed in feed_schemas.FEEDS)

    def feed_of(self, headings: Sequence[str]) -> str | None:
        """The feed these headings belong to; None when that is unclear.

        Most columns recognised wins; between equals, our own heading of a telling column.
        """
        spelled = {heading: _spellings(heading) for heading in headings}
        columns = {feed: self._columns(feed, headings, spelled) for feed in feed_schemas.FEEDS}
        scores = sorted(
            ((len(found), self._telling(feed, headings)), feed)
            for feed, found in columns.items()
            if not found.isdisjoint(_SIGNS[feed])
        )
        if not scores or (len(scores) > 1 and scores[-1][0] == scores[-2][0]):
            return None
        return scores[-1][1]

    def word(self, feed: str, column: str, cell: Cell) -> tuple[str, str | None]:
        """The code a word stands for, and a note where it was misspelled.

        Raises Unreadable naming the nearest allowed words.
        """
        return read_word(self.words[feed, column], column, cell)

    def vote_column(self, heading: str, candidates: Sequence[str]) -> bool:
        """Whether a heading holds votes won, which may not be read (see feeds/votes.py)."""
        return vote_headings.vote_column(heading, candidates)

    def _column(self, feed: str, spellings: Sequence[str]) -> str | None:
        return next((c for s in spellings if (c := self.columns.get((feed, s)))), None)

    def _columns(
        self, feed: str, headings: Sequence[str], spelled: Mapping[str, Sequence[str]]
    ) -> set[str]:
        found = {column for h in headings if (column := self._column(feed, spelled[h]))}
        hourly = feed == "tps" and hour_by_hour(headings, tps="tps" in found)
        return found | {"hour"} if hourly else found

    def _telling(self, feed: str, headings: Sequence[str]) -> int:
        """How many headings are our own of a telling column."""
        signs = [sign for sign in _SIGNS[feed] if sign in feed_schemas.FEEDS[feed].names]
        own = {key(feed_schemas.FEEDS[feed].column(sign).heading) for sign in signs}
        return len(own & {key(h) for h in headings})


def _spellings(heading: str) -> list[str]:
    """The keys under which a heading may be known, the likeliest first."""
    names = [key(text) for text in (heading, without_brackets(heading))]
    return [s for name in names for s in (name, name.removesuffix("s"), f"{name}s")]


def load(folder: Path) -> Vocabulary:
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
            found[feed.name, key(column.heading)] = _OWN.get(column.name, column.name)
    elsewhere: dict[tuple[str, str], str] = {}
    for line, (feed_name, name, synonym) in rows(path, ("feed", "column", "synonym")):
        known = [
            f for f in _feeds(feed_name) if name in PSEUDO or name in feed_schemas.FEEDS[f].names
        ]
        _demand(bool(known), path, line, f"{feed_name} tidak punya kolom {name}")
        target = elsewhere if feed_name == "*" else found
        for feed_known in known:
            _put(target, (feed_known, key(synonym)), name, f"{path.name} baris {line}: {synonym!r}")
    return elsewhere | found


def _load_words(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {
        (feed.name, column.name): {key(code): code for code in column.words}
        for feed in feed_schemas.FEEDS.values()
        for column in feed.columns
        if column.words
    }
    for line, (feed, column, code, synonym) in rows(path, ("feed", "column", "code", "synonym")):
        known = [found[f, column] for f in _feeds(feed) if (f, column) in found]
        fitting = [words for words in known if code in words.values()]
        _demand(bool(fitting), path, line, f"{feed}/{column} tidak punya kode {code}")
        for words in fitting:
            _put(words, key(synonym), code, f"{path.name} baris {line}: {synonym!r}")
    return found


def _feeds(name: str) -> list[str]:
    return list(feed_schemas.FEEDS) if name == "*" else [name] if name in feed_schemas.FEEDS else []


def _demand(holds: bool, path: Path, line: int, otherwise: str) -> None:
    if not holds:
        raise ValueError(f"{path.name} baris {line}: {otherwise}")


def _put(found: dict[K, str], name: K, value: str, where: str) -> None:
    if found.setdefault(name, value) != value:
        raise ValueError(f"{where} sudah berarti {found[name]}, bukan {value}")
