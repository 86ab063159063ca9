"""Inbox files that were not ingested: how many, which, and why."""

from situasi.common import metrics
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.common.metrics import UnreadFile
from situasi.ui import page_layout
from situasi.ui.components import markup
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells, machine_time_column
from situasi.ui.tables.table_view import Table


def build_card() -> Card:
    """Build the card: files that failed since the server started, and files that wait."""
    state = metrics.INBOX
    failed = state.refused_count + state.error_count
    note = format_counts(
        _("{n} menunggu dicoba lagi · {other} bukan berkas"),
        n=len(state.waiting_files),
        other=len(state.ignored_reasons),
    )
    is_alarm = bool(state.error_count or state.waiting_files)
    return Card(_("Berkas kotak masuk gagal"), format_number(failed), note, is_alarm=is_alarm)


def build_table() -> Table:
    """Build the table of waiting files, then failed ones, newest first, with reasons."""
    state = metrics.INBOX
    waiting = sorted(dict(state.waiting_files).values(), key=lambda file: file.name)
    rows: list[tuple[str, UnreadFile]] = [(_("dicoba lagi"), file) for file in waiting]
    rows += [(_("gagal"), file) for file in reversed(list(state.failed_files))]
    ignored = sorted(dict(state.ignored_reasons).items())
    columns: dict[str, Cells] = {
        _("waktu"): machine_time_column(
            [*(file.at for _state, file in rows), *(None for _one in ignored)]
        ),
        _("berkas"): [*(file.name for _state, file in rows), *(name for name, _why in ignored)],
        _("keadaan"): [*(state for state, _one in rows), *(_("diabaikan") for _one in ignored)],
        _("sebab"): [
            *(file.reason for _state, file in rows),
            *(reason for _name, reason in ignored),
        ],
    }
    return table_view.make_table(columns, is_exercise=False)


def render_panel(context: PageContext) -> None:
    """Draw the failed files on the page Masukan; nothing if there are none."""
    state = metrics.INBOX
    count = len(state.failed_files) + len(state.waiting_files) + len(state.ignored_reasons)
    if not count or not context.view_time.live:
        return
    with markup.row():
        page_layout.render_section_title(_("Berkas kotak masuk yang tidak terambil"))
        title = format_counts(_("{n} berkas dan sebabnya"), n=count)
        table_view.render_table_popover(title, build_table, "kotak_masuk")
