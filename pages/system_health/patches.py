"""The changes of Streamlit that the server relies on, as the page Kesehatan shows them."""

from situasi.common import metrics
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import N_
from situasi.ui.components.markup import Card
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells
from situasi.ui.tables.table_view import Table

# What each change of situasi/streamlit_patches.py is for.
_PURPOSES = {
    "actions": N_("tindakan beruntun tidak saling menimpa"),
    "callbacks": N_("tindakan tidak terpotong"),
    "messages": N_("pesan ke peramban dikirim berkelompok"),
    "event_loops": N_("halaman memakai lebih sedikit deskriptor"),
    "parked_sessions": N_("sesi yang terputus dibatasi"),
    "downloads": N_("berkas tetap ada sampai diambil"),
    "offered_files": N_("berkas hanya untuk halaman yang menawarkannya"),
    "frontend": N_("halaman dikirim terkompresi dan dalam bahasa papan"),
}


def build_card() -> Card:
    """Build the card with the number of applied changes."""
    states = metrics.STREAMLIT_PATCHES
    missing = [name for name, reason in states.items() if reason]
    value = format_counts(_("{n} dari {of}"), n=len(states) - len(missing), of=len(states))
    note = ", ".join(_(_PURPOSES[name]) for name in missing) or _("semua terpasang")
    return Card(_("Penyesuaian kerangka"), value, note, is_alarm=bool(missing))


def build_table() -> Table:
    """Build the table of every change: what it is for, and why it is not applied."""
    states = metrics.STREAMLIT_PATCHES
    columns: dict[str, Cells] = {
        _("penyesuaian"): [_(_PURPOSES[name]) for name in states],
        _("keadaan"): [_("tidak terpasang") if r else _("terpasang") for r in states.values()],
        _("sebab"): list(states.values()),
    }
    return table_view.make_table(columns, is_exercise=False)
