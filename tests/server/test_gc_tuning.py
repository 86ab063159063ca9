"""Memory: what is loaded is never walked; what becomes garbage goes soon."""

from __future__ import annotations

import gc
import tomllib
import weakref

from streamlit import config

from situasi.domain.settings import ROOT
from situasi.server import gc_tuning
from situasi.server.gc_tuning import pause_gc, resume_gc


class Circle:
    """What only a collection can free."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_loaded_is_walked_neither_meanwhile_nor_afterwards() -> None:
    pause_gc()
    try:
        assert not gc.isenabled()
        held = Circle()
    finally:
        resume_gc()
    assert gc.isenabled()
    assert not any(one is held for one in gc.get_objects())  # nor will it be: one circle


def test_what_is_left_in_a_circle_goes_with_the_collection_of_each_minute() -> None:
    gc.disable()
    try:
        held = Circle()
        gone = weakref.ref(held)
        del held
        assert gone() is not None
        gc_tuning.collect()
        assert gone() is None
    finally:
        gc.enable()
    assert gc_tuning.COLLECT_EVERY_S == 60


def test_nothing_is_set_aside_while_the_server_runs_and_streamlit_does_not_collect() -> None:
    sources = "".join(
        path.read_text("utf-8")
        for folder in ("situasi", "pages")
        for path in (ROOT / folder).rglob("*.py")
    )
    assert sources.count("gc.freeze()") == 2  # at the start alone: board.settle_memory and loaded
    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert told["runner"]["postScriptGC"] is False
    assert "runner.postScriptGC" in config._config_options_template
