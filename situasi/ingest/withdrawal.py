"""Withdrawal of a delivery, if the sender may write everything in it."""

from datetime import datetime

from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.write_scope import CorrectionRights, WriteScope
from situasi.store import Store, StoreError


class WithdrawalRefused(ValueError):
    """Nothing was withdrawn; the message says why."""


def withdraw(
    store: Store, scope: WriteScope, batch: int, withdrawn_at: datetime, reason: str = ""
) -> int:
    """Withdraw every row of a delivery that is still valid; return how many.

    A sender of some kecamatan may withdraw only own deliveries, and only if all rows are of
    those kecamatan. Raises WithdrawalRefused, and StoreError if there is no such delivery.
    """
    check_withdrawal(store, scope, batch)
    return store.withdraw(batch, withdrawn_at, scope.actor, reason)


def check_withdrawal(store: Store, scope: WriteScope, batch: int) -> None:
    """Raise WithdrawalRefused if this sender may not withdraw this delivery."""
    if scope.correction_rights is CorrectionRights.ALL and scope.feeds >= set(FEEDS):
        return
    batches = store.batches()
    entry = batches[batches["batch"] == batch]
    if entry.empty:
        raise StoreError(f"Batch {batch} tidak ada. Periksa nomornya.")
    feed = str(entry["feed"].iloc[0])
    own = scope.correction_rights is CorrectionRights.OWN and entry["actor"].iloc[0] == scope.actor
    if feed not in scope.feeds or not (own or scope.correction_rights is CorrectionRights.ALL):
        raise WithdrawalRefused("kiriman ini bukan milik Anda; tidak ada yang ditarik")
    if scope.area:
        rows = store.rows_after(FEEDS[feed])
        places = rows.loc[rows["batch"] == batch, "kecamatan"]
        if not places.isin(scope.area).all():
            raise WithdrawalRefused("kiriman ini memuat wilayah lain; tidak ada yang ditarik")
