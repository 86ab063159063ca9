"""Rules of the figures that tell of deliveries, of silence, and of the board itself."""

from __future__ import annotations

from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import label
from situasi.presentation.explanations.model import Rule, Why, minutes


def _silent(election: Election) -> Why:
    day = f"{election.day_start:%H.%M}–{election.day_end:%H.%M}"
    return Why(
        _("Sumber yang pada jam pemantauan tidak berkabar lebih lama dari batasnya, dihitung dari "
          "kabar terakhir atau awal pemantauan. Karantina: baris yang menunggu perbaikan."),
        (
            *((label("feed", feed), minutes(limit))
              for feed, limit in election.thresholds.silent_after.items()),
            (_("dipantau"), day),
        ),
        tuple(election.thresholds.silent_after),
    )  # fmt: skip


def _deliveries(_election: Election) -> Why:
    return Why(
        _("Kiriman menurut buku kiriman: tiap berkas, formulir, atau pesan satu kali. Dibaca = "
          "diterima + ganda + karantina, selalu."),
    )  # fmt: skip


def _waiting(_election: Election) -> Why:
    return Why(
        _("Baris yang tidak dapat diterima, dengan teks asli dan semua alasannya, sampai "
          "diperbaiki dan dilepas."),
    )  # fmt: skip


def _taken_back(_election: Election) -> Why:
    return Why(_("Kiriman yang ditarik kembali: barisnya tidak tampil, tetapi tetap tersimpan."))


def _picture(_election: Election) -> Why:
    return Why(
        _("Sejak papan terakhir memeriksa penyimpanan, untuk gambar di halaman ini."),
    )


def _beat(_election: Election) -> Why:
    return Why(_("Diukur server sendiri pada tiap denyut; baris: semua denyut yang diingat."))


def _disk(_election: Election) -> Why:
    return Why(
        _("Ruang kosong pada disk tersempit yang ditulisi papan, diukur tiap sepuluh detik; baris: "
          "apa yang ditulis dan apakah penulisan terakhir berhasil."),
    )  # fmt: skip


def _backup(_election: Election) -> Why:
    return Why(
        _("Cadangan malam yang terakhir selesai dan terbukti utuh saat dibaca ulang; baris: semua "
          "yang diingat server ini, juga yang gagal."),
    )  # fmt: skip


def _upstream(_election: Election) -> Why:
    return Why(
        _("Baris penyimpanan ini yang belum diketahui ada di penyimpanan atasan; akun, sesi, "
          "kunci dan tautan tidak pernah ikut."),
    )  # fmt: skip


def _inbox(_election: Election) -> Why:
    return Why(
        _("Berkas yang diletakkan di kotak masuk dan tidak dapat dibaca, sejak server dibuka; yang "
          "gagal ada di folder failed/ beserta sebabnya, yang lain dicoba lagi sendiri."),
    )  # fmt: skip


def _jobs(_election: Election) -> Why:
    return Why(
        _("Pekerjaan server di samping halaman. Baik: masih berjalan dan tidak gagal tiga kali "
          "berturut-turut; yang gagal dicoba lagi sendiri, dengan jeda yang makin panjang."),
    )  # fmt: skip


SITUATION: dict[str, Rule] = {"senyap": _silent}
INTAKE: dict[str, Rule] = {
    "kiriman": _deliveries, "dibaca": _deliveries, "karantina": _waiting, "menunggu": _waiting,
    "senyap": _silent, "ditarik": _taken_back, "sumber": _deliveries, "sumber_berkas": _deliveries,
    "alasan_jumlah": _waiting, "kotak_masuk": _inbox,
}  # fmt: skip
HEALTH: dict[str, Rule] = {
    "umur": _picture,
    "cadangan": _backup,
    "ruang": _disk,
    "hulu": _upstream,
    "kotak_masuk": _inbox,
    "pekerjaan": _jobs,
    **dict.fromkeys(("jeda", "baca", "penonton", "tunggu", "memori", "denyut"), _beat),
}
