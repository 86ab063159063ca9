"""What of the plan an activity belongs to: a stage of the election, a line of the SOP list."""

from __future__ import annotations

from collections.abc import Iterable

from situasi.domain.register import Register
from situasi.ingest.gazetteer.name_index import Names, fold
from situasi.ingest.parsing.cells import is_blank, plain, quote
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import key, without_brackets

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


def stages(register: Register) -> Plan:
    return Plan("tahapan", ((stage.code, stage.name) for stage in register.stages))


def sop(register: Register) -> Plan:
    return Plan("butir SOP", ((item.code, item.text) for item in register.sop))
