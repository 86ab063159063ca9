"""Words around a written time: ranges, approximations, hours as people say them."""

import re
from typing import NamedTuple

from situasi.ingest.parsing import date_patterns
from situasi.ingest.parsing.cells import UnreadableCell, normalize_text, quote

_WORD_MARK = r"\bs ?[./]? ?d\b ?\.?|\bsampai(?: dengan)?\b|\bhingga\b"
_ZONE_WORD = r"(?: ?(?P<{}>wib|wita|wit|utc)\b)?"
_START = (
    r"(?P<start>.*(?<![0-9])(?<![0-9][.:/-])[0-9]{1,2}(?:(?P<mark>[.:])[0-9]{2})?)"
    + _ZONE_WORD.format("start_zone")
    + r"\.?"
)
_LEAD = r"(?:(?:jam|pukul|pkl|pk)\b[ .:]*)?"
_OPEN_END = r"(?:selesai|slesai|rampung|tuntas|seterusnya|usai)"
# An hour after a word; after a hyphen, which also stands in dates and offsets, only a clock.
_RANGES = (
    re.compile(
        rf"{_START} ?(?:{_WORD_MARK}) ?(?P<end>{_OPEN_END}|{_LEAD}[0-9]{{1,2}}(?:[.:][0-9]{{2}})?)"
        + _ZONE_WORD.format("end_zone")
    ),
    re.compile(rf"{_START} ?- ?(?P<end>{_OPEN_END}){_ZONE_WORD.format('end_zone')}"),
    re.compile(
        rf"{_START}(?: - |(?<=\.[0-9][0-9])-(?=[0-9]{{1,2}}\.))"
        rf"(?P<end>{_LEAD}[0-9]{{1,2}}[.:][0-9]{{2}})" + _ZONE_WORD.format("end_zone")
    ),
)
_LED_HOUR = re.compile(r"\b(?:jam|pukul|pkl|pk)\b[ .:]*[0-9]{1,2}$")
_LAST_NUMBER = re.compile(r"([0-9]{1,2})$")
_LAST_CLOCK = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?$")

_HOURS_OF_DAY_PART = {
    "dini hari": range(5),
    "subuh": range(3, 7),
    "pagi": range(12),
    "siang": range(10, 16),
    "sore": range(14, 19),
    "petang": range(15, 20),
    "malam": range(18, 24),
}
_SPOKEN_HOUR = re.compile(
    r"(?P<lead>\b(?:jam|pukul|pkl|pk)\b[ .:]*)?(?<![0-9])(?<![0-9][.:/-])"
    r"(?P<hour>[0-9]{1,2})(?:[.:](?P<minute>[0-9]{2}))?(?![0-9])(?![.:/-][0-9])"
    r"(?: ?(?P<part>dini hari|subuh|pagi|siang|sore|petang|malam)\b"
    r"|(?P<zone>(?= ?(?:wib|wita|wit)\b)))?"
)
# `jam 7 lewat 10`, `pukul 9 kurang 5 menit`.
_OFFSET = re.compile(
    r"(?P<lead>\b(?:jam|pukul|pkl|pk)\b[ .:]*)(?P<hour>[0-9]{1,2})(?:[.:]00)? ?"
    r"(?P<sign>lewat|lwt|lebih|kurang|krg) ?(?P<minutes>[0-5]?[0-9]|seperempat)"
    r"(?: ?(?:menit|mnt))?\b"
)


class SimplifiedTime(NamedTuple):
    """A written time without the words around it. note: what was left out or understood."""

    text: str
    note: str | None


def simplify_time(text: str, cell: object) -> SimplifiedTime:
    """Return the start of a range, clocks instead of spoken hours, no approximation words.

    text: normalised, in lower case. `10.00 s.d. 12.00 wib` becomes `10.00 wib`, `9 malam` 21.00.
    Raises UnreadableCell for an hour that does not fit its part of the day (`9 sore`).
    """
    notes = []
    if date_patterns.APPROXIMATION_WORDS.search(text):
        text = date_patterns.APPROXIMATION_WORDS.sub("", text).strip()
        notes.append(f"waktu {quote(cell)} perkiraan pelapor")
    if match := _match_range(text):
        text = _take_start(match)
        notes.append(f"waktu {quote(cell)} sampai {match['end']}; dipakai waktu mulainya")
    text = _OFFSET.sub(_add_minutes, text)
    spoken = _SPOKEN_HOUR.sub(lambda match: _to_clock(match, cell), text)
    if spoken != text:
        notes.append(f"waktu {quote(cell)} dibaca {spoken}")
    return SimplifiedTime(spoken, "; ".join(notes) or None)


def _add_minutes(match: re.Match[str]) -> str:
    """Return `jam 7 lewat 10` as `jam 07.10`."""
    minutes = 15 if match["minutes"] == "seperempat" else int(match["minutes"])
    is_before = match["sign"] in {"kurang", "krg"}
    total = int(match["hour"]) * 60 + (-minutes if is_before else minutes)
    return f"{match['lead']}{total // 60:02d}.{total % 60:02d}"


def take_range_end(cell: str) -> str | None:
    """Return a range as its end alone, with its day and zone: `10.00 s.d. 12.00 WIB` as 12.00 wib.

    None where a cell is no range, has no end (`s.d. selesai`), or the end is not after the start.
    """
    match = _match_range(normalize_text(cell).lower().strip(" .,;"))
    if match is None:
        return None
    start, end = _LAST_CLOCK.search(match["start"]), _LAST_CLOCK.search(match["end"])
    if start is None or end is None or _to_minutes(end) <= _to_minutes(start):
        return None
    zone = match["end_zone"] or match["start_zone"] or ""
    before = match["start"][: start.start()]
    return f"{before}{end[1]}.{end[2] or '00'} {zone}".strip()


def _match_range(text: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.fullmatch(text) for pattern in _RANGES)), None)


def _to_minutes(clock: re.Match[str]) -> int:
    return 60 * int(clock[1]) + int(clock[2] or 0)


def _take_start(match: re.Match[str]) -> str:
    """Return the start of a range with its zone; an hour alone is marked as an hour."""
    start, zone = match["start"], match["start_zone"] or match["end_zone"]
    if match["mark"] is None and not _LED_HOUR.search(start):
        start = _LAST_NUMBER.sub(r"jam \1", start)
    return f"{start} {zone}" if zone else start


def _to_clock(match: re.Match[str], cell: object) -> str:
    """Return `jam 9` as `jam 9.00`, `9 wib` and `9 malam` as clocks; anything else as it was."""
    lead, hour, minute, part = match.group("lead", "hour", "minute", "part")
    is_marked = lead is not None or match["zone"] is not None
    if part is None and (minute is not None or not is_marked):
        return match[0]
    hours = [int(hour)]
    if part:
        hours = [h for h in (int(hour), int(hour) + 12) if h in _HOURS_OF_DAY_PART[part]]
    if len(hours) != 1:
        raise UnreadableCell(f"waktu {quote(cell)}: jam {hour} {part} tidak jelas")
    return f"{lead or ''}{hours[0]:02d}.{minute or '00'}"
