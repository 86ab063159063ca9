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
    MAX_COMPARED,
    BlockingKeys,
    Bools,
    Floats,
    Ints,
    find_candidates,
    flat_distance_km,
)
from situasi.analysis.incidents.cases import drop_nihil
from situasi.domain.rules import DuplicateRules

# More reports than this that look the same are shown as one group.
MAX_UNGROUPED_LOOKALIKES: Final = 10
# The beginning of a text that is compared, and how many characters are in one run.
MAX_TEXT_CHARS: Final = 1_000
_MAX_CHARS_PER_RUN: Final = 40_000_000
_PLACES = ("", "kecamatan", "desa", "near", "tps")
_KINDS = ("", "akin", "kind")
_MICROSECOND = timedelta(microseconds=1)
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class DuplicateReasons:
    """Why two cases may be one: codes and measures; the screen finds the words.

    place: tps, near, desa, kecamatan or "". km: between their points, where both have one.
    kind: kind, akin or "". apart: between their times; None where an hour is not known.
    words: likeness of their texts, 0 to 100; None where one has none.
    """

    place_match: str = ""
    distance_km: float | None = None
    kind_match: str = ""
    time_gap: timedelta | None = None
    text_similarity: float | None = None


@dataclass(frozen=True)
class DuplicateCandidate:
    """Two cases that are probably one. first was known earlier. score: 0 to 100.

    same: of how many reports that look the same this pair is one, 0 where it is no such group.
    """

    first: str
    second: str
    score: float
    reasons: DuplicateReasons = field(default_factory=DuplicateReasons)
    lookalike_count: int = 0


@dataclass(frozen=True)
class _CaseColumns:
    """What of each case is compared, in order of time. Codes: -1 where it is not stated."""

    case_keys: list[str]
    known_us: Ints
    blocking_keys: BlockingKeys
    desa: Ints
    tps: Ints
    jenis: Ints
    similar_kinds: Bools  # by two codes of jenis
    text_codes: Ints
    texts: list[str]  # by code


@dataclass(frozen=True)
class _PairMeasures:
    """Of each pair: codes of place and kind, km, microseconds and words (NaN: not known)."""

    place_match: Ints
    kind_match: Ints
    distance_km: Floats
    time_gap_us: Floats
    text_similarity: Floats
    score: Floats


@dataclass(frozen=True)
class DuplicatePairs:
    """The probable pairs, as positions in `names`. complete: no possible pair was left out.

    group: which reports that look the same the pair is of, -1 for none; sizes: of the groups.
    """

    case_keys: list[str]
    left: Ints
    right: Ints
    group: Ints
    group_sizes: Ints
    is_complete: bool
    known_us: Ints
    measures: _PairMeasures

    def to_candidates(self, positions: Ints) -> list[DuplicateCandidate]:
        """Return these of the pairs, the likeliest first."""
        found = [self._to_candidate(int(at)) for at in positions]
        return sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second))

    def _to_candidate(self, position: int) -> DuplicateCandidate:
        def told(value: float) -> float | None:
            return None if np.isnan(value) else float(value)

        of = self.measures
        apart, group = told(of.time_gap_us[position]), int(self.group[position])
        reasons = DuplicateReasons(
            place_match=_PLACES[of.place_match[position]],
            distance_km=told(of.distance_km[position]),
            kind_match=_KINDS[of.kind_match[position]],
            time_gap=None if apart is None else int(apart) * _MICROSECOND,
            text_similarity=told(of.text_similarity[position]),
        )
        first, second = sorted(
            (int(self.known_us[case]), self.case_keys[case])
            for case in (self.left[position], self.right[position])
        )
        same = int(self.group_sizes[group]) if group >= 0 else 0
        return DuplicateCandidate(first[1], second[1], float(of.score[position]), reasons, same)


def find_duplicates(
    cases: pd.DataFrame, texts: Mapping[str, str], rules: DuplicateRules
) -> list[DuplicateCandidate]:
    """Return the probable pairs among these cases (`pairs`), the likeliest first."""
    likely = find_pairs(cases, texts, rules)
    return likely.to_candidates(np.arange(len(likely.left)))


def find_pairs(
    case_table: pd.DataFrame,
    texts: Mapping[str, str],
    rules: DuplicateRules,
    budget: int = MAX_COMPARED,
) -> DuplicatePairs:
    """Find the probable pairs among these cases.

    texts: the words of each case (lives.first_words). Cases of which only the month is known
    match nothing. Of more than SAME reports that look the same only the first is held against
    others, and each of them against the first. budget: so many pairs are compared at most.
    """
    cases = _build_case_columns(
        drop_nihil(case_table[case_table["precision"] != "bulan"]), texts, rules
    )
    first, group, sizes = _group_lookalikes(cases, rules.max_interval)
    alone = np.flatnonzero(first == np.arange(len(first)))
    chosen = find_candidates(
        _take_keys(cases.blocking_keys, alone), rules.max_interval, rules.max_km, budget
    )
    behind = np.flatnonzero(first != np.arange(len(first)))
    one = np.concatenate([alone[chosen.left], first[behind]])
    other = np.concatenate([alone[chosen.right], behind])
    of_group = np.concatenate([np.full(len(chosen.left), -1), group[behind]])
    kept, measures = _measure_pairs(cases, one, other, rules)
    return DuplicatePairs(
        case_keys=cases.case_keys,
        left=one[kept],
        right=other[kept],
        group=of_group[kept],
        group_sizes=sizes,
        is_complete=chosen.is_complete,
        known_us=cases.known_us,
        measures=measures,
    )


def _build_case_columns(
    cases: pd.DataFrame, texts: Mapping[str, str], rules: DuplicateRules
) -> _CaseColumns:
    told = [
        normalize_for_comparison(texts.get(case, "")[:MAX_TEXT_CHARS]) for case in cases["case"]
    ]
    village = [
        desa
        if isinstance(desa, str)
        else (normalize_for_comparison(said) if isinstance(said, str) else "") or None
        for desa, said in zip(cases["desa"], cases["desa_text"], strict=True)
    ]
    # Of one moment those of the same place, kind and words stand beside each other.
    sorts = ["occurred_at", "kecamatan", "_desa", "tps", "jenis", "_text"]
    worded = cases.reset_index(drop=True).assign(_desa=pd.array(village, "object"), _text=told)
    order = worded.sort_values(sorts, kind="stable").index.to_numpy()
    cases = cases.take(order)

    def codes(cells: object) -> tuple[Ints, pd.Index]:
        code, names = pd.factorize(pd.Series(cells, dtype="object"))
        return code.astype("int64"), pd.Index(names)

    area, desa, tps = (codes(cells)[0] for cells in (
        cases["kecamatan"].array, [village[at] for at in order], cases["tps"].array))  # fmt: skip
    jenis, kinds = codes(cases["jenis"].array)
    text, different = codes([told[at] for at in order])
    return _CaseColumns(
        case_keys=cases["case"].tolist(),
        known_us=_to_us(cases["first_known"]),
        blocking_keys=BlockingKeys(
            time_us=_to_us(cases["occurred_at"]),
            has_hour=(cases["precision"] == "menit").to_numpy(),
            is_exercise=cases["latihan"].to_numpy(dtype=bool),
            area=area,
            lat=cases["lat"].to_numpy("float64"),
            lon=cases["lon"].to_numpy("float64"),
            fine_codes=(_combine_codes(area, desa, jenis), _combine_codes(area, text)),
        ),
        desa=desa,
        tps=tps,
        jenis=jenis,
        similar_kinds=np.array(
            [[any({a, b} <= group for group in rules.similar_kinds) for b in kinds] for a in kinds],
            dtype=bool,
        ).reshape(len(kinds), len(kinds)),
        text_codes=text,
        texts=[str(words) for words in different],
    )


def _to_us(times: pd.Series) -> Ints:
    return np.asarray(times.astype("datetime64[us, UTC]").astype("int64"), dtype="int64")


def _combine_codes(*codes: Ints) -> Ints:
    """Return one code for each combination, -1 where the first is not stated."""
    found = codes[0].copy()
    for code in codes[1:]:
        found = pd.factorize(found * (int(code.max(initial=0)) + 2) + code + 1)[0].astype("int64")
    found[codes[0] < 0] = -1
    return found


def _take_keys(blocking_keys: BlockingKeys, positions: Ints) -> BlockingKeys:
    return BlockingKeys(
        time_us=blocking_keys.time_us[positions],
        has_hour=blocking_keys.has_hour[positions],
        is_exercise=blocking_keys.is_exercise[positions],
        area=blocking_keys.area[positions],
        lat=blocking_keys.lat[positions],
        lon=blocking_keys.lon[positions],
        fine_codes=tuple(code[positions] for code in blocking_keys.fine_codes),
    )


def _group_lookalikes(cases: _CaseColumns, max_time_gap: timedelta) -> tuple[Ints, Ints, Ints]:
    """Return for each case the one that it stands behind (itself where none), its group; sizes.

    Reports look the same where place, kind, words and time (within the time of a pair) agree.
    """
    blocks = cases.blocking_keys
    point = [pd.factorize(degrees)[0].astype("int64") for degrees in (blocks.lat, blocks.lon)]
    place = (blocks.area, cases.desa, cases.tps, *point)
    look = _combine_codes(
        blocks.is_exercise * 2 + blocks.has_hour, *place, cases.jenis, cases.text_codes
    )
    start = blocks.time_us[_first_positions(look)]
    look = _combine_codes(look, (blocks.time_us - start) // max(1, max_time_gap // _MICROSECOND))
    size = np.bincount(look, minlength=1)
    many = size[look] > MAX_UNGROUPED_LOOKALIKES if len(look) else np.zeros(0, dtype=bool)
    here = np.arange(len(look))
    return np.where(many, _first_positions(look), here), np.where(many, look, -1), size


def _first_positions(group: Ints) -> Ints:
    """Return for each the first position of its group."""
    _, first, where = np.unique(group, return_index=True, return_inverse=True)
    return first[where].astype("int64")


def _measure_pairs(
    cases: _CaseColumns, left: Ints, right: Ints, rules: DuplicateRules
) -> tuple[Ints, _PairMeasures]:
    """Measure these pairs; return which are probable, and the measures of those."""
    place, km = _compare_places(cases, left, right, rules)
    jenis = cases.jenis[left], cases.jenis[right]
    kind = np.where(jenis[0] == jenis[1], 2, cases.similar_kinds[jenis].astype("int64"))
    exact = cases.blocking_keys.has_hour[left] & cases.blocking_keys.has_hour[right]
    apart = np.where(
        exact,
        (cases.blocking_keys.time_us[right] - cases.blocking_keys.time_us[left]).astype("float64"),
        np.nan,
    )
    points = rules.criterion_points
    score = np.array([points.get(name, 0.0) for name in _PLACES])[place]
    score = score + np.array([points.get(name, 0.0) for name in _KINDS])[kind]
    score = score + points["time"] * np.nan_to_num(1 - apart / (rules.max_interval / _MICROSECOND))
    # What could not reach the score by the likest words need not have its words compared.
    worth = np.flatnonzero((place > 0) & (score + points["words"] >= rules.min_score - 0.1))
    words = _compare_texts(cases, left[worth], right[worth])
    said = words >= rules.min_text_similarity
    total = score[worth] + np.where(said, points["words"] * np.where(said, words, 0.0) / 100, 0.0)
    # Only Python rounds as it is written; numpy is off by one at some halves.
    rounded = np.array([round(value, 1) for value in total.tolist()], dtype="float64")
    enough = np.flatnonzero(rounded >= rules.min_score)
    kept = worth[enough]
    return kept, _PairMeasures(
        place[kept], kind[kept], km[kept], apart[kept], words[enough], rounded[enough]
    )


def _compare_places(
    cases: _CaseColumns, left: Ints, right: Ints, rules: DuplicateRules
) -> tuple[Ints, Floats]:
    """Return the best that can be said of their places (_PLACES), and between their points."""
    area, desa, tps, blocks = cases.blocking_keys.area, cases.desa, cases.tps, cases.blocking_keys
    km = flat_distance_km(blocks.lat[left], blocks.lon[left], blocks.lat[right], blocks.lon[right])
    same_area = (area[left] == area[right]) & (area[left] >= 0)
    both_desa = (desa[left] >= 0) & (desa[right] >= 0)
    same_village = same_area & both_desa & (desa[left] == desa[right])
    # Two TPS of a desa are two places, however near.
    both_tps = same_village & (tps[left] >= 0) & (tps[right] >= 0)
    ways = {
        _PLACES.index("tps"): both_tps & (tps[left] == tps[right]),
        _PLACES.index(""): both_tps,
        _PLACES.index("near"): km <= rules.max_km,
        _PLACES.index("desa"): same_village,
        _PLACES.index("kecamatan"): same_area & ~both_desa,
    }
    return np.select(list(ways.values()), list(ways), 0).astype("int64"), np.asarray(km)


def _compare_texts(cases: _CaseColumns, left: Ints, right: Ints) -> Floats:
    """Return how alike the texts of these pairs are, NaN where one has none."""
    size = max(1, len(cases.texts))
    low, high = np.sort([cases.text_codes[left], cases.text_codes[right]], axis=0)
    different, back = np.unique(low * size + high, return_inverse=True)
    first, second = different // size, different % size
    said = np.array([bool(text) for text in cases.texts], dtype=bool)
    found = np.where(first == second, 100.0, np.nan)
    ask = np.flatnonzero(first != second)
    lengths = np.array([len(text) for text in cases.texts], dtype="int64")
    characters = int((lengths[first[ask]] + lengths[second[ask]]).sum())
    longest = (
        MAX_TEXT_CHARS if characters <= _MAX_CHARS_PER_RUN else _MAX_CHARS_PER_RUN // 2 // len(ask)
    )
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


def normalize_for_comparison(text: str) -> str:
    """Return it in lower case, only letters and digits, single spaces."""
    return _NOT_WORDS.sub(" ", text.lower()).strip()
