"""Style, scripts and letters of the wall, under an address that changes with them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from situasi.figures.theme import DARK, LIGHT, SITUASI, TINGKAT, Theme
from situasi.server.wall.js_bundler import bundle

BASE_PATH = "/layar/berkas/"
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
_STATIC_FOLDER = Path(__file__).parent / "static"
_FROZEN_STYLE = ("wall.css", "frozen.css")
_SCALES = {**TINGKAT, **SITUASI}


@cache
def load_files() -> dict[str, str]:
    """The files by name."""
    found = {path.name: path.read_text("utf-8") for path in sorted(_STATIC_FOLDER.iterdir())}
    found["wall.css"] = (
        _format_font_face() + _format_palette() + found["wall.css"] + found.pop("large.css")
    )
    return found


@cache
def build_frozen_style() -> str:
    """The style of a frozen copy, which has no letters of its own and asks for none."""
    return _format_palette() + "".join(
        (_STATIC_FOLDER / name).read_text("utf-8") for name in _FROZEN_STYLE
    )


@cache
def build_frozen_script() -> str:
    """The script of a frozen copy, in one piece."""
    return bundle("frozen.js", load_files())


@cache
def fingerprint() -> str:
    """Changes when any of them does, so that a browser may keep them for ever."""
    return hashlib.sha256("".join(load_files().values()).encode()).hexdigest()[:12]


def asset_path(name: str) -> str:
    return f"{BASE_PATH}{fingerprint()}/{name}"


def _format_palette() -> str:
    """The palette of the board as names that the style sheet uses."""
    scales = "".join(f"--{name}: {colour}; " for name, colour in _SCALES.items())
    return (
        f":root {{ {scales}}}\n"
        f'[data-theme="dark"] {{ {_format_variables(DARK)} }}\n[data-theme="light"] {{ {_format_variables(LIGHT)} }}\n'
    )


def _format_variables(theme: Theme) -> str:
    plain = {name: value for name, value in asdict(theme).items() if isinstance(value, str)}
    return " ".join(f"--{name}: {value};" for name, value in plain.items() if name != "name")


def _format_font_face() -> str:
    """The letters that the pages use: they lie with the framework, on this very server."""
    spec = find_spec("streamlit")
    if spec is None or spec.origin is None:
        return ""
    folder = Path(spec.origin).parent / "static" / "static" / "media"
    found = sorted(folder.glob("SourceSansVF-Upright*.woff2"))
    if not found:
        return ""
    return (
        '@font-face { font-family: "Source Sans"; font-weight: 200 900; '
        f'src: url("/static/media/{found[0].name}") format("woff2"); }}\n'
    )
