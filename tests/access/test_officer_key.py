"""The key under which NRP become marks: one of each installation, and nobody else's."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.access import officer_key
from situasi.access.officer_key import OfficerKey
from situasi.domain.officer_marks import is_number_mark
from tests.conftest import settings_in

SECRET = "k" * 40


def test_the_key_is_made_when_it_is_first_needed_and_is_its_owners_alone(tmp_path: Path) -> None:
    key = officer_key.open_key(settings_in(tmp_path))
    path = settings_in(tmp_path).data_folder / officer_key.FILE_NAME
    assert not key.exists
    assert not path.exists()
    mark = key.mark_number("87041234")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert officer_key.open_key(settings_in(tmp_path)).mark_number("87041234") == mark


def test_a_key_of_the_settings_goes_before_a_file(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, SITUASI_OFFICER_SECRET=SECRET)
    key = officer_key.open_key(settings)
    assert key.mark_number("87041234") == OfficerKey(None, SECRET).mark_number("87041234")
    assert not (settings.data_folder / officer_key.FILE_NAME).exists()
    with pytest.raises(ValueError, match="SITUASI_OFFICER_SECRET"):
        key.replace_secret()


def test_a_key_that_was_cut_short_stops_the_board_with_the_reason(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    officer_key.open_key(settings).mark_number("87041234")
    (settings.data_folder / officer_key.FILE_NAME).write_text("short", "ascii")
    with pytest.raises(ValueError, match="rusak"):
        officer_key.open_key(settings)
    with pytest.raises(ValueError, match="SITUASI_OFFICER_SECRET"):
        officer_key.open_key(settings_in(tmp_path, SITUASI_OFFICER_SECRET="short"))


def test_a_key_changed_by_another_process_is_used_from_the_next_mark_on(tmp_path: Path) -> None:
    server, command = (officer_key.open_key(settings_in(tmp_path)) for _ in range(2))
    before = server.mark_number("87041234")
    was = server.compute_fingerprint()
    command.replace_secret()
    assert server.mark_number("87041234") == command.mark_number("87041234") != before
    assert server.compute_fingerprint() == command.compute_fingerprint() != was


def test_the_fingerprint_tells_keys_apart_and_holds_nothing_of_them() -> None:
    one, other = OfficerKey(None, SECRET), OfficerKey(None, SECRET + "x")
    assert one.compute_fingerprint() != other.compute_fingerprint()
    assert re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){3}", one.compute_fingerprint())
    assert one.compute_fingerprint() == OfficerKey(None, SECRET).compute_fingerprint()


@given(st.lists(st.from_regex(r"[0-9]{8}", fullmatch=True), min_size=2, max_size=2, unique=True))
def test_a_mark_is_letters_alone_the_same_for_one_nrp_and_another_for_others(
    numbers: list[str],
) -> None:
    key = OfficerKey(None, SECRET)
    one, other = map(key.mark_number, numbers)
    assert one != other
    assert is_number_mark(one)
    assert not re.search(r"[0-9AEIOU]", one.removeprefix("N-"))
    assert OfficerKey(None, SECRET + "x").mark_number(numbers[0]) != one


def test_the_mark_of_a_name_is_that_of_its_unit_alone() -> None:
    key = OfficerKey(None, SECRET)
    assert key.mark_name("polsek a", "andi") != key.mark_name("polsek b", "andi")
    assert not is_number_mark(key.mark_name("polsek a", "andi"))
