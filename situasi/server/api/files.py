"""The state of a file that was sent and waits for a mapping: waiting, stored or dropped."""

from typing import Any, Final

from situasi.board import Board
from situasi.ingest import waiting
from situasi.server.api.caller import Caller
from situasi.server.api.problem_details import Problem
from situasi.server.api.rows import format_iso
from situasi.store import WAITING_FILE, WaitingItem

PATH: Final = "/api/v1/berkas/{number}"
STATES: Final = ("menunggu", "disimpan", "dibuang")
_STATE_BY_OUTCOME = {"stored": "disimpan", "dropped": "dibuang"}
_MAX_NUMBER = 2**63  # the limit of integers in the engines


def location(number: int) -> str:
    """Return the address of a file that waits."""
    return PATH.format(number=number)


def describe_file(board: Board, caller: Caller, number: str) -> dict[str, Any]:
    """Return what became of a file: for who sent it, and for people who may map it.

    Raises Problem 404 for any other caller too: numbers say nothing to strangers. Raises
    StoreError.
    """
    items = _find(board, number)
    if caller.key is None:
        viewer = caller.require_reader()
        visible = waiting.filter_visible(items, viewer)
    else:
        visible = [item for item in items if item.actor == caller.key.actor]
    if not visible:
        raise Problem(404, "Berkas dengan nomor ini tidak ada di antara kiriman Anda.")
    return _describe(board, visible[0])


def _find(board: Board, number: str) -> list[WaitingItem]:
    if not (number.isascii() and number.isdigit()) or int(number) >= _MAX_NUMBER:
        return []
    return board.store.waiting_items(WAITING_FILE, numbers=[int(number)], include_settled=True)


def _describe(board: Board, item: WaitingItem) -> dict[str, Any]:
    zone, settlement = board.register.election.zone, item.settlement
    return {
        "number": item.number,
        "source": item.source,
        "sha256": item.sha256,
        "received": format_iso(item.recorded_at, zone),
        "rows": item.note["rows"],
        "why": item.note["why"],
        "state": _STATE_BY_OUTCOME[settlement.outcome] if settlement else STATES[0],
        "batches": list(settlement.batches) if settlement else [],
        "reason": settlement.detail.get("reason") if settlement else None,
        "settled": format_iso(settlement.settled_at, zone) if settlement else None,
    }
