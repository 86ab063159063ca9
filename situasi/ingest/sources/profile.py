"""A source profile: how the files of one tool are recognised and read. Kept as TOML."""

import re
import tomllib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import tomli_w
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from situasi.domain import feed_schemas
from situasi.ingest.sources.heading_groups import OTHER_SUBJECTS
from situasi.ingest.vocabulary.csv_lists import normalize_key
from situasi.ingest.vocabulary.vocabulary import OWN_HEADINGS
from situasi.ingest.vocabulary.wide_headings import is_wide_heading

NAME_PATTERN = r"[a-z0-9][a-z0-9_-]{0,59}"
# How a review state of the source is treated here: pending, nobody looked; held, somebody doubts.
ReviewState = Literal["approved", "pending", "held", "rejected"]


def list_codes(heading: str) -> set[str]:
    """Return the codes that a column with this heading of ours may hold; empty for free text."""
    return {
        code
        for feed in feed_schemas.FEEDS.values()
        for column in feed.columns
        if column.heading == heading
        for code in column.allowed_codes
    }


class ProfileError(ValueError):
    """A profile is faulty; the message names the profile, the key and the value, in Indonesian."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Signature(_Part):
    """What a file must show to be of this source.

    headings: all of them; any_of: at least `at_least` of them; certain: of these one is enough
    instead, since no other source writes it. A heading may be a pattern
    (`_attachments*`). sheets: one of them, as a pattern of the sheet's name, where given.
    file_names: likewise for the name of the file.
    """

    headings: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    at_least: int = Field(1, ge=1)
    certain: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check_not_empty(self) -> "Signature":
        if not self.headings and not self.any_of:
            raise ValueError("tanpa judul pengenal: sebut headings atau any_of")
        return self


class Review(_Part):
    """The review states of a source. headings: where they stand; states: by the source's word."""

    headings: tuple[str, ...]
    states: dict[str, ReviewState]


class Join(_Part):
    """How rows of a child sheet name their parent: headings in the child and in the parent."""

    child: str
    parent: str


class Fallback(_Part):
    """A heading that is read as one of ours only in a table without any column of `without`."""

    heading: str
    means: str
    without: tuple[str, ...]


class SourceProfile(_Part):
    """How one source is read.

    columns: the source's headings (or patterns) by our heading; the first filled one counts. Beside
    our headings, those of wide tables: `hadir jam 09.00`, `jam ditutup`.
    metadata: headings that are left out, as patterns. form_times: headings that say when a form
    was filled in, taken for the time of the event where the form did not ask it. unzoned_times:
    headings of times in a zone that the file does not name: a form that asked no other waits.
    zones: by our heading or the source's, the zone of its times where it is not the election's.
    words: our code by the source's word, by our heading. unclear: words that two versions of the
    source use for different things, by our heading: not taken. id_prefix: put before the ids of a
    source that only counts its reports. id_scheme: taken from the front of ids, where the source
    writes the same id with and without it (`uuid:`). groups: marks behind a group in a heading,
    besides `/` and `:`. numbered_repeats: whether `hadir_1`, `hadir_2` are rows of a repeat group;
    of one made by hand, `columns` holds the first.
    constants: a value for every row, by our heading. month_first: whether 11/27/2024 is how it
    writes dates; None: as the cells of the file tell. utc_answers: whether it stores answers
    without a zone in UTC, in some of its versions or always; an hour alone it never does.
    """

    name: str = Field(pattern=f"^{NAME_PATTERN}$")
    title: str
    documentation: str = ""
    feed: str | None = None
    signature: Signature
    columns: dict[str, tuple[str, ...]] = {}
    fallbacks: tuple[Fallback, ...] = ()
    metadata: tuple[str, ...] = ()
    form_times: tuple[str, ...] = ()
    unzoned_times: tuple[str, ...] = ()
    zones: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    id_prefix: str = ""
    id_scheme: str = ""
    groups: str = ""
    review: Review | None = None
    join: Join | None = None
    numbered_repeats: bool = False
    constants: dict[str, str] = {}
    month_first: bool | None = None
    utc_answers: Literal["never", "sometimes", "always"] = "never"

    @field_validator("feed")
    @classmethod
    def _check_feed(cls, feed: str | None) -> str | None:
        if feed is not None and feed not in feed_schemas.FEEDS:
            raise ValueError(f"jenis laporan tidak dikenal; pilih {', '.join(feed_schemas.FEEDS)}")
        return feed

    @field_validator("columns", "words", "unclear", "constants")
    @classmethod
    def _check_headings(
        cls, by_heading: dict[str, object], info: ValidationInfo
    ) -> dict[str, object]:
        unknown = sorted(set(by_heading) - OWN_HEADINGS)
        if info.field_name == "columns":
            unknown = [heading for heading in unknown if not is_wide_heading(heading)]
        if unknown:
            raise ValueError(f"judul {', '.join(unknown)} bukan judul papan ini")
        return by_heading

    @field_validator("zones")
    @classmethod
    def _check_zones(cls, zones: dict[str, str]) -> dict[str, str]:
        for name in zones.values():
            try:
                ZoneInfo(name)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError(f"zona waktu {name} tidak dikenal") from error
        return zones

    @field_validator("words")
    @classmethod
    def _check_words(cls, words: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for heading, codes in words.items():
            wrong = sorted(set(codes.values()) - list_codes(heading))
            if wrong:
                raise ValueError(f"kolom {heading} tidak punya kode {', '.join(wrong)}")
        return words

    @cached_property
    def heading_by_key(self) -> dict[str, str]:
        """Our heading by the key of a heading of this source."""
        return {
            normalize_key(h): name
            for name, group in self.columns.items()
            for h in group
            if not is_pattern(h)
        }

    @cached_property
    def heading_patterns(self) -> tuple[tuple[str, str], ...]:
        """Patterns of headings of this source, each with our heading."""
        return tuple((h, n) for n, group in self.columns.items() for h in group if is_pattern(h))

    @cached_property
    def code_by_word(self) -> dict[str, dict[str, str]]:
        """Our code by the key of the source's word, by our heading."""
        return {
            heading: {normalize_key(word): code for word, code in codes.items()}
            for heading, codes in self.words.items()
        }

    def find_heading(self, *spellings: str) -> str | None:
        """Return our heading for one of the source, given in one or several spellings."""
        keys = filter(None, map(normalize_key, spellings))
        if own := next((own for key in keys if (own := self.heading_by_key.get(key))), None):
            return own
        if any(map(OTHER_SUBJECTS.search, spellings)):  # `_rumah_pelapor_latitude`
            return None
        matches = (own for h, own in self.heading_patterns if _matches_one(spellings, h))
        return next(matches, None)

    def find_zone(self, heading: str) -> str | None:
        """Return the zone in which the times under a heading of the source are written."""
        theirs = ((h, zone) for h, zone in self.zones.items() if h not in OWN_HEADINGS)
        return next((zone for h, zone in theirs if matches_heading(heading, h)), None)

    def sort_heading(self, heading: str, plain: str) -> tuple[str | None, bool]:
        """Return our heading for one of the source, and whether it is left out as metadata.

        plain: the heading without its group; what the whole heading says goes first.
        """
        if name := self.find_heading(heading):
            return name, False
        if self.is_metadata(heading):
            return None, True
        if name := self.find_heading(plain):
            return name, False
        # `kejadian/_status` is an answer: what a tool notes itself stands in no group.
        return None, not plain.startswith("_") and self.is_metadata(plain)

    def is_named_by_end(self, heading: str) -> bool:
        """Return whether only its end makes a heading metadata (`*_count`)."""
        patterns = [m for m in self.metadata if matches_heading(heading, m)]
        return bool(patterns) and all(pattern.startswith("*") for pattern in patterns)

    def is_metadata(self, heading: str) -> bool:
        """Return whether a heading is left out."""
        patterns = (*self.metadata, *self.unzoned_times)
        return any(matches_heading(heading, pattern) for pattern in patterns)

    def is_of_record(self, heading: str) -> bool:
        """Return whether a heading is left out, or says when the form was filled in."""
        return self.is_metadata(heading) or any(
            matches_heading(heading, time) for time in self.form_times
        )


def is_pattern(heading: str) -> bool:
    """Return whether a heading in a profile is a pattern: with `*`, or exact (`=Status`)."""
    return "*" in heading or heading.startswith("=")


def _matches_one(spellings: Sequence[str], pattern: str) -> bool:
    return any(matches_heading(spelling, pattern) for spelling in spellings)


def matches_heading(heading: str, pattern: str) -> bool:
    """Return whether a heading is the one meant.

    `*` in the pattern stands for anything; after `=` follows the heading letter by letter. One
    that begins with `_`, as tools name what they note themselves, is no answer without it.
    """
    if pattern.startswith("="):
        return heading.strip() == pattern[1:]
    if "*" in pattern:
        return _compile_pattern(pattern).fullmatch(heading.strip()) is not None
    key = normalize_key(pattern)
    if pattern.startswith("_") and not heading.strip().startswith("_"):
        return False
    return normalize_key(heading) == key if key else heading.strip() == pattern


class HeadingSet:
    """The headings of one table, in which many profiles are looked for."""

    def __init__(self, headings: Sequence[str]) -> None:
        self._texts = frozenset(heading.strip() for heading in headings)
        self._keys = frozenset(map(normalize_key, headings))

    def has(self, pattern: str) -> bool:
        """Return whether one of the headings is the one meant (see `matches_heading`)."""
        if "*" in pattern or pattern.startswith("="):
            return any(matches_heading(text, pattern) for text in self._texts)
        key = normalize_key(pattern)
        return key in self._keys if key else pattern in self._texts


@lru_cache(maxsize=2048)
def _compile_pattern(pattern: str) -> re.Pattern[str]:
    parts = map(re.escape, pattern.split("*"))
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)


def parse_profile(text: str, file_name: str) -> SourceProfile:
    """Read a profile from TOML. Raises ProfileError, naming the file, the key and the value."""
    try:
        return SourceProfile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{file_name} bukan TOML yang benar: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "profil"
        value = "" if first["type"] == "missing" else f" = {str(first.get('input'))[:60]!r}"
        raise ProfileError(f"{file_name}: {key}{value}: {_explain(first)}") from error


def format_profile(profile: SourceProfile) -> str:
    """Return a profile as TOML, without what is empty."""
    content = profile.model_dump(mode="json", exclude_defaults=True)
    return tomli_w.dumps(content, multiline_strings=False)


_EXPLANATIONS = {
    "extra_forbidden": "kunci ini tidak dikenal",
    "missing": "kunci ini wajib",
    "string_pattern_mismatch": "hanya huruf kecil, angka, - dan _, paling banyak 60",
}


def _explain(error: ErrorDetails) -> str:
    kind, message = error["type"], error["msg"]
    return _EXPLANATIONS.get(kind, message.removeprefix("Value error, "))
