"""Redaction of persons: a roster number, a masked NRP, an escort without names."""

import re
from typing import NamedTuple

from situasi.ingest.parsing.cells import UnreadableCell, normalize_cell
from situasi.ingest.tables import Cell

NRP_REFUSED = "NRP tidak disimpan; tulis nomor petugas dari daftar personel"
OFFICER_NAME_REFUSED = "petugas harus nomor dari daftar personel, bukan nama"
REDACTED = "[dihapus: nama dan NRP tidak disimpan]"

_LONGEST_NUMBER = 24
# An NRP of the police has eight digits, one of the army up to fourteen, a NIK sixteen.
_LONG = re.compile(r"(?<!\d)\d{8,}(?!\d)")
_DAY = re.compile(r"20(?:1[3-9]|[2-9]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SPELLED = re.compile(r"(\bnrp\b[\W_]*)(\d[\d .\-/]{6,}\d)", re.IGNORECASE)
_ONLY_DIGITS = re.compile(r"[\d .\-/]+")
_MASKED = re.compile(r"\*+(\d{1,3})")

_NAMES = frozenset(("nama", "name", "names", "nm"))
_PERSONS_WORDS = """petugas personel personil anggota lengkap pelapor terlapor pelaku terduga
pelanggar saksi korban polisi perwira bintara padal pawas pengawal ketua officer full pangkat nrp
nip gelar panggilan pengadu person staff pejabat"""
_PERSONS = frozenset(_PERSONS_WORDS.split())
_THINGS_WORDS = """kecamatan kec kabupaten kab desa kelurahan kel ds tps satuan kesatuan instansi
unit polsek polres polda kegiatan giat lokasi tempat tahapan satgas jalan dusun wilayah district
village operasi berkas file sumber media distrik ward polling station location place
subdistrict"""
_THINGS = frozenset(_THINGS_WORDS.split())
_NAMED_ALONE = frozenset(("terlapor", "terduga", "pelaku", "pelanggar", "fullname"))

# Ranks and courtesy titles before a name.
_TITLES_WORDS = """bharada bharatu bharaka abripda abriptu abrip bripda briptu brigpol brigadir
bripka aipda aiptu ipda iptu akp kompol akbp kombes prada pratu praka kopda koptu kopka serda
sertu serka serma pelda peltu letda lettu kapten mayor letkol kolonel"""
_COURTESIES_WORDS = "bapak bpk pak ibu bu sdr sdri saudara an"
_TITLES = frozenset(_TITLES_WORDS.split())
RANKS = _TITLES | frozenset(_COURTESIES_WORDS.split())
_UNITS_WORDS = """polri polisi polres polsek polda brimob bko samapta sabhara dalmas tni kodim
koramil babinsa bhabinkamtibmas linmas satpol pol pp satlantas lantas regu tim peleton pleton
personel personil anggota petugas kpps pps ppk panwas ptps pkd ya"""
_UNITS = frozenset(_UNITS_WORDS.split())

_TITLE = re.compile(rf"\b(?:{'|'.join(_TITLES)})\b\.?", re.IGNORECASE)
_CAPITALS = re.compile(
    r" {0,2}(?:pol\.? {1,2})?"
    r"([A-Z][A-Za-z'.]*(?: [A-Z][A-Za-z'.]*){0,3}"
    r"(?:, ?(?:[A-Z]\.?){1,4}[a-z]{0,3}\.?(?![A-Za-z]))*)"
)
_AFTER_RANKS_WORDS = """dan di ke dari dkk bersama beserta yang yg telah sudah untuk pada dengan dgn
melaksanakan melaporkan lapor sebagai selaku tps desa ds kec kecamatan orang org personel bertugas
tiba siap berada ada serta melakukan sedang kami izin ijin nrp jabatan nomor no
aman situasi kejadian piket hadir ribut nihil logistik kotak jam pukul pkl hub hp masih belum tidak
kondusif"""
_NO_NAMES = _UNITS | _TITLES | frozenset(_AFTER_RANKS_WORDS.split())
_PLACE_WORDS = frozenset(("tps", "desa", "ds", "kec", "kecamatan", "kelurahan", "nrp"))
# In lower case, a second word counts as a name unless it looks like an ordinary word.
_NO_NAME = rf"(?!(?:{'|'.join(sorted(_NO_NAMES))}|(?:me|ber|di|ter|ke|pe)[a-z]{{4,}})\b)"
_SMALL = re.compile(rf" {{0,2}}([a-z]{{2,}}(?: {_NO_NAME}[a-z]{{3,12}}\b)?)")


class Escort(NamedTuple):
    """Who escorts a box, as it may be stored. is_redacted: a name was removed."""

    text: str
    is_redacted: bool


def is_person_heading(heading: str) -> bool:
    """Return whether a column holds names of persons: `Nama`, `nama petugas`, `terlapor`."""
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading[:200])
    words = re.findall(r"[a-z]+", re.sub(r"^\W*nama(?=[a-z])", "nama ", separated.lower()))
    if "".join(words) in _NAMED_ALONE:
        return True
    if _NAMES.isdisjoint(words):
        return False
    return not _PERSONS.isdisjoint(words) or _THINGS.isdisjoint(words)


def mask_numbers(text: str) -> str:
    """Mask every number of eight digits or more in a text down to its last three digits.

    A date written as 20241127 stays: no NRP begins like one.
    """
    if sum(map(str.isdigit, text)) < 8:
        return text
    return _LONG.sub(
        _mask_match, _SPELLED.sub(lambda match: match[1] + mask_number(match[2]), text)
    )


def _mask_match(match: re.Match[str]) -> str:
    return match[0] if _DAY.fullmatch(match[0]) else mask_number(match[0])


def mask_number(digits: str) -> str:
    """Return `87654321` as `*****321`."""
    return "*****" + "".join(letter for letter in digits if letter.isdigit())[-3:]


def read_officer(cell: Cell) -> str:
    """Return a roster number as written. Raises UnreadableCell, never quoting a possible name."""
    text = normalize_cell(cell)
    digit_count = sum(map(str.isdigit, text))
    if _MASKED.fullmatch(text) or _LONG.search(text) or _SPELLED.search(text):
        raise UnreadableCell(NRP_REFUSED)
    if digit_count >= 8 and _ONLY_DIGITS.fullmatch(text):
        raise UnreadableCell(NRP_REFUSED)
    if not digit_count or len(text) > _LONGEST_NUMBER or not RANKS.isdisjoint(_words(text)):
        raise UnreadableCell(OFFICER_NAME_REFUSED)
    return text


def read_nrp(cell: Cell) -> tuple[str, str | None]:
    """Return the masked NRP, and a doubt about its length. Raises UnreadableCell without one."""
    text = normalize_cell(cell)
    if match := _MASKED.fullmatch(text):
        return f"*****{match[1]}", None
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) < 3:
        raise UnreadableCell("NRP tidak terbaca; tulis angkanya saja")
    return mask_number(digits), None if len(digits) == 8 else "NRP bukan 8 angka"


def read_escort(cell: Cell) -> Escort:
    """Return who escorts a box: numbers, units, counts. Possible names are removed."""
    text = mask_numbers(normalize_cell(cell))
    words = _words(text)
    is_impersonal = any(letter.isdigit() for letter in text) or not _UNITS.isdisjoint(words)
    if is_impersonal and RANKS.isdisjoint(words):
        return Escort(text, is_redacted=False)
    return Escort("disebut", is_redacted=True)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def find_officer_names(text: str) -> list[tuple[int, int]]:
    """Return where names of officers are in a text: up to four words after a rank.

    In lower case at most two words, and none of those that may follow a rank in a sentence.
    """
    spans = []
    for rank in _TITLE.finditer(text):
        name = _CAPITALS.match(text, rank.end()) or _SMALL.match(text, rank.end())
        if name and name[1].split()[0].lower().strip(".,") not in _NO_NAMES:
            spans.append((name.start(1), name.start(1) + _find_name_end(name[1])))
    return spans


def _find_name_end(text: str) -> int:
    """Return the length of a name without what begins behind it: `Budi` of `Budi TPS`."""
    words = list(re.finditer(r"\S+", text))
    ends = (word.start() - 1 for word in words[1:] if word[0].lower().strip(".") in _PLACE_WORDS)
    return next(ends, len(text))
