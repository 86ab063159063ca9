"""Two ways to run the command line: in this process, and as a person does."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from situasi.board import Board, open_board
from situasi.cli import app, common
from situasi.domain.settings import ROOT, load
from tests import processes
from tests.conftest import NOON

LIMIT = 600  # seconds after which a command hangs


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The ledgers of `ingest --json`."""
        found: list[dict[str, Any]] = json.loads(self.out)["sources"]
        return found


Run = Callable[..., Said]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A store and an inbox of their own; no rehearsal unless asked."""
    return {
        "SITUASI_DATA": str(tmp_path / "live"),
        "SITUASI_INBOX": str(tmp_path / "inbox"),
        "SITUASI_REHEARSAL": "no",
        "COLUMNS": "250",
        "PYTHONUTF8": "1",
    }


@pytest.fixture
def cli(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for console in (common.out, common.err):
        monkeypatch.setattr(console, "_width", 250)

    def run(*words: object) -> Said:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def process(environment: dict[str, str]) -> Run:
    """Run `python -m situasi ...` as a person does."""

    def run(*words: object, **more: str) -> Said:
        done = processes.run(
            [sys.executable, "-m", "situasi", *map(str, words)],
            cwd=ROOT,
            env=os.environ | environment | more,
            encoding="utf-8",
            timeout=LIMIT,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def reopened(environment: dict[str, str]) -> Callable[[], Board]:
    """The board that the commands worked on, opened by the test; the test closes it."""
    return lambda: open_board(load(environment), lambda: NOON)
