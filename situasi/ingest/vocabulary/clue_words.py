"""Words that tell what a text is or is not, in groups, as people may extend them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from situasi.ingest.vocabulary.csv_lists import normalize_key

GROUPS = ("message_text", "message_sender", "not_there", "police_report", "citizen")


@dataclass(frozen=True)
class ClueWords:
    """The words of each group, as written in the list.

    message_text, message_sender: headings of a table of messages. not_there: with one of these a
    phase is not reached. police_report: headings that only a register of police reports has.
    citizen: headings of the people in one.
    """

    words: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_heading(self, group: str, heading: str) -> bool:
        """Return whether a heading is a word of this group, however it is spelled."""
        return normalize_key(heading) in self._keys.get(group, ())

    def stands_in(self, group: str, text: str) -> bool:
        """Return whether a word of this group stands anywhere in a text."""
        pattern = self._patterns.get(group)
        return pattern is not None and pattern.search(text) is not None

    @cached_property
    def _keys(self) -> dict[str, frozenset[str]]:
        return {group: frozenset(map(normalize_key, words)) for group, words in self.words.items()}

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {
            group: re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b", re.IGNORECASE)
            for group, words in self.words.items()
        }


def build_clue_words(rows: Iterable[tuple[str, str]]) -> ClueWords:
    """Build the groups of (group, word)."""
    groups: dict[str, set[str]] = {}
    for group, word in rows:
        groups.setdefault(group, set()).add(word)
    return ClueWords({group: frozenset(words) for group, words in groups.items()})
