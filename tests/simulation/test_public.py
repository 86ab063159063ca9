"""The public reports that ship with the board: sourced, exact as known, without votes or names."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from situasi.domain.feed_schemas import ACTIVITIES, GIAT, GIAT_STATUS, INCIDENTS, JENIS, STATUS
from situasi.domain.register import Register
from situasi.domain.settings import ROOT

from .builders import Rows, read

PUBLIC = ROOT / "data" / "sample" / "public" / "ogan-ilir-2024"
INCIDENT_HEADING = (
    "id,waktu,kode_kecamatan,kecamatan,desa,tps,lat,lon,jenis,tingkat,status,uraian,pelapor,"
    "waktu_lapor,sumber,latihan"
)
RESULTS = re.compile(
    r"\d+ lawan \d+|\d[\d.]* suara|suara sah|unggul|menang|kalah|paslon|pasangan|kotak kosong|"
    r"kolom kosong|persen|%",
    re.IGNORECASE,
)
TITLES = re.compile(r"\b(AKBP|AKP|Kompol|Iptu|Ipda|Bripka|Irjen|Drs?\.|H\.|Bapak|Ibu)\s")


@pytest.fixture(scope="module")
def incidents() -> Rows:
    return read(PUBLIC / "incidents.csv")


@pytest.fixture(scope="module")
def activities() -> Rows:
    return read(PUBLIC / "activities.csv")


def test_all_public_reports_are_there(incidents: Rows, activities: Rows) -> None:
    assert [row["id"] for row in incidents] == [f"PUB-{n:02d}" for n in range(1, 16)]
    assert [row["id"] for row in activities] == [f"GIAT-{n:02d}" for n in range(1, 9)]
    assert ",".join(incidents[0]) == INCIDENT_HEADING
    known = {column.heading for column in ACTIVITIES.columns} | {"kecamatan"}
    assert set(activities[0]) <= known
    assert set(incidents[0]) <= {column.heading for column in INCIDENTS.columns} | {"kecamatan"}


def test_every_report_names_its_source(incidents: Rows, activities: Rows) -> None:
    for row in incidents + activities:
        address = urlsplit(row["sumber"])
        assert address.scheme in ("http", "https")
        assert "." in address.netloc
        assert address.path.strip("/") or address.query


def test_public_reports_are_real_and_ungraded(incidents: Rows, activities: Rows) -> None:
    assert {row["latihan"] for row in incidents + activities} == {"tidak"}
    assert {row["tingkat"] for row in incidents} == {""}
    assert {(row["lat"], row["lon"]) for row in incidents} == {("", "")}


def test_words_are_of_the_records(incidents: Rows, activities: Rows) -> None:
    assert {row["jenis"] for row in incidents} <= set(JENIS)
    assert {row["status"] for row in incidents} <= set(STATUS)
    assert {row["giat"] for row in activities} <= set(GIAT)
    assert {row["status"] for row in activities} <= set(GIAT_STATUS)


def test_no_result_of_the_election_is_told(incidents: Rows, activities: Rows) -> None:
    for row in incidents + activities:
        words = " ".join(value for heading, value in row.items() if heading != "sumber")
        assert not RESULTS.search(words), words


def test_no_person_is_named(
    ogan_ilir: Register, incidents: Rows, activities: Rows
) -> None:  # fmt: skip
    for row in incidents + activities:
        words = " ".join(value for heading, value in row.items() if heading != "sumber")
        assert not TITLES.search(words), words
        assert not any(name.lower() in words.lower() for name in ogan_ilir.election.candidates)


def test_times_are_only_as_exact_as_known(incidents: Rows, activities: Rows) -> None:
    for row in incidents + activities:
        assert re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", row["waktu"])
        assert re.fullmatch(r"(\d{4}-\d{2}-\d{2})?", row["waktu_lapor"])
        assert not row["waktu_lapor"] or row["waktu_lapor"] >= row["waktu"]


def test_places_are_of_the_register(ogan_ilir: Register, incidents: Rows, activities: Rows) -> None:
    desa = {(d.kecamatan, d.name) for d in ogan_ilir.desa.values()}
    for row in incidents + activities:
        assert row["kecamatan"] == ogan_ilir.name_of(row["kode_kecamatan"] or None)
        if row.get("desa"):
            assert (row["kode_kecamatan"], row["desa"]) in desa


def test_every_report_has_its_strength_in_the_sources(incidents: Rows, activities: Rows) -> None:
    sources = (PUBLIC / "SOURCES.md").read_text("utf-8")
    for row in incidents + activities:
        assert row["id"] in sources
