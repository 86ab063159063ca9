"""Twelve hours, played in five minutes: the memory of the server and of a browser left open."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import CDPSession, sync_playwright

from situasi.board import open_board
from situasi.domain import boundaries, election, register, settings
from situasi.domain.settings import ROOT
from situasi.simulation.generate import generate_day
from situasi.simulation.seed import SEED
from tests import chromium
from tests.bench import made
from tests.bench.machine import megabytes
from tests.bench.server import served

FROM, HOURS, SPEED = "06.00", 12, 150
# The wall, and a page with its filters, tables and charts.
OPEN = ("layar?tempo=10", "situasi")


def run(folder: Path) -> None:
    """Print what server and browser hold, hour by hour of a day that is played."""
    print(f"\nTwelve hours of the rehearsal day at {SPEED} times its pace, wall and Situasi open")
    found = chromium.path()
    if found is None:
        print("  no Chromium here")
        return
    asked = made.environment(folder / "board")
    day = _day(folder / "day")
    _opened(asked)
    with served(ROOT / "dashboard.py", asked) as (port, pid), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(chromium.ARGUMENTS))
        pages = [browser.new_page(viewport={"width": 1920, "height": 1080}) for _ in OPEN]
        watched = [page.context.new_cdp_session(page) for page in pages]
        for page, address in zip(pages, OPEN, strict=True):
            page.goto(f"http://127.0.0.1:{port}/{address}")
        playing = subprocess.Popen(
            [sys.executable, "-m", "situasi", "replay", str(day), "--speed", str(SPEED),
             "--from", FROM],
            cwd=ROOT, env={**os.environ, **asked},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _watch(asked, pid, watched, pages[0].wait_for_timeout)
        finally:
            playing.terminate()
            playing.wait(30)
        browser.close()


def _watch(
    asked: dict[str, str], pid: int, pages: list[CDPSession], wait: Callable[[float], None]
) -> None:
    board = open_board(settings.load(asked), lambda: datetime.now(UTC))
    began: datetime | None = None
    for hour in range(HOURS + 1):
        while True:
            at = board.snapshot_reader.refresh().snapshot.exercise_at
            began = began or at
            if at and began and (at - began).total_seconds() >= hour * 3600:
                break
            wait(500)
        held = megabytes(pid)
        rows = sum(map(len, board.snapshot_reader.refresh().snapshot.frames.values()))
        heaps = " and ".join(f"{_heap(page):,.1f}" for page in pages)
        server = f"{held[0]:,.0f} MB" if held else "unknown"
        print(f"  {at:%H.%M}, {rows:>6,} rows   server {server}, pages {heaps} MB", flush=True)
    board.close()


def _heap(page: CDPSession) -> float:
    """Megabytes of objects that the page still needs."""
    page.send("HeapProfiler.collectGarbage")
    return float(page.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def _day(folder: Path) -> Path:
    folder.mkdir(parents=True)
    of_day = election.load(settings.load({}).election_folder)
    generate_day(register.load(of_day), boundaries.load(of_day.boundaries_folder), SEED, folder)
    return folder


def _opened(asked: dict[str, str]) -> None:
    """A store that stays empty until the day is played: its first filling counts as done."""
    board = open_board(settings.load(asked), lambda: datetime.now(UTC))
    board.store.put_note("opening", "done", datetime.now(UTC), "bench")
    board.close()
