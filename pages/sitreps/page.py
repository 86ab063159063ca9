"""The panels of Laporan: which one, of which time; its short text; its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from situasi.access.roles import Viewer
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.live.snapshot import SnapshotView
from situasi.reports.sitrep import build as sitrep_build
from situasi.reports.sitrep import files as made
from situasi.reports.sitrep import request as sitrep_request
from situasi.reports.sitrep.letterhead import SitrepTemplateError
from situasi.reports.sitrep.model import Sitrep
from situasi.reports.sitrep.request import KINDS, PERIODS, SitrepRequest, SitrepRequestError
from situasi.ui import audit, filters, page_layout, session, url_state
from situasi.ui.components import markup
from situasi.ui.page_layout import PageContext

_KIND_PARAM, _PERIOD_PARAM, _FROM_PARAM, _UNTIL_PARAM = "lap", "kurun", "dari", "sampai"
_CUSTOM_PERIOD = "lain"

_NEUTRALITY_KEY = "lap_netralitas"


@dataclass(frozen=True)
class PageRequest:
    """A laporan that is asked for on this page: of which picture, at which moment."""

    snapshot_view: SnapshotView
    view_time: ViewTime
    sitrep_request: SitrepRequest

    @property
    def viewer(self) -> Viewer:
        return session.viewer()


def render_kind_filter(container: Any) -> None:
    """Which laporan; the first is of this minute."""
    filters.render_single_filter(
        container.selectbox, _KIND_PARAM, _("Laporan"), KINDS, partial(label, "laporan")
    )


def render_period_filter(container: Any) -> None:
    """Of which time, where the kind has one."""
    kind = _get_selected_kind()
    if kind == "situasi":
        container.caption(_("Hari pemungutan, sampai saat yang ditampilkan."))
    elif kind == "harian":
        _render_day_field(container, _FROM_PARAM, _("Tanggal"), _get_view_date())
    else:
        filters.render_single_filter(
            container.selectbox,
            _PERIOD_PARAM,
            _("Kurun"),
            (*PERIODS, _CUSTOM_PERIOD),
            partial(label, "kurun"),
        )


def build_page_request(context: PageContext) -> PageRequest | None:
    """What was chosen; None, and a word, where it cannot be made."""
    if not any(len(frame) for frame in context.snapshot_view.snapshot.frames.values()):
        page_layout.render_missing_data(_("Belum ada laporan untuk dirangkum."))
        return None
    election = board().register.election
    kind, since, until = _get_selected_kind(), None, None
    if kind == "harian":
        since, until = sitrep_request.compute_day_period(
            _get_selected_day(_FROM_PARAM, _get_view_date()), election
        )
    elif kind == "anev":
        period = url_state.get_selected(_PERIOD_PARAM)[-1]
        since, until = (
            _render_custom_period()
            if period == _CUSTOM_PERIOD
            else sitrep_request.compute_named_period(period, context.view_time.at, election)
        )
    try:
        chosen = sitrep_request.build_request(
            kind,
            context.view_time.at,
            election,
            since=since,
            until=until,
            kecamatan=context.kecamatan,
        )
    except SitrepRequestError as error:
        markup.render_empty_state(str(error))
        return None
    now, exercise = session.now(), context.snapshot_view.snapshot.exercise_at
    return PageRequest(
        context.snapshot_view,
        sitrep_request.choose_view_time(filters.get_past_time(), chosen, now, exercise),
        chosen,
    )


def render_neutrality_choice(page_request: PageRequest) -> PageRequest:
    """The same with the counts of neutrality, where the viewer asks for them and may have them."""
    if not page_request.viewer.role.may_see("netralitas"):
        return page_request
    chosen = st.checkbox(
        _("Sertakan angka netralitas"),
        key=_NEUTRALITY_KEY,
        help=_("Laporan diteruskan kepada orang lain; angka netralitas hanya untuk yang berhak."),
    )
    if not chosen:
        return page_request
    audit.log_viewed(["neutrality"], "laporan")
    return replace(
        page_request, sitrep_request=replace(page_request.sitrep_request, neutrality=True)
    )


def render_preview(page_request: PageRequest) -> None:
    """The short text, as the messenger has it."""
    page_layout.render_section_title(_("Teks pesan singkat"))
    try:
        text = sitrep_build.build_short_text(
            board(),
            page_request.viewer,
            page_request.snapshot_view,
            page_request.view_time,
            page_request.sitrep_request,
        )
    except (SitrepTemplateError, SitrepRequestError) as error:
        markup.render_empty_state(str(error))
        return
    render_message(text, _("Salin"), _("Tersalin"))
    st.caption(_("{n} huruf; tanpa sandi dan tanda, untuk ditempel.").format(
        n=i18n.format_number(len(text))))  # fmt: skip


def render_file_buttons(page_request: PageRequest) -> None:
    """A button for each form; the file is made when somebody asks for it."""
    page_layout.render_section_title(_("Berkas"))
    for said in made.list_template_errors(board().register.election.folder):
        markup.render_empty_state(said)
    period = (
        None
        if page_request.sitrep_request.kind == "situasi"
        else (page_request.sitrep_request.since, page_request.sitrep_request.until)
    )
    name = made.format_stem(
        page_request.sitrep_request.kind,
        page_request.view_time.at,
        page_request.sitrep_request.kecamatan,
        period,
        has_exercise_rows=page_request.snapshot_view.snapshot.rehearsal,
    )
    what = {
        "table": "laporan",
        "title": label("laporan", page_request.sitrep_request.kind),
        "kurun": _format_period(page_request),
    }
    with st.container(horizontal=True):
        for form, mime in made.FORMATS.items():
            audit.render_download_button(
                form.upper(),
                _make_file_builder(page_request, form),
                what,
                form,
                _make_row_counter(page_request),
                file_name=f"{name}.{form}",
                mime=mime,
                key=f"laporan_{form}",
            )
    st.caption(
        _("DOCX dan PDF memuat peta, diagram, dan satu halaman tiap kecamatan; DOCX dapat "
          "disunting. XLSX memuat angkanya. Dibuat saat diklik, beberapa detik.")
    )  # fmt: skip


def _make_file_builder(page_request: PageRequest, file_format: str) -> Callable[[], bytes]:
    """Makes it later, in another thread, for who looks now."""
    build, folder = _make_sitrep_builder(page_request), board().register.election.folder
    return lambda: made.build_file(build(), file_format, folder)


def _make_row_counter(page_request: PageRequest) -> Callable[[], int]:
    build = _make_sitrep_builder(page_request)
    return lambda: build().row_count


def _make_sitrep_builder(page_request: PageRequest) -> Callable[[], Sitrep]:
    """Built once, whatever is asked of it."""
    return partial(
        sitrep_build.build_sitrep,
        board(),
        page_request.viewer,
        page_request.snapshot_view,
        page_request.view_time,
        page_request.sitrep_request,
    )


def _format_period(page_request: PageRequest) -> str:
    return f"{page_request.sitrep_request.since:%Y-%m-%dT%H:%M}/{page_request.sitrep_request.until:%Y-%m-%dT%H:%M}"


def _get_selected_kind() -> str:
    return next(iter(url_state.get_selected(_KIND_PARAM)), KINDS[0])


def _get_view_date() -> date:
    return session.get_view_time(filters.get_past_time(), session.get_snapshot_view()).at.date()


def _render_custom_period() -> tuple[Any, Any]:
    """From the first of the days chosen to the end of the last."""
    election = board().register.election
    begin, end = st.columns(2)
    _render_day_field(begin, _FROM_PARAM, _("Dari tanggal"), election.day)
    _render_day_field(end, _UNTIL_PARAM, _("Sampai tanggal"), election.day)
    first, last = (
        _get_selected_day(_FROM_PARAM, election.day),
        _get_selected_day(_UNTIL_PARAM, election.day),
    )
    return sitrep_request.compute_day_period(first, election)[0], sitrep_request.compute_day_period(
        last, election
    )[1]


def _render_day_field(container: Any, name: str, title: str, default: date) -> None:
    """A day, kept in the address."""
    url_state.load_value_widget(name, _parse_day, default)
    chosen = container.date_input(
        title, key=name, format="DD/MM/YYYY", label_visibility="collapsed"
    )
    url_state.save_widget(name, [chosen.isoformat()], [default.isoformat()])


def _get_selected_day(name: str, default: date) -> date:
    said = st.session_state.get(name)
    return said if isinstance(said, date) else default


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def show() -> None:
    view = page_layout.begin_page(
        label("screen", "laporan"), render_kind_filter, render_period_filter
    )
    asked = build_page_request(view)
    if asked is None:
        return
    asked = render_neutrality_choice(asked)
    text, files = st.columns([11, 9], gap="medium")
    with text:
        render_preview(asked)
    with files:
        render_file_buttons(asked)


def render_message(text: str, copy_label: str, copied_label: str) -> None:
    """The short text, line by line, and the button that copies it."""
    markup.render(
        Markup('<div class="lp-message"><pre>{}</pre>{}</div>').format(
            text, markup.build_copy_button(copy_label, copied_label, text)
        )
    )
