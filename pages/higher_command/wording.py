"""The kabupaten side by side, in words: what each told, and how old it is."""

from __future__ import annotations

from datetime import timedelta

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.higher_command import MABES
from situasi.higher_command.comparison import UnitSummary
from situasi.ui import higher_command_session, tenant

_HOUR = timedelta(hours=1)


def each() -> str:
    """What stands side by side."""
    nation = higher_command_session.get_command().level == MABES and not tenant.get_province()
    return _("Provinsi") if nation else _("Kabupaten dan kota")


def at_least(line: UnitSummary, count: str) -> str:
    """A sum as it may be said: of some that told, there are at least so many."""
    value = line.counts[count]
    if value is None:
        return "–"
    # That there are at least none says nothing: from how many it is stands beside it.
    return ("≥ " if value and line.partial(count) else "") + i18n.number(value)


def of_tps(line: UnitSummary) -> str:
    """The TPS that there are; not known: in words."""
    if line.tps is None:
        return _("belum diketahui")
    return ("≈ " if line.estimated else "") + i18n.number(line.tps)


def rate(line: UnitSummary) -> str:
    """Turnout of the TPS whose voters are known."""
    if line.rate is None:
        return "–"
    return ("≈ " if line.rate_estimated else "") + i18n.number(line.rate, 1) + " %"


def facts(line: UnitSummary) -> list[str]:
    """Three lines of a tile."""
    if not line.reporting_count:
        return [_("Belum ada laporan"), _("TPS: {n}").format(n=of_tps(line))]
    counts = line.counts
    tps = _("{n} dari {all} TPS lapor").format(n=at_least(line, "tps_reported"), all=of_tps(line))
    turnout = _("{rate} hadir di {n} TPS").format(rate=rate(line), n=at_least(line, "tps_counted"))
    opened = _("{n} kejadian terbuka").format(n=at_least(line, "incidents_open"))
    return [
        tps if counts["tps_reported"] is not None else _("TPS: belum lapor"),
        turnout if counts["heads"] is not None else _("Hadir: belum lapor"),
        opened if counts["incidents_open"] is not None else _("Kejadian: belum lapor"),
    ]


def grave(line: UnitSummary) -> str:
    """What somebody should look at, or nothing."""
    serious, red, yellow = (
        line.counts[name] or 0 for name in ("serious_open", "situasi_merah", "situasi_kuning")
    )
    told = (
        (serious, _("{n} serius")),
        (red, _("{n} kec. merah")),
        (yellow, _("{n} kec. kuning")),
    )
    return " · ".join(said.format(n=i18n.number(n)) for n, said in told if n)


def share(line: UnitSummary) -> float | None:
    """Of its TPS that told; None where it is not known."""
    told = line.counts["tps_reported"]
    return None if told is None or not line.tps else min(1.0, told / line.tps)


def copied(line: UnitSummary) -> str:
    """How old what lies here is."""
    if line.exercise_at is not None:
        at = line.exercise_at.astimezone(line.zone)
        return _("jam latihan {time}").format(time=i18n.format_time(at))
    if line.copied_at is None:
        return ""
    at, now = line.copied_at.astimezone(line.zone), line.now.astimezone(line.zone)
    age = i18n.format_relative_time(at, now)
    if line.zone != tenant.get_info().zone and now - at >= _HOUR:  # a clock of another zone
        age = f"{age} {line.zone_label}"
    return _("salinan {age}").format(age=age)


def silent(line: UnitSummary) -> str:
    """That nothing comes any more, or nothing."""
    if line.is_silent:
        return _("SENYAP")
    return (
        _("{n} senyap").format(n=i18n.format_number(line.silent_count)) if line.silent_count else ""
    )


def from_some(line: UnitSummary, count: str) -> str:
    """Of how many kabupaten a sum is."""
    told, every = line.told[count], line.member_count
    if told == every:
        return _("{n} kabupaten").format(n=i18n.format_number(every))
    return _("{n} dari {all} kabupaten").format(
        n=i18n.format_number(told), all=i18n.format_number(every)
    )
