"""What a view shows, in words: its filters, and what must not be overlooked about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from situasi.analysis.view_time import ViewTime
from situasi.common import i18n
from situasi.common.disk_space import DISK_SPACE, DiskState
from situasi.common.i18n import _
from situasi.domain.labels import N_, label
from situasi.domain.register import Register
from situasi.presentation import alerts

# Filters by their name in the address, and what they are called.
FILTER_NAMES = {
    "kec": N_("kecamatan"),
    "jenis": N_("jenis"),
    "tingkat": N_("tingkat"),
    "status": N_("status"),
    "rentang": N_("waktu"),
    "feed": N_("sumber"),
    "sejak": N_("sejak taklimat"),
    "derajat": N_("derajat"),
    "aturan": N_("aturan"),
    "hidup": N_("keadaan peringatan"),
}
# Those of Situasi, which the wall knows too.
SITUATION_FILTERS = ("kec", "jenis", "tingkat", "status", "rentang", "saat")


def format_filter_value(register: Register, name: str, code: str) -> str:
    """What people read for one value of a filter of SPOKEN.

    Raises KeyError or ValueError where it is none.
    """
    rules = register.election.alerts
    said: dict[str, Callable[[str], str]] = {
        "kec": register.name_of,
        "rentang": format_window,
        "sejak": lambda at: at.replace("T", " ")[:16],
        "derajat": lambda code: alerts.format_level(rules, rules.levels.index(code)),
        "aturan": lambda code: alerts.format_rule(rules, code),
        "hidup": alerts.format_status,
    }
    return said[name](code) if name in said else label(name, code)


def format_window(code: str) -> str:
    """A window of time (analysis.moment.WINDOWS)."""
    return {
        "hari": _("hari pemungutan"),
        "1j": _("1 jam terakhir"),
        "3j": _("3 jam terakhir"),
        "semua": _("semua waktu"),
    }[code]


def format_filters(register: Register, query: Iterable[tuple[str, str]]) -> str:
    """What a view is filtered by, from names and values of its address; empty: by nothing."""
    told: dict[str, list[str]] = {}
    for name, value in query:
        if name in FILTER_NAMES:
            told.setdefault(_(FILTER_NAMES[name]), []).append(
                _format_filter_value_or_code(register, name, value)
            )
        elif name == "saat":
            told.setdefault(_("saat"), []).append(value.replace("T", " "))
    return "; ".join(f"{title}: {', '.join(some)}" for title, some in told.items())


def _format_filter_value_or_code(register: Register, name: str, code: str) -> str:
    try:
        return format_filter_value(register, name, code)
    except (KeyError, ValueError):  # of an election or a version of the board that is no more
        return code


def list_banners(
    view_time: ViewTime,
    zone_label: str,
    *,
    has_exercise_rows: bool,
    link_ends_at: datetime | None,
    store_error: str | None,
    register: Register | None = None,
    replaced_at: datetime | None = None,
) -> list[tuple[str, str]]:
    """Lines across the top, (kind, text): made-up data, a past moment, a guest, a broken store,
    one that was replaced, a register that does not add up, a disk that is full or nearly so.

    until: when the link of a guest ends; None for everybody else. replaced_at: see
    snapshot.Picture.
    """
    said = []
    if has_exercise_rows:
        said.append(("latihan", _("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya")))
    if not view_time.live:
        past = _("Keadaan sebagaimana diketahui {time} {zone}, bukan keadaan sekarang")
        said.append(("past", past.format(time=i18n.format_time(view_time.at), zone=zone_label)))
    if link_ends_at is not None:
        ends = link_ends_at.astimezone(view_time.at.tzinfo)
        only = _("Tamu: hanya tampilan ini, sampai {day} {time} {zone}")
        said.append(
            (
                "guest",
                only.format(
                    day=i18n.format_date(ends), time=i18n.format_time(ends), zone=zone_label
                ),
            )
        )
    if store_error:
        said.append(("broken", _("Penyimpanan tidak terbaca: {why}").format(why=store_error)))
    if replaced_at is not None:
        lost = _(
            "Penyimpanan diganti yang lain pukul {time} {zone}: laporan yang masuk sebelumnya "
            "mungkin tidak ada lagi. Beri tahu admin."
        )
        time = i18n.format_time(replaced_at.astimezone(view_time.at.tzinfo))
        said.append(("doubt", lost.format(time=time, zone=zone_label)))
    if register is not None and register.mismatches:
        said.append(("doubt", _format_first_mismatch(register)))
    if disk := format_disk_state(DISK_SPACE.state):
        said.append(("disk", disk))
    return said


def _format_first_mismatch(register: Register) -> str:
    """The first mismatch of the register in words, how many there are, and the remedy."""
    first, *others = format_mismatches(register)
    more = _("; {n} lagi di Kesehatan").format(n=i18n.format_number(len(others))) if others else ""
    said = _("Register tidak cocok, angka TPS dan DPT meragukan: {what}{more}. {remedy}")
    return said.format(what=first, more=more, remedy=format_remedy())


def format_mismatches(register: Register) -> list[str]:
    """What does not add up in the register: both numbers, and the files that say them."""
    said = _("{what} {place}: {declared} di {declared_in}, {found} di {found_in}")
    return [
        said.format(
            what=one.quantity,
            place=register.name_of(one.kecamatan or None),
            declared=i18n.format_number(one.declared),
            declared_in=one.declared_in,
            found=i18n.format_number(one.counted),
            found_in=one.counted_in,
        )
        for one in register.mismatches
    ]


def format_remedy() -> str:
    """What to do about it."""
    return _("Perbaiki berkasnya di folder pemilihan, lalu mulai ulang papan")


# What the board writes (disk_space.Place), as people call it.
DISK_LOCATION_NAMES = {
    "store": N_("laporan"),
    "inbox": N_("kotak masuk"),
    "copies": N_("salinan beku"),
    "backup": N_("cadangan malam"),
    "upload": N_("unggahan"),
    "log": N_("log"),
}


def build_failed_action_banner() -> tuple[str, str]:
    """The line for a viewer whose last act failed."""
    said = _("Tindakan terakhir gagal; sebabnya tercatat di log papan. Periksa hasilnya dulu.")
    return "broken", said


def format_disk_state(state: DiskState) -> str:
    """What must be said of the disks; empty while they have room."""
    if state.failed_places:
        said = _(
            "Disk server penuh, tidak tersimpan: {what}. Yang lama tetap terbaca. Beri tahu admin."
        )
        return said.format(
            what=", ".join(
                _(DISK_LOCATION_NAMES[one])
                for one in DISK_LOCATION_NAMES
                if one in state.failed_places
            )
        )
    if state.level == "enough" or state.least_free_bytes is None:
        return ""
    left = i18n.format_number(state.least_free_bytes // 1_000_000)
    return _("Disk server hampir penuh: sisa ruang {n} MB. Beri tahu admin.").format(n=left)
