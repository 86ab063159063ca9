"""A theme that is read once is the theme that is read each time."""

from __future__ import annotations

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from situasi.domain.settings import ROOT
from situasi.streamlit_patches import theme as streamlit_patches_theme

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar")


def test_every_section_is_filled_in_as_streamlit_does_it() -> None:
    assert (ROOT / ".streamlit" / "config.toml").exists()
    once = streamlit_patches_theme.build_cached_fill(
        app_session._populate_theme_msg, CustomThemeConfig
    )
    for section in SECTIONS:
        for _turn in range(2):
            plain, kept = CustomThemeConfig(), CustomThemeConfig()
            app_session._populate_theme_msg(plain, section)
            once(kept, section)
            assert kept == plain, section


def test_a_section_is_read_a_single_time_and_what_is_given_may_be_written_in() -> None:
    asked = []

    def fill(theme: CustomThemeConfig, section: str) -> None:
        asked.append(section)
        theme.primary_color = "#24477A"

    once = streamlit_patches_theme.build_cached_fill(fill, CustomThemeConfig)
    first, second = CustomThemeConfig(), CustomThemeConfig()
    once(first)
    first.primary_color = "#000000"
    once(second)
    assert (second.primary_color, asked) == ("#24477A", ["theme"])
