"""What the trail says was written: the seals and counts in its entries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.audit.row_digests import SEALED


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
    claims, entry = Claims(), schema.audit.c
    told = sa.or_(entry.moves == sa.true(), entry.detail.contains(f'"{SEALED}"', autoescape=True))
    asked = sa.select(entry.action, entry.detail, entry.moves).where(told).order_by(entry.seq)
    for action, detail, moves in connection.execute(asked):
        claims.add(action, detail, bool(moves))
    return claims
