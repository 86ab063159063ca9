"""Redeployment: an accepted plan becomes orders, all or none; a refused plan keeps its reason."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from situasi.access.roles import Viewer
from situasi.analysis.redeployment import feasibility
from situasi.analysis.redeployment.plan import Move, RedeploymentNeeds
from situasi.board import Board
from situasi.common.i18n import _
from situasi.ingest import feeds, withdrawal
from situasi.ingest.pipeline import build_table, ingest_rows
from situasi.ingest.write_scope import bind_context, build_viewer_scope
from situasi.store import ConflictError, Store

KIND = "rencana"
SOURCE = "rencana pergeseran"
MAX_REASON_LENGTH = 300  # characters
_FEED = "postings"
# Written before orders: of two people who accept at once, the second gets a conflict.
_LOCK = "rencana_giliran"
_TIMES = ("at", "recorded_at")


class PlanRefused(ValueError):
    """Nothing was written; the message says why."""


@dataclass(frozen=True)
class PlanDecision:
    """One decision on a plan.

    at: the time that the board showed. exercise: whether by its clock. moves: as decided: petugas,
    kind, kecamatan, tps (codes), km. left_out: how many moves of the plan were not selected. batch:
    the delivery of its orders. is_undone: its author took it back at once.
    """

    id: str
    accepted: bool
    by: str
    at: datetime
    recorded_at: datetime
    reason: str
    exercise: bool
    moves: tuple[dict[str, Any], ...]
    left_out: int
    batch: int | None = None
    is_undone: bool = False

    @property
    def km(self) -> float:
        """Return the total distance of the moves in km."""
        return float(sum(move["km"] for move in self.moves))

    @property
    def kecamatan(self) -> frozenset[str]:
        """Return the kecamatan to which officers move."""
        return frozenset(str(move["kecamatan"]) for move in self.moves)


def may_decide(viewer: Viewer) -> bool:
    """Return whether they may accept or refuse plans."""
    return viewer.link is None and viewer.role.may("geser")


def accept(
    board: Board,
    viewer: Viewer,
    plan: str,
    moves: Sequence[Move],
    left_out: int,
    load_needs: Callable[[], RedeploymentNeeds],
    now: datetime,
    exercise_now: datetime | None,
) -> PlanDecision:
    """Turn these moves of a plan into orders that hold from now on.

    load_needs: returns the needs as now known. exercise_now: the clock of an exercise; it gives the
    time for moves of invented officers. Raises PlanRefused (nothing was written) and StoreError.
    """
    _check_decidable(board.store, viewer, plan, moves)
    version = board.store.access_version()
    _check_still_valid(moves, load_needs(), board)
    rows = list(_build_order_rows(board, viewer, plan, moves, now, exercise_now))
    scope = build_viewer_scope(viewer, "geser")
    context = bind_context(board.ingest_context, scope, board.store, _FEED, now)
    check_result = feeds.check(build_table(rows), _FEED, context, now)
    if check_result.rejected:
        reasons = dict.fromkeys(reason for row in check_result.rejected for reason in row.reasons)
        raise PlanRefused("; ".join(reasons))
    try:
        board.store.put_record(_LOCK, "", {"plan": plan}, now, viewer.name, expected_seq=version)
    except ConflictError as error:
        raise PlanRefused(_("orang lain baru saja menyetujui rencana; susun lagi")) from error
    result = ingest_rows(
        rows, SOURCE, board.store, board.ingest_context, scope, feed=_FEED, now=now
    )
    facts = {"accepted": True, "reason": "", "left_out": left_out, "batch": result.batch}
    return _save_decision(board.store, viewer, plan, moves, now, exercise_now, **facts)


def refuse(
    store: Store,
    viewer: Viewer,
    plan: str,
    moves: Sequence[Move],
    reason: str,
    now: datetime,
    exercise_now: datetime | None,
) -> PlanDecision:
    """Store why a plan was refused. Raises PlanRefused, StoreError."""
    _check_decidable(store, viewer, plan, moves)
    text = " ".join(reason.split())[:MAX_REASON_LENGTH]
    if not text:
        raise PlanRefused(_("tulis alasannya"))
    facts = {"accepted": False, "reason": text, "left_out": 0}
    return _save_decision(store, viewer, plan, moves, now, exercise_now, **facts)


def undo(store: Store, viewer: Viewer, decision: PlanDecision, now: datetime) -> None:
    """Withdraw the orders of a decision and store that its author took it back.

    Raises PlanRefused, WithdrawalRefused and StoreError.
    """
    if not may_decide(viewer) or decision.by != viewer.name:
        raise PlanRefused(_("Peran ini tidak boleh melakukannya."))
    if load_decision(store, decision.id) != decision or decision.is_undone:
        raise PlanRefused(_("rencana ini sudah diputuskan"))
    if decision.batch is not None:
        scope = build_viewer_scope(viewer, "geser")
        withdrawal.withdraw(store, scope, decision.batch, now, f"{decision.id} dibatalkan")
    value = _encode(replace(decision, is_undone=True))
    detail = {"plan": decision.id, "undone": True}
    store.put_record(KIND, decision.id, value, now, viewer.name, "plan-undo", detail)


def load_decision(store: Store, plan: str) -> PlanDecision | None:
    """Return the decision on a plan; None if there is none."""
    value = store.latest_records(KIND, plan).get(plan)
    return None if value is None else _decode(plan, value)


def load_all(store: Store, area: Sequence[str] = ()) -> list[PlanDecision]:
    """Return all decisions, the newest first; with `area` only those within these kecamatan."""
    decisions = [_decode(plan, value) for plan, value in store.latest_records(KIND).items()]
    visible = (item for item in decisions if not area or item.kecamatan <= frozenset(area))
    return sorted(visible, key=lambda decision: decision.recorded_at, reverse=True)


def _check_decidable(store: Store, viewer: Viewer, plan: str, moves: Sequence[Move]) -> None:
    if not may_decide(viewer):
        raise PlanRefused(_("Peran ini tidak boleh melakukannya."))
    if not moves:
        raise PlanRefused(_("tidak ada langkah yang dipilih"))
    if viewer.area and not {move.destination.kecamatan for move in moves} <= set(viewer.area):
        raise PlanRefused(_("ada langkah di luar wilayah Anda"))
    if store.latest_records(KIND, plan):
        raise PlanRefused(_("rencana ini sudah diputuskan"))


def _check_still_valid(moves: Sequence[Move], needs: RedeploymentNeeds, board: Board) -> None:
    valid = feasibility.check_still_valid(moves, needs)
    outdated = [move for move, is_valid in zip(moves, valid, strict=True) if not is_valid]
    if outdated:
        officers = ", ".join(move.candidate.petugas for move in outdated[:5])
        message = _("keadaan sudah berubah untuk {n} langkah ({who}); susun lagi")
        raise PlanRefused(message.format(n=len(outdated), who=officers))
    if not feasibility.is_feasible(moves, needs, board.register.election.rules.redeployment):
        raise PlanRefused(_("cadangan atau petugas TPS asal tidak cukup lagi; susun lagi"))


def _build_order_rows(
    board: Board,
    viewer: Viewer,
    plan: str,
    moves: Iterable[Move],
    now: datetime,
    exercise_now: datetime | None,
) -> Iterator[dict[str, str]]:
    """Yield the orders under the headings of our files: a row for each desa of a move."""
    register = board.register
    for number, move in enumerate(moves, start=1):
        is_exercise, destination = move.candidate.latihan, move.destination
        at = exercise_now if is_exercise and exercise_now else now
        time = at.astimezone(register.election.zone).isoformat(timespec="seconds")
        common_cells = {
            "waktu": time,
            "waktu_lapor": time,
            "petugas": move.candidate.petugas,
            "penugasan": "tps",
            "uraian": f"{plan}: dari {move.candidate.duty} ke TPS",
            "pelapor": viewer.name,
            "sumber": SOURCE,
            "latihan": "ya" if is_exercise else "tidak",
        }
        by_desa = groupby(sorted(destination.tps_codes), key=lambda code: code.rpartition(".")[0])
        for part, (desa, codes) in enumerate(by_desa, start=1):
            yield {
                **common_cells,
                "id": f"{plan}-{number}-{part}",
                "kode_kecamatan": destination.kecamatan,
                "kode_desa": desa,
                "desa": register.name_of(desa),
                "tps": ",".join(code.rpartition(".")[2] for code in codes),
            }


def _save_decision(
    store: Store,
    viewer: Viewer,
    plan: str,
    moves: Sequence[Move],
    now: datetime,
    exercise_now: datetime | None,
    **facts: Any,
) -> PlanDecision:
    """Store a decision of this moment. facts: accepted, reason, left_out, batch of it."""
    decision = PlanDecision(
        id=plan, by=viewer.name, at=exercise_now or now, recorded_at=now,
        exercise=exercise_now is not None, moves=tuple(map(_encode_move, moves)), **facts,
    )  # fmt: skip
    detail = {
        "plan": decision.id, "moves": len(decision.moves), "left_out": decision.left_out,
        "reason": decision.reason,
    }  # fmt: skip
    action = "plan-accept" if decision.accepted else "plan-refuse"
    try:
        store.put_record(
            KIND, decision.id, _encode(decision), now, viewer.name, action, detail, expected_seq=0
        )
    except ConflictError as error:
        raise PlanRefused(_("rencana ini sudah diputuskan")) from error
    return decision


def _encode(decision: PlanDecision) -> dict[str, Any]:
    times = {name: getattr(decision, name).astimezone(UTC).isoformat() for name in _TIMES}
    value = {**vars(decision), "moves": list(decision.moves), **times}
    del value["id"]
    return value


def _encode_move(move: Move) -> dict[str, Any]:
    return {
        "petugas": move.candidate.petugas,
        "kind": move.candidate.duty,
        "kecamatan": move.destination.kecamatan,
        "tps": list(move.destination.tps_codes),
        "km": round(move.km, 1),
    }


def _decode(plan: str, value: Any) -> PlanDecision:
    times = {name: datetime.fromisoformat(value[name]) for name in _TIMES}
    return PlanDecision(id=plan, **{**value, **times, "moves": tuple(value["moves"])})
