"""The archive: every row of the election in open files, read back by a program that is not ours."""

from __future__ import annotations

import csv
import hashlib
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from situasi.access.roles import ROLES
from situasi.board import Board, open_board
from situasi.domain.feed_schemas import FEEDS, ColumnKind, stored_dtypes
from situasi.reports.archive import maps
from situasi.reports.archive.writer import ArchiveError, write_archive
from situasi.simulation.seed import seed_store
from tests.builders_store import fill
from tests.conftest import NOON, settings_in
from tests.store.builders import delivery, frame, row

MADE_OF = {"kiriman", "karantina", "jejak", "catatan"}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """The rehearsal day, and all that can happen to a store."""
    folder = tmp_path_factory.mktemp("day")
    opened = open_board(settings_in(folder, SITUASI_REHEARSAL="yes"), lambda: NOON)
    seed_store(opened, NOON, lambda _: None)
    fill(opened.store)
    # A report of a whole officer, so that a role that must not see one can be held to it.
    with opened.store.deliver(delivery(source="nama.csv")) as writing:
        writing.add(
            frame(row(id="N-1", uraian="Bripka Sulastri mengawal", pelapor="Aipda Burhan")), []
        )
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def folder(board: Board, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "arsip"
    write_archive(board, path, None, NOON, "wati")
    return path


def asked(question: str, *files: Path) -> list[Any]:
    return duckdb.sql(question.format(*(f"read_parquet('{one}')" for one in files))).fetchall()


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_every_row_of_a_feed_is_read_back_with_the_same_sums(
    board: Board, folder: Path, feed: Any
) -> None:
    held, path = board.store.rows_after(feed), folder / f"laporan/{feed.name}.parquet"
    assert len(held) > 5
    [(rows, seqs)] = asked("SELECT count(*), sum(seq) FROM {}", path)
    assert (rows, seqs) == (len(held), held["seq"].sum())
    for column in feed.columns:
        [(there, many)] = asked(
            f'SELECT count("{column.name}"), count(DISTINCT "{column.name}") FROM {{}}', path
        )
        assert (there, many) == (held[column.name].count(), held[column.name].nunique())
        if column.kind in (ColumnKind.COUNT, ColumnKind.DECIMAL):
            [(total,)] = asked(f'SELECT sum("{column.name}") FROM {{}}', path)
            assert total == (pytest.approx(float(held[column.name].sum())) if there else None)


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_every_cell_of_a_feed_is_as_the_store_has_it(board: Board, folder: Path, feed: Any) -> None:
    held = board.store.rows_after(feed)
    read = pq.read_table(folder / f"laporan/{feed.name}.parquet")
    assert read.schema.names == [*stored_dtypes(feed), "withdrawn_at"] or set(
        read.schema.names
    ) == {*stored_dtypes(feed), "withdrawn_at"}
    for name in stored_dtypes(feed):
        there, here = read.column(name).to_pylist(), held[name]
        missing = here.isna().tolist()
        assert [one is None for one in there] == missing, name
        if str(here.dtype).startswith("datetime"):
            here = here.dt.as_unit("us")
            there = [None if one is None else one.timestamp() for one in there]
            cells = [None if gone else one.timestamp()
                     for one, gone in zip(here, missing, strict=True)]  # fmt: skip
        else:
            cells = [None if gone else one for one, gone in zip(here, missing, strict=True)]
        assert there == cells, name


def test_moments_are_utc_to_every_reader(folder: Path) -> None:
    path = folder / "laporan/incidents.parquet"
    schema = pq.read_schema(path)
    for name in ("occurred_at", "known_at", "recorded_at", "withdrawn_at"):
        assert str(schema.field(name).type) == "timestamp[us, tz=UTC]"
        [(kind,)] = asked(f"SELECT DISTINCT typeof({name}) FROM {{}}", path)
        assert kind == "TIMESTAMP WITH TIME ZONE"
    said = json.loads(schema.metadata[b"situasi"])
    assert "Asia/Jakarta" in said["zona_waktu"] and said["kabupaten"] == "16.10"


def test_rows_taken_back_are_there_and_say_when(board: Board, folder: Path) -> None:
    taken = board.store.withdrawals()
    for name in FEEDS:
        [(marked, seqs)] = asked(
            "SELECT count(withdrawn_at), sum(seq) FILTER (withdrawn_at IS NOT NULL) FROM {}",
            folder / f"laporan/{name}.parquet",
        )
        own = taken.loc[taken["feed"] == name, "row_seq"]
        assert (marked, seqs or 0) == (len(own), own.sum())
    assert len(taken) > 0
    [(rows,)] = asked("SELECT sum(withdrawn_rows) FROM {}", folder / "kiriman.parquet")
    assert rows == len(taken)


def test_deliveries_trail_and_quarantine_are_whole(board: Board, folder: Path) -> None:
    batches, held = board.store.batches(), board.store.quarantined_rows(include_released=True)
    [found] = asked("SELECT count(*), sum(accepted), sum(quarantined) FROM {}",
                    folder / "kiriman.parquet")  # fmt: skip
    assert found == (len(batches), batches["accepted"].sum(), batches["quarantined"].sum())
    rows = asked("SELECT seq, raw, reasons, released_by FROM {} ORDER BY seq",
                 folder / "karantina.parquet")  # fmt: skip
    assert [(n, json.loads(raw), tuple(json.loads(why)), by) for n, raw, why, by in rows] == [
        (one.number, one.raw, one.reasons, one.released_by) for one in held
    ]
    assert any(by for *_, by in rows)
    trail = asked("SELECT seq, chain, action FROM {} ORDER BY seq", folder / "jejak.parquet")
    audit = board.store.audit_entries()
    assert trail == list(audit[["seq", "chain", "action"]].head(len(trail)).itertuples(
        index=False, name=None))  # fmt: skip
    assert trail[-1][2] == "export"  # it was told before anything left


def test_missing_is_null_and_never_zero(board: Board, folder: Path) -> None:
    held = board.store.rows_after(FEEDS["tps"])["hadir"]
    [(nulls, zeros)] = asked(
        "SELECT count(*) FILTER (hadir IS NULL), count(*) FILTER (hadir = 0) FROM {}",
        folder / "laporan/tps.parquet",
    )
    assert (nulls, zeros) == (held.isna().sum(), (held == 0).sum())
    assert nulls > 0


def test_the_rehearsal_is_marked_in_a_column_and_before_all_else(
    board: Board, folder: Path
) -> None:
    made_up = {
        name: int(board.store.rows_after(feed)["latihan"].sum()) for name, feed in FEEDS.items()
    }
    for name, count in made_up.items():
        [(found,)] = asked("SELECT count(*) FILTER (latihan) FROM {}",
                           folder / f"laporan/{name}.parquet")  # fmt: skip
        assert found == count
    said = (folder / "README.md").read_text("utf-8")
    first = said.splitlines()[2]
    assert first.startswith(f"> **LATIHAN: {sum(made_up.values())} dari ")
    assert "UTC+07:00" in said and "WIB" in said and "rahasia" in said


def test_no_secret_leaves(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            text = " ".join(str(cell) for column in pq.read_table(path).to_pydict().values()
                            for cell in column)  # fmt: skip
            assert "argon2" not in text, path
    assert not list(folder.rglob("access*"))


def geo_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pq.read_schema(path).metadata[b"geo"])
    return found


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("kejadian", ["Point"]), ("tps", ["Point"]), ("kecamatan", ["MultiPolygon", "Polygon"])],
)
def test_maps_say_what_they_are(folder: Path, name: str, kinds: list[str]) -> None:
    said = geo_of(folder / f"peta/{name}.parquet")
    assert said["version"] == "1.1.0" and said["primary_column"] == "geometry"
    column = said["columns"]["geometry"]
    assert column["encoding"] == "WKB"
    assert set(column["geometry_types"]) <= set(kinds) and column["geometry_types"]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 4326}


def shapes_of(path: Path) -> Any:
    """As DuckDB gives them."""
    kinds = asked("SELECT DISTINCT typeof(geometry) FROM {}", path)
    cell = "geometry" if kinds == [("BLOB",)] else "ST_AsWKB(geometry)"
    found = duckdb.sql(f"SELECT {cell} FROM read_parquet('{path}')").fetchall()
    return shapely.from_wkb([bytes(one) for (one,) in found])


def test_reports_with_a_point_lie_where_they_were_told(board: Board, folder: Path) -> None:
    held = board.store.rows_after(FEEDS["incidents"])
    held = held[held["lat"].notna() & held["lon"].notna()]
    path = folder / "peta/kejadian.parquet"
    assert asked("SELECT seq FROM {}", path) == [(seq,) for seq in held["seq"]]
    points = shapes_of(path)
    assert np.array_equal(shapely.get_x(points), held["lon"])
    assert np.array_equal(shapely.get_y(points), held["lat"])
    assert asked("SELECT count(*) FILTER (latihan) FROM {}", path) == [(held["latihan"].sum(),)]


def test_boundaries_are_those_of_the_board(board: Board, folder: Path) -> None:
    path = folder / "peta/kecamatan.parquet"
    assert [code for (code,) in asked("SELECT kode FROM {}", path)] == list(board.boundaries.codes)
    assert shapely.equals_exact(shapes_of(path), board.boundaries.polygons).all()
    [(voters, estimated)] = asked("SELECT sum(dpt), count(*) FILTER (dpt_perkiraan) FROM {}", path)
    assert (voters, estimated) == (314_226, 13)


def test_tps_are_points_in_their_kecamatan_and_say_by_what_that_is_known(
    board: Board, folder: Path
) -> None:
    path = folder / "peta/tps.parquet"
    [(rows, marked)] = asked("SELECT count(*), count(*) FILTER (titik_perkiraan) FROM {}", path)
    assert rows == marked == 667
    inside = dict(zip(board.boundaries.codes, board.boundaries.polygons, strict=True))
    kecamatan = [code for (code,) in asked("SELECT kecamatan FROM {}", path)]
    assert all(
        inside[code].covers(point) for code, point in zip(kecamatan, shapes_of(path), strict=True)
    )
    bases = [basis for (basis,) in asked("SELECT dasar_titik FROM {}", path)]
    by_area = [basis for basis in bases if basis == "titik di dalam desa"]
    by_reports = [basis for basis in bases if basis.startswith("perkiraan, ")]
    assert len(by_area) + len(by_reports) == 667
    assert len(by_reports) > 300  # the check-ins of the rehearsal


def dictionary(folder: Path) -> list[dict[str, str]]:
    with (folder / "kamus-data.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_column_of_every_file_is_explained(folder: Path) -> None:
    said = {(one["berkas"], one["kolom"]): one for one in dictionary(folder)}
    files = list(folder.rglob("*.parquet"))
    columns = {
        (path.relative_to(folder).as_posix(), name)
        for path in files
        for name in pq.read_schema(path).names
    }
    assert said.keys() == columns
    assert all(one["arti"] and one["jenis"] for one in said.values())
    assert {path.stem for path in files} >= MADE_OF | set(FEEDS)
    status = said["laporan/activities.parquet", "status"]["nilai"]
    assert "terlaksana = terlaksana" in status
    assert said["laporan/tps.parquet", "hadir"]["satuan"] == "orang"
    assert said["laporan/incidents.parquet", "occurred_at"]["judul"] == "waktu"


def test_every_code_that_a_column_holds_has_its_word_in_the_dictionary(folder: Path) -> None:
    said = {(one["berkas"], one["kolom"]): one["nilai"] for one in dictionary(folder)}
    for name, feed in FEEDS.items():
        for column in feed.columns:
            if column.kind is ColumnKind.CATEGORY:
                told = {one.split(" = ")[0] for one in
                        said[f"laporan/{name}.parquet", column.name].split("; ")}  # fmt: skip
                assert told == set(column.allowed_codes)


def test_the_sums_are_those_of_the_files(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    told = dict(reversed(line.split("  ", 1)) for line in lines)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")
             if path.is_file() and path.name != "SHA256SUMS"}  # fmt: skip
    assert told == {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in files.items()}


def test_nobody_else_of_this_machine_reads_it(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*") if p.is_file()} == {0o600}


def test_a_role_takes_what_it_sees_and_no_more(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "tamu"
    write_archive(board, path, ROLES["tamu"], NOON, "wati")
    names = {one.relative_to(path).as_posix() for one in path.rglob("*.parquet")}
    seen = {f"laporan/{feed}.parquet" for feed in ("incidents", "tps", "activities", "merges")}
    assert names == seen | {"peta/kejadian.parquet", "peta/tps.parquet", "peta/kecamatan.parquet"}
    for name in names:
        text = str(pq.read_table(path / name).to_pydict())
        assert "Sulastri" not in text and "Burhan" not in text
    [(told, named)] = asked("SELECT count(uraian), count(pelapor) FROM {}",
                            path / "laporan/incidents.parquet")  # fmt: skip
    assert told > 0 and named == 0
    assert "sebatas peran tamu" in (path / "README.md").read_text("utf-8")
    detail = json.loads(board.store.audit_entries().iloc[-1]["detail"])
    assert detail["role"] == "tamu"


def test_a_role_that_may_not_know_of_cases_has_none_in_quarantine(
    board: Board, tmp_path: Path
) -> None:
    path = tmp_path / "operator"
    write_archive(board, path, ROLES["operator"], NOON, "wati")
    for name in ("karantina", "kiriman"):
        found = asked("SELECT DISTINCT feed FROM {}", path / f"{name}.parquet")
        assert found and ("neutrality",) not in found
    assert not (path / "laporan/neutrality.parquet").exists()
    assert not (path / "jejak.parquet").exists()


def test_a_folder_that_holds_anything_is_left_alone(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "arsip"
    path.mkdir()
    (path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(ArchiveError, match="sudah ada"):
        write_archive(board, path, None, NOON, "wati")
    assert [one.name for one in path.iterdir()] == ["mine.txt"]
    assert list(tmp_path.iterdir()) == [path]


def test_what_breaks_on_the_way_leaves_nothing(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(maps, "_write_stations", full)
    with pytest.raises(ArchiveError, match="tidak dapat ditulis"):
        write_archive(board, tmp_path / "arsip", None, NOON, "wati")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_store_has_an_archive_too(tmp_path: Path) -> None:
    opened = open_board(settings_in(tmp_path), lambda: NOON)
    made = write_archive(opened, tmp_path / "arsip", None, NOON, "wati")
    opened.close()
    assert made["laporan/incidents.parquet"] == 0 and made["peta/kejadian.parquet"] == 0
    said = (tmp_path / "arsip" / "README.md").read_text("utf-8")
    assert "Tidak ada baris laporan LATIHAN" in said
    assert geo_of(tmp_path / "arsip/peta/kejadian.parquet")["columns"]["geometry"]["crs"]
