"""Likeness: pairs of cases that are probably one report, with the reasons. It merges nothing.

The pairs that are compared are bounded (candidate_pairs), and reports that look the same stand
behind the first of them, so that a flood of one report costs no more than the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from situasi.analysis.incidents.candidate_pairs import (
    MOST_COMPARED,
    Blocks,
    Bools,
    Floats,
    Ints,
    candidates,
    flat_km,
)
from situasi.analysis.incidents.cases import without_nihil
from situasi.domain.rules import DuplicateRules

# More reports than this that look the same are shown as one group.
SAME: Final = 10
# The beginning of a text that is compared, and how many characters are in one run.
LONGEST_TEXT: Final = 1_000
_MOST_CHARACTERS: Final = 40_000_000
_PLACES = ("", "kecamatan", "desa", "near", "tps")
_KINDS = ("", "akin", "kind")
_US = timedelta(microseconds=1)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Reasons:
    """Why two cases may be one: codes and measures; the screen finds the words.

    place: tps, near, desa, kecamatan or "". km: between their points, where both have one.
    kind: kind, akin or "". apart: between their times; None where an hour is not known.
    words: likeness of their texts, 0 to 100; None where one has none.
    """

    place: str = ""
    km: float | None = None
    kind: str = ""
    apart: timedelta | None = None
    words: float | None = None


@dataclass(frozen=True)
class Twins:
    """Two cases that are probably one. first was known earlier. score: 0 to 100.

    same: of how many reports that look the same this pair is one, 0 where it is no such group.
    """

    first: str
    second: str
    score: float
    reasons: Reasons = field(default_factory=Reasons)
    same: int = 0


@dataclass(frozen=True)
class _Cases:
    """What of each case is compared, in order of time. Codes: -1 where it is not stated."""

    names: list[str]
    known: Ints
    blocks: Blocks
    desa: Ints
    tps: Ints
    jenis: Ints
    akin: Bools  # by two codes of jenis
    text: Ints
    texts: list[str]  # by code


@dataclass(frozen=True)
class _Measures:
    """Of each pair: codes of place and kind, km, microseconds and words (NaN: not known)."""

    place: Ints
    kind: Ints
    km: Floats
    apart: Floats
    words: Floats
    score: Floats


@dataclass(frozen=True)
class Pairs:
    """The probable pairs, as positions in `names`. complete: no possible pair was left out.

    group: which reports that look the same the pair is of, -1 for none; sizes: of the groups.
    """

    names: list[str]
    one: Ints
    other: Ints
    group: Ints
    sizes: Ints
    complete: bool
    known: Ints
    measures: _Measures

    def twins(self, chosen: Ints) -> list[Twins]:
        """Return these of the pairs, the likeliest first."""
        found = [self._twins(int(at)) for at in chosen]
        return sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second))

    def _twins(self, at: int) -> Twins:
        def told(value: float) -> float | None:
            return None if np.isnan(value) else float(value)

        of = self.measures
        apart, group = told(of.apart[at]), int(self.group[at])
        reasons = Reasons(
            place=_PLACES[of.place[at]],
            km=told(of.km[at]),
            kind=_KINDS[of.kind[at]],
            apart=None if apart is None else int(apart) * _US,
            words=told(of.words[at]),
        )
        first, second = sorted(
            (int(self.known[case]), self.names[case]) for case in (self.one[at], self.other[at])
        )
        same = int(self.sizes[group]) if group >= 0 else 0
        return Twins(first[1], second[1], float(of.score[at]), reasons, same)


def twins(found: pd.DataFrame, texts: Mapping[str, str], rules: DuplicateRules) -> list[Twins]:
    """Return the probable pairs among these cases (`pairs`), the likeliest first."""
    likely = pairs(found, texts, rules)
    return likely.twins(np.arange(len(likely.one)))


def pairs(
    found: pd.DataFrame,
    texts: Mapping[str, str],
    rules: DuplicateRules,
    budget: int = MOST_COMPARED,
) -> Pairs:
    """Find the probable pairs among these cases.

    texts: the words of each case (lives.first_words). Cases of which only the month is known
    match nothing. Of more than SAME reports that look the same only the first is held against
    others, and each of them against the first. budget: so many pairs are compared at most.
    """
    cases = _cases(without_nihil(found[found["precision"] != "bulan"]), texts, rules)
    first, group, sizes = _groups(cases, rules.max_interval)
    alone = np.flatnonzero(first == np.arange(len(first)))
    chosen = candidates(_taken(cases.blocks, alone), rules.max_interval, rules.max_km, budget)
    behind = np.flatnonzero(first != np.arange(len(first)))
    one = np.concatenate([alone[chosen.one], first[behind]])
    other = np.concatenate([alone[chosen.other], behind])
    of_group = np.concatenate([np.full(len(chosen.one), -1), group[behind]])
    kept, measures = _measured(cases, one, other, rules)
    return Pairs(
        names=cases.names, one=one[kept], other=other[kept], group=of_group[kept], sizes=sizes,
        complete=chosen.complete, known=cases.known, measures=measures,
    )  # fmt: skip


def _cases(found: pd.DataFrame, texts: Mapping[str, str], rules: DuplicateRules) -> _Cases:
    told = [plain(texts.get(case, "")[:LONGEST_TEXT]) for case in found["case"]]
    village = [
        desa if isinstance(desa, str) else (plain(said) if isinstance(said, str) else "") or None
        for desa, said in zip(found["desa"], found["desa_text"], strict=True)
    ]
    # Of one moment those of the same place, kind and words stand beside each other.
    sorts = ["occurred_at", "kecamatan", "_desa", "tps", "jenis", "_text"]
    worded = found.reset_index(drop=True).assign(_desa=pd.array(village, "object"), _text=told)
    order = worded.sort_values(sorts, kind="stable").index.to_numpy()
    found = found.take(order)

    def codes(cells: object) -> tuple[Ints, pd.Index]:
        code, names = pd.factorize(pd.Series(cells, dtype="object"))
        return code.astype("int64"), pd.Index(names)

    area, desa, tps = (codes(cells)[0] for cells in (
        found["kecamatan"].array, [village[at] for at in order], found["tps"].array))  # fmt: skip
    jenis, kinds = codes(found["jenis"].array)
    text, different = codes([told[at] for at in order])
    return _Cases(
        names=found["case"].tolist(),
        known=_microseconds(found["first_known"]),
        blocks=Blocks(
            at=_microseconds(found["occurred_at"]),
            exact=(found["precision"] == "menit").to_numpy(),
            drill=found["latihan"].to_numpy(dtype=bool),
            area=area,
            lat=found["lat"].to_numpy("float64"),
            lon=found["lon"].to_numpy("float64"),
            fine=(_together(area, desa, jenis), _together(area, text)),
        ),
        desa=desa,
        tps=tps,
        jenis=jenis,
        akin=np.array([[any({a, b} <= group for group in rules.similar_kinds) for b in kinds]
                       for a in kinds], dtype=bool).reshape(len(kinds), len(kinds)),
        text=text,
        texts=[str(words) for words in different],
    )  # fmt: skip


def _microseconds(times: pd.Series) -> Ints:
    return np.asarray(times.astype("datetime64[us, UTC]").astype("int64"), dtype="int64")


def _together(*codes: Ints) -> Ints:
    """Return one code for each combination, -1 where the first is not stated."""
    found = codes[0].copy()
    for code in codes[1:]:
        found = pd.factorize(found * (int(code.max(initial=0)) + 2) + code + 1)[0].astype("int64")
    found[codes[0] < 0] = -1
    return found


def _taken(blocks: Blocks, which: Ints) -> Blocks:
    return Blocks(
        at=blocks.at[which],
        exact=blocks.exact[which],
        drill=blocks.drill[which],
        area=blocks.area[which],
        lat=blocks.lat[which],
        lon=blocks.lon[which],
        fine=tuple(code[which] for code in blocks.fine),
    )


def _groups(cases: _Cases, within: timedelta) -> tuple[Ints, Ints, Ints]:
    """Return for each case the one that it stands behind (itself where none), its group; sizes.

    Reports look the same where place, kind, words and time (within the time of a pair) agree.
    """
    blocks = cases.blocks
    point = [pd.factorize(degrees)[0].astype("int64") for degrees in (blocks.lat, blocks.lon)]
    place = (blocks.area, cases.desa, cases.tps, *point)
    look = _together(blocks.drill * 2 + blocks.exact, *place, cases.jenis, cases.text)
    start = blocks.at[_firsts(look)]
    look = _together(look, (blocks.at - start) // max(1, within // _US))
    size = np.bincount(look, minlength=1)
    many = size[look] > SAME if len(look) else np.zeros(0, dtype=bool)
    here = np.arange(len(look))
    return np.where(many, _firsts(look), here), np.where(many, look, -1), size


def _firsts(group: Ints) -> Ints:
    """Return for each the first position of its group."""
    _, first, where = np.unique(group, return_index=True, return_inverse=True)
    return first[where].astype("int64")


def _measured(
    cases: _Cases, one: Ints, other: Ints, rules: DuplicateRules
) -> tuple[Ints, _Measures]:
    """Measure these pairs; return which are probable, and the measures of those."""
    place, km = _places(cases, one, other, rules)
    jenis = cases.jenis[one], cases.jenis[other]
    kind = np.where(jenis[0] == jenis[1], 2, cases.akin[jenis].astype("int64"))
    exact = cases.blocks.exact[one] & cases.blocks.exact[other]
    apart = np.where(
        exact, (cases.blocks.at[other] - cases.blocks.at[one]).astype("float64"), np.nan
    )
    points = rules.criterion_points
    score = np.array([points.get(name, 0.0) for name in _PLACES])[place]
    score = score + np.array([points.get(name, 0.0) for name in _KINDS])[kind]
    score = score + points["time"] * np.nan_to_num(1 - apart / (rules.max_interval / _US))
    # What could not reach the score by the likest words need not have its words compared.
    worth = np.flatnonzero((place > 0) & (score + points["words"] >= rules.min_score - 0.1))
    words = _words(cases, one[worth], other[worth])
    said = words >= rules.min_text_similarity
    total = score[worth] + np.where(said, points["words"] * np.where(said, words, 0.0) / 100, 0.0)
    # Only Python rounds as it is written; numpy is off by one at some halves.
    rounded = np.array([round(value, 1) for value in total.tolist()], dtype="float64")
    enough = np.flatnonzero(rounded >= rules.min_score)
    kept = worth[enough]
    return kept, _Measures(
        place[kept], kind[kept], km[kept], apart[kept], words[enough], rounded[enough]
    )


def _places(cases: _Cases, one: Ints, other: Ints, rules: DuplicateRules) -> tuple[Ints, Floats]:
    """Return the best that can be said of their places (_PLACES), and between their points."""
    area, desa, tps, blocks = cases.blocks.area, cases.desa, cases.tps, cases.blocks
    km = flat_km(blocks.lat[one], blocks.lon[one], blocks.lat[other], blocks.lon[other])
    same_area = (area[one] == area[other]) & (area[one] >= 0)
    both_desa = (desa[one] >= 0) & (desa[other] >= 0)
    same_village = same_area & both_desa & (desa[one] == desa[other])
    # Two TPS of a desa are two places, however near.
    both_tps = same_village & (tps[one] >= 0) & (tps[other] >= 0)
    ways = {
        _PLACES.index("tps"): both_tps & (tps[one] == tps[other]),
        _PLACES.index(""): both_tps,
        _PLACES.index("near"): km <= rules.max_km,
        _PLACES.index("desa"): same_village,
        _PLACES.index("kecamatan"): same_area & ~both_desa,
    }
    return np.select(list(ways.values()), list(ways), 0).astype("int64"), np.asarray(km)


def _words(cases: _Cases, one: Ints, other: Ints) -> Floats:
    """Return how alike the texts of these pairs are, NaN where one has none."""
    size = max(1, len(cases.texts))
    low, high = np.sort([cases.text[one], cases.text[other]], axis=0)
    different, back = np.unique(low * size + high, return_inverse=True)
    first, second = different // size, different % size
    said = np.array([bool(text) for text in cases.texts], dtype=bool)
    found = np.where(first == second, 100.0, np.nan)
    ask = np.flatnonzero(first != second)
    lengths = np.array([len(text) for text in cases.texts], dtype="int64")
    characters = int((lengths[first[ask]] + lengths[second[ask]]).sum())
    longest = LONGEST_TEXT if characters <= _MOST_CHARACTERS else _MOST_CHARACTERS // 2 // len(ask)
    texts = [text[:longest] for text in cases.texts]
    found[ask] = process.cpdist(
        [texts[at] for at in first[ask]],
        [texts[at] for at in second[ask]],
        scorer=fuzz.token_set_ratio,
        dtype=np.float64,
    )
    if len(found):
        found[~(said[first] & said[second])] = np.nan
    return np.asarray(found[back])


def plain(text: str) -> str:
    """Return it in lower case, only letters and digits, single spaces."""
    return _NOT_WORDS.sub(" ", text.lower()).strip()
