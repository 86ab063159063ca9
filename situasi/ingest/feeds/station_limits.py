"""Reports of TPS that cannot be true: more voters than any list, boxes that came before voting."""

import math
import re
from collections.abc import Sequence
from datetime import time, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from situasi.common.formats import format_number
from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register
from situasi.ingest.parsing.box_arrivals import (
    AT_PPK,
    READ_AS_PPK,
    WHERE_ARRIVED,
    find_arrival,
    is_bare_arrival,
)
from situasi.ingest.parsing.datetime_columns import to_datetime64
from situasi.ingest.parsing.numbers import find_count
from situasi.ingest.parsing.phase_days import FIRST_HOUR, SUPPLIES
from situasi.ingest.validation.place_check import PlaceColumns
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck
from situasi.ingest.validation.time_check import TimeColumns

_PRINTED = 1.025  # ballots for each voter of the list
_FEW_MORE = 5
_ADDED_VOTERS = re.compile(r"\W*(?:(?:jumlah|jml|total)\W+)?(?:dptb|dpk)\W*", re.IGNORECASE)

_COUNTS_DIFFER = "hitungan jam yang sama berbeda di berkas ini ({}): mana yang benar?"
_NOT_THEN = "{} di luar jam pemungutan: periksa jamnya"
_COUNTED_AGAIN = "hitungan jam yang sama dikirim lebih dari sekali ({}): yang terakhir berlaku"


def check_voter_limits(
    table: TableCheck, place: PlaceColumns, scopes: Texts, counts: Sequence[int | None]
) -> None:
    """Add an error to counts far above the list of what they cover: 4900 for 490."""
    if not any(counts):
        return
    lists = _sum_lists(table.context.register)
    for row, count in enumerate(counts):
        if not count or (code := _find_code(place, scopes[row], row)) is None:
            continue
        listed, most = lists.get(code, (0, 0.0))
        if listed and count > most:
            reason = (
                f"hadir {format_number(count)} padahal pemilih di daftar "
                f"{scopes[row]} ini {format_number(listed)}: periksa angkanya"
            )
            table.issues.add_error(row, reason, "hadir")


def check_lists_of_file(
    table: TableCheck, place: PlaceColumns, scopes: Texts, counts: Sequence[int | None]
) -> None:
    """Hold counts that the list of voters in the same row cannot have; mark a list that differs.

    Ballots are printed for the list and a reserve; those who moved here or are registered on the
    day bring a few more, and as many as the row says where it has columns for them.
    """
    columns = [table.cells_under(heading) for heading in table.mapping.voter_lists]
    if not columns:
        return
    others = [
        table.cells_under(h) for h in table.mapping.unused_headings if _ADDED_VOTERS.fullmatch(h)
    ]
    official = _list_official_voters(table.context.register)
    for row, count in enumerate(counts):
        listed = max(find_count(column[row]) or 0 for column in columns)
        if count is None or listed == 0:
            continue
        added = sum(find_count(column[row]) or 0 for column in others)
        if count > max(math.ceil(listed * _PRINTED) + _FEW_MORE, listed + added):
            reason = f"hadir {format_number(count)} melebihi DPT {format_number(listed)} di berkas"
            table.issues.add_error(row, reason, "hadir")
        ours = official.get(_find_code(place, scopes[row], row) or "") if scopes[row] else None
        if ours is not None and ours != listed:
            note = f"DPT {format_number(listed)} di berkas, {format_number(ours)} di papan"
            table.issues.add_warning(row, note)


def _list_official_voters(register: Register) -> dict[str, int]:
    """Return the voters of each TPS whose list is known, not estimated."""
    stations = register.tps
    columns = (stations[name].tolist() for name in ("desa", "nomor", "dpt", "estimated"))
    return {
        f"{desa} {int(number):03d}": int(dpt)
        for desa, number, dpt, is_estimated in zip(*columns, strict=True)
        if not is_estimated and not pd.isna(dpt)
    }


def _sum_lists(register: Register) -> dict[str, tuple[int, float]]:
    """Return by the code of each TPS, desa and kecamatan its voters, and how many are too many.

    A list that is only estimated may be that much longer (estimated_list_factor).
    """
    rules, stations = register.election.rules.tps, register.tps
    by_tps = register.voters_by_tps
    factors = np.where(stations["estimated"].to_numpy(bool), rules.estimated_list_factor, 1.0)
    factors *= rules.impossible_list_factor
    lists = {
        code: (kecamatan.dpt, rules.impossible_list_factor * kecamatan.dpt)
        for code, kecamatan in register.kecamatan.items()
    }
    columns = (stations[name].tolist() for name in ("desa", "nomor", "code"))
    for desa, number, code, factor in zip(*columns, factors.tolist(), strict=True):
        listed = by_tps[code]
        lists[f"{desa} {int(number):03d}"] = listed, factor * listed
        of_desa, most = lists.get(desa, (0, 0.0))
        lists[desa] = of_desa + listed, most + factor * listed
    return lists


def check_counts_agree(
    table: TableCheck,
    place: PlaceColumns,
    scopes: Texts,
    counts: Sequence[int | None],
    times: TimeColumns,
    phases: Texts,
) -> None:
    """Hold the counts of one place and minute that differ; where one was sent later, it stands.

    A row with the id of another is its correction. The count of a closing is another than that of
    its hour. Of messages a person decides one by one.
    """
    moments, sent = times.occurred_at.values, times.reported_at.values
    told: dict[tuple[str, Any, bool], dict[int, int]] = {}
    messages, refused = table.texts("teks_asli"), table.issues.errors
    for row, count in enumerate(counts):
        if times.precision[row] != "menit" or row in refused or messages[row] is not None:
            continue
        code = _find_code(place, scopes[row], row)
        if count is not None and code is not None:
            key = code, moments[row], phases[row] == "ditutup"
            told.setdefault(key, {})[row] = count
    ids = table.texts("id")
    for rows, found in ((list(found), [*found.values()]) for found in told.values()):
        if len(set(found)) < 2:
            continue
        is_in_order = len(set(sent[rows].tolist())) > 1 and not np.isnat(sent[rows]).any()
        is_corrected = len({ids[row] for row in rows}) == 1 and ids[rows[0]] is not None
        texts = ", ".join(map(format_number, found))
        for row in rows:
            if is_in_order or is_corrected:
                table.issues.add_warning(row, _COUNTED_AGAIN.format(texts))
            else:
                table.issues.add_error(row, _COUNTS_DIFFER.format(texts), "hadir", "tps", "clock")


def _find_code(place: PlaceColumns, scope: str | None, row: int) -> str | None:
    if scope == "kecamatan":
        return place.kecamatan[row]
    desa = place.desa[row]
    return f"{desa} {place.tps[row]}" if scope == "tps" and desa else desa


def place_box_arrivals(
    table: TableCheck, place: PlaceColumns, phases: Texts, times: TimeColumns
) -> Texts:
    """Return the phases; a box that only arrived was at its TPS or at the PPK, else it is held."""
    cells = table.cells("fase")
    bare = [r for r, phase in enumerate(phases) if phase == SUPPLIES and is_bare_arrival(cells[r])]
    if not bare:
        return phases
    keys = list(zip(place.desa, place.tps, strict=True))
    left = {key for key, phase in zip(keys, phases, strict=True) if phase == "kotak_bergeser"}
    placed = [*phases]
    for row in bare:
        if (moment := times.occurred_at[row]) is None:  # held for that
            continue
        known = moment if times.precision[row] == "menit" else None
        phase = find_arrival(known, table.context.election, keys[row] in left)
        if phase is None:
            table.issues.add_error(row, WHERE_ARRIVED, "fase")
        elif phase == AT_PPK:
            table.issues.add_warning(row, READ_AS_PPK)
        placed[row] = phase
    return placed


def check_phase_order(
    table: TableCheck, place: PlaceColumns, phases: Texts, times: TimeColumns
) -> None:
    """Warn of a phase of a TPS that is earlier than one before it in the same table."""
    rows_by_station: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row, phase in enumerate(phases):
        desa, tps = place.desa[row], place.tps[row]
        if phase and phase != SUPPLIES and desa and tps and times.precision[row] == "menit":
            rows_by_station.setdefault((desa, tps), []).append((FASE.index(phase), row))
    moments = times.occurred_at.values
    for ranked in rows_by_station.values():
        for (before_rank, before), (rank, row) in pairwise(sorted(ranked)):
            if rank > before_rank and moments[row] < moments[before]:
                label = FASE[before_rank].replace("_", " ")
                table.issues.add_warning(row, f"lebih awal dari {label} TPS ini: periksa jamnya")


def check_phase_days(
    table: TableCheck, phases: Texts, times: TimeColumns, latihan: Sequence[bool]
) -> None:
    """Add an error to phases of the day of voting that are dated before it was light that day.

    And to an opening after the voting ended, or a closing before it began; one that was sent after
    it is only marked: voting that was put off opens late.
    """
    election = table.context.election
    _check_voting_hours(table, phases, times)
    start = to_datetime64(election.local_time(time(FIRST_HOUR)))
    for row in np.flatnonzero(times.occurred_at.values < start).tolist():
        phase, is_exact = phases[row], times.precision[row] == "menit"
        if phase and phase != SUPPLIES and is_exact and not latihan[row]:
            label = phase.replace("_", " ")
            reason = f"{label} sebelum pemungutan suara dimulai: periksa tanggal dan jam"
            table.issues.add_error(row, reason, "occurred_at")


def _check_voting_hours(table: TableCheck, phases: Texts, times: TimeColumns) -> None:
    election, moments = table.context.election, times.occurred_at.values
    was_sent_after = times.reported_at.values >= moments  # never where no time of sending is known
    opens, closes, midnight = map(
        to_datetime64,
        (
            election.local_time(election.tps_opens),
            election.local_time(election.tps_closes),
            election.midnight + timedelta(days=1),
        ),
    )
    is_late = (moments >= closes) & (moments < midnight)
    is_early = (moments < opens) & (moments >= to_datetime64(election.local_time(time(FIRST_HOUR))))
    for phase, is_wrong in (("dibuka", is_late), ("ditutup", is_early)):
        for row in np.flatnonzero(is_wrong).tolist():
            if phases[row] != phase or times.precision[row] != "menit":
                continue
            if was_sent_after[row]:
                table.issues.add_warning(row, _NOT_THEN.format(phase))
            else:
                table.issues.add_error(row, _NOT_THEN.format(phase), "clock")
