"""`make quick`: the tests that a change is most likely to break, in a minute; it names the rest.

Left out are files whose tests start processes or a browser, folders that open stores and draw
pages, tests with PostgreSQL, and slow tests: those that write files, properties, what is marked so.
But a file that was changed since the last commit, or imports a module that was, is run with its
slow tests, unless it starts processes.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from situasi.domain.settings import ROOT

_STARTS_PROCESSES = re.compile(
    r"\bsubprocess\b|\bos\.fork\b|tests\.(forks|browser|server\.doors)\b|\bimport processes\b"
)
_SLOW_FOLDERS = {"cli", "deploy", "higher_command", "pages", "reports", "server", "store"}
_TEST = re.compile(r"^(?:class Test|(?:    |async )?def test_)", re.MULTILINE)


@cache
def starts_processes(file: Path) -> bool:
    return bool(_STARTS_PROCESSES.search(file.read_text("utf-8")))


@cache
def changed() -> frozenset[str]:
    """Files that differ from the last commit, or are new; relative to the project."""
    asked = (["diff", "--name-only", "HEAD"], ["ls-files", "--others", "--exclude-standard"])
    told = [
        subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
        for words in asked
    ]
    return frozenset(line for one in told for line in one.stdout.splitlines())


@cache
def imports_of_changed() -> re.Pattern[str]:
    """What a file says that imports one of the changed modules."""
    modules = [Path(name).with_suffix("") for name in changed() if name.endswith(".py")]
    said = [
        rf"{'.'.join(one.parts)}\b|from {'.'.join(one.parent.parts)} import [(\w\s,]*\b{one.name}\b"
        for one in modules
        if one.parts[0] in {"situasi", "pages"}
    ]
    return re.compile("|".join(said) or "(?!)")


@cache
def is_concerned(file: Path) -> bool:
    """Whether this file of tests was changed, or imports what was."""
    is_changed = file.relative_to(ROOT).as_posix() in changed()
    return is_changed or bool(imports_of_changed().search(file.read_text("utf-8")))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if collection_path.is_dir():
        return True if collection_path.name in {"bench", "browser"} else None
    if not collection_path.match("test_*.py"):
        return None
    is_left_out = folder_of(collection_path) in _SLOW_FOLDERS and not is_concerned(collection_path)
    return True if is_left_out or starts_processes(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    slow = {
        item
        for item in items
        if needs_postgres(item) or (is_slow(item) and not is_concerned(item.path))
    }
    items[:] = [item for item in items if item not in slow]
    config.hook.pytest_deselected(items=list(slow))


def needs_postgres(item: pytest.Item) -> bool:
    """Whether a test asks for a database server, by its fixtures or as a parameter."""
    is_asked = "postgres_url" in getattr(item, "fixturenames", ())
    return is_asked or bool(re.search(r"\[.*(postgres|database)", item.name))


def is_slow(item: pytest.Item) -> bool:
    is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    writes_files = bool({"rehearsed", "tmp_path"} & set(getattr(item, "fixturenames", ())))
    is_marked = item.get_closest_marker("slow") is not None
    return is_property or writes_files or is_marked or draws_pages(item.path)


@cache
def draws_pages(file: Path) -> bool:
    return "AppTest" in file.read_text("utf-8")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many test functions of each folder were not run."""
    ran = {
        report.nodeid.partition("[")[0].partition("@")[0]
        for word in ("passed", "failed", "xfailed", "error")
        for report in terminalreporter.stats.get(word, [])
    }
    there = Counter(functions_by_folder())
    left = there - Counter(folder_of(ROOT / node.partition("::")[0]) for node in ran)
    terminalreporter.section("not run (functions by folder); make test runs all")
    terminalreporter.line(", ".join(f"{folder} {many}" for folder, many in sorted(left.items())))


def folder_of(file: Path) -> str:
    return file.relative_to(ROOT / "tests").parent.as_posix().partition("/")[0]


def functions_by_folder() -> Iterator[str]:
    """Yield the folder of each test function."""
    for file in (ROOT / "tests").rglob("test_*.py"):
        for _ in _TEST.findall(file.read_text("utf-8")):
            yield folder_of(file)
