"""Places as people write them: the right kecamatan, a question, or a note; never a guess."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from situasi.domain import election
from situasi.domain import register as domain_register
from situasi.domain.register import Desa, Kecamatan, Register
from situasi.domain.settings import ROOT
from situasi.ingest.gazetteer.lookup import ParsedDesa, ParsedKecamatan, PlaceLookup
from situasi.ingest.gazetteer.name_index import load_abbreviations, tokenize_name
from situasi.ingest.parsing.cells import UnreadableCell

ELECTION = election.load(ROOT / "data" / "elections" / "ogan-ilir-2024")
INDRALAYA, UTARA, RAJA, BATU = "16.10.04", "16.10.07", "16.10.03", "16.10.02"
KUANG, PAYARAMAN = "16.10.01", "16.10.16"


def naive(*parts: int) -> datetime:
    """A moment without a zone, as spreadsheets hold them."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[misc, arg-type]


def register(
    kecamatan: dict[str, str], desa: dict[str, str], *aliases: tuple[str, str]
) -> Register:
    return Register(
        election=ELECTION,
        kecamatan={
            code: Kecamatan(code, name, 0, False, 0, "", True) for code, name in kecamatan.items()
        },
        desa={
            code: Desa(code, name, "desa", code.rpartition(".")[0]) for code, name in desa.items()
        },
        tps=pd.DataFrame(),
        aliases=aliases,
        stages=(),
        sop=(),
    )


SMALL = register(
    {
        KUANG: "Muara Kuang", BATU: "Tanjung Batu", RAJA: "Tanjung Raja", INDRALAYA: "Indralaya",
        UTARA: "Indralaya Utara", "16.10.08": "Indralaya Selatan", PAYARAMAN: "Payaraman",
    },
    {
        "16.10.01.2013": "Seri Kembang", "16.10.04.2006": "Tanjung Gelam",
        "16.10.04.2010": "Muara P. Ulu", "16.10.04.2018": "Penyandingan",
        "16.10.07.1016": "Timbangan", "16.10.07.2009": "Tanjung Baru",
        "16.10.02.1017": "Tanjung Batu",
        "16.10.16.2006": "Seri Kembang I", "16.10.16.2010": "Seri Kembang II",
        "16.10.16.2011": "Seri Kembang III", "16.10.03.2018": "Kota Daro I",
        "16.10.03.2019": "Penyandingan", "16.10.08.2007": "Meranjat I",
        "16.10.08.2009": "Meranjat II",
    },
    (INDRALAYA, "Inderalaya"),
)  # fmt: skip


@cache
def small() -> PlaceLookup:
    return PlaceLookup(SMALL)


@cache
def real() -> tuple[Register, PlaceLookup]:
    known = domain_register.load(ELECTION)
    return known, PlaceLookup(known)


def kecamatan(name: object, code: object = None) -> ParsedKecamatan:
    return small().read_kecamatan(code, name)  # type: ignore[arg-type]


def refused(name: object, code: object = None) -> str:
    with pytest.raises(UnreadableCell) as error:
        kecamatan(name, code)
    return str(error.value)


@pytest.mark.parametrize(
    "code",
    ["16.10.04", "161004", 161004, 161004.0, "16-10-04", "16 10 04", "04", "4", 4, 4.0, "4.0",
     "16.10.04.2006", "1610042006", 1610042006, "16.10.04 - Indralaya"],
)  # fmt: skip
def test_a_kemendagri_code_in_any_writing_is_its_kecamatan(code: object) -> None:
    assert kecamatan(None, code) == ParsedKecamatan(INDRALAYA)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1610040", "kode BPS"), (1610040, "kode BPS"), ("99", "tidak dikenal"),
        ("16.10.99", "tidak dikenal"), ("16.02.04", "di luar Ogan Ilir"), (16.1, "tidak terbaca"),
        (naive(2004, 10, 16), "tidak terbaca"), ("0", "tidak dikenal"), (-4, "tidak terbaca"),
        ("16.10.04.20", "tidak terbaca"), ("4" * 400, "tidak terbaca"),
    ],
)  # fmt: skip
def test_a_code_that_is_not_ours_is_refused(code: object, said: str) -> None:
    assert said in refused(None, code)


def test_an_unknown_desa_code_still_tells_its_kecamatan() -> None:
    read = kecamatan(None, "16.10.04.9999")
    assert read.code == INDRALAYA
    assert read.note is not None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Tanjung Raja", RAJA), ("TANJUNG RAJA", RAJA), ("Kec. Tanjung Raja", RAJA),
        ("Kecamatan Tanjung-Raja", RAJA), ("tanjungraja", RAJA), ("Tj. Raja", RAJA),
        ("Tjg Rj", RAJA), ("Kec.Tanjung  Raja", RAJA), ("Tj. B", BATU), ("Indralaya U", UTARA),
        ("Ind. Utara", UTARA), ("Inderalaya", INDRALAYA), ("indralaya utr.", UTARA),
        ("Indralaya S", "16.10.08"), ("Inderalaya Sel", "16.10.08"), ("M. Kuang", KUANG),
        ("Kec. Indralaya, Kab. Ogan Ilir", INDRALAYA),
        ("Kab. Ogan Ilir, Kec. Indralaya", INDRALAYA), ("Desa Anu Kec. Indralaya", INDRALAYA),
        ("16.10.04", INDRALAYA), ("Tanjung\u00a0Raja", RAJA), ("Ｔanjung Raja", RAJA),
    ],
)  # fmt: skip
def test_a_name_as_the_field_writes_it_is_its_kecamatan(name: str, code: str) -> None:
    assert kecamatan(name) == ParsedKecamatan(code)


@pytest.mark.parametrize("name", ["Ogan Ilir", "Kab. OI", "Kabupaten Ogan Ilir", "se-kabupaten",
                                  "Seluruh wilayah Kab. Ogan Ilir", "16.10", "1610",
                                  1610])  # fmt: skip
def test_the_kabupaten_itself_is_the_whole_area(name: object) -> None:
    assert kecamatan(name) == ParsedKecamatan(None)


@pytest.mark.parametrize(
    ("name", "code"),
    [("Indralya", INDRALAYA), ("Payaramn", PAYARAMAN), ("Tanjung Rajaa", RAJA),
     ("Indralaya Utata", UTARA), ("Tanjng Raja", RAJA)],
)  # fmt: skip
def test_a_clear_misspelling_is_read_with_a_note(name: str, code: str) -> None:
    read = kecamatan(name)
    assert read.code == code
    assert read.note is not None
    assert name in read.note


def test_an_ambiguous_name_is_refused_with_what_it_may_mean() -> None:
    assert refused("Tanjung") == 'kecamatan "Tanjung" bisa berarti Tanjung Batu atau Tanjung Raja'
    assert "Indralaya Utara" in refused("Indralaya X")
    assert refused("Raja").endswith("maksudnya Tanjung Raja?")


@pytest.mark.parametrize("name", ["Gelumbang", "Kab. OKI", "Polsek Indralaya", "Indralaya Timur",
                                  "Indralaya Uta", "kecamatan", "se", "x" * 500, "4",
                                  "???"])  # fmt: skip
def test_a_name_that_is_none_of_ours_is_refused(name: str) -> None:
    assert name[:20] in refused(name)


def test_no_place_at_all_is_refused() -> None:
    for empty in (None, "", " - ", float("nan")):
        assert refused(empty, empty) == "tempat tidak disebut"


def test_code_and_name_that_contradict_are_refused_naming_both() -> None:
    reason = refused("Tanjung Raja", "16.10.04")
    assert "Indralaya" in reason
    assert "Tanjung Raja" in reason
    assert "Indralaya" in refused("Tanjung", "04")
    assert "tidak dikenal" in refused("Indralaya", "16.10.99")
    assert "di luar" in refused("Indralaya", "16.02.04")


def test_a_readable_half_stands_for_an_unreadable_one_with_a_note() -> None:
    for name, code in (("Gelumbang", "04"), ("Indralaya", "1610040"), ("Indralaya", "?")):
        read = kecamatan(name, code)
        assert read.code == INDRALAYA
        assert read.note is not None


def test_the_kabupaten_gives_way_to_a_kecamatan_in_the_other_cell() -> None:
    assert (
        kecamatan("Indralaya", "16.10")
        == kecamatan("Ogan Ilir", "04")
        == ParsedKecamatan(INDRALAYA)
    )


def test_a_kecamatan_named_like_the_kabupaten_is_asked_about() -> None:
    places = PlaceLookup(register({INDRALAYA: "Ogan Ilir"}, {}))
    assert places.read_kecamatan(None, "Kec. Ogan Ilir") == ParsedKecamatan(INDRALAYA)
    with pytest.raises(UnreadableCell, match="kecamatan atau kabupaten"):
        places.read_kecamatan(None, "Ogan Ilir")
    assert places.read_kecamatan(None, "Kab. Ogan Ilir") == ParsedKecamatan(None)


@pytest.mark.parametrize(
    ("text", "within", "code"),
    [
        ("Seri Kembang 2", PAYARAMAN, "16.10.16.2010"), ("seri kembang II", PAYARAMAN,
        "16.10.16.2010"),
        ("Seri Kembang", KUANG, "16.10.01.2013"), ("Ds. Tanjung Gelam", INDRALAYA, "16.10.04.2006"),
        ("Kel. Timbangan", UTARA, "16.10.07.1016"), ("Desa Tanjung Gelam TPS 01", INDRALAYA,
        "16.10.04.2006"), ("Muara Penimbung Ulu", INDRALAYA, "16.10.04.2010"),
        ("Kotadaro 1", RAJA, "16.10.03.2018"), ("16.10.04.2006", INDRALAYA, "16.10.04.2006"),
        ("Tj Gelam, Kec. Indralaya", INDRALAYA, "16.10.04.2006"),
    ],
)  # fmt: skip
def test_a_desa_is_read_within_its_kecamatan(text: str, within: str, code: str) -> None:
    assert small().read_desa(text, within) == ParsedDesa(code, within)


@pytest.mark.parametrize(
    ("text", "within", "said"),
    [
        ("Entah", INDRALAYA, 'desa "Entah" tidak dikenal di Indralaya'),
        ("Seri Kembang", PAYARAMAN, "bisa berarti Seri Kembang I, Seri Kembang II atau"),
        ("Seri Kembang 4", PAYARAMAN, "tidak dikenal"), ("Tanjung Batu", UTARA, "ada di kecamatan"),
        ("Timbangan", INDRALAYA, "ada di kecamatan Indralaya Utara, bukan Indralaya"),
        ("16.10.07.1016", INDRALAYA, "bukan Indralaya"), ("16.10.04.9999", INDRALAYA, "kode desa"),
        ("Anu dan Tanjung Gelam", INDRALAYA, "lebih dari satu desa"),
    ],
)  # fmt: skip
def test_a_desa_not_recognised_is_a_note_and_no_error(text: str, within: str, said: str) -> None:
    read = small().read_desa(text, within)
    assert (read.code, read.kecamatan) == (None, within)
    assert read.note is not None
    assert said in read.note


def test_a_misspelled_desa_is_read_with_a_note() -> None:
    read = small().read_desa("Tanjung Glam", INDRALAYA)
    assert read.code == "16.10.04.2006"
    assert read.note is not None


def test_a_desa_known_once_tells_its_kecamatan() -> None:
    assert small().read_desa("Timbangan", None) == ParsedDesa("16.10.07.1016", UTARA)
    assert small().read_desa("Seri Kembang 3", None).kecamatan == PAYARAMAN
    assert small().read_desa("Entah", None).kecamatan is None
    meranjat = small().read_desa("Meranjat", None)
    assert (meranjat.code, meranjat.kecamatan) == (None, "16.10.08")


@pytest.mark.parametrize("text", ["Penyandingan", "Seri Kembang"])
def test_a_desa_known_in_two_kecamatan_is_refused_only_where_it_is_needed(text: str) -> None:
    with pytest.raises(UnreadableCell, match="sebut kecamatannya"):
        small().read_desa(text, None)
    read = small().read_desa(text, None, required=False)
    assert (read.code, read.kecamatan) == (None, None)
    assert read.note is not None


def test_no_desa_is_no_note() -> None:
    assert small().read_desa(None, INDRALAYA) == ParsedDesa(None, INDRALAYA)


def test_every_name_of_the_real_register_is_its_own() -> None:
    known, places = real()
    for area in known.kecamatan.values():
        assert places.read_kecamatan(None, area.name) == ParsedKecamatan(area.code)
        assert places.read_kecamatan(area.code, f"KEC. {area.name.upper()}") == ParsedKecamatan(
            area.code
        )
    for village in known.desa.values():
        assert places.read_desa(village.name, village.kecamatan).code == village.code, village


def test_every_alias_of_the_real_register_is_its_place() -> None:
    known, places = real()
    for code, spelling in known.aliases:
        if code in known.kecamatan:
            assert places.read_kecamatan(None, spelling) == ParsedKecamatan(code), spelling
        else:
            assert places.read_desa(spelling, known.desa[code].kecamatan).code == code, spelling


def slips(name: str) -> Iterator[str]:
    """Every variant of a name that is one slip of the finger away."""
    for at in range(len(name) + 1):
        head, tail = name[:at], name[at:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in string.ascii_lowercase + " ":
            yield head + letter + tail
            yield head + letter + tail[1:]


def holds(
    variant: str, meant: str, read: str | None, note: str | None, names: dict[str, str]
) -> bool:
    """The slip is read as what was meant, or not at all, or (with a note) as nothing farther."""
    if read is None or read == meant:
        return True
    written = "".join(tokenize_name(variant))
    exact = written == "".join(tokenize_name(names[read]))
    near = OSA.distance(written, "".join(tokenize_name(names[read])))
    return exact or (
        note is not None and near <= OSA.distance(written, "".join(tokenize_name(names[meant])))
    )


@pytest.mark.parametrize("which", ["small", "real"])
def test_no_slip_of_the_finger_makes_another_kecamatan(which: str) -> None:
    known, places = (SMALL, small()) if which == "small" else real()
    names = {area.code: area.name for area in known.kecamatan.values()}
    recognised = 0
    for code, name in names.items():
        for variant in slips(name.lower()):
            try:
                read = places.read_kecamatan(None, variant)
            except UnreadableCell:
                continue
            recognised += read.code == code
            assert read.code is not None
            assert holds(variant, code, read.code, read.note, names), (variant, name, read)
    assert recognised > 100 * len(names)


@pytest.mark.parametrize("within", [True, False])
def test_no_slip_of_the_finger_makes_another_desa(within: bool) -> None:
    known, places = (real()) if within else (SMALL, small())
    names = {village.code: village.name for village in known.desa.values()}
    for village in list(known.desa.values())[:: 8 if within else 1]:
        area = village.kecamatan if within else None
        for variant in slips(village.name.lower()):
            read = places.read_desa(variant, area, required=False)
            assert holds(variant, village.code, read.code, read.note, names), (
                variant,
                village,
                read,
            )


@given(st.text(max_size=20))
def test_a_random_text_is_never_a_confident_kecamatan(text: str) -> None:
    try:
        read = kecamatan(text)
    except UnreadableCell:
        return
    words = "".join(tokenize_name(text))
    assert read.code is None or read.note or words.isdigit() or len(words) < 6 or words in {
        "".join(tokenize_name(area.name)) for area in SMALL.kecamatan.values()
    }  # fmt: skip


@given(st.text(string.ascii_lowercase, min_size=5, max_size=14))
def test_random_letters_are_no_place(letters: str) -> None:
    names = {"".join(tokenize_name(area.name)) for area in SMALL.kecamatan.values()} | {
        "inderalaya"
    }
    if min(OSA.distance(letters, name) for name in names) > 2:
        with pytest.raises(UnreadableCell):
            kecamatan(letters)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans()), st.text())
def test_any_two_cells_are_a_place_of_the_register_or_refused(code: object, name: str) -> None:
    try:
        read = kecamatan(name, code)
    except UnreadableCell as refusal:
        reason = str(refusal)
    else:
        reason = "terbaca"
        assert read.code is None or read.code in SMALL.kecamatan
    assert reason


def test_abbreviations_are_read_from_a_spreadsheets_csv_too(tmp_path: Path) -> None:
    path = tmp_path / "semicolons_and_bom.csv"
    path.write_bytes(
        "\ufeffsingkatan;kata\r\ntj;tanjung\r\n;\r\ns;sungai\r\ns;selatan\r\n".encode()
    )
    assert load_abbreviations(path) == {"tj": ("tanjung",), "s": ("sungai", "selatan")}
