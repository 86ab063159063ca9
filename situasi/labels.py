"""What people read for each code of the field's vocabulary."""

from __future__ import annotations

from situasi.words import _


def N_(message: str) -> str:
    """Mark a message for the catalogue; it is translated when shown."""
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
        "lainnya": N_("lainnya"),
    },
    "feed": {
        "incidents": N_("kejadian"),
        "tps": N_("TPS"),
        "personnel": N_("personel"),
        "activities": N_("giat"),
    },
}


def label(scale: str, code: str | None) -> str:
    """The word for a code; 'belum dinilai' where none was given."""
    if not isinstance(code, str):
        return _("belum dinilai")
    return _(_LABELS[scale].get(code, code))


# Usual words of election.toml, so that the catalogue holds them.
MOMENTS = (N_("TPS buka"), N_("TPS tutup"))
