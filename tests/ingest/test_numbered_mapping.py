"""Repeat groups written side by side (`tps_1`, `jml_1`, `tps_2`, `jml_2`) and mapped by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import TPS
from situasi.ingest.readers.grid import guess_header
from situasi.ingest.sources.column_guess import guess_columns
from situasi.ingest.sources.hand_mapping import build_profile, choose_columns, read_columns
from situasi.ingest.sources.profile import format_profile, parse_profile
from situasi.ingest.sources.sheet_mapping import take_alike
from tests.builders import unbounded
from tests.ingest.test_waiting_mapping import act, bring, mapping, waiting_file

HEAD = "Kode wil,Dusun,Pukul catat,Kunci,{},Ket\n"
COLUMNS = {
    "Kode wil": "kecamatan", "Dusun": "desa", "Pukul catat": "jam", "Kunci": "id", "Ket": "",
    "Bilik_1": "tps", "Jml_1": "hadir", "Bilik_2": "tps", "Jml_2": "hadir",
}  # fmt: skip
FACTS = {"tanggal": "27/11/2024"}


def write(path: Path, *rows: str, count: int = 2) -> Path:
    names = ",".join(f"Bilik_{n},Jml_{n}" for n in range(1, count + 1))
    path.write_text(HEAD.format(names) + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def stored(board: Board) -> list[tuple[str, str, int]]:
    rows = board.store.rows_after(TPS)
    clock = rows["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%H.%M")
    return sorted(zip(clock, rows["tps"], rows["hadir"], strict=True))


FIRST = "Rantau Panjang,Ketapang I,09.15,k1,1,88,2,79,x"
SECOND = "Rantau Panjang,Ketapang I,11.15,k2,1,180,,,x"
EMPTY = "Rantau Panjang,Ketapang I,12.15,k3,,,,,belum lapor"


def test_each_number_is_a_row_of_its_own_and_none_is_lost(board: Board, tmp_path: Path) -> None:
    bring(board, write(tmp_path / "a.csv", FIRST, SECOND, EMPTY))
    result = act(board, mapping(columns=COLUMNS, facts=FACTS))
    assert (result.read, result.accepted, result.quarantined) == (4, 3, 1)
    assert stored(board) == [("09.15", "001", 88), ("09.15", "002", 79), ("11.15", "001", 180)]
    assert board.store.rows_after(TPS)["id"].nunique() == 3


def test_the_next_file_may_have_more_of_them(board: Board, tmp_path: Path) -> None:
    bring(board, write(tmp_path / "a.csv", FIRST))
    act(board, mapping(columns=COLUMNS, kinds={}, facts=FACTS))
    kept = parse_profile(format_profile(build_profile(mapping(columns=COLUMNS))), "uji")
    named = [f"{name}_{n}" for n in (1, 2, 3) for name in ("Bilik", "Jml")]
    assert read_columns(kept, named) == dict(zip(named, ["tps", "hadir"] * 3, strict=True))
    row = "Rantau Panjang,Ketapang I,27/11/2024 11.45,k4,1,200,2,150,3,90,x"
    bring(board, write(tmp_path / "b.csv", row, count=3))
    assert [tps for clock, tps, _ in stored(board) if clock == "11.45"] == ["001", "002", "003"]


@pytest.mark.parametrize("seconds", [("", "hadir"), ("", ""), ("tps", "")])
def test_columns_that_are_not_mapped_alike_make_no_rows(
    board: Board, seconds: tuple[str, str]
) -> None:
    said = dict(zip(("Bilik_2", "Jml_2"), seconds, strict=True))
    profile = build_profile(mapping(columns=COLUMNS | said))
    assert not profile.numbered_repeats


def test_a_list_of_voters_of_each_number_bounds_its_count(board: Board, tmp_path: Path) -> None:
    text = (
        "Kode wil,Dusun,Pukul catat,Bilik_1,Jml_1,dpt_1,Bilik_2,Jml_2,dpt_2\n"
        "Rantau Panjang,Ketapang I,09.15,1,88,431,2,150,90\n"
    )
    (tmp_path / "a.csv").write_text(text, "utf-8")
    bring(board, tmp_path / "a.csv")
    columns = {h: own for h, own in COLUMNS.items() if h not in {"Kunci", "Ket"}}
    result = act(board, mapping(columns=columns | {"dpt_1": "", "dpt_2": ""}, facts=FACTS))
    assert (result.accepted, result.quarantined) == (1, 1)
    assert "melebihi DPT 90 di berkas" in str(result.reasons)


def test_the_page_proposes_all_numbers_where_it_knows_the_first(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "Bagian,Dusun,no tps 1,hadir 1,no tps 2,hadir 2\n"
        "x,Ketapang I,1,88,2,79\ny,Jagaraja,1,80,2,70\n"
    )
    (tmp_path / "a.csv").write_text(text, "utf-8")
    bring(board, tmp_path / "a.csv", unbounded("inbox"))
    file = waiting_file(board)
    table = take_alike(file.sheets, guess_header(file.sheets[0].rows))
    chosen = choose_columns(guess_columns(table, board.ingest_context), "tps", board.ingest_context)
    assert chosen["no tps 1"] == chosen["no tps 2"] == "tps"
    assert chosen["hadir 1"] == chosen["hadir 2"] == "hadir"


def test_a_tps_and_its_count_of_each_number_are_rows_without_a_mapping(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "waktu,kecamatan,desa,tps_1,jml_hadir_1,tps_2,jml_hadir_2\n"
        "27/11/2024 09.05,Rantau Panjang,Ketapang I,1,88,2,79\n"
        "27/11/2024 10.05,Rantau Panjang,Ketapang I,1,98,,\n"
    )
    (tmp_path / "a.csv").write_text(text, "utf-8")
    bring(board, tmp_path / "a.csv")
    assert stored(board) == [("09.05", "001", 88), ("09.05", "002", 79), ("10.05", "001", 98)]
