"""Access rights: roles with their screens, feeds and permissions, as data."""

from dataclasses import dataclass
from datetime import datetime

SCREENS = (
    "situasi", "kejadian", "peringatan", "perubahan", "partisipasi", "tps", "personel",
    "pergeseran", "tahapan", "netralitas", "masukan", "laporan", "lapor", "tautan", "latihan",
    "kesehatan", "kesiapan", "akun",
)  # fmt: skip
# Pages that have a view of their own on the wall, which is the light view of a phone.
WALL_SCREENS = ("situasi", "partisipasi", "tps", "personel")
# Pages of which the wall has a list in full: no view of the large screen, but a light view, too.
LIST_SCREENS = ("kejadian", "perubahan", "tahapan")
LIGHT_SCREENS = (*WALL_SCREENS, *LIST_SCREENS)
# What a person can do beyond viewing: deliver and correct rows, merge reports, handle a case,
# create guest links, mark a briefing, decide on redeployment, start an exercise.
PERMISSIONS = ("masukkan", "perbaiki", "gabung", "tindak", "bagikan", "tandai", "geser", "latih")

# Feeds of which rows are never loaded for a role without the right.
GUARDED_FEEDS = {
    "neutrality": "netralitas",
    "roster": "personel",
    "postings": "personel",
    "personnel": "personel",
}
# Feeds whose viewing is recorded in the audit log.
AUDITED_FEEDS = frozenset({"neutrality"})
# Cells that may name an officer, in feeds that everyone sees: (feed, column) -> screen. Reporter
# and handler may be written as a name; a whole message may name an escort or a victim.
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
# Cells whose text may name an officer: only the name is removed.
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
    """A role. screens: pages it may open. permissions: what it may do there."""

    name: str
    screens: frozenset[str]
    permissions: frozenset[str]

    def may_see(self, screen: str) -> bool:
        """Return whether it may open this screen."""
        return screen in self.screens

    def may(self, permission: str) -> bool:
        """Return whether it has this permission."""
        return permission in self.permissions

    def readable_feeds(self, feeds: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of these feeds whose rows may be loaded for this role."""
        return tuple(
            feed for feed in feeds if feed not in GUARDED_FEEDS or self.may_see(GUARDED_FEEDS[feed])
        )


@dataclass(frozen=True)
class LinkScope:
    """All that a guest link opens: one page, with these filters, until it expires.

    query: names and values of the filters, in the order of the address. expires_at: with zone.
    """

    id: str
    page: str
    query: tuple[tuple[str, str], ...]
    expires_at: datetime

    def filter_values(self, name: str) -> list[str]:
        """Return the values of this filter in the link."""
        return [value for key, value in self.query if key == name]


@dataclass(frozen=True)
class Viewer:
    """Who is viewing: an account, a guest by a link, or the local user of this machine.

    name: as in the audit log. area: the kecamatan whose rows they may see; empty: all. link: the
    guest link they used, None for an account. is_local: no account, but the local user.
    """

    name: str
    role: Role
    area: tuple[str, ...] = ()
    link: LinkScope | None = None
    is_local: bool = False

    def may_open(self, screen: str) -> bool:
        """Return whether they may open this screen."""
        return self.role.may_see(screen) and (self.link is None or self.link.page == screen)

    def may_open_wall(self) -> bool:
        """Return whether they may open a view of the wall; a guest, that of the link."""
        return any(self.may_open(screen) for screen in LIGHT_SCREENS)

    def covers(self, kecamatan: object) -> bool:
        """Return whether a kecamatan is in their area; None: the whole kabupaten."""
        return not self.area or kecamatan in self.area


# Pages of a few roles: what a board still lacks, and who may sign in to it.
_ROLES_OF_SCREEN = {"kesiapan": {"pimpinan", "admin"}, "akun": {"admin"}}


def _build_role(name: str, hidden_screens: set[str], permissions: set[str]) -> Role:
    # The list of guest links is only for those who may create them.
    all_hidden = hidden_screens if "bagikan" in permissions else hidden_screens | {"tautan"}
    all_hidden = all_hidden | {
        screen for screen, roles in _ROLES_OF_SCREEN.items() if name not in roles
    }
    return Role(name, frozenset(SCREENS) - all_hidden, frozenset(permissions))


# Pages on which a Polres writes, or which are about its own server.
_OWN_BOARD_SCREENS = frozenset({"lapor", "tautan", "latihan", "kesehatan", "kesiapan", "akun"})


def read_only_role(role: Role) -> Role:
    """Return this role for a board viewed from a command above: without any permission."""
    return Role(role.name, role.screens - _OWN_BOARD_SCREENS, frozenset())


def may_open_higher_command(viewer: Viewer) -> bool:
    """Return whether they may open the page of a command above: accounts may, guests may not."""
    return viewer.link is None and viewer.role.name not in {"", "tamu"}


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _build_role("pimpinan", set(), set(PERMISSIONS)),
        _build_role("propam", {"masukan", "lapor", "latihan", "kesehatan"}, set()),
        # Analysts correct and merge reports; operators enter them.
        _build_role(
            "analis",
            {"netralitas", "lapor", "kesehatan"},
            set(PERMISSIONS) - {"tindak", "geser", "latih"},
        ),
        _build_role(
            "operator", {"netralitas", "kesehatan"}, set(PERMISSIONS) - {"bagikan", "latih"}
        ),
        _build_role("admin", {"netralitas"}, set(PERMISSIONS)),
        # Alerts, redeployments and laporan name who did what: internal.
        _build_role(
            "tamu",
            set(SCREENS) - {"situasi", "kejadian", "perubahan", "partisipasi", "tps", "tahapan"},
            set(),
        ),
    )
}
