"""The page Latihan: starting a scenario, and how fast the staff responded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from situasi.actions import acknowledgements, exercise_controller
from situasi.actions.exercise_controller import ExerciseRefused, ExerciseRun
from situasi.analysis.exercise_response import (
    Acknowledgement,
    InjectedCase,
    compute_medians,
    compute_response_times,
    find_most_overdue,
)
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_duration, format_ratio
from situasi.common.i18n import _
from situasi.domain import exercise_scenarios
from situasi.domain.exercise_scenarios import RESPONSE_STEPS, Scenario
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.labels import label
from situasi.presentation import definition_words
from situasi.store import Store
from situasi.store.model import StoreError
from situasi.ui import page_context, page_layout, session
from situasi.ui.components import markup, receipt
from situasi.ui.components.kpi_row import Kpi, KpiValue, render_kpi_row
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.render_cache import cached_records
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells, duration_column, machine_time_column, text_column
from situasi.ui.tables.table_view import Table

_SCENARIO_KEY = "latihan_skenario"


@dataclass(frozen=True)
class ExerciseOverview:
    """scenarios: by code. runs: those started, newest first.

    responses: of analysis.exercise_response, the newest run first.
    """

    scenarios: dict[str, Scenario]
    runs: tuple[ExerciseRun, ...]
    responses: pd.DataFrame


def load_exercises(context: PageContext) -> ExerciseOverview:
    """Return the exercises as this viewer may see them. Raises ValueError for a faulty scenario."""
    scenarios = exercise_scenarios.load(board().register)
    runs, all_acknowledgements = cached_records(
        "latihan", context.snapshot_view, _load_runs, ((), ())
    )
    injected = tuple(case for run in runs for case in _list_injected_cases(run, scenarios, context))
    acknowledged = all_acknowledgements if injected else ()
    # To the minute, so that viewers share the cached result.
    now = session.now().replace(second=0, microsecond=0) if context.view_time.live else None
    return ExerciseOverview(
        scenarios, runs, context.compute(compute_response_times, injected, acknowledged, now)
    )


def _load_runs(store: Store) -> tuple[tuple[ExerciseRun, ...], tuple[Acknowledgement, ...]]:
    """Return the runs, the newest first, and the time at which each case was acknowledged."""
    acknowledged = ((case, entry.at) for case, entry in acknowledgements.load_all(store).items())
    return tuple(reversed(exercise_controller.load_all(store))), tuple(acknowledged)


def _list_injected_cases(
    run: ExerciseRun, scenarios: dict[str, Scenario], context: PageContext
) -> list[InjectedCase]:
    """Return the cases of a run in the kecamatan of the view."""
    if run.scenario not in scenarios:
        return []
    scenario, visible_codes = scenarios[run.scenario], set(context.selected_kecamatan())
    kecamatan_by_case = {
        inject.case: dict(inject.cells).get("kode_kecamatan")
        for inject in reversed(scenario.injects) if inject.feed == INCIDENTS.name
    }  # fmt: skip
    source, targets = exercise_controller.SOURCE, scenario.response_targets
    return [
        InjectedCase(run.id, run.scenario, case, run.case_id(case), source, targets)
        for case in scenario.cases
        if kecamatan_by_case[case] in visible_codes
    ]


def render_start_form(overview: ExerciseOverview, context: PageContext) -> None:
    """Draw the form that starts a scenario, if the viewer may start one here."""
    reason = exercise_controller.refusal_reason(board())
    if reason is not None:
        markup.render_empty_state(reason)
        return
    if not overview.scenarios:
        markup.render_empty_state(_("Belum ada skenario di folder pemilihan ini."))
        return
    if not exercise_controller.may_start(context.viewer):
        st.caption(_("Memulai skenario adalah wewenang pimpinan atau admin."))
        return
    with markup.inline_row("mulai_latihan"):
        code = st.selectbox(
            _("Skenario"),
            list(overview.scenarios),
            format_func=partial(_format_scenario, overview),
            key=_SCENARIO_KEY,
            label_visibility="collapsed",
            width=320,
        )
        st.button(
            _("Mulai skenario"), on_click=_on_start, args=(overview,), type="primary",
            disabled=not context.view_time.live,
        )  # fmt: skip
    if not context.view_time.live:
        st.caption(_("Tidak ada yang menulis ke masa lampau."))
    description = _translate(overview.scenarios[code].description)
    st.caption(markup.escape_markdown(description))


def _on_start(overview: ExerciseOverview) -> None:
    session.use_url_language()
    scenario = overview.scenarios.get(st.session_state.get(_SCENARIO_KEY, ""))
    viewer = page_context.get_current().viewer
    if scenario is None or not exercise_controller.may_start(viewer):
        receipt.refuse(_("Peran ini tidak boleh melakukannya."))
        return
    try:
        exercise_controller.start(board(), scenario, viewer.name, session.now())
    except (ExerciseRefused, StoreError) as error:
        receipt.refuse(str(error))
        return
    receipt.confirm(_("Skenario {name} dimulai.").format(name=_translate(scenario.name)))


def render_kpis(overview: ExerciseOverview) -> None:
    """Draw the number of reported cases, and the median of each step, open ones included."""
    responses, medians = overview.responses, compute_medians(overview.responses)
    render_kpi_row(
        [
            _build_cases_kpi(overview),
            *(_build_step_kpi(overview, step, medians[step]) for step in RESPONSE_STEPS),
        ]
    )
    overdue = responses[responses["state"].isin(["lambat", "lewat"])]
    text = _(
        "{late} dari {all} langkah lewat batas, yang masih terbuka ikut dihitung. Waktu menurut "
        "jam orang: dari tersimpannya laporan skenario sampai tersimpannya langkah."
    )
    count = int(responses["took"].notna().sum())
    st.caption(format_counts(text, late=len(overdue), all=count))


def _build_cases_kpi(overview: ExerciseOverview) -> Kpi:
    cases = overview.responses.drop_duplicates("id")
    reported_count = int(cases["injected"].notna().sum())
    value = format_ratio(reported_count, len(cases))
    note = format_counts(_("{n} skenario dimulai"), n=len(overview.runs))
    return Kpi(
        "kasus",
        Card(_("Kasus yang dilaporkan"), value, note),
        partial(build_response_table, overview, overview.responses),
        (KpiValue(reported_count),),
    )


def _build_step_kpi(overview: ExerciseOverview, step: str, median: timedelta | None) -> Kpi:
    step_responses = overview.responses[overview.responses["step"] == step]
    states = step_responses["state"].value_counts()
    value = _("belum") if median is None else format_duration(median)
    note = format_counts(
        _("{on} tepat, {late} terlambat, {open} belum"),
        on=states.get("tepat", 0),
        late=states.get("lambat", 0),
        open=states.get("belum", 0) + states.get("lewat", 0),
    )
    title = _("Sampai {step} (median)").format(step=label("reaksi", step))
    return Kpi(step, Card(title, value, note, is_alarm=bool(states.get("lewat", 0))),
                  partial(build_response_table, overview, step_responses))  # fmt: skip


def build_response_table(overview: ExerciseOverview, responses: pd.DataFrame) -> Table:
    """Build the table of each case and step, the newest run first."""
    columns: dict[str, Cells] = {
        _("skenario"): [_format_scenario(overview, code) for code in responses["scenario"]],
        _("laporan masuk"): machine_time_column(responses["injected"]),
        _("langkah"): [label("reaksi", step) for step in responses["step"]],
        _("lama"): duration_column(responses["took"]),
        _("target"): duration_column(responses["target"]),
        _("keadaan"): [_format_state(state) for state in responses["state"]],
        _("tercapai"): machine_time_column(responses["at"]),
        _("id"): text_column(responses["id"]),
    }
    return table_view.make_table(columns, True)


def _format_scenario(overview: ExerciseOverview, code: str) -> str:
    return _translate(overview.scenarios[code].name) if code in overview.scenarios else code


def _translate(text: str) -> str:
    return definition_words.translate(board().register.election, text)


def _format_state(state: object) -> str:
    if not isinstance(state, str):
        return _("belum dilaporkan")
    return label("reaksi_keadaan", state)


def render_responses(overview: ExerciseOverview) -> None:
    """Draw the table of all responses."""
    page_layout.render_section_title(_("Reaksi tiap kasus"))
    table_view.render_table(
        build_response_table(overview, overview.responses),
        "reaksi",
        _("Reaksi tiap kasus latihan"),
        visible_rows=16,
    )


def render_worst_steps(overview: ExerciseOverview) -> None:
    """Draw, for each run, the step that took longest compared with its target."""
    page_layout.render_section_title(_("Yang dapat dilatih lagi"))
    worst = find_most_overdue(overview.responses)
    if worst.empty:
        markup.render_empty_state(_("Tidak ada langkah yang lewat batas sampai saat ini."))
        return
    for row in worst.to_dict("records"):
        st.markdown("- " + markup.escape_markdown(_format_worst_step(overview, row)))


def _format_worst_step(overview: ExerciseOverview, row: Mapping[Any, Any]) -> str:
    return _("{scenario}: {step} {time}, batas {target} ({state})").format(
        scenario=_format_scenario(overview, row["scenario"]),
        step=label("reaksi", row["step"]),
        time=format_duration(row["took"]),
        target=format_duration(row["target"]),
        state=_format_state(row["state"]),
    )


def show(context: PageContext) -> None:
    """Draw the page Latihan."""
    context = page_layout.begin_page(context, label("screen", "latihan"))
    overview = load_exercises(context)
    render_start_form(overview, context)
    if overview.responses.empty:
        markup.render_empty_state(_("Belum ada skenario yang dimulai."))
        return
    render_kpis(overview)
    render_responses(overview)
    render_worst_steps(overview)
