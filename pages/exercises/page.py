"""The page Latihan: starting a scenario, and how soon the staff reacted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.exercises.data import Drilled, drilled
from situasi.actions import exercise_controller
from situasi.actions.exercise_controller import ExerciseRefused
from situasi.analysis.exercise_response import compute_medians, find_most_overdue
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.exercise_scenarios import RESPONSE_STEPS
from situasi.domain.labels import label
from situasi.store.interface import StoreError
from situasi.ui import page_layout, session
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, KpiValue, render_kpi_row
from situasi.ui.components.markup import Card
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import duration_column, text_column, time_column
from situasi.ui.tables.table_view import Table

_CHOSEN, _SAID = "latihan_skenario", "_latihan_kata"


def starting(done: Drilled, view: PageContext) -> None:
    """Choose a scenario and start it, for whoever may, where one may be played."""
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        st.warning(markup.escape_markdown(said))
    reason = exercise_controller.refusal_reason(board())
    if reason is not None:
        markup.render_empty_state(reason)
        return
    if not done.known:
        markup.render_empty_state(_("Belum ada skenario di folder pemilihan ini."))
        return
    if not exercise_controller.may_start(session.viewer()):
        st.caption(_("Memulai skenario adalah wewenang pimpinan atau admin."))
        return
    with markup.inline_row("mulai_latihan"):
        chosen = st.selectbox(
            _("Skenario"), list(done.known), format_func=lambda code: done.known[code].name,
            key=_CHOSEN, label_visibility="collapsed", width=320,
        )  # fmt: skip
        st.button(
            _("Mulai skenario"), on_click=_start, args=(done,), type="primary",
            disabled=not view.view_time.live,
        )  # fmt: skip
    st.caption(markup.escape_markdown(done.known[chosen].description))


def _start(done: Drilled) -> None:
    session.use_url_language()
    scenario, viewer = done.known.get(st.session_state.get(_CHOSEN, "")), session.viewer()
    if scenario is None or not exercise_controller.may_start(viewer):
        st.session_state[_SAID] = _("Peran ini tidak boleh melakukannya.")
        return
    try:
        exercise_controller.start(board(), scenario, viewer.name, session.now())
    except (ExerciseRefused, StoreError) as error:
        st.session_state[_SAID] = str(error)


def figures(done: Drilled) -> None:
    """How many cases were reported, and the median of each step with what is still open."""
    found, half = done.found, compute_medians(done.found)
    render_kpi_row([_cases(done), *(_step(done, step, half[step]) for step in RESPONSE_STEPS)])
    late = found[found["state"].isin(["lambat", "lewat"])]
    said = _(
        "{late} dari {all} langkah lewat batas, yang masih terbuka ikut dihitung. Waktu menurut "
        "jam orang: dari tersimpannya laporan skenario sampai tersimpannya langkah."
    )
    told = int(found["took"].notna().sum())
    st.caption(said.format(late=i18n.format_number(len(late)), all=i18n.format_number(told)))


def _cases(done: Drilled) -> Kpi:
    cases = done.found.drop_duplicates("id")
    told = int(cases["injected"].notna().sum())
    value = _("{n} dari {all}").format(
        n=i18n.format_number(told), all=i18n.format_number(len(cases))
    )
    note = _("{n} skenario dimulai").format(n=i18n.format_number(len(done.runs)))
    return Kpi("kasus", Card(_("Kasus yang dilaporkan"), value, note),
                  partial(reacted, done, done.found), (KpiValue(told),))  # fmt: skip


def _step(done: Drilled, step: str, median: timedelta | None) -> Kpi:
    own = done.found[done.found["step"] == step]
    states = own["state"].value_counts()
    value = _("belum") if median is None else i18n.format_duration(median)
    note = _("{on} tepat, {late} terlambat, {open} belum").format(
        on=i18n.format_number(states.get("tepat", 0)),
        late=i18n.format_number(states.get("lambat", 0)),
        open=i18n.format_number(states.get("belum", 0) + states.get("lewat", 0)),
    )
    title = _("Sampai {step} (median)").format(step=label("reaksi", step))
    return Kpi(step, Card(title, value, note, is_alarm=bool(states.get("lewat", 0))),
                  partial(reacted, done, own))  # fmt: skip


def reacted(done: Drilled, found: pd.DataFrame) -> Table:
    """Each case and step, the newest drill first."""
    return table_view.make_table(
        {
            _("skenario"): [_name(done, code) for code in found["scenario"]],
            _("laporan masuk"): time_column(found["injected"]),
            _("langkah"): [label("reaksi", step) for step in found["step"]],
            _("lama"): duration_column(found["took"]),
            _("target"): duration_column(found["target"]),
            _("keadaan"): [_state(state) for state in found["state"]],
            _("tercapai"): time_column(found["at"]),
            _("id"): text_column(found["id"]),
        },
        True,
    )


def _name(done: Drilled, code: str) -> str:
    return done.known[code].name if code in done.known else code


def _state(state: object) -> str:
    if not isinstance(state, str):
        return _("belum dilaporkan")
    return label("reaksi_keadaan", state)


def whole(done: Drilled) -> None:
    """All of them in sight, with their files."""
    page_layout.render_section_title(_("Reaksi tiap kasus"))
    table_view.render_table(
        reacted(done, done.found), "reaksi", _("Reaksi tiap kasus latihan"), visible_rows=16
    )


def better(done: Drilled) -> None:
    """Of each drill the step that took longest against its target."""
    page_layout.render_section_title(_("Yang dapat dilatih lagi"))
    worst = find_most_overdue(done.found)
    if worst.empty:
        markup.render_empty_state(_("Tidak ada langkah yang lewat batas sampai saat ini."))
        return
    for row in worst.to_dict("records"):
        st.markdown("- " + markup.escape_markdown(_behind(done, row)))


def _behind(done: Drilled, row: Mapping[Any, Any]) -> str:
    return _("{scenario}: {step} {time}, batas {target} ({state})").format(
        scenario=_name(done, row["scenario"]),
        step=label("reaksi", row["step"]),
        time=i18n.format_duration(row["took"]),
        target=i18n.format_duration(row["target"]),
        state=_state(row["state"]),
    )


def show() -> None:
    view = page_layout.begin_page(label("screen", "latihan"))
    done = drilled(view)
    starting(done, view)
    if done.found.empty:
        markup.render_empty_state(_("Belum ada skenario yang dimulai."))
        return
    figures(done)
    whole(done)
    better(done)
