"""Collect garbage seldom: not while all is loaded, and then once a minute."""

from __future__ import annotations

import asyncio
import gc

# It takes up to a tenth of a second, in which nobody is answered.
EVERY_S = 60.0


def loading() -> None:
    """Collect nothing while everything is loaded, until `loaded`.

    Next to nothing of it becomes garbage, and what is loaded already is walked again and again
    for each library that comes: a third of the time that all of them take.
    """
    gc.disable()


def loaded() -> None:
    """Collect again, and walk nothing of what is loaded."""
    gc.freeze()
    gc.enable()


async def collect_now_and_then() -> None:
    """Collect everything each EVERY_S seconds, until cancelled.

    Young garbage goes by itself. Where rows come in masses the collector all but never gets to the
    old (see board.settle_memory), and Streamlit's own call after each run is off
    (`runner.postScriptGC`): it made all viewers wait.
    """
    while True:
        await asyncio.sleep(EVERY_S)
        gc.collect()
