"""A file that was read, opened again for a mapping: its sheets, and what is to be withdrawn."""

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from situasi.access.roles import Viewer
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.context import IngestContext
from situasi.ingest.remapping.kept_sheets import KeptFile
from situasi.ingest.waiting import decode_sheet
from situasi.ingest.waiting_mapping import WaitingFile
from situasi.store import WAITING_FILE, ConflictError, Store, StoreError, WaitingItem

NOT_KEPT = (
    "Berkas kiriman {no} tidak (lagi) disimpan di server ini: yang disimpan hanya berkas dari "
    "unggahan, kotak masuk dan API yang membawa baris baru, dan yang terlama dibuang lebih dulu. "
    "Tarik kirimannya di Buku kiriman, lalu kirim berkasnya dengan pemetaan."
)
_WAITS = "Berkas ini sudah menunggu pemetaan, nomor {number}: buka di Menunggu pemetaan."
_NOT_YOURS = "Berkas ini memuat laporan yang tidak boleh dilihat atau bukan kiriman Anda."
_CHANGED = "Sejak berkas ini dibuka ada kiriman lain dengan baris yang sama; periksa lagi."
_SHARED = (
    "Kiriman {no} memuat baris yang sama dan baris lain. Petakan ulang kiriman terbaru berkas ini, "
    "atau tarik kiriman itu dulu; tanpa itu barisnya terhitung dua kali."
)


def open_delivered_file(
    store: Store, context: IngestContext, viewer: Viewer, batch: int
) -> WaitingFile:
    """Return the file of a delivery with its sheets, and the deliveries that a mapping replaces.

    These are all valid ones of the same file, earlier ones whose rows it all brought again, and
    those that corrected its rows in quarantine. Raises StoreError, in words: not kept, not the
    viewer's, or another delivery holds the same rows and more.
    """
    batches = store.batches()
    entry = batches[batches["batch"] == batch]
    if entry.empty:
        raise StoreError(f"Batch {batch} tidak ada. Periksa nomornya.")
    same = batches[batches["sha256"] == entry["sha256"].iloc[0]]
    _check_visible(same, viewer)
    item, kept = _find_kept(store, context, same, batch)
    replaces = _find_replaced(store, batches, same, kept)
    return WaitingFile(item, [decode_sheet(value) for value in kept.sheets], replaces)


def check_current(
    store: Store, context: IngestContext, viewer: Viewer, batch: int, file: WaitingFile
) -> None:
    """Raise ConflictError where other deliveries hold rows of a file since it was opened.

    Raises StoreError as `open_delivered_file` does.
    """
    if open_delivered_file(store, context, viewer, batch).replaces != file.replaces:
        raise ConflictError(_CHANGED)


def _check_visible(same: pd.DataFrame, viewer: Viewer) -> None:
    readable = set(viewer.role.readable_feeds(tuple(FEEDS)))
    is_own = not viewer.area or bool((same["actor"] == viewer.name).all())
    may_correct = viewer.link is None and viewer.role.may("perbaiki")
    if not (may_correct and is_own and set(same["feed"]) <= readable):
        raise StoreError(_NOT_YOURS)


def _find_kept(
    store: Store, context: IngestContext, same: pd.DataFrame, batch: int
) -> tuple[WaitingItem, KeptFile]:
    """Return the sheets of a file: from where it waited, else from where read ones are kept."""
    newest = same.iloc[-1]
    items = store.waiting_items(WAITING_FILE, include_settled=True)
    for item in reversed([one for one in items if one.sha256 == newest["sha256"]]):
        if item.settlement is None:
            raise StoreError(_WAITS.format(number=item.number))
        content = store.waiting_content(item.number)
        if content:
            shares = item.settlement.detail.get("repeated_of", {})
            repeated_of = {int(number): count for number, count in shares.items()}
            kept = KeptFile(content, item.note["feeds"], item.note["area"], repeated_of)
            return item, kept
    found = context.kept_sheets.load(newest["sha256"])
    if found is None:
        raise StoreError(NOT_KEPT.format(no=batch))
    note = {
        "feeds": list(found.feeds), "area": list(found.area), "rows": 0, "notes": [], "why": "",
        "feed": newest["feed"], "headings": [], "sheets": [],
    }  # fmt: skip
    recorded_at: datetime = newest["recorded_at"].to_pydatetime()
    # No number of its own: nothing waits. Its delivery tells it from others.
    item = WaitingItem(
        -int(newest["batch"]), WAITING_FILE, newest["source"], newest["sha256"], recorded_at,
        newest["actor"], note, None,
    )  # fmt: skip
    return item, found


def _find_replaced(
    store: Store, batches: pd.DataFrame, same: pd.DataFrame, kept: KeptFile
) -> tuple[int, ...]:
    valid = _select_valid(store, batches)
    read = valid.set_index("batch")["accepted"].to_dict()
    replaced = {int(number) for number in same["batch"] if number in read}
    for number, count in kept.repeated_of.items():
        if number in read and number not in replaced:
            if count < read[number]:  # it holds rows that this file has not
                raise StoreError(_SHARED.format(no=number))
            replaced.add(number)
    replaced |= _find_corrections(store, valid, replaced, {*map(int, same["batch"])})
    for number in sorted(replaced):
        others = store.count_rows_in_other_batches(number).keys() - replaced
        if others:
            raise StoreError(_SHARED.format(no=max(others)))
    return tuple(sorted(replaced))


def _select_valid(store: Store, batches: pd.DataFrame) -> pd.DataFrame:
    """Return the deliveries that were not withdrawn."""
    return batches[~batches["batch"].isin(store.withdrawn_batches())]


def _find_corrections(
    store: Store, valid: pd.DataFrame, replaced: Collection[int], same: Collection[int]
) -> set[int]:
    """Return the deliveries that corrected rows of these, or of the same file, in quarantine.

    Raises StoreError for one that brought other rows too.
    """
    read = valid.set_index("batch")[["accepted", "duplicate", "quarantined"]].sum(axis=1).to_dict()
    found = set()
    for number, count in store.count_corrected({*replaced, *same}).items():
        if not read.get(number, 0) or number in replaced:  # only dropped rows; or read again
            continue
        if read[number] > count:
            raise StoreError(_SHARED.format(no=number))
        found.add(number)
    return found
