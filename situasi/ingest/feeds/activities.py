"""Activities (giat): what the police planned and did before, on and after the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.register import Register
from situasi.ingest.gazetteer.name_index import Names, fold
from situasi.ingest.parsing.cells import is_blank, plain, quote
from situasi.ingest.parsing.institutions import read_partners
from situasi.ingest.tables import Cell, Checked
from situasi.ingest.validation.place_check import judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when
from situasi.ingest.vocabulary.csv_lists import key, without_brackets

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
    stages = bench.each(sheet.cells("tahapan"), stage_plan(register).read)
    lines = bench.each(sheet.cells("sop"), sop(register).read)
    stage_of = {item.code: item.stage for item in register.sop}
    for row, line in enumerate(lines):
        if line is None:
            continue
        if stages[row] is None:
            stages[row] = stage_of[line]
        elif stages[row] != stage_of[line]:
            bench.doubt(row, f"butir SOP {line} milik tahapan {stage_of[line]}")
    sheet.values["tahapan"], sheet.values["sop"] = stages, lines


Read = tuple[str | None, str | None]  # a code, and a doubt


class Plan:
    """One list of the register by code and by name: exactly, clearly nearest, or by its words."""

    def __init__(self, what: str, entries: Iterable[tuple[str, str]]) -> None:
        self._what = what
        self._names = Names({})
        self._codes: dict[str, str] = {}
        for code, name in entries:
            self._codes[key(code)] = code
            self._names.add(code, name)
            self._names.add(code, without_brackets(name))

    def read(self, cell: Cell) -> Read:
        """The code that a cell names, by code or name; of what is unclear None and a doubt."""
        if is_blank(cell):
            return None, None
        text = plain(cell)
        if code := self._codes.get(key(text)):
            return code, None
        words = fold(text)
        exact = self._names.exact(words) if words else set()
        if len(exact) == 1:
            return exact.pop(), None
        likely = None if exact or not words else self._names.nearest(words) or self._within(words)
        if likely is None:
            return None, f"{self._what} {quote(cell)} tidak dikenal"
        return likely, f"{self._what} {quote(cell)} dibaca {likely} {self._names.shown[likely]}"

    def _within(self, words: tuple[str, ...]) -> str | None:
        """The one entry whose name holds all these words."""
        holding = {
            code
            for name, codes in self._names.words.items()
            if set(words) <= set(name)
            for code in codes
        }
        return holding.pop() if len(holding) == 1 and len("".join(words)) > 4 else None


def stage_plan(register: Register) -> Plan:
    return Plan("tahapan", ((stage.code, stage.name) for stage in register.stages))


def sop(register: Register) -> Plan:
    return Plan("butir SOP", ((item.code, item.text) for item in register.sop))
