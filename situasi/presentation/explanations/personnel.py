"""Rules of the figures that count officers, activities and neutrality cases."""

from __future__ import annotations

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import label
from situasi.presentation.explanations.model import Rule, Why, clock, minutes

_OFFICERS = ("roster", "postings", "personnel")
_GIAT = ("activities",)


def _patterns(election: Election) -> tuple[tuple[str, str], ...]:
    """'kurang rawan 2-8-16', and whose pattern that is."""
    rule = election.rules.staffing_patterns
    return (
        *(
            (label("kerawanan", kind), f"{one.polri}-{one.tps}-{one.linmas}")
            for kind, one in rule.by_kerawanan.items()
        ),
        (_("belum dinilai: seperti"), label("kerawanan", rule.default_kerawanan)),
        (_("dasar"), rule.basis),
    )


def _word(election: Election) -> tuple[tuple[str, str], ...]:
    rule = election.rules.personnel
    return (
        (_("tiba paling lambat"), clock(rule.arrive_by)),
        (_("lapor berkala tiap"), minutes(rule.report_interval)),
    )


def _present(election: Election) -> Why:
    return Why(
        _("Petugas polisi (Polri, BKO Polda, Brimob, atau yang instansinya belum disebut) yang "
          "diplot di TPS dan kabar terakhirnya dari posnya masih baru. Yang berkabar dari tempat "
          "lain dihitung meninggalkan TPS-nya."),
        _word(election),
        _OFFICERS,
    )  # fmt: skip


def _posted(election: Election) -> Why:
    return Why(
        _("Polisi menurut perintah plotting terakhir, tiap orang sekali, dibanding kebutuhan "
          "menurut pola polisi-TPS-linmas dan kerawanan TPS, dibulatkan ke atas per wilayah."),
        _patterns(election),
        _OFFICERS,
    )  # fmt: skip


def _absent(election: Election) -> Why:
    return Why(
        _("TPS yang diketahui tanpa petugas: tidak ada yang diplot, atau yang diplot belum tiba "
          "sesudah batas tiba, bergeser, atau kembali sebelum TPS tutup. Tanpa kabar sesudah tiba "
          "tidak dihitung kosong. Kecamatan tanpa plotting tidak dinilai."),
        _word(election),
        _OFFICERS,
    )  # fmt: skip


def _below(election: Election) -> Why:
    return Why(
        _("TPS yang bagian petugasnya kurang dari pola untuk kerawanannya; petugas yang memegang "
          "beberapa TPS dibagi rata. Menurut yang diplot, bukan yang hadir."),
        _patterns(election),
        _OFFICERS,
    )  # fmt: skip


def _silent(election: Election) -> Why:
    return Why(
        _("Petugas yang sudah pernah melapor dari posnya, lalu diam lebih lama dari batas."),
        _word(election),
        _OFFICERS,
    )


def _reserve(election: Election) -> Why:
    return Why(
        _("Cadangan dan patroli menurut plotting; siap: kabar terakhirnya masih baru."),
        _word(election),
        _OFFICERS,
    )


def _checked_in(_election: Election) -> Why:
    return Why(
        _("Petugas yang pernah lapor diri. Tanpa plotting tidak dapat dikatakan siapa yang "
          "kurang."),
        feeds=_OFFICERS,
    )  # fmt: skip


def _by_area(election: Election) -> Why:
    return Why(
        _("Perlu menurut pola, diplot menurut perintah terakhir, hadir menurut lapor diri. Wilayah "
          "tanpa plotting dikosongkan, bukan nol."),
        (*_patterns(election), *_word(election)),
        _OFFICERS,
    )  # fmt: skip


def _unspoken(election: Election) -> Why:
    return Why(
        _("Petugas dari daftar atau plotting yang belum pernah lapor diri."),
        _word(election), _OFFICERS,
    )  # fmt: skip


def _strangers(_election: Election) -> Why:
    return Why(
        _("Petugas yang lapor diri tetapi tidak ada di plotting, atau tidak ada di daftar dan "
          "plotting."),
        feeds=_OFFICERS,
    )  # fmt: skip


def _strange_tps(_election: Election) -> Why:
    return Why(_("Baris plotting yang menyebut TPS yang tidak ada di daftar."), feeds=_OFFICERS)


def _curve(election: Election) -> Why:
    return Why(
        _("Petugas yang hadir dan TPS tanpa petugas pada tiap saat, dengan aturan yang sama."),
        _word(election),
        _OFFICERS,
    )


def _stage(_election: Election) -> Why:
    return Why(
        _("Tahapan menurut jadwal (tahapan.csv, dari peraturan KPU); tanggal mulai dan akhirnya "
          "ikut."),
    )  # fmt: skip


def _done(election: Election) -> Why:
    return Why(
        _("Giat yang dilaporkan terlaksana, dari semua giat yang pernah disebut. Baris dengan id, "
          "hari, giat, dan kecamatan yang sama adalah satu giat."),
        _word_within(election),
        _GIAT,
    )  # fmt: skip


def _word_within(election: Election) -> tuple[tuple[str, str], ...]:
    hours = i18n.format_number(election.rules.activity_report_due.total_seconds() / 3600)
    return ((_("kabar ditunggu"), _("{n} jam").format(n=hours)),)


def _lapsed(election: Election) -> Why:
    return Why(
        _("Giat yang direncanakan, waktunya lewat, dan sampai batas tidak ada kabar terlaksana "
          "atau batal."),
        _word_within(election),
        _GIAT,
    )  # fmt: skip


def _drills(_election: Election) -> Why:
    return Why(_("Giat jenis latihan Sispamkota; terlaksana dari yang disebut."), feeds=_GIAT)


def _sop(_election: Election) -> Why:
    return Why(
        _("Butir SOP dari tahap yang sudah mulai. Selesai: ada giat terlaksana yang menyebut butir "
          "itu. Sebagian: hanya fungsi dan jenis giatnya cocok. Daftar butir: sop.csv."),
        feeds=_GIAT,
    )  # fmt: skip


def _joint(_election: Election) -> Why:
    return Why(_("Giat yang menyebut mitra, menurut lembaga."), feeds=_GIAT)


def _strange(_election: Election) -> Why:
    return Why(
        _("Giat yang menyebut tahap, butir SOP, atau kecamatan yang tidak ada di daftar."),
        feeds=_GIAT,
    )


def _target(election: Election) -> tuple[tuple[str, str], ...]:
    days = i18n.format_number(election.rules.neutrality_target.days)
    return ((_("target"), _("{n} hari").format(n=days)),)


def _cases(election: Election) -> Why:
    return Why(
        _("Kasus netralitas menurut kabar terakhir; laporan nihil bukan kasus. Terbuka: belum "
          "selesai dan bukan tidak terbukti. Umur dihitung sejak LP Propam, atau kabar pertama."),
        _target(election),
        ("neutrality",),
    )  # fmt: skip


def _classed(election: Election) -> Why:
    return Why(
        _("Kasus yang kelasnya (ringan, sedang, berat) sudah ditetapkan gelar perkara."),
        _target(election),
        ("neutrality",),
    )


SITUATION: dict[str, Rule] = {"personel": _present}
PERSONNEL: dict[str, Rule] = {
    "diplot": _posted, "hadir": _present, "tanpa_petugas": _absent, "bawah_pola": _below,
    "tanpa_kabar": _silent, "cadangan": _reserve, "lapor_diri": _checked_in,
    "kurva_personel": _curve, "personel_kecamatan": _by_area, "personel_polsek": _by_area,
    "personel_instansi": _by_area, "personel_kabar": _checked_in,
    "daftar_tanpa_petugas": _absent, "daftar_bawah_pola": _below, "daftar_belum_lapor": _unspoken,
    "daftar_tanpa_kabar": _silent, "daftar_cadangan": _reserve,
    "daftar_tanpa_plotting": _strangers, "daftar_luar_daftar": _strangers,
    "daftar_tps_asing": _strange_tps,
}  # fmt: skip
ACTIVITIES: dict[str, Rule] = {
    "tahap_kini": _stage, "tahap_nanti": _stage, "semua_tahap": _stage, "giat": _done,
    "giat_matriks": _done, "agenda": _done, "lewat": _lapsed, "latihan": _drills, "sop": _sop,
    "sop_baris": _sop, "giat_bersama": _joint, "mitra": _joint, "giat_asing": _strange,
}  # fmt: skip
NEUTRALITY: dict[str, Rule] = {
    "kasus": _cases, "lampau": _cases, "kelas": _classed, "akhir": _cases,
    "netral_kelas": _cases, "netral_kasus": _cases,
}  # fmt: skip
