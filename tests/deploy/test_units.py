"""The units of systemd: as closed as they can be, one like the other, true to the program."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from situasi.domain.settings import ROOT, load
from situasi.server import file_descriptors
from tests.deploy.machines import DEPLOY

UNITS = ("situasi.service", "situasi@.service", "situasi-caddy.service")
# What systemd itself calls exposed begins far above; 2.0 is what browsers' helpers reach.
CLOSED = 2.0
LARGEST_MEASURED = 500  # megabytes of a server at the end of a full day: docs/performance.md


def entries(name: str) -> list[tuple[str, str]]:
    lines = (DEPLOY / name).read_text("utf-8").splitlines()
    return [tuple(line.split("=", 1)) for line in lines if re.match(r"[A-Z]\w+=", line)]  # type: ignore[misc]


def told(name: str, key: str) -> list[str]:
    return [value for one, value in entries(name) if one == key]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_closed_as_systemd_measures_it(name: str, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    unit = tmp_path / name.replace("@", "@8502")
    shutil.copy(DEPLOY / name, unit)
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit)],
        capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found.group(1)) <= CLOSED


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_every_line(name: str, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    unit = tmp_path / name.replace("@", "@8502")
    unit.write_text(
        re.sub("=/opt/situasi/current/.venv/bin/[a-z]+", "=/bin/true",
               (DEPLOY / name).read_text("utf-8")), "utf-8",
    )  # fmt: skip
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []


def test_one_of_several_processes_differs_in_name_and_port_alone() -> None:
    one, many = (dict(entries(name)) for name in UNITS[:2])
    assert one.keys() == many.keys()
    assert {key for key in one if one[key] != many[key]} == {"Description", "ExecStart"}
    assert many["ExecStart"] == one["ExecStart"].replace("8501", "%i")


def test_the_board_listens_to_this_machine_alone_and_runs_as_nobody_else() -> None:
    (start,) = told("situasi.service", "ExecStart")
    assert "--server.address 127.0.0.1 " in start
    assert told("situasi.service", "User") == ["situasi"]
    assert told("situasi.service", "EnvironmentFile") == ["/etc/situasi/situasi.env"]


def test_it_may_write_where_its_settings_say_and_nowhere_else() -> None:
    settings = dict(
        line.split("=", 1)
        for line in (DEPLOY / "situasi.env").read_text("utf-8").splitlines()
        if line.startswith("SITUASI")
    )
    found = load(settings)
    (writable,) = told("situasi.service", "ReadWritePaths")
    assert found.data_folder.is_relative_to(writable)
    assert found.inbox_folder.is_relative_to(writable)
    assert not found.has_rehearsal


def test_on_the_day_itself_it_is_never_given_up() -> None:
    for name in UNITS:
        assert told(name, "Restart") == ["always"]
        assert told(name, "StartLimitIntervalSec") == ["0"]
        assert told(name, "WatchdogSec") == []  # the server does not speak to systemd


def test_its_memory_is_bound_far_above_what_a_full_day_needs() -> None:
    (bound,) = told("situasi.service", "MemoryMax")
    assert int(bound.removesuffix("G")) * 1024 > 3 * LARGEST_MEASURED


def test_they_may_open_as_many_files_as_the_board_asks_for() -> None:
    for name in UNITS:
        assert [int(most) for most in told(name, "LimitNOFILE")] == [file_descriptors.WANTED_LIMIT]


def test_what_the_units_start_is_what_the_bundle_installs() -> None:
    needed = (ROOT / "requirements.txt").read_text("utf-8")
    assert "streamlit run dashboard.py" in told("situasi.service", "ExecStart")[0]
    assert "\nstreamlit==" in needed
    assert told("situasi-caddy.service", "ExecStart")[0].startswith(
        "/opt/situasi/current/.venv/bin/caddy run --config /etc/situasi/Caddyfile"
    )
