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

Cells = dict[str, str]

# A clock alone: "0915", "09.15", "09:15 WIB". Whatever else is typed is a whole moment.
_CLOCK = re.compile(r"\d{1,2}(?:[.:]?\d{2})?(?: ?[A-Za-z]{3,4})?")

# What an operator does with a case, by where it stands. "nilai" restates weight and situasi.
STEPS = ("diverifikasi", "ditangani", "diteruskan", "selesai", "tidak_terbukti")
WEIGH = "nilai"
_LATER = {"dilaporkan": 0, "diverifikasi": 1}


@dataclass(frozen=True)
class Sent:
    """How a row is sent. at: now, aware and local; that of the exercise where it is made up."""

    at: datetime
    exercise: bool

    def cells(self, written: str = "") -> Cells:
        """When it happened (as typed; now where nothing is), when it was told, and whether real."""
        return {
            **when(written, self.at),
            "waktu_lapor": self.at.isoformat(timespec="minutes"),
            "latihan": "ya" if self.exercise else "tidak",
        }


def when(written: str, at: datetime) -> Cells:
    """The cells of a moment as typed: a clock is of the day of `at`, nothing is `at` itself."""
    written = written.strip()
    if not written:
        return {"waktu": at.isoformat(timespec="minutes")}
    if _CLOCK.fullmatch(written):
        return {"tanggal": f"{at:%d/%m/%Y}", "jam": written}
    return {"waktu": written}


def place(
    register: Register, kecamatan: str | None, desa: str | None = None, tps: str = ""
) -> Cells:
    """The cells of a place chosen from the register; "" or None where none was."""
    return filled(
        kode_kecamatan=kecamatan,
        kode_desa=desa,
        desa=register.name_of(desa) if desa else None,
        tps=tps,
    )


def filled(**cells: object) -> Cells:
    """The cells that hold something: what nobody typed is no report, and never zero."""
    said = {heading: "" if cell is None else str(cell).strip() for heading, cell in cells.items()}
    return {heading: cell for heading, cell in said.items() if cell}


def nihil(register: Register, kecamatan: str, desa: str | None, sent: Sent, pelapor: str) -> Cells:
    """Nothing to report of this place, as of now."""
    return {
        **place(register, kecamatan, desa),
        **sent.cells(),
        **filled(jenis="nihil", pelapor=pelapor),
    }


def stations(
    register: Register, desa: str, typed: Iterable[Mapping[str, Any]], sent: Sent, written: str
) -> list[Cells]:
    """A row for each TPS of a desa of which something was typed; the others are not told of."""
    rows = []
    for one in typed:
        said = filled(**{name: one.get(name) for name in ("fase", "hadir", "pengawal")})
        if said:
            where = place(register, register.desa[desa].kecamatan, desa, str(one["tps"]))
            rows.append({**where, **sent.cells(written), **said})
    return rows


def steps(status: str | None) -> tuple[str, ...]:
    """What can be done next with a case that stands so; one that ended can be taken up again."""
    if status in STATUS_CLOSED:
        return ("ditangani", WEIGH)
    return (*STEPS[_LATER.get(status or "", 1) :], WEIGH)


def step_rows(
    register: Register, members: pd.DataFrame, told: Mapping[str, str], sent: Sent, who: str
) -> list[Cells]:
    """A new row for every case of a group that is still open (all where none is).

    members: cases (analysis.incidents.cases). told: status and what else is new. A row without
    a new status repeats the one that the case has.
    """
    opened = members[~members["status"].isin(STATUS_CLOSED)]
    chosen = opened if len(opened) else members
    return [
        _same(register, case, sent) | _new(case, sent, who) | filled(**told)
        for case in chosen.to_dict("records")
    ]


def _same(register: Register, case: Mapping[Any, Any], sent: Sent) -> Cells:
    """What makes a row one of this case: id, day, kind and place."""
    local = case["occurred_at"].tz_convert(sent.at.tzinfo)
    written = {"menit": local.isoformat(), "hari": f"{local:%d/%m/%Y}", "bulan": f"{local:%Y-%m}"}
    desa = _text(case["desa"])
    return filled(
        id=case["id"],
        waktu=written[case["precision"]],
        kode_kecamatan=_text(case["kecamatan"]) or register.election.kabupaten_code,
        kode_desa=desa,
        # A desa that the register does not know stays words: read anew it might become another.
        **{"desa" if desa else "tempat": _text(case["desa_text"])},
        tps=_text(case["tps"]),
        lat=_text(case["lat"]),
        lon=_text(case["lon"]),
        jenis=case["jenis"],
    )


def _new(case: Mapping[Any, Any], sent: Sent, who: str) -> Cells:
    return {
        "status": str(case["status"]),
        "waktu_lapor": sent.at.isoformat(timespec="seconds"),
        "pelapor": who,
        "latihan": "ya" if case["latihan"] else "tidak",
    }


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def in_area(kecamatan: Sequence[str | None], area: Sequence[str]) -> bool:
    """Whether rows of these kecamatan may be written by somebody of this area (empty: all)."""
    return not area or all(code in area for code in kecamatan)
