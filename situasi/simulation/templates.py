"""Texts of the rehearsal day, kept as data in words/*.toml."""

import tomllib
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "words"


def load_texts(name: str) -> dict[str, Any]:
    """Load the entries of words/NAME.toml."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


def list_text_files(prefix: str) -> list[str]:
    """List the text files with this prefix, in order."""
    return sorted(path.stem for path in _FOLDER.glob(f"{prefix}*.toml"))
