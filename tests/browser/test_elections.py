"""Another election is another folder: the same board, not a line of code changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Look
from tests.browser.serving import Server
from tests.builders_election import invented_election, kecamatan_codes, kecamatan_name

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KECAMATAN = 5


def test_an_invented_kabupaten_with_another_number_of_kecamatan_has_its_board(
    chromium: object, tmp_path: Path, look: Look
) -> None:
    folder = invented_election(tmp_path / "negeri", kecamatan=KECAMATAN)
    server = Server(tmp_path / "server", {"SITUASI_ELECTION": str(folder)})
    server.start()
    try:
        viewer = look(server, "?kec=" + kecamatan_codes(KECAMATAN)[1])
        assert "LATIHAN" in " ".join(viewer.bands())
        assert "WITA" in viewer.clock()
        places = {place.split(" · ")[0] for _, place, _ in viewer.reports()}
        assert places == {kecamatan_name(kecamatan_codes(KECAMATAN)[1])}
        viewer.open()
        assert re.search(rf"Situasi {KECAMATAN} kecamatan", viewer.words())
        assert "Ogan Ilir" not in viewer.words()
    finally:
        server.stop()
