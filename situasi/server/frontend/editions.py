"""The frontend of Streamlit in one language: its files under an address of their own, its page."""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from situasi.common import i18n
from situasi.server.frontend import words
from situasi.server.frontend.packing import StaticContent, choose_encoding

BASE_PATH = "/berkas/"
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
# Of Streamlit's page: what loads its scripts and styles.
_LOADED = re.compile(
    r'<script type="module" crossorigin src="\./(?P<script>static/js/[\w.-]+)"></script>'
    r'|<link rel="modulepreload" crossorigin href="\./(?P<preload>static/js/[\w.-]+)">'
    r'|<link rel="stylesheet" crossorigin href="\./(?P<style>static/css/[\w.-]+)">'
)
_PAGE_SCRIPT = "page.js"
# The icons of Streamlit, and those of them that can appear: 300 KB less of the 3.4 MB that a full
# page loads, or six seconds at 400 kbit/s. `python -m tests.tools.icons` makes the second.
ICON_FONT = "MaterialSymbols-Rounded.*.woff2"
CUT_ICON_FONT = Path(__file__).with_name("icons.ttf")
_KNOWN_INLINE_SCRIPT = "window.prerenderReady = false"


class UnknownFrontend(Exception):
    """Streamlit of this version has another page, or other words; the message says which."""


@dataclass(frozen=True)
class Edition:
    """The frontend in one language. name: changes with its content. own: files that we made.

    scripts, preloads (what these import) and styles are addresses.
    """

    name: str
    own: dict[str, StaticContent]
    scripts: tuple[str, ...]
    preloads: tuple[str, ...]
    styles: tuple[str, ...]


def find_static_folder() -> Path:
    """Return the folder with the page and the files of Streamlit's frontend."""
    spec = find_spec("streamlit")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"


def check() -> None:
    """Raise UnknownFrontend unless page and words are those that we know."""
    folder = find_static_folder()
    page = (folder / "index.html").read_text("utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    if '<div id="root"></div>' not in page or not any(m["script"] for m in _LOADED.finditer(page)):
        raise UnknownFrontend("its page loads its scripts in another way")
    if [text.strip() for text in inline] != [_KNOWN_INLINE_SCRIPT]:
        raise UnknownFrontend("its page has other scripts of its own")
    if missing := words.list_missing(_read_worded(folder)):
        raise UnknownFrontend("its words are others: " + ", ".join(missing))


@cache
def build_edition(language: str) -> Edition:
    """Return the edition of this language, from the installed Streamlit."""
    folder = find_static_folder()
    own = {_PAGE_SCRIPT: Path(__file__).with_name(_PAGE_SCRIPT).read_text("utf-8")}
    with i18n.use_language(language):
        for name, text in _read_worded(folder).items():
            own[f"static/js/{name}"] = words.replace_words(text, words.find_words(name))
    page = (folder / "index.html").read_text("utf-8")
    icons = CUT_ICON_FONT.read_bytes()
    digest = sha256("\0".join([page, *own.values()]).encode() + icons).hexdigest()[:12]
    edition = f"{language}-{digest}"
    loaded = {
        kind: tuple(
            f"{BASE_PATH}{edition}/{match[kind]}" for match in _LOADED.finditer(page) if match[kind]
        )
        for kind in ("script", "preload", "style")
    }
    contents = {
        path: StaticContent(text.encode(), _MEDIA_TYPES[".js"]) for path, text in own.items()
    }
    for path in (folder / "static" / "media").glob(ICON_FONT):
        contents[path.relative_to(folder).as_posix()] = StaticContent(icons, _MEDIA_TYPES[".ttf"])
    scripts = (f"{BASE_PATH}{edition}/{_PAGE_SCRIPT}", *loaded["script"])
    return Edition(edition, contents, scripts, loaded["preload"], loaded["style"])


def pack_first_page(language: str) -> None:
    """Pack what the first page of this language loads, in the form that browsers take first.

    Blocks for about half a second, which the first viewer does not wait for.
    """
    edition = build_edition(language)
    for address in (*edition.scripts, *edition.preloads, *edition.styles):
        content = find_content(edition.name, address.removeprefix(f"{BASE_PATH}{edition.name}/"))
        if content is not None:
            content.encode(choose_encoding("br, gzip", content))


def find_content(edition_name: str, path: str) -> StaticContent | None:
    """Return a file by the name of an edition and its path below it; None where there is none."""
    language = edition_name.partition("-")[0]
    if language not in i18n.LANGUAGES or build_edition(language).name != edition_name:
        return None
    return build_edition(language).own.get(path) or _list_files().get(path)


@cache
def _list_files() -> dict[str, StaticContent]:
    """Return the files of the frontend by path; each is read when it is asked for."""
    folder = find_static_folder()
    return {
        path.relative_to(folder).as_posix(): StaticContent(path, _MEDIA_TYPES[path.suffix])
        for path in folder.rglob("*")
        if path.suffix in _MEDIA_TYPES and path.is_file()
    }


def _read_worded(folder: Path) -> dict[str, str]:
    """Return the scripts that hold words of ours, by file name."""
    return {
        path.name: path.read_text("utf-8")
        for path in sorted((folder / "static" / "js").glob("*.js"))
        if words.find_words(path.name)
    }
