"""Every file of an election's folder refuses what it does not know, by file, key and value."""

from __future__ import annotations

import copy
import csv
import math
import random
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from situasi.domain import (
    alert_rules,
    election,
    exercise_scenarios,
    forecast_parameters,
    real_days,
    rules,
)
from situasi.domain import register as domain_register
from situasi.domain.definition_errors import DefinitionError, read_toml
from situasi.domain.settings import ROOT
from situasi.reports.sitrep import letterhead
from situasi.simulation import context as simulation_context

SOURCE = ROOT / "data" / "elections" / "ogan-ilir-2024"
Steps = tuple[Any, ...]
# What may be any number: a seed, a shift up or down; and the rules that a calibration was made for.
ANYTHING: dict[str, set[Steps]] = {
    "rules.toml": {("clusters", "seed"), ("outlook", "silent_shift")},
    "outlook.toml": {("made", "rules")},
    # A number in a text is text, too.
    "skenario/massa_kpu.toml": {("messages", 0, "uraian"), ("messages", 0, "pelapor")},
}


def _tree(file: str) -> Any:
    return tomllib.loads((SOURCE / file).read_text("utf-8"))


def _outlook(folder: Path) -> object:
    return forecast_parameters.load(folder, _tree("outlook.toml")["made"]["rules"])


def _rules(folder: Path) -> object:
    return rules.parse(tomllib.loads((folder / "rules.toml").read_text("utf-8")))


def _alerts(folder: Path) -> object:
    return alert_rules.parse(tomllib.loads((folder / "alerts.toml").read_text("utf-8")))


def _election(folder: Path) -> object:
    raw = tomllib.loads((folder / "election.toml").read_text("utf-8"))
    return election._build(folder, raw, RULES)


def _scenario(folder: Path) -> object:
    register = domain_register.load(election.load(folder))
    return exercise_scenarios._read(folder / "skenario" / "massa_kpu.toml", register)


RULES = rules.parse(_tree("rules.toml"))
LOADERS: dict[str, Callable[[Path], object]] = {
    "rules.toml": _rules,
    "alerts.toml": _alerts,
    "election.toml": _election,
    "outlook.toml": _outlook,
    "laporan/laporan.toml": letterhead.load,
    "skenario/massa_kpu.toml": _scenario,
}
CSV_FILES = ("kecamatan.csv", "desa.csv", "tps.csv", "polsek.csv", "aliases.csv", "tahapan.csv",
             "sop.csv")  # fmt: skip


def _entries(value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Every entry of a file and the way to it; of an array of tables the first stands for all."""
    for name, entry in value.items():
        yield (*steps, name), entry
        if isinstance(entry, dict):
            yield from _entries(entry, (*steps, name))
        elif isinstance(entry, list) and entry and isinstance(entry[0], dict):
            yield from _entries(entry[0], (*steps, name, 0))


def _table_of(tree: Any, steps: Steps) -> Any:
    for step in steps[:-1]:
        tree = tree[step]
    return tree


def _mistakes(tree: Any, free: set[Steps]) -> Iterator[tuple[str, Steps, Any]]:
    """The tree with one entry misspelt, of another type, or below nothing."""
    for steps, entry in _entries(tree):
        wrong = copy.deepcopy(tree)
        table = _table_of(wrong, steps)
        table[f"{steps[-1]}x"] = table.pop(steps[-1])
        yield "misspelt", steps, wrong
        if isinstance(entry, dict):
            wrong = copy.deepcopy(tree)
            _table_of(wrong, steps)[steps[-1]] = 7
            yield "no table", steps, wrong
            continue
        if steps in free:
            continue
        values: list[Any] = [7 if isinstance(entry, str | list) else "kata"]
        if isinstance(entry, int | float) and not isinstance(entry, bool):
            values += [-1, True, str(entry), math.nan, 10**30]
        for value in values:
            wrong = copy.deepcopy(tree)
            _table_of(wrong, steps)[steps[-1]] = value
            yield repr(value), steps, wrong


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("folder") / "pemilihan"
    shutil.copytree(SOURCE, copied)
    return copied


@pytest.fixture
def edit(folder: Path) -> Iterator[Callable[[str, str], None]]:
    """Write another text into a file of the folder, until the test is over."""
    changed: dict[str, str] = {}

    def write(file: str, text: str) -> None:
        path = folder / file
        changed.setdefault(file, path.read_text("utf-8"))
        path.write_text(text, "utf-8")

    yield write
    for file, text in changed.items():
        (folder / file).write_text(text, "utf-8")


@pytest.mark.parametrize("file", LOADERS)
def test_no_entry_of_a_toml_file_is_misspelt_or_of_another_type_in_silence(
    folder: Path, edit: Callable[[str, str], None], file: str
) -> None:
    silent = []
    for mistake, steps, wrong in _mistakes(_tree(file), ANYTHING.get(file, set())):
        edit(file, tomli_w.dumps(wrong))
        try:
            LOADERS[file](folder)
        except (ValueError, KeyError) as refused:
            named = [step for step in steps if isinstance(step, str)][-1]
            if named not in str(refused) or re.search(r" object |Input should", str(refused)):
                silent.append((steps, str(refused)))
        else:
            silent.append((steps, mistake))
    assert silent == []


def test_the_file_is_named_where_an_election_is_loaded(
    folder: Path, edit: Callable[[str, str], None]
) -> None:
    for file, word in (("alerts.toml", "hold_min"), ("election.toml", "zone_label")):
        text = (folder / file).read_text("utf-8")
        edit(file, text.replace(f"{word} =", f"{word}x =", 1))
        with pytest.raises(DefinitionError, match=f"{file}.*'{word}x?'"):
            election.load(folder)
        edit(file, text)


def test_water_is_of_kecamatan_of_the_register(
    folder: Path, edit: Callable[[str, str], None]
) -> None:
    register, text = domain_register.load(election.load(folder)), _text(folder, "water.toml")
    for old, new, named in (
        ("often =", "oftne =", "'oftne' tidak dikenal"),
        ('"16.10.06"', '"16.10.66"', "16.10.66 tidak ada"),
    ):
        edit("water.toml", text.replace(old, new))
        with pytest.raises(DefinitionError, match=r"water\.toml") as refused:
            simulation_context._load_flood_weights(register, random.Random(1))
        assert named in str(refused.value)


def _text(folder: Path, file: str) -> str:
    return (folder / file).read_text("utf-8")


@pytest.mark.parametrize("file", CSV_FILES)
def test_no_column_of_a_csv_file_is_misspelt_in_silence(
    folder: Path, edit: Callable[[str, str], None], file: str
) -> None:
    definition, text = election.load(folder), _text(folder, file)
    head, rest = text.split("\n", 1)
    columns = head.strip().split(",")
    for column in columns:
        edit(
            file, ",".join(f"{name}x" if name == column else name for name in columns) + "\n" + rest
        )
        with pytest.raises(DefinitionError, match=f"{file} baris 1: kolom '{column}x?'"):
            domain_register.load(definition)


@pytest.mark.parametrize(
    ("file", "column", "cell", "said"),
    [
        ("kecamatan.csv", "dpt", "15.779,5", "'dpt': '15.779,5' bukan bilangan bulat"),
        ("kecamatan.csv", "tps", "-3", "'tps': -3 harus paling sedikit 0"),
        ("kecamatan.csv", "dpt_perkiraan", "mungkin", "'mungkin' bukan ya atau tidak"),
        ("kecamatan.csv", "nama", "", "'nama': kosong"),
        ("tps.csv", "nomor", "0", "'nomor': 0 harus paling sedikit 1"),
        ("tps.csv", "kerawanan", "agak", "agak tidak dikenal; yang ada"),
        ("tps.csv", "dpt", "banyak", "'dpt': 'banyak' bukan bilangan bulat"),
        ("polsek.csv", "dasar", "konon", "konon tidak dikenal; yang ada tersumber, dugaan"),
        ("tahapan.csv", "mulai", "2024-13-01", "'2024-13-01' bukan tanggal"),
        ("sop.csv", "fungsi", "pramuka", "pramuka tidak dikenal"),
        ("sop.csv", "giat", "piknik", "piknik tidak dikenal"),
        ("aliases.csv", "kode", "", "'kode': kosong"),
    ],
)
def test_a_cell_that_makes_no_sense_is_named(
    folder: Path, edit: Callable[[str, str], None], file: str, column: str, cell: str, said: str
) -> None:
    definition = election.load(folder)
    rows = list(csv.reader(_text(folder, file).splitlines()))
    rows[2][rows[0].index(column)] = cell
    quoted = ([f'"{one}"' for one in row] for row in rows)
    edit(file, "\n".join(",".join(row) for row in quoted))
    with pytest.raises(DefinitionError, match=f"{file} baris 3") as refused:
        domain_register.load(definition)
    assert said in str(refused.value)


def test_a_row_that_is_longer_or_shorter_than_the_heading_is_named(
    folder: Path, edit: Callable[[str, str], None]
) -> None:
    definition, text = election.load(folder), _text(folder, "aliases.csv").rstrip()
    for row, said in (("16.10.01,a,b", "lebih banyak isi"), ("16.10.01", "kolom 'nama' tidak")):
        edit("aliases.csv", f"{text}\n{row}\n")
        with pytest.raises(DefinitionError, match=r"aliases\.csv baris") as refused:
            domain_register.load(definition)
        assert said in str(refused.value)


@pytest.mark.parametrize(
    ("file", "lines"),
    [
        ("polsek.csv", ["Polsek Antah,16.10.77,tersumber,,"]),
        ("aliases.csv", ["16.10.77,antah"]),
        ("past_turnout.csv", ["kode,pemilihan,persen,sumber", "16.10.77,2020,80,KPU"]),
    ],
)
def test_a_code_that_leads_nowhere_is_named(tmp_path: Path, file: str, lines: list[str]) -> None:
    folder = tmp_path / "pemilihan"
    shutil.copytree(SOURCE, folder)
    with (folder / file).open("a", encoding="utf-8") as written:
        written.writelines(f"{line}\n" for line in lines)
    with pytest.raises(DefinitionError, match=rf"{file}.* 16\.10\.77 "):
        domain_register.load(election.load(folder))


@pytest.mark.parametrize(
    ("misspelt", "right"),
    [("alert.toml", "alerts.toml"), ("past_turnot.csv", "past_turnout.csv"),
     ("tps-kpu.csv", "tps_kpu.csv")],
)  # fmt: skip
def test_a_file_whose_name_is_misspelt_is_not_passed_over(
    tmp_path: Path, misspelt: str, right: str
) -> None:
    folder = tmp_path / "pemilihan"
    shutil.copytree(SOURCE, folder)
    (folder / "rules salinan.toml").touch()  # a copy of what is there harms nobody
    election.load(folder)
    (folder / right).unlink(missing_ok=True)
    (folder / misspelt).touch()
    with pytest.raises(DefinitionError, match=rf"{misspelt}: maksudnya {right}\?"):
        election.load(folder)


@pytest.mark.parametrize(
    ("lines", "said"),
    [("indonesia,inggris\nTahap,Stage\n", "kolom 'english' tidak ada"),
     ("indonesia,english\nTahap,\n", "kosong")],
)  # fmt: skip
def test_english_words_that_are_misspelt_or_missing_are_named(
    folder: Path, edit: Callable[[str, str], None], lines: str, said: str
) -> None:
    edit("english.csv", lines)
    with pytest.raises(DefinitionError, match=r"english\.csv") as refused:
        election.load(folder)
    assert said in str(refused.value)


@pytest.mark.parametrize("file", [*LOADERS, "water.toml"])
def test_a_mark_that_an_editor_puts_before_the_text_changes_nothing(
    folder: Path, file: str
) -> None:
    path = folder / file
    before = path.read_bytes()
    try:
        path.write_bytes(b"\xef\xbb\xbf" + before.replace(b"\n", b"\r\n"))
        register = domain_register.load(election.load(folder))
        simulation_context._load_flood_weights(register, random.Random(1))
        letterhead.load(folder)
        assert exercise_scenarios.load(register)
        assert register.election.turnout_parameters is not None
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("file", [*LOADERS, "water.toml", "own_days.toml"])
@pytest.mark.parametrize(
    ("line", "said"), [(b"x = 1\nx = 2\n", "'x = 2' tertulis dua kali"),
                       (b"x = \n", "'x =' bukan TOML"), (b"# \xe9\n", "bukan teks UTF-8")],
)  # fmt: skip
def test_a_file_that_is_no_toml_is_told_with_its_line(
    tmp_path: Path, file: str, line: bytes, said: str
) -> None:
    path = tmp_path / Path(file).name
    path.write_bytes(b"# one\n" + line)
    with pytest.raises(DefinitionError, match=rf"{path.name}") as refused:
        real_days.load_own(tmp_path) if file == "own_days.toml" else read_toml(path)
    assert said in str(refused.value)
    assert "baris" in str(refused.value) or "UTF-8" in said


def test_own_days_are_checked_where_an_election_is_loaded(
    folder: Path, edit: Callable[[str, str], None]
) -> None:
    (folder / "own_days.toml").touch()
    edit("own_days.toml", "[[dya]]\nday = 2020-12-09\n")
    with pytest.raises(DefinitionError, match=r"own_days\.toml: entri 'dya' tidak dikenal"):
        election.load(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("turnout = 0.6", "turnout = 65", "turnout 65 bukan bagian dari daftar"),
        ("elapsed = [0.2, 0.5]", "elapsed = [0.5, 0.2]", "elapsed tidak menaik"),
        ("elapsed = [0.2, 0.5]", 'elapsed = [0.2, "0.5"]', "'elapsed' di [day.1]"),
        ("log_share = [-1.1, -0.4]", "log_share = [-1.1]", "log_share tidak di bawah nol, atau"),
        ("log_share = [-1.1, -0.4]", "log_share = [0.3, 0.6]", "log_share tidak di bawah nol"),
        ("parts = [0.1, 0.1]", "parts = [0.1, -0.1]", "parts di bawah nol"),
    ],
)
def test_a_day_that_cannot_have_been_is_named(
    folder: Path, edit: Callable[[str, str], None], old: str, new: str, said: str
) -> None:
    text = (
        '[[day]]\nday = 2020-12-09\ncountry = "Indonesia"\nsource = "x"\nturnout = 0.6\n'
        "elapsed = [0.2, 0.5]\nlog_share = [-1.1, -0.4]\nparts = [0.1, 0.1]\n"
    )
    (folder / "own_days.toml").touch()
    edit("own_days.toml", text)
    election.load(folder)
    edit("own_days.toml", text.replace(old, new))
    with pytest.raises(DefinitionError, match=r"own_days\.toml") as refused:
        election.load(folder)
    assert said in str(refused.value)


def test_a_list_of_no_tps_is_refused(folder: Path, edit: Callable[[str, str], None]) -> None:
    edit("tps.csv", _text(folder, "tps.csv").splitlines()[0])
    with pytest.raises(DefinitionError, match=r"tps\.csv: tidak ada TPS"):
        domain_register.load(election.load(folder))


@pytest.mark.parametrize(
    ("file", "column"),
    [("kecamatan.csv", "kode"), ("desa.csv", "kode"), ("polsek.csv", "kecamatan_kode"),
     ("tahapan.csv", "kode"), ("sop.csv", "kode"), ("tps.csv", "desa_kode"),
     ("english.csv", "indonesia"), ("past_turnout.csv", "kode")],
)  # fmt: skip
def test_what_is_written_twice_is_named(tmp_path: Path, file: str, column: str) -> None:
    folder = tmp_path / "pemilihan"
    shutil.copytree(SOURCE, folder)
    path = folder / file
    if not path.exists():
        path.write_text("kode,pemilihan,persen,sumber\n16.10.01,2020,80,KPU\n", "utf-8")
    heading, first, *_ = lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, first]), "utf-8")
    twice = next(csv.DictReader([heading, first]))[column]
    with pytest.raises(DefinitionError, match=rf"{file} baris \d+: {twice}.* tertulis dua kali"):
        domain_register.load(election.load(folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("election.toml", 'seat = "16.10.04"', 'seat = "16.10.77"', "'seat' di [kabupaten]: 16.10"),
        ("election.toml", "tps_opens = 07:00:00", "tps_opens = 14:00:00", "'tps_closes' di [day]"),
        ("election.toml", "watch_from = 04:00:00", "watch_from = 07:01:00", "'watch_from' di [day"),
        ("election.toml", "Asia/Jakarta", "Asia/Jakartaa", "'Asia/Jakartaa' bukan zona waktu"),
        ("election.toml", "dpt = 314226", "dpt = 31422600000", "'dpt' di [register]: 31422600000"),
        (
            "election.toml",
            'contest = "pilkada-2024"',
            'contest = ""',
            "'contest' di [election]: ko",
        ),
        ("rules.toml", "window_steps = [1, 2]", "window_steps = []", "'window_steps' di [counts]"),
        ("alerts.toml", "{n} laporan berat", "{m} laporan", "{m} tidak dikenal; yang ada {above},"),
        ("alerts.toml", "{n} laporan berat", "{n laporan", "{ tidak dikenal"),
        ("alerts.toml", "[level.kritis]", '[level.kritis]\nfr = "x"', "fr tidak dikenal"),
        ("alerts.toml", "[level.kritis]", "[level.gawat]", "tingkat gawat tidak ada"),
        ("alerts.toml", '["dibuka", ', '["dibukaa", ', "'without' di [rule.tps_diam]: dibukaa"),
        ("election.toml", 'code = "16.10"', 'code = "16.11"', "16.10.01, 16.10.02"),
        ("desa.csv", "16.10.01.1011,", "16.10.02.1011,", "desa 16.10.02.1011 tidak diawali"),
        ("skenario/massa_kpu.toml", '"16.10.04"', '"16.10.77"', "'kode_kecamatan': '16.10.77'"),
        ("skenario/bentrok_tps.toml", '"002"', '"999"', "'tps': '999' tidak ada di desa 16.10.02."),
        ("skenario/bentrok_tps.toml", "16.10.02.2026", "16.10.01.2005", "bukan di kecamatan 16.10"),
        ("skenario/bentrok_tps.toml", '"Pam TPS"', '["Pam TPS"]', "'pelapor': ['Pam TPS'] bukan"),
        ("alerts.toml", "kritis = 0.15", "kritis = 5", "kritis = 5 tidak lebih jarang dari 2.5"),
        (
            "alerts.toml",
            '"penting", "kritis"]',
            '"kritis", "kritis"]',
            "'levels': perhatian, kriti",
        ),
        ("alerts.toml", 'owner = "Posko"', 'owner = ""', "'owner' di [rule.berat]: kosong"),
        ("election.toml", "incidents = 60", "incidents = 0", "'incidents' di [thresholds.silent_a"),
        (
            "tahapan.csv",
            "2024-02-27,2024-11-16",
            "2024-11-27,2024-11-16",
            "sebelum mulai 2024-11-27",
        ),
    ],
)
def test_what_cannot_be_is_named_by_its_key(
    folder: Path, edit: Callable[[str, str], None], file: str, old: str, new: str, said: str
) -> None:
    text = _text(folder, file)
    assert old in text
    edit(file, text.replace(old, new, 1))
    with pytest.raises(DefinitionError, match=Path(file).name) as refused:
        exercise_scenarios.load(domain_register.load(election.load(folder)))
    assert said in str(refused.value)
