"""Reads numbers that are written in words: `seratus dua puluh tiga`."""

import re

_ONES = ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
_DIGITS = {word: n for n, word in enumerate(_ONES, 1)}
_WHOLE = {"sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000}
_SCALES = {"belas": 1, "puluh": 10, "ratus": 100, "ribu": 1000}
_ONE = "|".join([*_ONES, *_WHOLE, *_SCALES])
# One to eight words of numbers, as a pattern.
SPELLED_WORDS = rf"(?:{_ONE})(?: (?:{_ONE})){{0,7}}"
_ONES_GROUP = rf"(?:{'|'.join(_ONES)})"
_TENS = rf"(?:sepuluh|sebelas|{_ONES_GROUP} belas|{_ONES_GROUP} puluh(?: {_ONES_GROUP})?)"
SPELLED_HUNDREDS = rf"(?:seratus|{_ONES_GROUP} ratus)(?: (?:{_TENS}|{_ONES_GROUP}))?"
# A well-formed number of ten to 999: single digits are words of many other things.
SPELLED_COUNT = rf"(?:{SPELLED_HUNDREDS}|{_TENS})"
_COUNT = re.compile(SPELLED_COUNT, re.IGNORECASE)


def parse_number_words(text: str) -> int | None:
    """Return the number of ten to 999 that words write; None for anything else."""
    if not _COUNT.fullmatch(text):
        return None
    total = digit = 0
    for word in text.lower().split():
        if word in _SCALES:
            total += digit + 10 if word == "belas" else digit * _SCALES[word]
            digit = 0
        else:
            total += _WHOLE.get(word, 0)
            digit = _DIGITS.get(word, 0)
    return total + digit
