"""Who may see and do what: roles, their screens, feeds and acts, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SCREENS = (
    "situasi",
    "kejadian",
    "peringatan",
    "perubahan",
    "partisipasi",
    "tps",
    "personel",
    "pergeseran",
    "tahapan",
    "netralitas",
    "masukan",
    "laporan",
    "lapor",
    "tautan",
    "latihan",
    "kesehatan",
)
# What a person can do beyond looking: deliver and correct rows, merge reports, take a case
# further, let guests in by a link, mark a briefing, decide who is moved where, start a drill.
PERMISSIONS = ("masukkan", "perbaiki", "gabung", "tindak", "bagikan", "tandai", "geser", "latih")

# Feeds of which rows are never loaded for a role without the right.
GUARDED_FEEDS = {
    "neutrality": "netralitas",
    "roster": "personel",
    "postings": "personel",
    "personnel": "personel",
}
# Feeds of which it is in the trail who saw them.
AUDITED_FEEDS = frozenset({"neutrality"})
# Cells that name an officer, in feeds that everyone sees: (feed, column) -> screen. Who reports
# may be written as a name, who handles a case too; a whole message may say who escorts a box,
# or who was hurt.
GUARDED_COLUMNS = {
    ("incidents", "pelapor"): "personel",
    ("incidents", "ditugaskan"): "personel",
    ("incidents", "teks_asli"): "personel",
    ("tps", "pelapor"): "personel",
    ("tps", "pengawal"): "personel",
    ("tps", "teks_asli"): "personel",
    ("activities", "pelapor"): "personel",
    ("merges", "pelapor"): "personel",
}
# Cells in which an officer may be named among other things: the name alone is taken out.
GUARDED_TEXT_COLUMNS = {
    (feed, column): "personel"
    for feed, columns in {
        "incidents": ("desa_text", "uraian", "sumber", "flags"),
        "tps": ("desa_text", "uraian", "sumber", "flags"),
        "activities": ("desa_text", "mitra", "lokasi", "jumlah", "uraian", "sumber", "flags"),
        "merges": ("alasan_gabung", "sumber", "flags"),
    }.items()
    for column in columns
}


@dataclass(frozen=True)
class Role:
    """A role. screens: pages it may open. acts: what it may do there."""

    name: str
    screens: frozenset[str]
    permissions: frozenset[str]

    def may_see(self, screen: str) -> bool:
        return screen in self.screens

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def readable_feeds(self, feeds: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these feeds whose rows may be loaded for this role."""
        return tuple(
            feed for feed in feeds if feed not in GUARDED_FEEDS or self.may_see(GUARDED_FEEDS[feed])
        )


@dataclass(frozen=True)
class LinkScope:
    """All that a shared link opens: one page, with these filters, until it ends.

    query: names and values of the filters, in the order of the address. ends: with its zone.
    """

    id: str
    page: str
    query: tuple[tuple[str, str], ...]
    expires_at: datetime

    def filter_values(self, name: str) -> list[str]:
        """What the link says of this filter."""
        return [value for key, value in self.query if key == name]


@dataclass(frozen=True)
class Viewer:
    """Who looks: an account, a guest by a shared link, or whoever sits at this machine.

    name: what the trail calls them. area: the kecamatan whose rows they may see; empty: all.
    link: the shared link by which they came, None for an account. here: no account, but
    whoever sits at this machine.
    """

    name: str
    role: Role
    area: tuple[str, ...] = ()
    link: LinkScope | None = None
    is_local: bool = False

    def may_open(self, screen: str) -> bool:
        """Whether this page is there for them."""
        return self.role.may_see(screen) and (self.link is None or self.link.page == screen)

    def covers(self, kecamatan: object) -> bool:
        """Whether a thing of this kecamatan is theirs to decide; None: of the whole kabupaten."""
        return not self.area or kecamatan in self.area


def _build_role(name: str, hidden_screens: set[str], permissions: set[str]) -> Role:
    # Whoever lets guests in sees the list of the links, and nobody else does.
    hidden = hidden_screens if "bagikan" in permissions else hidden_screens | {"tautan"}
    return Role(name, frozenset(SCREENS) - hidden, frozenset(permissions))


# Pages of a Polres on which it writes, or which are of its own server.
_OWN_BOARD_SCREENS = frozenset({"lapor", "tautan", "latihan", "kesehatan"})


def read_only_role(role: Role) -> Role:
    """This role before the board of a kabupaten at which a command above looks: no act at all."""
    return Role(role.name, role.screens - _OWN_BOARD_SCREENS, frozenset())


def may_open_higher_command(viewer: Viewer) -> bool:
    """Whether the page of a command above is there for them: for its accounts, for no guest."""
    return viewer.link is None and viewer.role.name not in {"", "tamu"}


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _build_role("pimpinan", set(), set(PERMISSIONS)),
        _build_role("propam", {"masukan", "lapor", "latihan", "kesehatan"}, set()),
        # An analyst corrects and merges what came in; reports are typed by operators.
        _build_role(
            "analis",
            {"netralitas", "lapor", "kesehatan"},
            set(PERMISSIONS) - {"tindak", "geser", "latih"},
        ),
        _build_role(
            "operator", {"netralitas", "kesehatan"}, set(PERMISSIONS) - {"bagikan", "latih"}
        ),
        _build_role("admin", {"netralitas"}, set(PERMISSIONS)),
        _build_role(
            "tamu",
            # Alerts, moves and laporan name who did what: that is the command's own.
            {
                "netralitas",
                "masukan",
                "personel",
                "pergeseran",
                "laporan",
                "lapor",
                "latihan",
                "kesehatan",
                "peringatan",
            },
            set(),
        ),
    )
}
