"""The key figures of a command above: sums, each with of how many kabupaten it is."""

from __future__ import annotations

from collections.abc import Callable

from pages.higher_command import tables as higher_command_tables
from pages.higher_command.wording import at_least, from_some, of_tps, rate
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.higher_command.comparison import UnitSummary
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card
from situasi.ui.tables.table_view import Table


def figures(all_of: UnitSummary, every: list[UnitSummary]) -> list[Kpi]:
    """all_of: the sums. every: what stands behind them."""
    cards = (
        ("lapor", _heard(all_of), higher_command_tables.heard),
        ("terbuka", _opened(all_of), higher_command_tables.incidents),
        ("situasi", _states(all_of), higher_command_tables.states),
        ("tps", _stations(all_of), higher_command_tables.stations),
        ("partisipasi", _turnout(all_of), higher_command_tables.turnout),
        ("personel", _officers(all_of), higher_command_tables.officers),
    )
    return [_figure(key, card, rows, every) for key, card, rows in cards]


def _figure(
    key: str, card: Card, rows: Callable[[list[UnitSummary]], Table], every: list[UnitSummary]
) -> Kpi:
    return Kpi(key, card, lambda: rows(every), (KpiValue(None),))


def _heard(one: UnitSummary) -> Card:
    never = one.member_count - one.reporting_count
    notes = [
        _("{n} senyap").format(n=i18n.format_number(one.silent_count)) if one.silent_count else "",
        _("{n} belum ada laporan").format(n=i18n.format_number(never)) if never else "",
    ]
    value = _("{n} dari {all}").format(
        n=i18n.format_number(one.reporting_count), all=i18n.format_number(one.member_count)
    )
    note = " · ".join(filter(None, notes)) or _("semua melapor")
    return Card(_("Kabupaten melapor"), value, note, is_alarm=bool(one.silent_count))


def _opened(one: UnitSummary) -> Card:
    grave = one.counts["serious_open"]
    aside = "" if grave is None else _("{n} serius").format(n=at_least(one, "serious_open"))
    return Card(
        _("Kejadian terbuka"),
        at_least(one, "incidents_open"),
        from_some(one, "incidents_open"),
        is_alarm=bool(grave),
        side_note=aside,
    )


def _states(one: UnitSummary) -> Card:
    marks = [
        (markup.build_situasi_mark(state), at_least(one, f"situasi_{state}"), "")
        for state in reversed(SITUASI)
    ]
    told = one.counts["situasi_merah"] is not None
    note = " · ".join(label("situasi", state) for state in reversed(SITUASI))
    return Card(
        _("Situasi kecamatan"),
        markup.build_counts(marks) if told else "–",
        f"{note} · {from_some(one, 'situasi_merah')}" if told else _("belum ada laporan"),
        is_alarm=bool(one.counts["situasi_merah"]),
    )


def _stations(one: UnitSummary) -> Card:
    told = one.counts["tps_reported"] is not None
    value = _("{n} dari {all}").format(n=at_least(one, "tps_reported"), all=of_tps(one))
    return Card(_("TPS lapor"), value if told else "–", from_some(one, "tps_reported"))


def _turnout(one: UnitSummary) -> Card:
    heads = _("{heads} hadir di {n} TPS, {of}").format(
        heads=at_least(one, "heads"),
        n=at_least(one, "tps_counted"),
        of=from_some(one, "rated"),
    )
    told = one.counts["heads"] is not None
    return Card(_("Partisipasi"), rate(one), heads if told else _("belum ada hitungan"))


def _officers(one: UnitSummary) -> Card:
    told = one.counts["officers_present"] is not None
    value = _("{n} dari {all}").format(
        n=at_least(one, "officers_present"), all=at_least(one, "officers_posted")
    )
    return Card(_("Personel hadir"), value if told else "–", from_some(one, "officers_present"))
