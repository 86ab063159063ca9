"""What the documents tell people to type and to set is what there is."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from situasi.cli import app
from situasi.domain.settings import ROOT, load
from tests.deploy.machines import DEPLOY

OPERATIONS = ROOT / "docs" / "operations.md"
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
SPEAKING = [*DOCUMENTS, DEPLOY / "BACA-DULU.txt", DEPLOY / "situasi.env", DEPLOY / "Containerfile"]
# Told by a document, but of a script of deploy/ and not of the command line.
SCRIPT = "serve"
_CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_COMMAND = re.compile(r"(?:python -m|^|[;(|&] ?|sudo )\s*situasi (?=[a-z])(.*)")
_SETTING = re.compile(r"SITUASI_[A-Z_]+[A-Z]")


class Asked(dict[str, str]):
    """An environment that remembers which names it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        self.names.add(name)
        return default


def settings() -> set[str]:
    """Every variable that settings.py reads."""
    asked = Asked()
    load(asked)
    return asked.names


def code(text: str) -> Iterator[str]:
    """The lines of a document that are to be typed."""
    for block, span in _CODE.findall(text):
        yield from (block or span).replace("\\\n", " ").splitlines()


def commands(document: Path) -> list[str]:
    """What stands behind `situasi`, up to the next command or remark."""
    text = document.read_text("utf-8")
    lines = code(text) if document.suffix == ".md" else text.splitlines()
    found = (match for line in lines for match in _COMMAND.findall(line))
    return [re.split(r"\s+#|;|&&|\||>", one.replace("|", "/"))[0].strip() for one in found]


def wrong(words: str) -> str:
    """What of this command there is not; empty: all of it is there."""
    try:
        told = shlex.split(words.replace("[", " ").replace("]", " "))
    except ValueError as error:
        return str(error)
    group: Any = typer.main.get_command(app)
    while hasattr(group, "commands"):
        if not told:
            return "a group and no command"
        name = told.pop(0).rstrip(".,:")
        if name == SCRIPT:
            return ""
        if name not in group.commands:
            return f"no command {name}"
        group = group.commands[name]
    known = {option for one in group.params for option in (*one.opts, *one.secondary_opts)}
    options = [one.partition("=")[0].rstrip(".,:") for one in told if re.match(r"--?[a-z]", one)]
    missing = [one for one in options if one not in known]
    return f"no option {', '.join(missing)}" if missing else ""


def test_the_documents_name_commands_at_all() -> None:
    assert len(commands(OPERATIONS)) > 25
    assert wrong("user add budi --role admin") == ""
    assert wrong("user add budi --rolle admin") == "no option --rolle"
    assert wrong("usr add budi") == "no command usr"


@pytest.mark.parametrize("document", SPEAKING, ids=lambda one: one.name)
def test_every_command_that_a_document_names_is_there_with_its_options(document: Path) -> None:
    found = {words: wrong(words) for words in commands(document)}
    assert {words: why for words, why in found.items() if why} == {}


@pytest.mark.parametrize("document", SPEAKING, ids=lambda one: one.name)
def test_every_setting_that_a_document_names_is_read(document: Path) -> None:
    text = document.read_text("utf-8")
    assert set(_SETTING.findall(text)) - settings() - {"SITUASI_OIDC"} == set()


def test_every_setting_is_told_in_the_one_table() -> None:
    table = OPERATIONS.read_text("utf-8").partition("## Every setting")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `SITUASI_")]
    assert set(_SETTING.findall(" ".join(rows))) == settings()


def test_every_unit_that_a_document_names_is_in_deploy() -> None:
    named = set()
    for line in code(OPERATIONS.read_text("utf-8")):
        for order in re.findall(r"(?:systemctl|journalctl) [^;|&]*", line):
            words = re.findall(r"(?<![\w/.])situasi(?:-[a-z]+)?(?:@[\d*]+)?", order)
            named |= {re.sub("@.*", "@", word) + ".service" for word in words}
    assert named >= {"situasi.service", "situasi@.service", "situasi-caddy.service"}
    assert {name for name in named if not (DEPLOY / name).is_file()} == set()


def test_every_word_for_the_installer_is_one_that_it_knows() -> None:
    known = subprocess.run(
        [DEPLOY / "install.sh", "--help"], capture_output=True, text=True, check=True
    ).stdout
    section = OPERATIONS.read_text("utf-8").partition("## Installing")[2].partition("\n## ")[0]
    told = set(re.findall(r"--[a-z][a-z-]+", section)) - {"--network", "--env-file"}
    assert told and all(one in known for one in told)


def test_every_file_that_it_names_is_there() -> None:
    text = OPERATIONS.read_text("utf-8")
    named = set(re.findall(r"(?<![\w/])deploy/[\w.@-]+", text))
    assert named and all((ROOT / name).exists() for name in named)
    links = set(re.findall(r"\]\(([\w/.-]+\.md)\)", text))
    assert all((OPERATIONS.parent / link).exists() for link in links)
    for anchor in re.findall(r"\]\(#([\w-]+)\)", text):
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert anchor in {re.sub(r"[^\w ]", "", one).lower().replace(" ", "-") for one in headings}
