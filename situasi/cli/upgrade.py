"""The command that migrates an older store to the current schema, before the board does so."""

from situasi import store
from situasi.cli.common import failing_on, print_line
from situasi.domain import election, settings
from situasi.store import Scope, StoreError


def upgrade() -> None:
    """Mutakhirkan penyimpanan dari Situasi versi lama; keadaan lamanya disalin ke sampingnya.

    Papan melakukannya sendiri saat dibuka. Perintah ini untuk melakukannya lebih dahulu, pada
    jam yang dipilih. Server PostgreSQL dicadangkan dengan caranya sendiri, tanpa salinan.
    """
    app_settings = settings.load()
    with failing_on(StoreError, OSError, KeyError, ValueError):
        definition = election.load(app_settings.election_folder)
        scope = Scope(definition.contest, definition.kabupaten_code)
        result = store.upgrade(app_settings.store_url, scope)
    if result.schema_before == result.schema_after:
        print_line(f"Skema {result.schema_after}: tidak ada yang perlu dimutakhirkan.")
        return
    print_line(f"Skema {result.schema_before} menjadi {result.schema_after}.")
    if result.backup_path is not None:
        print_line(f"Keadaan sebelumnya: {result.backup_path}")
