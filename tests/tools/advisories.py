"""Known weaknesses of what the board runs on, where the network allows to ask: `make check`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ACCEPTED = Path(__file__).with_suffix(".toml")
LONGEST = 60.0  # seconds that a check may wait for it
COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.txt")),
    # The pins are whole: nothing is resolved, and so nothing is downloaded.
    *("--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "5"),
    *("--format", "json"),
)
# What the tool says on its way out where it is the network that failed.
_NETWORK = re.compile(r"requests\.exceptions|urllib3\.exceptions|ConnectionError|ServiceError"
                      r"|Could not connect|your network may be blocking")  # fmt: skip


class Unreachable(Exception):
    """The database of advisories could not be asked."""


class Failed(Exception):
    """The tool did not do its work, and not for want of a network."""


@dataclass(frozen=True)
class Weakness:
    """One advisory of one package. names: its id, and others that it goes by."""

    package: str
    names: tuple[str, ...]
    mended: tuple[str, ...]

    def __str__(self) -> str:
        mended = ", ".join(self.mended) or "none yet"
        return f"{self.package}: {' '.join(self.names)} (mended in {mended})"


def asked(command: Sequence[str] = COMMAND, longest: float = LONGEST) -> list[dict[str, Any]]:
    """What is said of each package. Raises Unreachable and Failed."""
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=longest, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"no answer in {longest:.0f} seconds") from None
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        if _NETWORK.search(done.stderr):
            raise Unreachable("no way to it from here") from None
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Failed(f"pip-audit ended with {done.returncode}: {last}") from None
    if packages and all("skip_reason" in package for package in packages):
        # A mirror has the packages, and knows of no advisory at all: that is no all-clear.
        raise Unreachable("it knows none of the packages")
    return packages


def judged(packages: Sequence[Mapping[str, Any]], accepted: Mapping[str, str]) -> tuple[bool, str]:
    """Whether all is well, and what to say: every weakness, and what was not looked at."""
    found = list(_weaknesses(packages))
    known = {name for weakness in found for name in weakness.names}
    reasons = {name: why for name, why in accepted.items() if why.strip()}
    open_ = [one for one in found if reasons.keys().isdisjoint(one.names)]
    skipped = [str(package["name"]) for package in packages if "skip_reason" in package]
    lines = [f"weak: {one}" for one in open_]
    lines += [f"accepted, {reasons[n]}: {n}" for n in reasons if n in known]
    lines += [
        f"no longer found, take it out of {ACCEPTED.name}: {n}" for n in accepted if n not in known
    ]
    lines += [f"not looked at: {', '.join(skipped)}"] if skipped else []
    lines.append(f"{len(packages) - len(skipped)} packages, {len(open_)} weaknesses")
    return not open_, "\n".join(lines)


def _weaknesses(packages: Sequence[Mapping[str, Any]]) -> Iterator[Weakness]:
    for package in packages:
        for one in package.get("vulns", ()):
            names = dict.fromkeys((one["id"], *one.get("aliases", ())))
            named = f"{package['name']} {package['version']}"
            yield Weakness(named, tuple(names), tuple(one.get("fix_versions", ())))


def main(command: Sequence[str] = COMMAND, accepted: Path = ACCEPTED) -> int:
    """The exit status: 1 where a weakness is open, or the tool is broken."""
    try:
        good, said = judged(asked(command), tomllib.loads(accepted.read_text("utf-8")))
    except Unreachable as why:
        good, said = True, f"not looked at: the database of advisories cannot be asked ({why})"
    except Failed as why:
        good, said = False, str(why)
    print("\n".join(f"advisories: {line}" for line in said.splitlines()))
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
