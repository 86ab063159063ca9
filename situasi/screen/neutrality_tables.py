"""Cases of neutrality as tables that people read and take along: no names, units and codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from situasi import words
from situasi.analysis import neutrality
from situasi.analysis.neutrality import Neutrality
from situasi.board import current as board
from situasi.labels import label
from situasi.screen import tables
from situasi.words import _

_DAY = timedelta(days=1)


def by_class(found: Neutrality) -> pd.DataFrame:
    """Cases by step and class as a table."""
    listed: list[Any] = list(neutrality.by_class(found).itertuples())
    return pd.DataFrame(
        {
            _("langkah"): [label("langkah", row.langkah) for row in listed],
            _("kelas"): [label("kelas", row.kelas) for row in listed],
            _("kasus"): [row.cases for row in listed],
        }
    )


def readable(found: pd.DataFrame) -> pd.DataFrame:
    """Cases with the headings of our files."""
    register = board().register
    listed: list[Any] = list(found.itertuples())
    table = pd.DataFrame(
        {
            _("id"): found["id"].to_list(),
            _("pelanggaran"): [_breach(row.pelanggaran) for row in listed],
            _("langkah"): [label("langkah", row.langkah) for row in listed],
            _("kelas"): [label("kelas", row.kelas) for row in listed],
            _("umur, hari"): [row.age // _DAY for row in listed],
            _("dihitung sejak"): [_since(row) for row in listed],
            _("keadaan"): [_standing(row) for row in listed],
            _("satuan"): found["satuan"].to_list(),
            _("kecamatan"): [register.name_of(row.kecamatan) for row in listed],
            _("asal"): [label("asal", row.asal) for row in listed],
            _("sanksi"): [", ".join(label("sanksi", one) for one in row.sanctions)
                          for row in listed],
            _("uraian"): found["uraian"].to_list(),
            _("satuan berbeda"): found["doubt"].to_list(),
            _("catatan periksa"): found["flags"].to_list(),
            _("pelapor"): found["pelapor"].to_list(),
            _("sumber"): found["sumber"].to_list(),
        },
        index=found.index,
    )  # fmt: skip
    return tables.marked(table, found["latihan"])


def _breach(code: str | None) -> str:
    return f"{code} {label('pelanggaran', code)}" if isinstance(code, str) else _("tanpa kode")


def _since(row: Any) -> str:
    local = row.since.tz_convert(board().register.election.zone)
    what = _("LP") if row.since_what == neutrality.REPORTED else _("kabar pertama")
    return f"{words.day(local)} ({what})"


def _standing(row: Any) -> str:
    if not row.open:
        return _("berakhir")
    return _("lewat target") if row.overdue else _("dalam target")
