"""Each change of Streamlit fits the pinned version, and leaves another version as it is."""

from __future__ import annotations

import logging
from functools import partial

import pytest
import uvicorn.config

from situasi import streamlit_patches
from situasi.common import metrics
from situasi.server import metrics_endpoint
from situasi.streamlit_patches import PATCHES, Patch, UnsupportedVersion
from tests.stock_streamlit import state_of_streamlit

pytestmark = pytest.mark.usefixtures("stock_streamlit", "proxies")

CHECKED = [patch for patch in PATCHES if " of " in "".join(patch.needs[:1])]
NEEDS = [(patch, need) for patch in PATCHES for need in patch.needs]


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back what is changed of uvicorn, and what is noted of the patches."""
    stock = vars(uvicorn.config)["ProxyHeadersMiddleware"]
    monkeypatch.setattr(uvicorn.config, "ProxyHeadersMiddleware", stock)
    monkeypatch.setattr(metrics, "STREAMLIT_PATCHES", {})


def strange(here: object, there: object, elsewhere: object) -> None:
    """A function with parameters that nobody expects."""


def owner_of(need: str) -> tuple[object, str]:
    """Return the object that owns the last name of this path, and that name."""
    *path, name = need.partition(" of ")[0].split(".")
    owner: object = None
    for part in path:
        found = vars(streamlit_patches) if owner is None else owner
        bare = part.removesuffix("()")
        owner = found.get(bare) if isinstance(found, dict) else getattr(found, bare)
        owner = owner() if part != bare and callable(owner) else owner
    return owner, name


def test_every_patch_fits_the_pinned_streamlit_and_changes_it() -> None:
    before = state_of_streamlit()
    streamlit_patches.apply_all()
    assert dict.fromkeys((p.name for p in PATCHES), "") == metrics.STREAMLIT_PATCHES
    after = state_of_streamlit()
    assert all(one is not other for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize(("patch", "need"), NEEDS, ids=[f"{p.name} {n}" for p, n in NEEDS])
def test_where_one_thing_is_missing_that_patch_alone_is_left_out_and_it_is_told(
    patch: Patch, need: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    owner, name = owner_of(need)
    if isinstance(owner, dict):
        monkeypatch.delitem(owner, name)
    elif "()" in need:
        monkeypatch.setattr(type(owner), "__init__", lambda _self: None)
        monkeypatch.setattr(type(owner), name, None, raising=False)
    else:
        monkeypatch.setattr(owner, name, None)
    applied: list[str] = []
    stand_ins = tuple(Patch(p.name, partial(applied.append, p.name), p.needs) for p in PATCHES)
    monkeypatch.setattr(streamlit_patches, "PATCHES", stand_ins)
    streamlit_patches.apply_all()
    left_out = {name for name, reason in metrics.STREAMLIT_PATCHES.items() if reason}
    assert patch.name in left_out
    assert set(applied) == {p.name for p in PATCHES} - left_out
    assert [r.levelno for r in caplog.records] == [logging.WARNING] * len(left_out)


@pytest.mark.parametrize("patch", CHECKED, ids=lambda p: p.name)
def test_other_parameters_are_told_from_those_expected(
    patch: Patch, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name = owner_of(patch.needs[0])
    monkeypatch.setattr(owner, name, strange)
    streamlit_patches.apply_all()
    assert "other parameters" in metrics.STREAMLIT_PATCHES[patch.name]


def test_metrics_tell_which_patch_is_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "STREAMLIT_PATCHES", {"messages": "", "downloads": "is missing"})
    values = {s.labels["patch"]: s.value for s in metrics_endpoint._patch_metric().samples}
    assert values == {"messages": 1, "downloads": 0}


def test_where_proxies_cannot_be_turned_off_the_server_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(uvicorn.config, "ProxyHeadersMiddleware")
    ended: list[Exception] = []
    monkeypatch.setattr(streamlit_patches.startup_checks, "exit_with_error", ended.append)
    streamlit_patches.apply_all()
    assert isinstance(ended[0], UnsupportedVersion)
