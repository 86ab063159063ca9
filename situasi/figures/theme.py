"""Every colour of the board, by what it means. Pages and figures name roles, never hex."""

from __future__ import annotations

from dataclasses import dataclass

UNRATED = "belum"

# Each scale has its own family, and each mark a shape or word as well as a colour.
TINGKAT = {
    "rendah": "#6B7A90",
    "sedang": "#D99A00",
    "tinggi": "#C8322B",
    UNRATED: "#9AA5B4",
}
SITUASI = {"hijau": "#2E8B57", "kuning": "#E3B505", "merah": "#B3261E"}
SHAPES = {"rendah": "circle", "sedang": "triangle", "tinggi": "diamond", UNRATED: "ring"}
SIGNS = {"rendah": "●", "sedang": "▲", "tinggi": "◆", UNRATED: "○"}


@dataclass(frozen=True)
class Theme:
    """The greys and the one ink of a light or dark board."""

    name: str
    paper: str
    ink: str
    muted: str
    line: str
    accent: str
    halo: str
    counts: tuple[str, ...]  # sequential, few to many


LIGHT = Theme(
    name="light",
    paper="#FFFFFF",
    ink="#1B2638",
    muted="#5A6678",
    line="#9AA5B4",
    accent="#24477A",
    halo="#FFFFFF",
    counts=("#F1F3F6", "#D9DEE6", "#BAC3D0", "#95A2B5", "#6C7B92"),
)
DARK = Theme(
    name="dark",
    paper="#10161F",
    ink="#E6EAF0",
    muted="#9BA7B8",
    line="#5B6778",
    accent="#8FB4E8",
    halo="#10161F",
    counts=("#1C2430", "#2A3442", "#3C4859", "#556378", "#74849B"),
)


def theme(name: str | None) -> Theme:
    return DARK if name == "dark" else LIGHT


def rgb(colour: str, alpha: int = 255) -> list[int]:
    """'#RRGGBB' as [r, g, b, a], 0 to 255."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [alpha]
