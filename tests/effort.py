"""How hard a test tries: a sample in each check, everything as written in the long run.

`make long` sets SITUASI_TEST_LONG. Chance differs from run to run, so many checks see what one
long run sees; what must not be missed even once stands as an example or a test of its own.
"""

from __future__ import annotations

import os

LONG = bool(os.environ.get("SITUASI_TEST_LONG"))


def examples(many: int) -> int:
    """Return how many examples a property gets: a fifth, but not under ten."""
    return many if LONG else max(min(many, 10), many // 5)


def effort(many: int, check: int = 1) -> int:
    """Return how much of what costs is done: kills, races, made-up days, rows of a large file."""
    return many if LONG else check
