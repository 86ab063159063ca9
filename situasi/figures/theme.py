"""All colours of the dashboard by meaning; pages and figures name roles, never hex codes."""

from collections.abc import Sequence
from dataclasses import dataclass

UNRATED = "belum"

# Each scale has its own hues, and each mark a shape or word as well as a colour.
TINGKAT = {"rendah": "#6B7A90", "sedang": "#D99A00", "tinggi": "#C8322B", UNRATED: "#9AA5B4"}
SITUASI = {"hijau": "#2E8B57", "kuning": "#E3B505", "merah": "#B3261E"}
# Lines over an area of this situasi, and the letter on its sign: red is not told from green by
# everybody. hijau has a letter and no lines.
SITUASI_INK = {"hijau": "#FFFFFF", "kuning": "#1B1400", "merah": "#FFFFFF"}
SHAPES = {"rendah": "circle", "sedang": "triangle", "tinggi": "diamond", UNRATED: "ring"}
SIGNS = {"rendah": "●", "sedang": "▲", "tinggi": "◆", UNRATED: "○"}


@dataclass(frozen=True)
class Theme:
    """Colours of the light or dark dashboard."""

    name: str
    paper: str
    ink: str
    muted: str
    line: str
    accent: str
    halo: str
    counts: tuple[str, ...]  # sequential, few to many; no step is as a mark on top of it
    turnout: tuple[str, ...]  # sequential blue, 0 to 100 % always
    phases: tuple[str, ...]  # one step for each of feed_schemas.FASE, the last is done
    strength: tuple[str, ...]  # far too few, too few; as required and more are quiet
    present: str  # officers at their posts, in a chart through the day
    excess: tuple[str, ...]  # sequential magenta, by how rare it is by chance
    water: str  # rivers of the base map; quieter than any border
    road: str  # its roads and railway


LIGHT = Theme(
    name="light",
    paper="#FFFFFF",
    ink="#1B2638",
    muted="#5A6678",
    line="#9AA5B4",
    accent="#24477A",
    halo="#FFFFFF",
    counts=("#F1F3F6", "#DDE2E9", "#C6CED9", "#ACB7C6", "#91A0B3"),
    turnout=("#EAF1FA", "#BFD5EE", "#8DB3DE", "#5488C4", "#24558F"),
    phases=(
        "#E6EBF1",
        "#C5D0DC",
        "#A8B8C8",
        "#8DA1B6",
        "#758DA5",
        "#5E7A95",
        "#496887",
        "#365679",
        "#26446A",
    ),
    strength=("#8C510A", "#D8B365", "#EEEEEA", "#DCE6E4", "#C3D3D0"),
    present="#7CBFB3",
    excess=("#F3CCE0", "#D98DB7", "#8F2C68"),
    water="#8AB2CF",
    road="#A69A88",
)
DARK = Theme(
    name="dark",
    paper="#10161F",
    ink="#E6EAF0",
    muted="#9BA7B8",
    line="#5B6778",
    accent="#8FB4E8",
    halo="#10161F",
    # Between the third and the fourth is the grey of a mark.
    counts=("#1C2533", "#33425A", "#4B5D79", "#A4B1C5", "#CBD4E0"),
    turnout=("#15273D", "#1F4068", "#2F5F97", "#5289C7", "#8DB8E8"),
    phases=(
        "#1E2833",
        "#2B3B4F",
        "#384E66",
        "#45607C",
        "#547391",
        "#6687A5",
        "#7C9CB9",
        "#96B3CD",
        "#B4CCE2",
    ),
    strength=("#B8731F", "#7A5A2B", "#2A3138", "#2C3B3D", "#34494A"),
    present="#2F7A70",
    excess=("#45203F", "#87396F", "#E58EC0"),
    water="#3F6A8A",
    road="#6F675B",
)


def select_theme(name: str | None) -> Theme:
    """Return the dark theme for "dark", else the light one."""
    return DARK if name == "dark" else LIGHT


def select_step_colour(share: float, steps: tuple[str, ...]) -> str:
    """Return the colour of a share from 0 to 1 on a scale of equal steps."""
    return steps[min(len(steps) - 1, max(0, int(share * len(steps))))]


def select_strength_colour(ratio: float, theme: Theme) -> str:
    """Return the colour of present / required: below 0.5, 0.9, 1.1, 1.5, or above."""
    bounds = (0.5, 0.9, 1.1, 1.5)
    return theme.strength[sum(ratio >= bound for bound in bounds)]


def hex_to_rgba(colour: str, alpha: int = 255) -> list[int]:
    """Convert '#RRGGBB' to [r, g, b, a], 0 to 255."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [alpha]


def is_ink_readable(fill: str, alpha: int, theme: Theme) -> bool:
    """Return whether the theme's ink has more contrast on this fill than its paper colour."""
    channels = [
        (over * alpha + under * (255 - alpha)) / 255
        for over, under in zip(hex_to_rgba(fill)[:3], hex_to_rgba(theme.paper)[:3], strict=True)
    ]
    background = _compute_luminance(channels)
    ink, paper = (_compute_luminance(hex_to_rgba(c)[:3]) for c in (theme.ink, theme.paper))
    return _compute_contrast_ratio(background, ink) >= _compute_contrast_ratio(background, paper)


def _compute_luminance(channels: Sequence[float]) -> float:
    """Return the relative luminance as in WCAG 2."""
    linear = [
        part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _compute_contrast_ratio(first: float, second: float) -> float:
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
