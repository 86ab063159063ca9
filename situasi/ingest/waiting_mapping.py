"""The mapping of a file that waits: tried first, then stored and kept for the next one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from situasi.ingest.context import IngestContext
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.sources.hand_mapping import HandMapping, add_facts, build_profile
from situasi.ingest.sources.profile import SourceProfile
from situasi.ingest.sources.saved_profiles import save_profile
from situasi.ingest.sources.sheet_mapping import SheetMapping, find_mapping, list_headings
from situasi.ingest.table_delivery import IngestResult, PreviewCallback
from situasi.ingest.tables import UnknownHeadings
from situasi.ingest.waiting import ingest_mapped, narrow_scope
from situasi.ingest.write_scope import WriteScope
from situasi.store import Store, WaitingItem


@dataclass(frozen=True)
class WaitingFile:
    """A file that waits, with its sheets."""

    item: WaitingItem
    sheets: Sequence[Sheet]


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
    """
    last = int(store.batches()["batch"].max()) if len(store.batches()) else 0
    result = _ingest(file, mapping, position, header, store, context, scope, now, dry_run=False)
    if result.refused:
        return result
    save_profile(store, _build_profile(file, mapping, position, header, context), now, scope.actor)
    batches = store.batches(last)
    own = batches[(batches["sha256"] == file.item.sha256) & (batches["actor"] == scope.actor)]
    store.settle_waiting(
        file.item.number,
        "stored",
        now,
        scope.actor,
        batches=own["batch"].tolist(),
        detail={"profile": mapping.name},
    )
    return result


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
        )  # fmt: skip
    except UnknownHeadings as error:
        result = IngestResult(item.source, feed=mapping.feed, sha256=item.sha256)
        return replace(result, refused=str(error))
