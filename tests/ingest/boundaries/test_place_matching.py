"""Which row is which place: by the values of columns, never by a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from situasi.domain.register import Kecamatan, Register
from situasi.ingest.boundaries.match_result import MatchResult
from situasi.ingest.boundaries.place_matching import match_places
from tests.builders_election import kecamatan_codes, kecamatan_name
from tests.ingest.boundaries import builders as made

CODES = kecamatan_codes(4)
NAMES = [kecamatan_name(code) for code in CODES]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return made.register(tmp_path)


def named(register: Register, names: Sequence[str]) -> Register:
    """The register with its kecamatan called otherwise."""
    kecamatan: dict[str, Kecamatan] = {
        code: replace(place, name=name)
        for (code, place), name in zip(register.kecamatan.items(), names, strict=True)
    }
    return replace(register, kecamatan=kecamatan, aliases=())


def read(register: Register, level: str = "kecamatan", **columns: Sequence[Any]) -> MatchResult:
    reading = match_places(pd.DataFrame(columns), level, register)
    assert reading is not None
    return reading


@pytest.mark.parametrize(
    "written",
    [
        CODES,
        ["990101", "990102", "990103", "990104"],
        [990101, 990102, 990103, 990104],
        [990101.0, 990102.0, 990103.0, 990104.0],
        ["990101.0", "990102.0", "990103.0", "990104.0"],
        ["99 01 01", " 99-01-02", "99.01.03 ", "990104"],
    ],
)
def test_codes_are_read_in_every_writing(written: list[Any], register: Register) -> None:
    assert read(register, ID=[9, 9, 9, 9], KDCPUM=written).codes == CODES


def test_codes_of_desa_tell_their_kecamatan(register: Register) -> None:
    assert read(register, KDEPUM=["99.01.01.2001", "9901021003"]).codes == CODES[:2]


def test_a_zero_behind_the_code_is_read_but_to_be_confirmed(register: Register) -> None:
    reading = read(register, kode=["9901010", "9901020", "9901030", "9901040"])
    assert reading.codes == CODES
    assert reading.is_weak


def test_bps_codes_that_fit_but_mean_others_are_not_used(register: Register) -> None:
    """BPS counts 010, 020, 030 in another order: every code fits, and every one is wrong."""
    bps = ["9901020", "9901010", "9901040", "9901030"]
    reading = read(register, kode_bps=bps, NAMOBJ=NAMES)
    assert reading.codes == CODES
    assert reading.column == "NAMOBJ"
    assert any("bukan kode Kemendagri" in warning for warning in reading.warnings)


def test_six_digit_codes_that_names_deny_are_not_used(register: Register) -> None:
    reading = read(register, kode=CODES[::-1], nama=NAMES)
    assert (reading.column, reading.codes) == ("nama", CODES)


def test_a_town_named_like_another_kecamatan_denies_nothing(register: Register) -> None:
    reading = read(register, kode=CODES, ibukota=[NAMES[1], "Kota Lain", "Sana", "Sini"])
    assert (reading.column, reading.codes) == ("kode", CODES)


def test_the_column_is_found_by_its_values_not_its_name(register: Register) -> None:
    """A column called NAMOBJ holds remarks; the names stand in a column called REMARK."""
    reading = read(register, NAMOBJ=["-", "lihat peta", "", None], REMARK=NAMES)
    assert (reading.column, reading.codes) == ("REMARK", CODES)


@pytest.mark.parametrize(
    "write",
    [str.upper, str.lower, "Kec. {}".format, "KECAMATAN {}".format, " {} ".format,
     lambda name: name.replace(" ", ""), lambda name: name.replace(" ", "-")],
)  # fmt: skip
def test_names_are_read_in_every_writing(write: Any, register: Register) -> None:
    assert read(register, WADMKC=[write(name) for name in NAMES]).codes == CODES


def test_a_misspelt_name_is_read_and_said(register: Register) -> None:
    written = [*NAMES[:3], NAMES[3].replace("a", "aa", 1)]
    reading = read(register, WADMKC=written)
    assert reading.codes == CODES
    assert any(written[3] in warning and NAMES[3] in warning for warning in reading.warnings)


def test_a_name_like_two_kecamatan_is_no_guess(register: Register) -> None:
    alike = named(register, ["Sungai Pinang", "Sungai Pinank", "Batu Gading", "Lembah Jati"])
    reading = read(alike, nama=["Sungai Pinan", "Lain", "Batu Gading", "Lembah Jati"])
    assert reading.codes == [None, None, *CODES[2:]]
    assert "Sungai Pinan" in reading.unknown_names


def test_two_strange_names_for_one_kecamatan_are_no_guess(register: Register) -> None:
    reading = read(register, nama=[*NAMES[:3], NAMES[3] + "x", NAMES[3] + "y"])
    assert reading.codes == [*CODES[:3], None, None]


def test_a_misspelling_among_names_from_elsewhere_is_no_guess(register: Register) -> None:
    written = [*NAMES[:3], NAMES[3] + "x", "Entah Berantah"]
    assert read(register, nama=written).codes == [*CODES[:3], None, None]


def test_two_misspellings_of_one_name_are_no_guess_though_another_is_missing(
    register: Register,
) -> None:
    written = [*NAMES[:2], NAMES[3] + "x", NAMES[3] + "y"]
    assert read(register, nama=written).codes == [*CODES[:2], None, None]


def test_a_numeral_is_part_of_the_name(register: Register) -> None:
    counted = named(register, ["Kandis I", "Kandis II", "Kandis III", "Batu Gading"])
    assert read(counted, nama=["KANDIS 2", "Kandis 1", "kandis iii", "Batu Gading"]).codes == [
        CODES[1], CODES[0], CODES[2], CODES[3],
    ]  # fmt: skip
    lost = read(counted, nama=["Kandis I", "Kandis II", "Kandis IV", "Batu Gading"])
    assert lost.codes[2] is None


def test_a_namesake_in_another_kabupaten_is_left_out(register: Register) -> None:
    reading = read(
        register,
        WADMKC=[*NAMES, NAMES[0]],
        WADMKK=["Kab. Negeri Contoh"] * 4 + ["Kabupaten Lain"],
    )
    assert reading.codes == [*CODES, None]


def test_the_kabupaten_may_be_told_by_code(register: Register) -> None:
    reading = read(register, nama=[NAMES[0], *NAMES], KDPKAB=["99.02", *["99.01"] * 4])
    assert reading.codes == [None, *CODES]


def test_desa_of_one_name_are_told_apart_by_their_kecamatan(register: Register) -> None:
    twins = {
        code: replace(desa, name="Penyandingan") if code.endswith("2002") else desa
        for code, desa in register.desa.items()
    }
    register = replace(register, desa=twins)
    members = list(register.desa.values())
    reading = read(
        register,
        "desa",
        DESA=[desa.name.upper() for desa in members],
        KECAMATAN=[register.kecamatan[desa.kecamatan].name for desa in members],
    )
    assert reading.codes == [desa.code for desa in members]
    alone = read(register, "desa", DESA=[desa.name for desa in members])
    assert {code for code in alone.codes if code} == {
        desa.code for desa in members if desa.name != "Penyandingan"
    }


def test_bps_codes_that_look_like_desa_codes_are_not_used(register: Register) -> None:
    """BPS 9901 021 003 has the digits of Kemendagri's 99.01.02.1003; the names know better."""
    desa = list(register.desa.values())
    table = {
        "kode_bps": [f"99010{at:02d}001" for at in range(1, len(desa) + 1)],
        "nama": [place.name for place in desa],
    }
    table["kode_bps"][0] = desa[-1].code.replace(".", "")
    assert read(register, "desa", **table).codes == [place.code for place in desa]


def test_a_kecamatan_told_for_one_row_alone_does_not_hide_the_other_names(
    register: Register,
) -> None:
    desa = list(register.desa.values())
    codes = ["9901011009", *["0"] * (len(desa) - 1)]
    reading = read(register, "desa", kode=codes, nama=[place.name for place in desa])
    assert reading.codes == [place.code for place in desa]


def test_nothing_known_is_no_reading(register: Register) -> None:
    table = pd.DataFrame({"nama": ["Entah", None, 3.5], "id": [1, 2, 3], "ya": [True, False, True]})
    assert match_places(table, "kecamatan", register) is None
    assert match_places(table, "desa", register) is None
    assert match_places(pd.DataFrame(index=[0, 1]), "kecamatan", register) is None
