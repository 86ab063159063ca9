"""Cut the icon font of Streamlit down to the icons that can appear: `python -m tests.tools.icons`.

An icon is a word that the font draws as one glyph. Those that a script of Streamlit or a text of
ours names are kept, and some more, because a name is also a word.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
from fontTools import subset
from fontTools.ttLib import TTFont, woff2

from situasi.domain.settings import ROOT
from situasi.server.frontend import editions

# Letters of which names are made: without them there is no ligature.
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
_LITERAL = re.compile(r"[\"'`/]([a-z0-9_]{2,40})[\"'`:]")
_OWN = re.compile(r":material/([a-z0-9_]+):")


def read_font() -> TTFont:
    """The whole font. pyarrow unpacks it: fontTools knows only a package that we do not need."""
    woff2.haveBrotli = True
    woff2.brotli = SimpleNamespace(
        decompress=lambda raw: pa.CompressedInputStream(pa.BufferReader(raw), "brotli").read()
    )
    folder = editions.find_static_folder() / "static" / "media"
    return TTFont(next(folder.glob(editions.ICON_FONT)))


def list_icons(font: TTFont) -> dict[str, str]:
    """The glyph of each name that this font draws as one."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    icons = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for part in lookup.SubTable:
            ligatures = getattr(getattr(part, "ExtSubTable", part), "ligatures", {})
            for first, ends in ligatures.items():
                for end in ends:
                    glyphs = (first, *end.Component)
                    if all(glyph in letters for glyph in glyphs):
                        icons["".join(map(letters.__getitem__, glyphs))] = end.LigGlyph
    return icons


def find_named(icons: Iterable[str]) -> set[str]:
    """The icons that scripts of Streamlit and texts of ours name."""
    scripts = (editions.find_static_folder() / "static" / "js").glob("*.js")
    own = (path for folder in ("situasi", "pages") for path in (ROOT / folder).rglob("*.py"))
    words: set[str] = set()
    for pattern, paths in ((_LITERAL, scripts), (_OWN, own)):
        for path in paths:
            words.update(pattern.findall(path.read_text("utf-8")))
    return words & set(icons)


def cut(font: TTFont) -> bytes:
    """The font with these icons alone."""
    icons = list_icons(font)
    options = subset.Options(layout_features=["*"], layout_closure=False, glyph_names=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=LETTERS, glyphs=[icons[name] for name in find_named(icons)])
    cutter.subset(font)
    font.flavor = None  # it leaves packed, as all that is text
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def main() -> None:
    """Write the font that the server serves."""
    path: Path = editions.CUT_ICON_FONT
    path.write_bytes(cut(read_font()))
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
