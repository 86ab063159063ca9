"""Schemas of the feeds: the columns of an accepted row, their types and allowed codes."""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd


class ColumnKind(StrEnum):
    """What a column holds, and so how it is stored and compared."""

    TEXT = "text"
    CATEGORY = "word"  # one of a fixed vocabulary
    TIME = "time"  # an aware datetime, UTC in frames and store
    COUNT = "count"  # a whole number; missing stays missing
    DECIMAL = "decimal"
    BOOLEAN = "yesno"


@dataclass(frozen=True)
class Column:
    """One column of a feed: its name in code and store, its heading in our files."""

    name: str
    heading: str
    kind: ColumnKind = ColumnKind.TEXT
    allowed_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """One stream of field reports.

    identity_columns: the columns from which an id is derived where the sender gave none.
    """

    name: str
    columns: tuple[Column, ...]
    identity_columns: tuple[str, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names of its columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column of this name."""
        return next(column for column in self.columns if column.name == name)


# The three scales of the field, never mixed: kerawanan is rated beforehand, situasi is the
# state of a crowd now, tingkat the severity of a report.
KERAWANAN = ("kurang_rawan", "rawan", "sangat_rawan", "khusus")
SITUASI = ("hijau", "kuning", "merah")
TINGKAT = ("rendah", "sedang", "tinggi")

# The status of a report. The last three are closed; the others are open.
STATUS = (
    "dilaporkan", "diverifikasi", "ditangani", "diteruskan", "selesai", "tidak_terbukti", "nihil",
)  # fmt: skip
STATUS_CLOSED = ("selesai", "tidak_terbukti", "nihil")

# How exactly the time of an event is known.
PRECISION = ("menit", "hari", "bulan")

JENIS = (
    "nihil", "unjuk_rasa", "kericuhan", "kekerasan", "intimidasi", "penolakan", "politik_uang",
    "sara", "hoaks", "apk", "kampanye_tenang", "netralitas", "logistik", "daftar_pemilih",
    "pelanggaran_tungsura", "psu", "hitung_ulang", "bencana", "listrik_jaringan", "akses",
    "petugas_sakit", "kebakaran", "lalu_lintas", "pidana_umum", "ancaman_bom", "teror",
    "penyanderaan", "perusakan_logistik", "lainnya",
)  # fmt: skip

FASE = (
    "logistik_tiba", "dibuka", "ditutup", "hitung_mulai", "hitung_selesai", "kotak_bergeser",
    "kotak_tiba_pps", "kotak_tiba_ppk", "kotak_tiba_kpu",
)  # fmt: skip

# Whether a silent TPS can be reached at all.
KONTAK = ("terjangkau", "tak_terjangkau")
# What a count of voters covers.
LINGKUP = ("tps", "desa", "kecamatan")

# Reliability of the source and credibility of the report: two axes, separate from tingkat and
# status. A and 1 are best; F and 6 mean that it cannot be judged.
KEANDALAN = ("A", "B", "C", "D", "E", "F")
KREDIBILITAS = ("1", "2", "3", "4", "5", "6")
RUJUKAN = ("bawaslu", "gakkumdu", "kpu", "bpbd", "propam")

PENUGASAN = ("tps", "kecamatan", "cadangan", "patroli")
CHECKIN = ("apel", "pergeseran", "tiba_di_tps", "laporan_berkala", "kembali")
INSTANSI = ("polri", "bko_polda", "brimob", "tni", "linmas", "satpol_pp")
GIAT = (
    "preemtif", "preventif", "kamseltibcarlantas", "gakkum", "humas", "banops", "apel", "patroli",
    "rapat", "sosialisasi", "latihan", "serpas", "pengamanan", "netralitas", "lainnya",
)  # fmt: skip
GIAT_STATUS = ("rencana", "terlaksana", "batal")
# The task forces of the operation; also the first six kinds of giat.
FUNGSI = ("preemtif", "preventif", "kamseltibcarlantas", "gakkum", "humas", "banops")

# Neutrality of the police: kinds of violation (N01-N15, docs/glossary.md), steps, closed steps.
PELANGGARAN = tuple(f"N{number:02d}" for number in range(1, 16))
LANGKAH = (
    "nihil", "informasi", "klarifikasi", "lp_propam", "gelar_perkara", "sidang", "putusan",
    "selesai", "tidak_terbukti",
)  # fmt: skip
LANGKAH_CLOSED = ("nihil", "selesai", "tidak_terbukti")
KELAS = ("ringan", "sedang", "berat")
ASAL = ("dumas", "patroli_siber", "bawaslu", "media", "propam", "satuan", "lainnya")
SANKSI = (
    "teguran_lisan", "tindakan_fisik", "teguran_tertulis", "tunda_pendidikan", "tunda_gaji",
    "tunda_pangkat", "mutasi_demosi", "bebas_jabatan", "patsus", "permintaan_maaf", "pembinaan",
    "ptdh",
)  # fmt: skip

GABUNG = ("gabung", "pisah")

_TIME_COLUMNS = (
    Column("id", "id"),
    Column("occurred_at", "waktu", ColumnKind.TIME),
    Column("precision", "ketelitian", ColumnKind.CATEGORY, PRECISION),
    Column("reported_at", "waktu_lapor", ColumnKind.TIME),
)
_PLACE_COLUMNS = (
    Column("kecamatan", "kode_kecamatan"),  # Kemendagri code; missing: the whole kabupaten
    Column("desa", "kode_desa"),  # Kemendagri code, where the name was recognised
    Column("desa_text", "desa"),  # as the sender wrote it
    Column("tps", "tps"),  # "001"; as written where it is not a number
)
# The point from which a report was sent (WGS 84 degrees), where it was sent.
_POINT_COLUMNS = (
    Column("lat", "lat", ColumnKind.DECIMAL),
    Column("lon", "lon", ColumnKind.DECIMAL),
)
# The whole message from which a row was read (situasi/ingest/messages), without votes, names and
# telephone numbers; the same for a message that comes by file or API key.
_ORIGINAL_TEXT = Column("teks_asli", "teks_asli")
_SOURCE_COLUMNS = (
    Column("pelapor", "pelapor"),
    Column("sumber", "sumber"),
    Column("flags", "catatan_periksa"),  # doubts about accepted cells, joined by "; "
    Column("latihan", "latihan", ColumnKind.BOOLEAN),
)

INCIDENTS = Feed(
    "incidents",
    (
        *_TIME_COLUMNS,
        *_PLACE_COLUMNS,
        *_POINT_COLUMNS,
        Column("jenis", "jenis", ColumnKind.CATEGORY, JENIS),
        Column("tingkat", "tingkat", ColumnKind.CATEGORY, TINGKAT),
        Column("situasi", "situasi", ColumnKind.CATEGORY, SITUASI),
        Column("status", "status", ColumnKind.CATEGORY, STATUS),
        Column("uraian", "uraian"),
        Column("keandalan", "keandalan", ColumnKind.CATEGORY, KEANDALAN),
        Column("kredibilitas", "kredibilitas", ColumnKind.CATEGORY, KREDIBILITAS),
        Column("ditugaskan", "ditugaskan"),  # the unit that handles it
        Column("rujukan", "rujukan", ColumnKind.CATEGORY, RUJUKAN),
        _ORIGINAL_TEXT,
        *_SOURCE_COLUMNS,
    ),
    identity_columns=("occurred_at", "kecamatan", "desa_text", "tps", "jenis", "uraian", "pelapor"),
)

TPS = Feed(
    "tps",
    (
        *_TIME_COLUMNS,
        *_PLACE_COLUMNS,
        *_POINT_COLUMNS,  # of a row that names its TPS; of no other
        Column("fase", "fase", ColumnKind.CATEGORY, FASE),
        # Voters present so far: people, never ballots. `hadir` is the total; the parts where given.
        Column("hadir", "hadir", ColumnKind.COUNT),
        Column("hadir_dpt", "hadir_dpt", ColumnKind.COUNT),
        Column("hadir_dptb", "hadir_dptb", ColumnKind.COUNT),
        Column("hadir_dpk", "hadir_dpk", ColumnKind.COUNT),
        Column("lingkup", "lingkup", ColumnKind.CATEGORY, LINGKUP),
        Column("kontak", "kontak", ColumnKind.CATEGORY, KONTAK),
        Column("pengawal", "pengawal"),  # escorts of the box: officers by number, never by name
        Column("uraian", "uraian"),
        _ORIGINAL_TEXT,
        *_SOURCE_COLUMNS,
    ),
    identity_columns=("occurred_at", "kecamatan", "desa_text", "tps", "fase", "hadir", "pelapor"),
)

# Officers are stored by roster number, or by the keyed mark of their NRP where they have none
# (officer_marks.py); never by name, and no digit of an NRP.
_OFFICER_MARK = Column("nrp", "nrp_tersamar")  # "N-BCDFGHJKLMNP"
ROSTER = Feed(
    "roster",
    (
        *_TIME_COLUMNS,
        Column("kecamatan", "kode_kecamatan"),
        Column("petugas", "petugas"),
        _OFFICER_MARK,
        Column("nama", "nama_tersamar"),  # marks of the name within its unit: "M-... M-..."
        Column("pangkat", "pangkat"),
        Column("satuan", "satuan"),
        Column("instansi", "instansi", ColumnKind.CATEGORY, INSTANSI),
        Column("uraian", "uraian"),
        *_SOURCE_COLUMNS,
    ),
    identity_columns=("petugas", "instansi", "satuan"),
)

# Rows of one officer with the same `occurred_at` are one order; a later order replaces it.
POSTINGS = Feed(
    "postings",
    (
        *_TIME_COLUMNS,
        *_PLACE_COLUMNS,  # tps: "001", or several of one desa: "001,002,003"
        Column("petugas", "petugas"),
        _OFFICER_MARK,
        Column("penugasan", "penugasan", ColumnKind.CATEGORY, PENUGASAN),
        Column("lokasi", "lokasi"),  # of a reserve or a patrol
        Column("uraian", "uraian"),
        *_SOURCE_COLUMNS,
    ),
    identity_columns=("occurred_at", "petugas", "penugasan", "kecamatan", "desa_text", "tps"),
)

PERSONNEL = Feed(
    "personnel",
    (
        *_TIME_COLUMNS,
        *_PLACE_COLUMNS,
        *_POINT_COLUMNS,  # of a check-in at a TPS; of no other
        Column("petugas", "petugas"),
        Column("instansi", "instansi", ColumnKind.CATEGORY, INSTANSI),
        Column("checkin", "checkin", ColumnKind.CATEGORY, CHECKIN),
        Column("uraian", "uraian"),
        _ORIGINAL_TEXT,
        *_SOURCE_COLUMNS,
    ),
    identity_columns=("occurred_at", "petugas", "checkin", "kecamatan", "desa_text", "tps"),
)

ACTIVITIES = Feed(
    "activities",
    (
        *_TIME_COLUMNS,
        *_PLACE_COLUMNS,
        Column("giat", "giat", ColumnKind.CATEGORY, GIAT),
        Column("fungsi", "fungsi", ColumnKind.CATEGORY, FUNGSI),
        Column("status", "status", ColumnKind.CATEGORY, GIAT_STATUS),
        Column("tahapan", "tahapan"),  # code of a stage of the election (tahapan.csv)
        Column("sop", "sop"),  # code of a line of the SOP list (sop.csv)
        Column("mitra", "mitra"),  # participating institutions, joined by ", "
        Column("lokasi", "lokasi"),
        Column("jumlah", "jumlah"),  # as stated: "1471 personel", "667 TPS"
        Column("uraian", "uraian"),
        *_SOURCE_COLUMNS,
    ),
    identity_columns=("occurred_at", "kecamatan", "giat", "lokasi", "uraian"),
)

# Cases against police members, by code and unit: no name is ever stored.
NEUTRALITY = Feed(
    "neutrality",
    (
        *_TIME_COLUMNS,
        Column("kecamatan", "kode_kecamatan"),
        Column("pelanggaran", "pelanggaran", ColumnKind.CATEGORY, PELANGGARAN),
        Column("asal", "asal", ColumnKind.CATEGORY, ASAL),
        Column("langkah", "langkah", ColumnKind.CATEGORY, LANGKAH),
        Column("kelas", "kelas", ColumnKind.CATEGORY, KELAS),
        Column("sanksi", "sanksi", ColumnKind.CATEGORY, SANKSI),
        Column("satuan", "satuan"),
        Column("uraian", "uraian"),
        *_SOURCE_COLUMNS,
    ),
    identity_columns=("occurred_at", "pelanggaran", "satuan", "uraian"),
)

# Two cases merged as one report (gabung) or separated again (pisah), on the board.
MERGES = Feed(
    "merges",
    (
        *_TIME_COLUMNS,
        Column("kecamatan", "kode_kecamatan"),
        Column("kasus", "kasus"),  # keys of analysis.incidents.case_keys
        Column("ke", "ke"),
        Column("tindakan", "tindakan", ColumnKind.CATEGORY, GABUNG),
        Column("alasan_gabung", "alasan_gabung"),
        *_SOURCE_COLUMNS,
    ),
    identity_columns=("occurred_at", "kasus", "ke", "tindakan"),
)

FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (
        INCIDENTS, TPS, PERSONNEL, ACTIVITIES, ROSTER, POSTINGS, NEUTRALITY, MERGES,
    )
}  # fmt: skip

_DTYPES = {
    ColumnKind.TEXT: "object",
    ColumnKind.CATEGORY: "object",
    ColumnKind.TIME: "datetime64[us, UTC]",
    ColumnKind.COUNT: "Int64",
    ColumnKind.DECIMAL: "float64",
    ColumnKind.BOOLEAN: "bool",
}

# Columns that the store adds to every row of every feed.
STORE_COLUMN_DTYPES = {
    "seq": "int64",  # order of storing; always grows
    "batch": "int64",  # the delivery that contained it
    "row": "int64",  # row number in the sender's file
    "recorded_at": "datetime64[us, UTC]",  # when this board stored it
    "known_at": "datetime64[us, UTC]",  # when the command post knew it (see docs/decisions.md)
}


def dtypes(feed: Feed) -> dict[str, str]:
    """Return the pandas dtype of each column of an accepted frame of this feed."""
    return {column.name: _DTYPES[column.kind] for column in feed.columns}


def stored_dtypes(feed: Feed) -> dict[str, str]:
    """Return the pandas dtype of each column of a frame read from the store."""
    return STORE_COLUMN_DTYPES | dtypes(feed)


def empty_frame(feed: Feed) -> pd.DataFrame:
    """Return an empty frame with the columns of the store."""
    return pd.DataFrame({name: pd.Series(dtype=d) for name, d in stored_dtypes(feed).items()})
