"""The figures of the board's own health, their curves of the last hours, and every beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from pages.system_health import jobs
from situasi.board import current_board as board
from situasi.common import i18n, telemetry
from situasi.common.disk_space import DISK_SPACE, LOW_BYTES
from situasi.common.i18n import _
from situasi.common.telemetry import HealthSample, JobStatus
from situasi.domain.labels import N_, label
from situasi.figures.charts.server_health import build_health_chart
from situasi.figures.theme import Theme
from situasi.presentation import view_text
from situasi.ui import filters, inbox_failures, page_layout, session
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.components.kpi_row import Kpi, render_kpi_row
from situasi.ui.components.markup import Card
from situasi.ui.page_layout import render_header
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import number_column, time_column
from situasi.ui.tables.table_view import Table

# Beyond these the wall is no longer what it promises: a report is shown within two seconds.
STALE, SLOW, LAGGING = 2.0, 1.0, 2.0
# One process serves two hundred viewers within this.
HEAVY = 1_000_000_000
# Share of the descriptors; at seven eighths no other page is opened.
CROWDED = 0.75
# Seconds after which a night went by without a backup: a day, and two hours to make it in.
OLD = 26 * 3600.0
_HOUR = timedelta(hours=1)
# Points of a curve: more than these no screen shows apart, and each refresh would send them.
MOST = 360


@dataclass(frozen=True)
class Measure:
    """Something that each beat tells. limit: beyond it is not well, None: nothing is too much."""

    key: str
    name: str
    unit: str
    of: Callable[[HealthSample], float | None]
    limit: float | None = None


MEASURES = (
    Measure("lag", N_("Simpan sampai tampil"), N_("detik"), lambda one: one.lag_s, LAGGING),
    Measure("read", N_("Membaca versi baru"), N_("detik"), lambda one: one.read_s, SLOW),
    Measure("ready", N_("Menyiapkan halaman"), N_("detik"), lambda one: one.ready_s, SLOW),
    Measure("viewers", N_("Halaman terbuka"), N_("halaman"), lambda one: float(one.open_pages)),
    Measure("waiting", N_("Karantina"), N_("baris"), lambda one: float(one.quarantined_rows)),
    Measure(
        "memory", N_("Memori server"), N_("MB"),
        lambda one: None if one.memory_bytes is None else one.memory_bytes / 1e6, HEAVY / 1e6,
    ),
)  # fmt: skip


def register() -> None:
    """What does not add up in the register, if anything."""
    own = board().register
    markup.render_banners(
        [("doubt", f"{said}. {view_text.remedy()}") for said in view_text.mismatches(own)]
    )


def figures(beats: Sequence[HealthSample]) -> None:
    """What holds now."""
    now = beats[-1]
    cards = {
        "umur": _age(),
        "jeda": _lag(now),
        "baca": _read(now),
        "penonton": _viewers(beats),
        "tunggu": _waiting(beats),
        "memori": _memory(now),
        "deskriptor": _descriptors(),
    }
    shown = [Kpi(key, card, lambda: _table(beats[::-1])) for key, card in cards.items()]
    more = [
        Kpi("ruang", _disk(), _places),
        Kpi("pekerjaan", jobs.build_card(), jobs.build_table),
        Kpi("kotak_masuk", inbox_failures.build_card(), inbox_failures.build_table),
    ]
    render_kpi_row([*shown, *more, *_errands()])


def _disk() -> Card:
    """The fewest bytes free on any of the disks that are written to."""
    state, title = DISK_SPACE.state, _("Sisa ruang disk")
    note = view_text.disk_in_words(state) or _("batas {n} MB").format(
        n=i18n.format_number(LOW_BYTES / 1e6)
    )
    if state.least_free_bytes is None:
        return Card(title, "–", note, alarm=state.level == "full")
    value = _("{n} MB").format(n=i18n.format_number(state.least_free_bytes // 1_000_000))
    return Card(title, value, note, is_alarm=state.level != "enough")


def _places() -> Table:
    state = DISK_SPACE.state
    return table_view.make_table(
        {
            _("yang ditulis"): [_(view_text.PLACES[place]) for place in view_text.PLACES],
            _("ruang (MB)"): number_column(
                [
                    state.free_bytes[p] / 1e6 if p in state.free_bytes else None
                    for p in view_text.PLACES
                ]
            ),
            _("hasil"): [
                _("tidak tersimpan") if place in state.failed_places else _("baik")
                for place in view_text.PLACES
            ],
        },
        is_exercise=False,
    )


def _errands() -> list[Kpi]:
    """What the server does besides; the way up only where there is one."""
    backup, upstream, now = telemetry.BACKUP, telemetry.UPSTREAM, session.now()
    found = [Kpi("cadangan", _backup(backup, now), lambda: _turns(backup, _("berkas")))]
    if upstream.is_enabled:
        sent = _("mengalir (baris)")
        found.append(Kpi("hulu", _upstream(upstream, now), lambda: _turns(upstream, sent)))
    return found


def _backup(errand: JobStatus, now: datetime) -> Card:
    title, age = _("Umur cadangan malam"), errand.age_s(now)
    if not errand.is_enabled:
        return Card(title, "–", _("cadangan malam dimatikan"))
    if errand.is_run_elsewhere:
        return Card(title, "–", _("dikerjakan server lain"))
    is_alarm = errand.error_text is not None or (age is not None and age > OLD)
    note = errand.error_text or _("batas {n} jam").format(n=i18n.format_number(OLD / 3600))
    if age is None:
        return Card(title, "–", errand.trouble or _("belum ada cadangan malam"), alarm=alarm)
    return Card(title, i18n.format_duration(timedelta(seconds=age)), note, is_alarm=alarm)


def _upstream(errand: JobStatus, now: datetime) -> Card:
    title = _("Menunggu ke atas")
    if errand.is_run_elsewhere:
        return Card(title, "–", _("dikerjakan server lain"))
    waiting = "–" if errand.waiting is None else i18n.number(errand.waiting)
    note = errand.error_text
    if note is None and errand.succeeded_at is not None:
        local = errand.succeeded_at.astimezone(board().register.election.zone)
        note = _("semua sudah di atas, {time}").format(
            time=i18n.format_relative_time(local, now.astimezone(local.tzinfo))
        )
    return Card(title, waiting, note or _("belum dicoba"), is_alarm=errand.error_text is not None)


def _turns(errand: JobStatus, note: str) -> Table:
    turns = errand.runs()[::-1]
    return table_view.make_table(
        {
            _("waktu"): time_column([one.at for one in turns]),
            _("hasil"): [one.error_text or _("baik") for one in turns],
            _("menunggu (baris)"): number_column([one.pending_rows for one in turns]),
            note: [one.note for one in turns],
        },
        is_exercise=False,
    )


def _age() -> Card:
    """Of the picture on this very page."""
    shown = session.get_snapshot_view()
    age = max(0.0, (session.now() - shown.checked_at).total_seconds())
    note = (
        shown.detail
        or shown.trouble
        or _("versi {n} · penyimpanan terbaca").format(n=i18n.number(shown.snapshot.version))
    )
    return Card(_("Umur gambar"), _seconds(age), note, is_alarm=age > STALE or bool(shown.trouble))


def _lag(now: HealthSample) -> Card:
    title = _("Simpan sampai tampil")
    if now.lag_s is None:
        return Card(title, "–", _("belum ada baris baru sejak server dibuka"))
    note = _("baris terakhir; batas {n} detik").format(n=i18n.format_number(LAGGING))
    return Card(title, _seconds(now.lag_s), note, is_alarm=now.lag_s > LAGGING)


def _read(now: HealthSample) -> Card:
    note = _("menyiapkan halaman {time}").format(time=_seconds(now.ready_s))
    alarm = max(now.read_s, now.ready_s) > SLOW
    return Card(_("Membaca versi baru"), _seconds(now.read_s), note, is_alarm=alarm)


def _viewers(beats: Sequence[HealthSample]) -> Card:
    now = telemetry.count_open_pages()  # this page is one of them
    most = max(now, *(one.open_pages for one in beats))
    note = _("terbanyak {n} sejak {time}").format(n=i18n.format_number(most), time=_since(beats))
    return Card(_("Halaman terbuka"), i18n.format_number(now), note)


def _waiting(beats: Sequence[HealthSample]) -> Card:
    now = beats[-1]
    earlier = next(one for one in beats if one.at >= now.at - _HOUR)
    grown = now.quarantined_rows - earlier.quarantined_rows
    note = _("{change} sejak {time}").format(
        change=i18n.format_signed(grown), time=i18n.format_time(_local(earlier))
    )
    return Card(_("Karantina"), i18n.format_number(now.quarantined_rows), note, is_alarm=grown > 0)


def _memory(now: HealthSample) -> Card:
    title = _("Memori server")
    if now.memory_bytes is None:
        return Card(title, "–", _("mesin ini tidak memberitahukannya"))
    note = _("batas {n} MB").format(n=i18n.format_number(HEAVY / 1e6))
    value = _("{n} MB").format(n=i18n.format_number(now.memory_bytes / 1e6))
    return Card(title, value, note, is_alarm=now.memory_bytes > HEAVY)


def _descriptors() -> Card:
    """Of this process, now."""
    title, found = _("Deskriptor berkas"), telemetry.count_descriptors()
    if found is None:
        return Card(title, "–", _("mesin ini tidak memberitahukannya"))
    used, limit = found
    refused = telemetry.count_refused_pages()
    note = _("batas {n}; tiap halaman terbuka memakai satu").format(n=i18n.format_number(limit))
    if refused:
        note = _("batas {n}; {refused} halaman ditolak karena penuh").format(
            n=i18n.format_number(limit), refused=i18n.format_number(refused)
        )
    return Card(title, i18n.format_number(used), note, is_alarm=used > CROWDED * limit)


def curves(beats: Sequence[HealthSample]) -> None:
    """Each measure through the last hours."""
    st.caption(
        _(
            "Sejak {time}, tiap {n} detik, paling lama dua belas jam; titik yang rapat diwakili "
            "yang terburuk. Garis putus: batas."
        ).format(
            time=_since(beats), n=i18n.format_number(board().refresher.health_history.INTERVAL_S)
        )
    )
    for line in (MEASURES[:3], MEASURES[3:]):
        for one, column in zip(line, st.columns(len(line), gap="medium"), strict=True):
            with column:
                page_layout.render_section_title(_name(one))
                alt = _("{name} sepanjang jam terakhir").format(name=_(one.name))
                # A new beat is another last one.
                render_chart(f"denyut_{one.key}", alt, (beats[-1],), partial(_curve, one, beats))


def _curve(
    one: Measure, beats: Sequence[HealthSample], _last: HealthSample, theme: Theme
) -> go.Figure:
    told = worst(one, beats)
    times, values = [_local(beat) for beat in told], [one.of(beat) for beat in told]
    return build_health_chart(times, values, one.limit, _(one.unit), theme)


def worst(one: Measure, beats: Sequence[HealthSample]) -> list[HealthSample]:
    """MOST beats or fewer, spread over all; of each span the one in which most was measured."""
    span = -(-len(beats) // MOST)
    spans = [beats[at : at + span] for at in range(0, len(beats), span)]
    return [max(some, key=lambda beat: _known(one.of(beat))) for some in spans]


def _known(value: float | None) -> float:
    return -1.0 if value is None else value


def table(beats: Sequence[HealthSample]) -> None:
    """Every beat, the newest first."""
    table_view.render_table_popover(_("Semua denyut"), lambda: _table(beats[::-1]), "denyut")


def _table(beats: Sequence[HealthSample]) -> Table:
    columns = {
        _name(one): number_column([one.of(beat) for beat in beats], digits=2) for one in MEASURES
    }
    broken = [_("tidak terbaca") if one.has_trouble else "" for one in beats]
    times = {_("waktu"): time_column([one.at for one in beats])}
    return table_view.make_table({**times, **columns, _("penyimpanan"): broken}, is_exercise=False)


def _name(one: Measure) -> str:
    name, unit = _(one.name), _(one.unit)
    return f"{name} ({unit})"


def _seconds(value: float) -> str:
    return _("{n} detik").format(n=i18n.format_number(value, 2))


def _since(beats: Sequence[HealthSample]) -> str:
    return i18n.format_time(_local(beats[0])) + " " + board().register.election.zone_label


def _local(beat: HealthSample) -> datetime:
    return beat.at.astimezone(board().register.election.zone)


def show() -> None:
    render_header(
        session.get_view_time(filters.get_past_time(), session.get_snapshot_view()),
        label("screen", "kesehatan"),
    )
    register()
    beats = board().refresher.health_history.samples()
    if not beats:
        page_layout.render_missing_data(
            _("Belum ada denyut: papan baru dibuka, atau tidak ada yang mengamatinya.")
        )
        return
    figures(beats)
    curves(beats)
    table(beats)
