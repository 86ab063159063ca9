"""The wall: seconds from a stored report until every viewer has it, and what a viewer costs."""

from __future__ import annotations

import asyncio
import gzip
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from situasi.board import Board, open_board
from situasi.domain.settings import ROOT, load
from situasi.ingest.pipeline import IngestRequest, ingest_file
from tests.bench.server import serving
from tests.builders import unbounded

REPORTS = 20
CROWDS = (1, 50, 300)
_HEADINGS = "id,waktu,kode_kecamatan,jenis,tingkat,status,uraian,pelapor"


def run(folder: Path) -> None:
    """Print the figures of a board with the rehearsal day."""
    print("\nThe wall, rehearsal day")
    environment = {
        "SITUASI_DATA": str(folder),
        "SITUASI_INBOX": str(folder / "inbox"),
        "SITUASI_REHEARSAL": "yes",
    }
    with serving(ROOT / "dashboard.py", environment) as port:
        board = open_board(load(environment), lambda: datetime.now(UTC))
        for count in CROWDS:
            asyncio.run(_crowd(port, board, count))
        board.close()


@dataclass
class _Viewer:
    """One browser that asks again and again over one connection."""

    port: int
    heard: dict[str, float] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    tag: str = ""

    async def watch(self, wanted: list[str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while True:
            ask = (
                "GET /layar/gambar?rentang=semua HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Accept-Encoding: gzip\r\nPrefer: wait=8\r\nIf-None-Match: {self.tag}\r\n\r\n"
            )
            writer.write(ask.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            found = dict(
                line.split(": ", 1) for line in head.strip().split("\r\n")[1:] if ": " in line
            )
            body = await reader.readexactly(int(found.get("content-length", 0)))
            self.tag = found["etag"]
            if body:
                self._hear(body, wanted)
            await asyncio.sleep(0.2)  # as its script does

    def _hear(self, body: bytes, wanted: list[str]) -> None:
        now, text = time.monotonic(), gzip.decompress(body).decode()
        self.sizes.append(len(body))
        for name in wanted:
            if name not in self.heard and f"Massa {name}." in text:
                self.heard[name] = now


async def _crowd(port: int, board: Board, count: int) -> None:
    stored: dict[str, float] = {}
    wanted: list[str] = []
    viewers = [_Viewer(port) for _ in range(count)]
    watching = [asyncio.create_task(one.watch(wanted)) for one in viewers]
    await asyncio.sleep(4)
    for one in viewers:
        one.sizes.clear()
    for number in range(REPORTS):
        name = f"{count}x{number}x{time.time_ns()}"
        wanted.append(name)
        await asyncio.to_thread(_bring, board, name)
        stored[name] = time.monotonic()
        await asyncio.sleep(1.1 + 0.05 * number)
    await asyncio.sleep(3)
    for task in watching:
        task.cancel()
    missing = [name for name in wanted for one in viewers if name not in one.heard]
    assert not missing, f"{len(missing)} of {count * REPORTS} never came"
    waits = sorted(one.heard[name] - stored[name] for name in wanted for one in viewers)
    sizes = sorted(size for one in viewers for size in one.sizes)
    print(
        f"  {f'{count} viewers, a report on all':<34}p50 {waits[len(waits) // 2] * 1e3:,.0f} ms, "
        f"p95 {waits[int(len(waits) * 0.95)] * 1e3:,.0f}, worst {waits[-1] * 1e3:,.0f}; "
        f"{sizes[len(sizes) // 2]:,} bytes"
    )


def _bring(board: Board, name: str) -> None:
    now = datetime.now(ZoneInfo("Asia/Jakarta"))
    path = board.settings.data_folder / "bench.csv"
    when = f"{now:%Y-%m-%d %H:%M}"
    row = f"{name},{when},16.10.04,unjuk_rasa,sedang,dilaporkan,Massa {name}.,Polsek"
    path.write_text(f"{_HEADINGS}\n{row}\n", "utf-8")
    ledger = ingest_file(
        IngestRequest(
            path, board.store, board.ingest_context, unbounded("bench"), now=datetime.now(UTC)
        )
    )
    assert ledger.accepted == 1, ledger
