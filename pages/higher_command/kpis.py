"""The key figures of a higher command: sums, each with the number of kabupaten it covers."""

from functools import partial

from pages.higher_command import tables
from pages.higher_command.wording import (
    format_count_hour,
    format_sum,
    format_tps_total,
    format_turnout,
    format_unit_coverage,
)
from situasi.common.formats import format_counts, format_number, format_ratio
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.higher_command.comparison import UnitSummary
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi
from situasi.ui.components.markup import Card


def build_kpis(total: UnitSummary, units: list[UnitSummary]) -> list[Kpi]:
    """Build the key figures. total: the sums. units: the rows behind them."""
    cards = (
        ("lapor", _build_reporting_card(total), tables.build_reporting_table),
        ("terbuka", _build_incident_card(total), tables.build_incident_table),
        ("situasi", _build_situasi_card(total), tables.build_situasi_table),
        ("tps", _build_station_card(total), tables.build_station_table),
        ("partisipasi", _build_turnout_card(total), tables.build_turnout_table),
        ("personel", _build_officer_card(total), tables.build_officer_table),
    )
    return [Kpi(key, card, partial(build_table, units)) for key, card, build_table in cards]


def _build_reporting_card(unit: UnitSummary) -> Card:
    missing = unit.member_count - unit.reporting_count
    notes = [
        format_counts(_("{n} senyap"), n=unit.silent_count) if unit.silent_count else "",
        format_counts(_("{n} belum ada laporan"), n=missing) if missing else "",
    ]
    value = format_ratio(unit.reporting_count, unit.member_count)
    note = " · ".join(filter(None, notes)) or _("semua melapor")
    return Card(_("Kabupaten melapor"), value, note, is_alarm=bool(unit.silent_count))


def _build_incident_card(unit: UnitSummary) -> Card:
    serious = unit.counts["critical_open"]
    note = "" if serious is None else _("{n} serius").format(n=format_sum(unit, "critical_open"))
    return Card(
        _("Kejadian terbuka"),
        format_sum(unit, "incidents_open"),
        format_unit_coverage(unit, "incidents_open"),
        is_alarm=bool(serious),
        side_note=note,
    )


def _build_situasi_card(unit: UnitSummary) -> Card:
    marks = [
        (markup.build_situasi_mark(state), format_sum(unit, f"situasi_{state}"), "")
        for state in reversed(SITUASI)
    ]
    known = unit.counts["situasi_merah"] is not None
    note = " · ".join(label("situasi", state) for state in reversed(SITUASI))
    return Card(
        _("Situasi kecamatan"),
        markup.build_counts(marks) if known else "–",
        f"{note} · {format_unit_coverage(unit, 'situasi_merah')}"
        if known
        else _("belum ada laporan"),
        is_alarm=bool(unit.counts["situasi_merah"]),
    )


def _build_station_card(unit: UnitSummary) -> Card:
    known = unit.counts["tps_reported"] is not None
    value = _("{n} dari {all}").format(
        n=format_sum(unit, "tps_reported"), all=format_tps_total(unit)
    )
    return Card(_("TPS lapor"), value if known else "–", format_unit_coverage(unit, "tps_reported"))


def _build_turnout_card(unit: UnitSummary) -> Card:
    coverage, turnout = format_unit_coverage(unit, "turnout_heads"), unit.turnout
    known = unit.counts["heads"] is not None
    note = _("{heads} hadir di {n} TPS, {of}").format(
        heads=format_sum(unit, "heads"), n=format_sum(unit, "tps_counted"), of=coverage
    )
    if turnout.is_common:
        note = _("pukul {hour} di {n} TPS, tanpa {stale}, {of}").format(
            hour=format_count_hour(unit),
            n=format_number(turnout.common_tps),
            stale=format_counts(_("{n} hitungan lama"), n=turnout.stale),
            of=coverage,
        )
    return Card(_("Partisipasi"), format_turnout(unit), note if known else _("belum ada hitungan"))


def _build_officer_card(unit: UnitSummary) -> Card:
    coverage = format_unit_coverage(unit, "officers_present")
    if unit.counts["officers_present"] is None:
        return Card(_("Personel hadir"), "–", coverage)
    name = "officers_returned" if unit.is_end_of_duty else "officers_present"
    value = _("{n} dari {all}").format(
        n=format_sum(unit, name), all=format_sum(unit, "officers_posted")
    )
    if not unit.is_end_of_duty:
        return Card(_("Personel hadir"), value, coverage)
    silent = _("{n} tanpa kabar").format(n=format_sum(unit, "officers_silent"))
    return Card(_("Personel sudah kembali"), value, f"{silent} · {coverage}")
