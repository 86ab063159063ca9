"""The secret of this machine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from situasi.access import signing_key
from tests.conftest import settings_in


def test_the_secret_of_a_machine_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    made = signing_key.load_or_create(settings)
    path = settings.data_folder / "secret"
    assert len(made) >= signing_key.MIN_LENGTH
    path.chmod(0o644)
    assert signing_key.load_or_create(settings) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_secret_of_the_settings_goes_before_it(tmp_path: Path) -> None:
    assert signing_key.load_or_create(settings_in(tmp_path, SITUASI_SECRET="x" * 32)) == "x" * 32
    assert not (settings_in(tmp_path).data_folder / "secret").exists()


def test_a_kept_secret_that_was_cut_short_is_not_used(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    signing_key.load_or_create(settings)
    (settings.data_folder / "secret").write_text("short", "ascii")
    with pytest.raises(ValueError, match="rusak"):
        signing_key.load_or_create(settings)
