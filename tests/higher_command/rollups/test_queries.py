"""The roll-ups of a kabupaten, read from its rows, are what its own board shows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.incidents.cases import build_case_keys
from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, register
from situasi.domain.feed_schemas import FASE, FEEDS, INSTANSI, KONTAK, SITUASI, STATUS, TINGKAT
from situasi.domain.register import Register
from situasi.domain.settings import ROOT
from situasi.higher_command.rollup_cache import build_parameters
from situasi.higher_command.rollups.reader import RollupReader, open_rollup_reader
from situasi.higher_command.turnout import Turnout
from situasi.ingest.context import IngestContext
from situasi.ingest.gazetteer.lookup import PlaceLookup
from situasi.ingest.gazetteer.name_index import load_abbreviations
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.ingest.sources.catalog import load_catalog
from situasi.ingest.vocabulary.vocabulary import load_vocabulary as load_vocabulary
from situasi.live.snapshot import SnapshotReader
from situasi.simulation.generate import generate_day
from situasi.store import Scope, Store, open_store
from situasi.store.audit import hash_chain
from situasi.store.engines import sqlite
from situasi.store.url import parse_url
from tests.builders import unbounded
from tests.builders_election import invented_election
from tests.higher_command.plans import parts_read
from tests.higher_command.rolled import shown, told
from tests.store.builders import delivery, frame, rejection, row

CONTEST = "contoh-2030"
_numbers = itertools.count(1)
ZERO = timedelta(0)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return register.load(election.load(invented_election(tmp_path_factory.mktemp("negeri"))))


@pytest.fixture(scope="session")
def day(place: Register, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    boundaries = domain_boundaries.load(place.election.boundaries_folder)
    return generate_day(place, boundaries, 7, tmp_path_factory.mktemp("hari"))


def scope(place: Register) -> Scope:
    return Scope(f"uji-{next(_numbers)}", place.election.kabupaten_code)


def _open_rollups(url: str, own: Scope) -> RollupReader:
    """The roll-ups of one kabupaten, of an SQLite file too: no server is needed to compare them."""
    if not url.startswith("sqlite"):
        return open_rollup_reader(url, own.contest)
    return RollupReader(
        sqlite.open_backend(parse_url(url), own),
        lambda _: {},
        lambda connection: {own.kabupaten: hash_chain.read_head(connection)[0]},
    )


class Pair:
    """A store and the roll-ups of its database, held against what the board of it shows."""

    def __init__(self, url: str, place: Register) -> None:
        own = scope(place)
        self.place, self.kabupaten, self.terms = place, own.kabupaten, build_parameters(place)
        self.store: Store = open_store(url, own)
        self.rollups: RollupReader = _open_rollups(url, own)

    def agree(self, at: datetime, *, live: bool) -> None:
        snapshot = SnapshotReader(self.store, self.place.election, lambda: at).refresh().snapshot
        found = self.rollups.compute(self.kabupaten, self.terms, at, live=live)
        assert told(found) == shown(snapshot, self.place, at, live=live)
        assert (
            found.version
            == self.store.version()
            == self.rollups.read_positions()[self.kabupaten][0]
        )

    def close(self) -> None:
        self.store.close()
        self.rollups.close()


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("database"))
    return f"sqlite:///{(tmp_path / 'situasi.db').as_posix()}"


@pytest.fixture
def pair(address: str, place: Register) -> Iterator[Pair]:
    opened = Pair(address, place)
    yield opened
    opened.close()


engines = pytest.mark.parametrize("address", ["sqlite", "postgres"], indirect=True)


# SQLite and PostgreSQL are asked for any state below; a whole day of one of them is enough.
@pytest.mark.parametrize("address", ["postgres"], indirect=True)
def test_a_rehearsal_day_is_rolled_up_as_its_board_shows_it(
    pair: Pair, day: list[Path], place: Register
) -> None:
    at, own = place.election.local_time, place.election
    context = IngestContext(
        place,
        PlaceLookup(place, load_abbreviations(ROOT / "data/vocabulary/places.csv")),
        domain_boundaries.load(own.boundaries_folder),
        (words := load_vocabulary(ROOT / "data/vocabulary")),
        load_catalog((), words),
    )
    for file in day:
        ledger = ingest_file(
            IngestRequest(file, pair.store, context, unbounded("uji"), now=own.day_end)
        )
        assert ledger.accepted
    clock = datetime.min.time().replace
    for hour, minute in ((0, 0), (5, 30), (7, 20), (9, 41), (12, 30), (13, 50), (19, 0), (23, 59)):
        pair.agree(at(clock(hour, minute)), live=False)
    pair.agree(own.day_end, live=True)
    pair.store.put_note("exercise", {"at": at(clock(11, 15)).isoformat()}, own.day_end, "uji")
    pair.agree(own.day_end, live=True)
    found = pair.rollups.compute(pair.kabupaten, build_parameters(place), own.day_end)
    assert found.exercise and found.at == at(clock(11, 15)) and found.heads and found.critical_open


@engines
def test_what_takes_long_is_rolled_up_from_its_commit_on(pair: Pair, place: Register) -> None:
    began, minute = place.election.local_time(place.election.tps_opens), timedelta(minutes=1)
    here = next(iter(place.kecamatan))
    cells = row(kecamatan=here, desa=None, tps=None, tingkat="tinggi", occurred_at=began,
                reported_at=None, known_at=began)  # fmt: skip

    def committing_at(passed: int) -> None:
        pair.store._clock = lambda: began + passed * minute  # type: ignore[attr-defined]

    committing_at(20)
    with pair.store.deliver(delivery(recorded_at=began)) as writing:
        writing.add(frame(cells), [])
    committing_at(60)
    pair.store.withdraw(1, began + 40 * minute, "operator")
    found = []
    for passed in (10, 30, 50, 70):
        at = began + passed * minute
        pair.agree(at, live=False)
        found.append(
            told(pair.rollups.compute(pair.kabupaten, pair.terms, at, live=False))["critical_cases"]
        )
    assert found[0] == found[3] != found[1] == found[2]


def _deliver(
    store: Store, feed: str, place: Register, at: datetime, later: timedelta = ZERO, **cells: Any
) -> None:
    """One row of the first TPS, known at a time and stored at it or later."""
    code = str(place.tps["code"].iloc[0])
    desa, tps = code.rsplit(".", 1)
    told_so = row(feed, desa=desa, tps=tps, kecamatan=desa.rsplit(".", 1)[0], occurred_at=at,
                  reported_at=at, known_at=at, **cells)  # fmt: skip
    with store.deliver(delivery(feed=feed, source=feed, recorded_at=at + later)) as writing:
        writing.add(frame(told_so, feed=feed), [])


sqlite_alone = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


@sqlite_alone
def test_figures_that_are_kept_are_found_again_once_their_rows_are_taken_back(
    pair: Pair, place: Register
) -> None:
    at = place.election.local_time(place.election.tps_opens)
    _deliver(pair.store, "tps", place, at, lingkup="tps", hadir=100)
    _deliver(pair.store, "incidents", place, at, tingkat="tinggi")
    _deliver(pair.store, "postings", place, at, petugas="P1", penugasan="tps")
    pair.agree(at, live=True)
    for batch in (1, 2, 3):
        pair.store.withdraw(batch, at, "uji", "salah")
        pair.agree(at, live=True)


@sqlite_alone
def test_history_that_was_loaded_and_taken_back_was_never_known(
    pair: Pair, place: Register
) -> None:
    at, hour = place.election.local_time(place.election.tps_opens), timedelta(hours=1)
    _deliver(pair.store, "tps", place, at, later=72 * hour, lingkup="tps", hadir=100)
    pair.agree(at + hour, live=False)
    pair.store.withdraw(1, at + 73 * hour, "uji", "salah")
    pair.agree(at + hour, live=False)
    found = pair.rollups.compute(pair.kabupaten, pair.terms, at + hour, live=False)
    assert found.heads is None


@sqlite_alone
def test_an_officer_is_present_up_to_the_very_moment_at_which_word_is_due(
    pair: Pair, place: Register
) -> None:
    began, every = (
        place.election.local_time(place.election.tps_opens),
        place.election.rules.personnel.report_interval,
    )
    _deliver(pair.store, "postings", place, began, petugas="P1", penugasan="tps")
    _deliver(pair.store, "personnel", place, began, petugas="P1", checkin="tiba_di_tps")
    for at, present in ((began + every, 1), (began + every + timedelta(microseconds=1), 0)):
        for live in (True, False):
            pair.agree(at, live=live)
            found = pair.rollups.compute(pair.kabupaten, pair.terms, at, live=live)
            assert (found.officers_posted, found.officers_present) == (1, present)


@engines
def test_of_a_store_in_which_nothing_is_every_count_is_missing(pair: Pair, place: Register) -> None:
    now = place.election.local_time(place.election.tps_opens)
    found = pair.rollups.compute(pair.kabupaten, build_parameters(place), now)
    counts = {
        n: v for n, v in told(found).items() if n not in ("rehearsal", "critical_cases", "waiting")
    }
    assert (
        counts.pop("turnout") == Turnout()
        and set(counts.values()) == {None}
        and found.received_at is None
        and found.version == 0
    )


def test_a_roll_up_reads_the_rows_of_its_own_kabupaten_alone(
    database: str, place: Register
) -> None:
    for code in (place.election.kabupaten_code, "99.02", "99.03"):
        store = open_store(database, Scope("banyak", code))
        with store.deliver(delivery()) as writing:
            writing.add(frame(row(tingkat="tinggi")), [rejection()])
        store.close()
    at = datetime(2024, 11, 27, 5, tzinfo=UTC)
    for live in (True, False):
        read = parts_read(database, "banyak", "99.02", build_parameters(place), at, live=live)
        assert len(read) > 5 and all(parts <= {"99.02"} for parts in read)
        assert sum(map(bool, read)) > 5


def test_versions_are_those_of_every_kabupaten_that_told_anything(
    database: str, place: Register
) -> None:
    rollups = open_rollup_reader(database, "banyak")
    assert rollups.read_positions() == {}
    found = {}
    for code in ("99.01", "99.02"):
        store = open_store(database, Scope("banyak", code))
        with store.deliver(delivery()) as writing:
            writing.add(frame(row()), [])
        store.log_audit("lihat", "uji", place.election.day_start, {})
        found[code] = store.version()
        store.close()
    open_store(database, Scope("lain", "99.03")).close()
    assert {code: version for code, (version, _seal) in rollups.read_positions().items()} == found
    rollups.close()


# What may be told of the invented kabupaten, near the closing of its TPS.
_OPENS = datetime(2030, 11, 19, 23, tzinfo=UTC)  # 07.00 WITA
_AREAS = ("99.01.01", "99.01.02", None)
_DESA = ("99.01.01.1001", "99.01.02.2002", None)
_moments = st.integers(-1500, 1500).map(lambda minute: _OPENS + timedelta(minutes=minute))
_soon = st.integers(0, 300).map(lambda minute: timedelta(minutes=minute))


def _one(*choices: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(choices)


# Officers by number, by the mark of an NRP, and rows that name both.
_MARK, _OTHER_MARK = "N-BBBBBBBBBBBB", "N-CCCCCCCCCCCC"
_NAMED = [
    *({"petugas": number, "nrp": None} for number in ("P1", "P2", "P3")),
    {"petugas": "P1", "nrp": _MARK}, {"petugas": "P2", "nrp": _MARK},
    {"petugas": "P3", "nrp": _OTHER_MARK},
    *({"petugas": mark, "nrp": mark} for mark in (_MARK, _OTHER_MARK)),
]  # fmt: skip
_ANYBODY = ("P1", "P2", "P3", _MARK, _OTHER_MARK)


def _named(cells: dict[str, Any]) -> dict[str, Any]:
    return {**cells, **cells.pop("officer")}


_told = {
    "incidents": st.fixed_dictionaries({
        "id": _one("k1", "k2", "k3"), "kecamatan": _one(*_AREAS), "desa": _one(*_DESA),
        "desa_text": _one("Pasar", None), "jenis": _one("nihil", "logistik", "kericuhan"),
        "tingkat": _one(*TINGKAT, None), "situasi": _one(*SITUASI, None), "status": _one(*STATUS),
        "precision": _one("menit", "hari"), "latihan": _one(False, False, True),
    }),
    "tps": st.fixed_dictionaries({
        "id": _one("t1", "t2"), "kecamatan": _one(*_AREAS), "desa": _one(*_DESA),
        "tps": _one("001", "002", "099", None), "fase": _one(*FASE, None),
        "hadir": _one(0, 100, 250, None), "hadir_dpt": _one(90, None), "hadir_dptb": _one(3, None),
        "hadir_dpk": _one(2, None), "lingkup": _one("tps", "tps", "desa", None),
        "kontak": _one(*KONTAK, None), "latihan": st.just(False),
    }),
    "roster": st.fixed_dictionaries({
        "id": _one("r1", "r2"), "officer": _one(*_NAMED),
        "instansi": _one(*INSTANSI, None),
    }).map(_named),
    "postings": st.fixed_dictionaries({
        "id": _one("o1", "o2"), "officer": _one(*_NAMED), "kecamatan": _one(*_AREAS),
        "desa": _one(*_DESA), "tps": _one("001", "001,002", None),
        "penugasan": _one("tps", "cadangan", None),
    }).map(_named),
    "personnel": st.fixed_dictionaries({
        "id": _one("c1", "c2"), "petugas": _one(*_ANYBODY), "kecamatan": _one(*_AREAS),
        "instansi": _one(*INSTANSI, None),
        "checkin": _one("apel", "tiba_di_tps", "laporan_berkala", "kembali"),
    }),
}  # fmt: skip


_minutes = st.integers(0, 5).map(lambda minute: _OPENS + timedelta(minutes=minute))


@st.composite
def _rows(draw: st.DrawFn, feed: str) -> dict[str, Any]:
    stated = draw(_told[feed])
    occurred = draw(_moments)
    later = _soon.map(lambda later: occurred + later)
    reported = draw(st.one_of(st.none(), later))
    known = draw(st.one_of(_moments, later))
    if stated.get("desa"):  # as every feed is read: a desa names its kecamatan
        stated["kecamatan"] = stated["desa"].rpartition(".")[0]
    clear = dict.fromkeys(FEEDS[feed].column_names)
    filled = {"precision": "menit", "uraian": "kata", "latihan": False, **stated}
    return row(feed, **{**clear, **filled}) | {
        "occurred_at": occurred, "reported_at": reported, "known_at": known,
    }  # fmt: skip


_deliveries = st.lists(
    st.one_of(*(st.tuples(st.just(feed), st.lists(_rows(feed), min_size=1, max_size=6))
                for feed in _told)),
    min_size=1, max_size=8,
)  # fmt: skip


def _fill(store: Store, place: Register, data: st.DataObject) -> None:
    """Deliveries, decisions on the cases that they tell, and some of it taken back."""
    cases: list[tuple[str, bool]] = []
    stored = _OPENS - timedelta(hours=3)
    for feed, told_so in data.draw(_deliveries):
        stored += data.draw(_soon)
        rows = frame(*told_so, feed=feed)
        with store.deliver(delivery(feed=feed, recorded_at=stored)) as writing:
            writing.add(rows, [rejection()] if data.draw(st.booleans()) else [])
        if feed == "incidents":
            keys = build_case_keys(rows, place.election.zone)
            cases += zip(keys, rows["latihan"], strict=True)
    if cases:
        one = st.sampled_from(cases)
        act = _one("gabung", "gabung", "pisah")
        said = data.draw(st.lists(st.tuples(one, one, act), min_size=1, max_size=6))
        decided = [
            row(
                "merges",
                **{
                    **dict.fromkeys(FEEDS["merges"].column_names),
                    "id": f"{at}",
                    "kasus": case,
                    "ke": into,
                    "tindakan": tindakan,
                    "latihan": made,
                    "known_at": stored,
                    "occurred_at": stored,
                    "reported_at": data.draw(st.one_of(st.none(), _minutes)),
                },
            )
            for at, ((case, made), (into, _), tindakan) in enumerate(said)
        ]
        with store.deliver(delivery(feed="merges", recorded_at=stored)) as writing:
            writing.add(frame(*decided, feed="merges"), [])
    batches = store.batches()["batch"].tolist()
    for batch in data.draw(st.lists(st.sampled_from(batches), max_size=2, unique=True)):
        store.withdraw(int(batch), stored + data.draw(_soon), "uji", "salah")


@settings(max_examples=5)
@given(st.data())
def test_whatever_is_told_sqlite_and_the_board_agree(
    tmp_path_factory: pytest.TempPathFactory, place: Register, data: st.DataObject
) -> None:
    pair = Pair(f"sqlite:///{tmp_path_factory.mktemp('s').as_posix()}/situasi.db", place)
    try:
        _fill(pair.store, place, data)
        pair.agree(data.draw(_moments), live=True)
        _fill(pair.store, place, data)  # and what was found before is not asked again
        pair.agree(data.draw(_moments), live=True)
        pair.agree(data.draw(_moments), live=False)
    finally:
        pair.close()


@settings(max_examples=4)
@given(st.data())
def test_whatever_is_told_postgresql_and_the_board_agree(
    shared_database: str, place: Register, data: st.DataObject
) -> None:
    pair = Pair(shared_database, place)
    try:
        _fill(pair.store, place, data)
        pair.agree(data.draw(_moments), live=True)
        _fill(pair.store, place, data)  # and what was found before is not asked again
        pair.agree(data.draw(_moments), live=True)
        pair.agree(data.draw(_moments), live=False)
    finally:
        pair.close()


@pytest.fixture(scope="module")
def shared_database(postgres_url: str) -> str:
    """The database of the server itself: each example is a contest of its own in it."""
    return postgres_url


def test_another_store_that_ends_at_the_same_number_is_rolled_up_anew(
    tmp_path: Path, place: Register
) -> None:
    own, at = scope(place), place.election.day_start
    files = {name: tmp_path / f"{name}.db" for name in ("sini", "sana")}
    for name, heads in (("sini", 100), ("sana", 150)):
        store = open_store(f"sqlite:///{files[name].as_posix()}", own)
        (code, *_) = place.tps["code"]
        with store.deliver(delivery(feed="tps", source=name)) as writing:
            desa, tps = code.rsplit(".", 1)
            cells = row("tps", desa=desa, tps=tps, hadir=heads, lingkup="tps", known_at=at,
                       occurred_at=at, kecamatan=desa.rsplit(".", 1)[0])  # fmt: skip
            writing.add(frame(cells, feed="tps"), [])
        store.close()
    rollups = _open_rollups(f"sqlite:///{files['sini'].as_posix()}", own)
    before, held = (
        rollups.read_positions(),
        rollups.compute(own.kabupaten, build_parameters(place), at),
    )
    for end in ("-wal", "-shm"):
        files["sini"].with_name(files["sini"].name + end).unlink(missing_ok=True)
    files["sana"].replace(files["sini"])
    after = rollups.read_positions()
    assert after[own.kabupaten][0] == before[own.kabupaten][0] and after != before
    found = rollups.compute(own.kabupaten, build_parameters(place), at)
    assert (held.heads, found.heads) == (100, 150)
    assert (found.version, found.audit_hash) == after[own.kabupaten]
    rollups.close()
