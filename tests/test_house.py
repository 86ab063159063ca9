"""What import contracts cannot say about the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
import typer

from situasi.cli import app
from situasi.domain.settings import ROOT
from situasi.ui.components import markup
from tests.product_code import PRODUCT, in_one_worker, parse_product

pytestmark = in_one_worker

CLOCKS = {"now", "utcnow", "today", "time", "time_ns"}


def within(file: Path, *folders: str) -> bool:
    """Return whether the file lies in one of these folders of situasi/, or in pages/."""
    parts = file.relative_to(ROOT).parts
    return parts[0] == "pages" or (parts[0] == "situasi" and parts[1] in folders)


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_every_module_starts_with_one_sentence() -> None:
    assert [
        named(file)
        for file in PRODUCT
        if not (ast.get_docstring(parse_product()[file]) or "").split("\n\n")[0].endswith(".")
    ] == []


def reads_the_clock(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    named = owner.id if isinstance(owner, ast.Name) else ""
    return node.func.attr in CLOCKS and named in {"datetime", "date", "time"}


def test_only_pages_server_and_command_line_read_the_clock() -> None:
    assert [
        f"{named(file)}:{node.lineno}"
        for file in PRODUCT
        if not within(file, "cli", "ui", "server")
        for node in ast.walk(parse_product()[file])
        if isinstance(node, ast.Call) and reads_the_clock(node)
    ] == []


def test_only_pages_know_the_session_state_of_streamlit() -> None:
    assert [
        named(file)
        for file in PRODUCT
        if not within(file, "ui") and "session_state" in file.read_text("utf-8")
    ] == []


def test_html_reaches_a_page_by_one_function_that_takes_markup_alone() -> None:
    calls = [
        named(f) for f in PRODUCT if re.search(r"st\.html\(|unsafe_allow", f.read_text("utf-8"))
    ]
    assert calls == ["situasi/ui/components/markup.py"]
    with pytest.raises(TypeError):
        markup.render("<b>tidak lolos</b>")  # type: ignore[arg-type]


def test_files_leave_a_page_by_one_function_which_writes_to_the_audit_log() -> None:
    offers = [named(file) for file in PRODUCT if "st.download_button(" in file.read_text("utf-8")]
    assert offers == ["situasi/ui/audit.py"]


def test_a_page_is_one_function_and_nothing_happens_at_import() -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    for file in (ROOT / "pages").glob("*/*.py"):
        body = parse_product()[file].body[1:]
        assert all(isinstance(part, allowed) for part in body), named(file)
    for file in (ROOT / "pages").glob("*/page.py"):
        shown = [p.name for p in parse_product()[file].body if isinstance(p, ast.FunctionDef)]
        assert "show" in shown, named(file)


def test_everything_that_runs_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "-r ")):
                pinned, _, where = line.partition("; ")
                assert re.fullmatch(r"[A-Za-z0-9_.\-]+==[\w.]+", pinned), line
                assert where in {"", 'sys_platform != "win32"'}, line


def test_the_page_asks_no_other_host_for_anything() -> None:
    for file in [*(ROOT / "situasi" / "ui").rglob("*.css"), ROOT / ".streamlit/config.toml"]:
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


def test_what_only_tests_ask_for_lies_with_them() -> None:
    """Every function and class of a module is named by another place of the product."""
    entry = ast.parse((ROOT / "dashboard.py").read_text("utf-8"))
    asked = set[str]()
    for tree in (*parse_product().values(), entry):
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute):
                asked.add(node.id if isinstance(node, ast.Name) else node.attr)
    made = {
        node.name: named(file)
        for file, tree in parse_product().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and (isinstance(node, ast.ClassDef) or not node.decorator_list)
    }
    assert {name: file for name, file in made.items() if name not in asked} == {}


def test_every_path_that_the_guide_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named_paths = {
        path for path in re.findall(r"`([\w./-]+/[\w./-]+)`", text) if "NAME" not in path
    }
    assert len(named_paths) > 20
    missing = [p for p in named_paths if not (ROOT / p).exists() and "v0002" not in p]
    assert missing == []


def test_every_folder_of_the_product_is_on_the_map() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    folders = [p.name for p in (ROOT / "situasi").iterdir() if (p / "__init__.py").exists()]
    assert [name for name in folders if f"    {name}/" not in text] == []
    assert len(folders) <= 18


def test_files_and_folders_stay_small_enough_to_read() -> None:
    modules = {p.name for p in (ROOT / "situasi").glob("*.py")}
    assert modules == {"__init__.py", "__main__.py", "board.py", "streamlit_patches.py"}
    folders = {file.parent for file in PRODUCT}
    crowded = [
        named(f) for f in folders if len([m for m in f.glob("*.py") if m.stem[0] != "_"]) > 20
    ]
    assert crowded == []
    assert [named(f) for f in PRODUCT if len(f.read_text("utf-8").splitlines()) > 400] == []


def test_functions_stay_short_enough_to_read() -> None:
    """The limit of complexity is ruff's; this one is of lines, with the docstring."""
    assert [
        f"{named(file)}:{node.lineno}: {node.name}"
        for file, tree in parse_product().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 70
    ] == []


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Imports within a function, and those for types alone, count too."""
    graph = grimp.build_graph(
        "situasi", "pages", cache_dir=None, exclude_type_checking_imports=False
    )
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) == len(PRODUCT)
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle
