"""Style, scripts and letters of the wall, under an address that changes with them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from situasi.figures.theme import DARK, LIGHT, SITUASI, TINGKAT, Theme
from situasi.server.wall.js_bundler import joined

ADDRESS = "/layar/berkas/"
MEDIA = {".js": "text/javascript", ".css": "text/css"}
_OWN = Path(__file__).parent / "static"
_FROZEN_STYLE = ("wall.css", "frozen.css")
_SCALES = {**TINGKAT, **SITUASI}


@cache
def every() -> dict[str, str]:
    """The files by name."""
    found = {path.name: path.read_text("utf-8") for path in sorted(_OWN.iterdir())}
    found["wall.css"] = _letters() + _colours() + found["wall.css"] + found.pop("large.css")
    return found


@cache
def frozen_style() -> str:
    """The style of a frozen copy, which has no letters of its own and asks for none."""
    return _colours() + "".join((_OWN / name).read_text("utf-8") for name in _FROZEN_STYLE)


@cache
def frozen_script() -> str:
    """The script of a frozen copy, in one piece."""
    return joined("frozen.js", every())


@cache
def fingerprint() -> str:
    """Changes when any of them does, so that a browser may keep them for ever."""
    return hashlib.sha256("".join(every().values()).encode()).hexdigest()[:12]


def address(name: str) -> str:
    return f"{ADDRESS}{fingerprint()}/{name}"


def _colours() -> str:
    """The palette of the board as names that the style sheet uses."""
    scales = "".join(f"--{name}: {colour}; " for name, colour in _SCALES.items())
    return (
        f":root {{ {scales}}}\n"
        f'[data-theme="dark"] {{ {_named(DARK)} }}\n[data-theme="light"] {{ {_named(LIGHT)} }}\n'
    )


def _named(theme: Theme) -> str:
    plain = {name: value for name, value in asdict(theme).items() if isinstance(value, str)}
    return " ".join(f"--{name}: {value};" for name, value in plain.items() if name != "name")


def _letters() -> str:
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
