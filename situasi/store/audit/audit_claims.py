"""What the audit log says was written: the hashes and counts in its entries."""

import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.audit.row_digests import HASHES_KEY


@dataclass
class AuditClaims:
    """The hashes and counts that the audit log holds.

    deliveries, withdrawals: by batch, the detail of the entry. access, notes, waiting, settlements:
    hashes by row number.
    without_hashes: the numbers of entries that changed data and hold no hashes. is_complete:
    whether every entry could be read.
    """

    deliveries: dict[int, dict[str, Any]] = field(default_factory=dict)
    withdrawals: dict[int, dict[str, Any]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    access: dict[int, str] = field(default_factory=dict)
    waiting: dict[int, str] = field(default_factory=dict)
    settlements: dict[int, str] = field(default_factory=dict)
    without_hashes: list[int] = field(default_factory=list)
    is_complete: bool = True

    def add_entry(self, seq: int, action: str, text: str, changes_data: bool) -> None:
        """Add one entry."""
        try:
            detail = json.loads(text)
            hashes = detail.get(HASHES_KEY)
            if changes_data and hashes is None:
                self.without_hashes.append(seq)
                self.is_complete = False
            elif action == "deliver" and changes_data:
                self.deliveries[int(detail["batch"])] = detail
            elif action == "withdraw" and changes_data:
                self.withdrawals[int(detail["batch"])] = detail
            elif hashes:
                self._add_row_hash(hashes)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.is_complete = False  # the check of the audit log reports the break

    def _add_row_hash(self, hashes: dict[str, Any]) -> None:
        """Add the hash of the one row that an entry names."""
        for name in ("notes", "access", "waiting", "settlements"):
            if name in hashes:
                getattr(self, name)[int(hashes["number"])] = str(hashes[name])


def read_claims(connection: sa.Connection) -> AuditClaims:
    """Return the claims of all audit log entries."""
    claims, entry = AuditClaims(), schema.audit.c
    with_claims = sa.or_(
        entry.moves == sa.true(), entry.detail.contains(f'"{HASHES_KEY}"', autoescape=True)
    )
    query = sa.select(entry.seq, entry.action, entry.detail, entry.moves).where(with_claims)
    for seq, action, detail, moves in connection.execute(query.order_by(entry.seq)):
        claims.add_entry(seq, action, detail, bool(moves))
    return claims
