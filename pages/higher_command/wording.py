"""The kabupaten side by side, in words: what each told, and how old it is."""

from __future__ import annotations

from datetime import timedelta

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.higher_command import MABES
from situasi.higher_command.comparison import UnitSummary
from situasi.ui import higher_command_session, tenant

_HOUR = timedelta(hours=1)


def format_unit_kind() -> str:
    """What stands side by side."""
    nation = higher_command_session.get_command().level == MABES and not tenant.get_province()
    return _("Provinsi") if nation else _("Kabupaten dan kota")


def format_sum(unit: UnitSummary, count_name: str) -> str:
    """A sum as it may be said: of some that told, there are at least so many."""
    value = unit.counts[count_name]
    if value is None:
        return "–"
    # That there are at least none says nothing: from how many it is stands beside it.
    return ("≥ " if value and unit.is_partial(count_name) else "") + i18n.format_number(value)


def format_tps_total(unit: UnitSummary) -> str:
    """The TPS that there are; not known: in words."""
    if unit.tps is None:
        return _("belum diketahui")
    return ("≈ " if unit.estimated else "") + i18n.format_number(unit.tps)


def format_turnout(unit: UnitSummary) -> str:
    """Turnout of the TPS whose voters are known."""
    if unit.rate is None:
        return "–"
    return ("≈ " if unit.rate_estimated else "") + i18n.format_number(unit.rate, 1) + " %"


def format_tile_lines(unit: UnitSummary) -> list[str]:
    """Three lines of a tile."""
    if not unit.reporting_count:
        return [_("Belum ada laporan"), _("TPS: {n}").format(n=format_tps_total(unit))]
    counts = unit.counts
    tps = _("{n} dari {all} TPS lapor").format(
        n=format_sum(unit, "tps_reported"), all=format_tps_total(unit)
    )
    turnout = _("{rate} hadir di {n} TPS").format(
        rate=format_turnout(unit), n=format_sum(unit, "tps_counted")
    )
    opened = _("{n} kejadian terbuka").format(n=format_sum(unit, "incidents_open"))
    return [
        tps if counts["tps_reported"] is not None else _("TPS: belum lapor"),
        turnout if counts["heads"] is not None else _("Hadir: belum lapor"),
        opened if counts["incidents_open"] is not None else _("Kejadian: belum lapor"),
    ]


def format_critical(unit: UnitSummary) -> str:
    """What somebody should look at, or nothing."""
    serious, red, yellow = (
        unit.counts[name] or 0 for name in ("serious_open", "situasi_merah", "situasi_kuning")
    )
    told = (
        (serious, _("{n} serius")),
        (red, _("{n} kec. merah")),
        (yellow, _("{n} kec. kuning")),
    )
    return " · ".join(said.format(n=i18n.format_number(n)) for n, said in told if n)


def compute_reported_share(unit: UnitSummary) -> float | None:
    """Of its TPS that told; None where it is not known."""
    told = unit.counts["tps_reported"]
    return None if told is None or not unit.tps else min(1.0, told / unit.tps)


def format_copy_age(unit: UnitSummary) -> str:
    """How old what lies here is."""
    if unit.exercise_at is not None:
        at = unit.exercise_at.astimezone(unit.zone)
        return _("jam latihan {time}").format(time=i18n.format_time(at))
    if unit.copied_at is None:
        return ""
    at, now = unit.copied_at.astimezone(unit.zone), unit.now.astimezone(unit.zone)
    age = i18n.format_relative_time(at, now)
    if unit.zone != tenant.get_info().zone and now - at >= _HOUR:  # a clock of another zone
        age = f"{age} {unit.zone_label}"
    return _("salinan {age}").format(age=age)


def format_silence(unit: UnitSummary) -> str:
    """That nothing comes any more, or nothing."""
    if unit.is_silent:
        return _("SENYAP")
    return (
        _("{n} senyap").format(n=i18n.format_number(unit.silent_count)) if unit.silent_count else ""
    )


def format_unit_coverage(unit: UnitSummary, count_name: str) -> str:
    """Of how many kabupaten a sum is."""
    told, every = unit.told[count_name], unit.member_count
    if told == every:
        return _("{n} kabupaten").format(n=i18n.format_number(every))
    return _("{n} dari {all} kabupaten").format(
        n=i18n.format_number(told), all=i18n.format_number(every)
    )
