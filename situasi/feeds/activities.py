"""Activities (giat): what the police planned and did before, on and after the day."""

from __future__ import annotations

from situasi.feeds.common import Sheet, judge_basics, verdict
from situasi.feeds.table import Checked
from situasi.feeds.when import judge_when
from situasi.feeds.where import judge_where


def check(sheet: Sheet) -> Checked:
    """Judge one table of activities."""
    judge_basics(sheet)
    judge_when(sheet)
    judge_where(sheet)
    for name in ("giat", "status"):
        sheet.values[name] = sheet.words(name)
    for name in ("lokasi", "jumlah", "uraian"):
        sheet.values[name] = sheet.texts(name)
    sheet.needed(sheet.values["giat"], sheet.cells("giat"), "jenis giat kosong")
    return verdict(sheet)
