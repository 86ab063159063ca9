"""The rehearsal day of the shipped election, played once for all tests that read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, register
from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register
from situasi.domain.settings import ROOT
from situasi.simulation.generate import generate_day

from .builders import Rows, read

SEED = 2024


@pytest.fixture(scope="session")
def ogan_ilir() -> Register:
    return register.load(election.load(ROOT / "data" / "elections" / "ogan-ilir-2024"))


@pytest.fixture(scope="session")
def boundaries(ogan_ilir: Register) -> Boundaries:
    return domain_boundaries.load(ogan_ilir.election.boundaries_folder)


@pytest.fixture(scope="session")
def folder(
    ogan_ilir: Register, boundaries: Boundaries, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("rehearsal")
    generate_day(ogan_ilir, boundaries, SEED, out)
    return out


@pytest.fixture(scope="session")
def day(folder: Path) -> dict[str, Rows]:
    return {path.stem: read(path) for path in sorted(folder.glob("*.csv"))}
