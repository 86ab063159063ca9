"""Finds the numbers of a message that may count people, each with the words around it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from situasi.ingest.messages.counts import count_words as words
from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.parsing.number_words import parse_number_words

_LIKE_DIGITS = str.maketrans("OolI", "0011")
_JOINED = re.compile(r"[0-9](?::|[ ](?=[0-9]{3}(?![0-9])))")
_MAX_FOLLOWING = 60  # characters


class NumberMention(NamedTuple):
    """A number with its label before it, and what follows."""

    match: re.Match[str]
    label: str
    following: str

    @property
    def count_text(self) -> str:
        """Return the count: of a pair, how many voters are present."""
        if self.match["spelled"]:
            return str(parse_number_words(self.match["spelled"]))
        return self.match["came"] or self.match[0]

    @property
    def is_pair(self) -> bool:
        """Return whether voters present stand beside those on the list: `118/465`."""
        return self.match["came"] is not None

    @property
    def is_count_of_list(self) -> bool:
        """Return whether the numbers of a pair can be voters present and those on the list."""
        present, on_list = int(self.match["came"]), int(self.match["list"])
        return present <= on_list and on_list >= words.SHORTEST_LIST

    @property
    def stripped_label(self) -> str:
        """Return the label without the marks around it."""
        return self.label.strip(" :=-\u2013(.>#*|")


def find_numbers(entities: MessageEntities) -> Iterator[NumberMention]:
    """Yield the numbers that are no part of a TPS, a clock time, a date, a place or a point."""
    text, previous_end = entities.passage.text, 0
    for match in _find_matches(entities):
        label = _find_label(entities, previous_end, match.start())
        line_end = entities.passage.line_at(match.start()).end
        yield NumberMention(match, label, text[match.end() : line_end][:_MAX_FOLLOWING])
        previous_end = match.end()


def _find_matches(entities: MessageEntities) -> Iterator[re.Match[str]]:
    areas = [area.span for area in (*entities.desa, *entities.kecamatan)]
    anchors = entities.anchor_spans
    others = [day.span for day in entities.timing.days] + [p.span for p in entities.points]
    others += [row.span for row in entities.table_rows]
    others += [count.digits for count in entities.listed_counts]
    other_spans = sorted([*anchors, *others, *areas])
    anchor_ends = {span.end for span in anchors}
    text, index = entities.passage.text, 0
    for match in words.NUMBER.finditer(text):
        start = match.start()
        if match["digits"] and int(match["digits"]) != parse_number_words(match["spelled"]):
            continue  # `dua ratus (211)`: shown as not read
        while index < len(other_spans) and other_spans[index].end <= start:
            index += 1
        if index < len(other_spans) and other_spans[index].start <= start:
            continue
        # `07.00:20` and `TPS 1:118` join a count to what it belongs to; `3:20` joins nothing, and
        # `1 050` is one number.
        is_joined = bool(_JOINED.match(text, max(0, start - 2)))
        if not is_joined or start - 1 in anchor_ends:
            yield match


def _find_label(entities: MessageEntities, last: int, start: int) -> str:
    """Return the text before a number, back to the previous number, TPS, time or mark."""
    ends = [span.end for span in entities.anchor_spans if last < span.end <= start]
    text = entities.passage.text[
        max(last, entities.passage.line_at(start).start, *ends, start - 80) : start
    ]
    label = words.MARKS.split(text)[-1]
    # `1 dpk hadir 45`: the part is of the number before it.
    return words.LEADING_PART.sub("", label) if last == start - len(label) else label


def parse_count(text: str) -> int:
    """Return the number that a text writes, also with a letter for a digit (`l20`)."""
    return int(re.sub("[.,]", "", text).translate(_LIKE_DIGITS))
