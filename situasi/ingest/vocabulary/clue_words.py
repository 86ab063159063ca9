"""Words that tell what a text is or is not, in groups, as people may extend them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from situasi.ingest.vocabulary.csv_lists import normalize_key

GROUPS = (
    "message_text",
    "message_sender",
    "not_there",
    "police_report",
    "citizen",
    "case_stage",
    "case_closed",
    "summary_sheet",
    "trouble",
    "tell_more",
    "condition",
    "men",
    "women",
    "present",
    "absent",
    "tick",
    "presence_question",
    "ditto",
    "record_id",
    "not_yet",
    "ready",
    "test_entry",
    "area_post",
    "open_state",
    "attendance",
    "arrival_hour",
    "listed_arrival",
    "signature",
    "increment",
    "review",
    "review_rejects",
    "approved",
    "rejected",
    "on_hold",
    "unchecked",
    "vulnerability",
)


_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_CHARS = 120


@dataclass(frozen=True)
class ClueWords:
    """The words of each group, as written in the list.

    message_text, message_sender: headings of a table of messages. not_there: with one of these a
    phase is not reached. police_report: headings that only a register of police reports has.
    citizen: headings of the people in one. case_stage: of how far its cases are.
    case_closed: in a question of yes or no, whether an incident is over.
    trouble: in a question about incidents. tell_more: in one that follows a yes (`Bila ada,
    sebutkan`). condition: how one begins that only some answer. summary_sheet: in the name of a
    sheet that sums up others or explains them. men, women: what stands beside a count of only
    these. present, absent, tick: cells of a list of officers. presence_question: the heading of
    such cells. ditto: `as above`. record_id: the heading of what several rows are about. not_yet:
    cells that say that something has not happened yet. ready: those that say that a TPS is ready to
    open, which is no phase of ours. increment: in titles of counts that are not those until an
    hour. test_entry: in a report that somebody sent to try the form.
    area_post: a function that answers for a whole kecamatan. open_state: a cell that says how a TPS
    is, not what happened. attendance: the heading of a column of who is there, which needs no title
    above it. arrival_hour: that of the hour at which an officer came; listed_arrival: in a list of
    attendance only. signature: that of the column in which they sign.
    review: the heading of a column that says what a check of the row came to (`status verifikasi`);
    approved, rejected, on_hold, unchecked: its words. review_rejects: the heading of one that
    marks rows as not to be used (`deleted`). vulnerability: how risky a TPS was judged beforehand.
    `*` at an end of a word: letters may go on there.
    """

    words: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_heading(self, group: str, heading: str) -> bool:
        """Return whether a heading is a word of this group, however it is spelled."""
        return normalize_key(heading) in self._keys.get(group, ())

    def is_cell(self, group: str, cell: object) -> bool:
        """Return whether a cell is a word of this group and nothing else."""
        if not isinstance(cell, str):
            return False
        return self.is_heading(group, cell) or cell.strip() in self.words.get(group, ())

    def is_no_phase(self, cell: object) -> bool:
        """Return whether a cell says that a TPS is ready, or that something has not happened."""
        return self.is_cell("not_yet", cell) or self.is_cell("ready", cell)

    def stands_in(self, group: str, text: str) -> bool:
        """Return whether a word of this group stands anywhere in a text."""
        pattern = self._patterns.get(group)
        return pattern is not None and pattern.search(text) is not None

    def may_stand_in(self, group: str, texts: Iterable[str]) -> bool:
        """Return whether one of many texts may hold a word of this group; quick where none does."""
        joined = "\n".join(texts).lower()
        return any(word.strip("*").lower() in joined for word in self.words.get(group, ()))

    def split_sex(self, heading: str) -> tuple[str, str] | None:
        """Return the group of one sex that a heading names, and the rest of it; else None."""
        return self._split_cached(heading)

    @cached_property
    def _split_cached(self) -> Callable[[str], tuple[str, str] | None]:
        return lru_cache(maxsize=16_384)(self._split_sex)

    def _split_sex(self, heading: str) -> tuple[str, str] | None:
        words = _WORD.findall(_CAMEL.sub(" ", heading[:_MAX_CHARS]).lower())
        found, rest, index = set[str](), list[str](), 0
        while index < len(words):
            for size in (2, 1):
                phrase = " ".join(words[index : index + size])
                group = next((g for g in ("men", "women") if phrase in self.words.get(g, ())), None)
                if group:
                    break
            if group:
                found.add(group)
            else:
                rest.append(words[index])
            index += size if group else 1
        return (found.pop(), " ".join(rest)) if len(found) == 1 and rest else None

    @cached_property
    def _keys(self) -> dict[str, frozenset[str]]:
        return {
            group: frozenset(map(normalize_key, words)) - {""}
            for group, words in self.words.items()
        }

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {
            group: re.compile("|".join(map(_to_pattern, sorted(words))), re.IGNORECASE)
            for group, words in self.words.items()
        }


def _to_pattern(word: str) -> str:
    """Return the pattern of a word; `*` at an end stands for letters that may go on there."""
    start, end = ("" if word.startswith("*") else r"\b"), ("" if word.endswith("*") else r"\b")
    return f"{start}{re.escape(word.strip('*'))}{end}"


def build_clue_words(rows: Iterable[tuple[str, str]]) -> ClueWords:
    """Build the groups of (group, word)."""
    groups: dict[str, set[str]] = {}
    for group, word in rows:
        groups.setdefault(group, set()).add(word)
    return ClueWords({group: frozenset(words) for group, words in groups.items()})
