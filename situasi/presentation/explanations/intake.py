"""Explanations of the figures about deliveries, silent feeds and the board itself."""

from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import N_, label
from situasi.presentation.explanations.model import (
    Explanation,
    ExplanationBuilder,
    explain,
    format_minutes,
)


def _explain_silent_feeds(election: Election) -> Explanation:
    day = f"{election.day_start:%H.%M}–{election.day_end:%H.%M}"
    return Explanation(
        _("Sumber yang pada jam pemantauan tidak berkabar lebih lama dari batasnya, dihitung dari "
          "kabar terakhir atau awal pemantauan. Tempat senyap: kecamatan yang separuh TPS-nya "
          "terlambat atau tak terjangkau, atau separuh petugasnya tidak memberi kabar, dari yang "
          "seharusnya menurut daftar dan plotting. Karantina: baris yang menunggu perbaikan."),
        (
            *((label("feed", feed), format_minutes(limit))
              for feed, limit in election.thresholds.silent_after.items()),
            (_("dipantau"), day),
        ),
        tuple(election.thresholds.silent_after),
    )  # fmt: skip


_DELIVERIES = explain(
    N_("Kiriman menurut buku kiriman: tiap berkas, formulir, atau pesan satu kali. Dibaca = "
       "diterima + ganda + karantina, selalu."),
)  # fmt: skip
_QUARANTINE = explain(
    N_("Baris yang tidak dapat diterima, dengan teks asli dan semua alasannya, sampai diperbaiki "
       "dan dilepas."),
)  # fmt: skip
_HEALTH_SAMPLES = explain(
    N_("Diukur server sendiri pada tiap denyut; baris: semua denyut yang diingat."),
)  # fmt: skip
_INBOX = explain(
    N_("Berkas yang diletakkan di kotak masuk dan tidak dapat dibaca, sejak server dibuka; yang "
       "gagal ada di folder failed/ beserta sebabnya, yang lain dicoba lagi sendiri."),
)  # fmt: skip
_WAITING = explain(
    N_("Berkas yang judul kolomnya belum dikenali, atau tidak memuat kolom yang perlu. Isinya "
       "disimpan tanpa suara, nama dan NRP, sampai kolomnya dipetakan atau berkasnya dibuang."),
)  # fmt: skip
_MESSAGE_FILES = explain(
    N_("Berkas yang isinya pesan (ekspor percakapan, catatan SMS): tiap pesan masuk baki di Lapor "
       "satu kali dan diputuskan di sana; yang bukan pesan dilewati dan dihitung. Isi berkasnya "
       "tidak disimpan di daftar ini."),
)  # fmt: skip
SITUATION: dict[str, ExplanationBuilder] = {"senyap": _explain_silent_feeds}
INTAKE: dict[str, ExplanationBuilder] = {
    "kiriman": _DELIVERIES,
    "dibaca": _DELIVERIES,
    "karantina": _QUARANTINE,
    "menunggu": _QUARANTINE,
    "senyap": _explain_silent_feeds,
    "ditarik": explain(
        N_("Kiriman yang ditarik kembali: barisnya tidak tampil, tetapi tetap tersimpan."),
    ),
    "sumber": _DELIVERIES,
    "sumber_berkas": _DELIVERIES,
    "alasan_jumlah": _QUARANTINE,
    "kotak_masuk": _INBOX,
    "menunggu_pemetaan": _WAITING,
    "berkas_pesan": _MESSAGE_FILES,
}  # fmt: skip
HEALTH: dict[str, ExplanationBuilder] = {
    "umur": explain(
        N_("Sejak papan terakhir memeriksa penyimpanan, untuk gambar di halaman ini."),
    ),
    "cadangan": explain(
        N_("Cadangan malam yang terakhir selesai dan terbukti utuh saat dibaca ulang; baris: "
           "semua yang diingat server ini, juga yang gagal."),
    ),
    "ruang": explain(
        N_("Ruang kosong pada disk tersempit yang ditulisi papan, diukur tiap sepuluh detik; "
           "baris: apa yang ditulis dan apakah penulisan terakhir berhasil."),
    ),
    "hulu": explain(
        N_("Baris penyimpanan ini yang belum diketahui ada di penyimpanan atasan; akun, sesi, "
           "kunci dan tautan tidak pernah ikut."),
    ),
    "kotak_masuk": _INBOX,
    "pekerjaan": explain(
        N_("Pekerjaan server di samping halaman. Baik: masih berjalan dan tidak gagal tiga kali "
           "berturut-turut; yang gagal dicoba lagi sendiri, dengan jeda yang makin panjang."),
    ),
    "streamlit": explain(
        N_("Perubahan kecil pada Streamlit yang diandalkan papan. Yang tidak cocok dengan versi "
           "Streamlit ini tidak dipasang: papan tetap berjalan, tanpa perbaikan itu."),
    ),
    **dict.fromkeys(
        ("jeda", "baca", "penonton", "tunggu", "memori", "denyut"), _HEALTH_SAMPLES
    ),
}  # fmt: skip
ACCOUNTS: dict[str, ExplanationBuilder] = {
    "akun_semua": explain(
        N_("Semua akun papan ini, yang ditutup juga. Sandi tidak pernah ditunjukkan: yang disimpan "
           "hanya sidiknya."),
    ),
    "akun_riwayat": explain(
        N_("Catatan jejak tentang akun: siapa membuat, mengubah, menutup atau membukanya, juga "
           "dari baris perintah."),
    ),
}  # fmt: skip
