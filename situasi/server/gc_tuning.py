"""Collect garbage seldom: not while all is loaded, and then once a minute."""

from __future__ import annotations

import gc

# Young garbage goes by itself. Where rows come in masses the collector all but never gets to old
# garbage (board.settle_memory), and Streamlit's own call after each run, for which all viewers
# waited, is off (`runner.postScriptGC`). A collection takes up to a tenth of a second.
COLLECT_EVERY_S = 60.0


def pause_gc() -> None:
    """Collect nothing while everything is loaded, until `loaded`.

    Next to nothing of it becomes garbage, and what is loaded already is walked again and again
    for each library that comes: a third of the time that all of them take.
    """
    gc.disable()


def resume_gc() -> None:
    """Collect again, and walk nothing of what is loaded."""
    gc.freeze()
    gc.enable()


def collect() -> None:
    """Collect everything, the old too."""
    gc.collect()
