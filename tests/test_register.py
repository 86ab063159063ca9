"""The register of an election: Ogan Ilir's adds up, an invented one of any size loads too."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import shapely

from situasi.domain import boundaries, election, road_network, settings
from situasi.domain import register as domain_register
from situasi.domain.definition_errors import DefinitionError
from situasi.domain.register import Mismatch, Register
from situasi.ingest.boundaries import check_boundaries
from situasi.presentation import view_text
from tests.builders_election import invented_election, kecamatan_codes, square

FOLDER = settings.ROOT / "data" / "elections" / "ogan-ilir-2024"
SOURCED_DPT = {"16.10.04": 30_483, "16.10.07": 28_906, "16.10.08": 16_754}


@pytest.fixture(scope="module")
def ours() -> Register:
    return domain_register.load(election.load(FOLDER))


def rows(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def slow_shares(total: int, weights: list[int]) -> list[int]:
    """Largest remainder in exact fractions, one seat after the other, the earlier one first."""
    quota = [Fraction(total * weight, sum(weights)) for weight in weights]
    shares = [int(exact) for exact in quota]
    while sum(shares) < total:
        rests = [exact - share for exact, share in zip(quota, shares, strict=True)]
        shares[rests.index(max(rests))] += 1
    return shares


def test_a_day_that_is_watched_from_midnight_on_lasts_until_the_next(ours: Register) -> None:
    whole = replace(ours.election, watch_from=time(0), watch_until=time(0))
    assert whole.day_end - whole.day_start == timedelta(days=1)


def test_ogan_ilir_adds_up(ours: Register) -> None:
    assert len(ours.kecamatan) == 16
    assert len(ours.desa) == 241
    assert len(ours.tps) == 667
    assert sum(kecamatan.dpt for kecamatan in ours.kecamatan.values()) == 314_226
    assert int(ours.tps["dpt"].sum()) == 314_226


def test_only_the_three_published_dpt_are_not_perkiraan(ours: Register) -> None:
    known = {k.code: k.dpt for k in ours.kecamatan.values() if not k.dpt_estimated}
    assert known == SOURCED_DPT


def test_estimated_dpt_follow_the_rule_in_sources(ours: Register) -> None:
    rest = [k for k in ours.kecamatan.values() if k.dpt_estimated]
    expected = slow_shares(314_226 - sum(SOURCED_DPT.values()), [k.tps for k in rest])
    assert [k.dpt for k in rest] == expected


def test_every_tps_is_perkiraan_and_follows_the_rule_in_sources(ours: Register) -> None:
    assert ours.tps["estimated"].all()
    assert ours.tps["kerawanan"].isna().all()
    counted = Counter(ours.tps["desa"])
    for kecamatan in ours.kecamatan.values():
        places = [desa for desa in ours.desa.values() if desa.kecamatan == kecamatan.code]
        weights = [2 if desa.type == "kelurahan" else 1 for desa in places]
        assert [counted[desa.code] for desa in places] == slow_shares(kecamatan.tps, weights)
        voters = ours.tps.loc[ours.tps["kecamatan"] == kecamatan.code, "dpt"].tolist()
        assert voters == slow_shares(kecamatan.dpt, [1] * kecamatan.tps)


def test_tps_are_numbered_from_one_in_every_desa(ours: Register) -> None:
    for _, numbers in ours.tps.groupby("desa")["nomor"]:
        assert numbers.tolist() == list(range(1, len(numbers) + 1))
    assert set(ours.tps["desa"]) == set(ours.desa)


def test_kind_of_village_follows_from_its_code(ours: Register) -> None:
    kinds = Counter(desa.type for desa in ours.desa.values())
    assert kinds == {"desa": 227, "kelurahan": 14}
    for desa in ours.desa.values():
        assert re.fullmatch(r"16\.10\.\d\d\.[12]\d{3}", desa.code)
        assert desa.type == {"1": "kelurahan", "2": "desa"}[desa.code[9]]
        assert desa.code.startswith(desa.kecamatan + ".")


def test_names_are_clean(ours: Register) -> None:
    for name in [k.name for k in ours.kecamatan.values()] + [d.name for d in ours.desa.values()]:
        assert name == " ".join(name.split())
        assert name == name[:1].upper() + name[1:]


def test_an_alias_means_one_place_alone(ours: Register) -> None:
    """Compared among places of one level; the names of the others are not aliases."""
    for level in (ours.kecamatan, ours.desa):
        meant: dict[str, set[str]] = {}
        for code, name in [*((c, p.name) for c, p in level.items()), *ours.aliases]:
            if code in level:
                meant.setdefault(plain(name), set()).add(code)
        for code, alias in ours.aliases:
            if code in level:
                assert meant[plain(alias)] == {code}, alias
    assert {code for code, _ in ours.aliases} <= set(ours.kecamatan) | set(ours.desa)


@pytest.mark.parametrize(
    ("spelling", "code"),
    [("Inderalaya", "16.10.04"), ("Tj. Raja", "16.10.03"), ("Pemulutan Brt", "16.10.10"),
     ("Ind. Utara", "16.10.07"), ("Sarang Elang", "16.10.10.2002"),
     ("Payalengkang", "16.10.15.2008")],
)  # fmt: skip
def test_spellings_of_the_field_are_known(spelling: str, code: str, ours: Register) -> None:
    assert (code, spelling) in ours.aliases


def test_every_kecamatan_has_a_polsek_and_only_kandis_is_a_guess(ours: Register) -> None:
    assert len({k.polsek for k in ours.kecamatan.values()}) == 6
    assert [k.name for k in ours.kecamatan.values() if k.polsek_assumed] == ["Kandis"]
    for row in rows("polsek.csv"):
        assert row["sumber"].startswith("https://") == (row["dasar"] == "tersumber")


def test_stages_have_a_source_and_run_forward() -> None:
    stages = rows("tahapan.csv")
    assert len(stages) == 29
    for stage in stages:
        assert stage["sumber"].startswith("https://")
        begin, end = (stage[key] and date.fromisoformat(stage[key]) for key in ("mulai", "selesai"))
        assert not (begin and end) or begin <= end
    assert [s["mulai"] for s in stages if s["tahapan"] == "Pemungutan suara"] == ["2024-11-27"]


def test_no_file_of_the_register_has_a_place_for_votes() -> None:
    for path in FOLDER.glob("*.csv"):
        heading = path.read_text("utf-8").splitlines()[0]
        assert not re.search(r"suara|paslon|calon|vote", heading), path.name


def test_sources_name_licence_disagreement_and_every_file() -> None:
    text = (FOLDER / "SOURCES.md").read_text("utf-8")
    assert "ODbL" in text
    assert "664" in text
    for path in FOLDER.glob("*.csv"):
        assert path.name in text


def test_shipped_boundaries_are_sound_and_those_of_the_register(ours: Register) -> None:
    report = check_boundaries(ours.election.boundaries_folder, ours)
    assert report.warnings == ()
    assert (report.features, report.vertices) == (16, 399)
    assert report.total_km2 == pytest.approx(2298.96, abs=0.01)
    drawn = boundaries.load(ours.election.boundaries_folder)
    assert shapely.coverage_is_valid(drawn.polygons)
    assert drawn.credit == (
        "Batas: Badan Informasi Geospasial; olahan cahyadsn/wilayah_boundaries (MIT)"
    )
    assert drawn.caution == "Disederhanakan, bukan acuan hukum"
    collection = json.loads(drawn.raw)
    assert set(collection) == {"type", "credit", "caution", "features"}


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(104.67555, -3.25249, "16.10.04"), (104.77452, -3.33725, "16.10.03"),
     (104.56717, -3.66648, "16.10.01"), (104.7458, -2.91673, None)],
)  # fmt: skip
def test_towns_lie_in_their_kecamatan(
    lon: float, lat: float, code: str | None, ours: Register
) -> None:
    """Indralaya, Tanjung Raja, Muara Kuang; Palembang lies outside. Points: GeoNames, CC BY 4.0."""
    drawn = boundaries.load(ours.election.boundaries_folder)
    assert drawn.locate(np.array([lon]), np.array([lat])).tolist() == [code]


@pytest.mark.parametrize("count", [1, 2, 3, 11, 99])
def test_an_invented_kabupaten_of_any_size_loads(count: int, tmp_path: Path) -> None:
    register = domain_register.load(election.load(invented_election(tmp_path / "contoh", count)))
    assert list(register.kecamatan) == kecamatan_codes(count)
    assert len(register.tps) == 6 * count == register.election.tps_total
    assert register.election.zone.key == "Asia/Makassar"
    assert len({kecamatan.name for kecamatan in register.kecamatan.values()}) == count
    assert check_boundaries(register.election.boundaries_folder, register).is_sound
    drawn = boundaries.load(register.election.boundaries_folder)
    assert drawn.bounds[:1] == square(kecamatan_codes(count)[0])[:1]


def test_invented_election_of_no_kecamatan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 to 99"):
        invented_election(tmp_path, 0)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def load(folder: Path) -> Register:
    return domain_register.load(election.load(folder))


def test_kpus_own_list_replaces_the_estimate(tmp_path: Path) -> None:
    folder = invented_election(tmp_path / "contoh", 1)
    official = (folder / "tps.csv").read_text("utf-8").replace(",300,", ",,")
    (folder / "tps_kpu.csv").write_text("\ufeff" + official, "utf-8")
    assert load(folder).tps["dpt"].isna().all()


def test_the_list_of_tps_may_say_where_each_stands_and_a_desa_is_in_the_middle_of_its_tps(
    tmp_path: Path,
) -> None:
    folder = invented_election(tmp_path / "contoh", 1)
    head, *rows = (folder / "tps.csv").read_text("utf-8").splitlines()
    places = ["-3,1,104.5,Kobo", "-3.2,104.7,", "-3.9,104.6,", ",104.6,"]
    places += [",,"] * (len(rows) - len(places))
    places = [place.replace("-3,1", '"-3,1"') for place in places]
    lines = [f"{head},lat,lon,sumber_letak", *map(",".join, zip(rows, places, strict=True))]
    (folder / "tps.csv").write_text("\n".join(lines), "utf-8")
    tps = load(folder).tps
    assert tps["lat"].notna().sum() == tps["lon"].notna().sum() == 3
    assert tps["place_source"].tolist()[:3] == ["Kobo", "daftar TPS", "daftar TPS"]
    assert tps["place_source"].isna().sum() == len(tps) - 3
    points = road_network.compute_desa_points(tps)
    for desa, (lon, lat) in points.items():
        own = tps[(tps["desa"] == desa) & tps["lat"].notna()]
        assert (lon, lat) == (own["lon"].median(), own["lat"].median())
    assert sum(tps["desa"].isin(list(points)) & tps["lat"].notna()) == 3


def _estimated(register: Register) -> tuple[set[str], set[str]]:
    """Kecamatan whose voters are an estimate, and those of TPS whose voters are."""
    places = {code for code, place in register.kecamatan.items() if place.dpt_estimated}
    return places, set(register.tps.loc[register.tps["estimated"], "kecamatan"])


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("election.toml", "tps = 18", "tps = 21",
         Mismatch("TPS", "", 21, "election.toml", 18, "tps.csv")),
        ("election.toml", "dpt = 5400", "dpt = 5401",
         Mismatch("DPT", "", 5401, "election.toml", 5400, "kecamatan.csv")),
        ("kecamatan.csv", "1800,tidak,6", "1800,tidak,7",
         Mismatch("TPS", "99.01.01", 7, "kecamatan.csv", 6, "tps.csv")),
        ("tps.csv", ",300,", ",299,",
         Mismatch("DPT", "99.01.01", 1800, "kecamatan.csv", 1799, "tps.csv")),
    ],
)  # fmt: skip
def test_a_register_that_does_not_add_up_opens_and_says_both_numbers_and_where(
    file: str, old: str, new: str, told: Mismatch, tmp_path: Path
) -> None:
    folder = invented_election(tmp_path / "contoh", 3)
    before = load(folder)
    edit(folder / file, old, new)
    register = load(folder)
    assert (before.mismatches, register.mismatches) == ((), (told,))
    # Whatever rests on the number is marked, and of other kecamatan nothing is.
    doubted = {told.kecamatan} if told.kecamatan else set(register.kecamatan)
    assert _estimated(register) == tuple(marked | doubted for marked in _estimated(before))
    assert register.is_complete
    (said,) = view_text.format_mismatches(register)
    for part in (
        str(told.declared % 1000),
        str(told.counted % 1000),
        told.declared_in,
        told.counted_in,
    ):
        assert part in said


def test_whoever_sees_one_kecamatan_is_told_of_its_numbers_and_of_the_whole(tmp_path: Path) -> None:
    folder = invented_election(tmp_path / "contoh", 3)
    edit(folder / "election.toml", "tps = 18", "tps = 21")
    edit(folder / "kecamatan.csv", "1800,tidak,6", "1800,tidak,7")
    register = load(folder)
    assert [len(register.restrict_to([code]).mismatches) for code in ("99.01.01", "99.01.02")] == [
        2,
        1,
    ]
    assert not register.restrict_to(["99.01.01"]).is_complete
    assert register.restrict_to(list(register.kecamatan)).is_complete


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("tps.csv", "99.01.01.1001,2,", "99.01.01.1001,1,", "99.01.01.1001 1 tertulis dua kali"),
        ("tps.csv", "99.01.01.1001,2,", "99.01.01.1001,dua,", "tps.csv baris 3"),
        ("tps.csv", "kerawanan,perkiraan\n", "kerawanan,lat\n", "'tidak' bukan derajat"),
        ("kecamatan.csv", "1800,tidak,6", "1800,tidak,", "kecamatan.csv baris 2"),
        ("kecamatan.csv", "kode,", "kod,", "kecamatan.csv baris 1: kolom 'kode' tidak ada"),
        ("desa.csv", "99.01.02.2003", "99.01.02.2009", "tidak ada di desa.csv"),
        ("desa.csv", "desa,99.01.02", "desa,99.01.09", "tidak ada di kecamatan.csv"),
        ("election.toml", 'zone_label = "WITA"', "", "entri 'zone_label' tidak ada"),
        ("election.toml", 'zone_label = "WITA"', "zone_label = WITA", "election.toml baris "),
        ("election.toml", "tps_opens = 07:00:00", 'tps_opens = "pagi"', "election.toml"),
        ("election.toml", "tps_opens = 07:00:00", 'tps_opens = "07:00:00"', "tanpa tanda kutip"),
        ("election.toml", "tps = 18", 'tps = "18"', "entri 'tps' di [register]: '18' bukan"),
        ("election.toml", "[day]", 'seats = "99.01.01"\n[day]', "'seats' tidak dikenal di [kab"),
        ("rules.toml", "=", "", "rules.toml baris "),
        (
            "rules.toml",
            "# most_km = 60",
            "most_kms = 60",
            "entri 'most_kms' tidak dikenal di [moves]",
        ),
        (
            "rules.toml",
            "after_min = 30",
            "after_mins = 30",
            "'after_mins' tidak dikenal di [tps_rep",
        ),
        ("rules.toml", "share = 0.17", "shares = 0.17", "'share' tidak ada di [turnout.curve.2]"),
        ("rules.toml", "word_every_min = 210", 'word_every_min = "210"', "'210' bukan angka"),
        ("rules.toml", "personel = 20", "personel = 21", "jumlahnya 101"),
        ("rules.toml", 'against = "Pil', 'against = "Pemil', "tidak ada di references"),
        ("rules.toml", "patroli = 0.5", "patroli = 1.5", "entri 'patroli' di [moves.stays]"),
    ],
)
def test_a_definition_that_cannot_be_used_is_told_in_one_sentence_with_file_and_line(
    file: str, old: str, new: str, told: str, tmp_path: Path
) -> None:
    folder = invented_election(tmp_path / "contoh", 3)
    edit(folder / file, old, new)
    with pytest.raises(DefinitionError, match=re.escape(told)) as refused:
        load(folder)
    said = str(refused.value)
    assert file in said and "mulai lagi" in said and "\n" not in said


def test_name_of_a_place_is_found_at_every_level(ours: Register) -> None:
    assert ours.name_of("16.10.10.2008") == "Sribanding"
    assert ours.name_of("16.10.04") == "Indralaya"
    assert ours.name_of(None) == "Ogan Ilir"
    assert ours.name_of("99") == "99"
