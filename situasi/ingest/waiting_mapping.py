"""The mapping of a file that waits: tried first, then stored and kept for the next one."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from situasi.ingest.context import IngestContext
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.remapping.kept_sheets import KeptFile
from situasi.ingest.sources.hand_mapping import HandMapping, add_facts, build_profile
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.sources.saved_profiles import save_profile
from situasi.ingest.sources.sheet_mapping import SheetMapping, find_mapping, list_headings
from situasi.ingest.table_delivery import IngestResult, PreviewCallback
from situasi.ingest.tables import UnknownHeadings
from situasi.ingest.waiting import encode_sheet, ingest_mapped, narrow_scope
from situasi.ingest.withdrawal import check_withdrawal
from situasi.ingest.write_scope import WriteScope
from situasi.store import Store, StoreError, WaitingItem


@dataclass(frozen=True)
class WaitingFile:
    """A file that waits, with its sheets.

    replaces: the batches by which it was read before, which its mapping withdraws. A file that was
    read without waiting has no number of its own, but a negative one.
    """

    item: WaitingItem
    sheets: Sequence[Sheet]
    replaces: tuple[int, ...] = ()

    @property
    def has_waited(self) -> bool:
        """Whether it is, or was, among the files that wait."""
        return self.item.number > 0


def try_mapping(
    file: WaitingFile,
    mapping: HandMapping,
    position: int,
    header: HeaderPosition,
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    now: datetime,
    *,
    preview: PreviewCallback | None = None,
) -> IngestResult:
    """Return what would become of every row, without storing anything. Raises StoreError.

    position, header: the sheet that was mapped, and where its heading lies. Other sheets with the
    same headings are mapped too. `refused` says what all rows lack.
    """
    return _ingest(
        file, mapping, position, header, store, context, scope, now, dry_run=True, preview=preview
    )


def store_mapping(
    file: WaitingFile,
    mapping: HandMapping,
    position: int,
    header: HeaderPosition,
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    now: datetime,
) -> IngestResult:
    """Store the rows of a file by a mapping, and keep that for the next such file.

    The file no longer waits, until all its batches are withdrawn. Raises StoreError, and
    ConflictError where somebody else mapped or dropped it meanwhile; then its rows are there once.
    Raises WithdrawalRefused where it was read before by what this sender may not withdraw.
    """
    for batch in file.replaces:
        check_withdrawal(store, scope, batch)
    last = int(store.batches()["batch"].max()) if len(store.batches()) else 0
    result = _ingest(file, mapping, position, header, store, context, scope, now, dry_run=False)
    if result.refused:
        return result
    save_profile(store, _build_profile(file, mapping, position, header, context), now, scope.actor)
    batches = store.batches(last)
    own = batches[(batches["sha256"] == file.item.sha256) & (batches["actor"] == scope.actor)]
    if file.has_waited:
        _settle(file, mapping, result, own["batch"].tolist(), store, scope, now)
    else:
        _keep_again(file, result, context)
    return result


def _settle(
    file: WaitingFile,
    mapping: HandMapping,
    result: IngestResult,
    batches: Sequence[int],
    store: Store,
    scope: WriteScope,
    now: datetime,
) -> None:
    """Record what became of a file that waits, or waits again as what it became is withdrawn."""
    number = file.item.number
    if file.replaces and not store.waiting_items(numbers=[number]):
        return
    detail: dict[str, Any] = {"profile": mapping.name}
    if result.repeated_of:
        detail["repeated_of"] = {str(batch): n for batch, n in result.repeated_of.items()}
    store.settle_waiting(number, "stored", now, scope.actor, batches=batches, detail=detail)


def _keep_again(file: WaitingFile, result: IngestResult, context: IngestContext) -> None:
    """Keep the file for another mapping, with what it now has in common with other batches."""
    note = file.item.note
    sheets = list(map(encode_sheet, file.sheets))
    kept = KeptFile(sheets, note["feeds"], note["area"], result.repeated_of)
    with suppress(OSError, StoreError):
        context.kept_sheets.save(file.item.sha256, kept)


def _build_profile(
    file: WaitingFile,
    mapping: HandMapping,
    position: int,
    header: HeaderPosition,
    context: IngestContext,
) -> SourceProfile:
    headings = list_headings(file.sheets[position], header)
    return build_profile(mapping, source=context.sources.recognize(headings))


def _ingest(
    file: WaitingFile,
    mapping: HandMapping,
    position: int,
    header: HeaderPosition,
    store: Store,
    context: IngestContext,
    scope: WriteScope,
    now: datetime,
    *,
    dry_run: bool,
    preview: PreviewCallback | None = None,
) -> IngestResult:
    item, profile = file.item, _build_profile(file, mapping, position, header, context)
    similar = find_mapping(file.sheets, item.source, (profile,))
    headers = {**(similar.headers if similar else {}), position: header}
    sheet_mapping = SheetMapping(add_facts(profile, mapping.facts), headers)
    try:
        return ingest_mapped(
            file.sheets, sheet_mapping, item.source, item.sha256, store, context,
            narrow_scope(scope, item), now=now, dry_run=dry_run, preview=preview,
            replaces=file.replaces,
        )  # fmt: skip
    except UnknownHeadings as error:
        result = IngestResult(item.source, feed=mapping.feed, sha256=item.sha256)
        return replace(result, refused=str(error))
