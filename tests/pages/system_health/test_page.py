"""The page of the board's own health says what is not well, and nothing that was not measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pages.system_health import page as system_health_page
from situasi.board import Board
from situasi.common import metrics
from situasi.common.disk_space import DiskSpace, DiskState
from situasi.common.metrics import HealthHistory, HealthSample, InboxState, JobStatus, UnreadFile
from situasi.ui import inbox_failures
from tests.conftest import NOON


def beat(minute: float = 0, **more: Any) -> HealthSample:
    told: dict[str, Any] = {
        "read_s": 0.02, "ready_s": 0.1, "lag_s": 0.4, "open_pages": 3,
        "quarantined_rows": 0, "memory_bytes": 300_000_000, "has_trouble": False,
    }  # fmt: skip
    return HealthSample(at=NOON + timedelta(minutes=minute), **(told | more))


def test_a_row_that_was_shown_late_is_an_alarm() -> None:
    assert not system_health_page._build_lag_card(beat(lag_s=1.9)).is_alarm
    assert system_health_page._build_lag_card(beat(lag_s=2.1)).is_alarm


def test_no_row_yet_is_no_lag_of_zero() -> None:
    assert system_health_page._build_lag_card(beat(lag_s=None)).value == "–"


def test_quarantine_that_grows_is_an_alarm_and_one_that_stays_is_not(empty: Board) -> None:
    stays = [
        beat(0, quarantined_rows=5),
        beat(30, quarantined_rows=5),
        beat(90, quarantined_rows=5),
    ]
    assert not system_health_page._build_quarantine_card([*stays]).is_alarm
    grows = [*stays, beat(120, quarantined_rows=7)]
    card = system_health_page._build_quarantine_card(grows)
    assert card.is_alarm and card.value == "7" and "+2" in str(card.note)


def test_what_grew_more_than_an_hour_ago_no_longer_alarms(empty: Board) -> None:
    samples = [beat(0, quarantined_rows=0), *(beat(m, quarantined_rows=7) for m in (1, 62, 122))]
    assert not system_health_page._build_quarantine_card(samples).is_alarm


def test_memory_that_the_machine_does_not_tell_is_not_zero() -> None:
    assert system_health_page._build_memory_card(beat(memory_bytes=None)).value == "–"
    assert system_health_page._build_memory_card(beat(memory_bytes=1_100_000_000)).is_alarm


def test_descriptors_that_run_out_are_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "count_descriptors", lambda: (700, 1000))
    assert not system_health_page._build_descriptor_card().is_alarm
    monkeypatch.setattr(metrics, "count_descriptors", lambda: (800, 1000))
    assert system_health_page._build_descriptor_card().is_alarm
    monkeypatch.setattr(metrics, "count_descriptors", lambda: None)
    assert system_health_page._build_descriptor_card().value == "–"


def test_twelve_hours_of_beats_are_kept_and_no_more() -> None:
    kept = HealthHistory()
    for second in range(0, 13 * 3600, 5):
        if kept.is_due((one := beat(second / 60)).at):
            kept.add(one)
    beats = kept.samples()
    assert len(beats) == 12 * 3600 / HealthHistory.INTERVAL_S
    assert beats[-1].at - beats[0].at == timedelta(hours=12) - timedelta(
        seconds=HealthHistory.INTERVAL_S
    )


def test_the_table_holds_every_beat_with_gaps_as_gaps(empty: Board) -> None:
    file = system_health_page._build_sample_table(
        [beat(1, lag_s=None, memory_bytes=None), beat(0)]
    ).to_file_frame()
    assert len(file) == 2
    lag = next(name for name in file if name.startswith("Simpan sampai tampil"))
    assert file[lag].isna().tolist() == [True, False]


def test_a_curve_of_twelve_hours_is_short_and_keeps_its_one_peak() -> None:
    lag = next(one for one in system_health_page.MEASURES if one.key == "lag")
    beats = [beat(second / 60) for second in range(0, 12 * 3600, 5)]
    beats[4321] = replace(beats[4321], lag_s=9.0)
    drawn = system_health_page.select_worst_samples(lag, beats)
    assert len(drawn) <= system_health_page.MAX_CURVE_POINTS
    assert max(lag.read_value(one) or 0 for one in drawn) == 9.0
    assert [one.at for one in drawn] == sorted(one.at for one in drawn)
    assert system_health_page.select_worst_samples(lag, beats[:7]) == beats[:7]


def test_a_backup_that_is_old_or_failed_is_an_alarm(empty: Board) -> None:
    errand = JobStatus()
    assert (
        system_health_page._build_backup_card(errand, NOON).value == "–"
    )  # nobody wants one: said, no alarm
    errand.is_enabled = True
    card = system_health_page._build_backup_card(errand, NOON)
    assert (card.value, card.is_alarm) == ("–", False)
    errand.record_success(NOON - timedelta(hours=10), note="situasi-20241127-0230.zip")
    card = system_health_page._build_backup_card(errand, NOON)
    assert ("10 jam" in str(card.value), card.is_alarm) == (True, False)
    assert system_health_page._build_backup_card(errand, NOON + timedelta(hours=17)).is_alarm
    errand.record_failure(NOON, "Disk penuh.")
    card = system_health_page._build_backup_card(errand, NOON)
    assert card.is_alarm and card.note == "Disk penuh."


def test_rows_that_wait_where_nobody_knows_how_many_are_not_zero(empty: Board) -> None:
    errand = JobStatus()
    errand.record_failure(NOON, "Server penyimpanan tidak menjawab.")
    card = system_health_page._build_upstream_card(errand, NOON)
    assert (card.value, card.is_alarm) == ("–", True)
    errand.record_failure(NOON, "Server penyimpanan tidak menjawab.", 1234)
    assert system_health_page._build_upstream_card(errand, NOON).value == "1.234"
    errand.record_success(NOON, 0)
    card = system_health_page._build_upstream_card(errand, NOON)
    assert (card.value, card.is_alarm) == ("0", False)


def test_an_errand_keeps_its_turns_and_not_every_look(empty: Board) -> None:
    errand = JobStatus()
    for second in range(5):
        errand.record_success(NOON + timedelta(seconds=second), 0)
    for second in range(5, 9):
        errand.record_failure(NOON + timedelta(seconds=second), "putus", second)
    errand.record_success(NOON + timedelta(seconds=9), 0, "12")
    assert [(one.error_text, one.note) for one in errand.runs()] == [
        (None, ""), ("putus", ""), (None, "12")
    ]  # fmt: skip
    assert errand.age_s(NOON + timedelta(seconds=20)) == 11
    file = system_health_page._build_run_table(errand, "berkas").to_file_frame()
    assert len(file) == 3


def test_what_another_server_does_is_neither_switched_off_nor_an_alarm(empty: Board) -> None:
    errand = JobStatus()
    errand.is_enabled = errand.is_run_elsewhere = True
    errand.record_failure(NOON, "putus")
    for card in (
        system_health_page._build_backup_card(errand, NOON),
        system_health_page._build_upstream_card(errand, NOON),
    ):
        assert (card.value, card.note, card.is_alarm) == ("–", "dikerjakan server lain", False)
    assert not errand.is_responsible


def test_files_that_the_inbox_could_not_take_are_counted_and_listed_with_their_reason(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = InboxState()
    monkeypatch.setattr(metrics, "INBOX", state)
    assert (inbox_failures.build_card().value, inbox_failures.build_card().is_alarm) == ("0", False)
    assert len(inbox_failures.build_table().to_file_frame()) == 0
    state.record_failure(UnreadFile("a.csv", "Berkas ini kosong.", NOON))
    assert not inbox_failures.build_card().is_alarm  # the sender's, not the board's
    state.record_failure(UnreadFile("b.csv", "kesalahan tak terduga", NOON, "00ff00ff"))
    state.waiting_files["c.csv"] = UnreadFile("c.csv", "Penyimpanan sibuk.", NOON)
    state.ignored_reasons = {"folder": "folder tidak dibaca"}
    card, file = inbox_failures.build_card(), inbox_failures.build_table().to_file_frame()
    assert card.is_alarm and card.value == "2"
    assert file["berkas"].tolist() == ["c.csv", "b.csv", "a.csv", "folder"]
    assert file["sebab"].tolist()[1:3] == ["kesalahan tak terduga", "Berkas ini kosong."]


def test_the_space_of_each_disk_is_told_in_whole_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    state = DiskState({"store": 1_234_567_890})
    monkeypatch.setattr(DiskSpace, "state", property(lambda _space: state))
    file = system_health_page._build_disk_table().to_file_frame()
    assert file["ruang (MB)"].dropna().tolist() == [1_234]
