"""The TPS that a message names, one or several at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.parsing.cells import Unreadable
from situasi.ingest.parsing.tps_lists import read_tps_list

_UNIT = r"(?! ?(?:orang|org|pemilih|jiwa|warga|hadir|%|pers|dpt|wib|suara)\b)"
_JOIN = r"(?: ?[,&+/] ?| ?\bdan\b ?| ?s ?[./]? ?d\b\.? ?| ?sampai ?| ?- ?)"
# A later number of a list is no count and no clock; `TPS 1 : 123` is one TPS.
_NEXT = rf"{_JOIN}(?:tps ?)?(?:no\.? ?)?[0-9]{{1,3}}(?![0-9]|[.:][0-9]| ?[:=] ?[0-9]){_UNIT}"
_TPS = re.compile(
    rf"(?<!jumlah )(?<!jml )(?<!total )\btps\b[ .:#_-]{{0,3}}(?:(?:no|nomor|nmr)\b[ .:]{{0,3}})?"
    rf"(?P<list>[0-9]{{1,3}}(?![0-9]|\.[0-9])(?:{_NEXT}){{0,40}})",
    re.IGNORECASE,
)
_SPACED_DASH = re.compile(r"[0-9]+ - ([0-9]+)\Z")
_MOST = 40


class Tps(NamedTuple):
    """TPS named in one breath. numbers: "001", ...; none where the list cannot be read."""

    span: Span
    numbers: tuple[str, ...]
    doubt: str | None = None


def stations_of(passage: Passage, *, counted: bool) -> list[Tps]:
    """counted: heads are told in this message, so that `TPS 1 - 123` may be a count."""
    return [_tps(match, counted) for match in _TPS.finditer(passage.text)]


def several(passage: Passage, stations: Sequence[Tps]) -> str:
    """Return the question which of these TPS is meant."""
    told = dict.fromkeys(passage.words(tps.span) for tps in stations)
    return f"beberapa TPS disebut ({', '.join(told)}): yang mana?"


def _tps(match: re.Match[str], counted: bool) -> Tps:
    written, span = match["list"], Span(*match.span())
    if counted and _SPACED_DASH.search(written):
        return Tps(span, (), f'"{match[0]}": rentang TPS atau jumlah?')
    try:
        numbers = tuple(read_tps_list(written).split(","))
    except Unreadable as fault:
        return Tps(span, (), str(fault))
    if len(numbers) > _MOST:
        return Tps(span, (), f'"{match[0]}" menyebut lebih dari {_MOST} TPS')
    return Tps(span, numbers)
