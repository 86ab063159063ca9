"""Moving: a plan accepted becomes orders, all of them or none; one refused keeps its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from situasi.access.roles import Viewer
from situasi.analysis.redeployment import feasibility
from situasi.analysis.redeployment.plan import Move, RedeploymentNeeds
from situasi.board import Board
from situasi.common.i18n import _
from situasi.ingest import feeds
from situasi.ingest.pipeline import build_table, ingest_rows
from situasi.ingest.write_scope import bind_context, build_viewer_scope
from situasi.store.interface import ConflictError, Store

KIND = "rencana"
SOURCE = "rencana pergeseran"
MAX_REASON_LENGTH = 300  # characters
_FEED = "postings"
# Who writes orders takes this turn: of two who accept at once the second looks again.
_LOCK = "rencana_giliran"


class PlanRefused(ValueError):
    """Nothing was written; the message says why."""


@dataclass(frozen=True)
class PlanDecision:
    """What somebody decided on a plan.

    at: the moment that the board showed. exercise: on its clock. moves: as they were decided upon:
    petugas, kind, kecamatan, tps (codes), km. left_out: how many moves of the plan were not taken.
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

    @property
    def km(self) -> float:
        return float(sum(one["km"] for one in self.moves))

    @property
    def kecamatan(self) -> frozenset[str]:
        return frozenset(str(one["kecamatan"]) for one in self.moves)


def may_decide(viewer: Viewer) -> bool:
    """Whether they may accept or refuse plans."""
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
    """Make these moves of a plan orders that hold from now on.

    look: gives what is needed by what is known now. played: the clock of an exercise; it tells the
    time of moves of officers who are made up. Raises MovesRefused, where nothing was written, and
    StoreError.
    """
    _check_decidable(board.store, viewer, plan, moves)
    seen = board.store.access_version()
    _check_still_valid(moves, load_needs(), board)
    rows, scope = (
        list(_build_order_rows(board, viewer, plan, moves, now, exercise_now)),
        build_viewer_scope(viewer, "geser"),
    )
    within = bind_context(board.ingest_context, scope, board.store, _FEED, now)
    judged = feeds.check(build_table(rows), _FEED, within, now)
    if judged.rejected:
        reasons = dict.fromkeys(why for one in judged.rejected for why in one.reasons)
        raise PlanRefused("; ".join(reasons))
    try:
        board.store.put_record(_LOCK, "", {"plan": plan}, now, viewer.name, expected_seq=seen)
    except ConflictError as error:
        raise PlanRefused(_("orang lain baru saja menyetujui rencana; susun lagi")) from error
    ingest_rows(rows, SOURCE, board.store, board.ingest_context, scope, feed=_FEED, now=now)
    return _save_decision(
        board.store, viewer, plan, moves, left_out, "", now, exercise_now, accepted=True
    )


def refuse(
    store: Store,
    viewer: Viewer,
    plan: str,
    moves: Sequence[Move],
    reason: str,
    now: datetime,
    exercise_now: datetime | None,
) -> PlanDecision:
    """Keep why a plan was not taken. Raises MovesRefused, StoreError."""
    _check_decidable(store, viewer, plan, moves)
    said = " ".join(reason.split())[:MAX_REASON_LENGTH]
    if not said:
        raise PlanRefused(_("tulis alasannya"))
    return _save_decision(store, viewer, plan, moves, 0, said, now, exercise_now, accepted=False)


def load_all(store: Store, area: Sequence[str] = ()) -> list[PlanDecision]:
    """All decisions, the newest first; for a viewer of some kecamatan those of these alone."""
    found = [_decode(plan, value) for plan, value in store.latest_records(KIND).items()]
    seen = [one for one in found if not area or one.kecamatan <= frozenset(area)]
    return sorted(seen, key=lambda one: one.recorded_at, reverse=True)


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
    gone = [move for move, one in zip(moves, valid, strict=True) if not one]
    if gone:
        who = ", ".join(move.candidate.petugas for move in gone[:5])
        said = _("keadaan sudah berubah untuk {n} langkah ({who}); susun lagi")
        raise PlanRefused(said.format(n=len(gone), who=who))
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
    """The orders under the headings of our files: a row for each desa of a move."""
    register = board.register
    for number, move in enumerate(moves, start=1):
        made_up = move.candidate.latihan
        when = ((exercise_now or now) if made_up else now).astimezone(register.election.zone)
        told = {
            "waktu": when.isoformat(timespec="seconds"),
            "waktu_lapor": when.isoformat(timespec="seconds"),
            "petugas": move.candidate.petugas,
            "penugasan": "tps",
            "uraian": f"{plan}: dari {move.candidate.duty} ke TPS",
            "pelapor": viewer.name,
            "sumber": SOURCE,
            "latihan": "ya" if made_up else "tidak",
        }
        parts = groupby(
            sorted(move.destination.tps_codes), key=lambda code: code.rpartition(".")[0]
        )
        for part, (desa, codes) in enumerate(parts, start=1):
            yield {
                **told,
                "id": f"{plan}-{number}-{part}",
                "kode_kecamatan": move.destination.kecamatan,
                "kode_desa": desa,
                "desa": register.name_of(desa),
                "tps": ",".join(code.rpartition(".")[2] for code in codes),
            }


def _save_decision(
    store: Store,
    viewer: Viewer,
    plan: str,
    moves: Sequence[Move],
    left_out: int,
    reason: str,
    now: datetime,
    exercise_now: datetime | None,
    *,
    accepted: bool,
) -> PlanDecision:
    made = PlanDecision(
        id=plan,
        accepted=accepted,
        by=viewer.name,
        at=exercise_now or now,
        recorded_at=now,
        reason=reason,
        exercise=exercise_now is not None,
        moves=tuple(
            {
                "petugas": move.candidate.petugas,
                "kind": move.candidate.duty,
                "kecamatan": move.destination.kecamatan,
                "tps": list(move.destination.tps_codes),
                "km": round(move.km, 1),
            }
            for move in moves
        ),
        left_out=left_out,
    )
    value = {
        "accepted": accepted,
        "by": made.by,
        "at": made.at.astimezone(UTC).isoformat(),
        "recorded_at": now.astimezone(UTC).isoformat(),
        "reason": reason,
        "exercise": made.exercise,
        "moves": list(made.moves),
        "left_out": left_out,
    }
    told = {"plan": plan, "moves": len(moves), "left_out": left_out, "reason": reason}
    action = "plan-accept" if accepted else "plan-refuse"
    try:
        store.put_record(KIND, plan, value, now, viewer.name, action, told, expected_seq=0)
    except ConflictError as error:
        raise PlanRefused(_("rencana ini sudah diputuskan")) from error
    return made


def _decode(plan: str, value: Any) -> PlanDecision:
    at, recorded = (datetime.fromisoformat(value[name]) for name in ("at", "recorded_at"))
    return PlanDecision(
        id=plan,
        accepted=value["accepted"],
        by=value["by"],
        at=at,
        recorded_at=recorded,
        reason=value["reason"],
        exercise=value["exercise"],
        moves=tuple(value["moves"]),
        left_out=value["left_out"],
    )
