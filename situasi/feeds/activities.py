"""Activities (giat): what the police planned and did before, on and after the day."""

from __future__ import annotations

from situasi.feeds.common import Sheet, judge_common, verdict
from situasi.feeds.table import Checked


def check(sheet: Sheet) -> Checked:
    """Judge one table of activities."""
    judge_common(sheet)
    for name in ("giat", "status"):
        sheet.values[name] = sheet.words(name)
    for name in ("lokasi", "jumlah", "uraian"):
        sheet.values[name] = sheet.texts(name)
    sheet.needed(sheet.values["giat"], sheet.cells("giat"), "jenis giat kosong")
    return verdict(sheet)
