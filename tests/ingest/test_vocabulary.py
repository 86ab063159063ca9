"""Headings and words of the field: each means one thing, and a person may add to them."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from situasi.domain import feed_schemas
from situasi.domain.settings import ROOT
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.vocabulary.csv_lists import expand_phrase, normalize_key
from situasi.ingest.vocabulary.vocabulary import PART_COLUMNS, Vocabulary, load_vocabulary
from situasi.ingest.vocabulary.vote_headings import is_vote_heading

FOLDER = ROOT / "data" / "vocabulary"
VOCABULARY = load_vocabulary(FOLDER)
CANDIDATES = ("Panca Wijaya Akbar", "Panca-Ardani", "Ardani", "kolom kosong", "kotak kosong")
OWN_13 = "id,waktu,kode_kecamatan,kecamatan,desa,tps,lat,lon,jenis,tingkat,status,uraian,pelapor"
WORDS = [
    (feed.name, column.name, code)
    for feed in feed_schemas.FEEDS.values()
    for column in feed.columns
    for code in column.allowed_codes
]


def rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def feeds(name: str) -> list[str]:
    return list(feed_schemas.FEEDS) if name == "*" else [name]


def written(
    folder: Path, columns: bytes = b"", words: bytes = b"", institutions: bytes = b""
) -> Vocabulary:
    (folder / "columns.csv").write_bytes(b"feed,column,heading,synonym\n" + columns)
    (folder / "words.csv").write_bytes(b"feed,column,code,synonym\n" + words)
    (folder / "institutions.csv").write_bytes(b"name,synonym\n" + institutions)
    return load_vocabulary(folder)


@pytest.mark.parametrize(("feed", "column", "code"), WORDS)
def test_every_code_is_reached_by_its_own_spelling(feed: str, column: str, code: str) -> None:
    for spelling in (code, code.replace("_", " "), code.upper(), f" {code.title()}. "):
        assert VOCABULARY.read_code(feed, column, spelling) == (code, None)


def own_meanings() -> dict[tuple[str, str], str]:
    """What a heading means in one feed, though it may mean something else in all others."""
    own = {
        (feed.name, normalize_key(column.heading)): column.name
        for feed in feed_schemas.FEEDS.values()
        for column in feed.columns
        if column.name not in {"kecamatan", "desa_text"}
    }
    said = [row for row in rows("columns.csv") if row["feed"] != "*"]
    return own | {
        (row["feed"], normalize_key(phrase)): row["column"]
        for row in said
        for phrase in expand_phrase(row["synonym"])
    }


def test_every_synonym_of_the_files_is_reached_and_means_one_thing() -> None:
    own = own_meanings()
    for row in rows("words.csv"):
        for feed, phrase in product(feeds(row["feed"]), expand_phrase(row["synonym"])):
            assert VOCABULARY.read_code(feed, row["column"], phrase) == (row["code"], None), row
    for row in rows("columns.csv"):
        for feed in feeds(row["feed"]):
            if (
                row["column"] in PART_COLUMNS
                or row["column"] in feed_schemas.FEEDS[feed].column_names
            ):
                for phrase in expand_phrase(row["synonym"]):
                    meant = own.get((feed, normalize_key(phrase)), row["column"])
                    assert VOCABULARY.find_column(feed, phrase) == meant, row


def test_no_synonym_stands_twice_in_the_files() -> None:
    for name, target in (("words.csv", "column"), ("columns.csv", "feed")):
        seen = Counter(
            (row["feed"], row[target], normalize_key(phrase))
            for row in rows(name)
            for phrase in expand_phrase(row["synonym"])
        )
        assert not {entry: count for entry, count in seen.items() if count > 1}


def test_a_row_of_the_list_may_stand_for_several_phrases(tmp_path: Path) -> None:
    assert expand_phrase("(kotak|kotak suara) [sudah|sdh] berangkat") == [
        "kotak berangkat", "kotak sudah berangkat", "kotak sdh berangkat",
        "kotak suara berangkat", "kotak suara sudah berangkat", "kotak suara sdh berangkat",
    ]  # fmt: skip
    assert expand_phrase("tps tutup") == ["tps tutup"]
    with pytest.raises(ValueError, match=r"words.csv baris 3: 'tps buka' sudah berarti dibuka"):
        written(tmp_path, words=b"tps,fase,dibuka,tps buka\ntps,fase,ditutup,tps (tutup|buka)\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Pemungutan ditutup", "ditutup"), ("PEMUNGUTAN SUARA USAI", "ditutup"),
        ("Pencoblosan berakhir", "ditutup"), ("voting dimulai", "dibuka"),
        ("pungut suara dibuka", "dibuka"), ("Perhitungan suara tuntas", "hitung_selesai"),
        ("Kotak suara sdh diberangkatkan", "kotak_bergeser"),
        ("kotak sdh masuk gudang PPK", "kotak_tiba_ppk"),
    ],
)  # fmt: skip
def test_phases_are_read_in_any_of_their_words(words: str, code: str) -> None:
    assert VOCABULARY.read_code("tps", "fase", words) == (code, None)


@pytest.mark.parametrize(
    ("feed", "column", "words", "code"),
    [
        ("personnel", "checkin", "Sdh di TPS", "tiba_di_tps"),
        ("personnel", "checkin", "sudah kembali", "kembali"),
        ("tps", "fase", "Telah ditutup", "ditutup"),
    ],
)
def test_a_step_is_known_with_or_without_already(
    feed: str, column: str, words: str, code: str
) -> None:
    assert VOCABULARY.read_code(feed, column, words) == (code, None)


def test_what_a_feed_says_of_a_heading_goes_before_what_all_feeds_say(tmp_path: Path) -> None:
    columns = b"roster,satuan,satuan,kesatuan\n*,pelapor,pelapor,kesatuan\n"
    found = written(tmp_path, columns)
    assert found.find_column("roster", "Kesatuan") == "satuan"
    assert found.find_column("incidents", "Kesatuan") == "pelapor"


def test_every_heading_of_our_own_files_is_its_column() -> None:
    renamed = {"kecamatan": "kecamatan_code", "desa_text": "desa_name"}
    for feed in feed_schemas.FEEDS.values():
        for column in feed.columns:
            expected = renamed.get(column.name, column.name)
            assert VOCABULARY.find_column(feed.name, column.heading) == expected
    assert [VOCABULARY.find_column("incidents", h) for h in OWN_13.split(",")] == [
        "id", "occurred_at", "kecamatan_code", "kecamatan_name", "desa_name", "tps", "lat", "lon",
        "jenis", "tingkat", "status", "uraian", "pelapor",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "column"),
    [("Waktu Kejadian", "occurred_at"), ("WAKTU_KEJADIAN", "occurred_at"), ("waktuKejadian",
     "occurred_at"), ("Tgl.", "date"), ("Jam (WIB)", "clock"), ("No. TPS", "tps"),
     ("occurredAt", "occurred_at"), ("Keterangan:", "uraian"), ("coordinates", "point"),
     ("Kec.", "kecamatan_name"), ("districts", "kecamatan_name"), ("no_karantina", "no_karantina"),
     ("", None), ("???", None), ("entah", None)],
)  # fmt: skip
def test_a_heading_is_known_whatever_its_case_and_marks(heading: str, column: str | None) -> None:
    assert VOCABULARY.find_column("incidents", heading) == column


@pytest.mark.parametrize(
    ("headings", "feed"),
    [
        (OWN_13, "incidents"), ("waktu,kecamatan,jenis", "incidents"),
        ("TANGGAL,JAM,KEC.,JENIS KEJADIAN,KET", "incidents"), ("time,date,category", "incidents"),
        ("occurred at,district,type,severity", "incidents"),
        ("waktu,kecamatan,desa,tps,hadir", "tps"), ("waktu,desa,tps,fase,hadir,uraian", "tps"),
        ("waktu,petugas,checkin,tps", "personnel"), ("Tanggal,Jenis,Kegiatan,Lokasi,Jumlah",
        "activities"), ("waktu,kecamatan,giat,uraian", "activities"),
        ("waktu,kecamatan,status", None), ("a,b,c", None), ("", None), ("waktu,tps", None),
        ("No,Nama,Pangkat,NRP,Satuan", "roster"), ("petugas,pangkat,satuan,instansi", "roster"),
        ("id personel,pangkat,kesatuan,asal instansi,ket", "roster"), ("waktu,petugas", None),
        ("Nama,NRP,Satuan", "roster"), ("NRP,Desa,TPS", "postings"),
        ("NO,NAMA,PANGKAT,NRP,JABATAN,TPS,DESA", "postings"),
        ("NRP,waktu,status personel,TPS", "personnel"),
        ("No Petugas,Kecamatan,Desa,TPS", "postings"), ("petugas,penugasan,lokasi", "postings"),
        ("Nomor Personel,Jenis Tugas,Kec,Desa,TPS yang dijaga", "postings"),
        ("Tanggal,Jam,No Petugas,Instansi,Lapor Diri,Kecamatan", "personnel"),
        ("Waktu,Petugas,Status Personel,TPS,Desa", "personnel"),
        ("Tanggal,Satuan,Jenis Pelanggaran,Sumber,Status", "neutrality"),
        ("waktu,langkah", "neutrality"), ("Tgl,Kesatuan,Kode Pelanggaran,Tahap,Sanksi",
        "neutrality"), ("Tanggal,Satgas,Uraian Kegiatan,Tempat,Jumlah Personel", "activities"),
        ("Tanggal,Jenis Giat,Tahapan,Mitra,Status", "activities"), ("kasus,ke,tindakan", "merges"),
        ("waktu,kecamatan,satuan,uraian", None), ("Tanggal,Jenis,Satuan,Uraian", "incidents"),
        ("Kecamatan,Desa,TPS,08.00,10.00,12.00", "tps"), ("Desa,No TPS,jam 8", "tps"),
        ("Kecamatan,hadir 08.00,hadir 10.00", "tps"), ("Kecamatan,Uraian,08.00", None),
        ("desa,tps,hadir dpt,hadir dptb,hadir dpk", "tps"), ("waktu,desa,tps,kontak", "tps"),
    ],
)  # fmt: skip
def test_the_headings_tell_the_feed_or_it_stays_unclear(headings: str, feed: str | None) -> None:
    assert VOCABULARY.detect_feed(headings.split(",")) == feed


@pytest.mark.parametrize("feed", feed_schemas.FEEDS.values(), ids=lambda feed: feed.name)
def test_our_own_export_of_a_feed_is_that_feed(feed: feed_schemas.Feed) -> None:
    headings = [column.heading for column in feed.columns]
    assert VOCABULARY.detect_feed(headings) == feed.name
    assert VOCABULARY.count_known_headings(headings) == len(headings)


def test_only_distinct_columns_are_counted() -> None:
    assert VOCABULARY.count_known_headings(["waktu", "waktu kejadian", "WAKTU", "entah", ""]) == 1
    assert VOCABULARY.count_known_headings([]) == 0
    assert VOCABULARY.count_known_headings(["27/11/2024 07.30", "16.10.04", "banjir", "412"]) == 0


@pytest.mark.parametrize(
    ("feed", "column", "cell", "code"),
    [
        ("incidents", "jenis", "Banjir", "bencana"), ("incidents", "jenis", "Money Politics",
        "politik_uang"), ("incidents", "jenis", "Unjuk rasa / aksi massa", "unjuk_rasa"),
        ("incidents", "jenis", "politik uang (serangan fajar)", "politik_uang"),
        ("incidents", "jenis", "aman dan kondusif", "nihil"), ("incidents", "tingkat", 3, "tinggi"),
        ("incidents", "tingkat", 3.0, "tinggi"), ("incidents", "tingkat", "HIGH", "tinggi"),
        ("incidents", "status", "Tuntas", "selesai"), ("incidents", "situasi", "Yellow", "kuning"),
        ("tps", "fase", "kotak tiba di PPK", "kotak_tiba_ppk"),
        ("tps", "fase", "TPS opened", "dibuka"), ("tps", "fase", "Polls closed", "ditutup"),
        ("tps", "fase", "Boxes left TPS", "kotak_bergeser"),
        ("activities", "status", "done", "terlaksana"),
        ("personnel", "instansi", "Pol PP", "satpol_pp"),
    ],
)  # fmt: skip
def test_a_word_of_the_field_is_its_code(feed: str, column: str, cell: object, code: str) -> None:
    assert VOCABULARY.read_code(feed, column, cell) == (code, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [("jenis", "bnjir", "bencana"), ("jenis", "kebakarran", "kebakaran"), ("tingkat", "tingi",
     "tinggi"), ("status", "selsai", "selesai"), ("status", "ditangni", "ditangani")],
)  # fmt: skip
def test_a_clear_misspelling_is_read_with_a_note(column: str, cell: str, code: str) -> None:
    read, note = VOCABULARY.read_code("incidents", column, cell)
    assert read == code
    assert note is not None
    assert cell in note


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("jenis", "xyz", "pilihan terdekat"), ("jenis", "tidak aman", "tidak dikenal"),
        ("jenis", "banjir/listrik padam", "lebih dari satu: bencana, listrik jaringan"),
        ("jenis", "banjir, entah", "tidak dikenal"), ("jenis", None, "jenis kosong"),
        ("jenis", "!!!", "tidak dikenal"), ("jenis", "x" * 10_000, "tidak dikenal"),
        ("tingkat", "hijau", "rendah"), ("tingkat", "rawan", "tinggi"), ("tingkat", 4, "tidak"),
        ("status", "terbukti", "tidak dikenal"), ("status", "belum selesai", "tidak dikenal"),
        ("situasi", "sangat rawan", "hijau"),
        ("situasi", "tinggi", "tidak dikenal"),
    ],
)  # fmt: skip
def test_a_word_that_means_nothing_or_two_things_is_refused(
    column: str, cell: object, said: str
) -> None:
    with pytest.raises(UnreadableCell, match=said):
        VOCABULARY.read_code("incidents", column, cell)  # type: ignore[arg-type]


def test_a_misspelling_never_loses_its_negation() -> None:
    assert VOCABULARY.read_code("incidents", "status", "unverifed")[0] == "dilaporkan"
    with pytest.raises(UnreadableCell):
        VOCABULARY.read_code("incidents", "status", "tidak selsai")


def test_the_three_scales_are_never_mixed() -> None:
    scales = {"tingkat": feed_schemas.TINGKAT, "situasi": feed_schemas.SITUASI}
    for (one, _), (_, words) in itertools.permutations(scales.items(), 2):
        for word in (*words, *feed_schemas.KERAWANAN):
            with pytest.raises(UnreadableCell):
                VOCABULARY.read_code("incidents", one, word)


@given(st.text(max_size=16), st.sampled_from(sorted({(f, c) for f, c, _ in WORDS})))
def test_any_text_is_a_code_of_its_column_or_refused(text: str, where: tuple[str, str]) -> None:
    feed, column = where
    try:
        code, note = VOCABULARY.read_code(feed, column, text)
    except UnreadableCell:
        return
    assert code in feed_schemas.FEEDS[feed].column(column).allowed_codes
    nearest = min(
        OSA.distance(normalize_key(text), word) for word in VOCABULARY.codes[feed, column]
    )
    assert note is not None or nearest == 0 or not normalize_key(text).isalpha() or "dan" in text


@given(st.sampled_from(WORDS), st.integers(0, 30), st.sampled_from("aeiknsx"))
def test_a_slip_never_turns_a_code_into_a_farther_one(
    word: tuple[str, str, str], at: int, letter: str
) -> None:
    feed, column, code = word
    spelling = code.replace("_", " ")
    slip = spelling[: at % len(spelling)] + letter + spelling[at % len(spelling) + 1 :]
    try:
        read, note = VOCABULARY.read_code(feed, column, slip)
    except UnreadableCell:
        return
    known = VOCABULARY.codes[feed, column]
    far = min(
        OSA.distance(normalize_key(slip), word) for word, meant in known.items() if meant == read
    )
    assert (
        read == code
        or far == 0
        or (note is not None and far < OSA.distance(normalize_key(slip), normalize_key(code)))
    )


_VOTES = """suara|perolehan suara|suara 01|suara sah|paslon 1|kolom kosong|votes|Panca-Ardani
|SUARA_SAH|suaraSah|suara tidak sah|Paslon 01|pasangan calon nomor urut 1|calon 2|nomor urut 1
|paslon I|hasil penghitungan suara|jumlah suara|suara paslon|jml suara kotak kosong|perolehan
|Ardani|Akbar|Panca|vote count|real count|persentase suara|perolehansuara|suara01
|Panca Ardani (01)|total suara|valid votes|candidate 1|jumlah surat suara sah
|Suara Kolom Kosong|paslon satu|TIDAK SAH|sah|Jml Sah|SAH + TIDAK SAH|tdk sah|invalid ballots"""
_NO_VOTES = """surat suara|kotak suara|pemungutan suara|pengeras suara|penghitungan suara|hak suara
|penghitungan suara (waktu)|surat_suara_rusak|jumlah surat suara|waktu hitung suara|bilik suara
|hitung suara ulang|tempat pemungutan suara|pemilih hadir|hadir|no urut|suara tembakan|kotaksuara
|voter turnout|jumlah|rekaman suara|kertas suara|jam pemungutan suara|partisipasi|voters present
|kosong||TPS 1|kolom|kotak tiba ppk|logistik|valid|invalid|alasan tidak sah|dokumen sah|ballots"""


@pytest.mark.parametrize("heading", _VOTES.split("|"))
def test_a_heading_of_votes_won_is_recognised(heading: str) -> None:
    assert is_vote_heading(heading, CANDIDATES)


@pytest.mark.parametrize("heading", _NO_VOTES.split("|"))
def test_a_heading_of_ballots_boxes_or_voters_is_no_vote(heading: str) -> None:
    assert not is_vote_heading(heading, CANDIDATES)


def test_no_heading_that_we_read_is_taken_for_votes() -> None:
    for row in rows("columns.csv"):
        assert not is_vote_heading(row["synonym"], CANDIDATES), row
    for feed in feed_schemas.FEEDS.values():
        for column in feed.columns:
            assert not is_vote_heading(column.heading, CANDIDATES)


def test_candidates_of_another_election_are_recognised_by_their_own_names() -> None:
    assert is_vote_heading("Anu Pertama", ("Anu Pertama", "Anu Kedua"))
    assert not is_vote_heading("Panca-Ardani", ("Anu Pertama", "Anu Kedua"))


@given(st.text(max_size=60))
def test_any_heading_at_all_is_judged(heading: str) -> None:
    assert is_vote_heading(heading, CANDIDATES) in (True, False)
    VOCABULARY.find_column("incidents", heading)


def test_a_list_saved_by_a_spreadsheet_with_semicolons_and_bom_is_read(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "columns.csv").write_bytes(
        "\ufefffeed;column;heading;synonym\r\nincidents;jenis;jenis;Perkara Apa\r\n;;;\r\n".encode()
    )
    (tmp_path / "words.csv").write_bytes(
        b"feed;column;code;synonym\r\nincidents;jenis;bencana;banjir r\xf4b\r\n"
    )
    vocabulary = load_vocabulary(tmp_path)
    assert vocabulary.find_column("incidents", "PERKARA APA") == "jenis"
    assert vocabulary.read_code("incidents", "jenis", "banjir rôb") == ("bencana", None)


@pytest.mark.parametrize(
    ("columns", "words", "said"),
    [
        (
            b"incidents,jenis,jenis,anu\nincidents,status,status,anu\n",
            b"",
            "baris 3.*sudah berarti",
        ),
        (b"incidents,jenis,jenis,waktu\n", b"", "sudah berarti occurred_at"),
        (b"incidents,entah,x,y\n", b"", "tidak punya kolom entah"),
        (b"entah,jenis,x,y\n", b"", "entah tidak punya"),
        (b"", b"incidents,jenis,entah,y\n", "tidak punya kode entah"),
        (b"", b"incidents,tingkat,tinggi,rendah\n", "sudah berarti rendah"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_naming_the_row(
    tmp_path: Path, columns: bytes, words: bytes, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        written(tmp_path, columns, words)


@pytest.mark.parametrize(
    ("institutions", "said"),
    [
        (b"KPU,kpud\nBawaslu,KPUD\n", "institutions.csv baris 3.*sudah berarti KPU"),
        (b"KPU,12\n", "institutions.csv baris 2.*tanpa huruf"),
    ],
)
def test_a_spelling_names_one_institution(tmp_path: Path, institutions: bytes, said: str) -> None:
    assert written(tmp_path, institutions=b"KPU,Kom. P\n").institutions == {"kom p": "KPU"}
    with pytest.raises(ValueError, match=said):
        written(tmp_path, institutions=institutions)


def test_a_list_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "words.csv").write_text("feed,column\n", encoding="utf-8")
    with pytest.raises(ValueError, match="kolom code, synonym tidak ada"):
        load_vocabulary(tmp_path)


def test_what_shows_a_text_for_what_it_is_can_be_added_to_and_only_in_known_groups(
    tmp_path: Path,
) -> None:
    (tmp_path / "clue_words.csv").write_text(
        "group,word\nmessage_text,isi kabar\nnot_there,tak jadi\n", "utf-8"
    )
    clues = written(tmp_path).clues
    assert clues.is_heading("message_text", "Isi_Kabar:")
    assert not clues.is_heading("message_sender", "Isi_Kabar:")
    assert clues.stands_in("not_there", "TPS tak jadi dibuka")
    assert not clues.stands_in("not_there", "TPS tak jadian")
    (tmp_path / "clue_words.csv").write_text("group,word\nlain,apa\n", "utf-8")
    with pytest.raises(ValueError, match=r"clue_words.csv baris 2.*tidak ada"):
        load_vocabulary(tmp_path)


def test_a_letter_has_no_plural() -> None:
    vocabulary = VOCABULARY
    assert vocabulary.find_any_column("P") != "tps"
    assert vocabulary.find_any_column("PS") == "tps"


def test_of_a_kind_with_a_slash_each_answer_holds_a_word_of_one_code() -> None:
    code, note = VOCABULARY.read_code("incidents", "jenis", "Listrik/jaringan padam")
    assert code == "listrik_jaringan" and note
    for unknown in ("Kericuhan/naga terbang", "Kericuhan besar/listrik padam lama"):
        with pytest.raises(UnreadableCell):
            VOCABULARY.read_code("incidents", "jenis", unknown)


@pytest.mark.parametrize(
    "words",
    ["Referred to Bawaslu", "Escalated to Polres Ogan Ilir", "Diteruskan ke Polsek Indralaya"],
)
def test_a_status_may_say_to_whom_it_was_passed_on(words: str) -> None:
    assert VOCABULARY.read_code("incidents", "status", words) == ("diteruskan", None)


@pytest.mark.parametrize(
    "words",
    ["Not referred to Bawaslu", "Reported to Bawaslu", "Referred to Bawaslu, closed",
     "Referred to Bawaslu closed", "Belum diteruskan ke Bawaslu"],
)  # fmt: skip
def test_a_status_that_says_more_or_the_contrary_is_not_passed_on(words: str) -> None:
    assert VOCABULARY.find_code("incidents", "status", words) != "diteruskan"


@pytest.mark.parametrize(
    ("feed", "column", "word", "code"),
    [
        ("incidents", "jenis", "Crowd", "kericuhan"),
        ("incidents", "status", "False alarm", "tidak_terbukti"),
        ("tps", "fase", "Polling station opened", "dibuka"),
        ("tps", "fase", "Ballot boxes arrived at PPK", "kotak_tiba_ppk"),
    ],
)
def test_forms_in_english_are_read(feed: str, column: str, word: str, code: str) -> None:
    assert VOCABULARY.read_code(feed, column, word) == (code, None)
