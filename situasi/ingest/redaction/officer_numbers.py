"""Reads the officer of a cell: a roster number, or an NRP or NIP that becomes a keyed mark.

No reason quotes a digit, and no digit of an NRP leaves this module.
"""

import re
from typing import NamedTuple

from situasi.access.officer_key import OfficerKey
from situasi.common import service_numbers
from situasi.domain.officer_marks import NUMBER_MARK, is_number_mark
from situasi.ingest.parsing.cells import UnreadableCell, normalize_cell
from situasi.ingest.redaction.persons import OFFICER_NAME_REFUSED, RANKS, has_words_of
from situasi.ingest.tables import Cell

NRP_DESTROYED = (
    "NRP rusak oleh lembar kerja (angka belakangnya hilang); jadikan kolomnya teks, isi lagi,"
    " lalu kirim ulang"
)
NRP_MASKED = "NRP tersamar tidak menunjuk siapa pun; tulis NRP lengkap atau nomor petugas"
NRP_UNREADABLE = "NRP tidak terbaca; tulis angkanya saja"
NRP_INCOMPLETE = "NRP 7 angka: satu angka hilang dan bukan nol di depan; tulis 8 angka"
SEVERAL_NRP = "beberapa NRP dalam satu sel; tulis satu petugas per baris"
OFFICERS_UNNAMED = "jumlah orang, bukan nomor petugas; tulis satu petugas per baris"
ZERO_RESTORED = "NRP tidak 8 angka: nol di depan dipulihkan"
UNUSUAL_LENGTH = "NRP bukan 8 angka"
# Behind the mark of such a number in a file that waits: its digits are gone by then.
_ZERO_NOTE = " (nol di depan dipulihkan)"

_POLICE_LENGTH, _NIP_LENGTH = 8, 18
_ARMY_LENGTHS = (11, 14)
_MIN_LENGTH = 5  # digits of the shortest service number, of the navy and the air force
_MAX_ROSTER_NUMBER = 24  # characters
_BIRTH = re.compile(r"0\d(?:0[1-9]|1[0-2])\d{4}")  # of who was born since 2000
_MASKED = re.compile(r"(?:nrp|nip)?[\W_]*(?:\*|x{3,})[*\d .\-x]*", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+)e\+?0*(\d{1,2})|e\+?(?:0?[7-9]|1\d))", re.IGNORECASE)
_WHOLE = re.compile(r"(\d{5,})[.,]0+")
_LABEL = re.compile(
    r"^['\u2019]?(?:n\.?[ri]\.?p\.?(?: ?/ ?n\.?[ri]\.?p\.?)?)?[\W_]*", re.IGNORECASE
)
_HEADCOUNT = re.compile(r"\d{1,3} ?(?:pers(?:onel|onil)?|org|orang|anggota)\b", re.IGNORECASE)
_ONLY_DIGITS = re.compile(r"[\d .\-]+?(?:/ ?[A-Za-z]{1,2})?")
_LONG_RUN = re.compile(
    r"(?<!\d)(?:\d{8,18}|(?=\d(?:[ .\-]?\d){7}(?!\d))\d{2,6}(?:[ .\-]\d{2,6}){1,3})(?!\d)"
)


class OfficerNumber(NamedTuple):
    """Who an officer is. petugas: number or mark. doubt: for the row, in Indonesian.

    rest: the words of the cell around an NRP, such as rank and name; never stored.
    """

    petugas: str
    doubt: str | None = None
    rest: str = ""


def read_nrp(cell: Cell, key: OfficerKey) -> OfficerNumber | None:
    """Return the mark of a cell in which an NRP or NIP is expected; None without one.

    Raises UnreadableCell where its number is not certain.
    """
    text = normalize_cell(cell)
    if not text.strip(" -"):
        return None
    if is_number_mark(text):
        return OfficerNumber(text)
    bare = _strip_number(text)
    if _ONLY_DIGITS.fullmatch(bare):
        return _mark_digits(bare, key)
    found = find_nrp(text, key)
    if found is None:
        raise UnreadableCell(NRP_UNREADABLE)
    return found


def read_officer(cell: Cell, key: OfficerKey) -> OfficerNumber:
    """Return a roster number as written, or the mark of an NRP.

    Raises UnreadableCell, never quoting a possible name.
    """
    text = normalize_cell(cell)
    if is_number_mark(text):
        return OfficerNumber(text)
    bare = _strip_number(text)
    digits = _keep_digits(bare)
    if len(digits) >= _POLICE_LENGTH and _ONLY_DIGITS.fullmatch(bare):
        return _mark_digits(bare, key)
    if found := find_nrp(text, key):
        return found
    if _HEADCOUNT.match(text):
        raise UnreadableCell(OFFICERS_UNNAMED)
    if not digits or len(text) > _MAX_ROSTER_NUMBER or has_words_of(text, RANKS):
        raise UnreadableCell(OFFICER_NAME_REFUSED)
    return OfficerNumber(text)


def find_nrp(text: str, key: OfficerKey) -> OfficerNumber | None:
    """Return the only NRP or NIP among the words of a cell; None where there is none.

    Raises UnreadableCell where there are several.
    """
    numbers: list[str] = []
    doubts: list[str | None] = []

    def take(number: str) -> str:
        digits, doubt = _complete_digits(_keep_digits(number))
        numbers.append(digits)
        doubts.append(doubt)
        return " "

    kept_mark = NUMBER_MARK.search(text)
    if kept_mark:
        doubt = ZERO_RESTORED if _ZERO_NOTE in text else None
        rest = text.replace(_ZERO_NOTE, " ").replace(kept_mark[0], " ")
        return OfficerNumber(kept_mark[0], doubt, rest)
    rest = service_numbers.replace_service_numbers(text, take)
    rest = _LONG_RUN.sub(
        lambda match: match[0] if service_numbers.is_date(match[0]) else take(match[0]), rest
    )
    if len(set(numbers)) > 1:
        raise UnreadableCell(SEVERAL_NRP)
    if not numbers:
        return None
    return OfficerNumber(key.mark_number(numbers[0]), doubts[0], rest)


def format_mark(officer: OfficerNumber) -> str:
    """Return a mark as it stands in a file that waits, with what is doubtful of its number."""
    return officer.petugas + (_ZERO_NOTE if officer.doubt == ZERO_RESTORED else "")


def mark_text_number(number: str, key: OfficerKey) -> str | None:
    """Return the mark of an NRP found in a sentence; None where its number is not certain.

    No spreadsheet took a zero from it: one of seven digits was mistyped.
    """
    return _mark_certain(number, key, may_lack_zero=False)


def mark_cell_number(number: str, key: OfficerKey) -> str | None:
    """Return the mark of an NRP that is all of a cell, as it stands in a file that waits."""
    return _mark_certain(number, key, may_lack_zero=True)


def _mark_certain(number: str, key: OfficerKey, *, may_lack_zero: bool) -> str | None:
    try:
        digits, doubt = _complete_digits(_keep_digits(number))
    except UnreadableCell:
        return None
    if doubt == UNUSUAL_LENGTH or (doubt and not may_lack_zero):
        return None
    return format_mark(OfficerNumber(key.mark_number(digits), doubt))


def _strip_number(text: str) -> str:
    """Return a cell without the label of its number and without what a spreadsheet added.

    Raises UnreadableCell for a masked number and for one of which a spreadsheet lost digits.
    """
    if _MASKED.fullmatch(text):
        raise UnreadableCell(NRP_MASKED)
    bare = _LABEL.sub("", text)
    scientific = _SCIENTIFIC.fullmatch(bare.replace(" ", ""))
    if scientific:
        first, fraction, exponent = scientific.groups()
        if fraction is None or len(fraction) != int(exponent):
            raise UnreadableCell(NRP_DESTROYED)
        return first + fraction
    whole = _WHOLE.fullmatch(bare)
    return whole[1] if whole else bare


def _mark_digits(bare: str, key: OfficerKey) -> OfficerNumber:
    """Return the mark of a cell of digits and separators alone."""
    if len(re.findall(r"\d{8,}", bare)) > 1:
        raise UnreadableCell(SEVERAL_NRP)
    digits, doubt = _complete_digits(_keep_digits(bare))
    return OfficerNumber(key.mark_number(digits), doubt)


def _complete_digits(digits: str) -> tuple[str, str | None]:
    """Return a number with the zeros that a spreadsheet took from its front, and a doubt."""
    length = len(digits)
    if length == _NIP_LENGTH and digits.endswith("000"):  # only fifteen digits are exact there
        raise UnreadableCell(NRP_DESTROYED)
    if not _MIN_LENGTH <= length <= _NIP_LENGTH:
        raise UnreadableCell(NRP_UNREADABLE)
    if length < _POLICE_LENGTH:
        restored = digits.zfill(_POLICE_LENGTH)
        if digits[0] != "0" and _BIRTH.fullmatch(restored):
            return restored, ZERO_RESTORED
        if length == _POLICE_LENGTH - 1:
            raise UnreadableCell(NRP_INCOMPLETE)
    is_usual = length in (_POLICE_LENGTH, _NIP_LENGTH, *_ARMY_LENGTHS)
    return digits, None if is_usual else UNUSUAL_LENGTH


def _keep_digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit())
