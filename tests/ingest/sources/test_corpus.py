"""Files as other tools write them: every row is accounted for, and every fact is the right one."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from tests.builders import unbounded, wib
from tests.effort import examples
from tests.ingest.sources.corpus_files import CorpusFile, moment, read_corpus

CORPUS = read_corpus()
EVENING = wib("18.00")
# Of two answers in columns of their own, the first column is the kind.
TABLES = [
    file
    for file in CORPUS
    if file.text
    and file.facts
    and "two answers" not in file.why
    and not file.name.endswith(("json", "txt"))
]
DAMAGE = (b"\0", b"\xff\xfe", b'"', b"{", b"[", b";", b"\r", b"\n\n", b"=1+1", b"NaN", b"\xe2\x80")


def take_in(board: Board, file: CorpusFile, folder: Any) -> IngestResult:
    result = ingest_file(
        IngestRequest(
            file.write(folder), board.store, board.ingest_context, unbounded(), now=EVENING
        )
    )
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def stored(board: Board, feed: str) -> list[Any]:
    frame = board.store.rows_after(FEEDS[feed])
    return list(frame.sort_values("seq").itertuples())


def differences(row: Any, expected: dict[str, Any]) -> dict[str, Any]:
    """What a stored row says otherwise than the answer key."""
    wrong = {}
    for name, value in expected.items():
        if name == "at":
            actual, wanted = row.occurred_at, moment(value)
        elif name == "flagged":
            actual, wanted = not pd.isna(row.flags) and bool(row.flags), value
        else:
            actual, wanted = getattr(row, name, None), value
            actual = None if pd.isna(actual) else actual
        if actual != wanted and not (wanted == "" and actual is None):
            wrong[name] = (actual, wanted)
    return wrong


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_file_gives_the_facts_of_its_answer_key_and_nothing_more_when_sent_twice(
    board, tmp_path, file
):
    first = take_in(board, file, tmp_path)
    if file.waits:
        assert first.accepted == 0
        assert first.refused or first.feed is None
    else:
        assert first.refused is None, first.refused
        assert first.feed == file.feed, (first.notes, first.reasons)
        counted = (first.accepted, first.quarantined)
        assert counted == (len(file.facts), file.held), first.reasons
        feeds = (file.feed or "").split("+")
        rows = [row for feed in feeds for row in stored(board, feed)]
        wrong = [differences(row, facts) for row, facts in zip(rows, file.facts, strict=True)]
        assert not any(wrong), (wrong, [row.flags for row in rows])
    again = take_in(board, file, tmp_path)
    assert again.accepted == 0
    assert again.duplicate == first.accepted + first.duplicate
    assert again.quarantined == first.quarantined


def turned(file: CorpusFile) -> CorpusFile:
    """The same file with its columns in the opposite order."""
    lines = (file.text or "").strip().splitlines()
    mark = max(",;", key=lines[-1].count)
    rows = list(csv.reader(lines, delimiter=mark))
    width = max(map(len, rows))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator="\n")
    writer.writerows([*row, *[""] * (width - len(row))][::-1] for row in rows)
    return file.model_copy(update={"text": out.getvalue()})


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.name)
def test_order_of_columns_changes_no_fact(board, tmp_path, file):
    result = take_in(board, turned(file), tmp_path)
    assert (result.feed, result.accepted) == (file.feed, len(file.facts)), result
    rows = [row for feed in (file.feed or "").split("+") for row in stored(board, feed)]
    missing = [f for f in file.facts if all(differences(row, f) for row in rows)]
    assert not missing


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(40),
    deadline=None,
)
@given(
    file=st.sampled_from(CORPUS),
    place=st.floats(0, 1),
    damage=st.sampled_from(DAMAGE),
    cut=st.sampled_from((0, 0, 1, 40)),
)
def test_damaged_file_is_accounted_for_or_refused_in_words(
    board, tmp_path, file: CorpusFile, place: float, damage: bytes, cut: int
):
    path = file.write(tmp_path)
    raw = path.read_bytes()
    at = int(place * len(raw))
    path.write_bytes(raw[:at] + damage + raw[at + cut :])
    result = ingest_file(
        IngestRequest(
            path, board.store, board.ingest_context, unbounded(), now=EVENING, dry_run=True
        )
    )
    assert result.refused or result.read == (
        result.accepted + result.duplicate + result.quarantined
    )


def test_corpus_has_enough_files_of_every_tool():
    assert len(CORPUS) >= 70
    assert len({file.name for file in CORPUS}) == len(CORPUS)
