"""Drills: messages come at their minutes, once, marked, and never into a real day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.actions import exercise_controller
from situasi.actions.exercise_controller import ExerciseController, ExerciseRefused
from situasi.ingest.feeds import check
from situasi.ingest.pipeline import build_table
from tests.builders import wib
from tests.builders_drills import EXERCISE, Posko, posko
from tests.builders_files import report
from tests.conftest import NOON

CODES = ["ancaman_bom", "banjir_desa", "bentrok_tps", "logistik_hilang", "massa_kpu"]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Posko]:
    opened = posko(tmp_path)
    yield opened
    opened.board.close()


def told(here: Posko) -> list[str]:
    """Of which messages there are rows, in the order stored."""
    sources = [
        (row.recorded_at, row.sumber)
        for feed in ("incidents", "tps")
        for row in here.rows(feed).itertuples()
        if isinstance(row.sumber, str)
    ]
    return [source for _at, source in sorted(sources)]


def test_messages_come_at_their_minutes_by_the_clock_of_people(here: Posko) -> None:
    run = here.begin("bentrok_tps")
    assert told(here) == [run.source_of(0)]
    assert here.later(2.9) == 0
    assert here.later(0.1) == 1
    assert here.later(30) == 1
    assert told(here) == [run.source_of(number) for number in range(3)]


def test_all_feeds_of_a_scenario_go_through_the_door_marked_and_told_by_the_exercise_clock(
    here: Posko,
) -> None:
    run = here.begin("banjir_desa")
    here.later(60)
    rows = [*here.rows().iloc[1:].itertuples(), *here.rows("tps").itertuples()]
    assert len(rows) == 3
    assert all(row.latihan and row.reported_at == EXERCISE for row in rows)
    assert {row.desa_text for row in rows} == {"Sirah Pulau Kilip"}
    batches = here.board.store.batches()
    assert batches["source"].str.startswith(f"skenario banjir_desa · {run.id}").sum() == 3
    assert (batches["actor"].tail(3) == "kabagops").all()


def test_after_a_restart_nothing_is_told_twice_and_the_rest_still_comes(here: Posko) -> None:
    here.begin("bentrok_tps")
    here.later(4)
    before = len(here.rows())
    here.player = ExerciseController(here.board, here.clock)
    assert here.later(0) == 0 and len(here.rows()) == before
    assert here.later(10) == 1
    assert here.player.pending_messages() == []


def test_two_players_of_one_drill_tell_each_message_once(here: Posko) -> None:
    here.begin("massa_kpu")
    other = ExerciseController(here.board, here.clock)
    due = other.pending_messages()
    here.later(60)
    size = len(here.rows())
    for run, number, message in due:  # as if both had looked at the same time
        other._report(run, number, message)
    assert len(here.rows()) == size


def test_a_scenario_played_again_is_another_drill_with_other_cases(here: Posko) -> None:
    first = here.begin("bentrok_tps")
    here.later(60)
    second = here.begin("bentrok_tps")
    assert first.id != second.id
    assert {first.case_id("bentrok"), second.case_id("bentrok")} <= set(here.rows()["id"])
    assert [run.id for run in exercise_controller.load_all(here.board.store)] == [
        first.id,
        second.id,
    ]


def test_a_drill_may_wait_for_the_clock_of_the_exercise(here: Posko) -> None:
    here.begin("bentrok_tps", waits=wib("10.00"))
    assert here.later(90) == 0
    for clock, new in (("09.59", 0), ("10.00", 1), ("10.03", 1), ("12.00", 1)):
        at = {"at": wib(clock).isoformat()}
        here.board.store.put_note("exercise", at, here.clock(), "latihan")
        assert here.later(0) == new


@pytest.mark.parametrize(("rehearsal", "made_up"), [("no", "ya"), ("yes", "tidak")])
def test_a_store_that_is_no_rehearsal_is_refused_and_stays_as_it_was(
    tmp_path: Path, rehearsal: str, made_up: str
) -> None:
    real = posko(tmp_path, rehearsal=rehearsal, made_up=made_up)
    with pytest.raises(ExerciseRefused, match="latihan"):
        real.begin("bentrok_tps")
    assert len(real.rows()) == 1 and exercise_controller.load_all(real.board.store) == []
    real.board.close()


def test_a_real_report_of_the_election_day_ends_every_drill_on_that_store(here: Posko) -> None:
    here.begin("bentrok_tps")
    real = {**report("incidents"), "id": "A-2", "latihan": "tidak"}
    here.deliver(real)
    assert here.later(60) == 0
    with pytest.raises(ExerciseRefused, match="sungguhan"):
        here.begin("massa_kpu")


def test_real_reports_of_other_days_are_no_hindrance(here: Posko) -> None:
    noon, here.clock.now = here.clock.now, here.clock.now + timedelta(days=30)
    here.deliver({**report("incidents"), "id": "A-2", "latihan": "tidak"})
    here.clock.now = noon
    here.begin("bentrok_tps")
    assert here.later(60) == 2


def test_a_drill_begun_in_a_rehearsal_tells_nothing_once_the_board_is_real(tmp_path: Path) -> None:
    rehearsed = posko(tmp_path)
    rehearsed.begin("bentrok_tps")
    rehearsed.board.close()
    real = posko(tmp_path, rehearsal="no")
    assert real.later(60) == 0
    real.board.close()


def test_only_command_and_admin_start_drills_and_no_guest_and_nobody_of_one_area() -> None:
    may = {
        name for name, role in ROLES.items() if exercise_controller.may_start(Viewer(name, role))
    }
    assert may == {"pimpinan", "admin"}
    assert not exercise_controller.may_start(Viewer("a", ROLES["admin"], area=("16.10.04",)))
    seen = {name for name, role in ROLES.items() if role.may_see("latihan")}
    assert seen == {"pimpinan", "admin", "operator", "analis"}


@pytest.mark.parametrize("code", CODES)
def test_every_message_of_our_scenarios_is_accepted_without_a_doubt(here: Posko, code: str) -> None:
    scenario = here.scenario(code)
    for message in scenario.injects:
        cells = {
            **dict(message.cells), "id": "X", "waktu": EXERCISE.isoformat(),
            "waktu_lapor": EXERCISE.isoformat(), "sumber": "skenario", "latihan": "ya",
        }  # fmt: skip
        judged = check(build_table([cells]), message.feed, here.board.ingest_context, NOON)
        assert len(judged.accepted) == 1, judged.rejected
        assert judged.accepted["flags"].isna().all()


def test_no_scenario_names_a_side_or_a_count_in_what_officers_report(here: Posko) -> None:
    """Police record no votes, and take no side, in an exercise either."""
    refused = [*here.board.register.election.candidates, "suara sah", "unggul", "menang", "partai"]
    for code in CODES:
        for message in here.scenario(code).injects:
            said = dict(message.cells)["uraian"].lower()
            assert not [word for word in refused if word.lower() in said], (code, said)


def test_scenarios_are_those_of_the_folder_with_targets_that_grow(here: Posko) -> None:
    for code in CODES:
        scenario = here.scenario(code)
        assert scenario.code == code and scenario.cases
        assert timedelta(0) < scenario.response_targets[0] <= scenario.response_targets[-1]
