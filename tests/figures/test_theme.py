"""Colours: told apart by those who see fewer of them, and legible on both papers."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from situasi.figures.theme import (
    DARK,
    LIGHT,
    SHAPES,
    SIGNS,
    SITUASI,
    SITUASI_INK,
    TINGKAT,
    Theme,
    hex_to_rgba,
    is_ink_readable,
    select_step_colour,
    select_strength_colour,
)
from situasi.presentation.map_measures import GREEN_OPACITY

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "all colours": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# What WCAG 2 asks of large letters and of what a picture is read by.
READABLE = 3.0
# Of CIE Lab; about ten times what an eye just tells apart side by side.
APART = 20.0


def linear(colour: str) -> np.ndarray:
    part = np.array(hex_to_rgba(colour)[:3]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("scale", [TINGKAT, SITUASI], ids=["tingkat", "situasi"])
def test_the_marks_of_a_scale_are_told_apart(sight: str, scale: dict[str, str]) -> None:
    rated = {name: colour for name, colour in scale.items() if name != "belum"}
    for one, other in combinations(rated, 2):
        seen = [lab(SIGHT[sight] @ linear(rated[name])) for name in (one, other)]
        assert np.linalg.norm(seen[0] - seen[1]) > APART, (one, other)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_no_two_scales_share_a_colour(theme: Theme) -> None:
    scales = [TINGKAT.values(), SITUASI.values(), theme.counts, theme.turnout, theme.phases,
              theme.strength, theme.excess]  # fmt: skip
    for one, other in combinations(map(set, scales), 2):
        assert not one & other


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_too_few_and_more_than_required_are_told_apart(theme: Theme, sight: str) -> None:
    ends = [
        lab(SIGHT[sight] @ linear(colour)) for colour in (theme.strength[0], theme.strength[-1])
    ]
    assert np.linalg.norm(ends[0] - ends[1]) > APART


def test_strength_says_as_required_only_near_what_is_required() -> None:
    ratios = (0.0, 0.6, 1.0, 1.3, 4.0)
    assert [select_strength_colour(ratio, LIGHT) for ratio in ratios] == list(LIGHT.strength)


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.5, 1.0, 7.0])
def test_a_share_has_a_colour_of_its_scale_whatever_it_is(share: float) -> None:
    assert select_step_colour(share, LIGHT.turnout) in LIGHT.turnout


def test_every_weight_has_its_own_shape_and_sign() -> None:
    assert len(set(SHAPES.values())) == len(set(SIGNS.values())) == len(TINGKAT)


def contrast(one: str, other: str, sight: str = "all colours") -> float:
    """The contrast ratio of WCAG 2 between two colours as this sight has them."""
    weights, seen = np.array([0.2126, 0.7152, 0.0722]), SIGHT[sight]
    light = sorted(
        (float(weights @ np.clip(seen @ linear(colour), 0, 1)) for colour in (one, other)),
        reverse=True,
    )
    return (light[0] + 0.05) / (light[1] + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_from_its_paper(theme: Theme) -> None:
    for ink in (theme.ink, theme.muted, theme.accent):
        assert contrast(ink, theme.paper) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_on_a_fill_have_the_colour_with_the_stronger_contrast(theme: Theme) -> None:
    fills = [*theme.counts, *theme.turnout, *theme.phases, *theme.strength, *SITUASI.values()]
    for fill in fills:
        ink, paper = contrast(theme.ink, fill), contrast(theme.paper, fill)
        assert is_ink_readable(fill, 255, theme) == (ink >= paper), fill
        assert max(ink, paper) >= 3.5, fill
        # What is hardly there is as good as the paper.
        assert is_ink_readable(fill, 5, theme)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_lightest_weight_is_seen_on_every_shade_of_a_count(theme: Theme) -> None:
    assert all(contrast(TINGKAT["rendah"], shade) >= 1.5 for shade in theme.counts)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_more_is_always_further_from_the_paper(theme: Theme) -> None:
    for scale in (theme.counts, theme.turnout, theme.phases):
        steps = [contrast(colour, theme.paper) for colour in scale]
        assert steps == sorted(steps)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_each_step_of_a_scale_is_told_from_the_next(theme: Theme) -> None:
    # By night an eye tells less apart.
    least = 6.5 if theme is LIGHT else 7.5
    for scale in (theme.counts, theme.turnout, theme.phases):
        seen = [lab(linear(colour)) for colour in scale]
        steps = [np.linalg.norm(one - other) for one, other in pairwise(seen)]
        assert min(steps) > least, scale
    # Plotly writes on a cell in white or in this grey.
    inks = ("#FFFFFF", "#444444")
    assert all(max(contrast(ink, fill) for ink in inks) >= 3.5 for fill in theme.counts)


def on_map(situasi: str, theme: Theme) -> str:
    """The colour of an area of this situasi, hijau being half transparent."""
    share = GREEN_OPACITY / 255 if situasi == "hijau" else 1.0
    over, under = (np.array(hex_to_rgba(c)[:3]) for c in (SITUASI[situasi], theme.paper))
    return "#" + "".join(f"{round(part):02X}" for part in over * share + under * (1 - share))


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("situasi", SITUASI)
def test_letter_and_lines_of_a_situasi_are_read_by_every_sight(situasi: str, sight: str) -> None:
    assert contrast(SITUASI_INK[situasi], SITUASI[situasi], sight) >= READABLE


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_areas_of_two_situasi_are_told_apart_by_fill_or_by_lines(theme: Theme, sight: str) -> None:
    """Red against green on the dark map is 1.2 : 1 for protanopia; its white lines are not."""
    for one, other in combinations(SITUASI, 2):
        fills = on_map(one, theme), on_map(other, theme)
        hatched = [SITUASI_INK[name] for name in (one, other) if name != "hijau"]
        ratios = [contrast(*fills, sight)]
        ratios += [max(contrast(ink, fill, sight) for fill in fills) for ink in hatched]
        assert max(ratios) >= READABLE, (one, other)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_mark_is_seen_on_every_area_by_its_edges(theme: Theme, sight: str) -> None:
    """It is edged in white and in black, so that red on red is seen too."""
    fills = [*(on_map(name, theme) for name in SITUASI), *theme.counts, *theme.turnout,
             *theme.phases, *theme.strength]  # fmt: skip
    for fill in fills:
        assert max(contrast(edge, fill, sight) for edge in ("#FFFFFF", "#000000")) >= 4.5, fill


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_border_of_the_wall_is_seen_on_every_fill_by_its_line_or_its_edge(
    theme: Theme, sight: str
) -> None:
    """Lines to the names too; without the edge of paper a done phase hid them: 1.1 : 1."""
    fills = [*(on_map(name, theme) for name in SITUASI), *theme.counts, *theme.turnout,
             *theme.phases, *theme.strength]  # fmt: skip
    for fill in fills:
        assert max(contrast(edge, fill, sight) for edge in (theme.muted, theme.paper)) >= 2.2, fill
