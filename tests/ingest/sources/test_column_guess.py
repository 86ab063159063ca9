"""What the board believes of a foreign column: by its heading, by what it holds, and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.redaction.persons import REDACTED
from situasi.ingest.sources.column_guess import guess_columns
from situasi.ingest.sources.hand_mapping import (
    choose_columns,
    guess_feed,
    list_offered_headings,
)
from situasi.ingest.tables import Table


def table(**columns: list[Any]) -> Table:
    frame = pd.DataFrame(columns, dtype="object")
    return Table(frame, list(range(1, len(frame) + 1)))


def best(board: Board, heading: str, *cells: Any) -> str | None:
    guesses = guess_columns(table(**{heading: list(cells)}), board.ingest_context)[heading]
    return guesses[0].heading if guesses else None


@pytest.mark.parametrize(
    "heading",
    ["DPK", "Tambahan pemilih", "Pemilih per jam", "Belum memilih", "Sisa pemilih", "Kotak suara"],
)
def test_counts_of_a_part_are_not_believed_to_be_voters_present(board: Board, heading: str) -> None:
    assert best(board, heading, 40, 75, 106, 150) != "hadir"


@pytest.mark.parametrize(
    ("heading", "cells", "own"),
    [
        ("Q1", ["27/11/2024 08.03", "27/11/2024 09.10"], "waktu"),
        ("SubmissionDate", ["2024-11-27T08:03:00", "2024-11-27T09:10:00"], "waktu_lapor"),
        ("Q1", ["27 November 2024", "28 November 2024"], "tanggal"),
        ("Q1", ["pukul 08.00", "pukul 09.30 WIB"], "jam"),
        ("Q8", ["Indralaya", "Kandis", "Pemulutan"], "kecamatan"),
        ("Q2", ["Tanjung Gelam", "Tanjung Seteko", "Lubuk Rukam"], "desa"),
        ("Q3", ["TPS 1", "TPS 2", "TPS 12"], "tps"),
        ("Q3", ["001", "002", "001"], "tps"),
        ("kd", ["1610012006001", "1610012008001", "1610122005001"], "tps"),
        ("hdr_kum", ["102", "123", "-", "108", "113"], "hadir"),
        ("hadir_kumulatif", [12, 40, 77, 118], "hadir"),
        ("Q4", [12, 40, 77, 118, 240], "hadir"),
        ("Bilik", [1, 2, 3, 4, 6], "tps"),
        ("Q9", ["kericuhan", "intimidasi", "politik uang", "kericuhan"], "jenis"),
        ("Catatan lapangan", ["Massa mulai berkumpul di depan kantor desa"], "uraian"),
        ("titik", ["-3.2145, 104.6501", "-3.3011, 104.7012"], "koordinat"),
        ("y", [-3.2145, -3.3011], "lat"),
        ("x", ["104.6501", "104.7012"], "lon"),
    ],
)
def test_a_column_is_known_by_what_it_holds(
    board: Board, heading: str, cells: list[Any], own: str
) -> None:
    assert best(board, heading, *cells) == own


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("DPT (L+P)", [465, 470, 480, 490]),
        ("Jml TPS", [19, 38, 60, 19]),
        ("Sisa surat suara", [12, 40, 77, 118, 240]),
        ("Petugas KPPS", [7, 7, 6, 5, 7]),
        ("KOTAK SUARA", [4, 2, 6, 4, 2]),
    ],
)
def test_a_number_of_something_else_is_neither_voters_present_nor_a_tps(
    board: Board, heading: str, cells: list[Any]
) -> None:
    assert best(board, heading, *cells) not in {"hadir", "tps"}


def test_every_guess_says_why_and_how_sure_it_is(board: Board) -> None:
    guesses = guess_columns(
        table(jenis=["kericuhan", "banjir"], Q7=["kericuhan", "banjir"]), board.ingest_context
    )
    known, foreign = guesses["jenis"][0], guesses["Q7"][0]
    assert (known.heading, foreign.heading) == ("jenis", "jenis")
    assert 1 > known.confidence > foreign.confidence > 0
    assert "judul" in known.reason
    assert "2 dari 2" in foreign.reason


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Suara paslon 1", [200, 210, 190]),
        ("kosong", [None, None]),
        ("acak", ["xq", "zw", "qy"]),
        ("cuaca", ["cerah", "cerah"]),
        ("Kondisi", ["aman", "aman", "aman"]),
        ("Foto oleh siapa", [REDACTED, REDACTED]),
    ],
)
def test_votes_and_what_nobody_knows_are_nothing(
    board: Board, heading: str, cells: list[Any]
) -> None:
    assert best(board, heading, *cells) is None


def test_the_feed_follows_from_the_columns_and_each_of_ours_is_chosen_once(board: Board) -> None:
    foreign = table(
        No=[1, 2, 3],
        Q8=["Indralaya", "Indralaya", "Kandis"],
        Dusun=["Tanjung Gelam", "Tanjung Seteko", "Lubuk Rukam"],
        Bilik=["TPS 1", "TPS 2", "TPS 1"],
        Kumulatif_hadir=[40, 77, 118],
        Diisi=["27/11/2024 09.00", "27/11/2024 09.05", "27/11/2024 09.10"],
    )
    guesses = guess_columns(foreign, board.ingest_context)
    assert guess_feed(guesses, board.ingest_context) == "tps"
    chosen = choose_columns(guesses, "tps", board.ingest_context)
    assert len(set(chosen.values())) == len(chosen)
    assert {
        "Q8": "kecamatan", "Dusun": "desa", "Bilik": "tps", "Kumulatif_hadir": "hadir",
        "Diisi": "waktu",
    }.items() <= chosen.items()  # fmt: skip


@pytest.mark.parametrize("heading", ["jam_tiba", "Jam tiba di TPS", "scan masuk"])
@pytest.mark.parametrize("clock", ["06.21", "06:21:00.000+07:00"])
def test_the_hour_at_which_an_officer_came_is_that_of_the_check_in(
    board: Board, heading: str, clock: str
) -> None:
    foreign = table(nrp=["98060551"], no_tps=["1"], tanggal=["27/11/2024"], **{heading: [clock]})
    guesses = guess_columns(foreign, board.ingest_context)
    assert choose_columns(guesses, "personnel", board.ingest_context)[heading] == "jam"


def test_only_headings_that_a_feed_reads_are_offered(board: Board) -> None:
    offered = list_offered_headings("tps", board.ingest_context)
    assert {"waktu", "tanggal", "jam", "kecamatan", "desa", "tps", "hadir", "fase"} <= set(offered)
    assert not {"jenis", "catatan_periksa", "no_karantina"} & set(offered)
    assert not {"status", "tahapan"} & set(offered), "the same column as fase"


def test_words_of_one_feed_are_not_taken_for_a_column_of_another(board: Board) -> None:
    words = table(Q1=["aman", "ditangani", "selesai"], Status=["dibuka", "tutup", "dibuka"])
    guesses = guess_columns(words, board.ingest_context)
    q1 = {"Q1": guesses["Q1"]}
    assert choose_columns(q1, "incidents", board.ingest_context) == {"Q1": "status"}
    assert choose_columns(q1, "tps", board.ingest_context) == {}
    assert choose_columns(guesses, "tps", board.ingest_context) == {"Status": "fase"}


CELL = st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(heading=st.text(min_size=1, max_size=20), cells=st.lists(CELL, max_size=12))
def test_nothing_that_a_column_may_hold_breaks_it(
    board: Board, heading: str, cells: list[Any]
) -> None:
    guesses = guess_columns(table(**{heading: cells}), board.ingest_context)
    for options in guesses.values():
        assert [o.confidence for o in options] == sorted(o.confidence for o in options)[::-1]
        assert all(0 < o.confidence <= 1 and o.reason for o in options)
    feed = guess_feed(guesses, board.ingest_context)
    assert feed is None or choose_columns(guesses, feed, board.ingest_context, unclear=True)


def chosen(board: Board, feed: str, **columns: list[Any]) -> dict[str, str]:
    guesses = guess_columns(table(**columns), board.ingest_context)
    return choose_columns(guesses, feed, board.ingest_context)


PEOPLE = {"q_b": [30, 36, 40, 66], "q_c": [31, 34, 48, 65]}


def test_account_with_the_name_of_a_place_is_no_place(board: Board) -> None:
    columns = {"usr": ["kandis01", "kandis02"], "area": ["Miji", "Tanjung Alai"]}
    assert chosen(board, "tps", **columns) == {"area": "desa"}


def test_two_columns_of_counts_are_both_left_to_a_person(board: Board) -> None:
    assert "hadir" not in chosen(board, "tps", **PEOPLE).values()
    guesses = guess_columns(table(**PEOPLE), board.ingest_context)
    assert all(options[0].is_unclear for options in guesses.values())
    assert guess_feed(guesses, board.ingest_context) == "tps"


@pytest.mark.parametrize("names", [("q_a", "q_b", "q_c"), ("q_b", "q_c", "q_a")])
def test_count_that_is_the_sum_of_two_others_is_the_count(board: Board, names) -> None:
    every = {"q_a": [61, 70, 88, 131]} | PEOPLE
    found = chosen(board, "tps", **{name: every[name] for name in names})
    assert [theirs for theirs, own in found.items() if own == "hadir"] == ["q_a"]


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_time_that_is_never_later_is_that_of_the_event(board: Board, names) -> None:
    every = {
        "a": ["27/11/2024 09.02", "27/11/2024 10.02"],
        "b": ["27/11/2024 09.05", "27/11/2024 10.05"],
    }
    found = chosen(board, "tps", **{name: every[name] for name in names})
    assert found == {"a": "waktu", "b": "waktu_lapor"}


def test_times_that_cross_are_left_to_a_person(board: Board) -> None:
    found = chosen(
        board,
        "tps",
        a=["27/11/2024 09.02", "27/11/2024 10.09"],
        b=["27/11/2024 09.05", "27/11/2024 10.05"],
    )
    assert "waktu" not in found.values()


def test_column_named_by_its_heading_has_no_rival(board: Board) -> None:
    assert chosen(board, "tps", hadir=[30, 36, 40, 66], q=[31, 34, 48, 65])["hadir"] == "hadir"


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("No", [1, 1, 1, 2, 2, 3, 4]),  # joined cells repeat it
        ("seq", [3, 7, 12, 40, 77]),
        ("No. Urut", [12, 40, 77, 118, 240]),
        ("Row_ID", [900, 903, 950, 951]),
        ("Q4", [12, 40, 77, 118, 240]),  # any number may grow
        ("Q4", [210, 190, 244, 201]),
    ],
)
def test_no_number_is_chosen_as_voters_present_by_its_content_alone(
    board: Board, heading: str, cells: list[Any]
) -> None:
    assert "hadir" not in chosen(board, "tps", **{heading: cells}).values()


@pytest.mark.parametrize("mark", [".", ""])
def test_code_of_a_desa_is_no_hour(board: Board, mark: str) -> None:
    cells = [
        code.replace(".", mark) for code in ("16.10.05.2031", "16.10.05.2024", "16.10.04.2012")
    ]
    assert best(board, "wilayah_kd", *cells) == "kode_desa"


def test_hours_are_never_the_phase_itself(board: Board) -> None:
    assert best(board, "tahap-mulai_apa", "07.20", "13.09", "15.32") == "jam"
    found = guess_columns(table(**{"Tahap TPS": ["07.20", "13.09"]}), board.ingest_context)
    assert "fase" not in [guess.heading for guess in found["Tahap TPS"]]
