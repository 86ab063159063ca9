"""A process forked with the product loaded behaves as one started from nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import processes

TELLS = """
import json, os, sys
told = sys.argv, dict(os.environ), os.getcwd(), sys.stdin.read(), os.getppid(), __name__
print(json.dumps(told))
print("keluhan", file=sys.stderr)
sys.exit(7)
"""


def test_arguments_environment_folder_pipes_status_and_parent_are_the_same(tmp_path: Path) -> None:
    told = []
    for start in (subprocess.Popen, processes.Popen):
        with start(
            [sys.executable, "-c", TELLS, "a b", "é"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "SITUASI_ROLE": "analis"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            said, complaint = process.communicate("masukan")
        words = json.loads(said)
        words[1].pop("LC_CTYPE", None)  # which an interpreter without a language sets itself
        told.append((words, complaint, process.returncode))
    assert told[0] == told[1]
    assert told[0][0][4] == os.getpid()


def test_modules_run_and_what_is_killed_is_said_to_be() -> None:
    done = processes.run([sys.executable, "-m", "json.tool"], text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 1 and "Expecting value" in done.stderr
    with processes.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as hanging:
        hanging.kill()
    assert hanging.returncode == -signal.SIGKILL
    with pytest.raises(subprocess.CalledProcessError):
        processes.run([sys.executable, "-c", "raise SystemExit(3)"], check=True)
