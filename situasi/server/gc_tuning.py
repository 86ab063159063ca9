"""Garbage collection: off while everything is loaded, then once a minute."""

import gc

# Full collections only: with masses of rows the collector nearly never reaches the oldest
# generation (board.tune_gc), and Streamlit's own call after each run, for which all viewers waited,
# is off (`runner.postScriptGC`). A collection takes up to a tenth of a second.
COLLECT_EVERY_S = 60.0


def pause_gc() -> None:
    """Collect nothing while everything is loaded, until `resume_gc`.

    Little of it becomes garbage, but each library that is loaded makes the collector walk all
    loaded objects again: a third of the loading time.
    """
    gc.disable()


def resume_gc() -> None:
    """Collect again, without walking what is loaded."""
    gc.freeze()
    gc.enable()


def collect() -> None:
    """Collect all generations."""
    gc.collect()
