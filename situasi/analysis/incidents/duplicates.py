"""Duplicates: pairs of cases that are probably one report, with the reasons. It merges nothing.

The number of compared pairs is limited (see candidate_pairs), and reports that look the same
are represented by the first of them, so that a flood of one report costs no more than others.
"""

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
from situasi.analysis.timestamps import MICROSECOND, column_to_us
from situasi.domain.rules import DuplicateRules

# More identical-looking reports than this are shown as one group.
MAX_UNGROUPED_LOOKALIKES: Final = 10
# Compared length of a text, and the characters compared in one run.
MAX_TEXT_CHARS: Final = 1_000
_MAX_CHARS_PER_RUN: Final = 40_000_000
_PLACES = ("", "kecamatan", "desa", "near", "tps")
_KINDS = ("", "akin", "kind")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class DuplicateReasons:
    """Why two cases may be one: codes and measures; the screen turns them into words.

    place_match: tps, near, desa, kecamatan or "". distance_km: between their points, if both have
    one. kind_match: kind, akin or "". time_gap: between their times; None where an hour is not
    known. text_similarity: of their texts, 0 to 100; None where one has none.
    """

    place_match: str = ""
    distance_km: float | None = None
    kind_match: str = ""
    time_gap: timedelta | None = None
    text_similarity: float | None = None


@dataclass(frozen=True)
class DuplicateCandidate:
    """Two cases that are probably one; `first` was known earlier. score: 0 to 100.

    lookalike_count: size of the group of identical-looking reports of this pair, 0 for no group.
    """

    first: str
    second: str
    score: float
    reasons: DuplicateReasons = field(default_factory=DuplicateReasons)
    lookalike_count: int = 0


@dataclass(frozen=True)
class _CaseColumns:
    """The compared values of each case, in order of time. Codes: -1 where not stated."""

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
    """Measures of each pair: place and kind codes, km, microseconds, text score (NaN: none)."""

    place_match: Ints
    kind_match: Ints
    distance_km: Floats
    time_gap_us: Floats
    text_similarity: Floats
    score: Floats


@dataclass(frozen=True)
class DuplicatePairs:
    """The probable pairs, as positions in `case_keys`. is_complete: no possible pair was left out.

    group: the group of identical-looking reports of the pair, -1 for none; group_sizes: by group.
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
        """Return the pairs at these positions, the likeliest first."""
        candidates = [self._to_candidate(int(position)) for position in positions]
        return sorted(candidates, key=lambda pair: (-pair.score, pair.first, pair.second))

    def _to_candidate(self, position: int) -> DuplicateCandidate:
        def float_or_none(value: float) -> float | None:
            return None if np.isnan(value) else float(value)

        m = self.measures
        time_gap, group = float_or_none(m.time_gap_us[position]), int(self.group[position])
        reasons = DuplicateReasons(
            place_match=_PLACES[m.place_match[position]],
            distance_km=float_or_none(m.distance_km[position]),
            kind_match=_KINDS[m.kind_match[position]],
            time_gap=None if time_gap is None else int(time_gap) * MICROSECOND,
            text_similarity=float_or_none(m.text_similarity[position]),
        )
        first, second = sorted(
            (int(self.known_us[case]), self.case_keys[case])
            for case in (self.left[position], self.right[position])
        )
        size = int(self.group_sizes[group]) if group >= 0 else 0
        return DuplicateCandidate(first[1], second[1], float(m.score[position]), reasons, size)


def find_pairs(
    case_table: pd.DataFrame,
    texts: Mapping[str, str],
    rules: DuplicateRules,
    budget: int = MAX_COMPARED,
) -> DuplicatePairs:
    """Find the probable pairs among these cases.

    texts: the first text of each case (milestones.find_first_texts). Cases of which only the month
    is known match nothing. Of more than MAX_UNGROUPED_LOOKALIKES identical-looking reports only the
    first is compared with others, and each of them with the first. budget: most pairs compared.
    """
    cases = _build_case_columns(
        drop_nihil(case_table[case_table["precision"] != "bulan"]), texts, rules
    )
    first_of_group, group, group_sizes = _group_lookalikes(cases, rules.max_interval)
    first_positions = np.flatnonzero(first_of_group == np.arange(len(first_of_group)))
    candidates = find_candidates(
        _take_keys(cases.blocking_keys, first_positions), rules.max_interval, rules.max_km, budget
    )
    other_positions = np.flatnonzero(first_of_group != np.arange(len(first_of_group)))
    left = np.concatenate([first_positions[candidates.left], first_of_group[other_positions]])
    right = np.concatenate([first_positions[candidates.right], other_positions])
    pair_groups = np.concatenate([np.full(len(candidates.left), -1), group[other_positions]])
    positions, measures = _measure_pairs(cases, left, right, rules)
    return DuplicatePairs(
        case_keys=cases.case_keys,
        left=left[positions],
        right=right[positions],
        group=pair_groups[positions],
        group_sizes=group_sizes,
        is_complete=candidates.is_complete,
        known_us=cases.known_us,
        measures=measures,
    )


def _build_case_columns(
    cases: pd.DataFrame, texts: Mapping[str, str], rules: DuplicateRules
) -> _CaseColumns:
    normalized = [
        normalize_for_comparison(texts.get(case, "")[:MAX_TEXT_CHARS]) for case in cases["case"]
    ]
    village = [
        desa
        if isinstance(desa, str)
        else (normalize_for_comparison(name) if isinstance(name, str) else "") or None
        for desa, name in zip(cases["desa"], cases["desa_text"], strict=True)
    ]
    # Within one moment, cases of the same place, kind and text stand together.
    sort_columns = ["occurred_at", "kecamatan", "_desa", "tps", "jenis", "_text"]
    table = cases.reset_index(drop=True).assign(_desa=pd.array(village, "object"), _text=normalized)
    order = table.sort_values(sort_columns, kind="stable").index.to_numpy()
    cases = cases.take(order)

    def factorize(cells: object) -> tuple[Ints, pd.Index]:
        code, names = pd.factorize(pd.Series(cells, dtype="object"))
        return code.astype("int64"), pd.Index(names)

    area, desa, tps = (factorize(cells)[0] for cells in (
        cases["kecamatan"].array, [village[at] for at in order], cases["tps"].array))  # fmt: skip
    jenis, kinds = factorize(cases["jenis"].array)
    text, distinct_texts = factorize([normalized[at] for at in order])
    return _CaseColumns(
        case_keys=cases["case"].tolist(),
        known_us=column_to_us(cases["first_known"]),
        blocking_keys=BlockingKeys(
            time_us=column_to_us(cases["occurred_at"]),
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
        texts=[str(words) for words in distinct_texts],
    )


def _combine_codes(*codes: Ints) -> Ints:
    """Return one code for each combination, -1 where the first code is not stated."""
    result = codes[0].copy()
    for code in codes[1:]:
        result = pd.factorize(result * (int(code.max(initial=0)) + 2) + code + 1)[0].astype("int64")
    result[codes[0] < 0] = -1
    return result


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
    """Return for each case the first of its group (itself if it has none), its group; and sizes.

    Reports look the same if place, kind, text and time (within `max_time_gap`) agree.
    """
    blocks = cases.blocking_keys
    points = [pd.factorize(degrees)[0].astype("int64") for degrees in (blocks.lat, blocks.lon)]
    place = (blocks.area, cases.desa, cases.tps, *points)
    look = _combine_codes(
        blocks.is_exercise * 2 + blocks.has_hour, *place, cases.jenis, cases.text_codes
    )
    start = blocks.time_us[_first_positions(look)]
    look = _combine_codes(look, (blocks.time_us - start) // max(1, max_time_gap // MICROSECOND))
    size = np.bincount(look, minlength=1)
    grouped = size[look] > MAX_UNGROUPED_LOOKALIKES if len(look) else np.zeros(0, dtype=bool)
    positions = np.arange(len(look))
    return np.where(grouped, _first_positions(look), positions), np.where(grouped, look, -1), size


def _first_positions(group: Ints) -> Ints:
    """Return for each the first position of its group."""
    _, first, group_index = np.unique(group, return_index=True, return_inverse=True)
    return first[group_index].astype("int64")


def _measure_pairs(
    cases: _CaseColumns, left: Ints, right: Ints, rules: DuplicateRules
) -> tuple[Ints, _PairMeasures]:
    """Measure these pairs; return which are probable, and the measures of those."""
    place, km = _compare_places(cases, left, right, rules)
    jenis = cases.jenis[left], cases.jenis[right]
    kind = np.where(jenis[0] == jenis[1], 2, cases.similar_kinds[jenis].astype("int64"))
    both_hours = cases.blocking_keys.has_hour[left] & cases.blocking_keys.has_hour[right]
    gap = np.where(
        both_hours,
        (cases.blocking_keys.time_us[right] - cases.blocking_keys.time_us[left]).astype("float64"),
        np.nan,
    )
    points = rules.criterion_points
    score = np.array([points.get(name, 0.0) for name in _PLACES])[place]
    score = score + np.array([points.get(name, 0.0) for name in _KINDS])[kind]
    score = score + points["time"] * np.nan_to_num(1 - gap / (rules.max_interval / MICROSECOND))
    # Pairs that cannot reach the score even with equal texts need no text comparison.
    likely = np.flatnonzero((place > 0) & (score + points["words"] >= rules.min_score - 0.1))
    text = _compare_texts(cases, left[likely], right[likely])
    alike = text >= rules.min_text_similarity
    total = score[likely] + np.where(alike, points["words"] * np.where(alike, text, 0.0) / 100, 0.0)
    # Python rounds exactly; numpy is off by one at some halves.
    rounded = np.array([round(value, 1) for value in total.tolist()], dtype="float64")
    above = np.flatnonzero(rounded >= rules.min_score)
    probable = likely[above]
    return probable, _PairMeasures(
        place[probable], kind[probable], km[probable], gap[probable], text[above], rounded[above]
    )


def _compare_places(
    cases: _CaseColumns, left: Ints, right: Ints, rules: DuplicateRules
) -> tuple[Ints, Floats]:
    """Return the best match of their places (index in _PLACES), and the km between their points."""
    area, desa, tps, blocks = cases.blocking_keys.area, cases.desa, cases.tps, cases.blocking_keys
    km = flat_distance_km(blocks.lat[left], blocks.lon[left], blocks.lat[right], blocks.lon[right])
    same_area = (area[left] == area[right]) & (area[left] >= 0)
    both_desa = (desa[left] >= 0) & (desa[right] >= 0)
    same_village = same_area & both_desa & (desa[left] == desa[right])
    # Two TPS of a desa are different places, however near.
    both_tps = same_village & (tps[left] >= 0) & (tps[right] >= 0)
    matches = {
        _PLACES.index("tps"): both_tps & (tps[left] == tps[right]),
        _PLACES.index(""): both_tps,
        _PLACES.index("near"): km <= rules.max_km,
        _PLACES.index("desa"): same_village,
        _PLACES.index("kecamatan"): same_area & ~both_desa,
    }
    return np.select(list(matches.values()), list(matches), 0).astype("int64"), np.asarray(km)


def _compare_texts(cases: _CaseColumns, left: Ints, right: Ints) -> Floats:
    """Return the similarity of the texts of these pairs, NaN where one has none."""
    size = max(1, len(cases.texts))
    low, high = np.sort([cases.text_codes[left], cases.text_codes[right]], axis=0)
    distinct, inverse = np.unique(low * size + high, return_inverse=True)
    first, second = distinct // size, distinct % size
    has_text = np.array([bool(text) for text in cases.texts], dtype=bool)
    similarity = np.where(first == second, 100.0, np.nan)
    todo = np.flatnonzero(first != second)
    lengths = np.array([len(text) for text in cases.texts], dtype="int64")
    characters = int((lengths[first[todo]] + lengths[second[todo]]).sum())
    longest = (
        MAX_TEXT_CHARS if characters <= _MAX_CHARS_PER_RUN else _MAX_CHARS_PER_RUN // 2 // len(todo)
    )
    texts = [text[:longest] for text in cases.texts]
    pairs = ([texts[code] for code in codes[todo]] for codes in (first, second))
    similarity[todo] = process.cpdist(*pairs, scorer=fuzz.token_set_ratio, dtype=np.float64)
    if len(similarity):
        similarity[~(has_text[first] & has_text[second])] = np.nan
    return np.asarray(similarity[inverse])


def normalize_for_comparison(text: str) -> str:
    """Return the text in lower case with only letters, digits and single spaces."""
    return _NOT_WORDS.sub(" ", text.lower()).strip()
