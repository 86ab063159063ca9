"""Finds the times of day in a message: `pkl 07.05`, `jam 9`, `0915 wib`, `jam setengah 10`."""

import re
from typing import NamedTuple

from situasi.ingest.messages.message_text import Passage, Span

_ZONE = r"(?: ?(?P<zone>wib|wita|wit)\b)?"
_PART = r"(?: ?(?P<part>pagi|siang|sore|malam|mlm)\b)?"
_PREFIX = (
    r"\b(?:pukul|pkul|pkl|pk|jam|jm|j(?=[. ]{0,2}[0-9]{1,2}[.:][0-9]{2}))(?![^\W\d_])[ .:]{0,3}"
)
_SPELLED_WORDS = (
    """satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua_belas"""
)
_SPELLED = {word.replace("_", " "): n for n, word in enumerate(_SPELLED_WORDS.split(), 1)}
SPELLED_HOURS = "|".join(sorted(_SPELLED, key=len, reverse=True))  # as a pattern
_UNTIL = r"(?P<until>\b(?:s ?[./]? ?d\b\.?|sampai(?: dengan)?|hingga|per)[ ]{0,2})?"
# People, distances and money are no times: `10.15 km`, `jam 9 - 20 org`; but people whose number
# follows are: `jam 9 pemilih yang hadir sebanyak 20`.
_UNIT = (
    r" ?(?!(?:pemilih|pmlh|warga|(?:orang|org|jiwa)(?= (?:yang|yg|sudah|sdh|telah|hadir|datang)))\b"
    r"(?:(?!\b(?:tps|jam|jm|pukul|pkl)\b)[^\n;0-9]){0,60}[0-9])"
    r"(?:orang|org|pemilih|pmlh|jiwa|warga|personel|personil|pers|persen|km|cm|m|kg|ha|juta|jt"
    r"|ribu|rb|ton|suara)\b"
)
_CLOCK = re.compile(
    rf"{_UNTIL}(?:{_PREFIX}(?:"
    r"(?P<h1>[0-9]{1,2})(?:(?P<s1>[.:]|(?<=[0-9]{2}),)(?P<m1>[0-9]{2})(?:(?P=s1)[0-9]{2})?(?![0-9]|(?P=s1)[0-9])"
    rf"|(?![0-9]|[.:,/][0-9]| [0-9]{{2}} ?(?:wib|wita|wit)\b|{_UNIT}))"
    r"|(?P<h4>[01][0-9]|2[0-3])(?P<m4>[0-5][0-9])(?![0-9]|[.:,/][0-9])"
    rf"|(?:setengah|stengah|stgh) (?:(?P<h5>[0-9]{{1,2}})(?![0-9.,:/])|(?P<half>{SPELLED_HOURS})\b)"
    rf"|(?P<spelled>{SPELLED_HOURS})\b)"
    r"|(?<![\w.,:/-])(?P<h2>[0-9]{1,2})[.:](?P<m2>[0-9]{2})(?= ?(?:wib|wita|wit)\b)"
    r"|(?<![\w.,:/-])(?P<h6>[01][0-9]|2[0-3])(?P<m6>[0-5][0-9])(?= ?(?:wib|wita|wit)\b)"
    r"|(?<![\w.,:/@=?&-])(?P<h3>[01][0-9]|2[0-4])(?P<s3>[.:])(?P<m3>[0-5][0-9])"
    rf"(?![0-9%]|(?P=s3)[0-9]|[,/][0-9]|{_UNIT})"
    r"|(?:(?<=buka )|(?<=tutup ))(?P<h7>[1-9])[.:](?P<m7>[0-5][0-9])(?![0-9]|[.:,/][0-9])"
    r"|(?<![\w.,:/-])(?P<h8>[5-9])[.:](?P<m8>[0-5][0-9])"
    r"(?= (?:hadir|dibuka|ditutup|buka|tutup)\b|\)"
    r"| ?[:=] ?[0-9]{1,3} ?(?:orang|org|wong|pemilih)\b)"
    # A form of one line, `HDR#code#0900#88`: behind a mark or a code, and before a number.
    r"|(?:(?<=[#*|;])|(?<=\.[0-9]{3} ))(?P<h9>0[5-9]|1[0-9]|2[0-3])(?P<m9>[0-5][0-9])"
    r"(?=[#*|; ]{1,2}[0-9]))"
    rf"{_PART}{_ZONE}",
    re.IGNORECASE | re.MULTILINE,
)
_HOUR_GROUPS = ("h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9", "half", "spelled")
_MINUTE_GROUPS = ("m1", "m2", "m3", "m4", "m6", "m7", "m8", "m9")
# After one of these a number with two decimals is no time, without `jam` or `wib`.
_NO_TIME_BEFORE = re.compile(
    r"\b(?:rp|no|nomor|nmr|dpt|km|pasal|lat|lon|long|versi|kode|total|jumlah|jml|tgl"
    r"|(?<!dari )(?<!dr )(?<!di )(?<!ke )tps|tanggal|senin|selasa|rabu|kamis|jumat|sabtu|minggu"
    r"|ke)\b[ .:=,]{0,3}\Z",
    re.IGNORECASE,
)
_AFTER_UNTIL = re.compile(r"\b(?:s\.d\.|s/d|s\.d|sd|sampai|hingga|per) ?\Z", re.IGNORECASE)
# Before this hour bare numbers are rather a TPS and its count (`01:45`).
_FIRST_BARE_HOUR = 5
_OFFSET = re.compile(
    r" ?(?P<sign>kurang|krg|lewat|lwt|lebih) (?P<minutes>[0-9]{1,2}|seperempat)(?: ?menit)?\b"
    r"(?! ?(?:orang|org|pemilih|pmlh|jiwa))",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r" ?(?:-|\u2013|s ?[./]? ?d\.?|sampai(?: dengan)?|hingga) ?"
    r"(?:(?:pukul|pkl|jam|jm) ?)?(?:[0-9]{1,2}[.:][0-9]{2}(?![0-9,])|selesai\b"
    r"|(?P<hour>[01]?[0-9]|2[0-4])(?![0-9]|[.,:/][0-9]"
    r"| ?(?:orang|org|pemilih|pmlh|jiwa|pers)))",
    re.IGNORECASE,
)


class ClockMention(NamedTuple):
    """A time of day in the text. hours: the possible ones; is_until: counted up to this time.

    full_span: with the second clock time of a range. hour_position: where its hour is.
    """

    span: Span
    hours: tuple[int, ...]
    minute: int
    zone: str
    is_until: bool
    is_range: bool
    full_span: Span
    hour_position: int

    def format_cell(self, hour: int) -> str:
        """Return the time with this hour as a cell."""
        return f"{hour:02d}.{self.minute:02d}{self.zone}"


def find_clocks(passage: Passage) -> list[ClockMention]:
    """Return the clock times of the text, a range as one."""
    clocks = [
        clock
        for match in _CLOCK.finditer(passage.text)
        if (clock := _parse_clock(passage.text, match))
    ]
    return [
        clock
        for clock, previous in zip(clocks, [None, *clocks], strict=False)
        if not _ends_range(clock, previous)
    ]


def _parse_clock(text: str, match: re.Match[str]) -> ClockMention | None:
    """Return the time of a match; None where it is none."""
    if match["h3"] and not _is_bare_clock(text, match):
        return None
    name = next(name for name in _HOUR_GROUPS if match[name])
    minute_text = next((match[group] for group in _MINUTE_GROUPS if match[group]), None)
    hour = _SPELLED.get(match[name].lower()) or int(match[name])
    minute = int(minute_text or 0)
    hours = _possible_hours(hour, minute_text is not None, (match["part"] or "").lower())
    end = match.end()
    if match["h5"] or match["half"]:
        hours, minute = _shift_hours(hours, 1), 30
    elif minute_text is None and (offset := _OFFSET.match(text, end)):
        hours, minute = _apply_offset(hours, offset)
        end = offset.end()
    if not hours or minute >= 60:
        return None
    zone = f" {match['zone'].upper()}" if match["zone"] else ""
    tail = _RANGE.match(text, end)
    if tail and tail["hour"] and minute_text is not None:
        tail = None  # `07.00 - 20`: a count
    span = Span(match.start(), end)
    full_span = Span(span.start, tail.end() if tail else end)
    return ClockMention(
        span, hours, minute, zone, bool(match["until"]), bool(tail), full_span, match.start(name)
    )


def _is_bare_clock(text: str, match: re.Match[str]) -> bool:
    """Return whether digits without `jam` or `wib` are a time of day."""
    before = text[max(0, match.start("h3") - 16) : match.start("h3")]
    if match["zone"] or match["part"] or _AFTER_UNTIL.search(before):
        return True
    return not _NO_TIME_BEFORE.search(before) and int(match["h3"]) >= _FIRST_BARE_HOUR


def _apply_offset(hours: tuple[int, ...], offset: re.Match[str]) -> tuple[tuple[int, ...], int]:
    """Return hours and minute of `jam 9 kurang 10` or `jam 9 lewat seperempat`."""
    minutes = 15 if offset["minutes"].lower() == "seperempat" else int(offset["minutes"])
    if offset["sign"].lower() in {"kurang", "krg"} and 0 < minutes < 60:
        return _shift_hours(hours, 1), 60 - minutes
    return hours, minutes


def _shift_hours(hours: tuple[int, ...], by: int) -> tuple[int, ...]:
    return tuple((hour - by) % 24 for hour in hours)


def _ends_range(clock: ClockMention, previous: ClockMention | None) -> bool:
    """Return whether this is the second of two clock times of a range."""
    return previous is not None and previous.is_range and clock.span.start - previous.span.end <= 20


def _possible_hours(hour: int, has_minutes: bool, part: str) -> tuple[int, ...]:
    """Return the hours meant: 02.00 or 14.00 for `jam 2`, 14.00 for `jam 2 siang`."""
    if hour > 24:
        return ()
    if part and 1 <= hour <= 12:
        afternoon = hour % 12 + 12
        late = (hour % 12,) if hour in {12, 1, 2, 3} else (afternoon,)
        return {
            "pagi": (hour % 12,),
            "siang": (hour if hour in {10, 11, 12} else afternoon,),
            "sore": (afternoon,),
            "malam": late,
            "mlm": late,
        }[part]
    if has_minutes or hour >= 12 or hour == 0:
        return (hour,)
    return (hour, hour % 12 + 12)
