"""Files that viewers take along stay for a minute, and go then."""

from __future__ import annotations

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from situasi.server import delayed_files
from tests.stock_streamlit import patch


@pytest.mark.usefixtures("stock_streamlit")
def test_a_file_goes_a_minute_after_nobody_needed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    patch("downloads")
    now = [100.0]
    monkeypatch.setattr(
        delayed_files.DelayedFileMetadata.__init__, "__defaults__", (lambda: now[0],)
    )
    files = MemoryMediaFileStorage("/media")
    keeper = MediaFileManager(files)
    asked = keeper.add_deferred(lambda: b"a,b\n", "text/csv", "1.2", "kasus.csv")
    name = keeper.execute_deferred(asked).removeprefix("/media/")
    for _ in range(50):
        keeper.remove_orphaned_files()
    assert files.get_file(name).content == b"a,b\n"
    now[0] += delayed_files.KEEP_DOWNLOAD_S
    keeper.remove_orphaned_files()
    assert keeper.read_file(name.removesuffix(".csv")) is None


def test_a_file_asked_for_again_stays_for_another_minute() -> None:
    now = [100.0]
    first = delayed_files.DelayedFileMetadata("downloadable", lambda: now[0])
    first.mark_for_delete()
    now[0] += delayed_files.KEEP_DOWNLOAD_S - 1
    assert not first.is_marked_for_delete
    first.mark_for_delete()
    now[0] += 1
    assert first.is_marked_for_delete
    assert not delayed_files.DelayedFileMetadata(
        "downloadable", lambda: now[0]
    ).is_marked_for_delete
