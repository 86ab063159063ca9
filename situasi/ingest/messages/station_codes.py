"""Find the codes of kecamatan, desa and TPS that a message writes, `16.10.04.2012.001`."""

from __future__ import annotations

import re
from typing import NamedTuple

from situasi.domain.register import Register
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.place_mentions import AreaMention, TpsMention

# Two digits each for province, kabupaten and kecamatan, four for the desa, three for the TPS.
_DOTTED = re.compile(
    r"(?:\b(?:tps|kode|desa|ds|kec(?:amatan)?)[ .:#]{0,3})?"
    r"(?<![\w.,:/-])(?P<area>[0-9]{2}\.[0-9]{2}\.[0-9]{2})"
    r"(?:\.(?P<desa>[0-9]{4})(?:\.(?P<tps>[0-9]{1,3}))?)?(?![\w:/-]|[.,][0-9])",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"(?<![\w.,:/-])([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{4})([0-9]{3})?(?![0-9])"
)


UNKNOWN_CODE = "kode TPS tidak dikenal"


class CodeMention(NamedTuple):
    """A code as written. kecamatan, desa: None where the register has no such code.

    span: of the whole; known: as far as the register knows it. tps: empty where one is named of
    a desa that is not known; None where the code names none.
    """

    span: Span
    known_span: Span
    kecamatan: str | None
    desa: str | None
    tps: str | None


def find_codes(passage: Passage, register: Register) -> list[CodeMention]:
    """Return every code of the text; one of three parts only where it is a kecamatan."""
    found = []
    for match in _DOTTED.finditer(passage.text):
        area = match["area"]
        kecamatan = area if area in register.kecamatan else None
        if match["desa"] is None and kecamatan is None:
            continue  # a date, or nothing that we know
        desa = f"{area}.{match['desa']}" if match["desa"] else None
        known = desa if desa in register.desa else None
        number = match["tps"] and (match["tps"].zfill(3) if known else "")
        end = match.end("tps" if number else "desa" if known else "area")
        here = Span(match.start(), end if kecamatan else match.start())
        found.append(CodeMention(Span(*match.span()), here, kecamatan, known, number))
    return found


def stations_from_codes(codes: list[CodeMention]) -> list[TpsMention]:
    """Return the TPS that codes name; of an unknown desa without a number, so that it is asked.

    Left out, what is told of it would be taken for another TPS of the message.
    """
    named = [code for code in codes if code.tps is not None]
    return [
        TpsMention(code.known_span, (code.tps,))
        if code.tps
        else TpsMention(code.span, (), UNKNOWN_CODE)
        for code in named
    ]


def desa_from_codes(codes: list[CodeMention], register: Register) -> list[AreaMention]:
    """Return the desa that codes name, by the names that the door knows."""
    return [
        AreaMention(code.known_span, register.name_of(code.desa), code.desa, code.kecamatan)
        for code in codes
        if code.desa
    ]


def kecamatan_from_codes(codes: list[CodeMention], register: Register) -> list[AreaMention]:
    """Return the kecamatan that codes name."""
    return [
        AreaMention(code.known_span, register.name_of(code.kecamatan), code.kecamatan)
        for code in codes
        if code.kecamatan
    ]


def add_code_dots(text: str, register: Register) -> str:
    """Write codes that stand without dots with them: else they would be taken for an NRP."""

    def parted(found: re.Match[str]) -> str:
        code = ".".join(part for part in found.groups() if part)
        desa = ".".join(found.groups()[:4])
        return code if desa in register.desa else found[0]

    return _TOGETHER.sub(parted, text)
