"""What import contracts cannot say about the house."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import typer

from situasi.cli import app
from situasi.domain.settings import ROOT

PRODUCT = sorted([*(ROOT / "situasi").rglob("*.py"), *(ROOT / "pages").glob("*.py")])
CLOCKS = {"now", "utcnow", "today", "time", "time_ns"}


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def within(file: Path, *folders: str) -> bool:
    return file.relative_to(ROOT).parts[:2] in {("situasi", folder) for folder in folders}


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_every_module_starts_with_one_sentence() -> None:
    assert [
        named(file)
        for file in PRODUCT
        if not (ast.get_docstring(tree(file)) or "").split("\n\n")[0].endswith(".")
    ] == []


def reads_the_clock(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    named = owner.id if isinstance(owner, ast.Name) else ""
    return node.func.attr in CLOCKS and named in {"datetime", "date", "time"}


def test_only_the_roof_reads_the_clock() -> None:
    assert [
        f"{named(file)}:{node.lineno}"
        for file in PRODUCT
        if not within(file, "cli", "screen", "server")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and reads_the_clock(node)
    ] == []


def test_session_state_and_html_live_where_they_belong() -> None:
    texts = {file: file.read_text("utf-8") for file in PRODUCT}
    assert [
        named(file)
        for file, text in texts.items()
        if not within(file, "screen") and "session_state" in text
    ] == []
    assert [
        named(file)
        for file, text in texts.items()
        if not file.name.endswith("parts.py") and re.search(r"st\.html\(|unsafe_allow_html", text)
    ] == []


def test_files_leave_a_page_by_one_door_which_tells_the_trail() -> None:
    offers = [file.name for file in PRODUCT if "download_button(" in file.read_text("utf-8")]
    assert offers == ["noted.py"]


def test_a_page_is_one_function_and_nothing_happens_at_import() -> None:
    for file in (ROOT / "pages").glob("[!_]*.py"):
        allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef)
        body = tree(file).body[1:]
        assert all(isinstance(part, allowed) for part in body), file.name
        assert [p.name for p in body if isinstance(p, ast.FunctionDef)] == ["show"]


def test_everything_that_runs_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "-r ")):
                pinned, _, where = line.partition("; ")
                assert re.fullmatch(r"[A-Za-z0-9_.\-]+==[\w.]+", pinned), line
                assert where in {"", 'sys_platform != "win32"'}, line


def test_the_page_asks_no_other_host_for_anything() -> None:
    for file in [*(ROOT / "situasi" / "screen").rglob("*.css"), ROOT / ".streamlit/config.toml"]:
        assert "http" not in file.read_text("utf-8")


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in text
    assert "make test" in text


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            yield from ((f"{name} {sub}", c) for sub, c in command.commands.items())
        else:
            yield name, command


def test_every_command_and_option_says_what_it_does() -> None:
    silent = []
    for name, command in commands():
        told = [(name, command.help)]
        told += [(f"{name} {p.name}", getattr(p, "help", None)) for p in command.params]
        silent += [what for what, text in told if not text and not what.endswith(" help")]
    assert silent == []
