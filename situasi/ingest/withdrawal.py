"""Take a delivery back, where the sender may write all that it holds."""

from __future__ import annotations

from datetime import datetime

from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.write_scope import CorrectionRights, WriteScope
from situasi.store.interface import Store, StoreError


class WithdrawalRefused(ValueError):
    """Nothing was taken back; the message says why."""


def withdraw(
    store: Store, scope: WriteScope, batch: int, withdrawn_at: datetime, reason: str = ""
) -> int:
    """Take back every row of a delivery that is still valid; how many.

    A sender of some kecamatan takes back only what they delivered, and only where all of it is
    of those kecamatan. Raises WithdrawalRefused, and StoreError where there is no such delivery.
    """
    check_withdrawal(store, scope, batch)
    return store.withdraw(batch, withdrawn_at, scope.actor, reason)


def check_withdrawal(store: Store, scope: WriteScope, batch: int) -> None:
    """Raise WithdrawalRefused where this sender may not take this delivery back."""
    if scope.correction_rights is CorrectionRights.ALL and scope.feeds >= set(FEEDS):
        return
    batches = store.batches()
    of = batches[batches["batch"] == batch]
    if of.empty:
        raise StoreError(f"Batch {batch} tidak ada. Periksa nomornya.")
    feed = str(of["feed"].iloc[0])
    own = scope.correction_rights is CorrectionRights.OWN and of["actor"].iloc[0] == scope.actor
    if feed not in scope.feeds or not (own or scope.correction_rights is CorrectionRights.ALL):
        raise WithdrawalRefused("kiriman ini bukan milik Anda; tidak ada yang ditarik")
    if scope.area:
        rows = store.rows_after(FEEDS[feed])
        places = rows.loc[rows["batch"] == batch, "kecamatan"]
        if not places.isin(scope.area).all():
            raise WithdrawalRefused("kiriman ini memuat wilayah lain; tidak ada yang ditarik")
