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
SPOKEN = {
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
FILTERS = ("kec", "jenis", "tingkat", "status", "rentang", "saat")


def word(register: Register, name: str, code: str) -> str:
    """What people read for one value of a filter of SPOKEN.

    Raises KeyError or ValueError where it is none.
    """
    rules = register.election.alerts
    said: dict[str, Callable[[str], str]] = {
        "kec": register.name_of,
        "rentang": window_name,
        "sejak": lambda at: at.replace("T", " ")[:16],
        "derajat": lambda code: alerts.level(rules, rules.levels.index(code)),
        "aturan": lambda code: alerts.rule(rules, code),
        "hidup": alerts.life,
    }
    return said[name](code) if name in said else label(name, code)


def window_name(code: str) -> str:
    """A window of time (analysis.moment.WINDOWS)."""
    return {
        "hari": _("hari pemungutan"),
        "1j": _("1 jam terakhir"),
        "3j": _("3 jam terakhir"),
        "semua": _("semua waktu"),
    }[code]


def filters_in_words(register: Register, query: Iterable[tuple[str, str]]) -> str:
    """What a view is filtered by, from names and values of its address; empty: by nothing."""
    told: dict[str, list[str]] = {}
    for name, value in query:
        if name in SPOKEN:
            told.setdefault(_(SPOKEN[name]), []).append(_word(register, name, value))
        elif name == "saat":
            told.setdefault(_("saat"), []).append(value.replace("T", " "))
    return "; ".join(f"{title}: {', '.join(some)}" for title, some in told.items())


def _word(register: Register, name: str, code: str) -> str:
    try:
        return word(register, name, code)
    except (KeyError, ValueError):  # of an election or a version of the board that is no more
        return code


def bands(
    at: ViewTime,
    zone_label: str,
    *,
    rehearsal: bool,
    until: datetime | None,
    trouble: str | None,
    register: Register | None = None,
    replaced_at: datetime | None = None,
) -> list[tuple[str, str]]:
    """Lines across the top, (kind, text): made-up data, a past moment, a guest, a broken store,
    one that was replaced, a register that does not add up, a disk that is full or nearly so.

    until: when the link of a guest ends; None for everybody else. replaced_at: see
    snapshot.Picture.
    """
    said = []
    if rehearsal:
        said.append(("latihan", _("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya")))
    if not at.live:
        past = _("Keadaan sebagaimana diketahui {time} {zone}, bukan keadaan sekarang")
        said.append(("past", past.format(time=i18n.format_time(at.at), zone=zone_label)))
    if until is not None:
        ends = until.astimezone(at.at.tzinfo)
        only = _("Tamu: hanya tampilan ini, sampai {day} {time} {zone}")
        said.append(
            (
                "guest",
                only.format(
                    day=i18n.format_date(ends), time=i18n.format_time(ends), zone=zone_label
                ),
            )
        )
    if trouble:
        said.append(("broken", _("Penyimpanan tidak terbaca: {why}").format(why=trouble)))
    if replaced_at is not None:
        lost = _(
            "Penyimpanan diganti yang lain pukul {time} {zone}: laporan yang masuk sebelumnya "
            "mungkin tidak ada lagi. Beri tahu admin."
        )
        time = i18n.format_time(replaced_at.astimezone(at.at.tzinfo))
        said.append(("doubt", lost.format(time=time, zone=zone_label)))
    if register is not None and register.mismatches:
        said.append(("doubt", _doubt(register)))
    if disk := disk_in_words(DISK_SPACE.state):
        said.append(("disk", disk))
    return said


def _doubt(register: Register) -> str:
    """The first mismatch of the register in words, how many there are, and the remedy."""
    first, *others = mismatches(register)
    more = _("; {n} lagi di Kesehatan").format(n=i18n.format_number(len(others))) if others else ""
    said = _("Register tidak cocok, angka TPS dan DPT meragukan: {what}{more}. {remedy}")
    return said.format(what=first, more=more, remedy=remedy())


def mismatches(register: Register) -> list[str]:
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


def remedy() -> str:
    """What to do about it."""
    return _("Perbaiki berkasnya di folder pemilihan, lalu mulai ulang papan")


# What the board writes (disk_space.Place), as people call it.
PLACES = {
    "store": N_("laporan"),
    "inbox": N_("kotak masuk"),
    "copies": N_("salinan beku"),
    "backup": N_("cadangan malam"),
    "upload": N_("unggahan"),
    "log": N_("log"),
}


def failed_act() -> tuple[str, str]:
    """The line for a viewer whose last act failed."""
    said = _("Tindakan terakhir gagal; sebabnya tercatat di log papan. Periksa hasilnya dulu.")
    return "broken", said


def disk_in_words(state: DiskState) -> str:
    """What must be said of the disks; empty while they have room."""
    if state.failed_places:
        said = _(
            "Disk server penuh, tidak tersimpan: {what}. Yang lama tetap terbaca. Beri tahu admin."
        )
        return said.format(
            what=", ".join(_(PLACES[one]) for one in PLACES if one in state.failed_places)
        )
    if state.level == "enough" or state.least_free_bytes is None:
        return ""
    left = i18n.format_number(state.least_free_bytes // 1_000_000)
    return _("Disk server hampir penuh: sisa ruang {n} MB. Beri tahu admin.").format(n=left)
