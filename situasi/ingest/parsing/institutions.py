"""Standard names of the institutions that took part in an activity."""

from __future__ import annotations

import re

from situasi.ingest.parsing.cells import is_blank, normalize_text
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import cell_to_text

_SEPARATORS = re.compile(r"\s*(?:[,;/&+\n]|\b(?:dan|serta|bersama|and)\b)\s*", re.IGNORECASE)
_SPELLINGS = {
    "KPU": "kpu|kpud|komisi pemilihan umum|kpu kab",
    "Bawaslu": "bawaslu|panwaslu|badan pengawas pemilu|bawaslu kab",
    "TNI": "tni|tni ad|kodim|koramil|babinsa|danramil|dandim|tentara",
    "Pemkab": "pemkab|pemda|pemerintah kabupaten|pemerintah daerah|bupati|sekda|regency",
    "Satpol PP": "satpol pp|satpol|pol pp|polpp|satuan polisi pamong praja",
    "Linmas": "linmas|satlinmas|hansip|perlindungan masyarakat",
    "PPK": "ppk|panitia pemilihan kecamatan",
    "PPS": "pps|panitia pemungutan suara",
    "KPPS": "kpps",
    "Panwascam": "panwascam|panwaslu kecamatan|panwas kecamatan",
    "Kejaksaan": "kejaksaan|kejari|jaksa|kejaksaan negeri",
    "Pengadilan": "pengadilan|pengadilan negeri|pn",
    "Gakkumdu": "gakkumdu|sentra gakkumdu",
    "BPBD": "bpbd|badan penanggulangan bencana daerah",
    "Dishub": "dishub|dinas perhubungan",
    "Dinkes": "dinkes|dinas kesehatan",
    "Disdukcapil": "disdukcapil|dukcapil",
    "Kesbangpol": "kesbangpol|badan kesbangpol|kesbang",
    "Damkar": "damkar|pemadam kebakaran",
    "PLN": "pln",
    "FKUB": "fkub",
    "MUI": "mui",
    "Camat": "camat|kecamatan|pemerintah kecamatan",
    "Kepala desa": "kepala desa|kades|pemerintah desa|pemdes|perangkat desa",
    "Tokoh masyarakat": "tokoh masyarakat|toga|tomas|tokoh agama|tokoh adat|tokoh pemuda",
}
_NAME_BY_SPELLING = {
    spelling: name for name, joined in _SPELLINGS.items() for spelling in joined.split("|")
}


def read_partners(cell: Cell, kabupaten_name: str) -> str | None:
    """Return `kpu ogan ilir & panwaslu` as "KPU, Bawaslu"; unknown names as they were written.

    kabupaten_name: ignored behind an institution's name, where it adds nothing.
    """
    text = cell_to_text(cell)
    if text is None or is_blank(text):
        return None
    kabupaten_pattern = re.compile(rf"\b(?:kab\w*\W*)?{re.escape(kabupaten_name)}\b", re.IGNORECASE)
    names = [
        _standardize_name(part, kabupaten_pattern)
        for part in _SEPARATORS.split(normalize_text(text[:2000]))
        if part.strip()
    ]
    return ", ".join(dict.fromkeys(filter(None, names))) or None


def _standardize_name(part: str, kabupaten_pattern: re.Pattern[str]) -> str:
    bare = " ".join(re.findall(r"[a-z]+", kabupaten_pattern.sub(" ", part).lower()))
    return _NAME_BY_SPELLING.get(bare, part.strip(" .-"))
