"""The syntax of every module of the product, parsed once for all tests that look at it."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import pytest

from situasi.domain.settings import ROOT

PRODUCT = sorted([*(ROOT / "situasi").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
in_one_worker = pytest.mark.xdist_group("product_code")


@cache
def parse_product() -> dict[Path, ast.Module]:
    """Return the tree of each file of PRODUCT.

    They stay: a million nodes, in which no later search for garbage need look.
    """
    trees = {file: ast.parse(file.read_text("utf-8")) for file in PRODUCT}
    gc.freeze()
    return trees
