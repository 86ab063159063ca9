"""Messages after how the field writes: no wrong fact, and few that are missed."""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from situasi.board import Board
from situasi.common import i18n
from situasi.domain.officer_marks import NUMBER_MARK
from situasi.ingest.context import IngestContext
from situasi.ingest.messages.chat_splitter import split_chat
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.proposal import Proposal, ProposedRow
from situasi.ingest.parsing.cells import UnreadableCell
from tests.ingest.messages.delivered_texts import has_sent_time

MESSAGES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "field_messages.toml").read_text(encoding="utf-8")
)["message"]
# Of the facts of the key: read without a question, and read or offered in a question.
LEAST_READ, LEAST_OFFERED = 0.85, 0.98
_NOT_FACTS = {"teks_asli", "waktu_lapor", "uraian", "pelapor", "tps", "desa", "kecamatan"}
_FACT = re.compile(r"(\w+) (\S+) ([^:]+): (.+)")
_CELL = re.compile(r"(\w+)=(.+?)(?=, \w+=|\Z)")


class Fact(NamedTuple):
    """One cell of a row. about: what tells rows of the same TPS apart, such as hadir=118."""

    feed: str
    tps: str
    about: str
    heading: str
    cell: str


def read(reader: MessageExtractor, case: dict[str, Any]) -> Proposal:
    header = f"27/11/24 {case.get('sent', '10.05')} - Budi: "
    (message,) = split_chat(header + case["text"].strip())
    return reader.extract(message)


def parse_key(case: dict[str, Any]) -> set[Fact]:
    facts: set[Fact] = set()
    for line in case.get("facts", []):
        match = _FACT.fullmatch(line)
        assert match, line
        cells = dict(_CELL.findall(match[4]))
        about = "=".join(next(iter(cells.items())))
        if match[3] != "?":
            facts.add(Fact(match[1], match[2], about, "tempat", match[3]))
        facts |= {Fact(match[1], match[2], about, *cell) for cell in cells.items()}
    return facts


def list_facts(row: ProposedRow, context: IngestContext, *, offered: bool = False) -> set[Fact]:
    """The facts that a row states. offered: also what it only asks to confirm."""
    asked = set() if offered else {unclear.heading for unclear in row.unclear_cells}
    cells = {h: c for h, c in row.cells.items() if h not in _NOT_FACTS | asked and c}
    if has_sent_time(row):
        cells.pop("waktu", None)
    if "petugas" in cells:
        cells["petugas"] = NUMBER_MARK.sub("N-", cells["petugas"])
    if "waktu" in cells:
        cells["waktu"] = cells["waktu"].removesuffix(" WIB")[-5:]
    if "tps" in asked or not cells:
        return set()
    order = ("hadir", "fase", "kontak", "jenis", "checkin")
    main = next((heading for heading in order if heading in cells), None)
    if main is None:
        return set()
    about, tps = f"{main}={cells[main]}", row.cells.get("tps", "-")
    facts = {Fact(row.feed, tps, about, *cell) for cell in cells.items()}
    if place := _find_place(row, context, asked):
        facts.add(Fact(row.feed, tps, about, "tempat", place))
    return facts


def _find_place(row: ProposedRow, context: IngestContext, asked: set[str]) -> str | None:
    kecamatan = row.cells.get("kecamatan")
    code = context.places.read_kecamatan(None, kecamatan).code if kecamatan else None
    if "desa" in row.cells and "desa" not in asked:
        desa = context.places.read_desa(row.cells["desa"], code, required=False).code
        return context.register.name_of(desa) if desa else None
    if code and "kecamatan" not in asked and "desa" not in asked:
        return f"Kec. {context.register.name_of(code)}"
    return None


@pytest.mark.parametrize("case", MESSAGES, ids=lambda case: " ".join(case["text"].split())[:60])
def test_no_fact_is_read_that_the_message_does_not_state(
    reader: MessageExtractor, any_board: Board, case: dict[str, Any]
) -> None:
    found, key = read(reader, case), parse_key(case)
    stated = {f for row in found.rows for f in list_facts(row, any_board.ingest_context)}
    assert stated - key == set()


def test_the_facts_of_field_messages_are_found(reader: MessageExtractor, any_board: Board) -> None:
    in_key, is_read, is_offered, stated = 0, 0, 0, 0
    missed = []
    for case in MESSAGES:
        found, key = read(reader, case), parse_key(case)
        facts = {f for row in found.rows for f in list_facts(row, any_board.ingest_context)}
        try:
            offered = facts | {
                f
                for row in found.rows
                for f in list_facts(row, any_board.ingest_context, offered=True)
            }
        except UnreadableCell:
            offered = facts
        in_key += len(key)
        stated += len(facts)
        is_read += len(key & facts)
        is_offered += len(key & offered)
        if key - offered:
            missed.append((case["text"], key - offered))
    assert len(MESSAGES) >= 150 and in_key >= 300
    assert is_read == stated, "every fact that is stated is in the key"
    assert is_read >= LEAST_READ * in_key, (is_read / in_key, missed)
    assert is_offered >= LEAST_OFFERED * in_key, (is_offered / in_key, missed)


def test_whatever_is_asked_or_doubted_of_these_messages_is_told_in_english_too(
    reader: MessageExtractor,
) -> None:
    with i18n.use_language("en"):
        for case in MESSAGES:
            proposal = read(reader, case)
            rows = proposal.rows
            questions = [cell.reason for row in rows for cell in row.unclear_cells]
            for note in [*proposal.notes, *questions, *(n for row in rows for n in row.doubts)]:
                assert i18n.translate_note(note) != note, note
    assert i18n.translate_note("tempat tidak disebut") == "tempat tidak disebut"
