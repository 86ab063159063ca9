"""The rehearsal day as files: repeatable, marked, ordered, in the words of the records."""

from __future__ import annotations

import re
import time
from datetime import datetime
from datetime import time as clock_time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.domain.boundaries import Boundaries
from situasi.domain.feed_schemas import FEEDS, ColumnKind
from situasi.domain.register import Register
from situasi.simulation import templates as simulation_templates
from situasi.simulation.generate import HEADINGS, generate_day
from situasi.simulation.incidents import templates
from tests.effort import examples

from .builders import Rows, lives, play, read, register, squares

VOTES = re.compile(
    r"\b(paslon|pasangan|calon|kandidat|partai|kolom kosong|kotak kosong|suara sah|perolehan|"
    r"unggul|mengungguli|menang|kemenangan|kalah|nomor urut|petahana|cabup|bupati|gubernur|"
    r"panca|ardani|golkar|pdip|gerindra|nasdem|demokrat|pks|pkb|pan|hanura|perindo|ppp|psi)\b",
    re.IGNORECASE,
)
INCIDENT_HEADING = (
    "id,waktu,kode_kecamatan,kecamatan,desa,tps,lat,lon,jenis,tingkat,status,uraian,pelapor"
)


def test_same_seed_gives_the_same_bytes(
    ogan_ilir: Register, boundaries: Boundaries, folder: Path, tmp_path: Path
) -> None:
    for path in generate_day(ogan_ilir, boundaries, 2024, tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_another_seed_gives_another_day(
    ogan_ilir: Register, boundaries: Boundaries, folder: Path, tmp_path: Path
) -> None:
    for path in generate_day(ogan_ilir, boundaries, 2025, tmp_path):
        assert path.read_bytes() != (folder / path.name).read_bytes(), path.name


def test_a_day_is_made_well_within_a_minute(
    ogan_ilir: Register, boundaries: Boundaries, tmp_path: Path
) -> None:
    begun = time.thread_time()
    generate_day(ogan_ilir, boundaries, 7, tmp_path)
    assert time.thread_time() - begun < 20


def test_files_end_lines_alike_on_every_system(folder: Path) -> None:
    for path in folder.glob("*.csv"):
        raw = path.read_bytes()
        assert b"\r" not in raw
        assert not raw.startswith(b"\xef\xbb\xbf")
        assert raw.endswith(b"\n")


def test_incidents_are_headed_as_our_own_exports(folder: Path) -> None:
    first = (folder / "incidents.csv").read_text("utf-8").splitlines()[0]
    assert first == (
        INCIDENT_HEADING + ",waktu_lapor,situasi,keandalan,kredibilitas,ditugaskan,rujukan,"
        "sumber,latihan"
    )


def test_every_heading_is_one_of_the_records() -> None:
    for feed, headings in HEADINGS.items():
        known = {column.heading for column in FEEDS[feed].columns} | {"kecamatan"}
        assert set(headings) <= known


def test_every_row_is_marked_latihan(day: dict[str, Rows]) -> None:
    # Merges are made on the board, by people.
    assert set(day) == set(FEEDS) - {"merges"}
    for rows in day.values():
        assert rows
        assert {row["latihan"] for row in rows} == {"ya"}


def test_every_word_is_in_the_vocabulary(day: dict[str, Rows]) -> None:
    for feed, rows in day.items():
        for column in FEEDS[feed].columns:
            if column.kind is ColumnKind.CATEGORY and column.heading in rows[0]:
                found = {row[column.heading] for row in rows} - {""}
                assert found, column.heading
                assert found <= set(column.allowed_codes)


def test_rows_are_ordered_by_the_moment_of_telling(day: dict[str, Rows]) -> None:
    for rows in day.values():
        told = [datetime.fromisoformat(row["waktu_lapor"]) for row in rows]
        assert told == sorted(told)


def test_nothing_is_told_before_it_happens_except_plans(day: dict[str, Rows]) -> None:
    for rows in day.values():
        for row in rows:
            if row.get("status") != "rencana":
                happened = datetime.fromisoformat(row["waktu"])
                assert happened <= datetime.fromisoformat(row["waktu_lapor"])


def test_times_carry_the_offset_of_the_election(day: dict[str, Rows]) -> None:
    for rows in day.values():
        for row in rows:
            assert row["waktu"].endswith("+07:00")
            assert row["waktu_lapor"].endswith("+07:00")


def test_election_day_runs_from_four_to_eleven_at_night(day: dict[str, Rows]) -> None:
    for feed in ("incidents", "tps", "personnel"):
        told = [row["waktu_lapor"] for row in day[feed]]
        assert min(told) >= "2024-11-27T04:00"
        assert max(told) <= "2024-11-27T23:00:00+07:00"
        assert min(row["waktu"] for row in day[feed]) >= "2024-11-27T04:00"


def test_every_desa_and_tps_is_of_the_register(ogan_ilir: Register, day: dict[str, Rows]) -> None:
    names = {(d.kecamatan, d.name): code for code, d in ogan_ilir.desa.items()}
    codes = set(ogan_ilir.tps["code"])
    for feed in ("incidents", "tps", "personnel", "postings"):
        for row in day[feed]:
            assert row["kecamatan"] == ogan_ilir.name_of(row["kode_kecamatan"] or None)
            if row["tps"]:
                desa = names[row["kode_kecamatan"], row["desa"]]
                assert {f"{desa}.{tps}" for tps in row["tps"].split(",")} <= codes
            elif row["desa"]:
                assert (row["kode_kecamatan"], row["desa"]) in names


def test_no_candidate_party_or_vote_is_ever_named(
    ogan_ilir: Register, day: dict[str, Rows]
) -> None:
    plan = {item.text for item in ogan_ilir.sop}  # names stages such as "penetapan pasangan"
    for rows in day.values():
        for row in rows:
            text = " ".join(value for value in row.values() if value not in plan)
            assert not VOTES.search(text), text
            assert not any(name.lower() in text.lower() for name in ogan_ilir.election.candidates)


def test_no_sentence_in_stock_names_a_candidate_party_or_vote() -> None:
    stock = [
        text
        for s in templates.load_incident_templates()
        for words in s.texts_by_status.values()
        for text in words
    ]
    stock += [
        step["uraian"]
        for c in simulation_templates.load_texts("crowds")["crowd"]
        for step in c["steps"]
    ]
    stock += [story.alternative_text for story in templates.load_incident_templates()]
    stock += [giat["uraian"] for giat in simulation_templates.load_texts("activities")["giat"]]
    assert len(stock) > 200
    for text in stock:
        assert not VOTES.search(text), text


def test_no_brace_is_left_unfilled(day: dict[str, Rows]) -> None:
    for rows in day.values():
        for row in rows:
            assert "{" not in "".join(row.values())


def test_ids_of_two_seeds_never_meet(tmp_path: Path) -> None:
    one, two = play(tmp_path / "1", seed=1), play(tmp_path / "2", seed=2)
    for feed in one:
        assert not {row["id"] for row in one[feed]} & {row["id"] for row in two[feed]}


def test_only_lives_and_plans_share_an_id(day: dict[str, Rows]) -> None:
    for feed in ("tps", "personnel", "roster", "postings", "neutrality"):
        assert len({row["id"] for row in day[feed]}) == len(day[feed])
    nihil = [row["id"] for row in day["incidents"] if row["jenis"] == "nihil"]
    assert len(set(nihil)) == len(nihil)


def test_a_register_of_three_kecamatan_and_twenty_tps_has_its_day(tmp_path: Path) -> None:
    played = play(tmp_path, of=register((9, 7, 4)))
    assert len(lives(played["incidents"])) >= 12
    assert sum(row["fase"] == "dibuka" for row in played["tps"]) == 20
    assert {row["waktu"][-6:] for row in played["tps"]} == {"+09:00"}
    police = {row["petugas"] for row in played["personnel"] if row["petugas"].startswith("P-")}
    assert len(police) in range(8, 11)


def test_a_register_without_voters_per_tps_shares_those_of_the_kecamatan(tmp_path: Path) -> None:
    played = play(tmp_path, of=register((9, 7, 4), dpt=None))
    final = [int(row["hadir"]) for row in played["tps"] if row["fase"] == "ditutup"]
    assert 0.6 < sum(final) / (400 * len(final)) < 0.7


def test_a_kecamatan_without_polygon_has_reports_without_a_point(tmp_path: Path) -> None:
    place = register((9, 7, 4))
    generate_day(place, squares(["98.01.01"]), 3, tmp_path)
    located = [r for r in play(tmp_path / "all", 3, place)["incidents"] if r["lat"]]
    assert {row["kode_kecamatan"] for row in located} == {"98.01.01", "98.01.02", "98.01.03"}
    alone = [row for row in read(tmp_path / "incidents.csv") if row["lat"]]
    assert {row["kode_kecamatan"] for row in alone} == {"98.01.01"}


def test_a_register_without_tps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no TPS"):
        play(tmp_path, of=register((0,)))


@settings(max_examples=examples(25))
@given(
    tps=st.lists(st.integers(1, 25), min_size=1, max_size=9).map(tuple),
    seed=st.integers(0, 2**32),
    hours=st.sampled_from([(4, 7, 13, 0), (6, 8, 18, 21), (0, 7, 12, 18), (5, 6, 20, 0)]),
    polsek=st.sampled_from(["Polsek {}", ""]),
)
def test_any_register_has_a_day_that_holds_together(
    tps: tuple[int, ...],
    seed: int,
    hours: tuple[int, int, int, int],
    polsek: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    first, opens, closes, last = (clock_time(hour) for hour in hours)
    place = register(
        tps, polsek=polsek, watch_from=first, tps_opens=opens, tps_closes=closes, watch_until=last
    )
    played = play(tmp_path_factory.mktemp("any"), seed, place)
    for rows in played.values():
        for row in rows:
            assert row["latihan"] == "ya"
            if row.get("status") != "rencana":
                assert row["waktu"] <= row["waktu_lapor"]
    for life in lives(played["incidents"]).values():
        told = [row["waktu_lapor"] for row in life]
        assert told == sorted(set(told))
        assert life[0]["status"] == "dilaporkan"
