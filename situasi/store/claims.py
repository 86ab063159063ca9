"""What the trail says was written: the seals and counts in its entries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from situasi.store import trail
from situasi.store.sealing import SEALED


@dataclass
class Claims:
    """What the trail says was written. deliveries: by batch, the detail of its entry.

    access, notes: by number. whole: whether every entry could be read.
    """

    deliveries: dict[int, dict[str, Any]] = field(default_factory=dict)
    withdrawals: dict[int, dict[str, Any]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    access: dict[int, str] = field(default_factory=dict)
    notes_before: int = 0
    unsealed: int = 0
    whole: bool = True

    def add(self, action: str, text: str, moves: bool) -> None:
        """Take one entry in."""
        try:
            detail = json.loads(text)
            seals = detail.get(SEALED)
            if moves and seals is None:
                self.unsealed += 1
            if action == "deliver" and moves:
                self.deliveries[int(detail["batch"])] = detail
            elif action == "withdraw" and moves:
                self.withdrawals[int(detail["batch"])] = detail
            elif action == "note" and moves:
                self.notes_before += seals is None
                self.notes |= {int(seals["number"]): seals["notes"]} if seals else {}
            elif seals and "access" in seals:
                self.access[int(seals["number"])] = str(seals["access"])
        except (ValueError, TypeError, KeyError, AttributeError):
            self.whole = False  # the trail says so itself


def read_claims(connection: sa.Connection) -> Claims:
    claims = Claims()
    for action, detail, moves in trail.entries(connection, "action", "detail", "moves"):
        if moves or SEALED in str(detail):
            claims.add(action, detail, bool(moves))
    return claims
