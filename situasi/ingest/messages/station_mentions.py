"""Finds the TPS that a message names by their numbers."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from situasi.domain.labels import N_
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.numbers import read_tps_list

# `TPS 1/2/3 hadir 80/75/91`: what is before a number is of that number.
_PEOPLE = r"orang|org|pemilih|pmlh|jiwa|warga|hadir(?! ?[:=]? ?[0-9])|%|pers|dpt|wib|suara"
_UNIT = rf"(?! ?(?:{_PEOPLE}|titik|buah|lokasi)\b)"
_JOIN = r"(?: ?[,&+/] ?| ?\bdan\b ?| ?s ?[./]? ?d\b\.? ?| ?sampai ?| ?- ?)"
# A further number of a list is not a count or a clock time; `TPS 1 : 123` is one TPS.
_NEXT = rf"{_JOIN}(?:tps ?)?(?:no\.? ?)?[0-9]{{1,3}}(?![0-9]|[.:][0-9]){_UNIT}"
# `TPS 118 org` and `pam TPS 3 titik` count; `TPS10` is a TPS, `TPS 07.00` a time, and so is
# `dari TPS 16:45`, where `TPS 1:118` is a TPS and its count.
_COUNTED = r"(?! ?(?:orang|org|jiwa|titik|buah|lokasi)\b| ?%)"
_FROM_AT = (
    r"(?!(?:(?<=dari tps )|(?<=dr tps )|(?<=di tps )|(?<=ke tps ))[0-2][0-9]:[0-5][0-9](?![0-9]))"
)
_TPS = re.compile(
    rf"(?<!jumlah )(?<!jml )(?<!total )\btps(?![^\W\d_])[ .:#_-]{{0,3}}{_FROM_AT}"
    rf"(?:(?:no|nomor|nmr)\b[ .:]{{0,3}})?"
    rf"(?P<list>[0-9]{{1,3}}(?![0-9]|\.[0-9]){_COUNTED}(?:{_NEXT}){{0,40}})",
    re.IGNORECASE,
)
_SPACED_DASH = re.compile(r"[0-9]+ - ([0-9]+)\Z")
_MAX_TPS = 40
_FIRST_SPECIAL_TPS = 901  # TPS of prisons and the like are numbered from here


class TpsMention(NamedTuple):
    """TPS named together. numbers: "001", ...; empty where the list cannot be read."""

    span: Span
    numbers: tuple[str, ...]
    doubt: str | None = None


def find_stations(
    passage: Passage, *, mentions_turnout: bool, highest: int = 999
) -> list[TpsMention]:
    """Return the TPS named. mentions_turnout: `TPS 1 - 123` may then be a count.

    highest: number of TPS that any desa has; what is higher is rather a count.
    """
    return [_parse_tps(match, mentions_turnout, highest) for match in _TPS.finditer(passage.text)]


def format_tps_question(passage: Passage, stations: Sequence[TpsMention]) -> str:
    """Return the question which of these TPS is meant."""
    excerpts = dict.fromkeys(passage.excerpt(tps.span) for tps in stations)
    return N_("beberapa TPS disebut ({names}): yang mana?").format(names=", ".join(excerpts))


def _parse_tps(match: re.Match[str], mentions_turnout: bool, highest: int) -> TpsMention:
    numbers_text, span = match["list"], Span(*match.span())
    if mentions_turnout and _SPACED_DASH.search(numbers_text):
        return TpsMention(
            span, (), N_('"{words}": rentang TPS atau jumlah?').format(words=match[0])
        )
    try:
        numbers = tuple(read_tps_list(numbers_text).split(","))
    except UnreadableCell as error:
        return TpsMention(span, (), str(error))
    if any(highest < int(number) < _FIRST_SPECIAL_TPS for number in numbers):
        return TpsMention(span, (), N_('"{words}": nomor TPS atau jumlah?').format(words=match[0]))
    if len(numbers) > _MAX_TPS:
        return TpsMention(
            span, (), N_('"{words}" menyebut lebih dari {n} TPS').format(words=match[0], n=_MAX_TPS)
        )
    return TpsMention(span, numbers)
