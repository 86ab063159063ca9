"""Words of the vocabulary found in running text, where they stand in a sentence of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.vocabulary.vocabulary import Vocabulary

_LONGEST = 6  # words
_WORD = re.compile(r"[a-z]+|[0-9]+")
_FILLER_WORDS = "telah sudah sdh tlh udah dlm keadaan yang yg dgn dengan suara"
_FILLERS = frozenset(_FILLER_WORDS.split())
# Behind one of these what is named did not happen, or not yet; or it is what one guards against.
_DENIED_WORDS = "tidak tdk tak tiada belum blm bukan nihil tanpa zero"
_AHEAD_WORDS = """akan siap rencana menunggu sebelum menjelang jelang persiapan bila jika apabila
agar semoga supaya"""
_GUARDED_WORDS = """antisipasi mengantisipasi mencegah cegah pencegahan potensi rawan kerawanan
himbauan imbauan menghimbau larangan waspada mewaspadai hindari menghindari pengamanan pam
sosialisasi"""
_DENIED = frozenset(_DENIED_WORDS.split())
_AHEAD = frozenset(_AHEAD_WORDS.split())
_GUARDED = frozenset(_GUARDED_WORDS.split())
_REACH = 3  # words before a phrase in which it is denied

# Columns that running text may tell, and of each the single words that are plain even there.
_ALONE: Mapping[tuple[str, str], frozenset[str]] = {
    ("tps", "fase"): frozenset(("dibuka", "ditutup", "buka", "tutup")),
    ("tps", "kontak"): frozenset(),
    ("personnel", "checkin"): frozenset(("serpas",)),
    ("incidents", "status"): frozenset(
        ("ditangani", "tertangani", "teratasi", "dimediasi", "ditindaklanjuti", "diverifikasi")
    ),
    ("incidents", "situasi"): frozenset(),
    ("incidents", "tingkat"): frozenset(),
}
# In a table they name a kind; in a sentence they name anything.
_LOOSE_WORDS = """terkendali lancar logistik logistics supplies apk baliho spanduk aksi orasi protes
protest protesmassa jaringan internet sinyal listrik api fire dpt dpk dptb lain lainnya umum dll
other others misc akses access aksesjalan aksessungai jalursungai traffic lantas lalin lalulintas
sakit meninggal cuaca weather sara psu pss psl ancaman tekanan pidana tindakpidana kejahatan
kriminal kriminalitas crime network netralitas neutrality hakpilih daftarpemilih alatperaga
alatperagakampanye bahankampanye distribusilogistik logistiktps penertibanapk pembersihanapk
pemasanganapk pemungutansuaraulang isusara voterlist voterroll power kecurangan miras sajam
listrikdanjaringan listrikjaringan disaster chaos umum dan penyelidikan nihillaporan recount"""
_LOOSE = frozenset(_LOOSE_WORDS.split())
_ONLY_STARTING = {"situasi": ("situasi", "status", "zona"), "tingkat": ("tingkat",)}
_UNSAID = frozenset(
    (("incidents", "jenis", "lainnya"), ("incidents", "status", "dilaporkan"),
     ("incidents", "status", "nihil"), ("personnel", "checkin", "laporan_berkala"),
     ("tps", "kontak", "terjangkau"))
)  # fmt: skip
_CONTACT = re.compile("hubung|jangkau|kontak")

Meaning = tuple[str, str, str]  # feed, column, code


class Said(NamedTuple):
    """A phrase of the vocabulary. told: it happened; else why it is not read."""

    span: Span
    feed: str
    column: str
    code: str
    told: bool
    why: str | None = None


class Phrases:
    """The vocabulary, turned round for running text. Made once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._meanings: dict[str, list[Meaning]] = {}
        for feed, column in [("incidents", "jenis"), *_ALONE]:
            for name, code in vocabulary.codes[feed, column].items():
                if (feed, column, code) not in _UNSAID and _clear(column, name):
                    self._meanings.setdefault(name, []).append((feed, column, code))

    def find(self, passage: Passage) -> list[Said]:
        """Every phrase of the text, the longest where several begin at one word."""
        lowered = passage.text.lower()
        if len(lowered) != len(passage.text):
            lowered = "".join(c.lower()[:1] for c in passage.text)
        return [said for span in passage.clauses for said in self._in_clause(lowered, span)]

    def _in_clause(self, text: str, clause: Span) -> Iterator[Said]:
        words = list(_WORD.finditer(text, *clause))
        at = after = 0
        while at < len(words):
            size, meanings = self._longest([w[0] for w in words[at : at + _LONGEST]])
            if not meanings:
                at += 1
                continue
            span = Span(words[at].start(), words[at + size - 1].end())
            before = [w[0] for w in words[max(after, at - _REACH) : at]]
            for feed, column, code in meanings:
                why = _why_not(before, guarded=column == "jenis" and code != "nihil")
                if size > 1 or _alone(feed, column, words[at][0]):
                    yield Said(span, feed, column, code, why is None, why)
            at = after = at + size

    def _longest(self, words: Sequence[str]) -> tuple[int, list[Meaning]]:
        for size in range(len(words), 0, -1):
            if words[size - 1] in _FILLERS and size > 1:
                continue
            meanings = self._meanings.get("".join(words[:size]))
            if not meanings and size > 1 and not _FILLERS.isdisjoint(words[1:size]):
                meanings = self._meanings.get("".join(w for w in words[:size] if w not in _FILLERS))
            if meanings:
                return size, meanings
        return 1, []


def _clear(column: str, name: str) -> bool:
    if column in _ONLY_STARTING:
        return name.startswith(_ONLY_STARTING[column])
    if column == "kontak":
        return bool(_CONTACT.search(name))
    return name not in _LOOSE


def _alone(feed: str, column: str, word: str) -> bool:
    if column == "jenis":
        return len(word) >= 4
    return word in _ALONE[feed, column]


def _why_not(before: Sequence[str], *, guarded: bool) -> str | None:
    for words, meant in (
        (_DENIED, "disangkal"),
        (_AHEAD, "belum terjadi"),
        (_GUARDED if guarded else frozenset(), "hanya diantisipasi"),
    ):
        if word := next((word for word in before if word in words), None):
            return f'{meant} ("{word}")'
    return None
