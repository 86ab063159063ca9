"""The background jobs of the server, as the page Kesehatan shows them."""

from collections.abc import Sequence

from situasi.common import background_jobs
from situasi.common.background_jobs import Job
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import N_
from situasi.ui.components.markup import Card
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells, Column, number_column
from situasi.ui.tables.table_view import Table

# Labels of the background jobs; on a higher command, "refresher" is followed by a code.
_JOB_NAMES = {
    "inbox": N_("membaca kotak masuk"),
    "refresher": N_("membaca penyimpanan dan menyiapkan halaman"),
    "sessions": N_("melihat siapa boleh masuk"),
    "session-writes": N_("mencatat masuk dan keluar"),
    "audit": N_("menulis jejak"),
    "changes": N_("mendengar kabar penyimpanan"),
    "wall": N_("memperbarui layar"),
    "copies": N_("menulis salinan tiap jam"),
    "nightly": N_("membuat cadangan malam"),
    "upstream": N_("mengalirkan baris ke atas"),
    "drill": N_("memutar skenario latihan"),
    "rollups": N_("membaca rekap kabupaten"),
    "supervisor": N_("mengawasi pekerjaan lain"),
    "collector": N_("membereskan memori"),
    "disks": N_("mengukur ruang disk"),
}


def build_card() -> Card:
    """Build the card with the number of healthy background jobs."""
    current_jobs = background_jobs.list_jobs()
    unhealthy = [job for job in current_jobs if not job.is_healthy]
    note = (
        _("semua berjalan")
        if not unhealthy
        else ", ".join(_format_job_name(job) for job in unhealthy[:3])
    )
    if not current_jobs:
        note = _("tidak ada yang berjalan")
    value = format_counts(
        _("{n} dari {of}"), n=len(current_jobs) - len(unhealthy), of=len(current_jobs)
    )
    return Card(_("Pekerjaan latar yang baik"), value, note, is_alarm=bool(unhealthy))


def _format_job_name(job: Job) -> str:
    kind, _sep, suffix = job.name.partition(" ")
    name = _(_JOB_NAMES.get(kind, kind))
    return f"{name} {suffix}".strip()


def build_table() -> Table:
    """Build the table of every background job: last success, last failure and its cause."""
    current_jobs = background_jobs.list_jobs()
    columns: dict[str, Cells] = {
        _("pekerjaan"): [_format_job_name(job) for job in current_jobs],
        _("keadaan"): [_format_job_state(job) for job in current_jobs],
        _("terakhir berhasil (detik lalu)"): _build_seconds_column(
            [job.since_success_s for job in current_jobs]
        ),
        _("terakhir gagal (detik lalu)"): _build_seconds_column(
            [job.since_failure_s for job in current_jobs]
        ),
        _("gagal berturut-turut"): number_column([job.failures for job in current_jobs]),
        _("sebab"): [job.error_text or "" for job in current_jobs],
    }
    return table_view.make_table(columns, is_exercise=False)


def _build_seconds_column(values: Sequence[float | None]) -> Column:
    return number_column([None if value is None else round(value) for value in values])


def _format_job_state(job: Job) -> str:
    if not job.is_alive:
        return _("berhenti; dimulai lagi sendiri")
    return _("gagal; dicoba lagi") if job.failures else _("berjalan")
