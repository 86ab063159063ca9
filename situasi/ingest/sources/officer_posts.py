"""Posts of officers in a list of them: which TPS or office each guards, under any heading."""

import re

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.time_columns import find_time_columns
from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.officer_lists import is_attendance_list
from situasi.ingest.tables import UnknownHeadings

_STATIONS = re.compile(
    r"\btps\W{0,3}(\d{1,3}(?:\s*(?:,|&|dan|s\.?\s?/?\s?d\.?|-)\s*(?:tps\W{0,3})?\d{1,3})*)",
    re.IGNORECASE,
)
_POST_COLUMNS = frozenset(("penugasan", "lokasi", "tps"))
_POST = re.compile(
    r"^(?:pam|pos|plotting|ploting|pengamanan|penempatan)\b"
    r"|\b(?:tugas|ditugaskan|bertugas|ditempatkan|penempatan|pengamanan|dinas|siaga)"
    r" (?:di|ke|pada)\b",
    re.IGNORECASE,
)
_ROSTER_OF_POSTS = re.compile(r"\b(?:jadwal|plotting|ploting|piket|penugasan|penempatan)\b", re.I)
_OTHER_THAN_POSTS = (
    "kecamatan", "desa", "tps", "penugasan", "giat", "jenis", "fase", "checkin", "hadir",
    "waktu_lapor",
)  # fmt: skip
_RESERVE = re.compile(r"cadangan|patroli", re.IGNORECASE)
_OFFICE = re.compile(r"^\W*(?:(?:pam|pos|posko|kantor|sekretariat|ppk|kec|kecamatan)\b\W*)+", re.I)
_SHIFT = re.compile(r"(?:pagi|siang|sore|malam|shift|giliran|regu|ploeg)\b", re.IGNORECASE)


def split_officer_places(table: ConvertedTable) -> None:
    """Split a place of officers that names TPS (`TPS 1, 2 Desa Lorok`) into TPS and place."""
    names = table.find_columns("lokasi") or table.find_columns("tempat")
    if not names or not table.has_any("nrp", "petugas") or table.has_any("tps", "desa"):
        return
    column = [None if is_blank(c) else str(c) for c in table.cells[names[0]].tolist()]
    found = [list(_STATIONS.finditer(text)) if text else [] for text in column]
    matches = [stations[0] if len(stations) == 1 else None for stations in found]
    if any(matches):
        table.set_column("tps", [match[1].strip(" ,.") if match else None for match in matches])
        texts = [
            " ".join(_STATIONS.sub(" ", text).split()).strip(" ,-/") if text and match else text
            for text, match in zip(column, matches, strict=True)
        ]
        table.set_column("tempat", [text or None for text in texts])


def take_posts(table: ConvertedTable, context: IngestContext) -> None:
    """Read the posts of officers under one heading: `PPK Kandis`, `TPS 1 Desa Miji`.

    Only where each cell is one; what else stands there is asked (`ask_posts`).
    """
    titles = " ".join(table.source.titles)
    names = [n for n in table.headings if _POST.search(n)] or _find_named_posts(table)
    if not names and _ROSTER_OF_POSTS.search(titles):
        names = (table.find_columns("lokasi") or table.find_columns("tempat"))[:1]
    if not names or not table.has_any("nrp", "petugas"):
        return
    if is_attendance_list(table) or _names_moments(table):
        return
    if not {*table.find_columns(*_OTHER_THAN_POSTS)} <= {*names}:
        return
    columns = [table.cells[name].tolist() for name in names]
    skipped = table.total_rows | table.reasons.keys()
    posts = {
        row: [_read_post(str(cell), context) for cell in cells if not is_blank(cell)]
        for row, cells in enumerate(zip(*columns, strict=True))
        if row not in skipped
    }
    posts = {row: found for row, found in posts.items() if found}
    if posts and all(len(found) == 1 and found[0] for found in posts.values()):
        table.drop_columns(names)
        for heading in ("kecamatan", "tps", "tempat", "penugasan"):
            texts = {r: found[0][heading] for r, found in posts.items() if found[0].get(heading)}
            table.fill(heading, texts)
        quoted = ", ".join(f'"{name}"' for name in names)
        table.doubt(posts, f"tempat tugas dari kolom {quoted}")


def ask_arrivals(table: ConvertedTable) -> None:
    """Raise UnknownHeadings where officers, places and moments of their own may be check-ins."""
    if not table.has_any("penugasan") and _names_moments(table):
        raise UnknownHeadings(
            "tiap baris menyebut petugas, tempat dan jam sendiri: lapor diri atau plotting? "
            "Petakan kolom yang menyebut apa yang terjadi"
        )


def _names_moments(table: ConvertedTable) -> bool:
    """Return whether each row has a moment of its own, as where it tells who came when."""
    names = table.find_columns("waktu", "jam", "waktu_lapor")
    columns = [table.cells[name].tolist() for name in (*names, *find_time_columns(table))]
    filled = [[cell for cell in column if not is_blank(cell)] for column in columns]
    return any(2 * len(set(cells)) > len(cells) > 2 for cells in filled)


def _find_named_posts(table: ConvertedTable) -> list[str]:
    """Return the columns under unknown headings of which most cells name a TPS."""
    names: list[str] = []
    for name in table.list_unknown() if not _names_moments(table) else ():
        filled = [str(c) for c in table.cells[name].tolist() if not is_blank(c)]
        stations = sum(_STATIONS.search(text) is not None for text in filled)
        if filled and 2 * stations > len(filled):
            names.append(name)
    return names


def _read_post(text: str, context: IngestContext) -> dict[str, str]:
    """Return what a post is under our headings; nothing where it is neither one area nor TPS."""
    if stations := list(_STATIONS.finditer(text)):
        place = " ".join(_OFFICE.sub("", _STATIONS.sub(" ", text)).split()).strip(" ,-/")
        tps = stations[0][1].strip(" ,.")
        is_one = place and len(stations) == 1  # of two desa one would be lost
        return {"tps": tps, "tempat": place, "penugasan": "tps"} if is_one else {}
    if reserve := _RESERVE.match(text):
        return {"penugasan": reserve[0].lower()}
    name = _OFFICE.sub("", text).strip(" .:-")
    try:
        area = context.places.read_kecamatan(None, name)
    except UnreadableCell:
        return {}
    is_sure = area.code is not None and area.note is None
    return {"kecamatan": name, "penugasan": "kecamatan"} if is_sure else {}


def ask_posts(table: ConvertedTable) -> None:
    """Raise UnknownHeadings where a list of officers also says where they are posted.

    Read as a list of officers alone, it would lose the posts without a word.
    """
    find, named = table.vocabulary.find_column, _find_named_posts(table)
    posts = [
        name
        for name in table.headings
        if find("roster", name) is None
        and (find("postings", name) in _POST_COLUMNS or _POST.search(name) or name in named)
        and any(isinstance(cell, str) and not is_blank(cell) for cell in table.cells[name].tolist())
    ]
    if posts:
        raise UnknownHeadings(
            f'daftar personel yang kolomnya "{posts[0]}" menyebut tempat tugas: petakan sebagai '
            "plotting (lokasi, TPS, kecamatan), atau sebagai daftar personel saja"
        )
    shifts = [
        name for name in table.headings if _SHIFT.match(name) and find("roster", name) is None
    ]
    filled = [n for n in shifts if not all(map(is_blank, table.cells[n].tolist()))]
    if filled:
        raise UnknownHeadings(
            f'daftar jaga yang kolomnya "{filled[0]}" menyebut giliran: giliran tidak dicatat di '
            "sini; petakan sebagai daftar personel saja, atau tulis tiap giliran sebagai plotting"
        )
