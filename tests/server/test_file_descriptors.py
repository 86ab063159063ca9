"""File descriptors: as many as the machine allows, and room that is known before it is gone."""

from __future__ import annotations

import resource
import subprocess
import sys

from situasi.domain.settings import ROOT
from situasi.server.file_descriptors import DescriptorBudget

RAISED = (
    "import resource; from situasi.server import file_descriptors; file_descriptors.raise_limit(); "
    "print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
)


def test_the_limit_is_raised_as_far_as_is_allowed() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low, allowed = 256, min(hard, 5000)
    set_low = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({low}, {allowed})); "
    done = subprocess.run(
        [sys.executable, "-c", set_low + RAISED], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.split() == [str(allowed), str(allowed)], done.stderr


def test_room_is_what_the_limit_leaves_beside_connections_files_and_a_spare() -> None:
    descriptors = DescriptorBudget(lambda: (100, 1024), lambda: 1.0)
    assert descriptors.remaining_connections(60) == 1024 - 128 - 100
    assert (
        descriptors.remaining_connections(70) == 1024 - 128 - 110
    )  # measured once, connections counted always


def test_files_that_were_opened_since_are_counted_with_the_next_measure() -> None:
    now, used = [1.0], [100]
    descriptors = DescriptorBudget(lambda: (used[0], 1024), lambda: now[0])
    before = descriptors.remaining_connections(0)
    used[0] = 150
    now[0] += 60
    assert descriptors.remaining_connections(0) == before - 50


def test_a_machine_that_tells_nothing_refuses_nobody() -> None:
    assert DescriptorBudget(lambda: None).remaining_connections(1000) > 1000
