"""A mapping by hand: what is offered, what a person says of a file, and the profile it becomes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from situasi.domain.feed_schemas import FASE, FEEDS, TPS, ColumnKind
from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import read_context
from situasi.ingest.parsing.cells import format_cell, is_blank
from situasi.ingest.readers.table_builder import is_unnamed
from situasi.ingest.sources.child_lists import group_numbered
from situasi.ingest.sources.column_guess import NOT_OFFERED
from situasi.ingest.sources.profile import Signature, SourceProfile
from situasi.ingest.sources.rival_guesses import Guess
from situasi.ingest.tables import Table
from situasi.ingest.validation.column_mapping import is_voter_list
from situasi.ingest.vocabulary.vocabulary import OWN_HEADINGS
from situasi.ingest.vocabulary.wide_headings import is_wide_heading, list_wide_headings

# Facts about one file, which the next one of its kind need not share: never kept.
FILE_FACTS = ("tanggal", "jam", "kecamatan", "desa")
ZONED_HEADINGS = ("waktu", "tanggal", "waktu_lapor")
# The columns that make a table one of this feed.
_IDENTIFYING = {
    "incidents": ("jenis", "tingkat", "situasi"),
    "tps": ("hadir", "fase", "hadir_dpt", "kontak"),
    "personnel": ("checkin",),
    "activities": ("giat", "fungsi"),
    "roster": ("pangkat", "nrp", "nrp_tersamar"),
    "postings": ("penugasan",),
    "neutrality": ("pelanggaran", "langkah"),
}
_MAX_NAME_CHARS = 40
_FEWEST_NUMBERED = 2  # columns beside each other that make a row: a TPS and its count
# What a file mapped by hand keeps of the profile of its source.
_KEPT_OF_SOURCE = (
    "review", "id_prefix", "id_scheme", "unclear", "month_first", "utc_answers",
)  # fmt: skip
_MAX_UNKNOWN_WORDS = 12  # of all columns; more are no words but sentences
_DATE_WORDS = re.compile(r"\d+|\b(?:jan|feb|mar|apr|mei|jun|jul|agu|sep|okt|nov|des)[a-z]*\b")


@dataclass(frozen=True)
class HandMapping:
    """What a person says of a file.

    name: under which it is kept. columns: our heading by theirs; "" for a column that is not used.
    zone: in which its times are written; None: as they say, else the election's. kinds: values for
    all rows that belong to this kind of file, by our heading. facts: values for all rows of this
    file alone (FILE_FACTS). words: our code by the file's word, by our heading.
    """

    name: str
    feed: str
    columns: Mapping[str, str]
    zone: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def build_profile(
    mapping: HandMapping, *, title: str = "", source: SourceProfile | None = None
) -> SourceProfile:
    """Return the profile that recognises the next such file. Raises ValueError (pydantic).

    Its signature: every used heading, and half of the others; a column without a heading is none
    of them. What is not used is left out of the
    next file too. source: of the tool that wrote the file, where its headings show one: what a
    person cannot see in the cells (in which zone it writes, what it has approved) stays as it is.
    """
    further = _list_further(mapping.columns)
    columns: dict[str, tuple[str, ...]] = {}
    for theirs, own in mapping.columns.items():
        if own and theirs not in further:
            columns[own] = (*columns.get(own, ()), theirs)
    used = [theirs for theirs, own in mapping.columns.items() if own and theirs not in further]
    unused = [theirs for theirs, own in mapping.columns.items() if not own]
    named = [theirs for theirs in used if not is_unnamed(theirs)] or used
    others = [theirs for theirs in unused if not is_unnamed(theirs) and theirs not in further]
    zones = {h: mapping.zone for h in ZONED_HEADINGS if mapping.zone and h in columns}
    if source is not None and not zones:
        zones = {
            _escape(theirs): zone for theirs in used if (zone := find_source_zone(source, theirs))
        }
    kept = {name: getattr(source, name) for name in _KEPT_OF_SOURCE} if source else {}
    return SourceProfile(
        name=mapping.name,
        title=title or mapping.name,
        feed=mapping.feed,
        signature=Signature(
            headings=tuple(map(_escape, named)),
            any_of=tuple(map(_escape, others)),
            at_least=max(1, len(others) // 2),
        ),
        columns=columns,
        metadata=tuple(_escape(h) for h in unused if not is_voter_list(h)),  # that bounds counts
        zones=zones,
        numbered_repeats=bool(further),
        constants=dict(mapping.kinds),
        words=_join_words(source.words if source else {}, mapping.words),
        **kept,
    )


def _list_further(columns: Mapping[str, str]) -> set[str]:
    """Return the columns of the second and later rows that stand side by side (`tps_2`, `hadir_2`).

    Empty where they are no such rows: at least two names have to be mapped, each under all of its
    numbers to the same heading of ours. The next file may have more or fewer of them.
    """
    groups = group_numbered(list(columns))
    headings_by_name: dict[str, list[str]] = {}
    for group in groups.values():
        for name, heading in group.items():
            headings_by_name.setdefault(name, []).append(heading)
    alike = [
        name
        for name, headings in headings_by_name.items()
        if len(headings) > 1 and len({columns[h] for h in headings}) == 1 and columns[headings[0]]
    ]
    if len(alike) < _FEWEST_NUMBERED:
        return set()
    return {heading for headings in headings_by_name.values() for heading in headings[1:]}


def _map_numbered(chosen: dict[str, str], guesses: Mapping[str, Sequence[Guess]]) -> None:
    """Map the columns of later numbers as those of the first, where their guesses say so too."""
    groups = list(group_numbered(list(guesses)).values())
    firsts = {name: chosen[h] for name, h in groups[0].items() if h in chosen} if groups else {}
    alike = {
        heading: firsts[name]
        for group in groups[1:]
        for name, heading in group.items()
        if heading not in chosen and name in firsts
        if any(guess.heading == firsts[name] for guess in guesses[heading])
    }
    if len(set(alike.values())) >= _FEWEST_NUMBERED:
        chosen |= alike


def _join_words(
    words: Mapping[str, Mapping[str, str]], more: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    headings = dict.fromkeys((*words, *more))
    return {heading: {**words.get(heading, {}), **more.get(heading, {})} for heading in headings}


def list_unknown_words(
    table: Table, columns: Mapping[str, str], feed: str, context: IngestContext
) -> dict[str, list[str]]:
    """Return the words of columns of fixed words that are none of ours, by our heading.

    columns: our heading by theirs. The most frequent first.
    """
    unknown: dict[str, list[str]] = {}
    for item in FEEDS[feed].columns:
        if item.kind is not ColumnKind.CATEGORY or item.heading in NOT_OFFERED:
            continue
        names = [theirs for theirs, own in columns.items() if own == item.heading]
        counts = Counter(
            format_cell(cell) for name in names for cell in table.cells[name] if not is_blank(cell)
        )
        words = [
            word
            for word, _ in counts.most_common()
            if context.vocabulary.find_code(feed, item.name, word) is None
        ]
        if words:
            unknown[item.heading] = words[:_MAX_UNKNOWN_WORDS]
    return unknown


def find_source_zone(source: SourceProfile, heading: str) -> str | None:
    """Return the zone in which a source writes the times under a heading of its own."""
    own, _ = source.sort_heading(heading, heading)
    return source.find_zone(heading) or source.zones.get(own or "")


def add_facts(profile: SourceProfile, facts: Mapping[str, str]) -> SourceProfile:
    """Return the profile for one file, with what was said of that file alone."""
    return profile.model_copy(update={"constants": {**profile.constants, **facts}})


def suggest_facts(
    titles: Sequence[str], sheet: str, file_name: str, context: IngestContext
) -> dict[str, str]:
    """Return what only the name of a file says of all its rows, by our heading (FILE_FACTS).

    What titles and the name of the sheet say is read by itself.
    """
    known, named = (read_context(*of, context) for of in ((titles, sheet, ""), ((), "", file_name)))
    pairs = {
        "tanggal": (known.day or known.day_question, named.day),
        "jam": (known.clock, named.clock),
        "kecamatan": (known.kecamatan, named.kecamatan),
    }
    return {own: fact for own, (said_above, fact) in pairs.items() if fact and not said_above}


def read_columns(profile: SourceProfile, headings: Sequence[str]) -> dict[str, str]:
    """Return our heading by theirs, as this profile maps them; "" for those that it leaves out."""
    columns = {heading: profile.find_heading(heading) or "" for heading in headings}
    groups = list(group_numbered(headings).values()) if profile.numbered_repeats else []
    for group in groups[1:]:
        for name, heading in group.items():
            columns[heading] = columns[groups[0][name]]
    return columns


def _escape(heading: str) -> str:
    """Return a heading as a pattern that means only itself."""
    return f"={heading.strip()}"


def suggest_name(file_name: str, used_names: Collection[str]) -> str:
    """Return a name for the mapping of a file: its own name without dates, and free."""
    stem = file_name.rpartition(".")[0] or file_name
    plain = unicodedata.normalize("NFKD", stem.lower()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z]+", _DATE_WORDS.sub(" ", plain))
    name = "-".join(words)[:_MAX_NAME_CHARS].strip("-") or "berkas"
    number, free = 2, name
    while free in used_names:
        free, number = f"{name}-{number}", number + 1
    return free


def list_offered_headings(feed: str, context: IngestContext) -> list[str]:
    """Return our headings to which a column may be mapped in this feed; the main ones first.

    A column of fixed words is offered once, under the heading that this feed gives it.
    """
    order = {column.heading: n for n, column in enumerate(FEEDS[feed].columns)}
    offered = (
        heading
        for heading in OWN_HEADINGS - NOT_OFFERED
        if context.vocabulary.find_column(feed, heading) is not None
        and to_offered_heading(feed, heading, context) == heading
    )
    wide = list_wide_headings(FASE) if feed == TPS.name else []
    return [*sorted(offered, key=lambda heading: (order.get(heading, 3), heading)), *wide]


def to_offered_heading(feed: str, heading: str, context: IngestContext) -> str:
    """Return under which heading of ours this feed is offered a column: `status` of TPS is fase."""
    name = context.vocabulary.find_column(feed, heading)
    for column in FEEDS[feed].columns:
        if column.name == name and column.kind is ColumnKind.CATEGORY:
            return column.heading
    return heading


def guess_feed(guesses: Mapping[str, Sequence[Guess]], context: IngestContext) -> str | None:
    """Return the feed to which the columns fit best; None where none of its own is there."""
    scores = {}
    for feed, identifying in _IDENTIFYING.items():
        narrowed = narrow_to_feed(guesses, feed, context)
        confidence = {
            own: next(guess.confidence for guess in narrowed[theirs] if guess.heading == own)
            for theirs, own in choose_columns(guesses, feed, context, unclear=True).items()
        }
        own_sum = sum(
            share
            for heading, share in confidence.items()
            if heading in identifying or is_wide_heading(heading)
        )
        if own_sum:
            scores[feed] = 2 * own_sum + sum(confidence.values())
    return max(scores, key=scores.__getitem__) if scores else None


def narrow_to_feed(
    guesses: Mapping[str, Sequence[Guess]], feed: str, context: IngestContext
) -> dict[str, list[Guess]]:
    """Return the guesses that may be in this feed, under the headings that it is offered."""
    offered = set(list_offered_headings(feed, context))
    return {
        theirs: [
            replace(guess, heading=own)
            for guess in options
            if not guess.feeds or feed in guess.feeds
            if (own := _take_for_feed(theirs, guess, feed, context)) in offered
        ]
        for theirs, options in guesses.items()
    }


def _take_for_feed(theirs: str, guess: Guess, feed: str, context: IngestContext) -> str:
    """Return what this feed is offered for a guess: `LOKASI` is the venue of a giat."""
    own = context.vocabulary.find_own_heading(theirs, feed)
    is_whole = context.vocabulary.find_own_heading(theirs) == guess.heading
    return to_offered_heading(feed, own if own and is_whole else guess.heading, context)


def choose_columns(
    guesses: Mapping[str, Sequence[Guess]],
    feed: str,
    context: IngestContext,
    *,
    unclear: bool = False,
) -> dict[str, str]:
    """Return our heading by theirs: the likeliest, each of ours once, only those of this feed.

    Once for each number where columns are counted (`tps_1`, `hadir_1`, `tps_2`, `hadir_2`).

    unclear: also one of several columns that may be the same; otherwise a person has to choose it.
    """
    ranked = sorted(
        (
            (guess.confidence, -position, theirs, guess.heading)
            for position, (theirs, options) in enumerate(
                narrow_to_feed(guesses, feed, context).items()
            )
            for guess in options
            if unclear or not guess.is_unclear
        ),
        reverse=True,
    )
    chosen: dict[str, str] = {}
    for _, _, theirs, own in ranked:
        if theirs not in chosen and own not in chosen.values():
            chosen[theirs] = own
    _map_numbered(chosen, narrow_to_feed(guesses, feed, context))
    return chosen
