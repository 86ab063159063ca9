"""Headings that nobody listed are told by their words, and only where all of them are known."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.domain.settings import ROOT
from situasi.ingest.vocabulary.heading_words import HeadingWords, build_heading_words
from situasi.ingest.vocabulary.hour_headings import find_coded_hours, parse_hour_heading
from situasi.ingest.vocabulary.vocabulary import load_vocabulary
from situasi.ingest.vocabulary.wide_headings import find_wide_headings

VOCABULARY = load_vocabulary(ROOT / "data" / "vocabulary")


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Jumlah pemilih yang sudah mencoblos", "hadir"),
        ("sudah nyoblos", "hadir"),
        ("PARMAS JML", "hadir"),
        ("rep_hadir/jml", "hadir"),
        ("Total voters who have voted (cumulative)", "hadir"),
        ("votersCheckedIn", "hadir"),
        ("Gangguan yang dilihat", "jenis"),
        ("Apa saja yang terjadi? (boleh lebih dari satu)", "jenis"),
        ("Pukul berapa kejadian", "clock"),
        ("sub_district", "kecamatan_name"),
        ("polling_no", "tps"),
        ("Penjelasan singkat", "uraian"),
    ],
)
def test_heading_whose_words_are_all_known_is_its_column(heading: str, column: str) -> None:
    assert VOCABULARY.find_any_column(heading) == column


@pytest.mark.parametrize(
    "heading",
    ["Belum memilih", "Jumlah TPS hadir", "Petugas hadir", "Target kehadiran", "Jumlah TPS",
     "TPS rawan", "Jumlah kejadian", "Ada kejadian?", "Jumlah pemilih", "Sisa pemilih", "Hadir (%)",
     "% hadir", "Partisipasi %", "Persen memilih", "hadir 2", "Sudаh memilih"],
)  # fmt: skip
def test_heading_with_one_word_more_or_a_share_is_nothing(heading: str) -> None:
    assert VOCABULARY.find_any_column(heading) is None


@given(st.text("abcdefgh tps", max_size=30))
def test_search_for_phrases_agrees_with_all_ways_to_split(text: str) -> None:
    words = [("*", "tps", True, "a"), ("*", "tps", True, "b c"), ("*", "tps", False, "d"),
             ("*", "tps", False, "d e f")]  # fmt: skip
    found = build_heading_words(words).find(text)

    def can_split(rest: list[str], has_core: bool) -> bool:
        if not rest:
            return has_core
        phrases = {"a": True, "b c": True, "d": False, "d e f": False}
        for size in range(min(4, len(rest)), 0, -1):  # the longest phrase is taken
            if (phrase := " ".join(rest[:size])) in phrases:
                return can_split(rest[size:], has_core or phrases[phrase])
        return False

    assert (found == ("*", "tps")) == can_split(text.split(), has_core=False)


def test_heading_of_two_columns_is_neither() -> None:
    both = [("*", "tps", True, "x"), ("*", "uraian", True, "x")]
    assert build_heading_words(both).find("x") is None
    assert HeadingWords({}, {}).find("x") is None


@pytest.mark.parametrize("row", [b"roster,hadir,core,x", b"tps,hadir,half,x"])
def test_word_of_no_column_is_refused_with_its_line(tmp_path: Path, row: bytes) -> None:
    (tmp_path / "columns.csv").write_bytes(b"feed,column,heading,synonym\n")
    (tmp_path / "words.csv").write_bytes(b"feed,column,code,synonym\n")
    (tmp_path / "institutions.csv").write_bytes(b"name,synonym\n")
    (tmp_path / "heading_words.csv").write_bytes(b"feed,column,part,word\n" + row + b"\n")
    with pytest.raises(ValueError, match=r"heading_words\.csv baris 2"):
        load_vocabulary(tmp_path)


@pytest.mark.parametrize("heading", ["09.00 (%)", "PUKUL 09.00 WIB %", "09.00 %"])
def test_share_at_an_hour_is_no_count(heading: str) -> None:
    assert parse_hour_heading(heading) is None


@pytest.mark.parametrize(
    ("heading", "clock"), [("hadir_jam_10", "10.00"), ("jumlah_hadir_08_30", "08.30")]
)
def test_names_of_questions_may_hold_the_hour(heading: str, clock: str) -> None:
    hour = parse_hour_heading(heading)
    assert hour is not None
    assert hour.clock == clock


@pytest.mark.parametrize(
    ("headings", "hours"),
    [
        (["HADIR10", "HADIR12"], ["10.00", "12.00"]),
        (["Q3_hadir_8", "Q3_hadir_10"], ["08.00", "10.00"]),
        (["PEMILIH9", "PEMILIH13"], ["09.00", "13.00"]),
        (["B2 jml pemilih 8", "B2 jml pemilih 11"], ["08.00", "11.00"]),
        (["hadir_1", "hadir_2", "hadir_3"], []),
        (["daftar_pemilih_8", "daftar_pemilih_9"], []),
        (["belum_memilih_8", "belum_memilih_9"], []),
        (["pemilih_pemula_8", "pemilih_pemula_9"], []),
        (["HADIR10"], []),
        (["hadir_7", "hadir_40"], []),
        (["Q7_hadir_10", "Q8_hadir_12"], []),
    ],
)
def test_codes_of_questions_are_hours_only_where_they_can_be_nothing_else(
    headings: list[str], hours: list[str]
) -> None:
    assert list(find_coded_hours(headings).values()) == hours
    wide = find_wide_headings(headings, {"tps"}, {})
    assert [heading.value for heading in wide.values()] == hours
