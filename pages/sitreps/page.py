"""The page Laporan: choice of kind and period, the short text, and the files."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from markupsafe import Markup

from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.reports.sitrep import build as sitrep_build
from situasi.reports.sitrep import files
from situasi.reports.sitrep import request as sitrep_request
from situasi.reports.sitrep.data import SitrepSources
from situasi.reports.sitrep.letterhead import SitrepTemplateError
from situasi.reports.sitrep.request import KINDS, PERIODS, SitrepRequestError
from situasi.ui import audit, filters, page_layout, session, url_state
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext

_KIND_PARAM, _PERIOD_PARAM, _FROM_PARAM, _UNTIL_PARAM = "lap", "kurun", "dari", "sampai"
_CUSTOM_PERIOD = "lain"

_NEUTRALITY_KEY = "lap_netralitas"


def render_kind_filter(container: Any) -> None:
    """Draw the choice of the kind; the first is of the present minute."""
    filters.render_single_filter(
        container.selectbox, _KIND_PARAM, _("Laporan"), KINDS, partial(label, "laporan")
    )


def render_period_filter(context: PageContext, container: Any) -> None:
    """Draw the choice of the period, if the kind has one."""
    kind = _get_selected_kind()
    if kind == "situasi":
        container.caption(_("Hari pemungutan, sampai saat yang ditampilkan."))
    elif kind == "harian":
        _render_day_field(container, _FROM_PARAM, _("Tanggal"), context.view_time.at.date())
    else:
        filters.render_single_filter(
            container.selectbox,
            _PERIOD_PARAM,
            _("Kurun"),
            (*PERIODS, _CUSTOM_PERIOD),
            partial(label, "kurun"),
        )


def build_sources(context: PageContext) -> SitrepSources | None:
    """Return what the filters request; None, with a text on the page, if it is not possible."""
    if not any(len(frame) for frame in context.snapshot_view.snapshot.frames.values()):
        page_layout.render_missing_data(_("Belum ada laporan untuk dirangkum."))
        return None
    election = board().register.election
    kind, since, until = _get_selected_kind(), None, None
    if kind == "harian":
        since, until = sitrep_request.compute_day_period(
            _get_selected_day(_FROM_PARAM, context.view_time.at.date()), election
        )
    elif kind == "anev":
        period = url_state.get_selected(_PERIOD_PARAM)[-1]
        since, until = (
            _render_custom_period()
            if period == _CUSTOM_PERIOD
            else sitrep_request.compute_named_period(period, context.view_time.at, election)
        )
    try:
        request = sitrep_request.build_request(
            kind, context.view_time.at, election, since=since, until=until,
            kecamatan=context.kecamatan,
        )  # fmt: skip
    except SitrepRequestError as error:
        markup.render_empty_state(str(error))
        return None
    view_time = sitrep_request.choose_view_time(
        filters.get_past_time(), request, session.now(), context.exercise_at
    )
    return SitrepSources(board(), context.viewer, context.snapshot_view, view_time, request)


def render_neutrality_choice(sources: SitrepSources) -> SitrepSources:
    """Return the request with neutrality counts, if the viewer asks for them and may have them."""
    if not sources.viewer.role.may_see("netralitas"):
        return sources
    is_included = st.checkbox(
        _("Sertakan netralitas"),
        key=_NEUTRALITY_KEY,
        help=_(
            "Laporan diteruskan kepada orang lain; angka dan kasus netralitas hanya untuk yang "
            "berhak."
        ),
    )
    if not is_included:
        return sources
    audit.log_viewed(["neutrality"], "laporan")
    return replace(sources, request=replace(sources.request, neutrality=True))


def render_preview(sources: SitrepSources) -> None:
    """Draw the short text as a messenger shows it."""
    page_layout.render_section_title(_("Teks pesan singkat"))
    try:
        text = sitrep_build.build_short_text(sources)
    except (SitrepTemplateError, SitrepRequestError) as error:
        markup.render_empty_state(str(error))
        return
    render_message(text, _("Salin"), _("Tersalin"))
    note = _("{n} huruf; tanpa sandi dan tanda, untuk ditempel.")
    st.caption(format_counts(note, n=len(text)))


def render_file_buttons(sources: SitrepSources) -> None:
    """Draw a button for each format; the file is made when it is clicked, in another thread."""
    page_layout.render_section_title(_("Berkas"))
    folder, request = board().register.election.folder, sources.request
    for error_text in files.list_template_errors(folder):
        markup.render_empty_state(error_text)
    name = files.format_stem(
        request.kind,
        sources.view_time.at,
        request.kecamatan,
        None if request.kind == "situasi" else (request.since, request.until),
        has_exercise_rows=sources.snapshot_view.snapshot.rehearsal,
    )
    details = {
        "table": "laporan",
        "title": label("laporan", request.kind),
        "kurun": f"{request.since:%Y-%m-%dT%H:%M}/{request.until:%Y-%m-%dT%H:%M}",
    }
    with st.container(horizontal=True):
        for file_format, mime in files.FORMATS.items():
            audit.render_download_button(
                file_format.upper(),
                partial(_build_file, sources, file_format, folder),
                details,
                file_format,
                lambda: sitrep_build.build_sitrep(sources).row_count,
                file_name=f"{name}.{file_format}",
                mime=mime,
                key=f"laporan_{file_format}",
            )
    st.caption(
        _("DOCX dan PDF memuat peta, diagram, dan satu halaman tiap kecamatan; DOCX dapat "
          "disunting. XLSX memuat angkanya. Dibuat saat diklik, beberapa detik.")
    )  # fmt: skip


def _build_file(sources: SitrepSources, file_format: str, folder: Path) -> bytes:
    return files.build_file(sitrep_build.build_sitrep(sources), file_format, folder)


def _get_selected_kind() -> str:
    return next(iter(url_state.get_selected(_KIND_PARAM)), KINDS[0])


def _render_custom_period() -> tuple[Any, Any]:
    """Return the period from the first chosen day to the end of the last."""
    election = board().register.election
    left, right = st.columns(2)
    _render_day_field(left, _FROM_PARAM, _("Dari tanggal"), election.day)
    _render_day_field(right, _UNTIL_PARAM, _("Sampai tanggal"), election.day)
    since, _end = sitrep_request.compute_day_period(
        _get_selected_day(_FROM_PARAM, election.day), election
    )
    _start, until = sitrep_request.compute_day_period(
        _get_selected_day(_UNTIL_PARAM, election.day), election
    )
    return since, until


def _render_day_field(container: Any, name: str, title: str, default: date) -> None:
    """Draw a day field that is kept in the URL."""
    url_state.load_value_widget(name, _parse_day, default)
    day = container.date_input(title, key=name, format="DD/MM/YYYY", label_visibility="collapsed")
    url_state.save_widget(name, [day.isoformat()], [default.isoformat()])


def _get_selected_day(name: str, default: date) -> date:
    value = st.session_state.get(name)
    return value if isinstance(value, date) else default


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def show(context: PageContext) -> None:
    """Draw the page Laporan."""
    context = page_layout.begin_page(
        context,
        label("screen", "laporan"),
        render_kind_filter,
        partial(render_period_filter, context),
    )
    sources = build_sources(context)
    if sources is None:
        return
    sources = render_neutrality_choice(sources)
    text_column, file_column = st.columns([11, 9], gap="medium")
    with text_column:
        render_preview(sources)
    with file_column:
        render_file_buttons(sources)


def render_message(text: str, copy_label: str, copied_label: str) -> None:
    """Draw the short text, line by line, and the button that copies it."""
    markup.render(
        Markup('<div class="lp-message"><pre>{}</pre>{}</div>').format(
            text, markup.build_copy_button(copy_label, copied_label, text)
        )
    )
