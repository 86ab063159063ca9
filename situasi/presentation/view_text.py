"""What a view shows, as text: its filters, and the warnings in its banners."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from situasi.analysis.view_time import ViewTime
from situasi.common.disk_space import DISK_SPACE, DiskState
from situasi.common.formats import format_counts, format_date, format_number, format_time
from situasi.common.i18n import _
from situasi.domain.labels import N_, label
from situasi.domain.register import Register
from situasi.presentation import alerts

# Filters by their name in the URL, with their labels.
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
# The filters of pages that the wall has too.
WALL_FILTERS = ("kec", "jenis", "tingkat", "status", "rentang", "saat", "sejak", "tahap")


def format_filter_value(register: Register, name: str, code: str) -> str:
    """Return the label of one value of a filter in FILTER_NAMES.

    Raises KeyError or ValueError if the value is unknown.
    """
    rules = register.election.alerts
    formatters: dict[str, Callable[[str], str]] = {
        "kec": register.name_of,
        "rentang": format_window,
        "sejak": _format_moment,
        "derajat": lambda code: alerts.format_level(rules, rules.levels.index(code)),
        "aturan": lambda code: alerts.format_rule(rules, code),
        "hidup": alerts.format_status,
    }
    return formatters[name](code) if name in formatters else label(name, code)


def format_clock_note(view_time: ViewTime) -> str:
    """Return which clock a time is of: that of an exercise, of now, or of the past."""
    if view_time.is_exercise:
        return _("jam latihan")
    return _("langsung") if view_time.live else _("lampau")


def mark_machine_time(time: str, *, is_exercise: bool) -> str:
    """Return this time of the computer's clock; beside the clock of an exercise it says whose."""
    return _("jam komputer {time}").format(time=time) if is_exercise else time


def describe_machine_times(headings: Sequence[str]) -> str:
    """Return, for a table of an exercise, which of its columns are times of the computer."""
    return _("Jam komputer, bukan jam latihan: {columns}.").format(columns=", ".join(headings))


def format_window(code: str) -> str:
    """Return the label of a time window (analysis.view_time.WINDOWS)."""
    return {
        "hari": _("hari pemungutan"),
        "1j": _("1 jam terakhir"),
        "3j": _("3 jam terakhir"),
        "semua": _("semua waktu"),
    }[code]


def format_filters(register: Register, query: Iterable[tuple[str, str]]) -> str:
    """Return the filters of a view as text, from its URL parameters; "" without any."""
    texts_by_title: dict[str, list[str]] = {}
    for name, value in query:
        if name in FILTER_NAMES:
            texts_by_title.setdefault(_(FILTER_NAMES[name]), []).append(
                _format_filter_value_or_code(register, name, value)
            )
        elif name == "saat":
            texts_by_title.setdefault(_("saat"), []).append(_format_moment(value))
    return "; ".join(f"{title}: {', '.join(texts)}" for title, texts in texts_by_title.items())


def _format_moment(text: str) -> str:
    """Return a moment of an address as 27 Nov 2024 10.30; as it is where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{format_date(moment)} {format_time(moment)}"


def _format_filter_value_or_code(register: Register, name: str, code: str) -> str:
    try:
        return format_filter_value(register, name, code)
    except (KeyError, ValueError):  # a code of another election or an older version
        return code


# Of a time in an address that no time can be read from, so much is repeated.
_MAX_TIME_LETTERS = 32


def format_unshown_time(text: str, view_time: ViewTime, day: tuple[datetime, datetime]) -> str:
    """Return why the present is shown although the address names this time; "" if it is shown.

    text: as in the address, "" for none. day: start and end of the watched day.
    """
    if not text or not view_time.live:
        return ""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=day[0].tzinfo)
    except ValueError:
        template = _("Saat yang diminta ({time}) tidak terbaca: yang tampil keadaan sekarang")
        return template.format(time=text[:_MAX_TIME_LETTERS])
    start, end = day
    if start <= moment <= view_time.at:  # the minute that is shown, by an exercise's own clock
        return ""
    if start <= moment < end:
        template = _("Saat yang diminta ({time}) belum tiba: yang tampil keadaan sekarang")
        return template.format(time=_format_day_and_time(moment))
    template = _(
        "Saat yang diminta ({time}) di luar hari yang dipantau ({start} – {end}): "
        "yang tampil keadaan sekarang"
    )
    return template.format(
        time=_format_day_and_time(moment),
        start=_format_day_and_time(start),
        end=_format_day_and_time(end),
    )


def _format_day_and_time(at: datetime) -> str:
    return f"{format_date(at)} {format_time(at)}"


def list_banners(
    view_time: ViewTime,
    zone_label: str,
    *,
    has_exercise_rows: bool,
    link_ends_at: datetime | None,
    store_error: str | None,
    register: Register | None = None,
    replaced_at: datetime | None = None,
    is_exercise: bool = False,
    unshown_time: str = "",
) -> list[tuple[str, str]]:
    """Return the banners of a view as (kind, text).

    They warn of exercise data, a past time, a guest link, an unreadable or replaced store, a
    register that does not add up, and a full disk. link_ends_at: when the link of a guest ends;
    None for everybody else. replaced_at: see live.snapshot.SnapshotView. is_exercise: an exercise
    with its own clock runs. unshown_time: of format_unshown_time.
    """
    banners = []
    if has_exercise_rows:
        banners.append(("latihan", _("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya")))
    if not view_time.live:
        past = _("Keadaan sebagaimana diketahui {time} {zone}, bukan keadaan sekarang")
        banners.append(("past", past.format(time=format_time(view_time.at), zone=zone_label)))
    if unshown_time:
        banners.append(("doubt", unshown_time))
    if link_ends_at is not None:
        link_end = link_ends_at.astimezone(view_time.at.tzinfo)
        end_text = f"{format_date(link_end)} {format_time(link_end)} {zone_label}"
        template = _("Tamu: hanya tampilan ini, sampai {time}")
        time = mark_machine_time(end_text, is_exercise=is_exercise)
        banners.append(("guest", template.format(time=time)))
    if store_error:
        banners.append(("broken", _("Penyimpanan tidak terbaca: {why}").format(why=store_error)))
    if replaced_at is not None:
        template_replaced = _(
            "Penyimpanan diganti yang lain pukul {time}: laporan yang masuk sebelumnya "
            "mungkin tidak ada lagi. Beri tahu admin."
        )
        time = f"{format_time(replaced_at.astimezone(view_time.at.tzinfo))} {zone_label}"
        time = mark_machine_time(time, is_exercise=is_exercise)
        banners.append(("doubt", template_replaced.format(time=time)))
    if register is not None and register.mismatches:
        banners.append(("doubt", _format_first_mismatch(register)))
    if disk := format_disk_state(DISK_SPACE.state):
        banners.append(("disk", disk))
    return banners


def _format_first_mismatch(register: Register) -> str:
    """Return the first mismatch of the register, the number of others, and the remedy."""
    first, *others = format_mismatches(register)
    more_text = format_counts(_("; {n} lagi di Kesehatan"), n=len(others)) if others else ""
    template = _("Register tidak cocok, angka TPS dan DPT meragukan: {what}{more}. {remedy}")
    return template.format(what=first, more=more_text, remedy=format_remedy())


def format_mismatches(register: Register) -> list[str]:
    """Return what does not add up in the register: both numbers, and the files they come from."""
    template = _("{what} {place}: {declared} di {declared_in}, {found} di {found_in}")
    return [
        template.format(
            what=mismatch.quantity,
            place=register.name_of(mismatch.kecamatan or None),
            declared=format_number(mismatch.declared),
            declared_in=mismatch.declared_in,
            found=format_number(mismatch.counted),
            found_in=mismatch.counted_in,
        )
        for mismatch in register.mismatches
    ]


def format_remedy() -> str:
    """Return how to correct the register."""
    return _("Perbaiki berkasnya di folder pemilihan, lalu mulai ulang papan")


# What the board writes (a Place of common.disk_space), with its label.
DISK_LOCATION_NAMES = {
    "store": N_("laporan"),
    "inbox": N_("kotak masuk"),
    "copies": N_("salinan beku"),
    "backup": N_("cadangan malam"),
    "upload": N_("unggahan"),
    "log": N_("log"),
}


def build_failed_action_banner() -> tuple[str, str]:
    """Return the banner for a viewer whose last action failed."""
    text = _("Tindakan terakhir gagal; sebabnya tercatat di log papan. Periksa hasilnya dulu.")
    return "broken", text


def format_disk_state(state: DiskState) -> str:
    """Return the warning about the disks; "" while they have room."""
    if state.failed_places:
        template = _(
            "Disk server penuh, tidak tersimpan: {what}. Yang lama tetap terbaca. Beri tahu admin."
        )
        return template.format(
            what=", ".join(
                _(DISK_LOCATION_NAMES[place])
                for place in DISK_LOCATION_NAMES
                if place in state.failed_places
            )
        )
    if state.level == "enough" or state.least_free_bytes is None:
        return ""
    free_megabytes = format_number(state.least_free_bytes // 1_000_000)
    return _("Disk server hampir penuh: sisa ruang {n} MB. Beri tahu admin.").format(
        n=free_megabytes
    )
