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
from situasi.reports.sitrep.letterhead import TemplateRefused
from situasi.reports.sitrep.model import Laporan
from situasi.reports.sitrep.request import KINDS, PERIODS, Refused, Wanted
from situasi.ui import audit, filters, page_layout, session, url_state
from situasi.ui.components import markup
from situasi.ui.page_layout import PageContext

_KIND, _PERIOD, _FROM, _UNTIL = "lap", "kurun", "dari", "sampai"
_OTHER = "lain"

_NEUTRALITY = "lap_netralitas"


@dataclass(frozen=True)
class Asked:
    """A laporan that is asked for on this page: of which picture, at which moment."""

    shown: SnapshotView
    at: ViewTime
    wanted: Wanted

    @property
    def viewer(self) -> Viewer:
        return session.viewer()


def kind_filter(place: Any) -> None:
    """Which laporan; the first is of this minute."""
    filters.render_single_filter(
        place.selectbox, _KIND, _("Laporan"), KINDS, partial(label, "laporan")
    )


def period_filter(place: Any) -> None:
    """Of which time, where the kind has one."""
    kind = _kind()
    if kind == "situasi":
        place.caption(_("Hari pemungutan, sampai saat yang ditampilkan."))
    elif kind == "harian":
        _day(place, _FROM, _("Tanggal"), _today())
    else:
        filters.render_single_filter(
            place.selectbox, _PERIOD, _("Kurun"), (*PERIODS, _OTHER), partial(label, "kurun")
        )


def request(view: PageContext) -> Asked | None:
    """What was chosen; None, and a word, where it cannot be made."""
    if not any(len(frame) for frame in view.snapshot_view.snapshot.frames.values()):
        page_layout.render_missing_data(_("Belum ada laporan untuk dirangkum."))
        return None
    election = board().register.election
    kind, since, until = _kind(), None, None
    if kind == "harian":
        since, until = sitrep_request.of_day(_chosen(_FROM, _today()), election)
    elif kind == "anev":
        period = url_state.get_selected(_PERIOD)[-1]
        since, until = _own_days() if period == _OTHER else sitrep_request.of_period(
            period, view.view_time.at, election
        )  # fmt: skip
    try:
        chosen = sitrep_request.wanted(
            kind, view.view_time.at, election, since=since, until=until, kecamatan=view.kecamatan
        )
    except Refused as error:
        markup.render_empty_state(str(error))
        return None
    now, exercise = session.now(), view.snapshot_view.snapshot.exercise_at
    return Asked(
        view.snapshot_view,
        sitrep_request.moment(filters.get_past_time(), chosen, now, exercise),
        chosen,
    )


def neutrality_choice(of: Asked) -> Asked:
    """The same with the counts of neutrality, where the viewer asks for them and may have them."""
    if not of.viewer.role.may_see("netralitas"):
        return of
    chosen = st.checkbox(
        _("Sertakan angka netralitas"),
        key=_NEUTRALITY,
        help=_("Laporan diteruskan kepada orang lain; angka netralitas hanya untuk yang berhak."),
    )
    if not chosen:
        return of
    audit.log_viewed(["neutrality"], "laporan")
    return replace(of, wanted=replace(of.wanted, neutrality=True))


def preview(of: Asked) -> None:
    """The short text, as the messenger has it."""
    page_layout.render_section_title(_("Teks pesan singkat"))
    try:
        text = sitrep_build.short(board(), of.viewer, of.shown, of.at, of.wanted)
    except (TemplateRefused, Refused) as error:
        markup.render_empty_state(str(error))
        return
    message(text, _("Salin"), _("Tersalin"))
    st.caption(_("{n} huruf; tanpa sandi dan tanda, untuk ditempel.").format(
        n=i18n.format_number(len(text))))  # fmt: skip


def file_buttons(of: Asked) -> None:
    """A button for each form; the file is made when somebody asks for it."""
    page_layout.render_section_title(_("Berkas"))
    for said in made.troubles(board().register.election.folder):
        markup.render_empty_state(said)
    period = None if of.wanted.kind == "situasi" else (of.wanted.since, of.wanted.until)
    name = made.stem(of.wanted.kind, of.at.at, of.wanted.kecamatan, period,
                     rehearsal=of.shown.snapshot.rehearsal)  # fmt: skip
    what = {"table": "laporan", "title": label("laporan", of.wanted.kind), "kurun": _span(of)}
    with st.container(horizontal=True):
        for form, mime in made.FORMATS.items():
            audit.render_download_button(
                form.upper(),
                _maker(of, form),
                what,
                form,
                _counter(of),
                file_name=f"{name}.{form}",
                mime=mime,
                key=f"laporan_{form}",
            )
    st.caption(
        _("DOCX dan PDF memuat peta, diagram, dan satu halaman tiap kecamatan; DOCX dapat "
          "disunting. XLSX memuat angkanya. Dibuat saat diklik, beberapa detik.")
    )  # fmt: skip


def _maker(of: Asked, form: str) -> Callable[[], bytes]:
    """Makes it later, in another thread, for who looks now."""
    build, folder = _builder(of), board().register.election.folder
    return lambda: made.made(build(), form, folder)


def _counter(of: Asked) -> Callable[[], int]:
    build = _builder(of)
    return lambda: build().rows


def _builder(of: Asked) -> Callable[[], Laporan]:
    """Built once, whatever is asked of it."""
    return partial(sitrep_build.build, board(), of.viewer, of.shown, of.at, of.wanted)


def _span(of: Asked) -> str:
    return f"{of.wanted.since:%Y-%m-%dT%H:%M}/{of.wanted.until:%Y-%m-%dT%H:%M}"


def _kind() -> str:
    return next(iter(url_state.get_selected(_KIND)), KINDS[0])


def _today() -> date:
    return session.get_view_time(filters.get_past_time(), session.get_snapshot_view()).at.date()


def _own_days() -> tuple[Any, Any]:
    """From the first of the days chosen to the end of the last."""
    election = board().register.election
    begin, end = st.columns(2)
    _day(begin, _FROM, _("Dari tanggal"), election.day)
    _day(end, _UNTIL, _("Sampai tanggal"), election.day)
    first, last = _chosen(_FROM, election.day), _chosen(_UNTIL, election.day)
    return sitrep_request.of_day(first, election)[0], sitrep_request.of_day(last, election)[1]


def _day(place: Any, name: str, title: str, default: date) -> None:
    """A day, kept in the address."""
    url_state.load_value_widget(name, _read_day, default)
    chosen = place.date_input(title, key=name, format="DD/MM/YYYY", label_visibility="collapsed")
    url_state.save_widget(name, [chosen.isoformat()], [default.isoformat()])


def _chosen(name: str, default: date) -> date:
    said = st.session_state.get(name)
    return said if isinstance(said, date) else default


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def show() -> None:
    view = page_layout.begin_page(label("screen", "laporan"), kind_filter, period_filter)
    asked = request(view)
    if asked is None:
        return
    asked = neutrality_choice(asked)
    text, files = st.columns([11, 9], gap="medium")
    with text:
        preview(asked)
    with files:
        file_buttons(asked)


def message(text: str, word: str, done: str) -> None:
    """The short text, line by line, and the button that copies it."""
    markup.render(
        Markup('<div class="lp-message"><pre>{}</pre>{}</div>').format(
            text, markup.build_copy_button(word, done, text)
        )
    )
