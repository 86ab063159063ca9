"""A start loads what the first page needs, and walks none of it while it loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from situasi.domain.settings import ROOT

# Each takes from a fiftieth to a tenth of a second, or much more, and is for later or for others.
HEAVY = (
    "openpyxl",  # who takes a table along as a workbook
    "pandas.io.formats.style",  # the first table
    "authlib",  # where there is an identity provider
    "joserfc",
    "httpx2",
    "situasi.simulation.generate",  # the first opening
    "situasi.cli",
    "typer",
    "situasi.ingest.boundaries",
    "geopandas",
    "pyogrio",
    "scipy",  # the first plan of moves
    "matplotlib",  # who takes a laporan along
    "docx",
    "docxtpl",
    "typst",
    "alembic",  # a store of an older version
    "mako",
    "streamlit.hello",
    "streamlit.testing",
)
# What `streamlit run` and the first run load.
LOADS = """
import gc, json, sys
import dashboard
walks = gc.isenabled()
import pages.navigation
print(json.dumps({"walks": walks, "loaded": list(sys.modules)}))
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _started(tmp_path_factory.mktemp("start"))


def _started(folder: Path, **told: str) -> dict[str, Any]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SITUASI_")}
    done = subprocess.run(
        [sys.executable, "-c", LOADS],
        cwd=ROOT,
        env={**own, "SITUASI_DATA": str(folder), **told},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", HEAVY)
def test_what_the_first_page_does_not_need_is_not_loaded(
    started: dict[str, Any], name: str
) -> None:
    assert name not in started["loaded"], f"find who imports it: python -X importtime, {name}"


def test_what_is_loaded_is_not_walked_again_for_each_library(started: dict[str, Any]) -> None:
    assert not started["walks"]


def test_with_a_provider_what_asks_it_is_there_from_the_start(tmp_path: Path) -> None:
    told = {
        "SITUASI_OIDC_ISSUER": "https://sso.polri.go.id/realms/polri",
        "SITUASI_OIDC_CLIENT": "situasi",
        "SITUASI_OIDC_SECRET": "rahasia klien",
    }
    assert {"authlib", "joserfc", "httpx2"} <= set(_started(tmp_path, **told)["loaded"])
