"""The cell of a TPS that says more than a number: a code of KPU, its desa, its kecamatan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.gazetteer.codes import TpsCode, parse_tps_code
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.datetimes import read_time
from tests.builders import WIB
from tests.ingest.door import accepted, reasons

SETEKO = "16.10.04.2012"
NOWHERE = {"kode_kecamatan": "", "kecamatan": "", "desa": "", "kode_desa": ""}


@pytest.mark.parametrize(
    "written",
    ["1610042012003", 1610042012003, 1610042012003.0, "16.10.04.2012.003", "16.10.04.2012/TPS 3",
     "16.10.04.2012 TPS 003", "16.10.04.2012-003", "161004 2012 003", "TPS 16.10.04.2012.003",
     "16.10.04.2012, TPS 3"],
)  # fmt: skip
def test_a_whole_code_is_a_tps_of_its_desa(board: Board, written: object) -> None:
    found = accepted(board, "tps", **NOWHERE, tps=written)
    place = found["kecamatan"], found["desa"], found["tps"], found["lingkup"]
    assert place == ("16.10.04", SETEKO, "003", "tps")


@pytest.mark.parametrize(
    "cell",
    [None, "", "003", "TPS 3", "16.10.04", SETEKO, "1610042012", "1610042012000", "27.11.2024",
     "16.10.2004 08.00", "1,61004E+12", "16100420120034"],
)  # fmt: skip
def test_other_cells_are_no_whole_code(cell: object) -> None:
    assert parse_tps_code(cell) is None  # type: ignore[arg-type]


@given(st.integers(1, 99), st.integers(1, 9999), st.integers(1, 999), st.sampled_from(["", "."]))
def test_a_code_is_read_back(kecamatan: int, desa: int, tps: int, dot: str) -> None:
    parts = ["16", "10", f"{kecamatan:02d}", f"{desa:04d}", f"{tps:03d}"]
    assert parse_tps_code(dot.join(parts)) == TpsCode(".".join(parts[:4]), parts[4])


@pytest.mark.parametrize("written", ["16.10.04.2012.003", "16.10.04.2001.001", "1610042012003"])
def test_a_code_is_never_a_date(written: str) -> None:
    with pytest.raises(UnreadableCell):
        read_time(written, WIB)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"tps": "1,61004E+12"}, "bukan nomor TPS"),
        ({"tps": "16100420120"}, "bukan nomor TPS"),
        ({"tps": "1e400"}, "bukan nomor TPS"),
        ({"tps": "Infinity"}, "bukan nomor TPS"),
        ({"tps": True}, "bukan nomor TPS"),
        ({"tps": "NaN"}, "nomor TPS kosong"),
        ({"tps": "1610042012003", "kode_desa": "16.10.04.2010"}, "kode TPS milik desa"),
        ({"tps": "1610049999003", **NOWHERE}, "tidak dikenal"),
        ({"tps": "4", "desa": "Tanjung Seteko TPS 3"}, "menyebut TPS 003"),
        ({"kode_desa": SETEKO, "desa": "Tanjung Gelam"}, "desa lain"),
    ],
)
def test_a_code_that_is_destroyed_or_contradicted_is_held(
    board: Board, stated: dict[str, object], said: str
) -> None:
    assert said in reasons(board, "tps", **stated)


@pytest.mark.parametrize(
    "stated",
    [
        {"tps": "TPS 03 Ds. Tanjung Seteko Kec. Indralaya"},
        {"tps": "TPS 3, Desa Tanjung Seteko, Kecamatan Indralaya"},
        {"tps": "", "tempat": "TPS 03 Ds. Tanjung Seteko Kec. Indralaya"},
        {"tps": "", "tempat": "Indralaya / Tanjung Seteko / TPS 3"},
        {"tps": "", "desa": "Tanjung Seteko TPS 3", "kecamatan": "Indralaya"},
        {"tps": "tps_03", "desa": "tanjung_seteko", "kecamatan": "indralaya_"},
        {"tps": "TPS 3 Tanjung Seteko", "kecamatan": "Indralaya"},
        {"tps": "3", "desa": "tanjung-seteko"},
    ],
)
def test_a_place_in_one_cell_is_read_apart(board: Board, stated: dict[str, object]) -> None:
    found = accepted(board, "tps", **{**NOWHERE, **stated})
    assert (found["kecamatan"], found["desa"], found["tps"]) == ("16.10.04", SETEKO, "003")


def test_a_place_moved_from_one_cell_to_another_is_flagged(board: Board) -> None:
    stated = {**NOWHERE, "kecamatan": "Indralaya", "tps": "TPS 3 Tanjung Seteko"}
    assert "desa dibaca dari" in accepted(board, "tps", **stated)["flags"]


@pytest.mark.parametrize(
    "name", ["indralaya_selatan", "indralaya-selatan", "Kec_Indralaya_Selatan"]
)
def test_slugs_of_forms_are_names(board: Board, name: str) -> None:
    found = accepted(board, "incidents", **{**NOWHERE, "kecamatan": name}, jenis="politik_uang")
    assert (found["kecamatan"], found["jenis"]) == ("16.10.08", "politik_uang")
    other = accepted(board, "incidents", **{**NOWHERE, "kecamatan": "pemulutan_barat_"}, id="K-2")
    assert other["kecamatan"] == "16.10.10"


@pytest.mark.parametrize(
    ("word", "tps", "code"),
    [("hadir", "3", "tiba_di_tps"), ("Siap", "", "laporan_berkala"), ("MASUK", "1", "tiba_di_tps")],
)
def test_present_is_a_checkin_in_a_list_of_checkins(
    board: Board, word: str, tps: str, code: str
) -> None:
    found = accepted(board, "personnel", checkin=word, tps=tps)
    assert found["checkin"] == code
    assert "dibaca" in found["flags"]


@pytest.mark.parametrize(
    "cell",
    [
        "Kericuhan;Intimidasi",
        "Kericuhan, Intimidasi",
        "kericuhan intimidasi",
        "kericuhan;intimidasi;politik_uang",
    ],
)
def test_the_first_of_several_kinds_counts_and_the_others_are_told(board: Board, cell: str) -> None:
    found = accepted(board, "incidents", jenis=cell)
    assert found["jenis"] == "kericuhan"
    assert "intimidasi" in found["flags"]


@pytest.mark.parametrize(
    ("stated", "said"),
    [({"jenis": "nihil;kericuhan"}, "lebih dari satu"), ({"jenis": "tidak ada kericuhan"}, "jenis"),
     ({"jenis": "kericuhan entah"}, "tidak dikenal"), ({"tingkat": "rendah;tinggi"}, "lebih dari")],
)  # fmt: skip
def test_choices_that_exclude_one_another_are_held(
    board: Board, stated: dict[str, str], said: str
) -> None:
    assert said in reasons(board, "incidents", **stated)
