"""Desa as people write them: recognised within their kecamatan, or left as written with a note."""

from __future__ import annotations

import re
from dataclasses import dataclass

from situasi.domain.register import Register
from situasi.ingest.gazetteer import codes
from situasi.ingest.gazetteer.name_index import Abbreviations, Names, Words, fold
from situasi.ingest.parsing.cells import Unreadable, either, is_blank, plain, quote
from situasi.ingest.tables import Cell

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
