"""What is typed into the page becomes rows for the door: cells under the headings of our files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.register import Register

RowCells = dict[str, str]

# A clock alone: "0915", "09.15", "09:15 WIB". Whatever else is typed is a whole moment.
_CLOCK_PATTERN = re.compile(r"\d{1,2}(?:[.:]?\d{2})?(?: ?[A-Za-z]{3,4})?")

# What an operator does with a case, by where it stands. "nilai" restates weight and situasi.
STATUS_STEPS = ("diverifikasi", "ditangani", "diteruskan", "selesai", "tidak_terbukti")
REASSESS_STEP = "nilai"
_FIRST_STEP_INDEX = {"dilaporkan": 0, "diverifikasi": 1}


@dataclass(frozen=True)
class SubmissionStamp:
    """How a row is sent. at: now, aware and local; that of the exercise where it is made up."""

    sent_at: datetime
    is_exercise: bool

    def build_cells(self, typed_time: str = "") -> RowCells:
        """When it happened (as typed; now where nothing is), when it was told, and whether real."""
        return {
            **build_time_cells(typed_time, self.sent_at),
            "waktu_lapor": self.sent_at.isoformat(timespec="minutes"),
            "latihan": "ya" if self.is_exercise else "tidak",
        }


def build_time_cells(typed_time: str, now: datetime) -> RowCells:
    """The cells of a moment as typed: a clock is of the day of `at`, nothing is `at` itself."""
    typed_time = typed_time.strip()
    if not typed_time:
        return {"waktu": now.isoformat(timespec="minutes")}
    if _CLOCK_PATTERN.fullmatch(typed_time):
        return {"tanggal": f"{now:%d/%m/%Y}", "jam": typed_time}
    return {"waktu": typed_time}


def build_place_cells(
    register: Register, kecamatan: str | None, desa: str | None = None, tps: str = ""
) -> RowCells:
    """The cells of a place chosen from the register; "" or None where none was."""
    return keep_filled(
        kode_kecamatan=kecamatan,
        kode_desa=desa,
        desa=register.name_of(desa) if desa else None,
        tps=tps,
    )


def keep_filled(**cells: object) -> RowCells:
    """The cells that hold something: what nobody typed is no report, and never zero."""
    said = {heading: "" if cell is None else str(cell).strip() for heading, cell in cells.items()}
    return {heading: cell for heading, cell in said.items() if cell}


def build_nihil_row(
    register: Register, kecamatan: str, desa: str | None, stamp: SubmissionStamp, pelapor: str
) -> RowCells:
    """Nothing to report of this place, as of now."""
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
    """A row for each TPS of a desa of which something was typed; the others are not told of."""
    rows = []
    for one in typed:
        said = keep_filled(**{name: one.get(name) for name in ("fase", "hadir", "pengawal")})
        if said:
            where = build_place_cells(
                register, register.desa[desa].kecamatan, desa, str(one["tps"])
            )
            rows.append({**where, **stamp.build_cells(typed_time), **said})
    return rows


def list_next_steps(status: str | None) -> tuple[str, ...]:
    """What can be done next with a case that stands so; one that ended can be taken up again."""
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
    """A new row for every case of a group that is still open (all where none is).

    members: cases (analysis.incidents.cases). told: status and what else is new. A row without
    a new status repeats the one that the case has.
    """
    opened = cases[~cases["status"].isin(STATUS_CLOSED)]
    chosen = opened if len(opened) else cases
    return [
        _build_identity_cells(register, case, stamp)
        | _build_update_cells(case, stamp, reporter)
        | keep_filled(**changes)
        for case in chosen.to_dict("records")
    ]


def _build_identity_cells(
    register: Register, case: Mapping[Any, Any], stamp: SubmissionStamp
) -> RowCells:
    """What makes a row one of this case: id, day, kind and place."""
    local = case["occurred_at"].tz_convert(stamp.sent_at.tzinfo)
    written = {"menit": local.isoformat(), "hari": f"{local:%d/%m/%Y}", "bulan": f"{local:%Y-%m}"}
    desa = _to_text(case["desa"])
    return keep_filled(
        id=case["id"],
        waktu=written[case["precision"]],
        kode_kecamatan=_to_text(case["kecamatan"]) or register.election.kabupaten_code,
        kode_desa=desa,
        # A desa that the register does not know stays words: read anew it might become another.
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
    """Whether rows of these kecamatan may be written by somebody of this area (empty: all)."""
    return not area or all(code in area for code in kecamatan)
