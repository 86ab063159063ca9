"""Rows built from forms on the pages: cells under the headings of our files."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.register import Register

RowCells = dict[str, str]

# A clock alone: "0915", "09.15", "≈ 09:15 WIB". Any other text is a full date and time.
_CLOCK_PATTERN = re.compile(r"(?:≈ ?)?\d{1,2}(?:[.:]?\d{2})?(?: ?[A-Za-z]{3,4})?")

# The steps of an operator in a case, in order. "nilai" sets severity and situasi again.
STATUS_STEPS = ("diverifikasi", "ditangani", "diteruskan", "selesai", "tidak_terbukti")
REASSESS_STEP = "nilai"
_FIRST_STEP_INDEX = {"dilaporkan": 0, "diverifikasi": 1}


@dataclass(frozen=True)
class SubmissionStamp:
    """When a row is sent (aware, local; exercise time in an exercise), and if it is an exercise."""

    sent_at: datetime
    is_exercise: bool

    def build_cells(self, typed_time: str = "") -> RowCells:
        """Build the cells of event time (as typed; else now), report time, and exercise mark."""
        return {
            **build_time_cells(typed_time, self.sent_at),
            "waktu_lapor": self.sent_at.isoformat(timespec="minutes"),
            "latihan": "ya" if self.is_exercise else "tidak",
        }


def build_time_cells(typed_time: str, now: datetime) -> RowCells:
    """Build the cells of a typed time: a clock is of the day of `now`, "" is `now` itself."""
    typed_time = typed_time.strip()
    if not typed_time:
        return {"waktu": now.isoformat(timespec="minutes")}
    if _CLOCK_PATTERN.fullmatch(typed_time):
        return {"tanggal": f"{now:%d/%m/%Y}", "jam": typed_time}
    return {"waktu": typed_time}


def build_place_cells(
    register: Register, kecamatan: str | None, desa: str | None = None, tps: str = ""
) -> RowCells:
    """Build the cells of a place chosen from the register; "" or None where none was chosen."""
    return keep_filled(
        kode_kecamatan=kecamatan,
        kode_desa=desa,
        desa=register.name_of(desa) if desa else None,
        tps=tps,
    )


def keep_filled(**cells: object) -> RowCells:
    """Return the cells that are not empty: what nobody typed is no report, and never zero."""
    texts = {heading: "" if cell is None else str(cell).strip() for heading, cell in cells.items()}
    return {heading: cell for heading, cell in texts.items() if cell}


def build_nihil_row(
    register: Register, kecamatan: str, desa: str | None, stamp: SubmissionStamp, pelapor: str
) -> RowCells:
    """Build a row that says that there is nothing to report from this place, as of now."""
    return {
        **build_place_cells(register, kecamatan, desa),
        **stamp.build_cells(),
        **keep_filled(jenis="nihil", pelapor=pelapor),
    }


def build_station_rows(
    register: Register,
    desa: str,
    typed: Iterable[Mapping[str, Any]],
    stamp: SubmissionStamp,
    typed_time: str,
) -> list[RowCells]:
    """Build a row for each TPS of a desa for which something was typed, and none for the others."""
    rows = []
    for entry in typed:
        report = keep_filled(**{name: entry.get(name) for name in ("fase", "hadir", "pengawal")})
        if report:
            place = build_place_cells(
                register, register.desa[desa].kecamatan, desa, str(entry["tps"])
            )
            rows.append({**place, **stamp.build_cells(typed_time), **report})
    return rows


def list_next_steps(status: str | None) -> tuple[str, ...]:
    """Return the next possible steps of a case with this status; a closed one can be reopened."""
    if status in STATUS_CLOSED:
        return ("ditangani", REASSESS_STEP)
    return (*STATUS_STEPS[_FIRST_STEP_INDEX.get(status or "", 1) :], REASSESS_STEP)


def build_step_rows(
    register: Register,
    cases: pd.DataFrame,
    changes: Mapping[str, str],
    stamp: SubmissionStamp,
    reporter: str,
) -> list[RowCells]:
    """Build a new row for every case of a group that is still open (all where none is).

    cases: see analysis.incidents.cases. changes: status and other new values. A row without a
    new status repeats the current one.
    """
    open_cases = cases[~cases["status"].isin(STATUS_CLOSED)]
    chosen = open_cases if len(open_cases) else cases
    return [
        _build_identity_cells(register, case, stamp)
        | _build_update_cells(case, stamp, reporter)
        | keep_filled(**changes)
        for case in chosen.to_dict("records")
    ]


def _build_identity_cells(
    register: Register, case: Mapping[Any, Any], stamp: SubmissionStamp
) -> RowCells:
    local = case["occurred_at"].tz_convert(stamp.sent_at.tzinfo)
    texts = {"menit": local.isoformat(), "hari": f"{local:%d/%m/%Y}", "bulan": f"{local:%Y-%m}"}
    desa = _to_text(case["desa"])
    return keep_filled(
        id=case["id"],
        waktu=texts[case["precision"]],
        kode_kecamatan=_to_text(case["kecamatan"]) or register.election.kabupaten_code,
        kode_desa=desa,
        # An unknown desa stays free text: as a desa it might be read as another one.
        **{"desa" if desa else "tempat": _to_text(case["desa_text"])},
        tps=_to_text(case["tps"]),
        lat=_to_text(case["lat"]),
        lon=_to_text(case["lon"]),
        jenis=case["jenis"],
    )


def _build_update_cells(case: Mapping[Any, Any], stamp: SubmissionStamp, reporter: str) -> RowCells:
    return {
        "status": str(case["status"]),
        "waktu_lapor": stamp.sent_at.isoformat(timespec="seconds"),
        "pelapor": reporter,
        "latihan": "ya" if case["latihan"] else "tidak",
    }


def _to_text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def is_in_area(kecamatan: Sequence[str | None], area: Sequence[str]) -> bool:
    """Return whether a sender of this area (empty: all) may write rows of these kecamatan."""
    return not area or all(code in area for code in kecamatan)
