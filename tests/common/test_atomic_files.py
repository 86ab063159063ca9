"""Files written whole: one writer's content under a name, or none, whatever breaks meanwhile."""

from __future__ import annotations

import ast
import errno
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest

from situasi.access import signing_key
from situasi.common import atomic_files
from situasi.domain.settings import ROOT
from tests.conftest import settings_in
from tests.product_code import in_one_worker, parse_product

SIZE = 200_000
# Writes one name again and again, each time all of one letter; says a line for each that is done.
WRITER = f"""
import sys
from pathlib import Path
from situasi.common import atomic_files
path, letter = Path(sys.argv[1]), sys.argv[2].encode()
while True:
    atomic_files.write(path, letter * {SIZE})
    print("done", flush=True)
"""
# Begins a file, says so, and never comes to its end.
STUCK = """
import sys, time
from pathlib import Path
from situasi.common import atomic_files
with atomic_files.create_file(Path(sys.argv[1])) as file:
    file.write(b"x" * 100_000)
    file.flush()
    print("begun", flush=True)
    time.sleep(600)
"""


def process(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def lines(one: subprocess.Popen[str], count: int) -> list[str]:
    assert one.stdout
    return [one.stdout.readline() for _ in range(count)]


def ended(one: subprocess.Popen[str]) -> None:
    one.kill()
    one.wait()
    assert one.stdout
    one.stdout.close()


def parts(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if one.name.endswith(".part")]


def test_two_writers_of_one_name_leave_one_whole_content_and_none_of_them_fails(
    tmp_path: Path,
) -> None:
    path = tmp_path / "batas.json"
    writers = [process(WRITER, str(path), letter) for letter in "ab"]
    try:
        for writer in writers:
            assert lines(writer, 1) == ["done\n"]
        seen = set()
        for _ in range(200):
            content = path.read_bytes()
            assert len(content) == SIZE and len(set(content)) == 1
            seen.add(content[:1])
        for writer in writers:
            assert lines(writer, 20) == ["done\n"] * 20
            assert writer.poll() is None
    finally:
        for writer in writers:
            ended(writer)
    assert seen <= {b"a", b"b"}


def test_a_writer_killed_at_any_moment_leaves_a_whole_file_and_the_next_one_tidies_up(
    tmp_path: Path,
) -> None:
    path = tmp_path / "batas.json"
    for turn in range(6):
        writer = process(WRITER, str(path), "a")
        lines(writer, 1 + turn)
        os.kill(writer.pid, signal.SIGKILL)
        ended(writer)
        content = path.read_bytes()
        assert len(content) == SIZE and set(content) == {ord("a")}
    atomic_files.write(path, b"sesudahnya")
    assert path.read_bytes() == b"sesudahnya"
    assert parts(tmp_path) == []


def test_what_is_being_written_is_never_tidied_away_and_what_a_killed_one_left_is(
    tmp_path: Path,
) -> None:
    writer = process(STUCK, str(tmp_path / "cadangan.zip"))
    try:
        assert lines(writer, 1) == ["begun\n"]
        assert atomic_files.remove_leftovers(tmp_path) == []
        atomic_files.write(tmp_path / "lain.txt", b"lain")
        [left] = parts(tmp_path)
    finally:
        ended(writer)
    assert atomic_files.remove_leftovers(tmp_path) == [left]
    assert [one.name for one in tmp_path.iterdir()] == ["lain.txt"]


def test_only_our_own_unfinished_files_are_tidied_away(tmp_path: Path) -> None:
    others = [".unduhan.part", "x.situasi.part", ".00ff.situasi.part", "catatan.txt"]
    for name in others:
        (tmp_path / name).write_text("milik orang", "utf-8")
    assert atomic_files.remove_leftovers(tmp_path) == []
    assert atomic_files.remove_leftovers(tmp_path / "tidak-ada") == []
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(others)


def test_a_folder_that_a_killed_one_left_is_tidied_away_and_one_being_filled_stays(
    tmp_path: Path,
) -> None:
    with atomic_files.create_folder(tmp_path / "arsip") as part:
        (part / "isi.csv").write_text("isi", "utf-8")
        assert atomic_files.remove_leftovers(tmp_path) == []
    assert (tmp_path / "arsip" / "isi.csv").read_text("utf-8") == "isi"
    left = tmp_path / ".00ff00ff00ff00ff.situasi.part"
    left.mkdir()
    (left / "isi.csv").write_text("isi", "utf-8")
    assert atomic_files.remove_leftovers(tmp_path) == [left.name]


def by_write(path: Path) -> None:
    atomic_files.write(path, b"isi")


def by_making(path: Path) -> None:
    with atomic_files.create_file(path) as file:
        file.write(b"isi")


def by_folder(path: Path) -> None:
    with atomic_files.create_folder(path) as part:
        (part / "isi").write_bytes(b"isi")


WAYS = [by_write, by_making, by_folder]


@pytest.mark.parametrize("way", WAYS)
def test_a_file_is_its_owners_alone_and_nothing_else_lies_beside_it(
    way: Callable[[Path], None], tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        way(tmp_path / "satu")
    finally:
        os.umask(before)
    mode = stat.S_IMODE((tmp_path / "satu").stat().st_mode)
    assert mode == (0o700 if way is by_folder else 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["satu"]


@pytest.mark.parametrize("way", WAYS)
def test_the_name_itself_is_brought_to_the_disk_after_the_content(
    way: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []
    really = os.fsync

    def noted(held: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(held).st_mode) else "file"
        synced.append((kind, (tmp_path / "satu").exists()))
        really(held)

    monkeypatch.setattr(os, "fsync", noted)
    way(tmp_path / "satu")
    assert ("file", False) in synced
    assert synced[-1] == ("folder", True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("broken", ["fsync", "rename", "replace", "link"])
def test_a_full_disk_at_any_step_is_said_and_leaves_nothing_behind(
    way: Callable[[Path], None], broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, broken, full)
    with suppress(OSError):
        way(tmp_path / "satu")
        assert (tmp_path / "satu").exists()  # not every way takes every step
    monkeypatch.undo()
    assert parts(tmp_path) == []


def test_a_name_of_the_longest_length_can_be_written(tmp_path: Path) -> None:
    for path in (tmp_path / ("x" * 255), tmp_path / ("é" * 127)):
        atomic_files.write(path, b"isi")
        assert path.read_bytes() == b"isi"


def test_a_folder_behind_a_link_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "jauh").mkdir()
    (tmp_path / "dekat").symlink_to(tmp_path / "jauh")
    atomic_files.write(tmp_path / "dekat" / "satu", b"isi")
    assert (tmp_path / "jauh" / "satu").read_bytes() == b"isi"


def test_of_several_who_make_a_new_file_at_once_one_names_it(tmp_path: Path) -> None:
    path = tmp_path / "satu"
    with pytest.raises(FileExistsError), atomic_files.create_file(path) as file:
        file.write(b"kedua")
        by_making(path)
    assert path.read_bytes() == b"isi"
    assert parts(tmp_path) == []


def test_two_that_start_at_once_on_an_empty_folder_share_one_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second asks exactly while the first has begun to write its own."""
    settings, told = settings_in(tmp_path), []
    sync = atomic_files._sync

    def meanwhile(file: BinaryIO) -> None:
        monkeypatch.setattr(atomic_files, "_sync", sync)
        told.append(signing_key.load_or_create(settings))
        sync(file)

    monkeypatch.setattr(atomic_files, "_sync", meanwhile)
    told.append(signing_key.load_or_create(settings))
    assert told[0] == told[1] == (settings.data_folder / "secret").read_text("ascii")


# Where content is written otherwise: into folders of their own that no name is looked for in,
# members of archives, and what tests alone write.
OTHERWISE = {
    "situasi/reports/archive/writer.py",  # into the folder that whole.making_folder names
    "situasi/ingest/boundaries/layers.py",
    "situasi/ingest/readers/aligned_text.py",
    "situasi/ingest/readers/html_tables.py",
    "situasi/ingest/readers/private_copy.py",  # a file of its own, gone once it is read
    "situasi/ingest/readers/word_documents.py",
    "situasi/ingest/readers/workbooks/xlsx_guard.py",
    "situasi/ingest/readers/zip_reader.py",
    "situasi/ingest/redaction/kept_files.py",
    "situasi/ingest/upload.py",
    "situasi/reports/sitrep/pdf_writer.py",
    "pages/report_entry/messages.py",
    "situasi/store/backup/backup_container.py",  # members of an archive that whole.making names
    "situasi/server/api/delivery.py",
    "situasi/common/atomic_files.py",
}
WRITES = {"write_text", "write_bytes", "fdopen", "mkstemp", "NamedTemporaryFile"}


@in_one_worker
def test_every_file_is_written_by_the_one_atomic_writer() -> None:
    found: set[str] = set()
    for file, tree in parse_product().items():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            modes = [a.value for a in call.args if isinstance(a, ast.Constant)]
            opened = name == "open" and any(
                isinstance(mode, str) and re.fullmatch(r"[wxa]b?\+?|r\+b?", mode) for mode in modes
            )
            if name in WRITES or opened:
                found.add(file.relative_to(ROOT).as_posix())
    assert found == OTHERWISE
