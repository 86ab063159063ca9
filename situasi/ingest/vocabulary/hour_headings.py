"""Headings that name the hour of a column of voter counts: `08.00`, `hadir jam 9`."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from situasi.ingest.parsing.cells import normalize_cell

_HEADING = re.compile(
    r"(?P<heads>(?:(?:jumlah|jml|total|pemilih|yang|yg|sudah|sdh|telah|hadir|datang|kehadiran|memilih"
    r"|kumulatif|komulatif|cumulative|mencoblos|nyoblos|partisipasi|parmas|pengguna|menggunakan|hak|pilih"
    r"|turnout|voters?|voted|present)\W+)+)?"
    r"(?:s\W{0,2}d\W{0,2}|(?:sampai(?:\W+dengan)?|hingga|by|at|until)\W+)?"
    r"(?P<lead>(?:(?:jam|pukul|pkl|pk)\W{0,3}){1,2}(?:(?:pengecekan|cek|lapor(?:an)?|absen)\W{1,3})?)?"
    r"(?P<hour>[01]?[0-9]|2[0-4])(?:[.:](?P<minute>[0-5][0-9])(?:[.:]00)?)?"
    r"\W{0,3}(?:(?:jumlah|jml|total|pemilih|hadir|kehadiran"
    r"|l ?[+&/] ?p|memilih|mencoblos|partisipasi|parmas|kumulatif|pengguna hak pilih)\W{0,2}){0,3}"
)
# `s.d. Pukul (WIB)` above `08.00`: a title of a group names the zone before the hour.
_ZONE = re.compile(r"[(\[]? ?(?<![a-z])(wib|wita|wit)(?![a-z]) ?[)\]]?")
_UNIT = re.compile(
    r"[(\[] ?(?:orang|org|jiwa|pemilih) ?[)\]]|(?<=[0-9]) ?[(\[] ?(?:jam|pukul) ?[)\]]"
)
_JOINED_MINUTES = re.compile(r"(?<=[0-9])_(?=[0-9]{2}$)")  # `hadir_09_00`
_CODED = re.compile(
    r"(?!.*(?:dpt|daftar|regist|belum|sisa|tidak|tdk))"
    r"(?P<stem>(?:.*[\W_])?(?:(?:jumlah|jml|pemilih)[\W_]?)*(?:hadir|kehadiran|partisipasi|pemilih"
    r"|memilih|mencoblos|turnout|voters?|voted)[\W_]?)"
    r"(?P<hour>[0-9]{1,2})"
)
_SEX = r"(?:(?P<l>l|lk|laki|laki[ -]?laki|pria)|(?P<p>p|pr|perempuan|wanita))"
_OF_SEX = (
    re.compile(rf"(?P<hour>.*\d.*?)[\W_]+{_SEX}\W*", re.IGNORECASE),
    re.compile(rf"{_SEX}[\W_]+(?P<hour>.*\d.*)", re.IGNORECASE),
)
_VOTING_HOURS = range(6, 16)  # what is numbered as questions or repeats begins at 1


class HourHeading(NamedTuple):
    """The hour of a heading. clock: as a cell would write it. has_count_word: it says "hadir"."""

    clock: str
    has_count_word: bool


@lru_cache(maxsize=4096)  # the same headings are looked at for each feed and source
def parse_hour_heading(heading: str) -> HourHeading | None:
    """Return the hour that a heading names, or None; a bare number or a share is not an hour."""
    if "%" in heading:
        return None
    text = _JOINED_MINUTES.sub(".", normalize_cell(heading).lower()).replace("_", " ")
    zones = set(_ZONE.findall(text))
    match = _HEADING.fullmatch(" ".join(_UNIT.sub(" ", _ZONE.sub(" ", text)).split()))
    if not match or len(zones) > 1 or not (match["lead"] or match["minute"] or zones):
        return None
    clock = f"{int(match['hour']):02d}.{match['minute'] or '00'} {''.join(zones).upper()}"
    return HourHeading(clock.strip(), bool(match["heads"]))


def find_hours_by_sex(headings: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the headings of men and of women (`09.00 L`, `09.00 P`), by the hour of both."""
    found: dict[str, dict[str, str]] = {}
    for heading in headings:
        for pattern in _OF_SEX:
            match = pattern.fullmatch(normalize_cell(heading))
            hour = parse_hour_heading(match["hour"]) if match else None
            if match and hour:
                found.setdefault(hour.clock, {})["l" if match["l"] else "p"] = heading
                break
    return {clock: (by["l"], by["p"]) for clock, by in found.items() if len(by) == 2}


def find_bare_hours(headings: Sequence[str]) -> dict[str, str]:
    """Return the clock of headings that are a bare number among hours: `9` beside 08.30, 10.00.

    Only where all of them together go on from one to the next.
    """
    clocks = {h: hour.clock for h in headings if (hour := parse_hour_heading(h))}
    numbers = [h for h in headings if h.isascii() and h.isdigit() and int(h[:3]) in _VOTING_HOURS]
    if len(clocks) < 2 or not numbers:
        return {}
    bare = {h: f"{int(h):02d}.00" for h in numbers}
    order = [(clocks | bare)[h][:5] for h in headings if h in clocks or h in bare]
    return bare if order == sorted(set(order)) else {}


def find_coded_hours(headings: Sequence[str]) -> dict[str, str]:
    """Return the hour of headings that are codes of questions: `HADIR10`, `HADIR12`.

    Only where several differ by nothing but such a number, and each may be an hour of the vote.
    """
    matches = {h: m for h in headings if (m := _CODED.fullmatch(normalize_cell(h).lower()))}
    hours_by_stem: dict[str, list[int]] = {}
    for match in matches.values():
        hours_by_stem.setdefault(match["stem"], []).append(int(match["hour"]))
    return {
        heading: f"{int(match['hour']):02d}.00"
        for heading, match in matches.items()
        if len(hours := set(hours_by_stem[match["stem"]])) > 1 and hours <= set(_VOTING_HOURS)
    }


def is_hourly_table(headings: Sequence[str], has_tps: bool) -> bool:
    """Return whether headings are of a table with a column per hour. has_tps: one names the TPS.

    A single hour among headings that do not say what is counted may be anything.
    """
    hours = [hour for heading in headings if (hour := parse_hour_heading(heading))]
    is_certain = has_tps or len(hours) > 1 or any(hour.has_count_word for hour in hours)
    return bool(hours) and is_certain and len(headings) > 1
