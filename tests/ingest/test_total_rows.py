"""Total rows wait in quarantine, held against the rows above; what names a time goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from situasi.ingest.pipeline import IngestResult
from situasi.ingest.readers import file_reader
from tests.builders_files import csv_file, report, xlsx_file
from tests.effort import examples
from tests.ingest.door import deliver
from tests.ingest.test_pipeline import bring, fresh_board, in_small_pieces

WHEN = "27/11/2024 08.03"
LATER = "27/11/2024 09.03"


def counts(
    *heads: object, total: object, label: str = "Jumlah", hour: str = WHEN
) -> list[dict[str, object]]:
    """Rows of TPS with a count each, and a total row below."""
    rows: list[dict[str, object]] = [
        {"no": n, "waktu": hour, "kecamatan": "Indralaya", "desa": "Tanjung Gelam", "tps": n,
         "hadir": head}
        for n, head in enumerate(heads, start=1)
    ]  # fmt: skip
    return [*rows, {"no": label, "hadir": total}]


def said(ledger: IngestResult) -> str:
    """The reasons of the last row in quarantine."""
    return "; ".join(ledger.reasons[-1]["reasons"])


@pytest.mark.parametrize("word", ["Jumlah", "TOTAL", "Jumlah kejadian", "Grand Total", "jml"])
def test_a_total_row_is_counted_and_waits_with_its_cells(
    board: Board, tmp_path: Path, word: str
) -> None:
    ledger = bring(board, csv_file(tmp_path / "a.csv", *counts(120, 80, total=200, label=word)))
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (3, 2, 1)
    [held] = board.store.quarantined_rows()
    assert (held.row, held.raw["no"], held.raw["hadir"]) == (4, word, "200")
    assert said(ledger) == held.reasons[0]


@pytest.mark.parametrize("total", [1200, "1.200", "1.200 orang", 1200.0])
def test_a_total_that_agrees_asks_for_nothing(board: Board, tmp_path: Path, total: object) -> None:
    rows = counts("700", "500 orang", total=total)
    ledger = bring(board, xlsx_file(tmp_path / "a.xlsx", *rows))
    assert "sesuai dengan baris di atasnya, tidak perlu dibetulkan" in said(ledger)


def test_a_count_that_lost_its_zeros_is_added_up_as_it_is_read(
    board: Board, tmp_path: Path
) -> None:
    areas = ("Indralaya", "Pemulutan", "Tanjung Raja", "")
    rows = [
        {**row, "kecamatan": area, "desa": "", "tps": ""}
        for row, area in zip(counts("2.100", "4.050", 6.7, total="12.850"), areas, strict=True)
    ]
    ledger = bring(board, xlsx_file(tmp_path / "a.xlsx", *rows))
    assert ledger.accepted == 3
    assert "tidak perlu dibetulkan" in said(ledger)


def test_a_total_that_differs_says_what_it_says_and_what_the_rows_add_up_to(
    board: Board, tmp_path: Path
) -> None:
    ledger = bring(board, csv_file(tmp_path / "a.csv", *counts(700, 500, total="1.220")))
    assert '"hadir" tertulis 1.220, di atasnya berjumlah 1.200' in said(ledger)
    assert "tidak perlu dibetulkan" not in said(ledger)


@pytest.mark.parametrize(("total", "agrees"), [(1100, True), (1200, False), (700, False)])
def test_a_total_of_a_place_may_be_that_of_the_last_rows_alone(
    board: Board, tmp_path: Path, total: int, agrees: bool
) -> None:
    rows = counts(300, 600, 500, total=total, label="JUMLAH DESA X")
    assert (
        "tidak perlu dibetulkan" in said(bring(board, csv_file(tmp_path / "a.csv", *rows)))
    ) == (agrees)


def test_strengths_with_their_unit_are_added_up(board: Board, tmp_path: Path) -> None:
    row = {"Waktu": "27/11/2024 08.00", "Kecamatan": "Indralaya", "Kegiatan": "patroli"}
    rows = [{**row, "Kuat pers": "12 pers"}, {**row, "Waktu": "27/11/2024 10.00", "Kuat pers": 45}]
    total = {"Waktu": "JUMLAH", "Kecamatan": "", "Kegiatan": "", "Kuat pers": 57}
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows, total))
    assert "tidak perlu dibetulkan" in said(ledger)


def test_subtotals_count_from_the_last_and_the_grand_total_counts_all(
    board: Board, tmp_path: Path
) -> None:
    first, second = counts(10, 20, total=30), counts(5, 6, total=12, label="Sub total", hour=LATER)
    rows = [*first, *second, {"no": "Grand total", "hadir": 41}]
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows))
    told = ["; ".join(entry["reasons"]) for entry in ledger.reasons]
    assert "sesuai" in told[0] and "sesuai" in told[2]
    assert "di atasnya berjumlah 41 (berjumlah 11 sejak jumlah sebelumnya)" in told[1]


def test_a_total_is_held_against_rows_of_all_pieces_of_a_file(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_pieces(monkeypatch, 3)
    rows = counts(*range(1, 11), total=55)
    assert "sesuai" in said(bring(board, csv_file(tmp_path / "a.csv", *rows)))
    assert "berjumlah 55" in said(bring(board, csv_file(tmp_path / "b.csv", *rows[:-1],
                                                        {"no": "Total", "hadir": 54})))  # fmt: skip


def test_where_a_column_has_no_numbers_the_total_tells_how_many_rows_there_are(
    board: Board, tmp_path: Path
) -> None:
    rows = [report(id=""), report(id="", tingkat="sedang")]
    for total, words in ((2, "sesuai"), (3, '"jenis" tertulis 3, di atasnya 2 baris')):
        path = csv_file(tmp_path / f"{total}.csv", *rows, {"waktu": "Jumlah", "jenis": total})
        assert words in said(bring(board, path))


def test_a_heading_that_a_page_repeats_is_no_row_that_the_total_tells(
    board: Board, tmp_path: Path
) -> None:
    first, second = report(id=""), report(id="", tingkat="sedang")
    again = {heading: heading for heading in first}
    path = csv_file(tmp_path / "a.csv", first, again, second, {"waktu": "Jumlah", "jenis": 2})
    ledger = bring(board, path)
    assert (ledger.accepted, ledger.quarantined) == (2, 1)
    assert "sesuai" in said(ledger)


def test_shares_are_not_added_up_and_votes_are_not_told(board: Board, tmp_path: Path) -> None:
    rows = [{**row, "partisipasi %": 50, "suara paslon 1": 77} for row in counts(1, 2, total=3)]
    rows[-1] |= {"partisipasi %": 50, "suara paslon 1": 999}
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows))
    assert "sesuai" in said(ledger)
    assert "999" not in str(board.store.quarantined_rows())


LOOKS_LIKE = "jumlah massa 200 orang bakar ban"


def test_a_report_that_only_begins_like_a_total_is_accepted(board: Board, tmp_path: Path) -> None:
    usual = {"uraian": "Logistik terlambat.", "pelapor": "Polsek", "tingkat": "rendah",
             "sumber": "HT", "ditugaskan": "Polsek", "desa": "Tanjung Gelam", "tps": 1}  # fmt: skip
    told = {"waktu": WHEN, "kecamatan": "Indralaya", "jenis": "unjuk rasa"}
    rows = [usual | told, {"uraian": LOOKS_LIKE} | told]
    for write, name in ((csv_file, "a.csv"), (xlsx_file, "b.xlsx")):
        ledger = bring(board, write(tmp_path / name, *rows))
        assert ledger.quarantined == 0
    assert LOOKS_LIKE in board.store.rows_after(INCIDENTS)["uraian"].tolist()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"waktu": WHEN}, "tempat tidak disebut"),
        ({"kecamatan": "Kandis", "jenis": "unjuk rasa"}, "waktu kosong"),
        ({"kecamatan": "Kandis"}, "baris jumlah"),
        ({"jenis": "unjuk rasa"}, "baris jumlah"),
        ({}, "bila ini laporan, isi waktunya"),
    ],
)
def test_what_names_a_time_or_a_place_and_a_kind_is_judged_as_a_report(
    board: Board, told: dict[str, object], words: str
) -> None:
    ledger = deliver(board, "incidents", {"uraian": LOOKS_LIKE, **told})
    assert words in said(ledger)


def test_a_row_that_is_no_total_after_all_is_released_once_its_time_is_filled_in(
    board: Board,
) -> None:
    from situasi.ingest import quarantine
    from tests.builders import unbounded
    from tests.conftest import NOON

    deliver(board, "incidents", {"uraian": LOOKS_LIKE})
    [row] = board.store.quarantined_rows()
    assert {"waktu", "kecamatan", "jenis"} <= row.raw.keys()
    told = {"waktu": WHEN, "kecamatan": "Kandis", "jenis": "unjuk rasa"}
    assert (
        quarantine.release_row(
            board.store, board.ingest_context, unbounded("uji"), row, told, NOON
        ).accepted
        == 1
    )
    assert not board.store.quarantined_rows()


@settings(max_examples=examples(25))
@given(
    groups=st.lists(
        st.tuples(st.lists(st.integers(0, 900), max_size=4), st.integers(-2, 2)), max_size=4
    ),
    size=st.integers(1, 7),
)
def test_totals_agree_exactly_where_the_slow_sum_says_so(
    groups: list[tuple[list[int], int]], size: int
) -> None:
    rows, expected, so_far = counts(0, total=0)[:1], [], 0
    since = 0
    for heads, off in groups:
        rows += counts(*heads, total=0)[:-1]
        since, so_far = since + sum(heads), so_far + sum(heads)
        total = since + off
        rows.append({"no": "Jumlah", "hadir": total})
        expected.append(total in {since, so_far} if heads or not expected else total == so_far)
        since = 0
    with fresh_board() as (board, folder), pytest.MonkeyPatch.context() as patch:
        in_small_pieces(patch, size)
        ledger = bring(board, csv_file(folder / "a.csv", *rows))
        told = ["sesuai" in e["reasons"][0] for e in ledger.reasons if "jumlah" in str(e)]
        assert told == expected


def test_a_first_cell_longer_than_any_label_is_no_total(board: Board, tmp_path: Path) -> None:
    rows = counts(120, total="", label=f"Jumlah {'orang di halaman kantor ' * 4}")
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows))
    assert ledger.quarantined == 1 and "baris jumlah" not in said(ledger)


def test_a_total_row_of_officers_tells_no_long_number(board: Board, tmp_path: Path) -> None:
    rows = [report("roster", nrp_tersamar="84010123"), {"id": "Jumlah", "nrp_tersamar": 84010123}]
    bring(board, csv_file(tmp_path / "a.csv", *rows))
    told = str(board.store.quarantined_rows()).replace(".", "")
    assert "84010123" not in told


def test_a_total_row_of_officers_tells_nothing_of_columns_that_are_not_read(
    board: Board, tmp_path: Path
) -> None:
    rows = [report("roster", lainnya="1"), {"id": "Jumlah", "lainnya": 84010123}]
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows))
    assert (ledger.accepted, ledger.quarantined) == (1, 1)
    told = f"{board.store.quarantined_rows()} {said(ledger)}"
    assert "lainnya" not in told and "84.010.123" not in told


def test_reading_leaves_total_rows_where_they_are(tmp_path: Path, board: Board) -> None:
    path = csv_file(tmp_path / "a.csv", *counts(1, 2, total=3))
    tables = list(file_reader.read_file(path, board.ingest_context.count_known_headings))
    assert [row for table in tables for row in table.row_numbers] == [2, 3, 4]


@pytest.mark.parametrize("label", ["JUMLAH", "J U M L A H", "TOTAL KESELURUHAN", "Jumlah Total"])
@pytest.mark.parametrize("total", [200, 210])
def test_a_total_at_the_top_is_held_against_the_rows_below(
    board: Board, tmp_path: Path, label: str, total: int
) -> None:
    *rows, last = counts(120, 80, total=total, label=label)
    ledger = bring(board, csv_file(tmp_path / "a.csv", {**rows[0], **dict.fromkeys(rows[0], ""),
                                                        **last}, *rows))  # fmt: skip
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (3, 2, 1)
    words = "sesuai dengan baris di bawahnya" if total == 200 else "di bawahnya berjumlah 200"
    assert words in said(ledger)


def test_a_label_behind_a_row_number_is_a_total_all_the_same(board: Board, tmp_path: Path) -> None:
    rows = counts(120, 80, total=190)
    rows[-1] = {"no": 3, "kecamatan": "JUMLAH", "hadir": 190}
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows))
    assert (ledger.accepted, ledger.quarantined) == (2, 1)
    assert '"hadir" tertulis 190, di atasnya berjumlah 200' in said(ledger)


def test_totals_of_each_kecamatan_and_of_all_are_each_checked(board: Board, tmp_path: Path) -> None:
    first = counts(10, 20, total=30, label="JUMLAH KEC. INDRALAYA")
    second = counts(5, 6, total=11, label="JUMLAH KEC. KANDIS", hour=LATER)
    rows = [*first, *second, {"no": "JUMLAH TOTAL", "hadir": 41}]
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows))
    told = ["; ".join(entry["reasons"]) for entry in ledger.reasons]
    assert len(told) == 3
    assert all("sesuai" in reason for reason in told)


@pytest.mark.parametrize(("whole", "agrees"), [(282, True), (309, False)])
def test_men_and_women_of_a_total_are_compared_with_their_sum_beside_them(
    whole: int, agrees: bool, board: Board, tmp_path: Path
) -> None:
    rows = counts(146, whole - 146, total=whole)
    for row, men in zip(rows, (70, 71, 141), strict=True):
        row |= {"hadir_l": men, "hadir_p": {70: 76, 71: 65, 141: 141}[men]}
    ledger = bring(board, csv_file(tmp_path / "a.csv", *rows))
    assert ("tidak perlu dibetulkan" in said(ledger)) == agrees
    assert ('berjumlah 282, "hadir" tertulis 309' in said(ledger)) != agrees
