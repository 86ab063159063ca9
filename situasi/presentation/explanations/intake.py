"""Explanations of the figures about deliveries, silent feeds and the board itself."""

from __future__ import annotations

from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import label
from situasi.presentation.explanations.model import Explanation, ExplanationBuilder, format_minutes


def _explain_silent_feeds(election: Election) -> Explanation:
    day = f"{election.day_start:%H.%M}–{election.day_end:%H.%M}"
    return Explanation(
        _("Sumber yang pada jam pemantauan tidak berkabar lebih lama dari batasnya, dihitung dari "
          "kabar terakhir atau awal pemantauan. Karantina: baris yang menunggu perbaikan."),
        (
            *((label("feed", feed), format_minutes(limit))
              for feed, limit in election.thresholds.silent_after.items()),
            (_("dipantau"), day),
        ),
        tuple(election.thresholds.silent_after),
    )  # fmt: skip


def _explain_deliveries(_election: Election) -> Explanation:
    return Explanation(
        _("Kiriman menurut buku kiriman: tiap berkas, formulir, atau pesan satu kali. Dibaca = "
          "diterima + ganda + karantina, selalu."),
    )  # fmt: skip


def _explain_quarantine(_election: Election) -> Explanation:
    return Explanation(
        _("Baris yang tidak dapat diterima, dengan teks asli dan semua alasannya, sampai "
          "diperbaiki dan dilepas."),
    )  # fmt: skip


def _explain_withdrawals(_election: Election) -> Explanation:
    return Explanation(
        _("Kiriman yang ditarik kembali: barisnya tidak tampil, tetapi tetap tersimpan.")
    )


def _explain_snapshot_age(_election: Election) -> Explanation:
    return Explanation(
        _("Sejak papan terakhir memeriksa penyimpanan, untuk gambar di halaman ini."),
    )


def _explain_health_samples(_election: Election) -> Explanation:
    return Explanation(
        _("Diukur server sendiri pada tiap denyut; baris: semua denyut yang diingat.")
    )


def _explain_disk_space(_election: Election) -> Explanation:
    return Explanation(
        _("Ruang kosong pada disk tersempit yang ditulisi papan, diukur tiap sepuluh detik; baris: "
          "apa yang ditulis dan apakah penulisan terakhir berhasil."),
    )  # fmt: skip


def _explain_backup(_election: Election) -> Explanation:
    return Explanation(
        _("Cadangan malam yang terakhir selesai dan terbukti utuh saat dibaca ulang; baris: semua "
          "yang diingat server ini, juga yang gagal."),
    )  # fmt: skip


def _explain_upstream(_election: Election) -> Explanation:
    return Explanation(
        _("Baris penyimpanan ini yang belum diketahui ada di penyimpanan atasan; akun, sesi, "
          "kunci dan tautan tidak pernah ikut."),
    )  # fmt: skip


def _explain_inbox(_election: Election) -> Explanation:
    return Explanation(
        _("Berkas yang diletakkan di kotak masuk dan tidak dapat dibaca, sejak server dibuka; yang "
          "gagal ada di folder failed/ beserta sebabnya, yang lain dicoba lagi sendiri."),
    )  # fmt: skip


def _explain_jobs(_election: Election) -> Explanation:
    return Explanation(
        _("Pekerjaan server di samping halaman. Baik: masih berjalan dan tidak gagal tiga kali "
          "berturut-turut; yang gagal dicoba lagi sendiri, dengan jeda yang makin panjang."),
    )  # fmt: skip


def _explain_patches(_election: Election) -> Explanation:
    return Explanation(
        _("Perubahan kecil pada Streamlit yang diandalkan papan. Yang tidak cocok dengan versi "
          "Streamlit ini tidak dipasang: papan tetap berjalan, tanpa perbaikan itu."),
    )  # fmt: skip


SITUATION: dict[str, ExplanationBuilder] = {"senyap": _explain_silent_feeds}
INTAKE: dict[str, ExplanationBuilder] = {
    "kiriman": _explain_deliveries,
    "dibaca": _explain_deliveries,
    "karantina": _explain_quarantine,
    "menunggu": _explain_quarantine,
    "senyap": _explain_silent_feeds,
    "ditarik": _explain_withdrawals,
    "sumber": _explain_deliveries,
    "sumber_berkas": _explain_deliveries,
    "alasan_jumlah": _explain_quarantine,
    "kotak_masuk": _explain_inbox,
}
HEALTH: dict[str, ExplanationBuilder] = {
    "umur": _explain_snapshot_age,
    "cadangan": _explain_backup,
    "ruang": _explain_disk_space,
    "hulu": _explain_upstream,
    "kotak_masuk": _explain_inbox,
    "pekerjaan": _explain_jobs,
    "streamlit": _explain_patches,
    **dict.fromkeys(
        ("jeda", "baca", "penonton", "tunggu", "memori", "denyut"), _explain_health_samples
    ),
}
