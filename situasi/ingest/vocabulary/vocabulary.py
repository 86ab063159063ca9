"""Vocabulary of the senders: which heading is which column, which word is which code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import TypeVar

from situasi.domain import feed_schemas
from situasi.ingest.parsing.cells import UnreadableCell, find_foreign_letters
from situasi.ingest.parsing.institutions import extract_words
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.clue_words import GROUPS, ClueWords, build_clue_words
from situasi.ingest.vocabulary.code_lookup import read_code
from situasi.ingest.vocabulary.csv_lists import (
    expand_phrase,
    normalize_key,
    read_rows,
    remove_brackets,
)
from situasi.ingest.vocabulary.heading_words import HeadingWords, build_heading_words
from situasi.ingest.vocabulary.hour_headings import parse_hour_heading
from situasi.ingest.vocabulary.wide_headings import (
    WideHeading,
    find_wide_headings,
    is_wide_table,
    names_time,
)

_ZONE = re.compile(r"(?:utc|gmt|wib|wita)$")  # `occurred_utc`: its zone is read elsewhere

K = TypeVar("K")

# `Lokasi penugasan (Kecamatan)`: the part of a place that is asked.
_PART_OF_PLACE = re.compile(
    r"(?:lokasi|tempat|wilayah|daerah)\b(?! (?:lahir|tinggal|asal))[^()]*\((?P<part>[^()]+)\)\W*",
    re.IGNORECASE,
)
_SUM = re.compile(r"(?:jmlh|jml|jlh|jum)(?=[a-z]{4})(?!lah)")  # how people shorten "jumlah"

# Columns that only sources have, with our heading for each: parts from which the columns of a feed
# are built.
PART_COLUMNS = {
    "date": "tanggal",
    "clock": "jam",
    "reported_clock": "jam_lapor",
    "point": "koordinat",
    "kecamatan_code": "kode_kecamatan",
    "kecamatan_name": "kecamatan",
    "desa_name": "desa",
    "place": "tempat",
    "no_karantina": "no_karantina",
    "alasan": "alasan",
    "nrp": "nrp",  # in place of the officer's number; becomes a mark
    "hadir_l": "hadir_l",  # voters present: men
    "hadir_p": "hadir_p",  # and women
    "step": "langkah",  # the status of a neutrality case
}
# Every heading of ours.
OWN_HEADINGS = frozenset(PART_COLUMNS.values()) | {
    column.heading for feed in feed_schemas.FEEDS.values() for column in feed.columns
}
_OWN_HEADING_BY_COLUMN = {
    column.name: column.heading for feed in feed_schemas.FEEDS.values() for column in feed.columns
} | PART_COLUMNS
# Under our own place headings is what the sender wrote, not the place that was recognised.
_COLUMN_OF_OWN_HEADING = {"kecamatan": "kecamatan_code", "desa_text": "desa_name"}
# A source belongs to a feed only if it has one of these columns. A list of officers without
# check-ins is a posting list or a roster.
_IDENTIFYING_COLUMNS = {
    "incidents": ("jenis", "tingkat", "situasi"),
    "tps": ("fase", "hadir", "hadir_dpt", "hadir_l", "hadir_p", "kontak", "wide"),
    "personnel": ("checkin",),
    "activities": ("giat", "fungsi"),
    "roster": ("petugas", "pangkat", "nrp"),
    "postings": ("petugas", "penugasan"),
    "neutrality": ("langkah", "pelanggaran"),
    "merges": ("kasus", "ke"),
}


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What the words of senders mean.

    columns: column by (feed, key of heading). codes: code by key of word, by (feed, column).
    institutions: standard name by the words of a spelling. heading_words: what tells a heading that
    is not among the columns. clues: words that tell what a text is.
    """

    columns: Mapping[tuple[str, str], str]
    codes: Mapping[tuple[str, str], Mapping[str, str]]
    institutions: Mapping[str, str]
    heading_words: HeadingWords
    clues: ClueWords = field(default_factory=ClueWords)

    def find_column(self, feed: str, heading: str) -> str | None:
        """Return the column or part column that a heading names in this feed, or None."""
        return _find_column(self, feed, heading)

    def find_any_column(self, heading: str) -> str | None:
        """Return the column that a heading names in some feed; "wide" for the hour of a count."""
        return _find_any_column(self, heading)

    def find_own_heading(self, heading: str, feed: str | None = None) -> str | None:
        """Return our heading for what a heading names in this feed, else in some, or None."""
        column = self.find_column(feed, heading) if feed is not None else None
        return _OWN_HEADING_BY_COLUMN.get(column or self.find_any_column(heading) or "")

    def count_known_headings(self, headings: Sequence[str]) -> int:
        """Return how many distinct columns of the best matching feed these texts name."""
        return max(len(self._find_columns(feed, headings)) for feed in feed_schemas.FEEDS)

    def detect_feed(self, headings: Sequence[str]) -> str | None:
        """Return the feed these headings belong to; None when that is unclear.

        Most recognised columns win; on a tie check-ins of officers, then most own headings of
        identifying columns. A list of officers by NRP with their TPS or place is a posting list,
        also with ranks and units; but not where voters were counted or phases are told (the NRP is
        of who did) or violations are named (it is of who is blamed).
        """
        columns = {feed: self._find_columns(feed, headings) for feed in feed_schemas.FEEDS}
        is_own_roster = self._count_identifying_headings("roster", headings) > 1
        posts = columns["postings"]
        has_post = bool(posts & {"tps", "lokasi"}) or {"penugasan", "kecamatan_name"} <= posts
        is_posting_list = "nrp" in posts and has_post and not is_own_roster
        tells_of_stations = "fase" in columns["tps"] or any(
            self.find_column("tps", heading) == "hadir"
            and normalize_key(heading) != "hadir"  # in a list of officers, that of these
            for heading in headings
        )
        scores = sorted(
            (
                (
                    len(names),
                    feed == "personnel" and not names.isdisjoint({"nrp", "petugas"}),
                    self._count_identifying_headings(feed, headings),
                ),
                feed,
            )
            for feed, names in columns.items()
            if not names.isdisjoint(_IDENTIFYING_COLUMNS[feed])
            or (feed == "postings" and is_posting_list)
            if not (feed == "roster" and is_posting_list)
            if not (feed in {"roster", "postings"} and "pelanggaran" in columns["neutrality"])
            if not (feed in {"roster", "postings"} and tells_of_stations)
            if not (feed == "neutrality" and not _is_of_cases(names))
            if not (feed == "merges" and not names.issuperset(_IDENTIFYING_COLUMNS["merges"]))
        )
        if not scores or (len(scores) > 1 and scores[-1][0] == scores[-2][0]):
            return None
        return scores[-1][1]

    def find_wide_headings(self, headings: Sequence[str]) -> dict[str, WideHeading]:
        """Return the headings below which each cell is a report; {} for most tables."""
        return find_wide_headings(headings, self._find_columns("tps", headings), self._phases)

    def is_phase_heading(self, heading: str) -> bool:
        """Return whether a heading says that it is of the hours of a phase, in a table of TPS.

        The word of a phase alone may be an answer: `kendala/logistik tiba`.
        """
        return _is_phase_heading(self, heading)

    def read_code(self, feed: str, column: str, cell: Cell) -> tuple[str, str | None]:
        """Return the code of a word, and a note if misspelled. Raises UnreadableCell with hints."""
        return read_code(self.codes[feed, column], column, cell)

    def find_code(self, feed: str, column: str, cell: Cell) -> str | None:
        """Return the code of a word; None where it is none."""
        try:
            return self.read_code(feed, column, cell)[0]
        except UnreadableCell:
            return None

    def _find_sex_column(self, heading: str) -> str | None:
        """Return the column of men or women where a heading counts only these (`[Laki-laki]`)."""
        split = self.clues.split_sex(heading)
        if split is None or "%" in heading or find_foreign_letters(heading):
            return None
        sex, rest = split
        is_count = self.find_column("tps", rest) == "hadir"
        return ("hadir_l" if sex == "men" else "hadir_p") if is_count else None

    def _is_listed(self, spellings: Sequence[str]) -> bool:
        return any((feed, s) in self.columns for s in spellings for feed in feed_schemas.FEEDS)

    def _find_columns(self, feed: str, headings: Sequence[str]) -> set[str]:
        columns = {column for h in headings if (column := self.find_column(feed, h))}
        is_wide = feed == "tps" and is_wide_table(headings, columns, self._phases)
        return columns | {"wide"} if is_wide else columns

    @property
    def _phases(self) -> Mapping[str, str]:
        return self.codes["tps", "fase"]

    def _count_identifying_headings(self, feed: str, headings: Sequence[str]) -> int:
        """Count the headings that are our own heading of an identifying column."""
        names = [
            name
            for name in _IDENTIFYING_COLUMNS[feed]
            if name in feed_schemas.FEEDS[feed].column_names
        ]
        own_keys = {normalize_key(feed_schemas.FEEDS[feed].column(name).heading) for name in names}
        return len(own_keys & {normalize_key(h) for h in headings})


def _is_of_cases(columns: set[str]) -> bool:
    """Return whether columns are of neutrality cases: with a time, or both violation and step.

    A summary has a column PROSES, too.
    """
    times = {"occurred_at", "date", "reported_at"}
    return columns >= {"langkah", "pelanggaran"} or not columns.isdisjoint(times)


@lru_cache(maxsize=16_384)
def _list_spelling_keys(heading: str) -> list[str]:
    """Return the keys under which a heading may be known, the likeliest first.

    None where it has letters of other scripts, as it only looks like a known one, and for a share
    (`Hadir (%)`): no column of ours is one.
    """
    if "%" in heading or find_foreign_letters(heading):
        return []
    place = _PART_OF_PLACE.fullmatch(heading.strip())
    texts = (heading, *([place["part"]] if place else []), remove_brackets(heading))
    names = [normalize_key(text) for text in texts]
    names += [_SUM.sub("jumlah", name) for name in names if _SUM.match(name)]
    names += [plain for name in names if (plain := _ZONE.sub("", name)) not in {name, ""}]
    # A letter has no plural: `P` are women, `PS` is a polling station.
    return [
        key
        for name in names
        for key in ((name, name.removesuffix("s"), f"{name}s") if len(name) > 2 else (name,))
    ]


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read the lists of a folder; feed `*`: every feed with the column.

    A feed's own entry for a heading overrides `*`. Raises ValueError naming file and row: an
    unknown feed, column or code, or a synonym that already means something else.
    """
    return Vocabulary(
        _load_columns(folder / "columns.csv"),
        _load_words(folder / "words.csv"),
        _load_institutions(folder / "institutions.csv"),
        _load_heading_words(folder / "heading_words.csv"),
        _load_clue_words(folder / "clue_words.csv"),
    )


def _load_columns(path: Path) -> dict[tuple[str, str], str]:
    columns: dict[tuple[str, str], str] = {}
    for feed in feed_schemas.FEEDS.values():
        for column in feed.columns:
            columns[feed.name, normalize_key(column.heading)] = _COLUMN_OF_OWN_HEADING.get(
                column.name, column.name
            )
    shared_columns: dict[tuple[str, str], str] = {}
    for line, (feed_name, name, synonym) in read_rows(path, ("feed", "column", "synonym")):
        feeds = [
            f
            for f in _expand_feeds(feed_name)
            if name in PART_COLUMNS or name in feed_schemas.FEEDS[f].column_names
        ]
        _require(bool(feeds), path, line, f"{feed_name} tidak punya kolom {name}")
        target = shared_columns if feed_name == "*" else columns
        for feed_of_column, phrase in product(feeds, expand_phrase(synonym)):
            _add_meaning(
                target,
                (feed_of_column, normalize_key(phrase)),
                name,
                f"{path.name} baris {line}: {phrase!r}",
            )
    return shared_columns | columns


def _load_words(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    codes: dict[tuple[str, str], dict[str, str]] = {
        (feed.name, column.name): {normalize_key(code): code for code in column.allowed_codes}
        for feed in feed_schemas.FEEDS.values()
        for column in feed.columns
        if column.allowed_codes
    }
    for line, (feed, column, code, synonym) in read_rows(
        path, ("feed", "column", "code", "synonym")
    ):
        candidates = [codes[f, column] for f in _expand_feeds(feed) if (f, column) in codes]
        matching = [words for words in candidates if code in words.values()]
        _require(bool(matching), path, line, f"{feed}/{column} tidak punya kode {code}")
        for phrase, words in product(expand_phrase(synonym), matching):
            _add_meaning(
                words, normalize_key(phrase), code, f"{path.name} baris {line}: {phrase!r}"
            )
    return codes


def _load_institutions(path: Path) -> dict[str, str]:
    names: dict[str, str] = {}
    for line, (name, synonym) in read_rows(path, ("name", "synonym")):
        words = extract_words(synonym)
        _require(bool(words), path, line, f"{synonym!r} tanpa huruf")
        _add_meaning(names, words, name, f"{path.name} baris {line}: {synonym!r}")
    return names


def _load_heading_words(path: Path) -> HeadingWords:
    """Read the words of headings; a folder may lack the file."""
    rows: list[tuple[str, str, bool, str]] = []
    listed = read_rows(path, ("feed", "column", "part", "word")) if path.exists() else ()
    for line, (feed, column, part, word) in listed:
        has_column = any(
            column in PART_COLUMNS or column in feed_schemas.FEEDS[f].column_names
            for f in _expand_feeds(feed)
        )
        _require(has_column, path, line, f"{feed} tidak punya kolom {column}")
        _require(part in {"core", "other"}, path, line, f"bagian {part!r} bukan core atau other")
        rows.append((feed, column, part == "core", word))
    return build_heading_words(rows)


def _load_clue_words(path: Path) -> ClueWords:
    """Read the groups of clues; a folder may lack the file."""
    rows: list[tuple[str, str]] = []
    for line, (group, word) in read_rows(path, ("group", "word")) if path.exists() else ():
        _require(group in GROUPS, path, line, f"kelompok {group!r} tidak ada")
        rows.append((group, word))
    return build_clue_words(rows)


def _expand_feeds(name: str) -> list[str]:
    return list(feed_schemas.FEEDS) if name == "*" else [name] if name in feed_schemas.FEEDS else []


def _require(condition: bool, path: Path, line: int, message: str) -> None:
    if not condition:
        raise ValueError(f"{path.name} baris {line}: {message}")


def _add_meaning(meanings: dict[K, str], name: K, value: str, position: str) -> None:
    if meanings.setdefault(name, value) != value:
        raise ValueError(f"{position} sudah berarti {meanings[name]}, bukan {value}")


# The same headings are looked at for each line that may hold them, each feed and source.
@lru_cache(maxsize=32_768)
def _find_column(vocabulary: Vocabulary, feed: str, heading: str) -> str | None:
    """Return the column of a listed heading; of one that no feed lists, that of its words."""
    if feed == "tps" and (column := vocabulary._find_sex_column(heading)):
        return column
    spellings = _list_spelling_keys(heading)
    column = next((c for s in spellings if (c := vocabulary.columns.get((feed, s)))), None)
    if column == "jenis" and heading.rstrip().endswith("#"):  # `Incident #` numbers them
        return None
    if column is not None or not (words := vocabulary.heading_words.find(heading)):
        return column
    if words[0] not in {"*", feed} or vocabulary._is_listed(spellings):
        return None
    return words[1]


@lru_cache(maxsize=4096)
def _find_any_column(vocabulary: Vocabulary, heading: str) -> str | None:
    columns = (vocabulary.find_column(feed, heading) for feed in feed_schemas.FEEDS)
    return next(filter(None, columns), None) or ("wide" if parse_hour_heading(heading) else None)


@lru_cache(maxsize=4096)
def _is_phase_heading(vocabulary: Vocabulary, heading: str) -> bool:
    phases = find_wide_headings([heading], {"tps"}, vocabulary._phases)
    return heading in phases and phases[heading].column == "fase" and names_time(heading)
