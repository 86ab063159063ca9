"""install.sh: refuses in one sentence or installs whole, keeps what people made, and goes back.

With a bundle that holds the real installer and hardly anything to install; the real bundle is in
test_bundle.py.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.serving import until
from tests.deploy.machines import PYTHON, Machine, facts, feather, seal, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")

OLD, NEW = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return feather(tmp_path / "bundle")


@dataclass
class Installed:
    """A machine with a version, what the installer said, and the settings before it."""

    machine: Machine
    done: subprocess.CompletedProcess[str]
    before: dict[Path, bytes]

    @property
    def secret(self) -> str:
        return re.findall("SECRET=(.+)", (self.machine.settings / "situasi.env").read_text())[0]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A machine on which something was installed for the first time."""
    folder = tmp_path_factory.mktemp("first")
    machine = Machine(folder / "machine")
    return Installed(machine, machine.install(feather(folder / "bundle")), {})


@pytest.fixture
def installed(first: Installed, tmp_path: Path) -> Iterator[Machine]:
    """That machine; its settings and its data are as they were after each test."""
    machine = first.machine
    folders = (machine.settings, machine.data)
    for folder in folders:
        shutil.copytree(folder, tmp_path / folder.relative_to(machine.folder))
    yield machine
    machine.environment.clear()
    for folder in folders:
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / folder.relative_to(machine.folder), folder)


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A machine on which a new version followed an old one."""
    folder = tmp_path_factory.mktemp("upgraded")
    machine = Machine(folder / "machine")
    assert machine.install(feather(folder / "old", OLD)).returncode == 0
    before = {file: file.read_bytes() for file in machine.settings.iterdir()}
    return Installed(machine, machine.install(feather(folder / "new", NEW)), before)


def written(machine: Machine) -> list[str]:
    """Everything that lies on the machine but the home of who installs."""
    found = (file.relative_to(machine.folder).as_posix() for file in machine.folder.rglob("*"))
    return sorted(name for name in found if not name.startswith("home"))


def refused(machine: Machine, bundle: Path, *words: str) -> str:
    """What is said, in one line, where nothing is installed."""
    done = machine.install(bundle, *words)
    assert done.returncode == 1, done
    assert written(machine) == []
    (line,) = done.stderr.splitlines()
    return line


# ---- the first time


def test_a_first_installation_makes_program_settings_and_command(first: Installed) -> None:
    machine, done = first.machine, first.done
    assert done.returncode == 0, done.stderr
    assert machine.current == f"0.1.0-{OLD}"
    assert (machine.prefix / "current" / "dashboard.py").is_file()
    assert "user add NAMA --role admin" in done.stdout  # the next step
    env = machine.settings / "situasi.env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    told = dict(
        line.split("=", 1) for line in env.read_text().splitlines() if line[:7] == "SITUASI"
    )
    assert len(told["SITUASI_SECRET"]) >= 32
    assert told["SITUASI_DATA"] == str(machine.data)
    assert told["SITUASI_INBOX"] == str(machine.data / "inbox")
    assert (machine.data / "inbox").is_dir()


def test_two_machines_have_two_secrets(first: Installed, upgraded: Installed) -> None:
    assert first.secret and upgraded.secret and first.secret != upgraded.secret


def test_the_command_runs_the_program_with_the_settings(installed: Machine) -> None:
    env = installed.settings / "situasi.env"
    env.write_text(env.read_text() + "SITUASI_DATA='/somewhere else'  \n# no\nnonsense\n")
    env.write_text(re.sub(r"(?m)^SITUASI_DATA=/.*\n", "", env.read_text()))
    done = installed.run(str(installed.prefix / "bin" / "situasi"), "user", "a b", "$HOME")
    assert done.stdout == "['user', 'a b', '$HOME'] /somewhere else root\n", done.stderr


def test_what_the_environment_says_wins_over_the_settings(installed: Machine) -> None:
    installed.environment["SITUASI_DATA"] = "/scratch"
    done = installed.run(str(installed.prefix / "bin" / "situasi"), "x")
    assert done.stdout == "['x'] /scratch root\n", done.stderr


# ---- what it refuses


def test_a_changed_file_is_refused(machine: Machine, bundle: Path) -> None:
    file = bundle / "project" / "dashboard.py"
    file.write_text(file.read_text() + "import os\n")
    assert "project/dashboard.py" in refused(machine, bundle)


def test_a_changed_wheel_is_refused(machine: Machine, bundle: Path) -> None:
    (wheel,) = (bundle / "wheels").glob("pip-*.whl")
    raw = bytearray(wheel.read_bytes())
    raw[len(raw) // 2] ^= 1
    wheel.write_bytes(raw)
    assert wheel.name in refused(machine, bundle)


@pytest.mark.parametrize("name", ["wheels/evil-1.0-py3-none-any.whl", "project/situasi/evil.py"])
def test_a_file_that_is_not_of_the_bundle_is_refused(
    machine: Machine, bundle: Path, name: str
) -> None:
    (bundle / name).write_text("")
    assert name in refused(machine, bundle)


def test_a_link_that_is_not_of_the_bundle_is_refused(machine: Machine, bundle: Path) -> None:
    (bundle / "project" / "way").symlink_to("/etc")
    assert "project/way" in refused(machine, bundle)


def test_a_missing_file_is_refused(machine: Machine, bundle: Path) -> None:
    (bundle / "project" / "dashboard.py").unlink()
    assert "project/dashboard.py" in refused(machine, bundle)


def test_a_wheel_that_the_list_does_not_know_by_its_hash_is_not_installed(
    machine: Machine, bundle: Path
) -> None:
    """Whoever makes the sums anew must still have changed the list, and the list is printed."""
    lock = bundle / "wheels.txt"
    lock.write_text(re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", lock.read_text()))
    seal(bundle)
    done = machine.install(bundle)
    assert done.returncode != 0
    assert not (machine.prefix / "current").exists()
    assert not list(machine.prefix.glob("*/.whole"))


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("ARCH", "sparc", "bundel ini untuk sparc"),
        ("GLIBC", "99.1", "dibutuhkan 99.1"),
        ("PYTHON", "3.99", "Python 3.99 tidak ada di mesin ini"),
        ("MEGABYTES", "999999999", "dibutuhkan 999999999 MB"),
        ("COMMIT", "../../x", "berkas bundel rusak: FACTS"),
    ],
)
def test_a_machine_that_cannot_run_it_is_told_so_in_one_sentence(
    machine: Machine, bundle: Path, fact: str, value: str, said: str
) -> None:
    facts(bundle, **{fact: value})
    assert said in refused(machine, bundle)


def test_another_python_than_the_one_named_is_not_taken_instead(
    machine: Machine, bundle: Path
) -> None:
    facts(bundle, PYTHON="3.99")
    assert "dibutuhkan Python 3.99" in refused(machine, bundle, "--python", sys.executable)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--prefix", "relative"], "ditulis lengkap dari /"),
        (["--data", "/a b"], "tanpa spasi"),
        (["--user", "; rm"], "bukan nama pengguna"),
        (["--data"], "butuh nilai"),
        (["--rollback"], "belum ada yang terpasang"),
    ],
)
def test_words_that_make_no_sense_are_refused(
    machine: Machine, bundle: Path, words: list[str], said: str
) -> None:
    done = machine.install(bundle, *words)
    assert done.returncode == 1
    assert said in done.stderr


def test_what_fails_its_smoke_test_does_not_become_current(
    upgraded: Installed, tmp_path: Path
) -> None:
    done = upgraded.machine.install(feather(tmp_path / "bad", "cccccccccccc", works=False))
    assert done.returncode == 1
    assert "uji coba gagal" in done.stderr
    assert upgraded.machine.current == f"0.1.0-{NEW}"


def test_two_installations_at_once_are_one_too_many(machine: Machine, bundle: Path) -> None:
    machine.prefix.mkdir(parents=True)
    lock = str(machine.prefix / ".lock")
    held = subprocess.Popen(["flock", lock, "sleep", "600"])
    try:
        until(lambda: subprocess.run(["flock", "-n", lock, "true"]).returncode == 1, "no lock")
        done = machine.install(bundle)
    finally:
        held.kill()
        held.wait()
    assert "sedang berjalan" in done.stderr
    assert not (machine.prefix / "current").exists()


# ---- again, anew, back


def test_a_second_run_keeps_settings_data_and_the_program(installed: Machine, bundle: Path) -> None:
    env = installed.settings / "situasi.env"
    env.write_text(env.read_text().replace("SITUASI_HOSTS=", "SITUASI_HOSTS=papan.polres"))
    (installed.settings / "Caddyfile").write_text("papan.polres {\n}\n")
    reports = installed.data / "situasi.db"
    reports.write_bytes(b"reports")
    kept = {file: file.read_bytes() for file in (*installed.settings.iterdir(), reports)}
    whole = (installed.prefix / "current" / ".whole").stat().st_mtime_ns
    done = installed.install(bundle)
    assert done.returncode == 0, done.stderr
    assert "sudah terpasang" in done.stdout
    assert {file: file.read_bytes() for file in kept} == kept
    assert (installed.prefix / "current" / ".whole").stat().st_mtime_ns == whole
    assert not (installed.prefix / "previous").exists()


def test_an_upgrade_keeps_settings_and_the_version_before_it(upgraded: Installed) -> None:
    machine = upgraded.machine
    assert upgraded.done.returncode == 0, upgraded.done.stderr
    assert machine.current == f"0.1.0-{NEW}"
    assert (machine.prefix / "previous").readlink().name == f"0.1.0-{OLD}"
    assert {file: file.read_bytes() for file in machine.settings.iterdir()} == upgraded.before


def test_going_back_and_forth_again(upgraded: Installed) -> None:
    machine = upgraded.machine
    # Without the stick: the installer lies with the program.
    installer = machine.prefix / "current" / "deploy"
    for expected in (OLD, NEW):
        done = machine.run(*machine.command(installer, "--rollback"))
        assert done.returncode == 0, done.stderr
        assert machine.current == f"0.1.0-{expected}"
        said = (machine.prefix / "current" / "dashboard.py").read_text()
        assert expected in said


def test_after_a_first_installation_there_is_nothing_to_go_back_to(
    installed: Machine, bundle: Path
) -> None:
    done = installed.install(bundle, "--rollback")
    assert "tidak ada versi sebelumnya" in done.stderr
    assert installed.current == f"0.1.0-{OLD}"


@pytest.mark.parametrize(
    "begun",
    [
        lambda machine: any(machine.prefix.glob("*/situasi")),
        lambda machine: any(machine.prefix.glob("*/.venv/pyvenv.cfg")),
    ],
    ids=["copied", "venv"],
)
def test_killed_in_between_it_is_run_again(
    machine: Machine, bundle: Path, begun: Callable[[Machine], bool]
) -> None:
    command = machine.cut_off(*machine.command(bundle))
    running = subprocess.Popen(
        command, env=machine.clean(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until(lambda: begun(machine), "it did not begin")
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    done = machine.install(bundle)
    assert done.returncode == 0, done.stderr
    assert machine.current == f"0.1.0-{OLD}"
    assert (machine.prefix / "current" / ".whole").exists()


# ---- with systemd, a user of its own and root


SANDBOX = """
set -e
mount --make-rprivate /
mkdir -p {at}/bin {at}/run/systemd/system
[ -d {at}/etc ] || cp -a /etc {at}/etc
mount --bind {python} /mnt
mount --bind {at}/etc /etc
mount --bind {at}/run /run
mount --bind {at}/bin /usr/local/bin
printf '#!/bin/sh\\necho "$@" >>{at}/systemctl.log\\n' >/usr/local/bin/systemctl
chmod 755 /usr/local/bin/systemctl
export PATH=/mnt/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
"$@"
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="makes a user and units: wants root")
def test_with_systemd_it_makes_a_user_and_units_and_starts_nothing_that_did_not_run(
    bundle: Path, tmp_path: Path
) -> None:
    at = Path(f"/tmp/situasi-{os.getpid()}")  # where another user than root can come
    shutil.copytree(bundle, at / "bundle")
    sandbox = SANDBOX.format(at=at, python=PYTHON.parent)
    where = ["--prefix", f"{at}/opt", "--data", f"{at}/data", "--settings", f"{at}/settings"]
    command = ["unshare", "-nm", "bash", "-c", sandbox, "sandbox", f"{at}/bundle/install.sh"]
    try:
        done = subprocess.run([*command, *where], env={}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "situasi:" in (at / "etc" / "passwd").read_text()
        assert "situasi:" not in Path("/etc/passwd").read_text()
        owner = (at / "data").stat()
        assert owner.st_uid != 0
        assert stat.S_IMODE(owner.st_mode) == 0o750
        assert (at / "settings" / "situasi.env").stat().st_uid == 0
        for name in ("situasi.service", "situasi@.service", "situasi-caddy.service"):
            unit = (at / "etc" / "systemd" / "system" / name).read_text()
            assert f"ExecStart={at}/opt/current/.venv/bin/" in unit
        assert (
            f"ReadWritePaths={at}/data\n"
            in (at / "etc" / "systemd" / "system" / "situasi.service").read_text()
        )
        said = (at / "systemctl.log").read_text().splitlines()
        assert [line.split()[0] for line in said] == ["daemon-reload", "try-restart"]
        assert "systemctl enable --now situasi situasi-caddy" in done.stdout
        asked = [*command[:-1], f"{at}/opt/bin/situasi", "user", "list"]
        told = subprocess.run(asked, env={"SUDO_USER": "budi"}, capture_output=True, text=True)
        assert told.stdout == f"['user', 'list'] {at}/data budi\n", told.stderr
        again = subprocess.run([*command, *where], env={}, capture_output=True, text=True)
        assert again.returncode == 0, again.stderr
        assert "Pengguna" not in again.stdout
    finally:
        shutil.rmtree(at)
