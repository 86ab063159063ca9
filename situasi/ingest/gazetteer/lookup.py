"""Lookup of kecamatan and desa as people write them, by code or name, without guessing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from situasi.domain.labels import N_
from situasi.domain.register import Register
from situasi.ingest.gazetteer import codes
from situasi.ingest.gazetteer.name_index import (
    Abbreviations,
    Words,
    build_name_index,
    tokenize_name,
)
from situasi.ingest.parsing.cells import (
    UnreadableCell,
    check_letters,
    is_blank,
    join_with_or,
    normalize_cell,
    quote,
)
from situasi.ingest.tables import Cell

_KABUPATEN_WORD = re.compile(r"\b(?:kab|(?:se-? ?)?kabupaten)\b", re.IGNORECASE)
_WHOLE_KABUPATEN_WORDS = frozenset({"kab", "kabupaten", "sekabupaten", "seluruh", "semua"})
_IGNORED_WORDS = _WHOLE_KABUPATEN_WORDS | {"se", "wilayah", "kecamatan"}


@dataclass(frozen=True)
class ParsedKecamatan:
    """A kecamatan. code None: the whole kabupaten. note: a doubt to keep with the row."""

    code: str | None
    note: str | None = None


_DESA_BEFORE = re.compile(r"(?:desa|ds|kelurahan|kel)\b[ .]{0,2}", re.IGNORECASE)


class PlaceLookup:
    """All names of a register; built once and used for every distinct cell."""

    def __init__(self, register: Register, abbreviations: Abbreviations | None = None) -> None:
        """Build the name indexes. abbreviations: by short word; None reads our own places.csv."""
        self._register = register
        names = {code: area.name for code, area in register.kecamatan.items()}
        self._kecamatan = build_name_index(names, register.aliases, abbreviations)
        abbreviations = self._kecamatan.abbreviations
        self._desa = DesaLookup(register, abbreviations)
        name = tokenize_name(register.election.kabupaten)
        self._name_words = frozenset(
            self._kecamatan.known_words | self._desa.name_words | {*abbreviations}
        )
        self._kabupaten_names = {name, tuple("".join(word[0] for word in name).split())}

    @property
    def name_words(self) -> frozenset[str]:
        """Return every word that may be part of a name, in lower case, abbreviations included."""
        return self._name_words

    @property
    def seat_kecamatan(self) -> str | None:
        """Return the kecamatan of the command's seat, where it is known."""
        return self._register.election.seat_kecamatan

    @cached_property
    def kecamatan_names(self) -> tuple[str, ...]:
        """Return the names of all kecamatan, those of more words first."""
        names = [kecamatan.name for kecamatan in self._register.kecamatan.values()]
        return tuple(sorted(names, key=lambda name: (-len(name.split()), name)))

    def read_kecamatan(self, code: Cell, name: Cell) -> ParsedKecamatan:
        """Return the kecamatan of a code cell and a name cell; either may be empty.

        A named kecamatan counts before a code of the kabupaten. If only one of the two cells
        can be read, that one is used, with a note.
        Raises UnreadableCell: not stated, unknown, ambiguous, or contradicting each other.
        """
        cells = [cell for cell in (code, name) if not is_blank(cell)]
        if not cells:
            raise UnreadableCell(N_("tempat tidak disebut"))
        if len(cells) == 1:
            return self._read_one(cells[0], allow_short=cells[0] is code)
        return self._read_both(code, name)

    def read_desa(self, text: Cell, kecamatan: str | None, *, required: bool = True) -> ParsedDesa:
        """Return the desa written in a cell, within its kecamatan where that is known.

        What is not recognised is a note, not an error. Raises UnreadableCell only if no kecamatan
        is given, `required` is set, and the desa exists in several kecamatan.
        """
        return self._desa.read(text, kecamatan, required)

    def suggest_desa(self, text: str, kecamatan: str | None) -> list[str]:
        """Return the names of desa that a text may mean, within its kecamatan where it is known."""
        return self._desa.suggest(text, kecamatan)

    def names_desa(self, text: str) -> bool:
        """Return whether a text is the name of one desa, as in the register, and no more."""
        return _names_desa(text, self)

    def _read_one(self, cell: Cell, *, allow_short: bool) -> ParsedKecamatan:
        check_letters("kecamatan", cell)
        if station := codes.parse_tps_code(cell):
            return self._by_code(station.desa, allow_short=False)
        if pair := codes.split_code_and_name(cell):
            return self._read_both(*pair)
        if codes.has_letters(cell):
            return self._by_name(cell)
        return self._by_code(cell, allow_short=allow_short)

    def _read_both(self, code: Cell, name: Cell) -> ParsedKecamatan:
        by_code, code_error = self._try_read(code, allow_short=True)
        by_name, name_error = self._try_read(name, allow_short=False)
        if by_code and by_name:
            return self._reconcile(by_code, by_name, code, name)
        if by_code and by_code.code and self._may_mean(name, by_code.code):
            return ParsedKecamatan(by_code.code, f"{name_error}; dipakai kode {by_code.code}")
        if by_name and not _is_well_formed_code(code):
            return ParsedKecamatan(by_name.code, f"{code_error}; dipakai nama {quote(name)}")
        problem = (
            f"kode {quote(code)} adalah {self.format_name(by_code.code)}" if by_code else code_error
        )
        raise UnreadableCell("; ".join(dict.fromkeys(f for f in (problem, name_error) if f)))

    def _may_mean(self, name: Cell, code: str) -> bool:
        """Return whether an unreadable name could still mean the place of this code."""
        suggestions = self._kecamatan.suggest_names(_extract_kecamatan_words(name))
        return not suggestions or self.format_name(code) in suggestions

    def format_name(self, code: str | None) -> str:
        """Return the name of a place as people read it."""
        return self._register.name_of(code)

    def _try_read(
        self, cell: Cell, *, allow_short: bool
    ) -> tuple[ParsedKecamatan | None, str | None]:
        try:
            return self._read_one(cell, allow_short=allow_short), None
        except UnreadableCell as error:
            return None, str(error)

    def _reconcile(
        self, by_code: ParsedKecamatan, by_name: ParsedKecamatan, code: Cell, name: Cell
    ) -> ParsedKecamatan:
        if by_code.code and by_name.code and by_code.code != by_name.code:
            raise UnreadableCell(
                f"kode {quote(code)} adalah {self.format_name(by_code.code)}, "
                f"tetapi nama {quote(name)} adalah {self.format_name(by_name.code)}"
            )
        notes = [note for note in (by_code.note, by_name.note) if note]
        return ParsedKecamatan(by_code.code or by_name.code, "; ".join(notes) or None)

    def _by_code(self, cell: Cell, *, allow_short: bool) -> ParsedKecamatan:
        kabupaten = self._register.election.kabupaten_code
        number = codes.parse_short_code(cell) if allow_short else None
        code = codes.format_dotted(cell) if number is None else f"{kabupaten}.{number:02d}"
        if code is None and codes.looks_like_bps(cell):
            raise UnreadableCell(
                f"kode {quote(cell)} tampak kode BPS; tulis kode Kemendagri "
                f"({kabupaten}.xx) atau nama kecamatan"
            )
        if code is None:
            raise UnreadableCell(f"kode kecamatan {quote(cell)} tidak terbaca")
        if code == kabupaten:
            return ParsedKecamatan(None)
        kecamatan = ".".join(code.split(".")[:3])
        if not code.startswith(f"{kabupaten}."):
            raise UnreadableCell(f"kode {quote(cell)} di luar {self._register.election.kabupaten}")
        if kecamatan not in self._register.kecamatan:
            raise UnreadableCell(f"kode kecamatan {quote(cell)} tidak dikenal")
        if code != kecamatan and code not in self._register.desa:
            return ParsedKecamatan(
                kecamatan, N_("kode desa {cell} tidak dikenal").format(cell=quote(cell))
            )
        return ParsedKecamatan(kecamatan)

    def _by_name(self, cell: Cell) -> ParsedKecamatan:
        words = _extract_kecamatan_words(cell)
        exact = self._kecamatan.find_exact(words)
        is_whole = self._is_whole_kabupaten(cell)
        if is_whole and (not exact or _names_kabupaten(cell)):
            return ParsedKecamatan(None)
        if is_whole:
            raise UnreadableCell(
                f"{quote(cell)} bisa berarti kecamatan atau kabupaten; tulis Kec. atau Kab."
            )
        if len(exact) == 1:
            return ParsedKecamatan(exact.pop())
        nearest = None if exact or not words else self._kecamatan.find_nearest(words)
        if nearest:
            return ParsedKecamatan(
                nearest,
                N_("kecamatan {cell} dibaca {place}").format(
                    cell=quote(cell), place=self.format_name(nearest)
                ),
            )
        candidates = sorted(
            {self.format_name(code) for code in exact}
        ) or self._kecamatan.suggest_names(words)
        if len(candidates) > 1:
            text = N_("kecamatan {cell} bisa berarti {names}")
            raise UnreadableCell(text.format(cell=quote(cell), names=join_with_or(candidates)))
        text = N_("kecamatan {cell} tidak dikenal")
        if candidates:
            text = N_("kecamatan {cell} tidak dikenal; maksudnya {place}?")
        raise UnreadableCell(text.format(cell=quote(cell), place="".join(candidates)))

    def _is_whole_kabupaten(self, cell: Cell) -> bool:
        words = tokenize_name(_normalize_place(cell))
        rest = tuple(word for word in words if word not in _IGNORED_WORDS)
        return rest in self._kabupaten_names or (
            not rest and not _WHOLE_KABUPATEN_WORDS.isdisjoint(words)
        )


def _normalize_place(cell: Cell) -> str:
    """Return a cell as normalised text; the underscores of form answers are blanks."""
    return " ".join(normalize_cell(cell).replace("_", " ").split())


def _is_well_formed_code(code: Cell) -> bool:
    """Return whether a code has a correct form, so that an unknown one is a contradiction."""
    return codes.format_dotted(code) is not None or codes.parse_short_code(code) is not None


def _extract_kecamatan_words(cell: Cell) -> Words:
    """Return the words that name the kecamatan: what follows `Kec.`, without a final `Kab. X`."""
    words = tokenize_name(
        KECAMATAN_PREFIX.split(KABUPATEN_SUFFIX.sub("", _normalize_place(cell)))[-1]
    )
    return tuple(word for word in words if word not in {"kec", "kecamatan"})


def _names_kabupaten(cell: Cell) -> bool:
    text = _normalize_place(cell)
    return bool(_KABUPATEN_WORD.search(text)) and not KECAMATAN_PREFIX.search(text)


KECAMATAN_PREFIX = re.compile(r"\b(?:kec|kecamatan)\b[ .:]*", re.IGNORECASE)
KABUPATEN_SUFFIX = re.compile(r"[ ,(]*\b(?:kab|kabupaten)\b[ .:](?:(?!\bkec).)*", re.IGNORECASE)
_TPS = re.compile(r"\btps\b\W{0,3}(?:no\W{0,3})?[0-9]*", re.IGNORECASE)
_DESA_SEPARATOR = re.compile(r"[,;&/]|\bdan\b", re.IGNORECASE)
_DESA_PREFIXES = frozenset({"desa", "ds", "kel", "kelurahan"})


@dataclass(frozen=True)
class ParsedDesa:
    """A desa as far as it was recognised. code None: not exactly one desa of the register.

    kecamatan: as given, or the one in which the desa lies.
    """

    code: str | None
    kecamatan: str | None
    note: str | None = None


class DesaLookup:
    """All desa names of a register."""

    def __init__(self, register: Register, abbreviations: Abbreviations) -> None:
        self._register = register
        names = {code: village.name for code, village in register.desa.items()}
        self._desa = build_name_index(names, register.aliases, abbreviations)
        areas = {village.kecamatan for village in register.desa.values()}
        self._codes_by_kecamatan = {
            area: frozenset(c for c, village in register.desa.items() if village.kecamatan == area)
            for area in areas
        }

    @property
    def name_words(self) -> set[str]:
        """Return every word that occurs in a desa name."""
        return self._desa.known_words

    def read(self, text: Cell, kecamatan: str | None, required: bool) -> ParsedDesa:
        """Return the desa of a cell. See PlaceLookup.read_desa."""
        if is_blank(text):
            return ParsedDesa(None, kecamatan)
        try:
            check_letters("desa", text)
        except UnreadableCell as error:
            return ParsedDesa(None, kecamatan, str(error))
        station = codes.parse_tps_code(text)
        if dotted := station.desa if station else codes.format_dotted(text):
            return self._by_code(dotted, text, kecamatan)
        words = _extract_desa_words(text)
        if kecamatan is not None:
            return self._read_in_kecamatan(words, text, kecamatan)
        return self._read_in_kabupaten(words, text, required)

    def suggest(self, text: str, kecamatan: str | None) -> list[str]:
        """Return the nearest names. See PlaceLookup.suggest_desa."""
        within = None if kecamatan is None else self._codes_by_kecamatan.get(kecamatan)
        words = _extract_desa_words(text)
        return self._desa.suggest_names(words, within) if words else []

    def _by_code(self, code: str, text: Cell, kecamatan: str | None) -> ParsedDesa:
        village = self._register.desa.get(code)
        if village is None:
            return ParsedDesa(None, kecamatan, f"kode desa {quote(text)} tidak dikenal")
        if kecamatan is not None and village.kecamatan != kecamatan:
            return ParsedDesa(None, kecamatan, self._format_elsewhere_note(text, {code}, kecamatan))
        return ParsedDesa(code, village.kecamatan)

    def _read_in_kecamatan(self, words: Words, text: Cell, kecamatan: str) -> ParsedDesa:
        local_codes = self._codes_by_kecamatan.get(kecamatan, frozenset())
        exact = self._desa.find_exact(words, local_codes)
        if len(exact) == 1:
            return ParsedDesa(exact.pop(), kecamatan)
        other_codes = self._desa.find_exact(words)
        ambiguous = exact or (self._desa.find_numbered(words) & local_codes)
        place = self._register.name_of(kecamatan)
        if ambiguous:
            note = N_("desa {cell} di {place} bisa berarti {names}").format(
                cell=quote(text), place=place, names=self._format_desa(ambiguous)
            )
        elif other_codes:
            note = self._format_elsewhere_note(text, other_codes, kecamatan)
        elif nearest := self._desa.find_nearest(words, local_codes):
            return ParsedDesa(nearest, kecamatan, self._format_nearest_note(text, nearest))
        elif _DESA_SEPARATOR.search(_normalize_place(text)):
            note = N_("desa {cell} menyebut lebih dari satu desa").format(cell=quote(text))
        else:
            note = N_("desa {cell} tidak dikenal di {place}").format(cell=quote(text), place=place)
        return ParsedDesa(None, kecamatan, note)

    def _read_in_kabupaten(self, words: Words, text: Cell, required: bool) -> ParsedDesa:
        exact = self._desa.find_exact(words)
        ambiguous = exact | self._desa.find_numbered(words)
        areas = {self._register.desa[code].kecamatan for code in ambiguous}
        if len(areas) > 1:
            note = N_("desa {cell} ada di kecamatan {names}; sebut kecamatannya").format(
                cell=quote(text), names=self._format_kecamatan(areas)
            )
            if required:
                raise UnreadableCell(note)
            return ParsedDesa(None, None, note)
        if len(exact) == 1:
            return ParsedDesa(exact.pop(), areas.pop())
        if ambiguous:
            note = N_("desa {cell} bisa berarti {names}").format(
                cell=quote(text), names=self._format_desa(ambiguous)
            )
            return ParsedDesa(None, areas.pop(), note)
        if nearest := self._desa.find_nearest(words):
            note = self._format_nearest_note(text, nearest)
            return ParsedDesa(nearest, self._register.desa[nearest].kecamatan, note)
        return ParsedDesa(None, None, N_("desa {cell} tidak dikenal").format(cell=quote(text)))

    def _format_nearest_note(self, text: Cell, desa: str) -> str:
        return N_("desa {cell} dibaca {place}").format(
            cell=quote(text), place=self._format_desa({desa})
        )

    def _format_elsewhere_note(self, text: Cell, desa_codes: set[str], kecamatan: str) -> str:
        areas = {self._register.desa[code].kecamatan for code in desa_codes}
        name = self._register.name_of(kecamatan)
        return N_("desa {cell} ada di kecamatan {names}, bukan {place}").format(
            cell=quote(text), names=self._format_kecamatan(areas), place=name
        )

    def _format_kecamatan(self, kecamatan_codes: set[str]) -> str:
        return join_with_or([self._register.name_of(code) for code in sorted(kecamatan_codes)])

    def _format_desa(self, desa_codes: set[str]) -> str:
        return join_with_or([self._register.name_of(code) for code in sorted(desa_codes)])


def _extract_desa_words(text: Cell) -> Words:
    """Return the words that name the desa: no `Desa`, no TPS, nothing from `Kec.` on."""
    rest = KECAMATAN_PREFIX.split(KABUPATEN_SUFFIX.sub("", _normalize_place(text)))[0]
    words = tokenize_name(_TPS.sub(" ", rest))
    if len(words) > 1 and words[-1] in _DESA_PREFIXES:  # `Tanjung Batu (Kel)`
        words = words[:-1]
    return words[1:] if words[:1] and words[0] in _DESA_PREFIXES else words


@lru_cache(maxsize=8192)
def _names_desa(text: str, places: PlaceLookup) -> bool:
    parsed = places.read_desa(_DESA_BEFORE.sub("", text), None, required=False)
    return parsed.code is not None and parsed.note is None
