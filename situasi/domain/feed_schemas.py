"""What an accepted row of each feed is: its columns, their types, the words they may hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd


class Kind(StrEnum):
    """What a column holds, and so how it is stored and compared."""

    TEXT = "text"
    WORD = "word"  # one of a fixed vocabulary
    TIME = "time"  # an aware moment, UTC in frames and store
    COUNT = "count"  # a whole number; missing stays missing
    DECIMAL = "decimal"
    YESNO = "yesno"


@dataclass(frozen=True)
class Column:
    """One column of a feed: its name in code and store, its heading in our files."""

    name: str
    heading: str
    kind: Kind = Kind.TEXT
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """One stream of field reports.

    identity: the columns from which an id is derived where the sender gave none.
    """

    name: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


# The three scales of the field. They are never mixed: kerawanan is planned
# beforehand, situasi is the state of a crowd now, tingkat the weight of a report.
KERAWANAN = ("kurang_rawan", "rawan", "sangat_rawan", "khusus")
SITUASI = ("hijau", "kuning", "merah")
TINGKAT = ("rendah", "sedang", "tinggi")

# The life of a report. The last three are ends; the others are open work.
STATUS = (
    "dilaporkan",
    "diverifikasi",
    "ditangani",
    "diteruskan",
    "selesai",
    "tidak_terbukti",
    "nihil",
)
STATUS_CLOSED = ("selesai", "tidak_terbukti", "nihil")

# How exactly a sender knew when something happened.
PRECISION = ("menit", "hari", "bulan")

JENIS = (
    "nihil",
    "unjuk_rasa",
    "kericuhan",
    "kekerasan",
    "intimidasi",
    "penolakan",
    "politik_uang",
    "sara",
    "hoaks",
    "apk",
    "kampanye_tenang",
    "netralitas",
    "logistik",
    "daftar_pemilih",
    "pelanggaran_tungsura",
    "psu",
    "hitung_ulang",
    "bencana",
    "listrik_jaringan",
    "akses",
    "petugas_sakit",
    "kebakaran",
    "lalu_lintas",
    "pidana_umum",
    "lainnya",
)

FASE = (
    "logistik_tiba",
    "dibuka",
    "ditutup",
    "hitung_selesai",
    "kotak_bergeser",
    "kotak_tiba_pps",
    "kotak_tiba_ppk",
    "kotak_tiba_kpu",
)

# Whether a TPS that says nothing can be reached at all.
KONTAK = ("terjangkau", "tak_terjangkau")
# What a count of heads covers.
LINGKUP = ("tps", "desa", "kecamatan")

# How far a source can be trusted, and how far what it says: two axes, apart from weight and
# handling. A and 1 are best; F and 6 say that it cannot be judged.
KEANDALAN = ("A", "B", "C", "D", "E", "F")
KREDIBILITAS = ("1", "2", "3", "4", "5", "6")
RUJUKAN = ("bawaslu", "gakkumdu", "kpu", "bpbd", "propam")

PENUGASAN = ("tps", "kecamatan", "cadangan", "patroli")
CHECKIN = ("apel", "pergeseran", "tiba_di_tps", "laporan_berkala", "kembali")
INSTANSI = ("polri", "bko_polda", "brimob", "tni", "linmas", "satpol_pp")
GIAT = (
    "preemtif",
    "preventif",
    "kamseltibcarlantas",
    "gakkum",
    "humas",
    "banops",
    "apel",
    "patroli",
    "rapat",
    "sosialisasi",
    "latihan",
    "serpas",
    "pengamanan",
    "netralitas",
)
GIAT_STATUS = ("rencana", "terlaksana", "batal")
# The task forces of the operation; also the first six kinds of giat.
FUNGSI = ("preemtif", "preventif", "kamseltibcarlantas", "gakkum", "humas", "banops")

# Neutrality of the police: kinds of breach (N01 to N15, docs/glossary.md), the path and its ends.
PELANGGARAN = tuple(f"N{number:02d}" for number in range(1, 16))
LANGKAH = (
    "nihil",
    "informasi",
    "klarifikasi",
    "lp_propam",
    "gelar_perkara",
    "sidang",
    "putusan",
    "selesai",
    "tidak_terbukti",
)
LANGKAH_CLOSED = ("nihil", "selesai", "tidak_terbukti")
KELAS = ("ringan", "sedang", "berat")
ASAL = ("dumas", "patroli_siber", "bawaslu", "media", "propam", "satuan", "lainnya")
SANKSI = (
    "teguran_lisan",
    "tindakan_fisik",
    "teguran_tertulis",
    "tunda_pendidikan",
    "tunda_gaji",
    "tunda_pangkat",
    "mutasi_demosi",
    "bebas_jabatan",
    "patsus",
    "permintaan_maaf",
    "pembinaan",
    "ptdh",
)

GABUNG = ("gabung", "pisah")

_WHEN = (
    Column("id", "id"),
    Column("occurred_at", "waktu", Kind.TIME),
    Column("precision", "ketelitian", Kind.WORD, PRECISION),
    Column("reported_at", "waktu_lapor", Kind.TIME),
)
_WHERE = (
    Column("kecamatan", "kode_kecamatan"),  # Kemendagri code, or missing: the whole kabupaten
    Column("desa", "kode_desa"),  # Kemendagri code, where the name was recognised
    Column("desa_text", "desa"),  # as the sender wrote it
    Column("tps", "tps"),  # "001"; as written where it is no number
)
# The whole message from which a row was read (feeds/messages/), less votes, names and numbers
# of telephones. One that comes by file or by key is kept in the same way.
_ORIGINAL = Column("teks_asli", "teks_asli")
_WHO = (
    Column("pelapor", "pelapor"),
    Column("sumber", "sumber"),
    Column("flags", "catatan_periksa"),  # what was accepted with a doubt, "; " between
    Column("latihan", "latihan", Kind.YESNO),
)

INCIDENTS = Feed(
    "incidents",
    (
        *_WHEN,
        *_WHERE,
        Column("lat", "lat", Kind.DECIMAL),
        Column("lon", "lon", Kind.DECIMAL),
        Column("jenis", "jenis", Kind.WORD, JENIS),
        Column("tingkat", "tingkat", Kind.WORD, TINGKAT),
        Column("situasi", "situasi", Kind.WORD, SITUASI),
        Column("status", "status", Kind.WORD, STATUS),
        Column("uraian", "uraian"),
        Column("keandalan", "keandalan", Kind.WORD, KEANDALAN),
        Column("kredibilitas", "kredibilitas", Kind.WORD, KREDIBILITAS),
        Column("ditugaskan", "ditugaskan"),  # the unit that handles it
        Column("rujukan", "rujukan", Kind.WORD, RUJUKAN),
        _ORIGINAL,
        *_WHO,
    ),
    identity=("occurred_at", "kecamatan", "desa_text", "tps", "jenis", "uraian", "pelapor"),
)

TPS = Feed(
    "tps",
    (
        *_WHEN,
        *_WHERE,
        Column("fase", "fase", Kind.WORD, FASE),
        # Voters present so far: heads, never ballots. `hadir` is all of them; apart where given.
        Column("hadir", "hadir", Kind.COUNT),
        Column("hadir_dpt", "hadir_dpt", Kind.COUNT),
        Column("hadir_dptb", "hadir_dptb", Kind.COUNT),
        Column("hadir_dpk", "hadir_dpk", Kind.COUNT),
        Column("lingkup", "lingkup", Kind.WORD, LINGKUP),
        Column("kontak", "kontak", Kind.WORD, KONTAK),
        Column("pengawal", "pengawal"),  # who escorts the box: officers by number, never a name
        Column("uraian", "uraian"),
        _ORIGINAL,
        *_WHO,
    ),
    identity=("occurred_at", "kecamatan", "desa_text", "tps", "fase", "hadir", "pelapor"),
)

# Officers are numbers of the roster, never names; of an NRP only the last digits are kept.
ROSTER = Feed(
    "roster",
    (
        *_WHEN,
        Column("kecamatan", "kode_kecamatan"),
        Column("petugas", "petugas"),
        Column("nrp", "nrp_tersamar"),  # "*****678"
        Column("pangkat", "pangkat"),
        Column("satuan", "satuan"),
        Column("instansi", "instansi", Kind.WORD, INSTANSI),
        Column("uraian", "uraian"),
        *_WHO,
    ),
    identity=("petugas", "instansi", "satuan"),
)

# The rows of one officer with the same `occurred_at` are one order; a later order replaces it.
POSTINGS = Feed(
    "postings",
    (
        *_WHEN,
        *_WHERE,  # tps: "001", or several of one desa: "001,002,003"
        Column("petugas", "petugas"),
        Column("penugasan", "penugasan", Kind.WORD, PENUGASAN),
        Column("lokasi", "lokasi"),  # where a reserve stands, a patrol goes
        Column("uraian", "uraian"),
        *_WHO,
    ),
    identity=("occurred_at", "petugas", "penugasan", "kecamatan", "desa_text", "tps"),
)

PERSONNEL = Feed(
    "personnel",
    (
        *_WHEN,
        *_WHERE,
        Column("petugas", "petugas"),
        Column("instansi", "instansi", Kind.WORD, INSTANSI),
        Column("checkin", "checkin", Kind.WORD, CHECKIN),
        Column("uraian", "uraian"),
        _ORIGINAL,
        *_WHO,
    ),
    identity=("occurred_at", "petugas", "checkin", "kecamatan", "desa_text", "tps"),
)

ACTIVITIES = Feed(
    "activities",
    (
        *_WHEN,
        *_WHERE,
        Column("giat", "giat", Kind.WORD, GIAT),
        Column("fungsi", "fungsi", Kind.WORD, FUNGSI),
        Column("status", "status", Kind.WORD, GIAT_STATUS),
        Column("tahapan", "tahapan"),  # code of a stage of the election (tahapan.csv)
        Column("sop", "sop"),  # code of a line of the SOP list (sop.csv)
        Column("mitra", "mitra"),  # institutions that took part, ", " between
        Column("lokasi", "lokasi"),
        Column("jumlah", "jumlah"),  # as stated: "1471 personel", "667 TPS"
        Column("uraian", "uraian"),
        *_WHO,
    ),
    identity=("occurred_at", "kecamatan", "giat", "lokasi", "uraian"),
)

# Cases against members of the police, by code and unit: no name is ever stored.
NEUTRALITY = Feed(
    "neutrality",
    (
        *_WHEN,
        Column("kecamatan", "kode_kecamatan"),
        Column("pelanggaran", "pelanggaran", Kind.WORD, PELANGGARAN),
        Column("asal", "asal", Kind.WORD, ASAL),
        Column("langkah", "langkah", Kind.WORD, LANGKAH),
        Column("kelas", "kelas", Kind.WORD, KELAS),
        Column("sanksi", "sanksi", Kind.WORD, SANKSI),
        Column("satuan", "satuan"),
        Column("uraian", "uraian"),
        *_WHO,
    ),
    identity=("occurred_at", "pelanggaran", "satuan", "uraian"),
)

# Two cases found to be one report (gabung), or found not to be (pisah): made on the board.
MERGES = Feed(
    "merges",
    (
        *_WHEN,
        Column("kecamatan", "kode_kecamatan"),
        Column("kasus", "kasus"),  # keys of analysis.incidents.case_keys
        Column("ke", "ke"),
        Column("tindakan", "tindakan", Kind.WORD, GABUNG),
        Column("alasan_gabung", "alasan_gabung"),
        *_WHO,
    ),
    identity=("occurred_at", "kasus", "ke", "tindakan"),
)

FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (
        INCIDENTS, TPS, PERSONNEL, ACTIVITIES, ROSTER, POSTINGS, NEUTRALITY, MERGES,
    )
}  # fmt: skip

_DTYPES = {
    Kind.TEXT: "object",
    Kind.WORD: "object",
    Kind.TIME: "datetime64[us, UTC]",
    Kind.COUNT: "Int64",
    Kind.DECIMAL: "float64",
    Kind.YESNO: "bool",
}

# What the store adds to every row of every feed.
BOOKKEEPING = {
    "seq": "int64",  # order of saving; grows without end
    "batch": "int64",  # the delivery it came in
    "row": "int64",  # row number in the sender's file
    "recorded_at": "datetime64[us, UTC]",  # when this board stored it
    "known_at": "datetime64[us, UTC]",  # when the command post knew it (see docs/decisions.md)
}


def dtypes(feed: Feed) -> dict[str, str]:
    """The pandas dtype of each column of an accepted frame of this feed."""
    return {column.name: _DTYPES[column.kind] for column in feed.columns}


def stored_dtypes(feed: Feed) -> dict[str, str]:
    """The pandas dtype of each column of a frame read from the store."""
    return BOOKKEEPING | dtypes(feed)


def empty(feed: Feed) -> pd.DataFrame:
    """A frame of the store's shape with no rows."""
    return pd.DataFrame({name: pd.Series(dtype=d) for name, d in stored_dtypes(feed).items()})
