"""Settings: everything lies where the environment says, or in the project's own folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.domain.settings import ROOT, ConnectionTimeouts, load


def test_without_an_environment_everything_lies_in_the_project() -> None:
    found = load({})
    assert found.election_folder == ROOT / "data" / "elections" / "ogan-ilir-2024"
    assert found.inbox_folder == ROOT / "data" / "inbox"
    assert found.has_rehearsal
    assert Path(found.store_url.removeprefix("sqlite:///")).is_relative_to(found.data_folder)


def test_the_store_lies_with_the_live_data_unless_it_has_its_own_address(tmp_path: Path) -> None:
    data = {"SITUASI_DATA": str(tmp_path)}
    assert load(data).store_url == f"sqlite:///{(tmp_path / 'situasi.db').as_posix()}"
    assert load({**data, "SITUASI_STORE": "sqlite:///x.db"}).store_url == "sqlite:///x.db"


def test_an_election_is_named_or_is_any_folder(tmp_path: Path) -> None:
    assert load({"SITUASI_ELECTION": "ogan-ilir-2024"}) == load({})
    assert load({"SITUASI_ELECTION": str(tmp_path)}).election_folder == tmp_path


@pytest.mark.parametrize("word", ["no", "NO", "0", "tidak", "false"])
def test_the_rehearsal_and_the_hourly_copies_are_switched_off_by_any_word_for_no(
    word: str,
) -> None:
    assert not load({"SITUASI_REHEARSAL": word}).has_rehearsal
    assert not load({"SITUASI_COPIES": word}).has_hourly_copies
    assert load({"SITUASI_REHEARSAL": word}).has_hourly_copies


def test_a_command_above_is_named_as_an_election_is() -> None:
    assert (
        load({"SITUASI_ELECTION": "sumsel-2024"}).election_folder
        == ROOT / "data/commands/sumsel-2024"
    )


def test_time_outs_of_connections_and_the_delay_of_wrong_passwords_are_set_in_seconds() -> None:
    default, found = load({}), load({"SITUASI_BODY_TIMEOUT_S": "2.5", "SITUASI_LOGIN_DELAY_S": "1"})
    assert default.connection_timeouts == ConnectionTimeouts()
    assert default.auth.login_delay_s == 0.2
    assert found.connection_timeouts == ConnectionTimeouts(body_s=2.5)
    assert found.auth.login_delay_s == 1
