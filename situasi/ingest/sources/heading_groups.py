"""Groups in headings: `grup/kolom`, `grup:kolom`, `grup-kolom` and `_grup_kolom` as `kolom`."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

# `1. Kecamatan`, `A) Waktu`, `Q3 - Jumlah`, `3_Jenis_kejadian`: the number of a question.
_QUESTION_NUMBER = re.compile(
    r"(?:[A-Za-z]{0,2}\d{1,3}(?:\.\d{1,2})?|[A-Za-z])\s*[.):-]\s+|\d{1,3}_(?=[A-Za-z])"
)
_SECTION = re.compile(r"\[(?P<group>[^\[\]]{1,40})\]\s*(?P<name>[^\[\]]+)")  # `[Status] Jam`
_SURE_SEPARATORS = "/:"
_MAX_CHARS = 400  # of a heading with its groups; what is longer is a text
_SHARED_SEPARATORS = re.compile(r"__|[-_.]")
# A place under a group of this kind is not the place of the report.
OTHER_SUBJECTS = re.compile(
    r"asal|tujuan|alamat|domisili|ktp|rumah|lahir|tinggal|pelapor|korban|pelaku|saksi|kontak",
    re.IGNORECASE,
)

# An hour under such a group is not when something was; an arrival not that of an officer.
_NOT_YET = re.compile(r"belum|tidak|rencana|jadwal|target|batas|estimasi", re.IGNORECASE)
_OTHER_ARRIVALS = re.compile(
    r"logistik|kotak|surat|suara|barang|bantuan|kpps|saksi|ppk|pps|pemilih|tamu|korban",
    re.IGNORECASE,
)


def is_of_others(group: str, *, is_arrival: bool) -> bool:
    """Return whether an hour under this group is planned, or of others than officers."""
    is_other = is_arrival and _OTHER_ARRIVALS.search(group)
    return bool(is_other or _NOT_YET.search(group))


def strip_groups(
    headings: Sequence[str], is_known: Callable[[str], bool], separators: str = ""
) -> dict[str, str]:
    """Return the headings that are known only without their group or number, as they are known.

    A part before `/`, `:` or one of these separators of the source is a group; one before `-`,
    `_` or `.` else only where two headings share it, as words of one name are joined by these too.
    """
    sure = re.compile(f"[{re.escape(_SURE_SEPARATORS + separators)}]")
    shared = _count_prefixes(headings)
    names: dict[str, str] = {}
    for heading in headings:
        if heading.startswith("__") or len(heading) > _MAX_CHARS or is_known(heading):
            continue
        spellings = (s for s in _list_spellings(heading, shared, sure) if s and is_known(s))
        known = next(spellings, None)
        if known is not None:
            names[heading] = known
    return names


def _list_spellings(heading: str, shared: Counter[str], sure: re.Pattern[str]) -> Iterator[str]:
    """Yield what a heading may be without number and group: as little as possible taken off."""
    plain = _QUESTION_NUMBER.sub("", heading, count=1) if _QUESTION_NUMBER.match(heading) else ""
    for text in filter(None, (plain, heading)):
        yield text.strip()
        section = _SECTION.fullmatch(text)
        if section and not OTHER_SUBJECTS.search(section["group"]):
            yield section["name"]
        for match in sure.finditer(text):
            group, name = text[: match.start()], text[match.end() :].strip()
            if not OTHER_SUBJECTS.search(group):
                yield name
                yield _QUESTION_NUMBER.sub("", name, count=1)
        for prefix, name in _split_shared(text):
            if shared[prefix] > 1 and not OTHER_SUBJECTS.search(prefix):
                yield name


def _count_prefixes(headings: Sequence[str]) -> Counter[str]:
    return Counter(prefix for heading in headings for prefix, _ in _split_shared(heading))


def _split_shared(heading: str) -> Iterator[tuple[str, str]]:
    for match in _SHARED_SEPARATORS.finditer(heading):
        if match.start() > 0:
            yield heading[: match.end()], heading[match.end() :].strip()
