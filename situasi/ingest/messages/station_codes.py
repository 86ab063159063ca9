"""Finds the codes of kecamatan, desa and TPS in a message, such as `16.10.04.2012.001`."""

import re
from typing import NamedTuple

from situasi.domain.labels import N_
from situasi.domain.register import Register
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.place_mentions import (
    AreaMention,
)
from situasi.ingest.messages.station_mentions import TpsMention

# Two digits each for province, kabupaten and kecamatan, four for the desa, three for the TPS.
_DOTTED = re.compile(
    r"(?:\b(?:tps|kode|desa|ds|kec(?:amatan)?)[ .:#]{0,3})?"
    r"(?<![\w.,:/-])(?P<area>[0-9]{2}\.[0-9]{2}\.[0-9]{2})"
    r"(?:\.(?P<desa>[0-9]{4})(?:[./-](?P<tps>[0-9]{1,3}))?)?(?![\w/-]|[.,:][0-9])",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"(?<![\w.,:/-])([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{4})([0-9]{3})?(?![0-9])"
)


UNKNOWN_CODE = N_("kode TPS tidak dikenal")


class CodeMention(NamedTuple):
    """A code as written. kecamatan, desa: None where the register has no such code.

    span: of the whole code; known_span: the part that the register knows. tps: "" for a TPS of an
    unknown desa; None where the code has no TPS.
    """

    span: Span
    known_span: Span
    kecamatan: str | None
    desa: str | None
    tps: str | None


def find_codes(passage: Passage, register: Register) -> list[CodeMention]:
    """Return every code of the text; one of three parts only where it is a kecamatan."""
    codes = []
    for match in _DOTTED.finditer(passage.text):
        area = match["area"]
        kecamatan = area if area in register.kecamatan else None
        if match["desa"] is None and kecamatan is None:
            continue  # a date, or an unknown code
        desa = f"{area}.{match['desa']}" if match["desa"] else None
        known_desa = desa if desa in register.desa else None
        number = match["tps"] and (match["tps"].zfill(3) if known_desa else "")
        end = match.end("tps" if number else "desa" if known_desa else "area")
        known_span = Span(match.start(), end if kecamatan else match.start())
        codes.append(CodeMention(Span(*match.span()), known_span, kecamatan, known_desa, number))
    return codes


def stations_from_codes(codes: list[CodeMention]) -> list[TpsMention]:
    """Return the TPS of the codes; for an unknown desa without a number, so that it is asked.

    Otherwise the report on this TPS would be assigned to another TPS of the message.
    """
    with_tps = [code for code in codes if code.tps is not None]
    return [
        TpsMention(code.known_span, (code.tps,))
        if code.tps
        else TpsMention(code.span, (), UNKNOWN_CODE)
        for code in with_tps
    ]


def desa_from_codes(codes: list[CodeMention], register: Register) -> list[AreaMention]:
    """Return the desa of the codes, by their names in the register."""
    return [
        AreaMention(code.known_span, register.name_of(code.desa), code.desa, code.kecamatan)
        for code in codes
        if code.desa
    ]


def kecamatan_from_codes(codes: list[CodeMention], register: Register) -> list[AreaMention]:
    """Return the kecamatan of the codes."""
    return [
        AreaMention(code.known_span, register.name_of(code.kecamatan), code.kecamatan)
        for code in codes
        if code.kecamatan
    ]


def add_code_dots(text: str, register: Register) -> str:
    """Write codes without dots with dots: otherwise they would be taken for an NRP.

    One of 13 digits needs only a kecamatan of the register: no NRP has as many.
    """

    def dotted(match: re.Match[str]) -> str:
        code = ".".join(part for part in match.groups() if part)
        desa = ".".join(match.groups()[:4])
        is_station = bool(match[5]) and ".".join(match.groups()[:3]) in register.kecamatan
        return code if is_station or desa in register.desa else match[0]

    return _TOGETHER.sub(dotted, text)
