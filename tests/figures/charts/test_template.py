"""What all charts share is sent with each, and so it is small."""

from __future__ import annotations

import pytest

from situasi.common import i18n
from situasi.figures.charts.template import create_figure
from situasi.figures.theme import DARK, LIGHT, Theme


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_figure_brings_our_look_and_no_others(theme: Theme) -> None:
    figure = create_figure(theme)
    assert figure.layout.template.layout.font.color == theme.muted
    assert len(figure.to_json()) < 1_000


def test_numbers_of_a_chart_are_written_as_the_language_writes_them() -> None:
    for language, separators in (("id", ",."), ("en", ".,")):
        with i18n.use_language(language):
            assert create_figure(LIGHT).layout.template.layout.separators == separators
