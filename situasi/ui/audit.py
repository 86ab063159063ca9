"""What a viewer saw and takes along is told to the trail; no page waits for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import Any, Final

import streamlit as st

from situasi import board as house
from situasi.common.i18n import _
from situasi.common.work_limits import OWNER, ConcurrencyLimiter, TooBusy
from situasi.ui import filters, session, tenant

# Files made at one time for one viewer: they share few threads with those who sign in.
_DOWNLOAD_LIMITER: Final = ConcurrencyLimiter(max_concurrent=64, max_per_owner=2)


class TooManyDownloads(Exception):
    """This viewer takes more files than a person does; none leaves untold, so none leaves."""


def log_viewed(feeds: Collection[str], page: str) -> None:
    """Rows of these feeds are on this page before the viewer."""
    tenant.get_audit_log().log_viewed(session.viewer(), feeds, page)


def log_refused_page(page: str) -> None:
    """A page that is not the viewer's was asked for by its address."""
    tenant.get_audit_log().log_refused(session.viewer().name, {"page": page})


def log_refused_kabupaten(code: str) -> None:
    """A kabupaten that is not the viewer's, or has no board here, was asked for."""
    tenant.get_command_audit_log().log_refused(session.account().name, {"kabupaten": code[:16]})


def render_download_button(
    label: str,
    build_file: Callable[[], bytes],
    subject: dict[str, str],
    file_format: str,
    row_count: int | Callable[[], int],
    **options: Any,
) -> None:
    """A button that gives a file: made, and told to the trail, when somebody clicks.

    Nothing of it lies anywhere before. what: the table that the rows are of. rows: how many, or
    what counts them then.
    """
    deeds, viewer, chosen = tenant.get_audit_log(), session.viewer(), filters.get_active_codes()
    here = None if tenant.is_higher_command() else house.current_board()

    def made() -> bytes:
        # Called in another thread, which knows no page.
        with nullcontext() if here is None else house.use_board(here):
            return told()

    def told() -> bytes:
        if not deeds.allow_download(viewer):
            raise TooManyDownloads(_("Terlalu banyak berkas diambil. Coba lagi sebentar."))
        OWNER.set(viewer.name)
        try:
            with _DOWNLOAD_LIMITER.slot(viewer.name, timeout_s=0):
                count = row_count() if callable(row_count) else row_count
                deeds.log_exported(viewer, subject, file_format, count, chosen)
                return build_file()
        except TooBusy:
            raise TooManyDownloads(
                _("Terlalu banyak berkas diambil. Coba lagi sebentar.")
            ) from None

    st.download_button(label, made, on_click="ignore", **options)
