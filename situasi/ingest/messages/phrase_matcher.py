"""Finds phrases of the vocabulary in running text, and whether they are asserted or denied."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from situasi.domain.labels import N_
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.vocabulary.vocabulary import Vocabulary
from situasi.ingest.vocabulary.vote_headings import VOTES_REMOVED

_MAX_WORDS = 6  # words
_QUESTION = re.compile(r"\?(?:\s|\Z)")
_WORD = re.compile(r"[a-z]+|[0-9]+")
_FILLER_WORDS = "telah sudah sdh tlh udah dlm keadaan yang yg dgn dengan suara"
_FILLERS = frozenset(_FILLER_WORDS.split())
# After one of these words the thing named did not happen, not yet, or is only guarded against.
_DENIED_WORDS = """tidak tdk tak tiada belum blm bukan nihil tanpa zero gak nggak dak dk idak katek
dakdo"""
_AHEAD_WORDS = """akan siap rencana menunggu sebelum menjelang jelang persiapan bila jika apabila
agar supaya segera menjaga demi pastikan memastikan guna kalau kalo klo abis jangan jgn"""
# One of these, anywhere before in the clause, makes it a wish or a plan.
_WISH_WORDS = """semoga smoga smg mudah mudahan insya insyaallah harap diharapkan tolong nanti ntar
kagek gek besok"""
_GUARDED_WORDS = """antisipasi mengantisipasi mencegah cegah pencegahan potensi rawan kerawanan
himbauan imbauan menghimbau larangan waspada mewaspadai hindari menghindari pengamanan pam
sosialisasi"""
_DENIED = frozenset(_DENIED_WORDS.split())
_AHEAD = frozenset(_AHEAD_WORDS.split())
_WISHES = frozenset(_WISH_WORDS.split())
_GUARDED = frozenset(_GUARDED_WORDS.split())
_DENIAL_WINDOW = 3  # words before a phrase that may deny it

# Columns read from running text, and the single words that are unambiguous even there.
_SINGLE_WORDS: Mapping[tuple[str, str], frozenset[str]] = {
    ("tps", "fase"): frozenset(("dibuka", "ditutup", "buka", "bukak", "tutup")),
    ("tps", "kontak"): frozenset(),
    ("personnel", "checkin"): frozenset(("serpas", "otw")),
    ("incidents", "status"): frozenset(
        ("ditangani", "tertangani", "teratasi", "dimediasi", "ditindaklanjuti", "diverifikasi")
    ),
    ("incidents", "situasi"): frozenset(),
    ("incidents", "tingkat"): frozenset(),
}
# In a table these words name a kind; in a sentence they are ambiguous.
_VAGUE_WORDS = """terkendali lancar logistik logistics supplies apk baliho spanduk aksi orasi protes
protest protesmassa jaringan internet sinyal listrik api fire dpt dpk dptb lain lainnya umum dll
other others misc akses access aksesjalan aksessungai jalursungai traffic lantas lalin lalulintas
sakit meninggal cuaca weather sara psu pss psl ancaman tekanan pidana tindakpidana kejahatan
kriminal kriminalitas crime network netralitas neutrality hakpilih daftarpemilih alatperaga
alatperagakampanye bahankampanye distribusilogistik logistiktps penertibanapk pembersihanapk
pemasanganapk pemungutansuaraulang isusara voterlist voterroll power kecurangan miras sajam
listrikdanjaringan listrikjaringan disaster chaos umum dan penyelidikan nihillaporan recount
tidakada lainlain lainlainnya danlainlain kejadianlain kejadianlainnya miscellaneous
hitung hitungsuara penghitungan penghitungansuara perhitungan perhitungansuara counting
votecounting crowd mob disorder fights fires electricity protests protesters bribe bribes"""
_VAGUE = frozenset(_VAGUE_WORDS.split())
_OTHER_KIND = ("jenis", "lainnya")  # beside a kind it tells what came of it
_REQUIRED_PREFIXES = {"situasi": ("situasi", "status", "zona"), "tingkat": ("tingkat",)}
_IGNORED_MEANINGS = frozenset(
    (("incidents", "status", "dilaporkan"),
     ("incidents", "status", "nihil"), ("personnel", "checkin", "laporan_berkala"),
     ("tps", "kontak", "terjangkau"))
)  # fmt: skip
_GAPPED_PHASES = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (
            r"\bkotak(?: suara)?\b.{1,60}?\b(?:bergeser|di ?geser|bergerak|berangkat)\b",
            "kotak_bergeser",
        ),
        (
            r"\bkotak(?: suara)?\b.{0,60}?\b(?:dibawa|diantar|diangkut|otw|menuju)"
            r"(?: ke| menuju)? (?:ppk|pps|kecamatan)\b",
            "kotak_bergeser",
        ),
        *(
            (
                r"\bkotak(?: suara)?\b.{0,60}?\b(?:diterima|tiba|sampai|sampe|nyampe)"
                rf"(?: di| oleh)? (?:gudang )?(?:{office})\b",
                code,
            )
            for office, code in (
                ("ppk|kecamatan|kantor camat", "kotak_tiba_ppk"),
                ("pps", "kotak_tiba_pps"),
                ("kpu", "kotak_tiba_kpu"),
            )
        ),
        (r"\b(?:peng|per)?hitung(?:an)?(?: suara)?\b.{1,60}?\bselesai\b", "hitung_selesai"),
        (r"\b(?:peng|per)hitungan(?: suara)?\b.{1,60}?\b(?:di)?mulai\b", "hitung_mulai"),
        (r"\b(?:pemungutan suara|pencoblosan)\b.{1,60}?\bselesai\b", "ditutup"),
        (r"\b(?:pemungutan suara|pencoblosan)\b.{1,60}?\bdimulai\b", "dibuka"),
        (
            r"\blogistik\b.{1,60}?\b(?:tiba|sampai|sampe|nyampe|diterima)\b"
            r"(?! ?(?:di |ke )?(?:ppk|pps|kpu|kecamatan|kantor|gudang))",
            "logistik_tiba",
        ),
        (
            r"\bkotak(?: suara)?\b.{1,60}?\b(?:tiba|diterima|(?:sudah|sdh|telah|tlh) sampai"
            r"|(?:sudah|sdh|telah|tlh) (?:ada )?di (?:lokasi|tps)"
            r"|sampai(?! (?:jam|pukul|pkl|dengan|dgn|saat|pagi|siang|sore|malam|hari|sekarang)))\b"
            r"(?! ?(?:di |ke |oleh )?(?:pps|kpu|kecamatan|kantor|gudang|polsek|posko))",
            "logistik_tiba",
        ),
    )
)
_GAPPED_ILLNESS = re.compile(
    r"\b(?:kpps|linmas|ptps|pengawas tps)\b(?:(?!pemilih|warga|saksi|orang tua)[^,;]){1,50}?"
    r"\b(?:pingsan|meninggal|jatuh sakit|kelelahan|sesak napas|dilarikan ke)\b"
)
_CONTACT = re.compile("hubung|jangkau|kontak")

_BEFORE_STATION = frozenset(("kotak", "suara", "logistik"))

_OUTCOMES = frozenset(
    ("selesai", "diteruskan")
)  # of an incident, as a word of its own: `(selesai)`

Meaning = tuple[str, str, str]  # feed, column, code


class PhraseMatch(NamedTuple):
    """A phrase of the vocabulary. is_asserted: it happened; else denial_reason says why not."""

    span: Span
    feed: str
    column: str
    code: str
    is_asserted: bool
    denial_reason: str | None = None


class PhraseMatcher:
    """The vocabulary indexed for running text; by get_phrase_matcher once for each."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._meanings: dict[str, list[Meaning]] = {}
        for feed, column in [("incidents", "jenis"), *_SINGLE_WORDS]:
            for name, code in vocabulary.codes[feed, column].items():
                if (feed, column, code) not in _IGNORED_MEANINGS and _is_usable(column, name):
                    self._meanings.setdefault(name, []).append((feed, column, code))

    def find(self, passage: Passage) -> list[PhraseMatch]:
        """Return every phrase of the text, the longest where several begin at one word."""
        lowered = passage.text.lower()
        if len(lowered) != len(passage.text):
            lowered = "".join(letter.lower()[:1] for letter in passage.text)
        removed = VOTES_REMOVED.lower()  # whose words tell nothing, and deny nothing
        lowered = lowered.replace(removed, "|" * len(removed))
        matches = []
        for clause in passage.clauses:
            in_clause = [*self._match_clause(lowered, clause)]
            told = {match.column for match in in_clause}
            gapped = _match_gapped(lowered, clause)
            matches += in_clause + [match for match in gapped if match.column not in told]
        kinds = {match.code for match in matches if match.column == "jenis"}
        if kinds <= {"nihil", "lainnya"}:
            return matches
        return [match for match in matches if (match.column, match.code) != _OTHER_KIND]

    def _match_clause(self, text: str, clause: Span) -> Iterator[PhraseMatch]:
        words = _skip_stations(list(_WORD.finditer(text, *clause)))
        is_asked = bool(_QUESTION.match(text, clause.end))
        i = last = 0
        while i < len(words):
            size, meanings = self._find_longest([w[0] for w in words[i : i + _MAX_WORDS]])
            if not meanings or self._starts_late(words[i : i + _MAX_WORDS + 1], size):
                i += 1
                continue
            span = Span(words[i].start(), words[i + size - 1].end())
            before = [w[0] for w in words[max(last, i - _DENIAL_WINDOW) : i]]
            before += [w[0] for w in words[:i] if w[0] in _WISHES]
            for feed, column, code in meanings:
                denial = _find_denial(before, may_be_guarded=column == "jenis" and code != "nihil")
                denial = 'hanya ditanyakan ("?")' if is_asked else denial
                is_clear = size > 1 or _is_clear_alone(feed, column, words[i][0])
                if is_clear or (code in _OUTCOMES and _stands_alone(text, span, len(words) == 1)):
                    yield PhraseMatch(span, feed, column, code, denial is None, denial)
                    last = i + size
            i = self._find_next_start(words, i, size, meanings)
            last = min(last, i)

    def _find_next_start(
        self, words: Sequence[re.Match[str]], start: int, size: int, meanings: Sequence[Meaning]
    ) -> int:
        """Return where to go on: behind a phrase, or inside it where an incident begins.

        `pengantaran kotak suara | dirampas` tells of `kotak suara dirampas` too.
        """
        if not any(column == "jenis" for _feed, column, _code in meanings):
            for inside in range(start + 1, start + size):
                found = words[inside : inside + _MAX_WORDS]
                length, others = self._find_longest([word[0] for word in found])
                is_incident = any(m[1] == "jenis" and m[2] != "nihil" for m in others)
                if is_incident and inside + length > start + size:
                    return inside
        return start + size

    def _starts_late(self, words: Sequence[re.Match[str]], size: int) -> bool:
        """Return whether `sdh` begins less than what follows: `sdh selesai | penghitungan`."""
        if words[0][0] not in _FILLERS or size < 2:
            return False
        return self._find_longest([word[0] for word in words[1:]])[0] >= size

    def _find_longest(self, words: Sequence[str]) -> tuple[int, list[Meaning]]:
        for size in range(len(words), 0, -1):
            meanings = self._meanings.get("".join(words[:size]))
            if not meanings and words[size - 1] in _FILLERS:
                continue
            if not meanings and size > 1 and not _FILLERS.isdisjoint(words[1:size]):
                meanings = self._meanings.get("".join(w for w in words[:size] if w not in _FILLERS))
            if meanings:
                return size, meanings
        return 1, []


@lru_cache(maxsize=4)
def get_phrase_matcher(vocabulary: Vocabulary) -> PhraseMatcher:
    """Return the phrases of a vocabulary, indexed at the first call."""
    return PhraseMatcher(vocabulary)


def _match_gapped(text: str, clause: Span) -> Iterator[PhraseMatch]:
    """Yield what is told around a TPS and its place: `kotak TPS 3 ds X bergeser`."""
    if match := _GAPPED_ILLNESS.search(text, *clause):
        denial = _find_gapped_denial(text, clause, match)
        span, kind = Span(*match.span()), "petugas_sakit"
        yield PhraseMatch(span, "incidents", "jenis", kind, denial is None, denial)
    for pattern, code in _GAPPED_PHASES:
        if match := pattern.search(text, *clause):
            denial = _find_gapped_denial(text, clause, match)
            is_asked = bool(_QUESTION.match(text, clause.end))
            denial = 'hanya ditanyakan ("?")' if is_asked else denial
            yield PhraseMatch(Span(*match.span()), "tps", "fase", code, denial is None, denial)
            return


def _find_gapped_denial(text: str, clause: Span, match: re.Match[str]) -> str | None:
    words = _WORD.findall(text[clause.start : match.start()])
    before = [*words[-_DENIAL_WINDOW:], *filter(_WISHES.__contains__, words)]
    return _find_denial([*before, *_WORD.findall(match[0])], may_be_guarded=False)


def _skip_stations(words: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the words without a TPS inside a phrase, or a written doubling.

    `kotak TPS 3 bergeser`; `bagi2 uang`.
    """
    kept: list[re.Match[str]] = []
    is_skipping = False
    for word in words:
        if word[0] == "2" and kept and kept[-1].end() == word.start() and kept[-1][0] != "tps":
            continue
        is_number = word[0].isdigit() or word[0] == "no"
        starts = word[0] == "tps" and bool(kept) and kept[-1][0] in _BEFORE_STATION
        is_skipping = starts or (is_skipping and is_number)
        if not is_skipping:
            kept.append(word)
    return kept


def _is_usable(column: str, name: str) -> bool:
    if column in _REQUIRED_PREFIXES:
        return name.startswith(_REQUIRED_PREFIXES[column])
    if column == "kontak":
        return bool(_CONTACT.search(name))
    return name not in _VAGUE


def _is_clear_alone(feed: str, column: str, word: str) -> bool:
    if column == "jenis":
        return len(word) >= 4
    return word in _SINGLE_WORDS[feed, column]


def _stands_alone(text: str, span: Span, is_whole: bool) -> bool:
    """Return whether a word is all of its clause, or of what stands in brackets."""
    return is_whole or (text[: span.start][-1:] == "(" and text[span.end : span.end + 1] == ")")


def _find_denial(before: Sequence[str], *, may_be_guarded: bool) -> str | None:
    for words, reason in (
        (_DENIED, N_('disangkal ("{word}")')),
        (_AHEAD | _WISHES, N_('belum terjadi ("{word}")')),
        (_GUARDED if may_be_guarded else frozenset(), N_('hanya diantisipasi ("{word}")')),
    ):
        if word := next((word for word in before if word in words), None):
            return reason.format(word=word)
    return None
