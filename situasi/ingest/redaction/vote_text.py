"""Votes told in a message are blotted out before anything is read of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from situasi.ingest.vocabulary.vote_headings import VOTES_REMOVED

_DIGITS = "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas puluh belas"
_SPELLED = "|".join(f"{_DIGITS} seratus ratus seribu ribu nol".split())
_NUMBER = re.compile(
    rf"(?<![\w.,])[0-9]{{1,9}}(?:[.,][0-9]{{1,3}})*(?![0-9])%?|\b(?:(?:{_SPELLED})\b ?){{1,8}}",
    re.IGNORECASE,
)
_UNIT = re.compile(r" {0,2}\(?[a-z]{1,12}(?: sah| tidak sah)?", re.IGNORECASE)
_MARK = re.compile(r"[,;:=|()\n]")
# `01: 120`, `no. 2 = 80` alone on a line, or one after another.
_BARE_PAIR = re.compile(
    r"(?:^|[,;/|]|\. |\bdan\b)[ (]*(?:no(?:mor)?\.? ?(?:urut)? ?)?0?[1-4] ?(?:[:=]|-(?= ))"
    r" ?[0-9]{1,6}(?: ?suara)?(?![0-9.:])",
    re.IGNORECASE | re.MULTILINE,
)
_CLOCKLIKE = re.compile(r"[0-9]{2}:[0-5][0-9]\Z")
_SAH = re.compile(r"\b(?:tidak |tdk )?sah\b\W*\Z|\b(?:golput|abstain)\b", re.IGNORECASE)
# A number behind one of these is no vote, whatever else the message tells.
_NO_VOTE_CONTEXT = re.compile(
    r"(?:\b(?:tps|no(?:mor)? tps|pukul|pkl|pk|jam|jm|s\W?d|tanggal|tgl|senin|selasa|rabu|kamis"
    r"|jumat|sabtu|minggu)\b[\W_]{0,4}"
    r"|\b(?:hadir|kehadiran|hak pilih|dpt|dptb|dpk|laki(?:[ -]laki)?|perempuan)\b[^,;\n0-9]{0,12}"
    r"|\btps\W{0,3}[0-9]{1,3}(?:(?:\W{1,3}|\W?dan\W?|\W?s\W?d\W{0,2})[0-9]{1,3}){0,30}"
    r"(?:[,&-]\W?|\W?dan\W?|\W?s\W?d\W{0,2}))\Z",
    re.IGNORECASE,
)
_TIME_BEHIND = re.compile(r" ?(?:wib|wita|wit)\b|[/.-][0-9]{1,2}[/.-][0-9]{2}", re.IGNORECASE)
_TURNOUT_WORDS = re.compile(
    r"\b(?:hadir|kehadiran|pemilih|hak pilih|perkembangan)\b", re.IGNORECASE
)
_TPS = re.compile(r"\btps\b[\W_]{0,3}[0-9]{1,3}", re.IGNORECASE)
_RESULTS = re.compile(r"\W{0,3}(?:hasil|perolehan|rekap|real|quick|suara)\b", re.IGNORECASE)
_PAIR_LINE = re.compile(r"[0-9]{1,2} ?[:=-] ?[0-9]{1,6}(?: ?(?:orang|org))?\W?")
_NO_COUNT = re.compile(
    r"\btps\b\W{0,3}[0-9]{1,3}|[0-9]{1,2}[.:][0-9]{2}|\b(?:jam|pukul|pkl) [0-9]{1,2}", re.IGNORECASE
)
_VOTES_UNIT = re.compile(r"suara|sah", re.IGNORECASE)
_AND = re.compile(r" *(?:[,&/]|dan|atau|vs|lawan) *", re.IGNORECASE)
_TPS_BEFORE = re.compile(r"\btps[ .:#_-]{0,3}\Z", re.IGNORECASE)
_LINE_LIMIT = 160

VotePredicate = Callable[[str], bool]


class _NumberMention(NamedTuple):
    """A number of the text with the words before it (from `start`) and behind it (to `end`)."""

    start: int
    end: int
    at: int
    label: str
    following: str


def redact_votes(text: str, holds_votes: VotePredicate) -> tuple[str, bool]:
    """The text without votes, and whether it held any. holds_votes: judges a few words.

    In a message that tells votes every number goes that is not plainly something else.
    """
    numbers = list(_find_numbers(text))
    told = {
        number.at
        for number, after in zip_longest(numbers, numbers[1:])
        if number and _is_vote(text, number, after, holds_votes)
    }
    bare = any(
        not _CLOCKLIKE.search(pair[0]) and not _is_in_turnout_list(text, pair.start())
        for pair in _BARE_PAIR.finditer(text)
    )
    headed = any(_announces_votes(line, holds_votes) for line in text.split("\n"))
    if not (told or headed or bare):
        return text, False
    spans = [
        (number.start, number.end)
        for number in numbers
        if not _is_no_vote(text, number)
        or (number.at in told and not _TPS_BEFORE.search(number.label))
    ]
    return _redact_spans(text, spans), bool(spans)


def _find_numbers(text: str) -> Iterator[_NumberMention]:
    """Each number with its label: what stands before it, up to the number or mark before that."""
    last = 0
    for found in _NUMBER.finditer(text):
        before = text[max(last, found.start() - 60) : found.start()]
        core = before.rstrip(" :=-\u2013(")
        label = _MARK.split(core)[-1]
        unit = _UNIT.match(text, found.end())
        behind = unit[0] if unit else ""
        end = found.end() + (len(behind) if _VOTES_UNIT.search(behind) else 0)
        start = found.start() - (len(before) - len(core)) - len(label)
        yield _NumberMention(start, end, found.start(), label, behind)
        last = found.end()


def _is_vote(
    text: str,
    number: _NumberMention,
    next_number: _NumberMention | None,
    holds_votes: VotePredicate,
) -> bool:
    label = number.label.strip()
    if _SAH.search(label) or (label and holds_votes(label)):
        return True
    if number.following and holds_votes(f"1 {number.following}"):
        return True
    # A pair by its number is told of often; votes are told where a count follows.
    if next_number is None or not label or not holds_votes(f"{label} 1"):
        return False
    between = text[number.end : next_number.at]
    counted = len(between) <= 40 and "\n" not in between.strip(" ") and not _AND.fullmatch(between)
    return (
        counted and not _is_no_vote(text, next_number) and not holds_votes(f"{next_number.label} 1")
    )


def _announces_votes(line: str, holds_votes: VotePredicate) -> bool:
    """Whether a line such as `Perolehan suara TPS 3:` says that votes follow."""
    line = line.strip()
    if len(line) > _LINE_LIMIT or not (line.endswith(":") or _RESULTS.match(line)):
        return False
    words = re.sub("[0-9]+", " ", _TPS.sub(" ", line.rstrip(":")))
    return any(part.strip() and holds_votes(part) for part in _MARK.split(words))


def _is_in_turnout_list(text: str, start: int) -> bool:
    """Whether a pair stands in a list under a line that says that heads follow, and counts none."""
    above = text[max(0, start - 2000) : start].rstrip().split("\n")
    while above and _PAIR_LINE.fullmatch(above[-1].strip()):
        above.pop()
    head = _NO_COUNT.sub(" ", above[-1]) if above else ""
    return bool(_TURNOUT_WORDS.search(head)) and not any(c.isdigit() for c in head)


def _is_no_vote(text: str, number: _NumberMention) -> bool:
    before = text[max(0, number.at - 120) : number.at].rsplit("\n", 1)[-1]
    return bool(_NO_VOTE_CONTEXT.search(before)) or bool(_TIME_BEHIND.match(text, number.end))


def _redact_spans(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with these spans blotted, neighbours as one."""
    pieces: list[str] = []
    last = 0
    for start, end in spans:
        between = text[last:start]
        if not (pieces and not between.strip(" ,;:=()/|-")):
            pieces += [between, VOTES_REMOVED]
        last = end
    return "".join([*pieces, text[last:]])
