"""What may be kept of persons: a number of the roster, a masked NRP, an escort without names."""

from __future__ import annotations

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
village operasi berkas file sumber media"""
_THINGS = frozenset(_THINGS_WORDS.split())
_NAMED_ALONE = frozenset(("terlapor", "terduga", "pelaku", "pelanggar", "fullname"))

# Before a name stand a rank or a courtesy.
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
    r"([A-Z][A-Za-z'.]*(?: [A-Z][A-Za-z'.]*){0,3}(?:, ?(?:[A-Z]\.?){1,4}[a-z]{0,3}\.?)*)"
)
_AFTER_RANKS_WORDS = """dan di ke dari dkk bersama beserta yang yg telah sudah untuk pada dengan dgn
melaksanakan melaporkan lapor sebagai selaku tps desa ds kec kecamatan orang org personel bertugas
tiba siap berada ada serta melakukan sedang kami izin ijin nrp jabatan nomor no
aman situasi kejadian piket hadir ribut nihil logistik kotak jam pukul pkl hub hp masih belum tidak
kondusif"""
_NO_NAMES = _UNITS | _TITLES | frozenset(_AFTER_RANKS_WORDS.split())
# Written small, a second word is a name too unless it looks like one of a sentence.
_NO_NAME = rf"(?!(?:{'|'.join(sorted(_NO_NAMES))}|(?:me|ber|di|ter|ke|pe)[a-z]{{4,}})\b)"
_SMALL = re.compile(rf" {{0,2}}([a-z]{{2,}}(?: {_NO_NAME}[a-z]{{3,12}}\b)?)")


class Escort(NamedTuple):
    """Who escorts a box, as far as it may be kept; hidden: a name was left out."""

    text: str
    is_redacted: bool


def is_person_heading(heading: str) -> bool:
    """Whether a column holds names of persons: `Nama`, `nama petugas`, `Nama/NRP`, `terlapor`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading[:200])
    words = re.findall(r"[a-z]+", re.sub(r"^\W*nama(?=[a-z])", "nama ", apart.lower()))
    if "".join(words) in _NAMED_ALONE:
        return True
    if _NAMES.isdisjoint(words):
        return False
    return not _PERSONS.isdisjoint(words) or _THINGS.isdisjoint(words)


def mask_numbers(text: str) -> str:
    """A text in which of every number of eight digits or more only the last three are left.

    A date written as 20241127 stays: no NRP begins like one.
    """
    if sum(map(str.isdigit, text)) < 8:
        return text
    return _LONG.sub(
        _mask_match, _SPELLED.sub(lambda found: found[1] + mask_number(found[2]), text)
    )


def _mask_match(found: re.Match[str]) -> str:
    return found[0] if _DAY.fullmatch(found[0]) else mask_number(found[0])


def mask_number(digits: str) -> str:
    """`87654321` as `*****321`."""
    return "*****" + "".join(c for c in digits if c.isdigit())[-3:]


def read_officer(cell: Cell) -> str:
    """A number of the roster as written. Raises Unreadable, never quoting what may be a name."""
    text = normalize_cell(cell)
    digits = sum(map(str.isdigit, text))
    if _MASKED.fullmatch(text) or _LONG.search(text) or _SPELLED.search(text):
        raise UnreadableCell(NRP_REFUSED)
    if digits >= 8 and _ONLY_DIGITS.fullmatch(text):
        raise UnreadableCell(NRP_REFUSED)
    if not digits or len(text) > _LONGEST_NUMBER or not RANKS.isdisjoint(_words(text)):
        raise UnreadableCell(OFFICER_NAME_REFUSED)
    return text


def read_nrp(cell: Cell) -> tuple[str, str | None]:
    """The masked NRP, and a doubt where it is none. Raises Unreadable where it holds no number."""
    text = normalize_cell(cell)
    if found := _MASKED.fullmatch(text):
        return f"*****{found[1]}", None
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) < 3:
        raise UnreadableCell("NRP tidak terbaca; tulis angkanya saja")
    return mask_number(digits), None if len(digits) == 8 else "NRP bukan 8 angka"


def read_escort(cell: Cell) -> Escort:
    """Who escorts a box: officers by number, units, how many. What looks like a name goes."""
    text = mask_numbers(normalize_cell(cell))
    words = _words(text)
    unnamed = any(c.isdigit() for c in text) or not _UNITS.isdisjoint(words)
    if unnamed and RANKS.isdisjoint(words):
        return Escort(text, is_redacted=False)
    return Escort("disebut", is_redacted=True)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def find_officer_names(text: str) -> list[tuple[int, int]]:
    """Where in a text the names of officers stand: up to four words behind a rank.

    Written small it is one word, and none of those that may follow a rank in a sentence.
    """
    found = []
    for rank in _TITLE.finditer(text):
        name = _CAPITALS.match(text, rank.end()) or _SMALL.match(text, rank.end())
        if name and name[1].split()[0].lower().strip(".,") not in _NO_NAMES:
            found.append(name.span(1))
    return found
