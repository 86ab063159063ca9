"""Activities (giat): what the police planned and did before, on and after the day."""

from __future__ import annotations

from datetime import timedelta

from situasi.domain.feed_schemas import FUNGSI
from situasi.ingest.feeds import plans
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.institutions import read_partners
from situasi.ingest.tables import Checked
from situasi.ingest.validation.place_check import judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when

_FAR_AHEAD = timedelta(days=366)


def check(sheet: Sheet) -> Checked:
    """Judge one table of activities."""
    judge_basics(sheet)
    judge_when(sheet, ahead=True)
    judge_where(sheet)
    for name in ("giat", "fungsi", "status"):
        sheet.values[name] = sheet.words(name)
    for name in ("lokasi", "jumlah", "uraian"):
        sheet.values[name] = sheet.texts(name)
    _kind_and_function(sheet)
    _status(sheet)
    _plan(sheet)
    area = sheet.context.election.kabupaten
    sheet.values["mitra"] = sheet.bench.each(
        sheet.cells("mitra"), lambda cell: (read_partners(cell, area), None)
    )
    return verdict(sheet)


def _kind_and_function(sheet: Sheet) -> None:
    """Of kind and function each tells the other where it is the name of a task force."""
    kinds, functions = sheet.values["giat"], sheet.values["fungsi"]
    said = zip(sheet.cells("giat"), sheet.cells("fungsi"), strict=True)
    for row, (kind, function) in enumerate(said):
        if is_blank(kind) and is_blank(function):
            sheet.bench.fault(row, "jenis giat kosong", "giat", "fungsi")
        elif is_blank(kind):
            kinds[row] = functions[row]
        elif is_blank(function) and kinds[row] in FUNGSI:
            functions[row] = kinds[row]


def _status(sheet: Sheet) -> None:
    """Without a status what lies ahead is planned; of what is past nobody said that it was done."""
    latest, statuses = sheet.context.latest(sheet.now), sheet.values["status"]
    unsaid = [is_blank(cell) for cell in sheet.cells("status")]
    rows = zip(sheet.values["occurred_at"], sheet.values["latihan"], unsaid, strict=True)
    for row, (at, rehearsal, silent) in enumerate(rows):
        if at is None:
            continue
        if silent and at > sheet.now:
            statuses[row] = "rencana"
        if statuses[row] == "terlaksana" and at > latest and not rehearsal:
            said = "terlaksana tetapi waktu di masa depan; periksa tanggal"
            sheet.bench.fault(row, said, "status", "occurred_at")
        if at > sheet.now + _FAR_AHEAD:
            sheet.bench.doubt(row, "waktu lebih dari setahun lagi; periksa tahunnya")


def _plan(sheet: Sheet) -> None:
    """Fill `tahapan` and `sop`; a line of the SOP list tells its stage."""
    register, bench = sheet.context.register, sheet.bench
    stages = bench.each(sheet.cells("tahapan"), plans.stages(register).read)
    lines = bench.each(sheet.cells("sop"), plans.sop(register).read)
    stage_of = {item.code: item.stage for item in register.sop}
    for row, line in enumerate(lines):
        if line is None:
            continue
        if stages[row] is None:
            stages[row] = stage_of[line]
        elif stages[row] != stage_of[line]:
            bench.doubt(row, f"butir SOP {line} milik tahapan {stage_of[line]}")
    sheet.values["tahapan"], sheet.values["sop"] = stages, lines
