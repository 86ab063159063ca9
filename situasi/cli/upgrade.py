"""The command that gives an older store today's schema, before the board would by itself."""

from __future__ import annotations

from situasi import store
from situasi.cli.common import fail, out
from situasi.domain import election, settings
from situasi.store import Scope, StoreError


def upgrade() -> None:
    """Mutakhirkan penyimpanan dari Situasi versi lama; keadaan lamanya disalin ke sampingnya.

    Papan melakukannya sendiri saat dibuka. Perintah ini untuk melakukannya lebih dahulu, pada
    jam yang dipilih. Server PostgreSQL dicadangkan dengan caranya sendiri, tanpa salinan.
    """
    told = settings.load()
    try:
        definition = election.load(told.election_folder)
        scope = Scope(definition.contest, definition.kabupaten_code)
        grown = store.upgrade(told.store_url, scope)
    except (StoreError, OSError, KeyError, ValueError) as error:
        raise fail(error) from error
    if grown.schema_before == grown.schema_after:
        _print(f"Skema {grown.schema_after}: tidak ada yang perlu dimutakhirkan.")
        return
    _print(f"Skema {grown.schema_before} menjadi {grown.schema_after}.")
    if grown.backup_path is not None:
        _print(f"Keadaan sebelumnya: {grown.backup_path}")


def _print(sentence: str) -> None:
    out.print(sentence, highlight=False, markup=False, soft_wrap=True)
