"""Places in free words: `Kantor Camat Payaraman`, `Desa Tanjung Gelam, Kec. Indralaya`."""

import re
from dataclasses import dataclass

from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.parsing.cells import UnreadableCell, normalize_cell

PLACE_SEPARATOR = re.compile(r"[,;/|]| - ")
# A road is named after what it leads to: `Jalan Lintas Palembang - Indralaya` is in neither.
_ROAD = re.compile(
    r"\b(?:jalan|jln|jl|jalur|lintas|ruas|rute|simpang|tol)\b"
    r"(?:(?![,;|]|\b(?:desa|ds|kel|kelurahan|kec|kecamatan|depan|dekat|tps)\b).)*",
    re.IGNORECASE,
)
# An office lies in the kecamatan or desa of its name: `Kantor Camat Payaraman`, `Balai Desa Miji`.
_OFFICE = re.compile(
    r"(?:(?:di|depan|halaman|lapangan|aula|ruang|rupatama)\s+)*"
    r"(?:(?:kantor|gedung|gudang|balai|mako|markas|pos)\s+)*"
    r"(?:(?P<office>camat|ppk|panwascam|(?:ma)?polsek|koramil|kua)\s+|(?=desa\b|kec))(?P<name>.+)",
    re.IGNORECASE,
)
# An office of the kabupaten; that of the command stands at its seat.
_COMMAND_OFFICE = re.compile(
    r"(?:(?:di|depan|halaman|lapangan|aula|kantor|mako|markas|gedung|ruang|rapat|rupatama)\s+)*+"
    r"(?:ma)?(?:ko)?polres(?:ta|tabes)?\b.{0,40}",
    re.IGNORECASE,
)
_KABUPATEN_OFFICE = re.compile(
    r"(?:(?:di|depan|halaman|kantor|gedung|gudang|sekretariat|logistik)\s+)+"
    r"(?:kpu|bawaslu|bupati|pemkab|pemda|setda|dprd|kesbangpol)(?!.*\bprov)\b.{0,40}",
    re.IGNORECASE,
)

# Words that say "there or near": the desa they are said of stays the place, and the row is flagged.
# The area of a Polres is the kabupaten, not its office.
_NEAR_BEFORE = re.compile(
    r"(?:di )?(?:seputaran|seputar|sekitar|(?:wilayah|wil\.?)(?! polres)) ", re.IGNORECASE
)
_NEAR_BEHIND = re.compile(
    r"(?: (?:dan|serta|&) ?|& ?| )(?:sekitarnya|sekitar)\.?$| dsk\.?$", re.IGNORECASE
)
_DESA_MARK = re.compile(r"\b(?:desa|kelurahan|kel|ds)\b", re.IGNORECASE)


@dataclass(frozen=True)
class ResolvedPlace:
    """The place of a row. is_stated: whether words state it; if not, its point must."""

    kecamatan: str | None
    desa: str | None
    is_stated: bool = True


def read_free_place(place_text: str, places: PlaceLookup) -> ResolvedPlace | None:
    """Read a place in free words ("Desa Tanjung Gelam, Kec. Indralaya"): only what is certain.

    Raises UnreadableCell where they name several kecamatan.
    """
    parts = [
        reduce_to_desa(part) for part in PLACE_SEPARATOR.split(_remove_roads(place_text, places))
    ]
    parts = [part for part in parts if part]
    offices = [match for part in parts if (match := _OFFICE.fullmatch(part))]
    parts = [match["name"] for match in offices if match["office"] is None] + parts
    names = [*parts, *(match["name"] for match in offices)]
    areas = {code for part in names if (code := _find_kecamatan(part, places))}
    if len(areas) > 1:
        raise UnreadableCell(f'tempat "{place_text}" menyebut lebih dari satu kecamatan')
    area = next(iter(areas), None)
    # What names the kecamatan is not also the desa of that name (`Pasar, Tanjung Raja`).
    kecamatan_name = normalize_cell(places.format_name(area)).lower() if area else None
    for part in parts:
        if normalize_cell(part).lower() == kecamatan_name:
            continue
        try:
            village = places.read_desa(part, area, required=False)
        except UnreadableCell:
            continue
        if village.code is not None:
            return ResolvedPlace(village.kecamatan or area, village.code)
    if area is None and any(map(_COMMAND_OFFICE.fullmatch, parts)):
        return ResolvedPlace(places.seat_kecamatan, None)
    if area is None and any(map(_KABUPATEN_OFFICE.fullmatch, parts)):
        return ResolvedPlace(None, None)
    return ResolvedPlace(area, None) if area else None


def reduce_to_desa(part: str) -> str:
    """Return one part of a place from the one desa that it names, without words of nearness.

    `Seputaran Desa X`, `Desa X dsk.`, `depan Balai Desa X` and `Logistik ke Desa X` are `Desa X`.
    """
    plain = " ".join(part.split())
    before = _NEAR_BEFORE.match(plain)
    plain = _NEAR_BEHIND.sub("", plain[before.end() :] if before else plain).strip()
    office = _OFFICE.fullmatch(plain)
    if office and office["office"] is None:
        return office["name"]
    marks = [*_DESA_MARK.finditer(plain)]
    return plain[marks[0].start() :] if len(marks) == 1 and not office else plain


def _remove_roads(text: str, places: PlaceLookup) -> str:
    """Return a text without the names of its roads; a desa may be called after one."""

    def replace(match: re.Match[str]) -> str:
        name = PLACE_SEPARATOR.split(match[0])[0].strip()
        return match[0] if places.names_desa(name) else ""

    return _ROAD.sub(replace, text)


def _find_kecamatan(part: str, places: PlaceLookup) -> str | None:
    try:
        return places.read_kecamatan(None, part).code
    except UnreadableCell:
        return None
