"""Builds small invented registers for the rehearsal day, and reads what it wrote."""

from __future__ import annotations

import csv
import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import shapely

from situasi.domain import rules
from situasi.domain.boundaries import Boundaries
from situasi.domain.election import Election, Thresholds, TimelineMark
from situasi.domain.register import Desa, Kecamatan, Register
from situasi.domain.settings import ROOT
from situasi.simulation.generate import generate_day

FOLDER = ROOT / "data" / "elections" / "ogan-ilir-2024"

Rows = list[dict[str, str]]


def election(**changes: object) -> Election:
    """An invented election; any field may be changed."""
    fields: dict[str, object] = {
        "folder": Path("contoh"),
        "contest": "pilkada-2024",
        "slug": "contoh",
        "name": "Pilkada Contoh",
        "kabupaten_code": "98.01",
        "kabupaten": "Contoh",
        "command": "Polres Contoh",
        "operation": "Operasi Contoh",
        "ballot": "pasangan",
        "candidates": ("Anu",),
        "day": date(2031, 3, 5),
        "zone": ZoneInfo("Asia/Jayapura"),
        "zone_label": "WIT",
        "tps_opens": time(7),
        "tps_closes": time(13),
        "watch_from": time(4),
        "watch_until": time(0),
        "dpt_total": 0,
        "tps_total": 0,
        "timeline_marks": (TimelineMark(time(7), "TPS buka"),),
        "thresholds": Thresholds({}, timedelta(), timedelta(), timedelta(), 1.0),
        "rules": rules.parse(tomllib.loads((FOLDER / "rules.toml").read_text("utf-8"))),
        "boundaries_folder": Path("contoh"),
    }
    return Election(**(fields | changes))  # type: ignore[arg-type]


def register(
    tps: tuple[int, ...] = (9, 7, 4), *, polsek: str = "Polsek {}", dpt: int | None = 400,
    **changes: object,
) -> Register:  # fmt: skip
    """A register with so many TPS in each kecamatan, three to a desa."""
    codes = [f"98.01.{number:02d}" for number in range(1, len(tps) + 1)]
    rows = [
        (code, f"{code}.{2001 + n // 3}", n % 3 + 1)
        for code, count in zip(codes, tps, strict=True)
        for n in range(count)
    ]
    return Register(
        election=election(dpt_total=400 * sum(tps), tps_total=sum(tps), **changes),
        kecamatan={
            code: Kecamatan(code, f"Kec {code[-2:]}", 400 * n, False, n, polsek.format(code), False)
            for code, n in zip(codes, tps, strict=True)
        },
        desa={
            desa: Desa(desa, f"Muara {desa[-7:]}", "desa", code) for code, desa, _ in rows
        },
        tps=pd.DataFrame(
            {
                "code": [f"{desa}.{number:03d}" for _, desa, number in rows],
                "desa": [desa for _, desa, _ in rows],
                "kecamatan": [code for code, _, _ in rows],
                "nomor": [number for _, _, number in rows],
                "dpt": pd.array([dpt] * len(rows), dtype="Int64"),
                "estimated": False,
                "kerawanan": None,
            }
        ),
        aliases=(),
        stages=(),
        sop=(),
    )  # fmt: skip


def squares(codes: list[str]) -> Boundaries:
    """One square of a tenth of a degree for each code, side by side."""
    boxes = [shapely.box(130 + n / 10, -2, 130 + (n + 1) / 10, -1.9) for n in range(len(codes))]
    polygons = np.array(boxes, dtype=object)
    return Boundaries(tuple(codes), polygons, "rekaan", "rekaan", b"rekaan")


def play(out: Path, seed: int = 1, of: Register | None = None) -> dict[str, Rows]:
    """Simulate into `out` and read every file back, by feed."""
    place = of or register()
    paths = generate_day(place, squares(sorted(place.kecamatan)), seed, out)
    return {path.stem: read(path) for path in paths}


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lives(incidents: Rows) -> dict[str, Rows]:
    """The rows of each incident that is not nihil, in the order told."""
    found: dict[str, Rows] = {}
    for row in incidents:
        if row["jenis"] != "nihil":
            found.setdefault(row["id"], []).append(row)
    return found
