"""A file that was read wrongly is mapped by hand: what it became is replaced, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS, TPS
from situasi.ingest import quarantine
from situasi.ingest.pipeline import IngestRequest, IngestResult
from situasi.ingest.readers.grid import HeaderPosition, guess_header
from situasi.ingest.remapping import kept_sheets
from situasi.ingest.remapping.delivered_files import check_current, open_delivered_file
from situasi.ingest.remapping.keeping import ingest_and_keep
from situasi.ingest.sources.hand_mapping import HandMapping
from situasi.ingest.waiting import load_sheets
from situasi.ingest.waiting_mapping import WaitingFile, store_mapping, try_mapping
from situasi.ingest.withdrawal import WithdrawalRefused, withdraw
from situasi.ingest.write_scope import CorrectionRights, WriteScope
from situasi.store import ConflictError, DeliveryTransaction, StoreError
from tests.builders import unbounded
from tests.builders_files import csv_file
from tests.conftest import NOON

RINA = Viewer("rina", ROLES["analis"])
COLUMNS = {
    "tanggal": "tanggal", "jam": "jam", "kecamatan": "kecamatan", "desa": "desa", "tps": "tps",
    "sisa surat": "", "hadir": "hadir", "hadir 2": "",
}  # fmt: skip


def rows(count: int = 4, start: int = 1, **changes: Any) -> list[dict[str, Any]]:
    return [
        {"tanggal": "27/11/2024", "jam": "09.00", "kecamatan": "Indralaya",
         "desa": "Tanjung Gelam", "tps": n, "sisa surat": 5, "hadir": 40 + n,
         "hadir 2": 60 + n, **changes}
        for n in range(start, start + count)
    ]  # fmt: skip


def bring(board: Board, path: Path, actor: str = "inbox") -> IngestResult:
    result = ingest_and_keep(
        IngestRequest(path, board.store, board.ingest_context, unbounded(actor), now=NOON)
    )
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def counts(board: Board) -> dict[str, int]:
    """Return the counts that stand on the board, by TPS."""
    stored = board.store.rows_after(TPS)
    gone = board.store.withdrawals()
    valid = stored[~stored["seq"].isin(gone.loc[gone["feed"] == "tps", "row_seq"])]
    named = [f"{desa}/{tps}" for desa, tps in zip(valid["desa"], valid["tps"], strict=True)]
    assert len(set(named)) == len(named), "counted twice"
    return {name.rpartition("/")[2]: int(n) for name, n in zip(named, valid["hadir"], strict=True)}


def mapping(**changes: Any) -> HandMapping:
    columns = {**COLUMNS, "hadir": "", "hadir 2": "hadir", **changes}
    return HandMapping("rekap-kedua", "tps", columns)


def act(board: Board, batch: int, made: HandMapping, *, store: bool = True, **how: Any) -> Any:
    file = how.get("file") or open_delivered_file(
        board.store, board.ingest_context, how.get("viewer", RINA), batch
    )
    header = guess_header(file.sheets[0].rows)
    run = store_mapping if store else try_mapping
    scope = how.get("scope", unbounded("rina"))
    return run(file, made, 0, header, board.store, board.ingest_context, scope, NOON)


def test_a_file_that_was_read_is_mapped_again_and_counted_once(
    board: Board, tmp_path: Path
) -> None:
    first = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    assert first.batch and counts(board) == {"001": 41, "002": 42, "003": 43, "004": 44}
    tried = act(board, first.batch, mapping(), store=False)
    assert (tried.accepted, tried.duplicate) == (4, 0)
    assert counts(board)["001"] == 41
    stored = act(board, first.batch, mapping())
    assert (stored.accepted, stored.quarantined) == (4, 0)
    assert counts(board) == {"001": 61, "002": 62, "003": 63, "004": 64}
    entries = board.store.audit_entries(action="withdraw")
    assert len(entries) == 1 and "dipetakan ulang" in entries["detail"].iloc[0]
    assert board.store.verify() == []


def test_the_same_reading_again_changes_no_count(board: Board, tmp_path: Path) -> None:
    first = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    assert first.batch
    before = counts(board)
    same = mapping(**COLUMNS)
    assert act(board, first.batch, same, store=False).accepted == 4
    assert act(board, first.batch, same).accepted == 4
    assert counts(board) == before


def test_a_mapping_is_corrected_by_another_one(board: Board, tmp_path: Path) -> None:
    first = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    second = act(board, first.batch or 0, mapping())
    third = act(board, second.batch, mapping(**COLUMNS))
    assert third.accepted == 4 and counts(board)["001"] == 41
    withdraw(board.store, unbounded("rina"), third.batch, NOON, "keliru")
    assert counts(board) == {}
    assert act(board, third.batch, mapping()).accepted == 4  # still kept
    assert counts(board)["001"] == 61


def test_rows_that_waited_in_quarantine_do_so_no_longer(board: Board, tmp_path: Path) -> None:
    read = bring(board, csv_file(tmp_path / "a.csv", *rows(hadir="banyak")))
    assert read.quarantined == 4 and not counts(board)
    act(board, read.batch or 0, mapping())
    assert board.store.quarantine_counts() == {} and len(counts(board)) == 4
    assert board.store.verify() == []


def test_a_row_that_was_corrected_is_replaced_too(board: Board, tmp_path: Path) -> None:
    mixed = rows(3) + rows(1, 4, hadir="banyak")
    read = bring(board, csv_file(tmp_path / "a.csv", *mixed))
    [row] = board.store.quarantined_rows()
    context = board.ingest_context
    quarantine.release_row(board.store, context, unbounded("tono"), row, {"hadir": "99"}, NOON)
    assert counts(board)["004"] == 99
    act(board, read.batch or 0, mapping())
    assert counts(board) == {"001": 61, "002": 62, "003": 63, "004": 64}
    assert board.store.quarantine_counts() == {}


def test_a_row_corrected_after_a_mapping_is_replaced_by_the_next_one(
    board: Board, tmp_path: Path
) -> None:
    mixed = rows(3) + [{**row, "hadir": "x", "hadir 2": "y"} for row in rows(1, 4)]
    read = bring(board, csv_file(tmp_path / "a.csv", *mixed))
    second = act(board, read.batch or 0, mapping())
    context = board.ingest_context
    for _ in range(2):
        for row in board.store.quarantined_rows():
            quarantine.release_row(
                board.store, context, unbounded("tono"), row, {"hadir": "99"}, NOON
            )
        assert counts(board)["004"] == 99
        second = act(board, second.batch, mapping())
        assert sorted(counts(board)) == ["001", "002", "003"]
        assert sum(board.store.quarantine_counts().values()) == 1


def test_a_file_that_grew_takes_its_earlier_deliveries_with_it(
    board: Board, tmp_path: Path
) -> None:
    batches = [bring(board, csv_file(tmp_path / "a.csv", *rows(n))).batch for n in (2, 4, 6, 8)]
    assert all(batches)
    with pytest.raises(StoreError, match="kiriman terbaru"):
        act(board, batches[0] or 0, mapping())
    act(board, batches[-1] or 0, mapping())
    assert counts(board) == {f"{n:03d}": 60 + n for n in range(1, 9)}


def test_a_file_that_overlaps_with_another_is_not_counted_twice(
    board: Board, tmp_path: Path
) -> None:
    bring(board, csv_file(tmp_path / "a.csv", *rows(4)))
    second = bring(board, csv_file(tmp_path / "b.csv", *rows(4, 3)), actor="lain")
    before = counts(board)
    with pytest.raises(StoreError, match="terhitung dua kali"):
        act(board, second.batch or 0, mapping())
    assert counts(board) == before


def test_two_people_do_not_map_the_same_file_at_once(board: Board, tmp_path: Path) -> None:
    read = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    file = open_delivered_file(board.store, board.ingest_context, RINA, read.batch or 0)
    act(board, 0, mapping(), file=file)
    with pytest.raises(ConflictError):
        act(board, 0, mapping(**COLUMNS), file=file)
    assert counts(board)["001"] == 61


def test_rows_that_others_brought_since_it_was_opened_are_noticed(
    board: Board, tmp_path: Path
) -> None:
    read = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    place = (board.store, board.ingest_context, RINA, read.batch or 0)
    file = open_delivered_file(*place)
    check_current(*place, file)
    bring(board, csv_file(tmp_path / "b.csv", *rows(4), *rows(1, 9)), actor="lain")
    with pytest.raises(StoreError, match="terhitung dua kali"):
        check_current(*place, file)


def test_a_mapping_that_reads_nothing_withdraws_nothing(board: Board, tmp_path: Path) -> None:
    read = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    file = open_delivered_file(board.store, board.ingest_context, RINA, read.batch or 0)
    empty = replace(
        file, sheets=[replace(s, rows=s.rows[:1], row_numbers=[1]) for s in file.sheets]
    )
    place = (empty, mapping(), 0, HeaderPosition(0), board.store, board.ingest_context)
    assert store_mapping(*place, unbounded("rina"), NOON).refused
    assert len(counts(board)) == 4


def test_a_fault_while_it_is_read_again_leaves_the_board_as_it_was(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    version = board.store.version()

    def fail(*_: object) -> None:
        raise StoreError("disk penuh")

    monkeypatch.setattr(DeliveryTransaction, "add", fail)
    with pytest.raises(StoreError, match="disk penuh"):
        act(board, read.batch or 0, mapping())
    assert board.store.version() == version and counts(board)["001"] == 41


@pytest.mark.parametrize("again", [0, 2, 4])
def test_a_trial_counts_what_is_stored(board: Board, tmp_path: Path, again: int) -> None:
    """again: how many rows another sender brought, in the reading that the mapping gives."""
    theirs = [{**row, "hadir": row["hadir 2"]} for row in rows(again)]
    if theirs:
        bring(board, csv_file(tmp_path / "b.csv", *theirs), actor="lain")
    read = bring(board, csv_file(tmp_path / "a.csv", *rows(4, hadir="banyak")))
    tried = act(board, read.batch or 0, mapping(), store=False)
    stored = act(board, read.batch or 0, mapping())
    for result in (tried, stored):
        assert (result.accepted, result.duplicate, result.quarantined) == (4 - again, again, 0)


def test_what_is_no_longer_kept_is_said_so(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_sheets, "MAX_FILES", 1)
    monkeypatch.setattr(kept_sheets, "_CHECK_EVERY", 1)
    old = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    new = bring(board, csv_file(tmp_path / "b.csv", *rows(2, 7)))
    with pytest.raises(StoreError, match="tidak \\(lagi\\) disimpan"):
        act(board, old.batch or 0, mapping())
    assert act(board, new.batch or 0, mapping()).accepted == 2


def test_only_who_may_undo_it_may_map_it(board: Board, tmp_path: Path) -> None:
    read = bring(board, csv_file(tmp_path / "a.csv", *rows()))
    narrow = WriteScope("rina", frozenset(FEEDS), ("16.10.05",), CorrectionRights.OWN)
    with pytest.raises(WithdrawalRefused):
        act(board, read.batch or 0, mapping(), scope=narrow)
    for viewer in (Viewer("tamu", ROLES["tamu"]), Viewer("x", ROLES["operator"], ("16.10.04",))):
        with pytest.raises(StoreError, match="bukan kiriman Anda"):
            act(board, read.batch or 0, mapping(), viewer=viewer)
    assert counts(board)["001"] == 41


def test_nrp_are_kept_as_marks_and_meet_after_a_mapping(board: Board, tmp_path: Path) -> None:
    listed = [
        {"nrp": nrp, "pangkat": "Bripka", "nama": "Andi Wijaya", "kecamatan": "Indralaya"}
        for nrp in ("87041234", "88051234")
    ]
    read = bring(board, csv_file(tmp_path / "a.csv", *listed))
    assert (read.feed, read.accepted) == ("roster", 2) and read.batch
    [path] = board.settings.data_folder.rglob("*.lembar")
    text = str(board.ingest_context.kept_sheets.load(path.stem))
    assert "87041234" not in text and "Andi" not in text
    before = set(board.store.rows_after(FEEDS["roster"])["petugas"])
    columns = {"nrp": "nrp", "pangkat": "pangkat", "nama": "", "kecamatan": ""}
    stored = act(board, read.batch, HandMapping("daftar", "roster", columns))
    assert stored.accepted == 2
    assert set(board.store.rows_after(FEEDS["roster"])["petugas"]) == before


def test_a_file_is_mapped_as_another_kind_of_report(board: Board, tmp_path: Path) -> None:
    """A list of who stands where, taken for a list of who there is."""
    listed = [
        {"nrp": nrp, "pangkat": "Bripka", "kecamatan": "Indralaya"}
        for nrp in ("87041234", "88051234")
    ]
    read = bring(board, csv_file(tmp_path / "a.csv", *listed))
    assert read.feed == "roster"
    columns = {"nrp": "nrp", "pangkat": "", "kecamatan": "kecamatan"}
    kinds = {"penugasan": "kecamatan"}
    made = HandMapping("plotting", "postings", columns, kinds=kinds)
    assert act(board, read.batch or 0, made, store=False).accepted == 2
    stored = act(board, read.batch or 0, made)
    assert (stored.feed, stored.accepted) == ("postings", 2)
    gone = board.store.withdrawals()
    assert gone["feed"].tolist() == ["roster"] * 2 and board.store.verify() == []


def test_a_file_that_waited_and_was_mapped_is_mapped_anew(board: Board, tmp_path: Path) -> None:
    foreign = [{"Wil": "Indralaya", "Dusun": "Tanjung Gelam", "Bilik": n, "A": 40 + n, "B": 60 + n}
               for n in range(1, 5)]  # fmt: skip
    assert bring(board, csv_file(tmp_path / "w.csv", *foreign)).waiting
    [item] = board.store.waiting_items()
    file = WaitingFile(item, load_sheets(board.store, item.number))
    facts = {"tanggal": "27/11/2024", "jam": "09.00"}
    chosen = {"Wil": "kecamatan", "Dusun": "desa", "Bilik": "tps", "A": "hadir", "B": ""}
    first = act(board, 0, HandMapping("dusun", "tps", chosen, facts=facts), file=file)
    assert counts(board)["001"] == 41
    right = {**chosen, "A": "", "B": "hadir"}
    again = act(board, first.batch, HandMapping("dusun", "tps", right, facts=facts))
    assert again.accepted == 4 and counts(board)["001"] == 61
    assert board.store.waiting_items() == []
    withdraw(board.store, unbounded("rina"), again.batch, NOON, "keliru")
    assert [one.number for one in board.store.waiting_items()] == [item.number]
