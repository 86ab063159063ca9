"""A mapping made by hand: what a person says of a file, and the source profile that it becomes."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from situasi.ingest.sources.profile import Signature, SourceProfile

# Facts about one file, which the next one of its kind need not share: never kept.
FILE_FACTS = ("tanggal", "jam", "kecamatan", "desa")
ZONED_HEADINGS = ("waktu", "tanggal", "waktu_lapor")
_MAX_NAME_CHARS = 40
_DATE_WORDS = re.compile(r"\d+|\b(?:jan|feb|mar|apr|mei|jun|jul|agu|sep|okt|nov|des)[a-z]*\b")


@dataclass(frozen=True)
class HandMapping:
    """What a person says of a file.

    name: under which it is kept. columns: our heading by theirs; "" for a column that is not used.
    zone: in which its times are written; None: as they say, else the election's. kinds: values for
    all rows that belong to this kind of file, by our heading. facts: values for all rows of this
    file alone (FILE_FACTS).
    """

    name: str
    feed: str
    columns: Mapping[str, str]
    zone: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


def build_profile(mapping: HandMapping, *, title: str = "") -> SourceProfile:
    """Return the profile that recognises the next such file. Raises ValueError (pydantic).

    Its signature: every used heading, and half of the others. What is not used is left out of the
    next file too.
    """
    columns: dict[str, tuple[str, ...]] = {}
    for theirs, own in mapping.columns.items():
        if own:
            columns[own] = (*columns.get(own, ()), theirs)
    used = [theirs for theirs, own in mapping.columns.items() if own]
    unused = [theirs for theirs, own in mapping.columns.items() if not own]
    zones = {h: mapping.zone for h in ZONED_HEADINGS if mapping.zone and h in columns}
    return SourceProfile(
        name=mapping.name,
        title=title or mapping.name,
        feed=mapping.feed,
        signature=Signature(
            headings=tuple(map(_escape, used)),
            any_of=tuple(map(_escape, unused)),
            at_least=max(1, len(unused) // 2),
        ),
        columns=columns,
        metadata=tuple(map(_escape, unused)),
        zones=zones,
        constants=dict(mapping.kinds),
    )


def add_facts(profile: SourceProfile, facts: Mapping[str, str]) -> SourceProfile:
    """Return the profile for one file, with what was said of that file alone."""
    return profile.model_copy(update={"constants": {**profile.constants, **facts}})


def read_columns(profile: SourceProfile, headings: Sequence[str]) -> dict[str, str]:
    """Return our heading by theirs, as this profile maps them; "" for those that it leaves out."""
    return {heading: profile.find_heading(heading) or "" for heading in headings}


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
