"""Removes votes from a message before anything else is read from it."""

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
# `01: 120`, `no. 2 = 80` alone on a line, or several in a row.
_BARE_PAIR = re.compile(
    r"(?:^|[,;/|]|\. |\bdan\b)[ (]*(?:no(?:mor)?\.? ?(?:urut)? ?)?0?[1-4] ?(?:[:=]|-(?= ))"
    r" ?[0-9]{1,6}(?: ?suara)?(?![0-9.:])",
    re.IGNORECASE | re.MULTILINE,
)
_CLOCKLIKE = re.compile(r"[0-9]{2}:[0-5][0-9]\Z")
_SAH = re.compile(r"\b(?:tidak |tdk )?sah\b\W*\Z|\b(?:golput|abstain)\b", re.IGNORECASE)
# A number after one of these is not a vote, whatever else the message contains.
_NO_VOTE_CONTEXT = re.compile(
    r"(?:\b(?:tps|no(?:mor)? tps|pukul|pkl|pk|jam|jm|s\W?d|tanggal|tgl|senin|selasa|rabu|kamis"
    r"|jumat|sabtu|minggu)\b[\W_]{0,4}"
    r"|\b(?:hadir|kehadiran|hak pilih|dpt|dptb|dpk|laki(?:[ -]laki)?|perempuan)\b[^,;\n0-9]{0,12}"
    r"|\btps\W{0,3}[0-9]{1,3}(?:(?:\W{1,3}|\W?dan\W?|\W?s\W?d\W{0,2})[0-9]{1,3}){0,30}"
    r"(?:[,&-]\W?|\W?dan\W?|\W?s\W?d\W{0,2}))\Z",
    re.IGNORECASE,
)
_MONTH = "jan|feb|mar|apr|mei|jun|jul|agu|agt|ags|sep|okt|nov|des"
_TIME_BEHIND = re.compile(
    rf" ?(?:wib|wita|wit)\b|[/.-][0-9]{{1,2}}[/.-][0-9]{{2}}| (?:{_MONTH})[a-z]{{0,6}}\b",
    re.IGNORECASE,
)
_YEAR = re.compile(rf"\b[0-9]{{1,2}} (?:{_MONTH})[a-z]{{0,6}} \Z", re.IGNORECASE)
# Before a number of voters, where a line above speaks of voters and none between of votes.
_COUNT_LABEL = re.compile(
    r"(?:\btps\W{0,3}[0-9]{1,3}\W{0,4}"
    r"|\b(?:jml|jumlah|total|gabungan|dpt)(?: sementara)?\W{0,4})\Z",
    re.IGNORECASE,
)
# Of the vote as such, or of things: no votes are told.
_NO_VOTES_TOLD = re.compile(r"\b(?:pemungutan|surat|kotak|hak|bilik) suara\b", re.IGNORECASE)
_TURNOUT_WORDS = re.compile(
    r"\b(?:hadir|kehadiran|pemilih|hak pilih|perkembangan)\b", re.IGNORECASE
)
_TPS = re.compile(r"\btps\b[\W_]{0,3}[0-9]{1,3}", re.IGNORECASE)
_RESULTS = re.compile(r"\W{0,3}(?:hasil|perolehan|rekap|real|quick|suara)\b", re.IGNORECASE)
# `hasil TPS 1: 01 = 130, kosong 71`, `hasil sementara 01 unggul 75%`.
_RESULT_LINE = re.compile(
    r"^\W{0,3}(?:hasil|perolehan)\b[^\n]{0,120}?"
    r"(?:(?<!tps)(?<!tps[ .])(?<![0-9])0?[1-4] ?[:=] ?[0-9]{1,4}"
    r"|\b0?[1-4] (?:unggul|menang|kalah)\b|\b(?:unggul|menang|kosong)\b[^\n]{0,12}[0-9])",
    re.IGNORECASE | re.MULTILINE,
)
_PAIR = re.compile(r"(?<![0-9.:])[0-9]{1,2} ?[:=-] ?[0-9]{1,6}(?![0-9.:])(?: ?(?:orang|org)\b)?")
_TPS_WORD = re.compile(r"\btps\b", re.IGNORECASE)
_VOTE_WORDS = re.compile(r"\b(?:suara|hasil|perolehan|paslon|calon|unggul|kosong)\b", re.IGNORECASE)
_NO_COUNT = re.compile(
    r"\btps\b\W{0,3}[0-9]{1,3}|\b(?:jam|pukul|pkl)\.? ?[0-9]{1,2}(?:[.:][0-9]{2})?"
    r"|[0-9]{1,2}[.:][0-9]{2}",
    re.IGNORECASE,
)
# What supporters did; a number beside it counts no votes, unless these are told too.
_ACT = re.compile(
    r"\b(?:(?:mem)?bagi(?:kan|2)?|bagi-bagi|uang|duit|amplop|sembako|beras|minyak goreng|rokok|kaos"
    r"|stiker|spanduk|baliho|apk|serangan fajar|(?:ber)?kampanye|konvoi|arak|intimidasi"
    r"|(?:meng|di)?ancam)\b",
    re.IGNORECASE,
)
_RESULT_WORDS = re.compile(
    r"\b(?:suara|perolehan|hasil|unggul|menang|kalah|rekap\w*|klaim|versi|dapat|(?:mem)?peroleh|(?:me)?raih|hitung\w*|count|sah"
    r"|golput|kosong)\b",
    re.IGNORECASE,
)
_VOTES_UNIT = re.compile(r"suara|sah", re.IGNORECASE)
_AND = re.compile(r" *(?:[,&/]|dan|atau|vs|lawan) *", re.IGNORECASE)
_TPS_BEFORE = re.compile(r"\btps[ .:#_-]{0,3}\Z", re.IGNORECASE)
_LINE_LIMIT = 160

VotePredicate = Callable[[str], bool]


class _NumberMention(NamedTuple):
    """A number of the text with the words before it (from `start`) and after it (to `end`)."""

    start: int
    end: int
    at: int
    label: str
    following: str


class _Judges(NamedTuple):
    """What tells of a few words whether they are about votes, or name a desa."""

    holds_votes: VotePredicate
    names_desa: VotePredicate


def _names_no_desa(_words: str) -> bool:
    return False


def redact_votes(
    text: str, holds_votes: VotePredicate, names_desa: VotePredicate = _names_no_desa
) -> tuple[str, bool]:
    """Return the text without votes, and whether it held any.

    holds_votes, names_desa: judge a few words.

    In a message with votes every number is removed that is not clearly something else.
    """
    numbers = list(_find_numbers(text))
    vote_positions = {
        number.at
        for number, next_number in zip_longest(numbers, numbers[1:])
        if number and _is_vote(text, number, next_number, holds_votes)
    }
    judges = _Judges(holds_votes, names_desa)
    has_bare_pair = any(
        not _CLOCKLIKE.search(pair[0]) and not _is_in_turnout_list(text, pair, judges)
        for pair in _BARE_PAIR.finditer(text)
    )
    is_announced = bool(_RESULT_LINE.search(text)) or any(
        _announces_votes(line, holds_votes) for line in text.split("\n")
    )
    if not (vote_positions or is_announced or has_bare_pair):
        return text, False
    spans = [
        (number.start, number.end)
        for number in numbers
        if not (_is_no_vote(text, number) or _is_in_turnout_section(text, number, judges))
        or (number.at in vote_positions and not _TPS_BEFORE.search(number.label))
    ]
    return _redact_spans(text, spans), bool(spans)


def _find_numbers(text: str) -> Iterator[_NumberMention]:
    """Yield each number with its label: the text before it, up to the previous number or mark."""
    previous_end = 0
    for match in _NUMBER.finditer(text):
        before = text[max(previous_end, match.start() - 60) : match.start()]
        stripped = before.rstrip(" :=-\u2013(")
        label = _MARK.split(stripped)[-1]
        unit = _UNIT.match(text, match.end())
        unit_text = unit[0] if unit else ""
        end = match.end() + (len(unit_text) if _VOTES_UNIT.search(unit_text) else 0)
        start = match.start() - (len(before) - len(stripped)) - len(label)
        yield _NumberMention(start, end, match.start(), label, unit_text)
        previous_end = match.end()


def _is_vote(
    text: str,
    number: _NumberMention,
    next_number: _NumberMention | None,
    holds_votes: VotePredicate,
) -> bool:
    label = number.label.strip()
    if _SAH.search(label) or (label and holds_votes(label) and not _tells_act(label)):
        return True
    if number.following and holds_votes(f"1 {number.following}"):
        return True
    # A candidate pair is often named by its number; it is about votes if a count follows.
    if next_number is None or not label or not holds_votes(f"{label} 1"):
        return False
    between = text[number.end : next_number.at]
    if any(map(str.isalpha, between)) and _tells_act(f"{label} {between}"):
        return False
    has_count = (
        len(between) <= 40 and "\n" not in between.strip(" ") and not _AND.fullmatch(between)
    )
    return (
        has_count
        and not _is_no_vote(text, next_number)
        and not holds_votes(f"{next_number.label} 1")
    )


def _tells_act(words: str) -> bool:
    """Return whether words tell what supporters did (`paslon 01 bagi uang`), and no result."""
    return bool(_ACT.search(words)) and not _RESULT_WORDS.search(words)


def _announces_votes(line: str, holds_votes: VotePredicate) -> bool:
    """Return whether a line such as `Perolehan suara TPS 3:` says that votes follow."""
    line = line.strip()
    if len(line) > _LINE_LIMIT or not (line.endswith(":") or _RESULTS.match(line)):
        return False
    words = re.sub("[0-9]+", " ", _TPS.sub(" ", line.rstrip(":")))
    return any(part.strip() and holds_votes(part) for part in _MARK.split(words))


def _is_in_turnout_list(text: str, pair: re.Match[str], judges: _Judges) -> bool:
    """Return whether a pair counts voters at a TPS: below or behind words on turnout.

    Between them may be other pairs and names of desa; another count or words on votes end the list.
    """
    *above, own = text[max(0, pair.start() - 2000) : pair.start()].split("\n")
    for line in (own, *reversed(above)):
        words = _NO_COUNT.sub(" ", _PAIR.sub(" ", line)).strip(" :=,;.-()")
        if _is_of_votes(words, judges) or _TPS_WORD.search(line):
            return False
        if _TURNOUT_WORDS.search(words):
            return True
        if words and not judges.names_desa(words):
            return False
    # `Tj Gelam 1 = 85 hadir jam 10.00`
    behind = text[pair.end() : pair.end() + _LINE_LIMIT].split("\n")[0]
    words = _NO_COUNT.sub(" ", _PAIR.sub(" ", behind))
    is_timed = _NO_COUNT.search(behind) and not _TPS_WORD.search(behind)
    return bool(is_timed and _TURNOUT_WORDS.search(words)) and not _is_of_votes(words, judges)


def _is_in_turnout_section(text: str, number: _NumberMention, judges: _Judges) -> bool:
    """Return whether a number of a TPS, or a sum, stands below words on turnout.

    A line between that speaks of votes ends what is below such words.
    """
    *above, own = text[max(0, number.at - 2000) : number.at].split("\n")
    if not _COUNT_LABEL.search(own):
        return False
    for line in (own, *reversed(above)):
        words = re.sub("[0-9]+", " ", _TPS.sub(" ", _NO_VOTES_TOLD.sub(" ", line)))
        parts = [part for part in _MARK.split(words) if part.strip()]
        if _VOTE_WORDS.search(words) or any(map(judges.holds_votes, parts)):
            return False
        if _TURNOUT_WORDS.search(words):
            return True
    return False


def _is_of_votes(words: str, judges: _Judges) -> bool:
    """Return whether words beside pairs hold a number of their own, or speak of votes."""
    has_number = any(map(str.isdigit, words))
    return (
        has_number or bool(_VOTE_WORDS.search(words)) or bool(words and judges.holds_votes(words))
    )


def _is_no_vote(text: str, number: _NumberMention) -> bool:
    before = text[max(0, number.at - 120) : number.at].rsplit("\n", 1)[-1]
    is_day = _TIME_BEHIND.match(text, number.end) or _YEAR.search(before)
    return bool(_NO_VOTE_CONTEXT.search(before)) or bool(is_day)


def _redact_spans(text: str, spans: list[tuple[int, int]]) -> str:
    """Replace these spans in the text, neighbouring ones as one."""
    pieces: list[str] = []
    previous_end = 0
    for start, end in spans:
        between = text[previous_end:start]
        if not (pieces and not between.strip(" ,;:=()/|-")):
            pieces += [between, VOTES_REMOVED]
        previous_end = end
    return "".join([*pieces, text[previous_end:]])
