"""TPS reports for tests: of the first TPS of a small register, unless stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from situasi.analysis.stations.reports import TpsReports, build_tps_reports, select_current_counts
from situasi.domain import election, feed_schemas
from situasi.domain import register as domain_register
from situasi.domain.register import Register
from situasi.domain.settings import ROOT
from tests.builders import report, rows_of

DESA = "16.10.01.1011"  # Muara Kuang
FIRST = f"{DESA}.001"


@cache
def whole() -> Register:
    return domain_register.load(election.load(ROOT / "data" / "elections" / "ogan-ilir-2024"))


@cache
def small(size: int = 6, dpt: int = 400, *, official: bool = True) -> Register:
    """The register with only its first TPS, each with this list."""
    table = whole().tps.head(size).reset_index(drop=True)
    table = table.assign(dpt=pd.array([dpt] * size, dtype="Int64"), estimated=not official)
    return replace(whole(), tps=table)


def told(**stated: Any) -> dict[str, Any]:
    """One report of a TPS. `of` is a code of the register; each has an id of its own."""
    code = stated.pop("of", FIRST)
    desa, _, number = code.rpartition(".")
    at = stated.get("at", "08.00")
    what = {"fase": None, "hadir": None, **stated}
    found_id = f"{code}-{what['fase']}-{what['hadir']}-{at}"
    return report(**{"id": found_id, "kecamatan": code[:8], "desa": desa, "tps": number, **what})


def known(*rows: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    return {"tps": rows_of(feed_schemas.TPS, *rows)}


def standing(*rows: Mapping[str, Any], register: Register | None = None) -> TpsReports:
    """The counts that stand of these rows."""
    asked = register or small()
    return select_current_counts(build_tps_reports(known(*rows)["tps"], asked), asked)
