"""Detection of headings with candidates' votes, which police neither record nor store."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

Words = tuple[str, ...]

# Cyrillic and Greek letters, in lower case, that look like Latin ones: a heading written with
# them names votes all the same.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u04bb\u043a\u043c\u0442\u0432\u043d"
    "\u03b1\u03bf\u03bd\u03c1\u03b9\u03ba\u03c5\u03c4\u03b7\u03b2\u03b5",
    "aeopcyxisjhkmtbhaovpikutnbe",
)

# Replaces votes in a stored text.
VOTES_REMOVED = "[dihapus: perolehan suara tidak disimpan]"

# Words beside "suara" that give it another meaning than votes won.
_BEFORE = """surat kertas kotak bilik hak pengeras pemungutan pungut pemberian penghitungan
perhitungan hitung rekapitulasi rekap rekaman rekam pesan catatan saluran sumber nada tata
memberikan menyalurkan salurkan menggunakan gunakan"""
_EXCLUDED_BEFORE = frozenset(_BEFORE.split())
_EXCLUDED_AFTER = frozenset(("tembakan", "ledakan", "sirine", "bising", "gaduh", "mesin", "warga"))
# With one of these words anywhere, the heading means votes won after all.
_RESULT_WORDS = frozenset(("hasil", "perolehan", "sah", "paslon"))
_TIME_OR_PLACE = "waktu jam pukul tanggal tgl jadwal lokasi tempat alamat status fase foto"
_TIME_OR_PLACE_WORDS = frozenset(_TIME_OR_PLACE.split())
_CANDIDATE_WORDS = frozenset(("paslon", "calon", "kandidat", "candidate", "cabup", "pasangan"))
_NUMBERS = {"satu": "1", "dua": "2", "tiga": "3", "i": "1", "ii": "2", "iii": "3", "iv": "4"}
_PHRASES = (" kolom kosong ", " kotak kosong ", " real count ", " quick count ", " hitung cepat ")
_GENERIC_WORDS = frozenset(("kolom", "kotak", "kosong", "calon", "pasangan", "bupati", "wakil"))


# Nothing but these, with one of the first: ballots that were counted (`TIDAK SAH`, `Jml Sah`).
_VALIDITY = frozenset(("sah", "spoiled", "spoilt", "invalid"))
_BESIDE = "tidak tdk jumlah jml jlh total dan valid ballot ballots"
_BESIDE_VALIDITY = frozenset(_BESIDE.split())


def is_vote_heading(heading: str, candidates: Sequence[str]) -> bool:
    """Return whether a heading names votes won: `suara sah`, `paslon 1`, a candidate's name.

    Ballot papers, boxes, voting and counting as such, and the right to vote do not count.
    """
    words = _split_words(heading)
    if not words:
        return False
    if _mentions_candidate(words, candidates) or any(
        phrase in _join_spaced(words) for phrase in _PHRASES
    ):
        return words[0] not in _TIME_OR_PLACE_WORDS
    return (
        _is_suara_count(words)
        or _is_numbered_pair(words)
        or _is_english_vote(words)
        or _is_perolehan(words)
        or _is_validity_count(words)
    )


def _split_words(text: str) -> Words:
    """Split a heading into words at marks, capitals and digits, and around `suara`."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", text[:200]))
    text = re.sub(r"(suara)", r" \1 ", text.lower().translate(_LOOKALIKES))
    words = re.findall(r"[^\W\d_]+|[0-9]+", text)
    return tuple(_NUMBERS.get(w, w.lstrip("0") or "0" if w.isdigit() else w) for w in words)


def _join_spaced(words: Words) -> str:
    """Join words into a text in which a sequence of whole words can be searched as a substring."""
    return f" {' '.join(words)} "


def _mentions_candidate(words: Words, candidates: Sequence[str]) -> bool:
    """Return whether a whole name of a candidate occurs, or one part of it is the whole heading."""
    names, single_words = _build_candidate_names(tuple(candidates))
    text = _join_spaced(words)
    return any(name in text for name in names) or (len(words) == 1 and words[0] in single_words)


@lru_cache(maxsize=16)
def _build_candidate_names(candidates: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """Return each name as spaced words, and the words that identify a candidate even alone."""
    names = [name for name in map(_split_words, candidates) if name]
    single_words = {word for name in names for word in name if len(word) > 4} - _GENERIC_WORDS
    return list(map(_join_spaced, names)), single_words


def _is_suara_count(words: Words) -> bool:
    if "suara" not in words:
        return False
    i = words.index("suara")
    before, after = words[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else ""
    if words[0] in _TIME_OR_PLACE_WORDS:
        return False
    if not _RESULT_WORDS.isdisjoint(words):
        return True
    return before not in _EXCLUDED_BEFORE and after not in _EXCLUDED_AFTER


def _is_numbered_pair(words: Words) -> bool:
    """Detect `paslon 1`, `pasangan calon 02`, `nomor urut 1`; a bare `no urut` only counts rows."""
    has_number = any(word.isdigit() for word in words)
    return has_number and not (_CANDIDATE_WORDS | {"urut"}).isdisjoint(words)


def _is_english_vote(words: Words) -> bool:
    return bool({"vote", "votes", "tally"} & {*words}) and not {"time", "place"} & {*words}


def _is_perolehan(words: Words) -> bool:
    return words[0] == "perolehan" and (
        len(words) == 1 or words[1] in _CANDIDATE_WORDS | {"kursi", "hasil"}
    )


def _is_validity_count(words: Words) -> bool:
    named = _VALIDITY & {*words}
    is_english_check = len(words) == 1 and "sah" not in named
    return bool(named) and not is_english_check and {*words} <= _VALIDITY | _BESIDE_VALIDITY
