"""A matter that waits for a decision as text: what, where, since when, who has it, what next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from situasi.analysis.redeployment.move_proposal import ProposedForce
from situasi.analysis.redeployment.nearest import Force
from situasi.analysis.situation.decisions import GRAVE
from situasi.common.formats import (
    format_duration,
    format_number,
    format_ratio,
    format_time,
)
from situasi.common.i18n import _
from situasi.domain.labels import N_, label
from situasi.domain.register import Register
from situasi.presentation import alerts, incident_item
from situasi.presentation.place_names import format_owner

# The next step of a case, as an order; {owner}: the Polsek of the place.
_STEPS = {
    "diverifikasi": N_("{owner} verifikasi"),
    "ditangani": N_("{owner} tangani"),
    "selesai": N_("minta perkembangan, tuntaskan"),
}
# What is done about an alert of a rule; {owner}: who is to act on it.
_ACTS = {
    "belum_dibuka": N_("{owner} datangi TPS"),
    "tps_diam": N_("{owner} hubungi TPS, lalu datangi"),
    "sumber_senyap": N_("{owner} hubungi pengirim"),
    "tanpa_petugas": N_("kirim dari Pergeseran"),
    "keramaian": N_("{owner} kendalikan massa, kabarkan situasi"),
    "beruntun": N_("{owner} cari penyebabnya, tambah patroli"),
    "kurang_pola": N_("tambah dari Pergeseran"),
    "kotak": N_("{owner} hubungi pengawal kotak"),
    "lewat_waktu": N_("{owner} laporkan langkah berikutnya"),
    "hadir_turun": N_("{owner} periksa hitungan"),
    "hadir_lebih": N_("{owner} periksa hitungan"),
}
# Kinds to which forces may be sent; a case only until somebody is there.
_FORCE_KINDS = ("keramaian", "beruntun", "tanpa_petugas")
_FORCE_STEPS = ("diverifikasi", "ditangani")


@dataclass(frozen=True)
class DecisionText:
    """One matter in words. tingkat: of a case, else None; elapsed: how long it is open, or late.

    is_unheld: a grave report that nobody has; case: its key, None for anything else.
    """

    tingkat: str | None
    what: str
    place: str
    elapsed: str
    state: str
    act: str
    is_unheld: bool
    case: str | None


def needs_forces(row: Any) -> bool:
    """Return whether sending somebody is what a row of decisions.find_decisions may call for."""
    return row.kind in _FORCE_KINDS or (row.kind == GRAVE and row.step in _FORCE_STEPS)


def format_decision(
    row: Any,
    case: Any | None,
    register: Register,
    at: datetime,
    forces: Sequence[Force],
    moves: Sequence[ProposedForce] | None = None,
) -> DecisionText:
    """Format a row of decisions.assign_holders.

    case: the row of a grave report (critical.find_critical_cases); forces: the nearest ones;
    moves: of MoveProposal.find_forces, None where no plan was made or nothing is short any more.
    """
    since = row.since.to_pydatetime().astimezone(at.tzinfo)
    age = max(timedelta(0), at - since)
    if case is None:
        what, place, tingkat = *_format_alert(row, register), None
        elapsed = _("lewat {age}").format(age=format_duration(age))
        limit = ""
    else:
        item = incident_item.build_item(case, register, at)
        what, place, tingkat = item.title, item.place, item.tingkat
        overdue = at - row.due_at
        elapsed = (
            _("lewat {age}").format(age=format_duration(overdue))
            if overdue > timedelta(0)
            else format_duration(age)
        )
        limit = _(", batas {limit}").format(limit=format_duration(row.due_at - row.since))
    has_holder = isinstance(row.holder, str)
    if has_holder:
        holder = _("dipegang {who}").format(who=row.holder)
    elif row.is_handled and case is not None:
        holder = label("status", case.status)
    else:
        holder = _("belum dipegang")
    since_text = _("sejak {time}").format(time=_format_begin(since, at))
    return DecisionText(
        tingkat=tingkat,
        what=what,
        place=place,
        elapsed=elapsed,
        state=" · ".join(filter(None, (since_text + limit, holder))),
        act=_format_act(row, register, forces)
        if moves is None
        else _format_moves(moves, row, register),
        is_unheld=row.kind == GRAVE and not has_holder and not row.is_handled,
        case=row.key if row.kind == GRAVE else None,
    )


def format_forces(forces: Sequence[Force], register: Register) -> str:
    """Return who is near: "2 cadangan Mako Polsek Pemulutan, ≈ 5,5 km"; "" for nobody."""
    return "; ".join(_format_force(one, format_number(one.km, 1), register) for one in forces)


def _format_force(force: Force | ProposedForce, km: str, register: Register) -> str:
    return _("{n} {duty} {where}, ≈ {km} km").format(
        n=format_number(force.count),
        duty=label("penugasan", force.duty),
        where=force.lokasi or register.name_of(force.place_code or None),
        km=km,
    )


def _format_moves(moves: Sequence[ProposedForce], row: Any, register: Register) -> str:
    """Return the first part of a plan: "geser 2 cadangan Mako Polsek Pemulutan, ≈ 2,4–6,0 km".

    Where it is not for the kecamatan that the row names, it says for which.
    """
    if not moves:
        return _("tidak ada yang boleh digeser ke sana")
    first, more = moves[0], sum(move.count for move in moves[1:])
    km = format_number(first.farthest_km, 1)
    if (nearest := format_number(first.nearest_km, 1)) != km:
        km = f"{nearest}–\u2060{km}"
    force = _format_force(first, km, register)
    if first.destination != row.kecamatan:
        to = register.name_of(first.destination)
        force = _("{force} ke {place}").format(force=force, place=to)
    if more:
        text = _("geser {force}, {n} lagi di Pergeseran")
        return text.format(force=force, n=format_number(more))
    return _("geser {force}").format(force=force)


def _format_begin(since: datetime, at: datetime) -> str:
    if since.date() == at.date():
        return format_time(since)
    return f"{since:%d/%m} {format_time(since)}"


def _format_alert(row: Any, register: Register) -> tuple[str, str]:
    """Return what an alert is about, and where."""
    name = alerts.format_rule(register.election.alerts, row.kind)
    if row.kind == "tps_diam":  # fewer than are late: the board counts those too, beside it
        grace = register.election.alerts.rules[row.kind].grace
        name = _("TPS diam di atas {age}").format(age=format_duration(grace))
    if row.count > 1:
        name = f"{name}: {format_number(row.count)}"
    elif row.kind == "sumber_senyap" and isinstance(row.member, str):
        name = f"{name}: {label('feed', row.member)}"
    where = register.name_of(row.kecamatan)
    if row.area_count > 1:
        most = _("{n} kecamatan, terbanyak {name}")
        return name, most.format(n=format_number(row.area_count), name=where)
    if isinstance(row.place_code, str) and row.place_code != row.kecamatan:
        number = row.member.rpartition(".")[2]
        return name, f"{where} · {register.name_of(row.place_code)} · TPS {number}"
    if isinstance(row.kecamatan, str) and row.kind in ("tps_diam", "belum_dibuka"):
        all_tps = register.kecamatan[row.kecamatan].tps
        share = _("{ratio} TPS").format(ratio=format_ratio(row.count, all_tps))
        return name.partition(":")[0], f"{where} · {share}"
    return name, where


def _format_act(row: Any, register: Register, forces: Sequence[Force]) -> str:
    rules = register.election.alerts.rules
    # Of several kecamatan each Polsek acts, so that none is named.
    place = row.kecamatan if row.area_count == 1 else None
    if row.kind == GRAVE:
        owner = "Polsek" if isinstance(place, str) else _("Posko")
        act = _(_STEPS[row.step]).format(owner=format_owner(register, owner, place))
    else:
        owner = format_owner(register, rules[row.kind].owner, place)
        act = _(_ACTS.get(row.kind, "{owner}")).format(owner=owner)
    near = format_forces(forces[:1], register) if needs_forces(row) else ""
    return "; ".join(filter(None, (act, near)))
