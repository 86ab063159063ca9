"""Redacts messages for display and storage: no votes, officers' names, phone numbers or NRP."""

import re
from collections.abc import Callable
from typing import NamedTuple

from situasi.common.service_numbers import MASK
from situasi.domain.officer_marks import NUMBER_MARK
from situasi.ingest.context import IngestContext
from situasi.ingest.gazetteer.name_index import tokenize_name
from situasi.ingest.messages.chat_splitter import Message, strip_app_notices
from situasi.ingest.messages.station_codes import add_code_dots
from situasi.ingest.parsing.cells import normalize_text
from situasi.ingest.redaction import officer_numbers
from situasi.ingest.redaction.persons import (
    RANKS,
    find_officer_names,
    mask_number,
    mask_numbers,
    replace_numbers,
)
from situasi.ingest.redaction.vote_text import VotePredicate, redact_votes
from situasi.ingest.vocabulary.vote_headings import VOTES_REMOVED

NAME_REMOVED = "[nama]"
# The text in place of what was removed, up to the first mark that ends a label.
_REMOVAL_MARKS = (NAME_REMOVED, VOTES_REMOVED.partition(":")[0])
# Characters, as in WhatsApp.
MAX_MESSAGE_CHARACTERS = 65_536

_PHONE = re.compile(r"(?<![\d.,])(?:\+ ?62|62|0)[ -]?8(?:[ -]?[0-9]){7,12}(?![\d])")
_LABELLED = re.compile(
    r"\b((?:nama(?: [a-z]+)?|pelapor|padal|petugas|pengirim|a\.?n|atas nama|pam tps"
    r"|hormat (?:kami|saya)) ?[:=] *)([^\n,;:.]{2,60})",
    re.IGNORECASE,
)
# What makes a digit an emoji: a 3 in a box is a 3; before a line it is its number in a list.
_KEYCAP_ITEM = re.compile("^[ ]*((?:[0-9]\ufe0f?\u20e3){1,2})[ .)]*(?=[^\\W\\d_])")
_KEYCAP = re.compile("\ufe0f?\u20e3")
_EMPHASIS = re.compile(r"(?<![\w*_~])[*_~`]{1,3}(?=\S)|(?<=\S)[*_~`]{1,3}(?![\w*_~])")

# Functions and posts by which a reporter may be named.
_FUNCTION = re.compile(
    r"\b(?:(?:ka|waka|panit|kanit [a-z]{3,10} )?polsek|polpos|pos(?:ko| pam| yan)?|padal|pawas"
    r"|pamatwil|bhabin(?:kamtibmas)?|babin(?:sa)?|danramil|koramil|linmas|kpps|pps|ppk|panwascam"
    r"|ptps|pkd|satgas|polres|kapolres|wakapolres|(?:ka|kasat|sat) ?(?:samapta|intelkam|reskrim"
    r"|lantas|binmas)|kabag ?ops|bag ?ops|camat|kades|pam tps)\b",
    re.IGNORECASE,
)
_PLACE_WORDS = re.compile(
    r"[ .]{1,2}([A-Za-z][A-Za-z.]{1,15})(?:[ .]{1,2}([A-Za-z][A-Za-z]{1,15}))?"
)

# To whom a report goes is not who reports.
_ADDRESSEE = re.compile(r"\W{0,3}(?:tembusan|tembus|cc|kepada|kpd|yth|up)\b", re.IGNORECASE)
_MAX_ROUNDS = 8
_NO_NAMES = frozenset(("tps", "desa", "ds", "kec", "kecamatan", "kel", "polri", "no", "nomor", "p"))


class RedactedMessage(NamedTuple):
    """A message as it may be stored. has_votes: whether votes were removed."""

    text: str
    has_votes: bool


def redact_message(
    message: Message, context: IngestContext, holds_votes: VotePredicate
) -> RedactedMessage:
    """Return the whole text without votes, names of officers and phone numbers.

    In place of each NRP is its mark, in brackets. holds_votes: `is_vote_heading` of the context,
    possibly cached.
    """
    lines = (
        normalize_text(_KEYCAP.sub("", _KEYCAP_ITEM.sub(r"\1. ", line)))
        for line in strip_app_notices(message.text[:MAX_MESSAGE_CHARACTERS]).strip().splitlines()
    )
    text = add_code_dots(_EMPHASIS.sub("", "\n".join(lines)), context.register)
    text = _mark_officers(text, context)
    text, has_votes = redact_votes(text, holds_votes, context.places.names_desa)
    text = remove_names(text, context.places.name_words)
    name = _find_sender_name(message.sender or "", context)
    if name:
        text = re.sub(rf"\b{re.escape(name)}\b", NAME_REMOVED, text, flags=re.IGNORECASE)
    return RedactedMessage(text, has_votes)


def redact_original(text: str, context: IngestContext) -> str:
    """Redact a whole message that came in a row, by file or API key, like a pasted one.

    A redacted text comes back unchanged.
    """

    def redact(text: str) -> str:
        text = _mark_officers(add_code_dots(text, context.register), context)
        text = _redact_once(text, context.places.name_words)
        # After votes were removed, the rest of the text would be judged wrongly.
        if VOTES_REMOVED in text:
            return text
        return redact_votes(text, context.is_vote_heading, context.places.names_desa)[0]

    return _repeat_until_stable(text, redact)


def _mark_officers(text: str, context: IngestContext) -> str:
    """Replace each NRP of a message by its mark, and any other long number by a mask.

    A number of a telephone stays: it is masked later, down to its last digits.
    """

    def mark(number: str) -> str:
        found = officer_numbers.mark_text_number(number, context.officer_key)
        return f"[{found}]" if found else MASK

    pieces, end = [], 0
    for phone in _PHONE.finditer(text):
        pieces += [replace_numbers(text[end : phone.start()], mark), phone[0]]
        end = phone.end()
    return "".join([*pieces, replace_numbers(text[end:], mark)])


def remove_names(text: str, place_words: frozenset[str] = frozenset()) -> str:
    """Remove names after a rank or a label, phone numbers and NRP from a text.

    place_words: words of place names, which are no personal names.
    """
    return _repeat_until_stable(text, lambda text: _redact_once(text, place_words))


def _repeat_until_stable(text: str, step: Callable[[str], str]) -> str:
    """Repeat until nothing changes: a removal can put another name right after a label."""
    for _ in range(_MAX_ROUNDS):
        previous, text = text, step(text)
        if text == previous:
            break
    return text


def _redact_once(text: str, place_words: frozenset[str]) -> str:
    text = _LABELLED.sub(lambda match: _redact_label(match, place_words), text)
    for start, end in reversed(find_officer_names(text)):
        text = text[:start] + NAME_REMOVED + text[end:]
    return mask_numbers(_PHONE.sub(lambda match: mask_number(match[0]), text))


def find_reporter(message: Message, text: str, context: IngestContext) -> str | None:
    """Return the post or function of the reporter, from the sender's name or the text.

    A sender known only by number becomes the masked number. A personal name is never kept.
    """
    sender = normalize_text(message.sender or "")
    phone = _PHONE.search(sender)
    return (
        _find_function(sender, context)
        or _find_signature(text, context)
        or (mask_number(phone[0]) if phone else None)
    )


def _find_signature(text: str, context: IngestContext) -> str | None:
    """Return the function in the last lines, where a report is signed, or after `pelapor:`."""
    for line in reversed(text.splitlines()[-3:]):
        match = None if _ADDRESSEE.match(line) else _FUNCTION.search(line)
        if match and len(line.split()) <= 6 and match.start() <= 12:
            return _find_function(line, context)
    return None


def _find_function(text: str, context: IngestContext) -> str | None:
    """Return `Polsek Pemulutan` of `Aipda Budi Polsek Pemulutan`: a function and its place."""
    function = _FUNCTION.search(text)
    if not function:
        return None
    place = _PLACE_WORDS.match(text, function.end())
    words = [word for word in (place.groups() if place else ()) if word]
    place_words = context.places.name_words
    while words and not all(word in place_words for word in tokenize_name(" ".join(words))):
        words.pop()
    return " ".join([function[0], *words])


def _find_sender_name(sender: str, context: IngestContext) -> str | None:
    """Return the sender's own name; None where it is a function, a place or a number."""
    text = _FUNCTION.sub("|", normalize_text(sender).strip("~ "))
    place_words = context.places.name_words
    for part in text.split("|"):
        words = [word for word in re.findall(r"[^\W\d_]+", part) if word.lower() not in RANKS]
        name_words = [word for word in words if word.lower() not in place_words]
        if name_words and len(name_words) == len(words) and len(" ".join(name_words)) >= 4:
            return " ".join(name_words)
    return None


def _redact_label(match: re.Match[str], place_words: frozenset[str]) -> str:
    """Redact what follows `Pelapor:`, unless it is only a function or a number."""
    if any(mark in match[2] for mark in _REMOVAL_MARKS):
        return match[0]
    function = _FUNCTION.search(match[2])
    marks = "".join(f" [{mark}]" for mark in NUMBER_MARK.findall(match[2]))
    rest = NUMBER_MARK.sub(" ", _FUNCTION.sub(" ", match[2]))
    words = [word for word in re.findall(r"[^\W\d_]+", rest.lower()) if word not in _NO_NAMES]
    if not any(word not in place_words for word in words):
        return match[0]
    return match[1] + (f"{function[0]} " if function else "") + NAME_REMOVED + marks
