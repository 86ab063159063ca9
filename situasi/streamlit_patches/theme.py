"""The theme: told with every run of every page, and read from the settings once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any


def cache_theme_sections(theme_module: ModuleType, make: Callable[[], Any]) -> None:
    """Have Streamlit read each section of the theme a single time.

    teller: its module that tells each run the theme. make: an empty theme of its own.
    At every run it goes through all its settings for six sections, a twentieth of a whole run of
    Situasi; none changes while the server runs, as nothing watches its files.
    """
    vars(theme_module)["_populate_theme_msg"] = build_cached_fill(
        vars(theme_module)["_populate_theme_msg"], make
    )


def build_cached_fill(
    fill: Callable[[Any, str], None], make: Callable[[], Any]
) -> Callable[..., None]:
    """What fills in the same as `fill`, which is asked once for each section."""

    @cache
    def read(section: str) -> Any:
        found = make()
        fill(found, section)
        return found

    def give(theme: Any, section: str = "theme") -> None:
        if (found := read(section)).ByteSize():
            theme.MergeFrom(found)

    return give
