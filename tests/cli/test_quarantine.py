"""`quarantine`: what was not accepted is seen, sent back, corrected and released."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.builders_files import csv_file, faulty, report
from tests.cli.conftest import Run


def held(cli: Run) -> list[str]:
    """The numbers of the rows that wait."""
    lines = [line.split() for line in cli("quarantine", "list").out.splitlines()]
    return [line[1] for line in lines if len(line) > 1 and line[1].isdigit()]


def exported(cli: Run, folder: Path) -> list[dict[str, str]]:
    target = folder / "kembali.csv"
    assert cli("quarantine", "export", "--out", target).code == 0
    with target.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_list_shows_what_waits_with_its_source_and_reason(cli: Run, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "pagi.csv", report(), faulty(id="K-2", waktu="?"))
    cli("ingest", path, csv_file(tmp_path / "b.csv", faulty("tps")))
    said = cli("quarantine", "list").out
    assert all(word in said for word in ("pagi.csv", "incidents", "entah apa", '"?"', "b.csv"))
    assert "pagi.csv" not in cli("quarantine", "list", "--feed", "tps").out


def test_exported_corrected_and_sent_again_a_row_leaves_quarantine(
    cli: Run, tmp_path: Path
) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty(id="K-1"), faulty(id="K-2")))
    first, second = exported(cli, tmp_path)
    assert "entah apa" in first["alasan"]
    assert (first["berkas"], first["baris"]) == ("a.csv", "2")
    back = csv_file(tmp_path / "back.csv", {**first, "jenis": "banjir"}, second)
    [source] = cli("ingest", "--json", back).sources
    assert (source["accepted"], source["quarantined"]) == (1, 1)
    assert first["no_karantina"] not in held(cli)
    assert second["no_karantina"] in held(cli)


def test_release_with_a_correction_accepts_the_row(process: Run, cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty()))
    [number] = held(cli)
    said = process("quarantine", "release", number, "--set", "jenis=banjir")
    assert (said.code, held(cli)) == (0, [])
    assert "diterima" in said.out


def test_a_row_still_faulty_stays_and_is_1(cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty()))
    [number] = held(cli)
    said = cli("quarantine", "release", number)
    assert said.code == 1
    assert "entah apa" in said.out
    assert number in held(cli)


def test_one_row_still_faulty_among_others_that_are_accepted_is_1(cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty(), faulty(id="K-2", waktu="?")))
    right, faulty_twice = held(cli)
    assert cli("quarantine", "release", right, faulty_twice, "--set", "jenis=banjir").code == 1
    assert right not in held(cli)


def test_a_wrong_correction_leaves_the_first_row_waiting(cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty()))
    [number] = held(cli)
    assert cli("quarantine", "release", number, "--set", "jenis=entah lagi").code == 1
    assert number in held(cli)


def test_a_released_row_is_stored_once(cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty()))
    [number] = held(cli)
    cli("quarantine", "release", number, "--set", "jenis=banjir")
    again = cli("quarantine", "release", number, "--set", "jenis=banjir")
    assert again.code == 2
    assert "tidak ada di karantina" in again.err
    same = csv_file(tmp_path / "b.csv", report(jenis="banjir"))
    assert cli("ingest", "--json", same).sources[0]["duplicate"] == 1


def test_an_unknown_number_or_a_correction_without_sign_is_2(cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty()))
    [number] = held(cli)
    assert cli("quarantine", "release", 999).code == 2
    assert cli("quarantine", "release", number, "--set", "banjir").code == 2
    assert held(cli) == [number]


def test_cells_that_a_spreadsheet_would_run_are_harmless_in_the_export(
    cli: Run, tmp_path: Path
) -> None:
    evil = ('=HYPERLINK("http://x.invalid")', "@SUM(A1)", "+62 kepada", "-1+cmd|'/c'!A1")
    cli("ingest", csv_file(tmp_path / "a.csv", *(faulty(id=f"K{n}", uraian=text)
                                                  for n, text in enumerate(evil))))  # fmt: skip
    rows = exported(cli, tmp_path)
    assert [row["uraian"] for row in rows] == [f"'{text}" for text in evil]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in {"=", "@", "+"}]


def test_negative_coordinates_stay_numbers_in_the_export(cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty(lat="-3,25", lon="104.65")))
    [row] = exported(cli, tmp_path)
    assert (row["lat"], row["lon"]) == ("-3,25", "104.65")


def test_an_empty_quarantine_exports_headings_only(cli: Run, tmp_path: Path) -> None:
    assert exported(cli, tmp_path) == []


def test_a_hostile_cell_leaves_the_list_and_the_export_usable(cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", report(), report(id="K-2", jenis="[/foo] [red]x")))
    assert "[/foo]" in cli("quarantine", "list").out
    assert cli("quarantine", "export", "-o", tmp_path / "no" / "where.csv").code == 2


def test_what_the_export_guards_comes_back_as_it_was(cli: Run, tmp_path: Path) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", report(), faulty(id="K-2", uraian="=1+1")))
    back = tmp_path / "back.csv"
    cli("quarantine", "export", "-o", back)
    back.write_text(back.read_text("utf-8-sig").replace("entah apa", "banjir", 2), "utf-8")
    assert cli("ingest", back).code == 0
    assert held(cli) == []


def test_drop_takes_a_row_out_with_a_reason_and_a_strange_number_is_2(
    cli: Run, tmp_path: Path
) -> None:
    cli("ingest", csv_file(tmp_path / "a.csv", faulty()))
    [number] = held(cli)
    said = cli("quarantine", "drop", number, "--reason", "uji coba")
    assert (said.code, held(cli)) == (0, [])
    assert "1 baris disisihkan: uji coba" in said.out
    assert cli("quarantine", "drop", "999", "--reason", "uji coba").code == 2
