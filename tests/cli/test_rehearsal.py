"""`prepare`, `simulate` and `replay`: a rehearsal is a command, for any election."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from situasi.analysis.incidents.cases import Selection
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS, INCIDENTS
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.label_placement import place_labels
from situasi.figures.maps.situation_map import HEIGHT, build_situation_map
from situasi.figures.theme import LIGHT
from situasi.simulation import replay as player
from tests.builders_election import invented_election, kecamatan_codes
from tests.cli.conftest import Run
from tests.queries import compute_overview

SIZE = 5
PLAYED = [feed for feed in FEEDS if feed != "merges"]  # those are made on the board, by people


@pytest.fixture
def elsewhere(tmp_path: Path, environment: dict[str, str]) -> Path:
    """Commands asked for after this one work on an invented election of five kecamatan."""
    folder = invented_election(tmp_path / "negeri", kecamatan=SIZE)
    environment["SITUASI_ELECTION"] = str(folder)
    return folder


@pytest.mark.usefixtures("elsewhere")
def test_the_same_seed_gives_the_same_bytes_in_another_process(
    process: Run, tmp_path: Path
) -> None:
    for out, chance in (("a", "1"), ("b", "2")):
        said = process(
            "simulate", "--seed", 7, "--out", tmp_path / out, PYTHONHASHSEED=chance
        )  # fmt: skip
        assert said.code == 0
        assert [Path(line).stem for line in said.out.split()] == PLAYED
    for feed in PLAYED:
        first, second = (tmp_path / out / f"{feed}.csv" for out in "ab")
        assert first.read_bytes() == second.read_bytes()


def test_an_invented_election_is_simulated_ingested_and_drawn_without_a_line_of_code(
    elsewhere: Path, cli: Run, tmp_path: Path, reopened: Callable[[], Board]
) -> None:
    cli("simulate", "--out", tmp_path / "day")
    sources = cli("ingest", "--json", *sorted((tmp_path / "day").glob("*.csv"))).sources
    assert {source["feed"] for source in sources} == set(PLAYED)
    assert all(source["accepted"] == source["read"] > 0 for source in sources)
    board = reopened()
    frames = board.snapshot_reader.refresh().snapshot.frames
    at = frames["incidents"]["known_at"].max().to_pydatetime()
    election, codes = board.register.election, list(board.register.kecamatan)
    seen = compute_overview(frames, election, codes, Selection(), at, live=False)
    assert seen.crowd_states["kecamatan"].tolist() == codes == kecamatan_codes(SIZE)
    assert len(seen.selected_cases)
    areas = {code: AreaStyle(place.name) for code, place in board.register.kecamatan.items()}
    located = seen.open_cases.dropna(subset=["lat", "lon"])
    points = located.assign(label="", key="", n=1, placed_by="titik")
    names = tuple((code, place.name) for code, place in board.register.kecamatan.items())
    placing = place_labels(board.boundaries, names, HEIGHT)
    deck = build_situation_map(placing, board.boundaries, areas, points, LIGHT, layer_id="k")
    drawn = deck.to_json()
    assert all(code in drawn and board.register.kecamatan[code].name.split()[0] in drawn
               for code in codes)  # fmt: skip
    board.close()


@pytest.mark.usefixtures("elsewhere")
def test_replay_from_an_hour_plays_the_whole_day_into_the_store(
    cli: Run, tmp_path: Path, reopened: Callable[[], Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("simulate", "--out", tmp_path / "day")
    monkeypatch.setattr(player.replay, "__kwdefaults__",
                        {**player.replay.__kwdefaults__, "wait": lambda _: None})  # fmt: skip
    said = cli("replay", tmp_path / "day", "--speed", 7200, "--from", "06.30")
    assert said.code == 0
    lines = sum(
        len((tmp_path / "day" / f"{feed}.csv").read_text("utf-8").splitlines()) - 1
        for feed in PLAYED
    )
    board = reopened()
    assert sum(len(board.store.rows_after(feed)) for feed in FEEDS.values()) == lines
    assert board.snapshot_reader.refresh().snapshot.rehearsal
    board.close()


@pytest.mark.parametrize(
    ("words", "said"), [(("--from", "siang"), "06.30"), (("--speed", "0"), "0.1")]
)
def test_a_replay_that_cannot_begin_says_why(
    cli: Run, tmp_path: Path, words: tuple[str, str], said: str
) -> None:
    (tmp_path / "day").mkdir()
    result = cli("replay", tmp_path / "day", *words)
    assert result.code == 2
    assert said in result.err


def test_prepare_fills_an_empty_store_once(
    cli: Run, process: Run, reopened: Callable[[], Board]
) -> None:
    assert process("prepare").code == 0
    board = reopened()
    version, rows = board.store.version(), board.store.rows_after(INCIDENTS)
    board.close()
    assert len(rows)
    assert not rows["latihan"].any()
    assert "tidak ada yang diubah" in cli("prepare").err
    board = reopened()
    assert board.store.version() == version
    board.close()


def test_an_election_that_is_none_is_2_with_one_sentence(process: Run, tmp_path: Path) -> None:
    said = process("batches", SITUASI_ELECTION=str(tmp_path / "antah"))
    assert said.code == 2
    assert said.err.strip()
    assert "Traceback" not in said.err
