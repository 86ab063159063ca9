"""Live: seconds from a report that is acknowledged to its words in a page of a real browser."""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import requests
from playwright.sync_api import Page, sync_playwright

from situasi.board import open_board
from situasi.domain import settings
from situasi.domain.settings import ROOT
from situasi.server.api import api_keys
from tests import chromium
from tests.bench import made
from tests.bench.server import serving

TIMES = 20
PATIENCE = 30_000  # milliseconds
# At the end of the day that is played, so that it stands first in the list of the newest.
TOLD = {
    "waktu": "27/11/2024 22.53", "waktu_lapor": "27/11/2024 22.53", "latihan": "ya",
    "kecamatan": "Kandis", "jenis": "banjir",
}  # fmt: skip


def run(folder: Path) -> None:
    """Print how soon a report is on an open page, by POST and by a file that is dropped."""
    print("\nLive, the full rehearsal day, one page open in Chromium")
    found = chromium.path()
    if found is None:
        print("  no Chromium here")
        return
    asked = {**made.environment(folder), "SITUASI_REHEARSAL": "yes"}
    with serving(ROOT / "dashboard.py", asked) as port, sync_playwright() as playwright:
        board = open_board(settings.load(asked), lambda: made.EVENING)
        now = datetime.now(made.EVENING.tzinfo)
        token = api_keys.add(board.store, "live", now, "bench", feeds=("incidents",))
        board.close()
        browser = playwright.chromium.launch(executable_path=found, args=list(chromium.ARGUMENTS))
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{port}/situasi")
        page.wait_for_selector(".st-key-angka", timeout=PATIENCE)
        _tell("from the answer to a POST", _seen(page, lambda n: _post(port, token, n)))
        inbox = Path(asked["SITUASI_INBOX"])
        _tell("from a file dropped", _seen(page, lambda n: _drop(inbox, n)))
        browser.close()


def _seen(page: Page, tell: Callable[[str], None]) -> list[float]:
    """Seconds from each report to its words on the page."""
    taken = []
    for turn in range(TIMES):
        said = f"langsung {time.time_ns()}"
        tell(said)
        started = time.perf_counter()
        page.wait_for_function(
            "said => document.body.innerText.includes(said)", arg=said, timeout=PATIENCE, polling=20
        )
        taken.append(time.perf_counter() - started)
        time.sleep(0.37 + turn % 5 * 0.21)  # at no fixed beat
    return taken


def _post(port: int, token: str, said: str) -> None:
    row = {**TOLD, "uraian": said}
    answer = requests.post(
        f"http://127.0.0.1:{port}/api/v1/incidents", json=[row], timeout=60,
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.json()["accepted"] == 1, answer.text


def _drop(inbox: Path, said: str) -> None:
    inbox.mkdir(exist_ok=True)
    half = inbox.parent / "half.csv"
    with half.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ["id", *TOLD, "uraian"])
        rows.writeheader()
        rows.writerow({"id": said, **TOLD, "uraian": said})
    half.rename(inbox / f"{said}.csv")


def _tell(what: str, seconds: Sequence[float]) -> None:
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    print(f"  {what:<34}p95 {p95:.2f} s, median {statistics.median(seconds):.2f} s")
