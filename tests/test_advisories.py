"""The look at advisories: fails on what is known, goes on where nobody can be asked, says which."""

from __future__ import annotations

import json
import sys
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from situasi.domain.settings import ROOT
from tests.tools import advisories
from tests.tools.advisories import COMMAND, Unreachable, asked, main

SOUND = {"name": "pandas", "version": "3.1.1", "vulns": []}
UNKNOWN = {"name": "pydeck", "skip_reason": "not found"}
WEAK = {
    "name": "jinja2",
    "version": "3.1.6",
    "vulns": [
        {"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fix_versions": ["3.1.7"], "description": "x"}
    ],
}


def tool(*packages: dict[str, Any], code: int = 0) -> list[str]:
    """A tool that says this of the packages, as pip-audit does."""
    said = json.dumps({"dependencies": packages, "fixes": []})
    return [sys.executable, "-c", f"import sys; print({said!r}); sys.exit({code})"]


def broken(error: str, code: int = 1) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.stderr.write({error!r}); sys.exit({code})"]


def checked(
    command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, accepted: str = ""
) -> tuple[int, str]:
    file = tmp_path / "accepted.toml"
    file.write_text(accepted, "utf-8")
    code = main(command, file)
    return code, capsys.readouterr().out


def test_what_is_sound_passes_and_says_how_many_were_looked_at(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert checked(tool(SOUND, SOUND), capsys, tmp_path) == (
        0, "advisories: 2 packages, 0 weaknesses\n",
    )  # fmt: skip


def test_a_weakness_fails_and_is_named_with_what_mends_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = checked(tool(SOUND, WEAK, code=1), capsys, tmp_path)
    assert code == 1
    assert "weak: jinja2 3.1.6: PYSEC-1 CVE-2026-1 (mended in 3.1.7)" in said


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-2026-1"])
def test_a_weakness_accepted_with_a_reason_passes_and_is_still_said(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    accepted = f'{name} = "no template of ours takes words from outside"\n'
    code, said = checked(tool(WEAK, code=1), capsys, tmp_path, accepted)
    assert code == 0
    assert f"no template of ours takes words from outside: {name}" in said


def test_a_weakness_accepted_without_a_reason_is_not_accepted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert checked(tool(WEAK, code=1), capsys, tmp_path, 'PYSEC-1 = " "\n')[0] == 1


def test_what_was_accepted_and_is_gone_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = checked(tool(SOUND), capsys, tmp_path, 'PYSEC-9 = "why"\n')
    assert code == 0
    assert "no longer found" in said and "PYSEC-9" in said


@pytest.mark.parametrize(
    "command",
    [
        broken("requests.exceptions.ProxyError: HTTPSConnectionPool: refused"),
        broken("ERROR: Tip: your network may be blocking this service."),
        tool(UNKNOWN, UNKNOWN),
    ],
    ids=["no proxy", "blocked", "a mirror without advisories"],
)
def test_where_nobody_can_be_asked_one_line_says_so_and_the_check_goes_on(
    command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = checked(command, capsys, tmp_path)
    assert (code, len(said.splitlines())) == (0, 1)
    assert said.startswith("advisories: not looked at")


def test_a_package_that_nobody_knows_is_named_among_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = checked(tool(SOUND, UNKNOWN), capsys, tmp_path)
    assert code == 0
    assert "not looked at: pydeck" in said and "1 packages" in said


@pytest.mark.parametrize(
    "command", [broken("No module named pip_audit"), broken("usage: -x", 2), broken("", 0)]
)
def test_a_tool_that_is_broken_is_no_all_clear(
    command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert checked(command, capsys, tmp_path)[0] == 1


def test_nobody_waits_for_it_longer_than_a_while() -> None:
    with pytest.raises(Unreachable, match="0 seconds"):
        asked([sys.executable, "-c", "import time; time.sleep(60)"], longest=0.3)


def test_the_tool_itself_is_understood_where_the_network_is_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")  # where nobody listens
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Unreachable, match="no way"):
        asked([*COMMAND, "--cache-dir", str(tmp_path)])


def test_the_reasons_that_stand_are_reasons() -> None:
    accepted = advisories.tomllib.loads(advisories.ACCEPTED.read_text("utf-8"))
    assert all(isinstance(why, str) and why.strip() for why in accepted.values())


def test_what_runs_is_pinned_with_all_that_it_needs() -> None:
    """Else the look at requirements.txt would not be a look at everything."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pinned = {Requirement(line).name for line in lines if line and not line.startswith("#")}
    names = set(map(canonicalize_name, pinned))
    needed = (Requirement(one) for name in pinned for one in requires(name) or ())
    missing = {
        canonicalize_name(one.name)
        for one in needed
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }
    assert missing - names == set()


def test_make_check_looks_at_advisories() -> None:
    assert "tests.tools.advisories" in (ROOT / "Makefile").read_text("utf-8")
