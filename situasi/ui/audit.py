"""Audit log entries of what a viewer saw and downloaded; no page waits for them."""

from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import Any, Final

import streamlit as st

from situasi import board
from situasi.common.i18n import _
from situasi.common.work_limits import OWNER, ConcurrencyLimiter, TooBusy
from situasi.ui import filters, session, tenant

# Files built at a time for one viewer: they share few threads with sign-ins.
_DOWNLOAD_LIMITER: Final = ConcurrencyLimiter(max_concurrent=64, max_per_owner=2)


class TooManyDownloads(Exception):
    """The viewer exceeded the download limit; no file leaves without an audit entry."""


def log_viewed(feeds: Collection[str], page: str) -> None:
    """Record that the viewer sees rows of these feeds on this page."""
    tenant.get_audit_log().log_viewed(session.viewer(), feeds, page)


def log_refused_page(page: str) -> None:
    """Record that a page was requested that the viewer may not see."""
    tenant.get_audit_log().log_refused(session.viewer().name, {"page": page})


def log_refused_kabupaten(code: str) -> None:
    """Record a request for a kabupaten that is not allowed or has no board here."""
    tenant.get_command_audit_log().log_refused(session.account().name, {"kabupaten": code[:16]})


def render_download_button(
    label: str,
    build_file: Callable[[], bytes],
    subject: dict[str, str],
    file_format: str,
    row_count: int | Callable[[], int],
    **options: Any,
) -> None:
    """Draw a download button; the file is built and recorded in the audit log on click.

    The file is stored nowhere before. subject: the table that the rows are of. row_count: a number,
    or a function that counts them then.
    """
    log, viewer, active = tenant.get_audit_log(), session.viewer(), filters.get_active_codes()
    own_board = None if tenant.is_higher_command() else board.current_board()

    def build_in_context() -> bytes:
        # Called in another thread, which has no page context.
        with nullcontext() if own_board is None else board.use_board(own_board):
            return build_logged()

    def build_logged() -> bytes:
        if not log.allow_download(viewer):
            raise TooManyDownloads(_("Terlalu banyak berkas diambil. Coba lagi sebentar."))
        OWNER.set(viewer.name)
        try:
            with _DOWNLOAD_LIMITER.slot(viewer.name, timeout_s=0):
                count = row_count() if callable(row_count) else row_count
                log.log_exported(viewer, subject, file_format, count, active)
                return build_file()
        except TooBusy:
            raise TooManyDownloads(
                _("Terlalu banyak berkas diambil. Coba lagi sebentar.")
            ) from None

    st.download_button(label, build_in_context, on_click="ignore", **options)
