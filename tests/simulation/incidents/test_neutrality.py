"""Neutrality on the rehearsal day: no case, and that is said."""

from __future__ import annotations

from pathlib import Path

from tests.simulation.builders import Rows, play, register


def test_propam_says_nihil_morning_noon_and_evening(day: dict[str, Rows]) -> None:
    rows = day["neutrality"]
    assert [int(row["waktu"][11:13]) // 6 for row in rows] == [1, 2, 3]
    assert {(row["langkah"], row["asal"]) for row in rows} == {("nihil", "propam")}
    assert {row["waktu"][:10] for row in rows} == {"2024-11-27"}


def test_no_case_is_ever_made_up(tmp_path: Path) -> None:
    for seed in range(5):
        rows = play(tmp_path / str(seed), seed, register((4,)))["neutrality"]
        assert {row["langkah"] for row in rows} == {"nihil"}
        assert "pelanggaran" not in rows[0]
