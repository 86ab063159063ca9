"""Service numbers of people in a text: NRP of the police and the army, NIP of civil servants."""

import re
from collections.abc import Callable, Iterable

MASK = "*****"

# A NIP: day of birth, month of appointment, sex and serial number; often in these four groups.
NIP_PATTERN = (
    r"(?:19[3-9]\d|20[01]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ .\-]?"
    r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])[ .\-]?[12][ .\-]?\d{3}"
)
# An NRP of the police: year and month of birth, serial number. In groups only where the first
# two digits are no hour and no day.
_NRP = r"(?:[5-9]\d|0\d)(?:0[1-9]|1[0-2])\d{4}|[6-9]\d[ .\-](?:0[1-9]|1[0-2])[ .\-]\d{4}"
# Of the army: eleven or fourteen digits; not a time written as 20241127093000.
_ARMY = r"[1-3]\d{10}|(?!20[12]\d)[1-3]\d{13}"
# After its label, anything of five digits or more, or eight digits in groups.
LABELLED_NUMBER = (
    rf"{NIP_PATTERN}|\d{{8,18}}|(?=\d(?:[ .\-/]?\d){{7}}(?!\d))\d{{2,6}}(?:[ .\-/]\d{{2,6}}){{1,3}}"
    r"|\d{5,18}"
)
_LABEL = r"(?<![a-z])(?:nrp|nip)(?![a-z])(?: ?/ ?(?:nrp|nip)(?![a-z]))?[\W_]{0,4}"
_LABELLED = re.compile(rf"({_LABEL})({LABELLED_NUMBER})(?!\d)", re.IGNORECASE)
_UNLABELLED = re.compile(rf"(?<!\d)(?:{NIP_PATTERN}|{_NRP}|{_ARMY})(?!\d)")
_DATE = re.compile(
    r"(?:0[1-9]|[12]\d|3[01])[ .\-/]?(?:0[1-9]|1[0-2])[ .\-/]?20(?:1[3-9]|2\d)"
    r"|20(?:1[3-9]|2\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
)
# Degrees before the decimals of a coordinate.
_DEGREES = re.compile(r"(?:-\d{1,2}|(?<!\d)(?:9[4-9]|1[0-4]\d))\.\Z")
_UUID = re.compile(
    r"(?=[\d\-]*[a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE
)
# What a text must hold before it is worth a closer look. Each begins with one set of characters:
# so the search skips all others quickly.
_SUSPECT_DIGITS = re.compile(r"\d\d(?:\d{6}|[ .\-]?(?:0[1-9]|1[0-2])[ .\-]?\d{4})")
_SUSPECT_LABEL = re.compile(r"[Nn][RrIi][Pp](?![a-z])")

# The shapes that _SUSPECT_DIGITS finds: digits as 0, separators as -, all else as x.
_SHAPES = (b"00000000", b"0000-0000", b"00-000000", b"00-00-0000")
_SHAPE_TABLE = bytes(
    ord("0") if code in b"0123456789" else ord("-") if code in b" .-" else ord("x")
    for code in range(256)
)

Replacement = Callable[[str], str]  # given the number as written


def is_date(number: str) -> bool:
    """Return whether a number is a date of these years: 27112024, 27.11.2024 or 20241127."""
    return _DATE.fullmatch(number) is not None


def is_decimals(text: str, start: int) -> bool:
    """Return whether a number at this position is the decimals of a coordinate."""
    return _DEGREES.search(text, max(0, start - 6), start) is not None


def may_hold_number(text: str) -> bool:
    """Return False for a text that surely holds no service number."""
    return bool(_SUSPECT_DIGITS.search(text) or _SUSPECT_LABEL.search(text))


def may_any_hold_number(texts: Iterable[str | None]) -> bool:
    """Return False where surely none of these texts holds a service number.

    It looks at the shape of all texts at once, which for a long column is several times as quick.
    """
    joined = "\n".join(filter(None, texts)).lower()
    shape = joined.encode("ascii", "replace").translate(_SHAPE_TABLE)
    return any(form in shape for form in _SHAPES) or "nrp" in joined or "nip" in joined


def is_part_of_other(text: str, start: int) -> bool:
    """Return whether digits at this position are the decimals of a coordinate, or of a UUID."""
    uuids = _UUID.finditer(text, max(0, start - 36), start + 36)
    return is_decimals(text, start) or any(m.start() <= start < m.end() for m in uuids)


def replace_service_numbers(text: str, replace: Replacement) -> str:
    """Replace every number with a label, and every other that has the form of one.

    A date stays, and so do the decimals of a coordinate (no serial number comes so far) and the
    digits of a UUID.
    """
    if not may_hold_number(text):
        return text

    def replace_labelled(match: re.Match[str]) -> str:
        is_other = is_date(match[2]) and not _UNLABELLED.fullmatch(match[2])
        return match[0] if is_other else match[1] + replace(match[2])

    labelled = _LABELLED.sub(replace_labelled, text)

    def replace_unlabelled(match: re.Match[str]) -> str:
        is_other = is_date(match[0]) or is_part_of_other(labelled, match.start())
        return match[0] if is_other else replace(match[0])

    return _UNLABELLED.sub(replace_unlabelled, labelled)


def mask_service_numbers(text: str) -> str:
    """Return the text with a mask in place of each service number; no digit of it stays."""
    return replace_service_numbers(text, lambda _: MASK)
