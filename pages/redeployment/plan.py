"""The redeployment plan: made on request, stored, and marked when it is out of date."""

import uuid
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.redeployment import shortfalls, tables
from situasi.analysis.redeployment import feasibility
from situasi.analysis.redeployment import plan as redeployment_plan
from situasi.analysis.redeployment.plan import Move, Plan, RedeploymentNeeds
from situasi.analysis.redeployment.shortfalls import rank_shortfalls
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import page_context, page_layout, render_cache, session
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view

_PLAN_KEY = "_rencana"


@dataclass(frozen=True, eq=False)
class StoredPlan:
    """A plan as it was made. context_key: its kecamatan and past time (None: live)."""

    id: str
    plan: Plan
    needs: RedeploymentNeeds
    context_key: tuple[object, ...]


@dataclass(frozen=True)
class PlanView:
    """A plan on the page.

    selected_moves: those not left out. is_feasible: whether all of them can be made now.
    decision_slot: container for the decision.
    """

    stored_plan: StoredPlan
    selected_moves: tuple[Move, ...]
    is_feasible: bool
    decision_slot: DeltaGenerator


def render_plan_panel(context: PageContext, needs: RedeploymentNeeds) -> PlanView | None:
    """Draw the button, and the plan if one was made for this view."""
    stored_plan: StoredPlan | None = st.session_state.get(_PLAN_KEY)
    if stored_plan is not None and stored_plan.context_key != _build_context_key(context):
        stored_plan = None
    with markup.row():
        page_layout.render_section_title(_("Rencana pergeseran"))
        _render_method(context, stored_plan)
        st.button(
            _("Susun rencana") if stored_plan is None else _("Susun ulang"),
            key="susun", type="primary", on_click=_on_make_plan, disabled=not needs.station_groups,
            args=(context.kecamatan,),
        )  # fmt: skip
    if stored_plan is None:
        markup.render_empty_state(_format_empty_state(needs))
        return None
    return _render_plan(context, needs, stored_plan)


def discard_plan() -> None:
    """Discard the plan after a decision."""
    st.session_state.pop(_PLAN_KEY, None)


def _build_context_key(context: PageContext) -> tuple[object, ...]:
    return context.kecamatan, None if context.view_time.live else context.view_time.at


def _format_empty_state(needs: RedeploymentNeeds) -> str:
    if not needs.station_groups:
        return _("Tidak ada TPS yang kekurangan petugas; tidak ada yang perlu digeser.")
    return _(
        "Tekan Susun rencana: siapa digeser ke mana, yang terberat dahulu, lalu yang terdekat."
    )


def _on_make_plan(kecamatan: tuple[str, ...]) -> None:
    """Make a plan from what is known at the time of the view."""
    session.use_url_language()
    context = replace(page_context.get_current(), kecamatan=kecamatan)
    needs = context.compute(redeployment_plan.compute_needs, context.kecamatan)
    rule = board().register.election.rules.redeployment
    plan = redeployment_plan.compute_plan(needs, context.geography, rule, context.view_time.at)
    st.session_state[_PLAN_KEY] = StoredPlan(
        f"R-{uuid.uuid4().hex[:8]}", plan, needs, _build_context_key(context)
    )


def _render_plan(
    context: PageContext, current_needs: RedeploymentNeeds, stored_plan: StoredPlan
) -> PlanView | None:
    plan = stored_plan.plan
    if not plan.moves:
        markup.render_empty_state(_("Tidak ada petugas yang boleh digeser ke TPS yang kekurangan."))
        return None
    valid = render_cache.get_or_build(
        "rencana_berlaku", (), (plan, current_needs),
        lambda plan, needs: tuple(feasibility.check_still_valid(plan.moves, needs)),
    )  # fmt: skip
    _render_state(context, current_needs, stored_plan, valid)
    decision_slot = st.container()  # above the moves, so that it is visible
    left, right = st.columns([11, 9], gap="medium")
    with left:
        st.caption(_("Centang langkah yang ditinggalkan; yang lain dijalankan."))
        table = render_cache.get_or_build(
            "langkah", valid, (plan,), lambda plan: tables.build_move_table(plan.moves, valid)
        )
        event = table_view.render_table(
            table,
            f"langkah_{stored_plan.id}",
            _("Rencana pergeseran"),
            visible_rows=14,
            explanation_key="langkah",
            file_only=_list_file_only_columns(plan, valid),
            on_select="rerun",
            selection_mode="multi-row",
        )
        left_out = set(event["selection"]["rows"])
        selected = tuple(
            move for position, move in enumerate(plan.moves) if position not in left_out
        )
        st.caption(_format_distance_note(plan))
    tps_after = render_cache.get_or_build(
        "sesudah", tuple(sorted(left_out)), (plan, stored_plan.needs),
        lambda _plan, needs: feasibility.apply_moves(needs, selected),
    )  # fmt: skip
    with right:
        page_layout.render_section_title(
            format_counts(_("Sesudah, bila {n} langkah dijalankan"), n=len(selected))
        )
        shortfalls.render_map(
            context, stored_plan.needs, tps_after, "peta_sesudah",
            _("Peta TPS yang kekurangan petugas sesudah pergeseran, dengan garis tiap langkah"),
            selected,
        )  # fmt: skip
    rule = board().register.election.rules.redeployment
    is_feasible = (
        bool(selected)
        and all(
            is_valid for is_valid, move in zip(valid, plan.moves, strict=True) if move in selected
        )
        and feasibility.is_feasible(selected, current_needs, rule)
    )
    return PlanView(stored_plan, selected, is_feasible, decision_slot)


def _render_state(
    context: PageContext,
    current_needs: RedeploymentNeeds,
    stored_plan: StoredPlan,
    move_validity: tuple[bool, ...],
) -> None:
    """Draw the plan in one line, and whether it still matches what is known."""
    plan = stored_plan.plan
    tps_after = feasibility.apply_moves(stored_plan.needs, plan.moves)
    before, after = (
        redeployment_plan.filter_by_kecamatan(tps, stored_plan.needs.chosen_kecamatan)
        for tps in (stored_plan.needs.tps, tps_after)
    )
    counts = [int(tps[name].sum()) for name in ("empty", "short") for tps in (before, after)]
    text = _("**{moves} langkah · ≈ {km} km · TPS tanpa petugas {empty} → {empty_after} · "
             "kurang dari pola ≈ {short} → {short_after}**")  # fmt: skip
    names = ("empty", "empty_after", "short", "short_after")
    numbers = dict(zip(names, map(format_number, counts), strict=True))
    st.markdown(
        text.format(
            moves=format_number(len(plan.moves)),
            km=format_number(plan.total_km, 1),
            **numbers,
        )
    )
    made_text = _("Disusun menurut keadaan {time}.").format(
        time=f"{format_time(plan.at)} {board().register.election.zone_label}"
    )
    if not context.view_time.live:
        st.caption(made_text)
    elif not all(move_validity):
        changed_text = _("Keadaan sudah berubah: {n} langkah tidak berlaku lagi. Susun ulang.")
        st.warning(
            markup.escape_markdown(
                f"{made_text} " + format_counts(changed_text, n=move_validity.count(False))
            )
        )
    elif stored_plan.needs is not current_needs:
        st.caption(made_text + " " + _("Kabar baru sudah masuk; semua langkah masih berlaku."))
    else:
        st.caption(made_text)


def _list_file_only_columns(plan: Plan, move_validity: tuple[bool, ...]) -> list[str]:
    """Return the columns with the same value for every move; they are only in the file."""
    is_uniform = {_("jarak"): not plan.has_road_network, _("keadaan"): all(move_validity)}
    return [heading for heading, uniform in is_uniform.items() if uniform]


def _format_distance_note(plan: Plan) -> str:
    """Return how the kilometres were measured."""
    text = _("≈ km garis lurus antara pusat wilayah (perkiraan): posisi TPS tidak diketahui.")
    if plan.has_road_network:
        count = sum(not move.is_by_road for move in plan.moves)
        text = format_counts(_("≈ km lewat jalan dan sungai dari pusat wilayah (perkiraan); "
                 "{n} langkah garis lurus."), n=count)  # fmt: skip
    speed = board().register.election.rules.redeployment.speed_kmh
    return text + " " + format_counts(_("Menit dihitung {n} km/jam."), n=speed)


def _render_method(context: PageContext, stored_plan: StoredPlan | None) -> None:
    """Draw the rules of the plan, and the result of the greedy method."""
    popover = st.popover(_("Cara menghitung"), key="cara_geser", on_change="rerun", type="tertiary")
    if not popover.open:
        return
    rule = board().register.election.rules.redeployment
    with popover:
        for line in _format_rules():
            st.caption(markup.escape_markdown(line))
        if stored_plan is None or not stored_plan.plan.tiers:
            return
        plan = stored_plan.plan
        text = _("Rencana ini ≈ {ours} km; cara terdekat dahulu ≈ {plain} km.")
        st.markdown(
            text.format(
                ours=format_number(plan.total_km, 1),
                plain=format_number(plan.greedy_result[1], 1),
            )
        )
        if not plan.is_optimal:
            limit = format_number(rule.time_limit_s, 1)
            st.caption(_("Dicari {n} detik; belum terbukti yang terbaik.").format(n=limit))
        ranked = rank_shortfalls(stored_plan.needs.chosen_tps, rule.shortfall_points)
        table_view.render_table(
            tables.build_comparison_table(plan, ranked, context.has_exercise_rows),
            "banding_geser",
            _("Banding dua cara"),
        )


def _format_rules() -> list[str]:
    rule = board().register.election.rules.redeployment
    stays = _("{share} % {kind} yang siap tetap tinggal")
    retained = [
        stays.format(share=format_number(100 * share), kind=label("penugasan", kind))
        for kind, share in rule.retained_shares.items()
    ]
    agencies = ", ".join(label("instansi", agency) for agency in rule.agencies)
    text = _("Yang digeser hanya {agencies} yang kabarnya segar; {stays}.")
    from_tps = _("Tidak ada TPS yang ditinggalkan di bawah polanya, dan tidak ada yang ditarik "
                 "dari dekat kejadian berat.")  # fmt: skip
    return [
        _("Yang terberat dahulu: TPS tanpa petugas, lalu yang kurang dari pola; di antara "
            "yang sama yang dekat kejadian berat, lalu yang lebih rawan. Sesudah itu jarak "
            "terpendek."),
        _("Petugas yang diam tetap dihitung ada; yang diketahui absen tidak. Yang baru "
          "diperintahkan ditunggu, tidak digantikan."),
        text.format(agencies=agencies, stays="; ".join(retained)),
        from_tps if rule.may_leave_tps else _("Petugas TPS tidak digeser."),
        _("Aturan: rules.toml, bagian moves. Usulan kami, untuk diubah Polres."),
    ]  # fmt: skip
