"""Streamlit's frontend in our words: against the pinned version, and against another one."""

from __future__ import annotations

import io
import shutil
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from starlette.routing import Match

from situasi.common import i18n, metrics
from situasi.domain.settings import ROOT
from situasi.server.frontend import editions, packing, routes, words
from situasi.server.frontend.editions import UnknownFrontend
from situasi.ui.tables import dataframe
from tests.stock_streamlit import patch
from tests.tools import icons

STOCK = editions.find_static_folder()
# What people read of Streamlit before: none of it may come back.
ENGLISH = ("Are you connected to the internet", " per file`", "`Upload`",
           "Press Enter to", "Drag and drop a file", "`Clear all`", "`No results`")  # fmt: skip


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the page and of the scripts that hold words."""
    folder = tmp_path_factory.mktemp("static")
    (folder / "static" / "js").mkdir(parents=True)
    shutil.copy(STOCK / "index.html", folder)
    for path in (STOCK / "static" / "js").glob("*.js"):
        if words.find_words(path.name):
            shutil.copy(path, folder / "static" / "js")
    return folder


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_no_word_of_streamlit_is_left_and_nothing_else_is_changed(language: str) -> None:
    edition = editions.build_edition(language)
    for path, content in edition.own.items():
        if not path.startswith("static/js/"):
            continue
        text = content.raw.decode()
        assert [word for word in ENGLISH if word in text] == [], path
        with i18n.use_language(language):
            own = words.replace_words(
                (STOCK / path).read_text("utf-8"), words.find_words(path[10:])
            )
        assert text == own
        stock = (STOCK / path).read_text("utf-8")
        # Beginnings and ends of texts, and what the scripts put into them, are as they were.
        assert [text.count(sign) for sign in "`${}"] == [stock.count(sign) for sign in "`${}"]
        assert "Streamlit server" not in text


def test_every_icon_that_can_appear_is_in_the_font_that_is_served() -> None:
    """A new one is put into it by `python -m tests.tools.icons`."""
    whole, served = icons.list_icons(icons.read_font()), icons.list_icons(_read_served_icons())
    assert icons.find_named(whole) <= served.keys()
    assert {"expand_more", "keyboard_double_arrow_left", "close"} <= served.keys()
    assert len(editions.CUT_ICON_FONT.read_bytes()) < 150_000


def _read_served_icons() -> TTFont:
    edition = editions.build_edition("id")
    [path] = [path for path in edition.own if fnmatch(path, f"static/media/{editions.ICON_FONT}")]
    content = editions.find_content(edition.name, path)
    assert content is not None
    assert content.is_packable
    return TTFont(io.BytesIO(content.raw))


def test_what_is_a_name_for_the_program_alone_keeps_it() -> None:
    script = "{id:`Upload`,valid:`Upload`},f.displayName=`Upload`,g(`Upload`)"
    with i18n.use_language("id"):
        ours = words.replace_words(script, words.find_words("FileUploader.js"))
    assert ours == "{id:`Upload`,valid:`Pilih berkas`},f.displayName=`Upload`,g(`Pilih berkas`)"


def test_an_edition_has_all_files_under_its_own_name_and_no_other_name_opens_any() -> None:
    indonesian, english = (editions.build_edition(code) for code in ("id", "en"))
    assert indonesian.name != english.name
    for path in (*indonesian.scripts, *indonesian.preloads, *indonesian.styles):
        assert path.startswith(f"/berkas/{indonesian.name}/")
        assert editions.find_content(indonesian.name, path.split("/", 3)[3])
    page = (STOCK / "index.html").read_text("utf-8")
    assert len(indonesian.preloads) == page.count('rel="modulepreload"') > 20
    script = indonesian.scripts[-1].split("/", 3)[3]
    for name, path in (
        ("id-000000000000", script),
        ("xx", script),
        ("", script),
        (indonesian.name, "../../../pyproject.toml"),
        (indonesian.name, "static/js/"),
        (indonesian.name, "none.js"),
    ):
        assert editions.find_content(name, path) is None


def test_what_the_first_viewer_loads_is_packed_before_they_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edition = editions.build_edition("id")
    editions.pack_first_page("id")
    monkeypatch.setattr(packing, "_compress", None)  # would fail if it were called
    addresses = (*edition.scripts, *edition.preloads, *edition.styles)
    sizes = {}
    for address in addresses:
        content = editions.find_content(edition.name, address.split("/", 3)[3])
        assert content is not None
        best = packing.choose_encoding("gzip, deflate, br, zstd", content)
        sizes[address] = (len(content.encode(best)), len(content.raw))
    assert sum(packed for packed, _ in sizes.values()) * 3 < sum(raw for _, raw in sizes.values())


def test_another_page_or_another_word_leaves_streamlit_as_it_is_and_says_so(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "static"
    shutil.copytree(copied, folder)
    monkeypatch.setattr(editions, "find_static_folder", lambda: folder)
    editions.check()
    index, uploader = folder / "index.html", next(folder.rglob("FileUploader*.js"))
    for path, old, new, reason in (
        (index, '<div id="root">', '<div id="app">', "in another way"),
        (index, 'type="module"', 'type="text/javascript"', "in another way"),
        (index, "</head>", "<script>other()</script></head>", "other scripts"),
        (uploader, "`Upload`", "`Choose`", "Upload"),
    ):
        stock = path.read_text("utf-8")
        path.write_text(stock.replace(old, new), "utf-8")
        with pytest.raises(UnknownFrontend, match=reason):
            editions.check()
        path.write_text(stock, "utf-8")
    editions.check()


def test_where_the_frontend_is_unknown_streamlits_own_page_is_served(
    monkeypatch: pytest.MonkeyPatch, stock_streamlit: None
) -> None:
    monkeypatch.setattr(metrics, "STREAMLIT_PATCHES", {})
    monkeypatch.setattr(routes, "PAGE_ROUTES", [])
    monkeypatch.setattr(words, "WORDS", (words.Word("index.", "no such word", ""),))
    with pytest.raises(UnknownFrontend, match="no such word"):
        patch("frontend")
    assert routes.PAGE_ROUTES == []


def test_columns_of_tables_are_as_wide_as_their_letters_on_a_wide_screen() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    [widths] = [word for word in words.WORDS if word.is_code and "fontSize" in word.ours]
    usual_px = config["theme"]["baseFontSize"]
    assert widths.ours.count(f").fontSize)/{usual_px})") == 1
    # So are the rows as high, and the table.
    heights = [word for word in words.WORDS if word.is_code and "defaultRowHeight/" in word.ours]
    assert all(f"*t.defaultRowHeight/{dataframe._ROW_HEIGHT_PX}" in word.ours for word in heights)
    assert len(heights) == 2
    assert round(2.1875 * usual_px) == dataframe._ROW_HEIGHT_PX


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("/peringatn", True),
        ("/akun-lama", True),
        ("/favicon.png", False),
        ("/_stcore/health", False),
        ("/manifest.json", False),
        ("/", False),
    ],
)
def test_a_mistyped_address_is_answered_in_our_words_and_no_file_is_hidden(
    monkeypatch: pytest.MonkeyPatch, path: str, is_ours: bool
) -> None:
    monkeypatch.setattr(routes, "PAGE_ROUTES", [])
    monkeypatch.setattr(routes, "UNKNOWN_PAGE_ROUTES", [])
    routes.serve_pages()
    [route] = routes.UNKNOWN_PAGE_ROUTES
    match, _scope = route.matches({"type": "http", "method": "GET", "path": path})
    assert (match is Match.FULL) == is_ours
