"""Interface words for the codes of the field's vocabulary."""

from situasi.common.i18n import _


def N_(message: str) -> str:
    """Mark a message for the translation catalogue and return it; it is translated when shown."""
    return message


_LABELS: dict[str, dict[str, str]] = {
    "tingkat": {"rendah": N_("rendah"), "sedang": N_("sedang"), "tinggi": N_("tinggi")},
    "situasi": {"hijau": N_("hijau"), "kuning": N_("kuning"), "merah": N_("merah")},
    "status": {
        "dilaporkan": N_("dilaporkan"),
        "diverifikasi": N_("diverifikasi"),
        "ditangani": N_("ditangani"),
        "diteruskan": N_("diteruskan"),
        "selesai": N_("selesai"),
        "tidak_terbukti": N_("tidak terbukti"),
        "nihil": N_("nihil"),
    },
    "jenis": {
        "nihil": N_("nihil kejadian"),
        "unjuk_rasa": N_("unjuk rasa"),
        "kericuhan": N_("kericuhan"),
        "kekerasan": N_("kekerasan"),
        "intimidasi": N_("intimidasi"),
        "penolakan": N_("penolakan pemungutan"),
        "politik_uang": N_("politik uang"),
        "sara": N_("SARA, ujaran kebencian"),
        "hoaks": N_("hoaks, kampanye hitam"),
        "apk": N_("alat peraga kampanye"),
        "kampanye_tenang": N_("kampanye di masa tenang"),
        "netralitas": N_("netralitas"),
        "logistik": N_("logistik"),
        "daftar_pemilih": N_("daftar pemilih"),
        "pelanggaran_tungsura": N_("pelanggaran pemungutan"),
        "psu": N_("pemungutan ulang"),
        "hitung_ulang": N_("hitung ulang"),
        "bencana": N_("banjir, bencana, cuaca"),
        "listrik_jaringan": N_("listrik, jaringan"),
        "akses": N_("akses terputus"),
        "petugas_sakit": N_("petugas sakit"),
        "kebakaran": N_("kebakaran"),
        "lalu_lintas": N_("lalu lintas"),
        "pidana_umum": N_("pidana umum"),
        "ancaman_bom": N_("ancaman bom"),
        "teror": N_("teror"),
        "penyanderaan": N_("penyanderaan"),
        "perusakan_logistik": N_("perusakan logistik"),
        "lainnya": N_("lainnya"),
    },
    # Plain words for a kind that its name does not hold: who types them finds it.
    "jenis_sebutan": {
        "unjuk_rasa": N_("demo"),
        "kericuhan": N_("rusuh, ribut"),
        "kekerasan": N_("pukul, aniaya"),
        "intimidasi": N_("ancam"),
        "penolakan": N_("tolak, boikot"),
        "apk": N_("baliho"),
        "psu": N_("PSU"),
        "lalu_lintas": N_("laka"),
        "pidana_umum": N_("curi"),
        "penyanderaan": N_("sandera"),
    },
    "feed": {
        "incidents": N_("kejadian"),
        "tps": N_("TPS"),
        "personnel": N_("personel"),
        "activities": N_("giat"),
        "roster": N_("daftar personel"),
        "postings": N_("plotting personel"),
        "neutrality": N_("netralitas"),
        "merges": N_("gabungan laporan"),
    },
    "screen": {
        "situasi": N_("Situasi"),
        "kejadian": N_("Kejadian"),
        "peringatan": N_("Peringatan"),
        "perubahan": N_("Sejak taklimat"),
        "partisipasi": N_("Partisipasi"),
        "tps": N_("TPS"),
        "personel": N_("Personel"),
        "pergeseran": N_("Pergeseran"),
        "tahapan": N_("Tahapan dan giat"),
        "netralitas": N_("Netralitas"),
        "masukan": N_("Masukan"),
        "laporan": N_("Laporan"),
        "lapor": N_("Lapor"),
        "tautan": N_("Tautan tamu"),
        "latihan": N_("Latihan"),
        "kesehatan": N_("Kesehatan papan"),
        "kesiapan": N_("Kesiapan"),
        "akun": N_("Akun"),
    },
    "kesiapan": {"siap": N_("siap"), "sebagian": N_("sebagian"), "belum": N_("belum")},
    "laporan": {
        "situasi": N_("Laporan situasi"),
        "harian": N_("Laporan harian"),
        "anev": N_("Analisa dan evaluasi"),
    },
    "kurun": {
        "pemungutan": N_("hari pemungutan"),
        "24j": N_("24 jam terakhir"),
        "7h": N_("7 hari terakhir"),
        "lain": N_("tanggal lain"),
    },
    "reaksi": {
        "diketahui": N_("diketahui"),
        "diverifikasi": N_("diverifikasi"),
        "ditugaskan": N_("ditugaskan"),
        "ditutup": N_("ditutup"),
    },
    "reaksi_keadaan": {
        "tepat": N_("tepat waktu"),
        "lambat": N_("terlambat"),
        "belum": N_("belum"),
        "lewat": N_("belum, lewat batas"),
    },
    "link": {
        "berlaku": N_("berlaku"),
        "berakhir": N_("berakhir"),
        "dicabut": N_("dicabut"),
        "tertutup": N_("tertutup: pembuatnya tidak berhak lagi"),
    },
    "lapor_isi": {
        "kejadian": N_("Kejadian"),
        "tps": N_("TPS"),
        "personel": N_("Personel"),
        "pesan": N_("Pesan"),
        "baki": N_("Baki pesan"),
    },
    "baki": {
        "dahulukan": N_("Kejadian dahulu, lalu terlama"),
        "terbaru": N_("Terbaru dahulu"),
    },
    "baki_sebab": {
        "bukan_laporan": N_("Bukan laporan"),
        "sudah_ada": N_("Sudah ada di papan"),
        "tidak_jelas": N_("Tidak jelas, sudah ditanyakan"),
        "salah_kirim": N_("Salah kirim"),
    },
    "role": {
        "pimpinan": N_("pimpinan"),
        "propam": N_("Propam"),
        "analis": N_("analis"),
        "operator": N_("operator"),
        "admin": N_("admin"),
        "tamu": N_("tamu"),
    },
    "perhatian": {
        "kejadian": N_("kejadian terbuka semua hari"),
        "fase": N_("TPS terlambat"),
        "partisipasi": N_("partisipasi tertinggal"),
        "personel": N_("TPS tanpa petugas"),
    },
    "kerawanan": {
        "kurang_rawan": N_("kurang rawan"),
        "rawan": N_("rawan"),
        "sangat_rawan": N_("sangat rawan"),
        "khusus": N_("khusus"),
    },
    "fase": {
        "logistik_tiba": N_("logistik tiba"),
        "dibuka": N_("dibuka"),
        "ditutup": N_("ditutup"),
        "hitung_mulai": N_("penghitungan dimulai"),
        "hitung_selesai": N_("penghitungan selesai"),
        "kotak_bergeser": N_("kotak bergeser"),
        "kotak_tiba_pps": N_("kotak tiba di PPS"),
        "kotak_tiba_ppk": N_("kotak tiba di PPK"),
        "kotak_tiba_kpu": N_("kotak tiba di KPU"),
    },
    # Where a ballot box is (analysis.stations.ballot_boxes.CUSTODY).
    "kotak": {
        "belum": N_("tanpa kabar"),
        "di_tps": N_("masih di TPS"),
        "kotak_bergeser": N_("di jalan"),
        "kotak_tiba_pps": N_("di PPS"),
        "kotak_tiba_ppk": N_("di PPK"),
        "kotak_tiba_kpu": N_("di KPU"),
    },
    "lapor": {
        "belum_waktunya": N_("belum waktunya"),
        "ditunggu": N_("ditunggu"),
        "terlambat": N_("terlambat"),
        "tak_terjangkau": N_("tak terjangkau"),
        "lapor": N_("lapor"),
        "diragukan": N_("diragukan"),
    },
    "instansi": {
        "polri": N_("Polri"),
        "bko_polda": N_("BKO Polda"),
        "brimob": N_("Brimob"),
        "tni": N_("TNI"),
        "linmas": N_("Linmas"),
        "satpol_pp": N_("Satpol PP"),
    },
    "penugasan": {
        "tps": N_("TPS"),
        "kecamatan": N_("kecamatan"),
        "cadangan": N_("cadangan"),
        "patroli": N_("patroli"),
    },
    "checkin": {
        "apel": N_("apel"),
        "pergeseran": N_("pergeseran"),
        "tiba_di_tps": N_("tiba di TPS"),
        "laporan_berkala": N_("laporan berkala"),
        "kembali": N_("kembali"),
    },
    "kehadiran": {
        "hadir": N_("hadir"),
        "tanpa_kabar": N_("tanpa kabar"),
        "bergeser": N_("meninggalkan TPS"),
        "kembali": N_("kembali"),
        "belum_tiba": N_("belum tiba"),
        "ditunggu": N_("ditunggu"),
        "tanpa_plotting": N_("tanpa plotting"),
        "tidak_diketahui": N_("plotting belum masuk"),
    },
    "giat": {
        "preemtif": N_("preemtif"),
        "preventif": N_("preventif"),
        "kamseltibcarlantas": N_("kamseltibcarlantas"),
        "gakkum": N_("gakkum"),
        "humas": N_("humas"),
        "banops": N_("banops"),
        "apel": N_("apel"),
        "patroli": N_("patroli"),
        "rapat": N_("rapat koordinasi"),
        "sosialisasi": N_("sosialisasi"),
        "latihan": N_("latihan Sispamkota"),
        "serpas": N_("pergeseran pasukan"),
        "pengamanan": N_("pengamanan"),
        "netralitas": N_("netralitas"),
        "lainnya": N_("lainnya"),
    },
    "giat_status": {"rencana": N_("rencana"), "terlaksana": N_("terlaksana"), "batal": N_("batal")},
    "giat_state": {
        "terlaksana": N_("terlaksana"),
        "menunggu": N_("menunggu kabar"),
        "lewat": N_("lewat tanpa kabar"),
        "rencana": N_("akan datang"),
        "batal": N_("batal"),
        "tanpa_status": N_("status tidak disebut"),
    },
    "tahap": {
        "lewat": N_("sudah lewat"),
        "berjalan": N_("berjalan"),
        "akan": N_("akan datang"),
        "tanpa_tanggal": N_("tanggal tidak ditemukan"),
    },
    "tahap_dasar": {
        "dinyatakan": N_("dinyatakan"),
        "sop": N_("menurut butir SOP"),
        "tanggal": N_("menurut tanggal"),
    },
    "sop": {
        "selesai": N_("selesai"),
        "berjalan": N_("sedang berjalan"),
        "sebagian": N_("sebagian, menurut giat"),
        "rencana": N_("direncanakan"),
        "belum": N_("belum"),
    },
    "langkah": {
        "nihil": N_("nihil"),
        "informasi": N_("informasi"),
        "klarifikasi": N_("klarifikasi"),
        "lp_propam": N_("LP Propam"),
        "gelar_perkara": N_("gelar perkara"),
        "sidang": N_("sidang"),
        "putusan": N_("putusan"),
        "selesai": N_("selesai"),
        "tidak_terbukti": N_("tidak terbukti"),
    },
    "kelas": {"ringan": N_("ringan"), "sedang": N_("sedang"), "berat": N_("berat")},
    "asal": {
        "dumas": N_("pengaduan masyarakat"),
        "patroli_siber": N_("patroli siber"),
        "bawaslu": N_("Bawaslu"),
        "media": N_("media"),
        "propam": N_("Propam"),
        "satuan": N_("satuan"),
        "lainnya": N_("lainnya"),
    },
    "sanksi": {
        "teguran_lisan": N_("teguran lisan"),
        "tindakan_fisik": N_("tindakan fisik"),
        "teguran_tertulis": N_("teguran tertulis"),
        "tunda_pendidikan": N_("penundaan pendidikan"),
        "tunda_gaji": N_("penundaan kenaikan gaji"),
        "tunda_pangkat": N_("penundaan kenaikan pangkat"),
        "mutasi_demosi": N_("mutasi demosi"),
        "bebas_jabatan": N_("pembebasan jabatan"),
        "patsus": N_("penempatan khusus"),
        "permintaan_maaf": N_("permintaan maaf"),
        "pembinaan": N_("pembinaan"),
        "ptdh": N_("PTDH"),
    },
    "rujukan": {
        "bawaslu": N_("Bawaslu"),
        "gakkumdu": N_("Gakkumdu"),
        "kpu": N_("KPU"),
        "bpbd": N_("BPBD"),
        "propam": N_("Propam"),
    },
    "pelanggaran": {
        "N01": N_("membantu deklarasi pasangan calon"),
        "N02": N_("janji, hadiah, sumbangan"),
        "N03": N_("atribut kampanye"),
        "N04": N_("hadir atau bicara di kampanye tanpa perintah"),
        "N05": N_("menyebarkan atau menanggapi gambar calon"),
        "N06": N_("foto bersama calon atau simpatisan"),
        "N07": N_("pose jari"),
        "N08": N_("dukungan politik"),
        "N09": N_("menjadi tim sukses"),
        "N10": N_("keputusan yang berpihak"),
        "N11": N_("fasilitas untuk kepentingan politik"),
        "N12": N_("kampanye hitam, menganjurkan golput"),
        "N13": N_("memberi atau mencatat hasil hitung"),
        "N14": N_("mencampuri penyelenggara pemilihan"),
        "N15": N_("jabatan untuk keluarga yang maju"),
    },
}


_RATED_SCALES = frozenset({"tingkat", "situasi", "status", "jenis", "kerawanan", "kelas"})


def label(scale: str, code: str | None) -> str:
    """Return the word for a code; for a missing one 'belum dinilai' on a rated scale, else ""."""
    if not isinstance(code, str):
        return _("belum dinilai") if scale in _RATED_SCALES else ""
    return _(_LABELS[scale].get(code, code))


def format_jenis_choice(jenis: str) -> str:
    """Return the name of a kind for a list to choose from, with the plain words for it."""
    name, words = label("jenis", jenis), _LABELS["jenis_sebutan"].get(jenis)
    return f"{name} ({label('jenis_sebutan', jenis)})" if words else name


def format_situasi_letter(situasi: str) -> str:
    """Return the letter that stands for a situasi, as its colour cannot be told by everybody."""
    return label("situasi", situasi)[0].upper()


# Common labels of election.toml, so that the translation catalogue contains them.
TIMELINE_LABELS = (N_("TPS buka"), N_("TPS tutup"))
