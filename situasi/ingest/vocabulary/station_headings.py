"""Headings of lists of TPS that are no reports: who may vote there, where they stand, how risky."""

import re
from collections.abc import Sequence

from situasi.ingest.vocabulary.vocabulary import Vocabulary

_VOTERS = re.compile(r"\bdpt\b|daftar pemilih|pemilih tetap|registered voters|voters? list", re.I)
_AMOUNT = re.compile(r"jumlah|jml|total|pemilih|suara|votes?", re.I)
_CAME = re.compile(
    r"hadir|partisipasi|parmas|pengguna|datang|memilih|mencoblos|turnout|suara|\b(?:jam|pukul|pkl)\b",
    re.I,
)
_TIMES = frozenset(("waktu", "tanggal", "jam", "waktu_lapor"))
_SENTENCE = (
    "isinya tampaknya {}, bukan laporan: tempatnya tps_kpu.csv di folder pemilihan (kolom"
    " desa_kode, nomor, {}; satu baris tiap TPS); serahkan ke admin server, lalu buang berkas ini"
)


def describe_station_list(
    headings: Sequence[str], titles: Sequence[str], vocabulary: Vocabulary
) -> str | None:
    """Return what a list of TPS is and where it belongs; None for a table that may be a report.

    titles: also the names of its sheet and its file. Under a time of its own a point or a number
    of voters may be reported.
    """
    own = {heading: vocabulary.find_own_heading(heading) for heading in headings}
    named = set(filter(None, own.values()))
    if "tps" not in named or any(name.startswith("hadir") for name in named):
        return None
    texts = [heading.replace("_", " ") for heading in headings]
    unknown = [text for text, heading in zip(texts, headings, strict=True) if own[heading] is None]
    title = "\n".join(titles).replace("_", " ")
    is_timed = not named.isdisjoint(_TIMES)
    about = "\n".join(unknown if is_timed else (*unknown, title))
    is_rated = vocabulary.clues.stands_in("vulnerability", about)
    has_points = {"lat", "lon"} <= named or "koordinat" in named
    kinds: dict[str, str] = {}
    if not is_timed and _lists_voters(texts, title, is_sure=is_rated or has_points):
        kinds["daftar pemilih (DPT) per TPS"] = "dpt"
    if has_points and (is_rated or not is_timed):
        kinds["titik TPS"] = "lat, lon, sumber_letak"
    if is_rated:
        kinds["kerawanan TPS"] = "kerawanan"
    return _SENTENCE.format(" dan ".join(kinds), ", ".join(kinds.values())) if kinds else None


def _lists_voters(headings: Sequence[str], title: str, *, is_sure: bool) -> bool:
    """Return whether a list counts who may vote: an unclear amount beside them may be who came."""
    if _CAME.search("\n".join((*headings, title))):
        return False
    if _VOTERS.search(title):
        return True
    voters = [heading for heading in headings if _VOTERS.search(heading)]
    others = [heading for heading in headings if heading not in voters]
    return bool(voters) and (is_sure or not any(map(_AMOUNT.search, others)))
