"""Files of other tools: how long recognising takes, and an inbox of 500 of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from situasi.board import Board
from situasi.ingest.inbox import Inbox
from situasi.ingest.pipeline import IngestRequest, ingest_file
from tests.bench import made
from tests.builders import unbounded
from tests.builders_files import csv_file, report
from tests.ingest.sources.corpus_files import CorpusFile, read_corpus

FILES = 500


def run() -> None:
    """Try every file of the corpus, then sweep an inbox of FILES of them and one of our own."""
    print(f"\nFiles of other tools, and an inbox of {FILES}")
    with tempfile.TemporaryDirectory(prefix="situasi-sources-") as name:
        folder = Path(name)
        _time_recognition(folder)
        ours = _sweep(folder / "ours", _write_own)
        theirs = _sweep(folder / "theirs", _write_foreign)
        print(f"  theirs : ours                     {theirs / ours:.2f} × the time of a file")


def _time_recognition(folder: Path) -> None:
    """Print the processor time of one file, without storing; each is tried twice."""
    board = made.board(folder / "recognition")
    files = [file.write(folder) for file in read_corpus()]
    spent = []
    for path in [*files, *files]:
        began = time.process_time()
        ingest_file(IngestRequest(
            path, board.store, board.ingest_context, unbounded("bench"),
            now=made.EVENING, dry_run=True,))  # fmt: skip
        spent.append(1e3 * (time.process_time() - began))
    board.close()
    spent = sorted(spent[len(files) :])
    print(
        f"  {len(files)} files, read and checked, of the processor: median "
        f"{spent[len(spent) // 2]:.0f} ms, worst {spent[-1]:.0f} ms"
    )


@cache
def _read_corpus_once() -> list[CorpusFile]:
    return read_corpus()


def _write_own(folder: Path, number: int) -> None:
    csv_file(folder / f"{number}.csv", *(report(id=f"K-{number}-{n}") for n in range(3)))


def _write_foreign(folder: Path, number: int) -> None:
    corpus = _read_corpus_once()
    file = corpus[number % len(corpus)]
    path = file.write(folder)
    path.rename(folder / f"{path.stem} {number}{path.suffix}")


def _sweep(folder: Path, write: Callable[[Path, int], None]) -> float:
    """Return the seconds that a file of the inbox takes, from the first to the last."""
    board: Board = made.board(folder)
    drop = folder / "inbox"
    drop.mkdir(parents=True, exist_ok=True)
    for number in range(FILES):
        write(drop, number)
    inbox = Inbox(drop, board.store, board.ingest_context, _Clock(), lambda _: None)
    began = time.perf_counter()
    for _ in range(4):  # a file is complete once it was seen unchanged for a while
        inbox.sweep()
    seconds = time.perf_counter() - began
    left = sum(path.is_file() for path in drop.iterdir())
    board.close()
    print(f"  {FILES - left} files of {folder.name:7} {FILES / seconds:8.1f} files/s")
    return seconds / FILES


class _Clock:
    """A clock that moves on at each look, so that no file is waited for."""

    def __init__(self) -> None:
        self._looks = 0

    def __call__(self) -> datetime:
        self._looks += 1
        return made.EVENING + self._looks * timedelta(seconds=15)
