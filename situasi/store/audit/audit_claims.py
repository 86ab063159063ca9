"""What the trail says was written: the seals and counts in its entries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.audit.row_digests import HASHES_KEY


@dataclass
class AuditClaims:
    """What the trail says was written. deliveries: by batch, the detail of its entry.

    access, notes: by number. whole: whether every entry could be read.
    """

    deliveries: dict[int, dict[str, Any]] = field(default_factory=dict)
    withdrawals: dict[int, dict[str, Any]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    access: dict[int, str] = field(default_factory=dict)
    notes_without_hash: int = 0
    entries_without_hash: int = 0
    is_complete: bool = True

    def add_entry(self, action: str, text: str, changes_data: bool) -> None:
        """Take one entry in."""
        try:
            detail = json.loads(text)
            seals = detail.get(HASHES_KEY)
            if changes_data and seals is None:
                self.entries_without_hash += 1
            if action == "deliver" and changes_data:
                self.deliveries[int(detail["batch"])] = detail
            elif action == "withdraw" and changes_data:
                self.withdrawals[int(detail["batch"])] = detail
            elif action == "note" and changes_data:
                self.notes_without_hash += seals is None
                self.notes |= {int(seals["number"]): seals["notes"]} if seals else {}
            elif seals and "access" in seals:
                self.access[int(seals["number"])] = str(seals["access"])
        except (ValueError, TypeError, KeyError, AttributeError):
            self.is_complete = False  # the trail says so itself


def read_claims(connection: sa.Connection) -> AuditClaims:
    claims, entry = AuditClaims(), schema.audit.c
    told = sa.or_(
        entry.moves == sa.true(), entry.detail.contains(f'"{HASHES_KEY}"', autoescape=True)
    )
    asked = sa.select(entry.action, entry.detail, entry.moves).where(told).order_by(entry.seq)
    for action, detail, moves in connection.execute(asked):
        claims.add_entry(action, detail, bool(moves))
    return claims
