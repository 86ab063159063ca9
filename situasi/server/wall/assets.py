"""Stylesheet, scripts and font of the wall, under a path that changes with their content."""

import hashlib
from dataclasses import asdict
from functools import cache
from pathlib import Path

from situasi.figures.theme import DARK, LIGHT, SITUASI, SITUASI_INK, TINGKAT, Theme
from situasi.server.frontend import editions
from situasi.server.wall.js_bundler import bundle

BASE_PATH = "/layar/berkas/"
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
_STATIC_FOLDER = Path(__file__).parent / "static"
_STYLE = ("wall.css", "large.css")
_LIST_STYLE = ("wall.css", "list.css")
_FROZEN_STYLE = ("wall.css", "frozen.css")
_SCALES = {
    **TINGKAT,
    **SITUASI,
    **{f"ink-{name}": colour for name, colour in SITUASI_INK.items()},
}


@cache
def load_files() -> dict[str, str]:
    """Return the files of the wall by name; a page has one style: each further one takes time."""
    return {
        "wall.css": _format_font_face() + _format_palette() + _join_styles(_STYLE),
        "list.css": _format_font_face() + _format_palette() + _join_styles(_LIST_STYLE),
        "wall.js": bundle("wall.js", _load_scripts()),
    }


def _join_styles(names: tuple[str, ...]) -> str:
    return "".join((_STATIC_FOLDER / name).read_text("utf-8") for name in names)


def _load_scripts() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(_STATIC_FOLDER.glob("*.js"))}


@cache
def build_frozen_style() -> str:
    """Return the stylesheet of a frozen copy, which has no font of its own."""
    return _format_palette() + _join_styles(_FROZEN_STYLE)


@cache
def build_frozen_script() -> str:
    """Return the script of a frozen copy in one piece."""
    return bundle("frozen.js", _load_scripts())


@cache
def fingerprint() -> str:
    """Return a hash that changes when any file does, so that browsers may cache them for ever."""
    return hashlib.sha256("".join(load_files().values()).encode()).hexdigest()[:12]


def asset_path(name: str) -> str:
    """Return the path of a file, with the fingerprint."""
    return f"{BASE_PATH}{fingerprint()}/{name}"


def _format_palette() -> str:
    """Return the board's palette as CSS variables."""
    scales = "".join(f"--{name}: {colour}; " for name, colour in _SCALES.items())
    return (
        f":root {{ {scales}}}\n"
        f'[data-theme="dark"] {{ {_format_variables(DARK)} }}\n'
        f'[data-theme="light"] {{ {_format_variables(LIGHT)} }}\n'
    )


def _format_variables(theme: Theme) -> str:
    colours = {name: value for name, value in asdict(theme).items() if isinstance(value, str)}
    return " ".join(f"--{name}: {value};" for name, value in colours.items() if name != "name")


def _format_font_face() -> str:
    """Return the font of the pages, served from Streamlit's static files on this server."""
    folder = editions.find_static_folder() / "static" / "media"
    font_files = sorted(folder.glob("SourceSansVF-Upright*.woff2"))
    if not font_files:
        return ""
    return (
        # A phone has letters of its own; these 170 KB would take three seconds of a slow line.
        '@media (min-width: 1000px) { @font-face { font-family: "Source Sans"; '
        "font-weight: 200 900; "
        f'src: url("/static/media/{font_files[0].name}") format("woff2"); }} }}\n'
    )
