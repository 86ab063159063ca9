"""The health of the board: key figures, curves of the last hours, and all samples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from pages.system_health import jobs, patches
from situasi.board import current_board as board
from situasi.common import metrics
from situasi.common.disk_space import DISK_SPACE, LOW_BYTES
from situasi.common.formats import (
    format_counts,
    format_duration,
    format_number,
    format_relative_time,
    format_signed,
)
from situasi.common.i18n import _
from situasi.common.metrics import HealthSample, JobStatus
from situasi.domain.labels import N_, label
from situasi.figures.charts.measure_history import build_health_chart
from situasi.figures.theme import Theme
from situasi.live.snapshot import SnapshotView
from situasi.presentation import view_text
from situasi.ui import inbox_failures, page_layout, session
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.components.kpi_row import Kpi, render_kpi_row
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.page_layout import render_header
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells, machine_time_column, number_column
from situasi.ui.tables.table_view import Table

# Limits of the wall's promise: a report is shown within two seconds.
STALE_AFTER_S, SLOW_READ_S, MAX_LAG_S = 2.0, 1.0, 2.0
# One process serves two hundred viewers within this memory.
MAX_MEMORY_BYTES = 1_000_000_000
# Share of the descriptors; at seven eighths no further page is opened.
MAX_DESCRIPTOR_SHARE = 0.75
# Older means that a nightly backup is missing: a day, and two hours to make it.
MAX_BACKUP_AGE_S = 26 * 3600.0
_HOUR = timedelta(hours=1)
# A screen cannot show more points of a curve, and each refresh would send them.
MAX_CURVE_POINTS = 360


@dataclass(frozen=True)
class HealthMeasure:
    """A value of each health sample. limit: the highest healthy value, None: no limit."""

    key: str
    name: str
    unit: str
    read_value: Callable[[HealthSample], float | None]
    limit: float | None = None


MEASURES = (
    HealthMeasure(
        "lag", N_("Simpan sampai tampil"), N_("detik"), lambda beat: beat.lag_s, MAX_LAG_S
    ),
    HealthMeasure(
        "read", N_("Membaca versi baru"), N_("detik"), lambda beat: beat.read_s, SLOW_READ_S
    ),
    HealthMeasure(
        "ready", N_("Menyiapkan halaman"), N_("detik"), lambda beat: beat.ready_s, SLOW_READ_S
    ),
    HealthMeasure(
        "viewers", N_("Halaman terbuka"), N_("jumlah"), lambda beat: float(beat.open_pages)
    ),
    HealthMeasure(
        "waiting", N_("Karantina"), N_("baris menunggu"), lambda beat: float(beat.quarantined_rows)
    ),
    HealthMeasure(
        "memory",
        N_("Memori server"),
        N_("MB"),
        lambda beat: None if beat.memory_bytes is None else beat.memory_bytes / 1e6,
        MAX_MEMORY_BYTES / 1e6,
    ),
)


def render_register_mismatches() -> None:
    """Draw what does not add up in the register, if anything."""
    register = board().register
    markup.render_banners(
        [
            ("doubt", f"{mismatch}. {view_text.format_remedy()}")
            for mismatch in view_text.format_mismatches(register)
        ]
    )


def render_kpis(view: SnapshotView, samples: Sequence[HealthSample]) -> None:
    """Draw the present values."""
    newest = samples[-1]
    cards = {
        "umur": _build_age_card(view),
        "jeda": _build_lag_card(newest),
        "baca": _build_read_card(newest),
        "penonton": _build_viewer_card(samples),
        "tunggu": _build_quarantine_card(samples),
        "memori": _build_memory_card(newest),
        "deskriptor": _build_descriptor_card(),
    }
    sample_kpis = [
        Kpi(key, card, lambda: _build_sample_table(samples[::-1])) for key, card in cards.items()
    ]
    other_kpis = [
        Kpi("ruang", _build_disk_card(), _build_disk_table),
        Kpi("pekerjaan", jobs.build_card(), jobs.build_table),
        Kpi("streamlit", patches.build_card(), patches.build_table),
        Kpi("kotak_masuk", inbox_failures.build_card(), inbox_failures.build_table),
    ]
    render_kpi_row([*sample_kpis, *other_kpis, *_build_job_kpis()])


def _build_disk_card() -> Card:
    """Build the card of the fewest free bytes on any disk that the board writes to."""
    state, title = DISK_SPACE.state, _("Sisa ruang disk")
    note = view_text.format_disk_state(state) or format_counts(_("batas {n} MB"), n=LOW_BYTES / 1e6)
    if state.least_free_bytes is None:
        return Card(title, "–", note, is_alarm=state.level == "full")
    value = format_counts(_("{n} MB"), n=state.least_free_bytes // 1_000_000)
    return Card(title, value, note, is_alarm=state.level != "enough")


def _build_disk_table() -> Table:
    state = DISK_SPACE.state
    columns: dict[str, Cells] = {
        _("yang ditulis"): [
            _(view_text.DISK_LOCATION_NAMES[place]) for place in view_text.DISK_LOCATION_NAMES
        ],
        _("ruang (MB)"): number_column(
            [
                state.free_bytes[place] // 1_000_000 if place in state.free_bytes else None
                for place in view_text.DISK_LOCATION_NAMES
            ]
        ),
        _("hasil"): [
            _("tidak tersimpan") if place in state.failed_places else _("baik")
            for place in view_text.DISK_LOCATION_NAMES
        ],
    }
    return table_view.make_table(columns, is_exercise=False)


def _build_job_kpis() -> list[Kpi]:
    """Build the figures of backup and upstream; the latter only if it is enabled."""
    backup, upstream, now = metrics.BACKUP, metrics.UPSTREAM, session.now()
    kpis = [
        Kpi(
            "cadangan",
            _build_backup_card(backup, now),
            lambda: _build_run_table(backup, _("berkas")),
        )
    ]
    if upstream.is_enabled:
        note_heading = _("mengalir (baris)")
        kpis.append(
            Kpi(
                "hulu",
                _build_upstream_card(upstream, now),
                lambda: _build_run_table(upstream, note_heading),
            )
        )
    return kpis


def _build_backup_card(job: JobStatus, now: datetime) -> Card:
    title, age = _("Umur cadangan malam"), job.age_s(now)
    if not job.is_enabled:
        return Card(title, "–", _("cadangan malam dimatikan"))
    if job.is_run_elsewhere:
        return Card(title, "–", _("dikerjakan server lain"))
    is_alarm = job.error_text is not None or (age is not None and age > MAX_BACKUP_AGE_S)
    note = job.error_text or format_counts(_("batas {n} jam"), n=MAX_BACKUP_AGE_S / 3600)
    if age is None:
        return Card(title, "–", job.error_text or _("belum ada cadangan malam"), is_alarm=is_alarm)
    return Card(title, format_duration(timedelta(seconds=age)), note, is_alarm=is_alarm)


def _build_upstream_card(job: JobStatus, now: datetime) -> Card:
    title = _("Menunggu ke atas")
    if job.is_run_elsewhere:
        return Card(title, "–", _("dikerjakan server lain"))
    waiting = "–" if job.pending_rows is None else format_number(job.pending_rows)
    note = job.error_text
    if note is None and job.succeeded_at is not None:
        local = job.succeeded_at.astimezone(board().register.election.zone)
        note = _("semua sudah di atas, {time}").format(
            time=format_relative_time(local, now.astimezone(local.tzinfo))
        )
    return Card(title, waiting, note or _("belum dicoba"), is_alarm=job.error_text is not None)


def _build_run_table(job: JobStatus, note_heading: str) -> Table:
    runs = job.runs()[::-1]
    columns: dict[str, Cells] = {
        _("waktu"): machine_time_column([run.at for run in runs]),
        _("hasil"): [run.error_text or _("baik") for run in runs],
        _("menunggu (baris)"): number_column([run.pending_rows for run in runs]),
        note_heading: [run.note for run in runs],
    }
    return table_view.make_table(columns, is_exercise=False)


def _build_age_card(view: SnapshotView) -> Card:
    """Build the card of the age of the snapshot on this page."""
    age = max(0.0, (session.now() - view.checked_at).total_seconds())
    note = (
        view.detail
        or view.trouble
        or format_counts(_("versi {n} · penyimpanan terbaca"), n=view.snapshot.version)
    )
    return Card(
        _("Umur gambar"),
        _format_seconds(age),
        note,
        is_alarm=age > STALE_AFTER_S or bool(view.trouble),
    )


def _build_lag_card(sample: HealthSample) -> Card:
    title = _("Simpan sampai tampil")
    if sample.lag_s is None:
        return Card(title, "–", _("belum ada baris baru sejak server dibuka"))
    note = format_counts(_("baris terakhir; batas {n} detik"), n=MAX_LAG_S)
    return Card(title, _format_seconds(sample.lag_s), note, is_alarm=sample.lag_s > MAX_LAG_S)


def _build_read_card(sample: HealthSample) -> Card:
    note = _("menyiapkan halaman {time}").format(time=_format_seconds(sample.ready_s))
    is_alarm = max(sample.read_s, sample.ready_s) > SLOW_READ_S
    return Card(_("Membaca versi baru"), _format_seconds(sample.read_s), note, is_alarm=is_alarm)


def _build_viewer_card(samples: Sequence[HealthSample]) -> Card:
    open_pages = metrics.count_open_pages()  # includes this page
    maximum = max(open_pages, *(sample.open_pages for sample in samples))
    note = _("terbanyak {n} sejak {time}").format(
        n=format_number(maximum), time=_format_start_time(samples)
    )
    return Card(_("Halaman terbuka"), format_number(open_pages), note)


def _build_quarantine_card(samples: Sequence[HealthSample]) -> Card:
    newest = samples[-1]
    earlier = next(sample for sample in samples if sample.at >= newest.at - _HOUR)
    added = newest.quarantined_rows - earlier.quarantined_rows
    note = _("{change} sejak {time}").format(
        change=format_signed(added), time=session.format_machine_time(earlier.at)
    )
    return Card(_("Karantina"), format_number(newest.quarantined_rows), note, is_alarm=added > 0)


def _build_memory_card(sample: HealthSample) -> Card:
    title = _("Memori server")
    if sample.memory_bytes is None:
        return Card(title, "–", _("mesin ini tidak memberitahukannya"))
    note = format_counts(_("batas {n} MB"), n=MAX_MEMORY_BYTES / 1e6)
    value = format_counts(_("{n} MB"), n=sample.memory_bytes / 1e6)
    return Card(title, value, note, is_alarm=sample.memory_bytes > MAX_MEMORY_BYTES)


def _build_descriptor_card() -> Card:
    """Build the card of the file descriptors of this process, now."""
    title, descriptors = _("Deskriptor berkas"), metrics.count_descriptors()
    if descriptors is None:
        return Card(title, "–", _("mesin ini tidak memberitahukannya"))
    used, limit = descriptors
    refused_pages = metrics.count_refused_pages()
    note = format_counts(_("batas {n}; tiap halaman terbuka memakai satu"), n=limit)
    if refused_pages:
        note = format_counts(
            _("batas {n}; {refused} halaman ditolak karena penuh"), n=limit, refused=refused_pages
        )
    return Card(title, format_number(used), note, is_alarm=used > MAX_DESCRIPTOR_SHARE * limit)


def render_curves(samples: Sequence[HealthSample]) -> None:
    """Draw each measure over the last hours."""
    st.caption(
        _(
            "Sejak {time}, tiap {n} detik, paling lama dua belas jam; titik yang rapat diwakili "
            "yang terburuk. Garis putus: batas."
        ).format(
            time=_format_start_time(samples),
            n=format_number(board().refresher.health_history.INTERVAL_S),
        )
    )
    for measures in (MEASURES[:3], MEASURES[3:]):
        for item, column in zip(measures, st.columns(len(measures), gap="medium"), strict=True):
            with column:
                page_layout.render_section_title(_format_measure_name(item))
                alt = _("{name} sepanjang jam terakhir").format(name=_(item.name))
                # The last sample changes with every new one.
                render_chart(
                    f"denyut_{item.key}", alt, (samples[-1],), partial(_build_curve, item, samples)
                )


def _build_curve(
    health_measure: HealthMeasure,
    samples: Sequence[HealthSample],
    _newest: HealthSample,
    theme: Theme,
) -> go.Figure:
    selected = select_worst_samples(health_measure, samples)
    zone = board().register.election.zone
    times = [sample.at.astimezone(zone) for sample in selected]
    values = [health_measure.read_value(sample) for sample in selected]
    return build_health_chart(times, values, health_measure.limit, _(health_measure.unit), theme)


def select_worst_samples(
    health_measure: HealthMeasure, samples: Sequence[HealthSample]
) -> list[HealthSample]:
    """Return at most MAX_CURVE_POINTS samples; of each time span the one with the highest value."""
    span = -(-len(samples) // MAX_CURVE_POINTS)
    spans = [samples[start : start + span] for start in range(0, len(samples), span)]

    def rank(sample: HealthSample) -> float:
        value = health_measure.read_value(sample)
        return -1.0 if value is None else value

    return [max(group, key=rank) for group in spans]


def render_sample_table(samples: Sequence[HealthSample]) -> None:
    """Draw all samples, the newest first."""
    table_view.render_table_popover(
        _("Semua denyut"), lambda: _build_sample_table(samples[::-1]), "denyut"
    )


def _build_sample_table(samples: Sequence[HealthSample]) -> Table:
    columns = {
        _format_measure_name(item): number_column(
            [item.read_value(sample) for sample in samples], digits=2
        )
        for item in MEASURES
    }
    states = [_("tidak terbaca") if item.has_trouble else "" for item in samples]
    times = {_("waktu"): machine_time_column([item.at for item in samples])}
    return table_view.make_table({**times, **columns, _("penyimpanan"): states}, is_exercise=False)


def _format_measure_name(health_measure: HealthMeasure) -> str:
    name, unit = _(health_measure.name), _(health_measure.unit)
    return f"{name} ({unit})"


def _format_seconds(value: float) -> str:
    return _("{n} detik").format(n=format_number(value, 2))


def _format_start_time(samples: Sequence[HealthSample]) -> str:
    zone = board().register.election.zone_label
    return f"{session.format_machine_time(samples[0].at)} {zone}"


def show(context: PageContext) -> None:
    """Draw the page Kesehatan papan."""
    render_header(context, label("screen", "kesehatan"))
    render_register_mismatches()
    samples = board().refresher.health_history.samples()
    if not samples:
        page_layout.render_missing_data(
            _("Belum ada denyut: papan baru dibuka, atau tidak ada yang mengamatinya.")
        )
        return
    render_kpis(context.snapshot_view, samples)
    render_curves(samples)
    render_sample_table(samples)
