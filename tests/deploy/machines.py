"""A machine without a network to install on, and a bundle as light as a feather."""

from __future__ import annotations

import ensurepip
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType

from situasi.domain.settings import ROOT

DEPLOY = ROOT / "deploy"
CUT_OFF = Path(__file__).with_name("cut_off.py")
# The Python under this environment: what a machine would have of its distribution.
PYTHON = Path(sys.base_prefix) / "bin"
PATH = f"{PYTHON}:/usr/sbin:/usr/bin:/sbin:/bin"


@cache
def why_not() -> str:
    """Why a machine without a network cannot be had here; empty: it can."""
    if shutil.which("unshare") is None:
        return "no unshare"
    tried = subprocess.run(
        ["unshare", "-rn", sys.executable, str(CUT_OFF), "true"], capture_output=True, text=True
    )
    return "" if tried.returncode == 0 else f"unshare -rn: {tried.returncode} {tried.stderr[-200:]}"


@dataclass
class Machine:
    """Somewhere to install. environment: what the person who installs has in theirs."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> Path:
        return self.folder / "opt" / "situasi"

    @property
    def data(self) -> Path:
        return self.folder / "var" / "lib" / "situasi"

    @property
    def settings(self) -> Path:
        return self.folder / "etc" / "situasi"

    @property
    def current(self) -> str:
        return (self.prefix / "current").readlink().name

    def command(self, bundle: Path, *words: str) -> list[str]:
        # Whoever one is outside, within `unshare -r` one is root.
        return [
            str(bundle / "install.sh"), "--prefix", str(self.prefix), "--data", str(self.data),
            "--settings", str(self.settings), "--user", "root", "--no-service", *words,
        ]  # fmt: skip

    def install(self, bundle: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(*self.command(bundle, *words))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run something here, without a network and without this machine's environment."""
        return subprocess.run(
            self.cut_off(*command), env=self.clean(), capture_output=True, text=True, check=False
        )

    def cut_off(self, *command: str) -> list[str]:
        return ["unshare", "-rn", str(PYTHON / "python3"), str(CUT_OFF), *command]

    def clean(self) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        return {"PATH": PATH, "HOME": str(home), **self.environment}


def feather(folder: Path, commit: str = "aaaaaaaaaaaa", works: bool = True) -> Path:
    """A bundle with the real installer and hardly anything to install. works: its smoke test."""
    project = folder / "project"
    shutil.copytree(DEPLOY, project / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    said = "print('Uji coba: ya')" if works else "raise SystemExit('Uji coba gagal: tidak')"
    (project / "deploy" / "smoke.py").write_text(said, "utf-8")
    for name in ("dashboard.py", "situasi/__init__.py", "pages/__init__.py", "docs/operations.md"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(f'"""{commit}."""\n', "utf-8")
    (project / "situasi" / "__main__.py").write_text(
        "import os, sys\nprint(sys.argv[1:], os.environ['SITUASI_DATA'], os.environ['USER'])\n",
        "utf-8",
    )
    (pip,) = (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
    (folder / "wheels").mkdir()
    shutil.copy(pip, folder / "wheels")
    shutil.copy(DEPLOY / "install.sh", folder / "install.sh")
    light = wheel(folder / "wheels" / "light-1.0-py3-none-any.whl")
    lock = f"light==1.0 --hash=sha256:{_sum(light)}\n"
    (folder / "wheels.txt").write_text(lock, "utf-8")
    facts(folder, COMMIT=commit)
    return folder


def wheel(file: Path) -> Path:
    """The smallest package there is: one module that is empty."""
    about = "light-1.0.dist-info"
    parts = {
        "light.py": "",
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: light\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    parts[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in (*parts, f"{about}/RECORD"))
    with zipfile.ZipFile(file, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return file


def facts(bundle: Path, **changed: str) -> None:
    """Write what the bundle says of itself, and its sums anew."""
    told = {
        "VERSION": "0.1.0",
        "COMMIT": "aaaaaaaaaaaa",
        "PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
        "ARCH": os.uname().machine,
        "GLIBC": "2.17",
        "MEGABYTES": "10",
    }
    lines = (f"{name}={value}\n" for name, value in (told | changed).items())
    (bundle / "FACTS").write_text("".join(lines), "utf-8")
    seal(bundle)


def seal(bundle: Path) -> None:
    sums = bundle / "SHA256SUMS"
    sums.unlink(missing_ok=True)
    files = sorted(file for file in bundle.rglob("*") if file.is_file())
    lines = (f"{_sum(file)}  {file.relative_to(bundle).as_posix()}\n" for file in files)
    sums.write_text("".join(lines), "utf-8")


def script(name: str) -> ModuleType:
    """A script of deploy/ as a module."""
    import importlib.util

    found = importlib.util.spec_from_file_location(f"deploy_{name}", DEPLOY / f"{name}.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
