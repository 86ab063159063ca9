"""Places as people write them: kecamatan and desa by code or name, never by guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

from situasi.domain.register import Register
from situasi.domain.settings import ROOT
from situasi.ingest.gazetteer import codes
from situasi.ingest.gazetteer.name_index import (
    Abbreviations,
    Names,
    Words,
    fold,
    load_abbreviations,
)
from situasi.ingest.parsing.cells import Unreadable, either, is_blank, plain, quote
from situasi.ingest.tables import Cell

_KABUPATEN = re.compile(r"\b(?:kab|(?:se-? ?)?kabupaten)\b", re.IGNORECASE)
_ALL = frozenset({"kab", "kabupaten", "sekabupaten", "seluruh", "semua"})
_WHOLE_WORDS = _ALL | {"se", "wilayah", "kecamatan"}


@dataclass(frozen=True)
class PlaceRead:
    """A kecamatan. code None: the whole kabupaten. note: a doubt to keep with the row."""

    code: str | None
    note: str | None = None


class Places:
    """All names of a register, made once and asked for every distinct cell."""

    def __init__(self, register: Register, abbreviations: Abbreviations | None = None) -> None:
        """abbreviations: by short word; the project's own (places.csv) where not given."""
        if abbreviations is None:
            abbreviations = load_abbreviations(ROOT / "data" / "vocabulary" / "places.csv")
        self._register = register
        self._kecamatan = Names(abbreviations)
        self._villages = Villages(register, abbreviations)
        for area in register.kecamatan.values():
            self._kecamatan.add(area.code, area.name)
        for code, spelling in register.aliases:
            if code in register.kecamatan:
                self._kecamatan.add(code, spelling)
        name = fold(register.election.kabupaten)
        self._words = frozenset(
            self._kecamatan.vocabulary | self._villages.words | {*abbreviations}
        )
        self._kabupaten = {name, tuple("".join(word[0] for word in name).split())}

    @property
    def words(self) -> frozenset[str]:
        """Every word that may be part of a name, folded, short forms included."""
        return self._words

    def kecamatan(self, code: Cell, name: Cell) -> PlaceRead:
        """The kecamatan of a code cell and a name cell; either may be empty.

        A code of the kabupaten gives way to a named kecamatan. A code that cannot be
        read gives way to a good name, and the other way round, with a note.
        Raises Unreadable: not stated, unknown, ambiguous, or contradicting each other.
        """
        cells = [cell for cell in (code, name) if not is_blank(cell)]
        if not cells:
            raise Unreadable("tempat tidak disebut")
        if len(cells) == 1:
            return self._one(cells[0], short=cells[0] is code)
        return self._both(code, name)

    def desa(self, text: Cell, kecamatan: str | None, *, needed: bool = True) -> DesaRead:
        """The desa written in a cell, within its kecamatan where that is known.

        What is not recognised is a note, never an error; only where no kecamatan is
        given, it is `needed`, and the desa would leave it open, Unreadable is raised.
        """
        return self._villages.read(text, kecamatan, needed)

    def _one(self, cell: Cell, *, short: bool) -> PlaceRead:
        if pair := codes.split_leading(cell):
            return self._both(*pair)
        if codes.has_letters(cell):
            return self._by_name(cell)
        return self._by_code(cell, short=short)

    def _both(self, code: Cell, name: Cell) -> PlaceRead:
        by_code, code_fault = self._tried(code, short=True)
        by_name, name_fault = self._tried(name, short=False)
        if by_code and by_name:
            return self._agreed(by_code, by_name, code, name)
        if by_code and by_code.code and self._may_mean(name, by_code.code):
            return PlaceRead(by_code.code, f"{name_fault}; dipakai kode {by_code.code}")
        if by_name and not _well_formed(code):
            return PlaceRead(by_name.code, f"{code_fault}; dipakai nama {quote(name)}")
        said = f"kode {quote(code)} adalah {self._shown(by_code.code)}" if by_code else code_fault
        raise Unreadable("; ".join(dict.fromkeys(f for f in (said, name_fault) if f)))

    def _may_mean(self, name: Cell, code: str) -> bool:
        """Whether a name that could not be read leaves room for what the code says."""
        meant = self._kecamatan.like(_kecamatan_words(name))
        return not meant or self._shown(code) in meant

    def _shown(self, code: str | None) -> str:
        return self._register.name_of(code)

    def _tried(self, cell: Cell, *, short: bool) -> tuple[PlaceRead | None, str | None]:
        try:
            return self._one(cell, short=short), None
        except Unreadable as fault:
            return None, str(fault)

    def _agreed(self, by_code: PlaceRead, by_name: PlaceRead, code: Cell, name: Cell) -> PlaceRead:
        if by_code.code and by_name.code and by_code.code != by_name.code:
            raise Unreadable(
                f"kode {quote(code)} adalah {self._shown(by_code.code)}, "
                f"tetapi nama {quote(name)} adalah {self._shown(by_name.code)}"
            )
        notes = [note for note in (by_code.note, by_name.note) if note]
        return PlaceRead(by_code.code or by_name.code, "; ".join(notes) or None)

    def _by_code(self, cell: Cell, *, short: bool) -> PlaceRead:
        kabupaten = self._register.election.kabupaten_code
        number = codes.short(cell) if short else None
        code = codes.dotted(cell) if number is None else f"{kabupaten}.{number:02d}"
        if code is None and codes.looks_like_bps(cell):
            raise Unreadable(
                f"kode {quote(cell)} tampak kode BPS; tulis kode Kemendagri "
                f"({kabupaten}.xx) atau nama kecamatan"
            )
        if code is None:
            raise Unreadable(f"kode kecamatan {quote(cell)} tidak terbaca")
        if code == kabupaten:
            return PlaceRead(None)
        kecamatan = ".".join(code.split(".")[:3])
        if not code.startswith(f"{kabupaten}."):
            raise Unreadable(f"kode {quote(cell)} di luar {self._register.election.kabupaten}")
        if kecamatan not in self._register.kecamatan:
            raise Unreadable(f"kode kecamatan {quote(cell)} tidak dikenal")
        if code != kecamatan and code not in self._register.desa:
            return PlaceRead(kecamatan, f"kode desa {quote(cell)} tidak dikenal")
        return PlaceRead(kecamatan)

    def _by_name(self, cell: Cell) -> PlaceRead:
        words = _kecamatan_words(cell)
        exact = self._kecamatan.exact(words)
        whole = self._is_whole(cell)
        if whole and (not exact or _names_kabupaten(cell)):
            return PlaceRead(None)
        if whole:
            raise Unreadable(
                f"{quote(cell)} bisa berarti kecamatan atau kabupaten; tulis Kec. atau Kab."
            )
        if len(exact) == 1:
            return PlaceRead(exact.pop())
        near = None if exact or not words else self._kecamatan.nearest(words)
        if near:
            return PlaceRead(near, f"kecamatan {quote(cell)} dibaca {self._shown(near)}")
        meant = sorted({self._shown(code) for code in exact}) or self._kecamatan.like(words)
        if len(meant) > 1:
            raise Unreadable(f"kecamatan {quote(cell)} bisa berarti {either(meant)}")
        hint = f"; maksudnya {meant[0]}?" if meant else ""
        raise Unreadable(f"kecamatan {quote(cell)} tidak dikenal{hint}")

    def _is_whole(self, cell: Cell) -> bool:
        words = fold(plain(cell))
        rest = tuple(word for word in words if word not in _WHOLE_WORDS)
        return rest in self._kabupaten or (not rest and not _ALL.isdisjoint(words))


def _well_formed(code: Cell) -> bool:
    """Whether a code was written as it should be, so that being unknown is a contradiction."""
    return codes.dotted(code) is not None or codes.short(code) is not None


def _kecamatan_words(cell: Cell) -> Words:
    """The words that name the kecamatan: what follows `Kec.`, without a trailing `Kab. X`."""
    words = fold(KEC.split(KAB.sub("", plain(cell)))[-1])
    return tuple(word for word in words if word not in {"kec", "kecamatan"})


def _names_kabupaten(cell: Cell) -> bool:
    text = plain(cell)
    return bool(_KABUPATEN.search(text)) and not KEC.search(text)


KEC = re.compile(r"\b(?:kec|kecamatan)\b[ .:]*", re.IGNORECASE)
KAB = re.compile(r"[ ,(]*\b(?:kab|kabupaten)\b[ .:](?:(?!\bkec).)*", re.IGNORECASE)
_TPS = re.compile(r"\btps\b\W{0,3}(?:no\W{0,3})?[0-9]*", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;&/]|\bdan\b", re.IGNORECASE)
_VILLAGE_WORDS = frozenset({"desa", "ds", "kel", "kelurahan"})


@dataclass(frozen=True)
class DesaRead:
    """A desa as far as it was recognised. code None: not one desa of the register.

    kecamatan: as given, or the one in which the desa lies.
    """

    code: str | None
    kecamatan: str | None
    note: str | None = None


class Villages:
    """The desa of a register."""

    def __init__(self, register: Register, abbreviations: Abbreviations) -> None:
        self._register = register
        self._desa = Names(abbreviations)
        for village in register.desa.values():
            self._desa.add(village.code, village.name)
        for code, spelling in register.aliases:
            if code in register.desa:
                self._desa.add(code, spelling)
        areas = {village.kecamatan for village in register.desa.values()}
        self._here = {
            area: frozenset(c for c, village in register.desa.items() if village.kecamatan == area)
            for area in areas
        }

    @property
    def words(self) -> set[str]:
        return self._desa.vocabulary

    def read(self, text: Cell, kecamatan: str | None, needed: bool) -> DesaRead:
        """See Places.desa."""
        if is_blank(text):
            return DesaRead(None, kecamatan)
        if dotted := codes.dotted(text):
            return self._by_code(dotted, text, kecamatan)
        words = _village(text)
        if kecamatan is not None:
            return self._within(words, text, kecamatan)
        return self._anywhere(words, text, needed)

    def _by_code(self, code: str, text: Cell, kecamatan: str | None) -> DesaRead:
        village = self._register.desa.get(code)
        if village is None:
            return DesaRead(None, kecamatan, f"kode desa {quote(text)} tidak dikenal")
        if kecamatan is not None and village.kecamatan != kecamatan:
            return DesaRead(None, kecamatan, self._elsewhere(text, {code}, kecamatan))
        return DesaRead(code, village.kecamatan)

    def _within(self, words: Words, text: Cell, kecamatan: str) -> DesaRead:
        here = self._here.get(kecamatan, frozenset())
        found = self._desa.exact(words, here)
        if len(found) == 1:
            return DesaRead(found.pop(), kecamatan)
        elsewhere = self._desa.exact(words)
        several = found or (self._desa.numbered(words) & here)
        place = self._register.name_of(kecamatan)
        if several:
            note = f"desa {quote(text)} di {place} bisa berarti {self._names(several)}"
        elif elsewhere:
            note = self._elsewhere(text, elsewhere, kecamatan)
        elif near := self._desa.nearest(words, here):
            return DesaRead(near, kecamatan, f"desa {quote(text)} dibaca {self._names({near})}")
        elif _SEVERAL.search(plain(text)):
            note = f"desa {quote(text)} menyebut lebih dari satu desa"
        else:
            note = f"desa {quote(text)} tidak dikenal di {place}"
        return DesaRead(None, kecamatan, note)

    def _anywhere(self, words: Words, text: Cell, needed: bool) -> DesaRead:
        found = self._desa.exact(words)
        several = found | self._desa.numbered(words)
        areas = {self._register.desa[code].kecamatan for code in several}
        if len(areas) > 1:
            note = f"desa {quote(text)} ada di kecamatan {self._areas(areas)}; sebut kecamatannya"
            if needed:
                raise Unreadable(note)
            return DesaRead(None, None, note)
        if len(found) == 1:
            return DesaRead(found.pop(), areas.pop())
        if several:
            note = f"desa {quote(text)} bisa berarti {self._names(several)}"
            return DesaRead(None, areas.pop(), note)
        if near := self._desa.nearest(words):
            note = f"desa {quote(text)} dibaca {self._names({near})}"
            return DesaRead(near, self._register.desa[near].kecamatan, note)
        return DesaRead(None, None, f"desa {quote(text)} tidak dikenal")

    def _elsewhere(self, text: Cell, found: set[str], kecamatan: str) -> str:
        areas = {self._register.desa[code].kecamatan for code in found}
        here = self._register.name_of(kecamatan)
        return f"desa {quote(text)} ada di kecamatan {self._areas(areas)}, bukan {here}"

    def _areas(self, areas: set[str]) -> str:
        return either([self._register.name_of(code) for code in sorted(areas)])

    def _names(self, found: set[str]) -> str:
        return either([self._register.name_of(code) for code in sorted(found)])


def _village(text: Cell) -> Words:
    """The words that name the desa: no `Desa`, no TPS, nothing from `Kec.` on."""
    rest = KEC.split(KAB.sub("", plain(text)))[0]
    words = fold(_TPS.sub(" ", rest))
    return words[1:] if words[:1] and words[0] in _VILLAGE_WORDS else words
