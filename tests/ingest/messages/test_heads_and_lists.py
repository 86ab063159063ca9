"""Reports with a head, lists and headings: which hour, which nihil, which desa a line is of."""

from __future__ import annotations

from datetime import date

import pytest

from situasi.ingest.messages.chat_splitter import Message
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.proposal import Proposal


def read(reader: MessageExtractor, text: str) -> Proposal:
    return reader.extract(Message(text), date(2024, 11, 27))


def counts(found: Proposal) -> set[tuple[str | None, ...]]:
    return {
        tuple(row.cells.get(name) for name in ("desa", "tps", "hadir", "waktu"))
        for row in found.rows
        if row.feed == "tps"
    }


HEAD = """Laporan perkembangan Kec. Kandis
Pkl 10.00 WIB
1\ufe0f\u20e3 Miji TPS 1 hadir 61
2\ufe0f\u20e3 Miji TPS 2 hadir 70
Kejadian:
- Pkl 09.20 di TPS 3 Desa Miji terjadi keributan
"""


def test_the_hour_of_the_head_is_that_of_the_lines_below(reader: MessageExtractor) -> None:
    found = read(reader, HEAD)
    assert counts(found) == {
        ("Miji", "001", "61", "27/11/2024 10.00 WIB"),
        ("Miji", "002", "70", "27/11/2024 10.00 WIB"),
    }
    [riot] = [row for row in found.rows if row.feed == "incidents"]
    assert (riot.cells["jenis"], riot.cells["waktu"]) == ("kericuhan", "27/11/2024 09.20")


@pytest.mark.parametrize(
    "line", ["Apel jam 06.00, lapor jam 06.30", "Rencana jam 12.00 rapat", "09.00 - 10.00 WIB"]
)
def test_a_line_about_something_else_is_no_head(reader: MessageExtractor, line: str) -> None:
    text = f"{line}\nTPS 1 Desa Miji Kec. Kandis hadir 61\nmulai lagi jam 13.00, buka jam 07.15"
    rows = [row for row in read(reader, text).rows if "hadir" in row.cells]
    assert all("waktu" in {cell.heading for cell in row.unclear_cells} for row in rows)


def test_nihil_of_a_tps_without_a_report_is_no_nihil(reader: MessageExtractor) -> None:
    text = "Kec. Kandis jam 10.00 WIB\nMiji TPS 1 hadir 61\nMiji TPS 2 : nihil laporan"
    assert [row.feed for row in read(reader, text).rows] == ["tps"]


def test_nihil_of_one_heading_does_not_deny_what_another_tells(reader: MessageExtractor) -> None:
    text = (
        "Kec. Kandis jam 10.00 WIB\nA. Gangguan kamtibmas: nihil\nB. Kejadian lain\n"
        "- di TPS 2 Desa Miji seekor kerbau lepas"
    )
    [row] = [row for row in read(reader, text).rows if row.feed == "incidents"]
    assert "jenis" in {cell.heading for cell in row.unclear_cells}
    assert (row.cells["desa"], row.cells["tps"]) == ("Miji", "002")


@pytest.mark.parametrize("nothing", ["Kejadian: -", "Kejadian menonjol\nNihil", "Kejadian:\nnihil"])
def test_a_heading_with_nothing_behind_it_is_nihil(reader: MessageExtractor, nothing: str) -> None:
    found = read(reader, f"Kec. Kandis jam 10.00 WIB situasi aman\n{nothing}")
    assert [row.cells["jenis"] for row in found.rows] == ["nihil"]


def test_nihil_below_a_list_is_of_the_kecamatan(reader: MessageExtractor) -> None:
    text = "Kec. Kandis\nJam 10.00 WIB\nMiji TPS 1 = 61\nLubuk Rukam TPS 1 = 70\nGangguan : NIHIL"
    [row] = [row for row in read(reader, text).rows if row.feed == "incidents"]
    assert (row.cells["kecamatan"], row.cells.get("desa")) == ("Kandis", None)


@pytest.mark.parametrize("written", ["1O1", "l20", "12O", "2l0"])
def test_a_letter_among_digits_is_asked_and_shown_whole(
    reader: MessageExtractor, written: str
) -> None:
    found = read(reader, f"Pemilih hadir jam 10.00 WIB\nTPS 1 Desa Miji Kec. Kandis = {written}")
    [row] = found.rows
    assert row.cells["hadir"] == written
    assert [cell.heading for cell in row.unclear_cells] == ["hadir"]
    alone = read(reader, f"sisa {written} lembar")
    assert written in alone.unread_numbers


@pytest.mark.parametrize("text", ["HDR#{}#0900#88", "HDR {} 0900 88", "hdr|{}|0900|88"])
def test_four_digits_that_are_an_hour_are_no_count(reader: MessageExtractor, text: str) -> None:
    [row] = read(reader, text.format("16.10.02.2012.001")).rows
    assert (row.cells["hadir"], row.cells["waktu"]) == ("88", "27/11/2024 09.00")


@pytest.mark.parametrize(
    ("words", "phase"),
    [
        ("sdh di PPK", "kotak_tiba_ppk"), ("sudah geser ke kec", "kotak_bergeser"),
        ("OTW PPK", "kotak_bergeser"), ("serah terima di PPK", "kotak_tiba_ppk"),
        ("sdh masuk gudang KPU", "kotak_tiba_kpu"), ("diterima PPS", "kotak_tiba_pps"),
    ],
)  # fmt: skip
def test_where_a_box_is_in_the_words_of_the_field(
    reader: MessageExtractor, words: str, phase: str
) -> None:
    [row] = read(reader, f"Kotak TPS 2 Desa Miji Kec. Kandis {words} jam 17.55").rows
    assert (row.cells["fase"], row.cells["tps"]) == (phase, "002")
    assert row.cells["waktu"] == "27/11/2024 17.55"


@pytest.mark.parametrize("words", ["belum di PPK", "blm geser ke kec"])
def test_where_a_box_is_not_yet_is_no_phase(reader: MessageExtractor, words: str) -> None:
    assert read(reader, f"Kotak TPS 2 Desa Miji Kec. Kandis {words}").rows == ()


def test_a_sentence_that_wraps_keeps_its_hour_and_its_tps(reader: MessageExtractor) -> None:
    text = (
        "Kec. Kandis jam 10.00 WIB\nMiji TPS 1 hadir 61\nMiji TPS 2 hadir 62\n"
        "Pkl 09.35 WIB di TPS 4 Desa Miji pada saat antrean sangat panjang\n"
        "terjadi keributan, sudah dilerai\nperkiraan hadir s.d. 13.00 sebanyak 60 %"
    )
    [riot] = [row for row in read(reader, text).rows if row.feed == "incidents"]
    assert (riot.cells["waktu"], riot.cells["tps"]) == ("27/11/2024 09.35 WIB", "004")


@pytest.mark.parametrize(
    "text", ["hasil tps 1 miji: 01 = 130, kosong 71", "Hasil sementara 01 unggul 75%"]
)
def test_results_in_one_line_are_removed(reader: MessageExtractor, text: str) -> None:
    found = read(reader, text)
    assert not any(number in found.text for number in ("130", "71", "75"))


@pytest.mark.parametrize(
    "text", ["TPS 1 Miji 66 (09.00)", "tps 1 Miji 66 jam sembilan", "update miji tps 1: 66 (jam 9)"]
)
def test_a_count_between_its_place_and_its_hour_is_asked(
    reader: MessageExtractor, text: str
) -> None:
    [row] = read(reader, text).rows
    assert (row.cells["hadir"], row.cells["tps"], row.cells["desa"].title()) == (
        "66",
        "001",
        "Miji",
    )
    assert "hadir" in {cell.heading for cell in row.unclear_cells}


@pytest.mark.parametrize("text", ["Hasil pantauan TPS 1: 66 hadir", "hasil tps 1 miji: hadir 66"])
def test_a_count_of_voters_that_was_found_out_is_no_result(
    reader: MessageExtractor, text: str
) -> None:
    assert "66" in read(reader, text).text


def test_a_tps_with_a_number_and_nothing_else_is_asked(reader: MessageExtractor) -> None:
    rows = read(reader, "Miji TPS 1 214, tps 2 198").rows
    assert [(row.cells["tps"], row.cells["hadir"]) for row in rows] == [
        ("001", "214"), ("002", "198"),
    ]  # fmt: skip
    assert all("hadir" in {cell.heading for cell in row.unclear_cells} for row in rows)


def test_an_officer_at_a_tps_is_asked_whether_he_checks_in(reader: MessageExtractor) -> None:
    [row] = read(reader, "Brigadir Wawan NRP 90081122 di TPS 2 Desa Miji Kec. Kandis").rows
    assert (row.feed, row.cells["checkin"], row.cells["tps"]) == ("personnel", "tiba_di_tps", "002")
    assert [cell.heading for cell in row.unclear_cells][:1] == ["checkin"]
    assert "90081122" not in str(row)


LISTED = """Mohon izin melaporkan perkembangan pemilih hadir s.d. pukul 11.00 WIB, Kec. Kandis :
1. TPS 1 Desa Miji : 167 orang
2. TPS 1 Desa Lubuk Rukam : 149 orang

Jumlah 316 orang. Personel 24 orang.
Pukul 09.50 WIB di TPS 2 Desa Miji terjadi keributan antara saksi dan KPPS, sudah diselesaikan.
"""


def test_a_list_below_words_of_voters_counts_them_whatever_else_is_told(
    reader: MessageExtractor,
) -> None:
    found = read(reader, LISTED)
    assert counts(found) == {
        ("Miji", "001", "167", "27/11/2024 11.00 WIB"),
        ("Lubuk Rukam", "001", "149", "27/11/2024 11.00 WIB"),
    }
    assert all(row.is_complete for row in found.rows)
    assert [row.feed for row in found.rows].count("incidents") == 1


@pytest.mark.parametrize(
    "head",
    ["Kehadiran petugas PAM TPS", "Personel yang hadir", "Pemilih yang tidak hadir", "Saksi hadir"],
)
def test_a_list_below_words_of_others_counts_no_voters_unasked(
    reader: MessageExtractor, head: str
) -> None:
    found = read(reader, f"{head} Kec. Kandis jam 09.00:\nTPS 1 Desa Miji : 12 orang\n")
    assert not [row for row in found.rows if row.cells.get("hadir") and row.is_complete]


LAPSIT = """LAPORAN SITUASI KAMTIBMAS
Kepada Yth. Kapolres Ogan Ilir
Dari Kapolsek Tanjung Raja
Perihal: kericuhan dan listrik padam di TPS
A. PENDAHULUAN
Pada hari Rabu tanggal 27 November 2024 dilaksanakan pengamanan wilayah Kec. Tanjung Raja
B. KEJADIAN
1. Pukul 09.30 WIB di TPS 2 Desa Kerinjing terjadi kericuhan antara saksi dan KPPS
karena selisih surat suara.
2. Pukul 10.10 WIB di TPS 1 Desa Ulak Kerbau Lama listrik padam, PLN dihubungi
C. PENUTUP
Demikian dilaporkan.
"""


def test_an_incident_of_a_long_report_is_told_in_its_own_words(reader: MessageExtractor) -> None:
    rows = [row.cells for row in read(reader, LAPSIT).rows if row.feed == "incidents"]
    assert [row["uraian"] for row in rows] == [
        "Pukul 09.30 WIB di TPS 2 Desa Kerinjing terjadi kericuhan antara saksi dan KPPS karena"
        " selisih surat suara.",
        "Pukul 10.10 WIB di TPS 1 Desa Ulak Kerbau Lama listrik padam, PLN dihubungi",
    ]


def test_the_account_of_a_form_is_what_happened_and_its_kind_is_the_one_it_names(
    reader: MessageExtractor,
) -> None:
    text = (
        "Yth. Kapolres\nMohon ijin melaporkan kejadian menonjol sebagai berikut, mohon arahan:\n"
        "Hari/tanggal: Rabu, 27 November 2024\nPukul: 10.15 WIB\n"
        "TKP: TPS 3 Desa Tanjung Seteko Kec Indralaya\nJenis: Keributan\n"
        "Kronologis: Warga yang tidak mendapat undangan memilih saling dorong di depan TPS.\n"
    )
    [row] = read(reader, text).rows
    assert row.cells["jenis"] == "kericuhan"
    assert row.cells["uraian"].startswith("Kronologis: Warga yang tidak mendapat undangan")


def test_a_long_line_is_told_from_the_sentence_on_in_which_it_happened(
    reader: MessageExtractor,
) -> None:
    opening = "Selamat siang komandan, ijin melaporkan situasi wilayah yang aman. " * 8
    event = "Pukul 10.40 di TPS 1 Desa Jagalano terjadi perkelahian dua pemuda, pelaku diamankan."
    [row] = [row for row in read(reader, opening + event).rows if row.cells["jenis"] != "nihil"]
    assert row.cells["uraian"] == event


def test_a_short_message_is_told_whole(reader: MessageExtractor) -> None:
    text = "Ijin lapor\nTPS 1 Desa Miji Kec. Kandis jam 09.00 terjadi kericuhan\nPelaku diamankan"
    [row] = read(reader, text).rows
    assert row.cells["uraian"] == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (
            "Ada warga pingsan di TPS 4 Tanjung Raja Timur jam 09.40, dibawa ke puskesmas",
            ["lainnya"],
        ),
        ("Kericuhan di TPS 1 Desa Miji jam 09.40, satu warga pingsan", ["kericuhan"]),
        ("TPS 1 Desa Miji jam 09.40 aman, tidak ada kejadian lain", ["nihil"]),
    ],
)
def test_what_has_no_kind_of_its_own_is_another_one_where_nothing_else_is_told(
    reader: MessageExtractor, text: str, kinds: list[str]
) -> None:
    rows = [row for row in read(reader, text).rows if row.feed == "incidents"]
    assert [row.cells.get("jenis") for row in rows] == kinds


def test_nihil_once_below_several_kecamatan_is_of_none_of_them(reader: MessageExtractor) -> None:
    text = (
        "Kec. Kandis\nMiji TPS 1 hadir 61\nKec. Indralaya Utara\nLorok TPS 1 hadir 62\n"
        "Kejadian menonjol : nihil"
    )
    [nihil] = [row for row in read(reader, text).rows if row.feed == "incidents"]
    assert "kecamatan" not in nihil.cells
    assert "kecamatan" in {cell.heading for cell in nihil.unclear_cells}


def test_a_correction_without_its_hour_is_asked_for_it(reader: MessageExtractor) -> None:
    [row] = read(reader, "Ralat TPS 2 Miji hadir 172 bukan 127").rows
    assert row.cells["hadir"] == "172" and "waktu" not in row.cells
    assert "waktu" in {cell.heading for cell in row.unclear_cells}


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (
            "pemulutan: tps 1 teluk kecapi 102, tps 2 teluk kecapi 98 (jam 10)",
            {("001", "Teluk Kecapi", "102"), ("002", "Teluk Kecapi", "98")},
        ),
        (
            "TPS 1 dan 2 Desa Betung II masing2 75 dan 80 pemilih pkl 09.30",
            {("001", "Betung Ii", "75"), ("002", "Betung Ii", "80")},
        ),
        ("ralat TPS 2 Miji jam 09.00 yg benar 78 bukan 87", {("002", "Miji", "78")}),
        (
            "Lap pkl 10.00 :\nTPS 1 Embacang 141\nTPS 2 Kasih Raja 127",
            {("001", "Embacang", "141"), ("002", "Kasih Raja", "127")},
        ),
        ("tps 1 kasih raja jam 09.00 total 260", {("001", "Kasih Raja", "260")}),
        (
            "koreksi lap jam 10 TPS 1 Kasih Raja seharusnya 65 bukan 56",
            {("001", "Kasih Raja", "65")},
        ),
        ("tps 1 kasih raja jam 9 jumlah pemilih 260", {("001", "Kasih Raja", "260")}),
        ("tps 1 kasih raja pukul 09.00 pemilih sudah 260", {("001", "Kasih Raja", "260")}),
        ("tps 1 kasih raja jam 9 pemilih mencapai 260 orang", {("001", "Kasih Raja", "260")}),
    ],
)
def test_a_number_beside_its_tps_is_offered_with_its_place_and_asked(
    reader: MessageExtractor, text: str, counts: set[tuple[str, str, str]]
) -> None:
    rows = [row.cells for row in read(reader, text).rows if row.feed == "tps"]
    assert {(row["tps"], row["desa"].title(), row["hadir"]) for row in rows} == counts
    assert all(
        "hadir" in {cell.heading for cell in row.unclear_cells} for row in read(reader, text).rows
    )


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Kotak suara TPS 1 Belanti sudah tiba jam 19.15", "kotak_tiba_ppk"),
        ("TPS 1 Belanti kotak tiba pkl 00.20", ""),
    ],
)
def test_a_box_that_arrived_somewhere_after_voting_is_asked_for_the_place(
    reader: MessageExtractor, text: str, phase: str
) -> None:
    [row] = read(reader, text).rows
    assert row.cells.get("fase", "") == phase
    assert "fase" in {cell.heading for cell in row.unclear_cells}


SHARED_NAME = "Sukananti"  # a desa of Rantau Alai and one of Rambang Kuang


def test_a_kecamatan_alone_on_its_line_is_that_of_the_lines_below(reader: MessageExtractor) -> None:
    found = read(
        reader,
        "Hadir pkl 12.00\nKec. Rantau Alai\n- Kelampaian TPS 1 : 214\n- Sukananti TPS 1 : 187\n"
        "Kec. Kandis\n- Kandis I TPS 1 : 251",
    )
    assert [(r.cells["kecamatan"], r.cells["desa"], r.cells["hadir"]) for r in found.rows] == [
        ("Rantau Alai", "Kelampaian", "214"),
        ("Rantau Alai", SHARED_NAME, "187"),
        ("Kandis", "Kandis I", "251"),
    ]
    assert not any(row.unclear_cells for row in found.rows)


def test_a_name_of_two_desa_is_asked_and_not_read_as_that_of_the_line_above(
    reader: MessageExtractor,
) -> None:
    found = read(reader, "Hadir pkl 12.00\n- Sukamaju TPS 1 : 198\n- Sukananti TPS 1 : 187")
    assert [(r.cells["desa"], r.cells["hadir"]) for r in found.rows] == [
        ("Sukamaju", "198"),
        (SHARED_NAME, "187"),
    ]
    assert [cell.heading for cell in found.rows[1].unclear_cells] == ["desa"]


def test_what_happened_in_a_desa_of_its_own_line_is_at_no_tps_of_another(
    reader: MessageExtractor,
) -> None:
    found = read(reader, "Sejangko I TPS 1 hadir 98, TPS 2 hadir 105\ntadi ribut di Ketapang, reda")
    (incident,) = [row for row in found.rows if row.feed == "incidents"]
    assert incident.cells["desa"] == "Ketapang" and "tps" not in incident.cells
    assert "desa" in {cell.heading for cell in incident.unclear_cells}  # I or II


def test_a_number_behind_a_closing_is_offered_beside_it(reader: MessageExtractor) -> None:
    closed, counted = read(reader, "TPS 01 KASIH RAJA 09.00 TUTUP 311 PEMILIH").rows
    assert (closed.cells["fase"], counted.cells["hadir"]) == ("ditutup", "311")
    assert [cell.heading for cell in counted.unclear_cells] == ["hadir"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rekap jam 11\nMiji tps1 210 tps2 198", ["210", "198"]),
        ("Update jam 11\nDs. Miji\nTPS 1 210\nTPS 2 198", ["210", "198"]),
        ("jam 11 tps 1 miji skrg 178", ["178"]),
        ("tps 1 miji baru 45", ["45"]),
    ],
)
def test_bare_numbers_beside_tps_are_asked(
    reader: MessageExtractor, text: str, told: list[str]
) -> None:
    rows = read(reader, text).rows
    assert [row.cells["hadir"] for row in rows] == told
    assert all("hadir" in {cell.heading for cell in row.unclear_cells} for row in rows)


@pytest.mark.parametrize(
    "text", ["rekap jam 15.00\nMiji tps1 210 tps2 198", "rekap suara jam 12 Miji tps 1 210",
             "tps 1 miji skrg 12 personil"],
)  # fmt: skip
def test_bare_numbers_that_may_be_votes_or_officers_are_only_shown(
    reader: MessageExtractor, text: str
) -> None:
    found = read(reader, text)
    assert not found.rows
    assert found.unread_numbers


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tps 1 miji jm 9 smtr 87 org, aman", "87"),
        ("Sampai jam 09.00 tps 1 miji baru 45 ndan, sepi nian", "45"),
        ("Di tps 1 miji jam 9 tadi ado 102 pemilih", "102"),
        ("desa miji\nTps 1 jm 10 la 98 wong", "98"),
        (
            "Pemungutan suara TPS 1 Miji selesai pkl 13.10, pemilih 254 org, siap penghitungan",
            "254",
        ),
    ],
)
def test_everyday_words_before_a_count_leave_it_a_question(
    reader: MessageExtractor, text: str, told: str
) -> None:
    assert told in {row.cells.get("hadir") for row in read(reader, text).rows}


@pytest.mark.parametrize(
    "text",
    [
        "dak katek ribut di tps 1 miji ndan, aman bae",
        "Kalo ada keributan di TPS segera lapor ndan",
        "nanti kotak digeser jam 4 sore ya",
        "tinggal nunggu 15 org lg antri di tps 1 miji, abis tu tutup",
    ],
)
def test_what_is_denied_planned_or_only_supposed_is_no_report(
    reader: MessageExtractor, text: str
) -> None:
    told = {(row.cells.get("jenis"), row.cells.get("fase")) for row in read(reader, text).rows}
    assert told <= {("nihil", None)}


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("kotak suara tps 1 dan tps 2 miji lg di jalan menuju PPK ndan", "kotak_bergeser"),
        ("tps 1 miji selesai semua, kotak langsung di geser ke PPK", "kotak_bergeser"),
        ("Kotak TPS 1 miji sampai di kantor camat kandis pkl 19.00", "kotak_tiba_ppk"),
        ("kotak suara dan surat suara sdh di lokasi TPS 1 miji jam 06.30", "logistik_tiba"),
    ],
)
def test_everyday_words_of_boxes_are_read(reader: MessageExtractor, text: str, phase: str) -> None:
    assert {row.cells.get("fase") for row in read(reader, text).rows} == {phase}


def test_a_phase_in_heading_and_line_is_one_row(reader: MessageExtractor) -> None:
    text = "LAPORAN PEMBUKAAN TPS\nDesa : Miji\nTPS : 001\nDibuka : Pkl 07.05 WIB\nSituasi : Aman"
    assert [row.cells.get("fase") for row in read(reader, text).rows].count("dibuka") == 1


@pytest.mark.parametrize("text", ["86 ndan, sdh di tps 1 miji, kpps nyusun meja", "sdh di TPS 1"])
def test_whoever_writes_that_they_are_there_is_asked_for_their_number(
    reader: MessageExtractor, text: str
) -> None:
    [row] = read(reader, text).rows
    assert row.feed == "personnel"
    assert {"checkin", "petugas"} <= {cell.heading for cell in row.unclear_cells}


def test_a_number_of_hundreds_in_words_is_read_or_shown(reader: MessageExtractor) -> None:
    found = read(reader, "dua ratus sebelas ndan di TPS 2 Desa Miji aman")
    assert not found.is_clear and "dua ratus sebelas" in found.unread_numbers
    [row] = read(reader, "dua ratus sebelas, TPS 2 Desa Miji, pukul 10.00").rows
    assert (row.cells["hadir"], row.cells["tps"]) == ("211", "002")
    assert [cell.heading for cell in row.unclear_cells] == ["hadir"]
    money = read(reader, "TPS 2 Desa Miji aman pukul 10.00, uang konsumsi dua ratus ribu diterima")
    assert not money.unread_numbers


def test_one_number_of_two_stations_is_of_neither(reader: MessageExtractor) -> None:
    [row] = read(reader, "Hadir jam 09.00 Ds Miji\nTPS 1 dan TPS 2 : 145").rows
    assert [cell.heading for cell in row.unclear_cells] == ["tps"]


def test_hearsay_is_asked_and_its_kind_is_offered(reader: MessageExtractor) -> None:
    [row] = read(reader, "Info ada bagi2 sembako di Ds Miji jam 9, hoax apa bukan ndan?").rows
    assert row.cells["jenis"] == "politik_uang"
    assert "jenis" in {cell.heading for cell in row.unclear_cells}
