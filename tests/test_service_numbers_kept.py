"""No NRP or NIP that was sent in any way is in any file of the board afterwards."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from situasi.board import Board, open_board
from situasi.common import error_log
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.inbox import GROWTH_WATCH_TIME
from situasi.ingest.messages.chat_splitter import split_chat
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.pipeline import IngestRequest
from situasi.ingest.quarantine import format_csv
from situasi.ingest.upload import ingest_upload
from situasi.server import logging_setup
from situasi.server.api import api_keys
from situasi.server.api.delivery import ApiDelivery, DeliveryIngest
from situasi.store.backup import backup
from tests.builders import unbounded
from tests.builders_files import csv_file, report, xlsx_file
from tests.conftest import NOON, settings_in
from tests.ingest.door import deliver
from tests.server.api.conftest import PLENTY
from tests.test_inbox_faults import Drop

# Every one of another officer, so that a leak tells by which door it came.
NUMBERS = [f"{year}{month:02d}{1000 + year}" for year in range(71, 99) for month in (4, 5, 11, 12)]
NIPS = [f"19{year}0412201001100{year % 9 + 1}" for year in range(71, 99)]


class Source:
    """Numbers that were not used yet, and all that were."""

    def __init__(self) -> None:
        self.used: list[str] = []
        self._numbers, self._nips = iter(NUMBERS), iter(NIPS)

    def nrp(self) -> str:
        return self._use(next(self._numbers))

    def nip(self) -> str:
        return self._use(next(self._nips))

    def with_blanks(self) -> str:
        number = self.nrp()
        return f"{number[:2]} {number[2:4]} {number[4:]}"

    def _use(self, number: str) -> str:
        self.used.append(number)
        return number

    def spellings(self) -> Iterator[str]:
        """Every way in which one of them could have stayed."""
        for number in self.used:
            yield number
            yield f"{number[:4]} {number[4:]}"
            yield f"{number[:2]} {number[2:4]} {number[4:]}"
            if len(number) == 18:
                yield number[:15]
                yield f"{number[:8]} {number[8:14]} {number[14]} {number[15:]}"


def every_content(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder by name, of an archive each member; and the names themselves."""
    for path in sorted(folder.rglob("*")):
        yield str(path), path.name.encode()
        if not path.is_file():
            continue
        yield str(path), path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield f"{path}/{name}", archive.read(name)
                    if name.endswith(".parquet"):
                        import pyarrow.parquet as pq

                        table = pq.read_table(io.BytesIO(archive.read(name)))
                        yield f"{path}/{name} (cells)", str(table.to_pylist()).encode()


def officer_rows(source: Source) -> list[tuple[str, dict[str, Any]]]:
    """Rows of every feed with a number wherever a person may write one, good and faulty."""
    rows: list[tuple[str, dict[str, Any]]] = []
    for feed in ("roster", "postings", "personnel"):
        rows += [
            (feed, report(feed, id="1", petugas=source.nrp())),
            (feed, report(feed, id="2", petugas="", NRP=f"NRP. {source.with_blanks()}")),
            (feed, report(feed, id="3", petugas="", NRP=source.nip())),
            (feed, report(feed, id="4", petugas=f"Bripka Andi {source.nrp()}")),
            (feed, report(feed, id="5", **{"Nama / NRP": f"Andi / {source.nrp()}", "petugas": ""})),
            (feed, report(feed, id="6", uraian=f"{source.nrp()} dan {source.with_blanks()}")),
            (feed, report(feed, id="7", kecamatan="Atlantis", kode_kecamatan="", NRP=source.nrp())),
            (feed, report(feed, id="8", waktu=source.nrp(), lain=source.nrp())),
            (feed, report(feed, id="9", petugas=f"{source.nrp()} {source.nrp()}")),
            (feed, report(feed, id=source.nrp(), pelapor=f"Aipda Budi NRP {source.nrp()}")),
        ]  # fmt: skip
    for feed in ("incidents", "tps", "activities", "neutrality"):
        rows += [
            (feed, report(feed, id="1", uraian=f"Dilaporkan Bripka Andi {source.nrp()}")),
            (feed, report(feed, id="2", pelapor=f"Budi NRP {source.with_blanks()}")),
            (feed, report(feed, id="3", waktu=f"kemarin {source.nrp()}", sumber=source.nip())),
            (feed, report(feed, id=source.nrp(), **{source.nrp(): source.nrp()})),
        ]
    rows.append(("tps", report("tps", id="8", fase="kotak_bergeser", pengawal=source.nrp())))
    rows.append(("incidents", report(id="9", teks_asli=f"Bripka Andi {source.nrp()} lapor")))
    return rows


def pasted(board: Board, source: Source) -> None:
    """Messages, read and confirmed as the page does."""
    extractor = MessageExtractor(board.ingest_context)
    for text in (
        f"Bripka Andi {source.nrp()} sdh di TPS 3 Tanjung Seteko",
        f"Aiptu Budi NRP {source.with_blanks()} tiba di TPS 1 Tanjung Gelam",
        f"Lap kebakaran di Desa Tanjung Seteko, pelapor: Andi {source.nip()}",
        f"TPS 1 Tanjung Gelam kotak bergeser dikawal Bripka C {source.nrp()}",
        f"{source.nrp()}",
    ):
        [message] = split_chat(f"27/11/24 10.05 - Aipda {source.nrp()}: {text}")
        proposal = extractor.extract(message)
        assert not any(number in str(proposal) for number in source.spellings())
        for row in proposal.rows:
            deliver(board, row.feed, dict(row.cells))


def test_no_number_that_went_in_is_in_any_file_of_the_board(tmp_path: Path) -> None:
    source, data = Source(), tmp_path / "live"
    data.mkdir()
    log = (data / "board.log").open("w", encoding="utf-8")
    handler = logging_setup.set_up("text", log)
    board = open_board(settings_in(tmp_path), lambda: NOON)
    answers: list[str] = []
    try:
        rows = officer_rows(source)
        for feed, row in rows:
            answers.append(str(deliver(board, feed, row).as_json()))
        pasted(board, source)
        drop = Drop(board)
        by_feed = {feed: [row for name, row in rows if name == feed] for feed in FEEDS}
        csv_file(drop.folder / f"posting {source.nrp()}.csv", *by_feed["postings"])
        xlsx_file(drop.folder / f"daftar {source.nrp()}.xlsx", *by_feed["roster"])
        csv_file(drop.folder / "kejadian.csv", *by_feed["incidents"])
        broken = f'petugas,pangkat\n{source.nrp()},"Bripka\n{source.nip()},a,b,c\n'
        (drop.folder / f"rusak {source.nrp()}.csv").write_text(broken, "utf-8")
        (drop.folder / "asing.csv").write_text(f"{source.nrp()},{source.nip()}\n1,2\n", "utf-8")
        drop.settled()  # those with an NRP in their name get another one first
        drop.settled()
        drop.after(GROWTH_WATCH_TIME + timedelta(seconds=61))
        answers += [str(result.as_json()) for result in drop.told]
        upload = csv_file(tmp_path / "unggah.csv", *by_feed["personnel"])
        with upload.open("rb") as file:
            request = IngestRequest(
                Path(f"lapor {source.nrp()}.csv"), board.store, board.ingest_context,
                unbounded("wati"), now=NOON,
            )  # fmt: skip
            answers.append(str(ingest_upload(file, request).as_json()))
        upload.unlink()
        api_keys.add(board.store, "bot", NOON, "admin", feeds=("personnel",))
        [key] = api_keys.load_all(board.store)
        body = json.dumps(by_feed["personnel"]).encode()
        delivery = ApiDelivery("personnel", "application/json", body, "sekali")
        answers.append(str(DeliveryIngest(board, PLENTY).ingest_delivery(key, delivery, NOON)))
        answers.append(format_csv(board.store.quarantined_rows()))
        error = ValueError(f"could not convert {source.nrp()}")
        error_log.record(logging.getLogger("situasi.uji"), "a file failed", error, file="a.csv")
        election = board.register.election
        secret = board.ingest_context.officer_key.read_secret()
        backup.write(
            board.store, election, data / "backups.zip", NOON, "uji", officer_secret=secret
        )
        spellings = list(source.spellings())
        content = [*every_content(tmp_path), ("answers", "\n".join(answers).encode())]
        found = {
            (where, number)
            for where, held in content
            for number in spellings
            if number.encode() in held
        }
        assert not found, "\n".join(f"{number} in {where}" for where, number in sorted(found))
        assert len(source.used) > 80
        assert sum(len(board.store.rows_after(feed)) for feed in FEEDS.values()) > 30
    finally:
        logging.getLogger("situasi").removeHandler(handler)
        log.close()
        board.close()
