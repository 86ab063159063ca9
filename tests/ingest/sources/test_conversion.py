"""A converted table keeps its rows; a table of ours is left alone; a file has one date order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.context import IngestContext
from situasi.ingest.readers import reserved_columns
from situasi.ingest.remapping.board_reading import read_columns_as_board
from situasi.ingest.sources.column_guess import guess_columns
from situasi.ingest.sources.conversion import convert_table
from situasi.ingest.sources.hand_mapping import HandMapping, build_profile, choose_columns
from situasi.ingest.sources.heading_groups import strip_groups
from situasi.ingest.sources.profile import Signature, SourceProfile
from situasi.ingest.sources.source_times import DateOrder, MonthFirstFound
from situasi.ingest.tables import Table, UnknownHeadings
from situasi.ingest.vocabulary.vocabulary import OWN_HEADINGS
from tests.builders_files import report
from tests.effort import examples
from tests.ingest.test_pipeline import fresh_board

CELLS = st.sampled_from(
    (
        *("", "-", "27/11/2024 08.00", "09.15", "11/27/2024", "Indralaya", "KEC. PEMULUTAN", "3"),
        *("120", "kericuhan; intimidasi", "#date", "1", "0", "Jumlah", "2024-11-27T02:15:00"),
    )
)
HEADINGS = st.sampled_from(
    (
        *("waktu", "Desa", "kecamatan", "lokasi/tps", "hadir", "_uuid", "_submission_time", "end"),
        *("jenis/kericuhan", "jenis/intimidasi", "PANGKAT/NRP", "__version__", "entah", "uraian"),
    )
)


def table_of(*rows: dict[str, object]) -> Table:
    cells = pd.DataFrame(list(rows), dtype="object")
    cells = cells.where(cells.notna() & (cells != ""), None)
    return Table(cells, list(range(2, len(rows) + 2)))


@pytest.fixture(scope="module")
def context() -> Iterator[IngestContext]:
    with fresh_board() as (board, _):
        yield board.ingest_context


@pytest.mark.parametrize("feed", list(FEEDS))
def test_a_table_of_ours_is_left_alone(context: IngestContext, feed: str) -> None:
    table = table_of(report(feed), report(feed))
    assert convert_table(table, "a.csv", context) is table


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(HEADINGS, min_size=1, max_size=8, unique=True).flatmap(
        lambda names: st.lists(
            st.fixed_dictionaries(dict.fromkeys(names, CELLS)), min_size=1, max_size=6
        )
    )
)
def test_no_row_is_lost_or_added_and_no_heading_comes_twice(rows: list[dict[str, object]]) -> None:
    table = table_of(*rows)
    with fresh_board() as (board, _):
        try:
            converted = convert_table(table, "rekap 27112024.csv", board.ingest_context)
        except UnknownHeadings:  # the file waits whole: officers who came or who are posted
            return
    assert converted.row_numbers == table.row_numbers
    assert len(converted.cells) == len(table.cells)
    assert converted.cells.columns.is_unique


def utc_profile() -> SourceProfile:
    return SourceProfile(
        name="uji", title="Uji", signature=Signature(headings=("kode",)), zones={"waktu": "UTC"}
    )


@given(st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 31)))
@settings(max_examples=examples(60), deadline=None)
def test_times_in_utc_become_local_to_the_second(moment: datetime) -> None:
    table = table_of({"kode": "1", "waktu": f"{moment:%Y-%m-%dT%H:%M:%S}"})
    with fresh_board() as (board, _):
        cells = convert_table(table, "a.csv", board.ingest_context, utc_profile()).cells
    local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("Asia/Jakarta"))
    assert cells["waktu"].iloc[0] == local.isoformat(timespec="seconds")


@pytest.mark.parametrize("text", ["2024-11-27T09:15:00+07:00", "2024-11-27T02:15:00Z"])
def test_a_time_that_names_its_zone_stays(context: IngestContext, text: str) -> None:
    table = table_of({"kode": "1", "waktu": text})
    assert convert_table(table, "a.csv", context, utc_profile()).cells["waktu"].iloc[0] == text


@pytest.mark.parametrize("stamp", ["1732673700", 1732673700, 1732673700000, "1732673700000"])
def test_seconds_and_milliseconds_since_1970_are_local_times(
    context: IngestContext, stamp: object
) -> None:
    table = table_of({"kode": "1", "waktu": stamp})
    cells = convert_table(table, "a.csv", context, utc_profile()).cells
    assert cells["waktu"].iloc[0] == "2024-11-27T09:15:00+07:00"


def test_the_order_of_dates_is_one_for_the_whole_file() -> None:
    order = DateOrder()
    assert not order.resolve(["27/11/2024"])
    assert not order.resolve(["11/27/2024"])  # shown once, it stays
    assert DateOrder().resolve(["11/27/2024", "11/05/2024"])


def test_what_was_read_day_first_and_proves_month_first_is_read_anew() -> None:
    order = DateOrder()
    assert not order.resolve(["11/05/2024"])
    with pytest.raises(MonthFirstFound):
        order.resolve(["11/27/2024"])


@given(st.lists(st.sampled_from(sorted(OWN_HEADINGS)), unique=True), st.sampled_from("/:"))
def test_a_group_before_any_heading_of_ours_is_taken_off(names: list[str], mark: str) -> None:
    headings = [f"Bagian A{mark}{name}" for name in names]
    found = strip_groups(headings, OWN_HEADINGS.__contains__)
    assert found == dict(zip(headings, names, strict=True))


def test_a_prefix_of_one_heading_alone_is_part_of_its_name() -> None:
    known = {"kecamatan", "tps", "jumlah"}.__contains__
    assert strip_groups(["data_kecamatan", "sisa_jumlah"], known) == {}
    assert strip_groups(["data_kecamatan", "data_tps"], known) == {
        "data_kecamatan": "kecamatan",
        "data_tps": "tps",
    }
    assert strip_groups(["asal_kecamatan", "asal_tps"], known) == {}


def test_reserved_headings_are_never_taken_for_groups() -> None:
    assert strip_groups(sorted(reserved_columns.ALL), lambda _: True) == {}


@pytest.mark.parametrize(
    "piece", ["1", "laporan ", "!", "pukul 08", "12-", "a b ", "kec. ", "tps ", "08.00 ", "( "]
)
def test_no_long_cell_or_title_takes_longer_than_its_length(
    context: IngestContext, piece: str
) -> None:
    """What tries every way to read them would not end before the tests do."""
    long = piece * (20_000 // len(piece)) + "x"
    for heading in ("WAKTU DAN TKP", "KEC/DESA/TPS", "fase", "jam", "uraian", "situasi", "kendala"):
        table = table_of({heading: long, "hadir": "12"}, {heading: "aman", "hadir": "13"})
        table = replace(table, titles=(long, f"REKAP {long}"))
        assert len(convert_table(table, "a.csv", context).cells) == 2


KOBO = {"_uuid": "1247a7c1", "_submission_time": "2024-11-27T02:03:03", "__version__": "v1"}


@pytest.mark.parametrize("hour", ["Jam laporan", "Jam", "Pukul"])
@pytest.mark.parametrize("day", ["Tanggal laporan", "umum/Tgl lapor", "Tanggal pelaporan"])
def test_days_of_reporting_beside_hours_are_the_days_of_these(
    context: IngestContext, day: str, hour: str
) -> None:
    """They do not stand for when it was sent, which the source notes itself."""
    cells = {day: "2024-11-26", hour: "09.00 WIB", "Desa": "Tanjung Seteko", "TPS": "1"}
    table = table_of({**cells, "Hadir": "88", **KOBO})
    profile = context.sources.recognize(list(table.cells.columns))
    assert profile is not None and profile.name == "kobotoolbox"
    row = convert_table(table, "a.csv", context, profile).cells.iloc[0]
    assert (row["tanggal"], row["jam"]) == ("2024-11-26", "09.00 WIB")
    assert "27/11/2024" in row["waktu_lapor"] or "2024-11-27" in row["waktu_lapor"]
    assert reserved_columns.DOUBT not in row.index or "tanggal" not in str(
        row[reserved_columns.DOUBT]
    )


def test_days_of_reporting_are_the_days_of_hours_in_a_file_of_nobody(
    context: IngestContext,
) -> None:
    cells = {"Tanggal laporan": "27/11/2024", "Jam": "08.00", "Kecamatan": "Kandis"}
    converted = convert_table(table_of({**cells, "Jenis": "banjir"}), "a.csv", context).cells
    assert (converted["tanggal"][0], converted["jam"][0]) == ("27/11/2024", "08.00")


@pytest.mark.parametrize(
    "cells",
    [
        {"Tanggal input": "27/11/2024", "Jam": "08.00"},
        {"Tanggal laporan": "27/11/2024 08.10", "Jam": "08.00"},
        {"Tanggal laporan": "28/11/2024", "Tanggal": "27/11/2024", "Jam": "08.00"},
        {"Tanggal laporan": "27/11/2024", "Jam laporan": "08.00"},
    ],
)
def test_a_time_of_sending_is_left_one(context: IngestContext, cells: dict[str, str]) -> None:
    table = table_of({**cells, "Kecamatan": "Kandis", "Jenis": "banjir"})
    converted = convert_table(table, "a.csv", context).cells
    first = next(iter(cells))
    assert first in converted.columns or "waktu_lapor" in converted.columns


DAY_AND_HOUR = {"Tanggal": "27/11/2024", "Jam laporan": "08.00"}
STATION = {"Kecamatan": "Indralaya Utara", "Desa": "Timbangan", "TPS": "1"}


@pytest.mark.parametrize(
    "source", [{}, KOBO, {"Timestamp": "27/11/2024 08:03:11"}], ids=["nobody", "kobo", "sent"]
)
def test_an_hour_of_the_report_beside_a_day_is_that_of_the_count(
    context: IngestContext, source: dict[str, str]
) -> None:
    table = table_of({**source, **DAY_AND_HOUR, **STATION, "Hadir": "63"})
    profile = context.sources.recognize(list(table.cells.columns))
    row = convert_table(table, "a.csv", context, profile).cells.iloc[0]
    assert row["jam"] == "08.00"
    read = read_columns_as_board(table, guess_columns(table, context), "a.csv", "tps", context)
    assert read["Jam laporan"] == "jam"


@pytest.mark.parametrize("source", [{}, KOBO])
def test_an_hour_of_the_report_beside_a_day_is_not_that_of_an_incident(
    context: IngestContext, source: dict[str, str]
) -> None:
    table = table_of({**source, **DAY_AND_HOUR, **STATION, "Jenis": "banjir"})
    profile = context.sources.recognize(list(table.cells.columns))
    assert "jam" not in convert_table(table, "a.csv", context, profile).cells.columns


@pytest.mark.parametrize("group", ["tahap-", "grp/", "waktu-"])
def test_hours_of_phases_below_a_group_are_those_of_these(
    context: IngestContext, group: str
) -> None:
    hours = {f"{group}jam_buka": "07.20", f"{group}jam_selesai_hitung": "15.32"}
    table = table_of({**DAY_AND_HOUR, **STATION, **hours})
    converted = convert_table(table, "a.csv", context)
    assert {"jam_buka", "jam_selesai_hitung"} <= set(converted.cells.columns)
    guesses = guess_columns(table, context)
    assert [guesses[name][0].heading for name in hours] == ["jam dibuka", "jam hitung selesai"]


def test_planned_hours_and_answers_are_not_the_hours_of_phases(context: IngestContext) -> None:
    others = {"jadwal/jam_buka": "07.00", "jadwal/jam_tutup": "13.00", "kendala/dibuka": "1"}
    converted = convert_table(table_of({**STATION, **others}), "a.csv", context)
    assert {"jam_buka", "dibuka"}.isdisjoint(converted.cells.columns)


@pytest.mark.parametrize(
    ("heading", "is_arrival"),
    [("7_Jam_tiba_di_TPS", True), ("absen/jam_tiba", True), ("5. Waktu datang", True),
     ("logistik/jam_tiba", False), ("rencana/jam_tiba", False)],
)  # fmt: skip
def test_hours_of_arrival_are_known_below_a_number_or_a_group(
    context: IngestContext, heading: str, is_arrival: bool
) -> None:
    officer = {"NRP": "87041234", "Tanggal": "27/11/2024", **STATION}
    found = context.sources.sort_headings([*officer, heading], None).stripped
    assert (heading in found) is is_arrival
    if is_arrival:
        row = convert_table(table_of({**officer, heading: "06.21"}), "a.csv", context).cells.iloc[0]
        assert (row["jam"], row["checkin"]) == ("06.21", "tiba_di_tps")


GIAT = {
    "KEGIATAN": "Apel pengawasan PAM TPS", "TANGGAL": "27/11/2024", "WAKTU": "05.30",
    "LOKASI": "Mapolres Ogan Ilir", "KECAMATAN": "Indralaya",
}  # fmt: skip


def test_of_two_giat_in_one_line_that_with_which_it_begins_is_meant(context: IngestContext) -> None:
    converted = convert_table(table_of(GIAT), "a.csv", context)
    assert converted.cells["giat"].tolist() == ["apel"]


def test_a_giat_whose_word_was_said_by_hand_keeps_its_words(context: IngestContext) -> None:
    profile = build_profile(
        HandMapping(
            "giat", "activities", {"KEGIATAN": "giat", "TANGGAL": "tanggal", "WAKTU": "waktu"},
            words={"giat": {GIAT["KEGIATAN"]: "patroli"}},
        )
    )  # fmt: skip
    cells = convert_table(table_of(GIAT), "a.csv", context, profile).cells
    assert cells["giat"].tolist() == ["patroli"]
    assert cells["uraian"].tolist() == [GIAT["KEGIATAN"]]


def test_the_venue_of_a_giat_is_shown_and_preset_as_it_was_read(context: IngestContext) -> None:
    guesses = guess_columns(table_of(GIAT), context)
    read = read_columns_as_board(table_of(GIAT), guesses, "a.csv", "activities", context)
    assert read["LOKASI"] == "lokasi"
    assert choose_columns(guesses, "activities", context)["LOKASI"] == "lokasi"
    assert choose_columns(guesses, "incidents", context)["LOKASI"] == "tempat"
