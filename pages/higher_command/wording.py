"""Texts about kabupaten side by side: what each reported, and how old it is."""

from datetime import time, timedelta

from situasi.common.formats import format_counts, format_number, format_relative_time, format_time
from situasi.common.i18n import _
from situasi.domain.higher_command import MABES
from situasi.higher_command.comparison import UnitSummary
from situasi.ui import higher_command_session, tenant

_HOUR = timedelta(hours=1)


def format_unit_kind() -> str:
    """Return the kind of the units side by side."""
    is_national = higher_command_session.get_command().level == MABES and not tenant.get_province()
    return _("Provinsi") if is_national else _("Kabupaten dan kota")


def format_sum(unit: UnitSummary, count_name: str) -> str:
    """Return a sum as text, with "≥" if some kabupaten did not report it."""
    value = unit.counts[count_name]
    if value is None:
        return "–"
    # "At least 0" says nothing; the number of reporting kabupaten is beside it.
    return ("≥ " if value and unit.is_partial(count_name) else "") + format_number(value)


def format_tps_total(unit: UnitSummary) -> str:
    """Return the number of TPS, or that it is not known."""
    if unit.tps is None:
        return _("belum diketahui")
    return ("≈ " if unit.estimated else "") + format_number(unit.tps)


def format_turnout(unit: UnitSummary) -> str:
    """Return the turnout of the TPS whose number of voters is known."""
    if unit.turnout.rate is None:
        return "–"
    return ("≈ " if unit.rate_estimated else "") + format_number(unit.turnout.rate, 1) + " %"


def format_count_hour(unit: UnitSummary) -> str:
    """Return of which hour the turnout is, where not every newest count is of that hour."""
    turnout = unit.turnout
    if turnout.rate is None or turnout.hour is None:
        return ""
    if not (turnout.is_common or unit.is_hour_apart):
        return ""
    return format_time(time(*divmod(turnout.hour, 60)))


def _format_voters_present(unit: UnitSummary) -> str:
    """Return the turnout, its hour where some counts are older, and how many TPS it is of."""
    rate, hour = format_turnout(unit), format_count_hour(unit)
    if unit.turnout.is_common:
        n = format_number(unit.turnout.common_tps)
        return _("{rate} hadir pukul {hour} di {n} TPS").format(rate=rate, hour=hour, n=n)
    n = format_sum(unit, "tps_counted")
    if hour:
        text = _("{rate} hadir di {n} TPS, hitungan {hour}")
        return text.format(rate=rate, hour=hour, n=n)
    return _("{rate} hadir di {n} TPS").format(rate=rate, n=n)


def format_tile_lines(unit: UnitSummary) -> list[str]:
    """Return the three lines of a tile."""
    if not unit.reporting_count:
        return [_("Belum ada laporan"), _("TPS: {n}").format(n=format_tps_total(unit))]
    counts = unit.counts
    tps = _("{n} dari {all} TPS lapor").format(
        n=format_sum(unit, "tps_reported"), all=format_tps_total(unit)
    )
    incidents = _("{n} kejadian terbuka").format(n=format_sum(unit, "incidents_open"))
    return [
        tps if counts["tps_reported"] is not None else _("TPS: belum lapor"),
        _format_voters_present(unit) if counts["heads"] is not None else _("Hadir: belum lapor"),
        incidents if counts["incidents_open"] is not None else _("Kejadian: belum lapor"),
    ]


def format_critical(unit: UnitSummary) -> str:
    """Return what needs attention, or ""."""
    serious, red, yellow = (
        unit.counts[name] or 0 for name in ("critical_open", "situasi_merah", "situasi_kuning")
    )
    parts = ((serious, _("{n} serius")), (red, _("{n} kec. merah")), (yellow, _("{n} kec. kuning")))
    return " · ".join(format_counts(template, n=count) for count, template in parts if count)


def compute_reported_share(unit: UnitSummary) -> float | None:
    """Return the share of the TPS that reported; None if unknown."""
    reported_count = unit.counts["tps_reported"]
    return None if reported_count is None or not unit.tps else min(1.0, reported_count / unit.tps)


def format_copy_age(unit: UnitSummary) -> str:
    """Return the age of the local copy."""
    if unit.exercise_at is not None:
        copied = unit.exercise_at.astimezone(unit.zone)
        return _("jam latihan {time}").format(time=format_time(copied))
    if unit.copied_at is None:
        return ""
    copied, now = unit.copied_at.astimezone(unit.zone), unit.now.astimezone(unit.zone)
    age = format_relative_time(copied, now)
    if unit.zone != tenant.get_info().zone and now - copied >= _HOUR:  # the time is of another zone
        age = f"{age} {unit.zone_label}"
    return _("salinan {age}").format(age=age)


def format_silence(unit: UnitSummary) -> str:
    """Return that nothing arrives any more, or ""."""
    if unit.is_silent:
        return _("SENYAP")
    return format_counts(_("{n} senyap"), n=unit.silent_count) if unit.silent_count else ""


def format_unit_coverage(unit: UnitSummary, count_name: str) -> str:
    """Return how many kabupaten a sum covers."""
    reporting_count, total = unit.reporting_by_count[count_name], unit.member_count
    if reporting_count == total:
        return format_counts(_("{n} kabupaten"), n=total)
    return format_counts(_("{n} dari {all} kabupaten"), n=reporting_count, all=total)
