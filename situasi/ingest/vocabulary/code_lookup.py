"""Lookup of the code of a fixed vocabulary that a written word stands for."""

import re
from collections.abc import Iterable, Mapping
from itertools import count

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from situasi.ingest.parsing.cells import (
    UnreadableCell,
    check_letters,
    is_blank,
    normalize_cell,
    quote,
)
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import normalize_key, remove_brackets

_NEGATIONS = frozenset(("tidak", "tdk", "tak", "belum", "blm", "bukan", "no", "not", "un", "non"))
# With one of these words it is not said that it happened.
_DOUBTS = frozenset(
    [
        "entah",
        "mungkin",
        "diduga",
        "dugaan",
        "isu",
        "hampir",
        "rawan",
        "kerawanan",
        "potensi",
        "antisipasi",
        "cegah",
        "mencegah",
        "pencegahan",
        "waspada",
        "pengamanan",
        "pam",
        "sosialisasi",
        "himbauan",
        "imbauan",
        "maybe",
        "possible",
        "risk",
        "prevent",
        "prevention",
        "suspected",
        "rumor",
        "rumour",
    ]
)
# A step that was taken is the same with or without `already`; what is so only now is not.
_STEP_COLUMNS = frozenset({"fase", "checkin"})
_ALREADY = re.compile(r"\b(?:sudah|sdh|udah|telah|tlh|already)\b", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*(?:[/,;&+]|\bdan\b)\s*")
_LIST_MARKS = re.compile(r"[;,|\n]")
# Columns of which a form may choose several; of all others only one can be true.
_MULTIPLE_CHOICE_COLUMNS = frozenset({"jenis", "giat", "pelanggaran"})
_NOTHING_HAPPENED = "nihil"
_PASSED_ON = "diteruskan"
_TO_WHOM = re.compile(
    r"(?P<word>\w[\w ]*?) (?:to|ke|kepada|kpd) (?P<whom>[\w.]+(?: [\w.]+){0,3})", re.IGNORECASE
)
# Offices that take over a case: `limpah Bawaslu`.
_TO_OFFICE = re.compile(
    r"(?P<word>\w[\w ]*?)(?: (?:to|ke|kepada|kpd))? (?:pihak |sentra |posko )?"
    r"(?P<whom>(?:bawaslu|panwas\w*|gak+umdu|kpud?|dkpp|bpbd|damkar|pln|kejaksaan|kejari)"
    r"\b[\w. ]{0,30})",
    re.IGNORECASE,
)
_PARTS_OF_STATUS = re.compile(r"[/,;&+().:\n]|-|\b(?:dan|serta|namun|tetapi|tapi)\b")
_MAX_CONTAINING_WORDS = 5
_OFFICES = ("tps", "pps", "ppk", "kpu")  # a letter between them is no slip
_MAX_WORDS = 40  # words of one cell tried as a list of codes


def read_code(code_by_word: Mapping[str, str], column: str, cell: Cell) -> tuple[str, str | None]:
    """Return the code of a word, and a note if it was misspelled. Raises UnreadableCell.

    code_by_word: code by normalised key of word. column: its name in messages to the sender.
    """
    if is_blank(cell):
        raise UnreadableCell(f"{column} kosong")
    check_letters(column, cell)
    text = normalize_cell(cell)
    outcome = _find_outcome(code_by_word, text) if column == "status" else None
    if code := outcome or _find_exact(code_by_word, text):
        return code, None
    if column in _STEP_COLUMNS and (code := _find_exact(code_by_word, _ALREADY.sub(" ", text))):
        return code, None
    if column == "status" and _is_passed_on(code_by_word, _ALREADY.sub("", text).strip()):
        return _PASSED_ON, None
    if column in _MULTIPLE_CHOICE_COLUMNS and (chosen := _find_choices(code_by_word, text)):
        others = ", ".join(map(format_code, chosen[1:]))
        return chosen[0], f"{column} {quote(cell)} dibaca {format_code(chosen[0])}, juga: {others}"
    if guess := _find_misspelled(code_by_word, text):
        return guess, f"{column} {quote(cell)} dibaca {format_code(guess)}"
    if column == "jenis" and (code := _find_contained(code_by_word, text)):
        return code, f"{column} {quote(cell)} dibaca {format_code(code)}"
    if labels := _find_several(code_by_word, text):
        raise UnreadableCell(
            f"{column} {quote(cell)} menyebut lebih dari satu: {', '.join(labels)}; "
            "pilih yang utama"
        )
    nearest = ", ".join(_find_nearest_labels(code_by_word, text))
    raise UnreadableCell(f"{column} {quote(cell)} tidak dikenal; pilihan terdekat: {nearest}")


def format_code(code: str) -> str:
    """Return a code as people read it."""
    return code.replace("_", " ")


def _find_exact(code_by_word: Mapping[str, str], text: str) -> str | None:
    """Return the code of a word; of several words only where all mean the same."""
    for spelling in (text, remove_brackets(text)):
        if code := code_by_word.get(normalize_key(spelling)):
            return code
    parts = {
        code_by_word.get(normalize_key(part))
        for part in _SEPARATORS.split(remove_brackets(text))
        if normalize_key(part)
    }
    return parts.pop() if len(parts) == 1 else None


def _is_passed_on(code_by_word: Mapping[str, str], text: str) -> bool:
    """Return whether a status says to whom something was passed on, and nothing more."""
    parts = _TO_OFFICE.fullmatch(text) or _TO_WHOM.fullmatch(text)
    if parts is None or code_by_word.get(normalize_key(parts["word"])) != _PASSED_ON:
        return False
    words = parts["whom"].split()
    return not any(normalize_key(word) in code_by_word for word in words)


def _find_outcome(code_by_word: Mapping[str, str], text: str) -> str | None:
    """Return the one status beside words that it is calm: `situasi kondusif (selesai)`."""
    codes: list[str | None] = []
    for part in filter(normalize_key, _PARTS_OF_STATUS.split(text.lower())):
        code = code_by_word.get(normalize_key(part))
        is_plain = _NEGATIONS.isdisjoint(part.split())
        split = _split_words_into_codes(code_by_word, part.strip()) if is_plain else []
        codes += [code] if code else split or [None]
    told = {*codes} - {_NOTHING_HAPPENED}
    return told.pop() if len(told) == 1 and len(codes) > 1 else None


def _find_contained(code_by_word: Mapping[str, str], text: str) -> str | None:
    """Return the one code whose word stands in a longer one, as in `Voter intimidation`.

    Of several answers (`Listrik/jaringan padam`) each must hold such a word.
    """
    answers = [re.findall(r"[^\W_]+", part) for part in _SEPARATORS.split(text.lower())]
    words = [word for answer in answers for word in answer]
    if not 2 <= len(words) <= _MAX_CONTAINING_WORDS:
        return None
    if not (_NEGATIONS | _DOUBTS).isdisjoint(words):
        return None
    spans = [(i, j) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]
    keys = {span: normalize_key("".join(words[slice(*span)])) for span in spans}
    found = {
        s: code_by_word[key] for s, key in keys.items() if len(key) > 5 and key in code_by_word
    }
    codes = set(found.values())
    code = codes.pop() if len(codes) == 1 else None
    if code is None or not _holds_each(answers, found):
        return None
    is_vague = code == "lainnya" and max(end - start for start, end in found) == 1
    return None if code == _NOTHING_HAPPENED or is_vague else code


def _holds_each(answers: list[list[str]], spans: Iterable[tuple[int, int]]) -> bool:
    """Return whether each answer has a word in one of the spans of all words."""
    covered = {index for span in spans for index in range(*span)}
    numbers = count()
    return all(
        not covered.isdisjoint([next(numbers) for _ in answer]) for answer in answers if answer
    )


def _find_several(code_by_word: Mapping[str, str], text: str) -> list[str]:
    """Return the labels of all codes that several words name; [] where a part is unknown."""
    parts = [
        code_by_word.get(normalize_key(part))
        for part in _SEPARATORS.split(text)
        if normalize_key(part)
    ]
    return sorted({format_code(code) for code in parts if code}) if all(parts) else []


def _find_choices(code_by_word: Mapping[str, str], text: str) -> list[str]:
    """Return the distinct codes of a list of choices, in its order; [] where it is none.

    A list has semicolons, commas or bars between its words, or (KoboToolbox, ODK) blanks alone.
    Every part must be a known word, and not one may say that nothing happened.
    """
    parts = [part for part in _LIST_MARKS.split(text) if normalize_key(part)]
    codes = (
        [_find_exact(code_by_word, part) for part in parts]
        if len(parts) > 1
        else _split_words_into_codes(code_by_word, text)
    )
    chosen = list(dict.fromkeys(code for code in codes if code))
    is_list = len(chosen) > 1 and None not in codes and _NOTHING_HAPPENED not in chosen
    return chosen if is_list else []


def _split_words_into_codes(code_by_word: Mapping[str, str], text: str) -> list[str | None]:
    """Return the code of each word or phrase, the longest first; none where one is unknown."""
    words = text.split()
    if not 2 <= len(words) <= _MAX_WORDS or not re.fullmatch(r"[\w -]+", text):
        return []
    codes: list[str | None] = []
    start = 0
    while start < len(words):
        for end in range(len(words), start, -1):
            if code := code_by_word.get(normalize_key("".join(words[start:end]))):
                codes.append(code)
                start = end
                break
        else:
            return []
    return codes


def _find_misspelled(code_by_word: Mapping[str, str], text: str) -> str | None:
    """Return the code of a clear misspelling: nearest by far, and no negation in the text."""
    name = normalize_key(text)
    if not name.isalpha() or _is_negated(text):
        return None
    # The cutoff is larger than what is allowed, to find the second-best word too.
    matches = process.extract(
        name, code_by_word.keys(), scorer=OSA.distance, score_cutoff=3, limit=None
    )
    if not matches:
        return None
    best, least, _ = matches[0]
    if any((office in name) != (office in best) for office in _OFFICES):
        return None
    code = code_by_word[best]
    second = min((typos for word, typos, _ in matches if code_by_word[word] != code), default=99)
    allowed = min(_count_allowed_typos(name), _count_allowed_typos(best))
    return code if least <= allowed and second >= 2 * least else None


def _count_allowed_typos(word: str) -> int:
    return 0 if len(word) < 5 else 1 if len(word) < 9 else 2


def _is_negated(text: str) -> bool:
    first = re.match(r"\W*([a-z]+)", text.lower())
    return bool(first and first[1] in _NEGATIONS)


def _find_nearest_labels(code_by_word: Mapping[str, str], text: str) -> list[str]:
    matches = process.extract(normalize_key(text), code_by_word.keys(), scorer=fuzz.ratio, limit=40)
    return list(dict.fromkeys(format_code(code_by_word[word]) for word, _, _ in matches))[:4]
