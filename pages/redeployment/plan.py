"""The plan: made when somebody asks, kept as it was made, and said to be old once it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.redeployment import shortfalls
from pages.redeployment import tables as redeployment_tables
from situasi.analysis.redeployment import feasibility
from situasi.analysis.redeployment import plan as redeployment_plan
from situasi.analysis.redeployment.plan import Move, Plan, RedeploymentNeeds
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import filters, page_layout, render_cache, session
from situasi.ui.components import markup
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import table_view

_KEPT = "_rencana"


@dataclass(frozen=True, eq=False)
class Kept:
    """A plan as it was made. asked: for which kecamatan and past moment (None: the present)."""

    id: str
    plan: Plan
    needs: RedeploymentNeeds
    asked: tuple[object, ...]


@dataclass(frozen=True)
class Shown:
    """A plan on the page. valid: of each move, whether it still holds. chosen: moves not left out.

    possible: whether those chosen can all be made, by what is known now. place: for the decision.
    """

    kept: Kept
    valid: tuple[bool, ...]
    chosen: tuple[Move, ...]
    possible: bool
    place: DeltaGenerator


def plan_panel(view: PageContext, found: RedeploymentNeeds) -> Shown | None:
    """The button, and the plan where one was made for what is shown."""
    kept: Kept | None = st.session_state.get(_KEPT)
    if kept is not None and kept.asked != _asked(view):
        kept = None
    with markup.row():
        page_layout.render_section_title(_("Rencana pergeseran"))
        _method(kept)
        st.button(
            _("Susun rencana") if kept is None else _("Susun ulang"),
            key="susun", type="primary", on_click=_make, disabled=not found.station_groups,
            args=(view.kecamatan,),
        )  # fmt: skip
    if kept is None:
        markup.render_empty_state(_nothing_yet(found))
        return None
    return _shown(view, found, kept)


def forget() -> None:
    """Let go of the plan: it was decided."""
    st.session_state.pop(_KEPT, None)


def _asked(view: PageContext) -> tuple[object, ...]:
    return view.kecamatan, None if view.view_time.live else view.view_time.at


def _nothing_yet(found: RedeploymentNeeds) -> str:
    if not found.station_groups:
        return _("Tidak ada TPS yang kekurangan petugas; tidak ada yang perlu digeser.")
    return _(
        "Tekan Susun rencana: siapa digeser ke mana, yang terberat dahulu, lalu yang terdekat."
    )


def _make(kecamatan: tuple[str, ...]) -> None:
    """Make a plan of what is known at the moment that is shown."""
    session.use_url_language()
    shown = session.get_snapshot_view()
    at = session.get_view_time(filters.get_past_time(), shown)
    view = PageContext(shown, at, kecamatan)
    found = view.compute(redeployment_plan.compute_needs, view.kecamatan)
    rule = board().register.election.rules.redeployment
    plan = redeployment_plan.compute_plan(found, board().geography, rule, at.at)
    st.session_state[_KEPT] = Kept(f"R-{uuid.uuid4().hex[:8]}", plan, found, _asked(view))


def _shown(view: PageContext, found: RedeploymentNeeds, kept: Kept) -> Shown | None:
    plan = kept.plan
    if not plan.moves:
        markup.render_empty_state(_("Tidak ada petugas yang boleh digeser ke TPS yang kekurangan."))
        return None
    valid = render_cache.get_or_build(
        "rencana_berlaku", (), (plan, found),
        lambda plan, found: tuple(feasibility.check_still_valid(plan.moves, found)),
    )  # fmt: skip
    _state(view, found, kept, valid)
    place = st.container()  # above the moves: on a desk it is in sight
    left, right = st.columns([13, 7], gap="medium")
    with left:
        st.caption(_("Centang langkah yang ditinggalkan; yang lain dijalankan."))
        table = render_cache.get_or_build(
            "langkah", valid, (plan,), lambda plan: redeployment_tables.moves(plan.moves, valid)
        )
        marked = table_view.render_table(
            table, f"langkah_{kept.id}", _("Rencana pergeseran"), visible_rows=14, explanation_key="langkah",
            file_only=_aside(plan, valid), on_select="rerun", selection_mode="multi-row",
        )  # fmt: skip
        left_out = set(marked["selection"]["rows"])
        chosen = tuple(m for at, m in enumerate(plan.moves) if at not in left_out)
        st.caption(_measured(plan))
    after = render_cache.get_or_build(
        "sesudah", tuple(sorted(left_out)), (plan, kept.needs),
        lambda _plan, needs: feasibility.apply_moves(needs, chosen),
    )  # fmt: skip
    with right:
        page_layout.render_section_title(
            _("Sesudah, bila {n} langkah dijalankan").format(n=i18n.format_number(len(chosen)))
        )
        shortfalls.map_of(
            view, kept.needs, after, "peta_sesudah",
            _("Peta TPS yang kekurangan petugas sesudah pergeseran, dengan garis tiap langkah"),
            chosen,
        )  # fmt: skip
    rule = board().register.election.rules.redeployment
    possible = (
        bool(chosen)
        and all(one for one, move in zip(valid, plan.moves, strict=True) if move in chosen)
        and feasibility.is_feasible(chosen, found, rule)
    )
    return Shown(kept, valid, chosen, possible, place)


def _state(
    view: PageContext, found: RedeploymentNeeds, kept: Kept, valid: tuple[bool, ...]
) -> None:
    """The plan in one line, and whether it is still that of what is known."""
    plan = kept.plan
    left = feasibility.apply_moves(kept.needs, plan.moves)
    before, after = (
        redeployment_plan.filter_by_kecamatan(tps, kept.needs.chosen_kecamatan)
        for tps in (kept.needs.tps, left)
    )
    counts = [int(tps[name].sum()) for name in ("empty", "short") for tps in (before, after)]
    said = _("**{moves} langkah · ≈ {km} km · TPS tanpa petugas {empty} → {empty_after} · "
             "kurang dari pola ≈ {short} → {short_after}**")  # fmt: skip
    names = ("empty", "empty_after", "short", "short_after")
    numbers = dict(zip(names, map(i18n.format_number, counts), strict=True))
    st.markdown(
        said.format(
            moves=i18n.format_number(len(plan.moves)),
            km=i18n.format_number(plan.total_km, 1),
            **numbers,
        )
    )
    made = _("Disusun menurut keadaan {time}.").format(
        time=f"{i18n.format_time(plan.at)} {board().register.election.zone_label}"
    )
    if not view.view_time.live:
        st.caption(made)
    elif not all(valid):
        gone = _("Keadaan sudah berubah: {n} langkah tidak berlaku lagi. Susun ulang.")
        st.warning(
            markup.escape_markdown(
                f"{made} " + gone.format(n=i18n.format_number(valid.count(False)))
            )
        )
    elif kept.needs is not found:
        st.caption(made + " " + _("Kabar baru sudah masuk; semua langkah masih berlaku."))
    else:
        st.caption(made)


def _aside(plan: Plan, valid: tuple[bool, ...]) -> list[str]:
    """Columns that say the same of every move: in the file alone."""
    same = {_("jarak"): not plan.has_road_network, _("keadaan"): all(valid)}
    return [heading for heading, alike in same.items() if alike]


def _measured(plan: Plan) -> str:
    """How the kilometres were measured."""
    said = _("≈ km garis lurus antara pusat wilayah (perkiraan): posisi TPS tidak diketahui.")
    if plan.has_road_network:
        straight = sum(not move.is_by_road for move in plan.moves)
        said = _("≈ km lewat jalan dan sungai dari pusat wilayah (perkiraan); "
                 "{n} langkah garis lurus.").format(n=i18n.format_number(straight))  # fmt: skip
    speed = board().register.election.rules.redeployment.speed_kmh
    return said + " " + _("Menit dihitung {n} km/jam.").format(n=i18n.format_number(speed))


def _method(kept: Kept | None) -> None:
    """By which rule the plan is made, and what the plain way would do."""
    opened = st.popover(_("Cara menghitung"), key="cara_geser", on_change="rerun", type="tertiary")
    if not opened.open:
        return
    rule = board().register.election.rules.redeployment
    with opened:
        for line in _rule_in_words():
            st.caption(markup.escape_markdown(line))
        if kept is None or not kept.plan.tiers:
            return
        plan = kept.plan
        said = _("Rencana ini ≈ {ours} km; cara terdekat dahulu ≈ {plain} km.")
        st.markdown(
            said.format(
                ours=i18n.format_number(plan.total_km, 1),
                plain=i18n.format_number(plan.greedy_result[1], 1),
            )
        )
        if not plan.is_optimal:
            limit = i18n.format_number(rule.time_limit_s, 1)
            st.caption(_("Dicari {n} detik; belum terbukti yang terbaik.").format(n=limit))
        table_view.render_table(
            redeployment_tables.compared(plan), "banding_geser", _("Banding dua cara")
        )


def _rule_in_words() -> list[str]:
    rule = board().register.election.rules.redeployment
    stays = [
        _("{share} % {kind} yang siap tetap tinggal").format(
            share=i18n.format_number(100 * share), kind=label("penugasan", kind)
        )
        for kind, share in rule.retained_shares.items()
    ]
    agencies = ", ".join(label("instansi", one) for one in rule.agencies)
    said = _("Yang digeser hanya {agencies} yang kabarnya segar; {stays}.")
    from_tps = _("Tidak ada TPS yang ditinggalkan di bawah polanya, dan tidak ada yang ditarik "
                 "dari dekat kejadian berat.")  # fmt: skip
    return [
        _("Yang terberat dahulu: TPS tanpa petugas, lalu yang kurang dari pola; di antara "
            "yang sama yang dekat kejadian berat, lalu yang lebih rawan. Sesudah itu jarak "
            "terpendek."),
        _("Petugas yang diam tetap dihitung ada; yang diketahui absen tidak. Yang baru "
          "diperintahkan ditunggu, tidak digantikan."),
        said.format(agencies=agencies, stays="; ".join(stays)),
        from_tps if rule.may_leave_tps else _("Petugas TPS tidak digeser."),
        _("Aturan: rules.toml, bagian moves. Usulan kami, untuk diubah Polres."),
    ]  # fmt: skip
