"""What the pages of a kabupaten's own board show: the slow way to the figures of its roll-up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis import view_time
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.personnel import coverage
from situasi.analysis.situation import critical, crowd_state, overview
from situasi.analysis.situation.feed_staleness import find_last_known_time
from situasi.analysis.stations import status
from situasi.analysis.turnout import summary
from situasi.domain.feed_schemas import FASE, SITUASI
from situasi.domain.register import Register
from situasi.higher_command.rollups.model import Rollup
from situasi.higher_command.turnout import Turnout, compute_turnout
from situasi.live.snapshot import Snapshot


def shown(snapshot: Snapshot, register: Register, at: datetime, *, live: bool) -> dict[str, Any]:
    """The fields of Rollup by name, each as the works of the pages have it."""
    election = register.election
    if live and snapshot.exercise_at is not None:
        at = snapshot.exercise_at
    known = AsOfView(snapshot.frames, None if live else at, snapshot.cases)
    day = view_time.apply_window(Selection(), "hari", at, election)
    found = overview.compute_case_overview(known, election, list(register.kecamatan), day, at)
    frames = snapshot.frames.values()
    made = [bool(frame.loc[frame["withdrawn_at"].isna(), "latihan"].any()) for frame in frames]
    return {
        "rehearsal": any(made),
        "reported_at": max(
            filter(None, (find_last_known_time(known[name]) for name in known)), default=None
        ),
        **_tps(known, register, at),
        **_cases(found, critical.find_critical_cases(known, register, at)),
        **_force(known, register, at),
        "waiting": sum(snapshot.quarantine_counts.values()) if live else None,
    }


def _tps(known: AsOfView, register: Register, at: datetime) -> dict[str, Any]:
    every = status.build_station_table(known, register, at)
    by_kecamatan = summary.build_turnout_table(every, register)
    rates = summary.compute_shown_total(by_kecamatan, list(register.kecamatan), register)
    spoke, told = int(every["last_at"].notna().sum()), int(rates["tps_counted"])
    if not spoke:
        return dict.fromkeys(
            ("tps_reported", "reached", "tps_counted", "heads", "turnout_heads", "turnout_dpt")
        ) | {"turnout": Turnout()}
    phases = status.count_by_kecamatan(every)[list(FASE)].sum()
    return {
        "tps_reported": spoke,
        "reached": {fase: int(phases.iloc[at_least:].sum()) for at_least, fase in enumerate(FASE)},
        "tps_counted": told,
        "heads": int(rates["voters_present"]) if told else None,
        "turnout_heads": int(rates["rated"]) if rates["dpt_counted"] else None,
        "turnout_dpt": int(rates["dpt_counted"]) if rates["dpt_counted"] else None,
        "turnout": _turnout(rates),
    }


def _turnout(rates: pd.Series) -> Turnout:
    if pd.isna(rates["common_hour"]):
        return Turnout()
    at, is_common = rates["common_hour"], rates["is_common"]
    return Turnout(
        rate=float(rates["shown_rate"]) if rates["dpt_counted"] else None,
        hour=60 * at.hour + at.minute,
        stale=int(rates["stale"]),
        is_common=is_common,
        common_tps=int(rates["common_tps"]) if is_common else 0,
    )


def _cases(found: overview.Overview, grave: pd.DataFrame) -> dict[str, Any]:
    """grave: open cases of any day that are critical."""
    states = crowd_state.count_states(found.crowd_states)
    stated = found.crowd_states["situasi"].notna().any()
    told: dict[str, Any] = {
        f"situasi_{state}": states.get(state, 0) if stated else None for state in SITUASI
    }
    told["kabupaten_state"] = found.kabupaten_state
    last = grave.sort_values(["known_at", "seq"], ascending=False).head(6)
    heard = found.newest_time is not None
    told |= {
        "incidents_day": len(found.selected_cases),
        "incidents_open": len(found.open_cases),
        "open_tingkat": _counts(found.open_cases["tingkat"]),
        "jenis": _counts(found.selected_cases["jenis"]),
    } if heard else dict.fromkeys(
        ("incidents_day", "incidents_open", "open_tingkat", "jenis")
    )  # fmt: skip
    told["critical_open"] = len(grave) if heard or len(grave) else None
    told["critical_cases"] = [
        (row.case, row.known_at, row.occurred_at, _said(row.kecamatan), _said(row.jenis),
         _said(row.tingkat), _said(row.situasi), _said(row.status), _said(row.uraian))
        for row in last.itertuples()
    ]  # fmt: skip
    return told


def _counts(words: pd.Series) -> dict[str | None, int]:
    return {_said(word): int(n) for word, n in words.value_counts(dropna=False).items()}


def _said(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


def _force(known: AsOfView, register: Register, at: datetime) -> dict[str, Any]:
    force = coverage.compute_coverage(known, register, at)
    total = coverage.build_total_row(force, register)
    return {
        "officers_posted": int(total["posted"]) if force.has_postings else None,
        "officers_present": int(total["present"]) if force.has_postings else None,
        "officers_silent": int(total["tanpa_kabar"]) if force.has_postings else None,
        "officers_returned": int(total["kembali"]) if force.has_postings else None,
    }


def told(rollup: Rollup) -> dict[str, Any]:
    """Return the same figures of a roll-up."""
    names = (
        "rehearsal", "reported_at", "tps_reported", "reached", "tps_counted", "heads",
        "turnout_heads", "turnout_dpt", "incidents_day", "incidents_open", "open_tingkat", "jenis",
        "critical_open",
        "situasi_hijau", "situasi_kuning", "situasi_merah", "kabupaten_state", "officers_posted",
        "officers_present", "officers_silent", "officers_returned", "waiting",
    )  # fmt: skip
    serious = [
        (one.case, one.known_at, one.occurred_at, one.kecamatan, one.jenis,
         one.tingkat, one.situasi, one.status, one.uraian)
        for one in rollup.critical_cases
    ]  # fmt: skip
    turnout = compute_turnout(rollup.count_hours, rollup.turnout_heads, rollup.turnout_dpt)
    held = {name: getattr(rollup, name) for name in names}
    return held | {"critical_cases": serious, "turnout": turnout}
