"""Redaction of persons: numbers without a digit left, an escort without names."""

import re
from collections.abc import Collection
from typing import NamedTuple

from situasi.access.officer_key import OfficerKey
from situasi.common import service_numbers
from situasi.common.service_numbers import MASK, Replacement
from situasi.domain.officer_marks import NUMBER_MARK
from situasi.ingest.parsing.cells import normalize_cell
from situasi.ingest.tables import Cell

OFFICER_NAME_REFUSED = "petugas harus nomor petugas atau NRP, bukan nama"
REDACTED = "[dihapus: nama dan NRP tidak disimpan]"

# An NRP of the police has eight digits, one of the army up to fourteen, a NIK sixteen.
_LONG = re.compile(r"(?<!\d)\d{8,}(?!\d)")

_NAMES = frozenset(("nama", "name", "names", "nm"))
_PERSONS_WORDS = """petugas personel personil anggota lengkap pelapor terlapor pelaku terduga
pelanggar saksi korban polisi perwira bintara padal pawas pengawal ketua officer full pangkat nrp
nip gelar panggilan pengadu person staff pejabat"""
PERSON_WORDS = frozenset(_PERSONS_WORDS.split())
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
TITLES = frozenset(_TITLES_WORDS.split())
RANKS = TITLES | frozenset(_COURTESIES_WORDS.split())
_UNITS_WORDS = """polri polisi polres polsek polda brimob bko samapta sabhara dalmas tni kodim
koramil babinsa bhabinkamtibmas linmas satpol pol pp satlantas lantas regu tim peleton pleton
personel personil anggota petugas kpps pps ppk panwas ptps pkd ya"""
UNITS = frozenset(_UNITS_WORDS.split())

# A number in groups right after a rank and a name: `Bripka Andi 8704 1234`.
_AFTER_RANK = re.compile(
    rf"(\b(?:{'|'.join(TITLES)})\b\.?(?:[ /,.]{{1,3}}[a-z'.]{{1,20}}){{0,4}}[ /,.:()\-]{{1,3}})"
    r"([5-9]\d[ .\-]?(?:0[1-9]|1[0-2])[ .\-]?\d{4})(?!\d)",
    re.IGNORECASE,
)
_TITLE = re.compile(rf"\b(?:{'|'.join(TITLES)})\b\.?", re.IGNORECASE)
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
_NO_NAMES = UNITS | TITLES | frozenset(_AFTER_RANKS_WORDS.split())
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
    return not PERSON_WORDS.isdisjoint(words) or _THINGS.isdisjoint(words)


def mask_numbers(text: str) -> str:
    """Mask every service number of a text, and any other number of eight digits or more.

    Dates and the decimals of a coordinate stay.
    """
    return replace_numbers(text, lambda _: MASK)


def mask_service_numbers(text: str) -> str:
    """Mask only what has the form of a service number, or follows a label or a rank."""
    if not service_numbers.may_hold_number(text):
        return text
    masked = _AFTER_RANK.sub(lambda match: match[1] + MASK, text)
    return service_numbers.mask_service_numbers(masked)


def replace_numbers(
    text: str, replace: Replacement, replace_other: Replacement = lambda _: MASK
) -> str:
    """Replace every service number of a text, and any other long number by `replace_other`.

    Both are called with the number as written.
    """
    if not service_numbers.may_hold_number(text):
        return text
    replaced = _AFTER_RANK.sub(lambda match: match[1] + replace(match[2]), text)
    replaced = service_numbers.replace_service_numbers(replaced, replace)

    def mask_long(match: re.Match[str]) -> str:
        is_other = service_numbers.is_date(match[0])
        is_other |= service_numbers.is_part_of_other(replaced, match.start())
        return match[0] if is_other else replace_other(match[0])

    return _LONG.sub(mask_long, replaced)


def mask_number(digits: str) -> str:
    """Return the number of a telephone, `081234567890`, as `*****890`."""
    return MASK + "".join(letter for letter in digits if letter.isdigit())[-3:]


def read_escort(cell: Cell, key: OfficerKey) -> Escort:
    """Return who escorts a box: numbers, marks, units, counts. Possible names are removed."""
    marks: list[str] = []

    def take(number: str) -> str:
        digits = "".join(letter for letter in number if letter.isdigit())
        marks.append(key.mark_number(digits))
        return " "

    cell_text = normalize_cell(cell)
    marks += NUMBER_MARK.findall(cell_text)
    text = normalize_cell(replace_numbers(NUMBER_MARK.sub(" ", cell_text), take))
    words = _words(text)
    is_impersonal = any(letter.isdigit() for letter in text) or not UNITS.isdisjoint(words)
    if RANKS.isdisjoint(words) and (is_impersonal or (marks and not words)):
        return Escort(" ".join([text, *marks]).strip(), is_redacted=False)
    if marks:  # only the names around the numbers are removed
        return Escort(" ".join(marks), is_redacted=False)
    return Escort("disebut", is_redacted=True)


def has_words_of(text: str, words: Collection[str]) -> bool:
    """Return whether a text contains one of these words, whatever its case."""
    return not set(words).isdisjoint(_words(text))


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
