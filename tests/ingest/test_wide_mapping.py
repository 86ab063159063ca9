"""A mapping by hand of columns that are reports of their own, and of words nobody knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FASE, FEEDS
from situasi.ingest.readers.grid import guess_header
from situasi.ingest.sources.column_guess import guess_columns
from situasi.ingest.sources.hand_mapping import (
    HandMapping,
    build_profile,
    choose_columns,
    guess_feed,
    list_offered_headings,
    list_unknown_words,
)
from situasi.ingest.sources.profile import format_profile, parse_profile
from situasi.ingest.sources.sheet_mapping import take_alike
from situasi.ingest.vocabulary.wide_headings import list_wide_headings
from tests.builders_files import csv_file
from tests.ingest.test_waiting_mapping import act, bring, waiting_file

PLACE = {"Kode wil": "kecamatan", "Dusun": "desa", "Bilik": "tps"}


def places(count: int = 3) -> list[dict[str, Any]]:
    return [
        {"Kode wil": "Indralaya", "Dusun": "Tanjung Gelam", "Bilik": f"{n + 1}"}
        for n in range(count)
    ]


def list_stored(board: Board, feed: str = "tps") -> list[Any]:
    frame = board.store.rows_after(FEEDS[feed]).sort_values("seq")
    frame["clock"] = frame["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d %H.%M")
    return list(frame.itertuples())


def table_of(board: Board) -> Any:
    sheets = waiting_file(board).sheets
    return take_alike(sheets, guess_header(sheets[0].rows))


def test_every_heading_that_may_be_chosen_for_a_wide_column_is_one_to_the_reader(
    board: Board,
) -> None:
    wide = list_wide_headings(FASE)
    found = board.ingest_context.vocabulary.find_wide_headings(["kecamatan", "desa", "tps", *wide])
    assert list(found) == wide
    assert {heading.value for heading in found.values() if heading.column == "fase"} == set(FASE)
    assert set(wide) <= set(list_offered_headings("tps", board.ingest_context))
    assert set(wide).isdisjoint(list_offered_headings("incidents", board.ingest_context))


def test_hours_in_unknown_headings_are_proposed_and_become_counts(
    board: Board, tmp_path: Path
) -> None:
    rows = [
        {**place, "Cek I (09.00)": 40 + n, "Cek II (11.00)": 90 + n, "Kertas sisa 11.00": 7}
        for n, place in enumerate(places())
    ]
    bring(board, csv_file(tmp_path / "a.csv", *rows))
    guesses = guess_columns(table_of(board), board.ingest_context)
    assert guess_feed(guesses, board.ingest_context) == "tps"
    chosen = choose_columns(guesses, "tps", board.ingest_context)
    hours = {"Cek I (09.00)": "hadir jam 09.00", "Cek II (11.00)": "hadir jam 11.00"}
    assert {h: chosen.get(h) for h in (*hours, "Kertas sisa 11.00")} == {
        **hours,
        "Kertas sisa 11.00": None,
    }
    columns = {**PLACE, **hours, "Kertas sisa 11.00": ""}
    result = act(board, HandMapping("cek", "tps", columns, facts={"tanggal": "27/11/2024"}))
    assert (result.accepted, result.quarantined) == (6, 0), result
    counts = sorted((row.clock, row.hadir) for row in list_stored(board))
    assert counts == [("27 09.00", 40 + n) for n in range(3)] + [
        ("27 11.00", 90 + n) for n in range(3)
    ]


def test_hours_of_phases_under_unknown_headings_are_chosen_and_the_next_file_is_read(
    board: Board, tmp_path: Path
) -> None:
    rows = [{**place, "Mulai nyontreng": "07.05", "Geser": "11.40"} for place in places()]
    bring(board, csv_file(tmp_path / "a.csv", *rows))
    columns = {**PLACE, "Mulai nyontreng": "jam dibuka", "Geser": "jam kotak bergeser"}
    made = HandMapping("tahap", "tps", columns)
    result = act(board, made)
    assert result.accepted == 6, result.reasons
    assert {(row.fase, row.clock) for row in list_stored(board)} == {
        ("dibuka", "27 07.05"),
        ("kotak_bergeser", "27 11.40"),
    }
    profile = build_profile(made)
    assert parse_profile(format_profile(profile), "a.toml") == profile
    later = [{**place, "Mulai nyontreng": "07.15", "Geser": ""} for place in places()]
    assert bring(board, csv_file(tmp_path / "b.csv", *later)).accepted == 3


@pytest.mark.parametrize("feed", FEEDS)
def test_only_words_that_the_board_cannot_read_are_asked(board: Board, feed: str) -> None:
    vocabulary = board.ingest_context.vocabulary
    for item in FEEDS[feed].columns:
        for code in item.allowed_codes:
            assert vocabulary.find_code(feed, item.name, code) == code


def test_words_said_by_hand_are_read_in_this_file_and_in_the_next(
    board: Board, tmp_path: Path
) -> None:
    def stated(*words: str) -> list[dict[str, Any]]:
        return [
            {"Kode wil": "Indralaya", "Rupa": word, "Saat": f"27/11/2024 0{n + 1}.10",
             "Isi": f"kabar {n} {word}"}
            for n, word in enumerate(words)
        ]  # fmt: skip

    bring(board, csv_file(tmp_path / "a.csv", *stated("gaduh besar", "banjir", "xk-7", "xk-7")))
    columns = {"Kode wil": "kecamatan", "Rupa": "jenis", "Saat": "waktu", "Isi": "uraian"}
    unknown = list_unknown_words(table_of(board), columns, "incidents", board.ingest_context)
    assert unknown == {"jenis": ["xk-7", "gaduh besar"]}
    words = {"jenis": {"gaduh besar": "kericuhan"}}
    result = act(board, HandMapping("rupa", "incidents", columns, words=words))
    assert (result.accepted, result.quarantined) == (2, 2)
    assert [row.jenis for row in list_stored(board, "incidents")] == ["kericuhan", "bencana"]
    again = bring(board, csv_file(tmp_path / "b.csv", *stated("Gaduh  Besar")))
    assert (again.accepted, again.quarantined) == (1, 0)


def test_the_total_below_a_mapped_wide_file_is_no_report_whatever_column_is_not_used(
    board: Board, tmp_path: Path
) -> None:
    rows = [
        {"Urut": n + 1, **place, "Cek I": 40 + n, "Cek II": 90 + n}
        for n, place in enumerate(places())
    ]
    total = {"Urut": "JUMLAH", "Cek I": 123, "Cek II": 274}
    bring(board, csv_file(tmp_path / "a.csv", *rows, total))
    hours = {"Cek I": "hadir jam 09.00", "Cek II": "hadir jam 11.00"}
    columns = {"Urut": "", "Dusun": "desa", "Bilik": "tps", "Kode wil": "", **hours}
    facts = {"tanggal": "27/11/2024", "kecamatan": "Indralaya"}
    result = act(board, HandMapping("cek", "tps", columns, facts=facts))
    assert (result.accepted, result.quarantined) == (6, 1), result.reasons
    assert "berjumlah 273" in str(result.reasons)
    assert {row.lingkup for row in list_stored(board)} == {"tps"}


def test_columns_without_a_heading_may_be_used_and_the_next_file_is_known_without_them(
    board: Board, tmp_path: Path
) -> None:
    head = "Kode wil,Dusun,Bilik,Jml org,,\n"
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(head + "".join(f"Indralaya,Tanjung Gelam,{n},{40 + n},{90 + n},x\n"
                                    for n in range(1, 4)))  # fmt: skip
    second.write_text(head + "Indralaya,Tanjung Gelam,1,45,,\nIndralaya,Tanjung Gelam,2,46,,\n")
    bring(board, first)
    unnamed = [h for h in guess_columns(table_of(board), board.ingest_context) if "kolom" in h]
    hours = {"Jml org": "hadir jam 09.00", unnamed[0]: "hadir jam 11.00"}
    made = HandMapping("cek", "tps", {**PLACE, **hours, unnamed[1]: ""},
                       facts={"tanggal": "27/11/2024"})  # fmt: skip
    assert act(board, made).accepted == 6
    again = bring(board, second)
    assert (again.feed, again.accepted + again.quarantined) == ("tps", 2), again
