"""The profiles that ship: each names its documentation, and none takes another's files."""

from __future__ import annotations

import re

import pytest

from situasi.ingest.sources.heading_groups import strip_groups
from situasi.ingest.sources.profile import matches_heading, parse_profile
from tests.ingest.sources.corpus_files import read_corpus

SIGNATURE = 'name = "x"\ntitle = "X"\n[signature]\nany_of = ["a"]\n'


def test_every_tool_has_a_profile_with_the_address_of_its_documentation(board):
    profiles = board.ingest_context.sources.by_name
    tools = {
        "kobotoolbox", "odk-central", "google-forms", "apollo", "ushahidi", "ranger-ims",
        "surveycto", "epicollect5",
    }  # fmt: skip
    assert tools <= profiles.keys()
    assert all(profiles[name].documentation.startswith("https://") for name in tools)


@pytest.mark.parametrize(
    ("heading", "pattern", "fits"),
    [
        ("_titik_latitude", "_*_latitude", True),
        ("latitude", "_*_latitude", False),
        ("Q1 [Score]", "* [Score]", True),
        ("Status", "=Status", True),
        ("status", "=Status", False),
        ("Post ID", "post_id", True),
        ("#", "=#", True),
        ("_status", "_status", True),
        ("status", "_status", False),
        ("__version__", "_version_", True),
    ],
)
def test_heading_fits_a_pattern(heading, pattern, fits):
    assert matches_heading(heading, pattern) is fits


def test_place_of_another_subject_is_not_that_of_the_report(board):
    kobo = board.ingest_context.sources.by_name["kobotoolbox"]
    assert kobo.find_heading("_titik_latitude") == "lat"
    assert kobo.find_heading("_rumah_pelapor_latitude") is None


def test_zone_may_stand_under_a_heading_of_the_source():
    profile = parse_profile(f'{SIGNATURE}[zones]\n"Post Date" = "UTC"\nwaktu = "UTC"\n', "x.toml")
    assert (profile.find_zone("post_date"), profile.find_zone("waktu")) == ("UTC", None)


def test_what_the_whole_heading_says_goes_before_what_its_end_says():
    text = 'metadata = ["_submission__*"]\n' + SIGNATURE + '[columns]\nid = ["_uuid"]\n'
    profile = parse_profile(text, "x.toml")
    assert profile.sort_heading("_submission__uuid", "uuid") == (None, True)
    assert profile.sort_heading("data/_uuid", "_uuid") == ("id", False)


def test_metadata_of_a_tool_stands_in_no_group_and_begins_as_the_tool_writes_it(board):
    kobo = board.ingest_context.sources.by_name["kobotoolbox"]
    assert kobo.sort_heading("_status", "_status") == (None, True)
    for answer in (("status", "status"), ("kejadian/status", "status"), ("a/_notes", "_notes")):
        assert kobo.sort_heading(*answer) == (None, False)


def test_answer_whose_end_alone_is_that_of_metadata_is_known_by_its_whole_name(board):
    sources = board.ingest_context.sources
    headings = ["hadir_count", "kunjungan_count"]
    sorted_headings = sources.sort_headings(headings, sources.by_name["surveycto"])
    assert sorted_headings.left_out == ("kunjungan_count",)


def test_numbers_and_groups_of_questions_are_no_part_of_their_names():
    known = {"Kecamatan", "Jenis_kejadian", "tps"}
    headings = ["3_Jenis_kejadian", "2. Kecamatan", "lokasi-tps"]
    stripped = strip_groups(headings, known.__contains__, "-")
    assert stripped == dict(zip(headings, ["Jenis_kejadian", "Kecamatan", "tps"], strict=True))


def test_no_file_of_offices_is_taken_for_one_of_a_tool(board):
    sources = board.ingest_context.sources
    for file in read_corpus():
        if file.text and re.match(r"(rekap|kejadian|laporan|plotting|hadir|dpt)", file.name):
            for line in file.text.strip().splitlines()[:4]:
                assert sources.recognize(re.split("[,;]", line)) is None, file.name
