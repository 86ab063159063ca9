"""Explanations of the figures that count officers, activities and neutrality cases."""

from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import N_, label
from situasi.presentation import definition_words
from situasi.presentation.explanations.model import (
    OFFICER_FEEDS,
    ExplanationBuilder,
    Limits,
    explain,
    format_clock,
    format_minutes,
    list_patterns,
)


def _list_pattern_limits(election: Election) -> Limits:
    rule = election.rules.staffing_patterns
    return (
        *list_patterns(election),
        (_("belum dinilai: seperti"), label("kerawanan", rule.default_kerawanan)),
        (_("dasar"), definition_words.translate(election, rule.basis)),
    )


def _list_checkin_limits(election: Election) -> Limits:
    rule = election.rules.personnel
    return (
        (_("tiba paling lambat"), format_clock(rule.arrive_by)),
        (_("lapor berkala tiap"), format_minutes(rule.report_interval)),
    )


def _list_activity_limits(election: Election) -> Limits:
    hours = election.rules.activity_report_due.total_seconds() / 3600
    return ((_("kabar ditunggu"), format_counts(_("{n} jam"), n=hours)),)


def _list_target_limits(election: Election) -> Limits:
    days = election.rules.neutrality_target.days
    return ((_("target"), format_counts(_("{n} hari"), n=days)),)


_PRESENT = explain(
    N_("Petugas polisi (Polri, BKO Polda, Brimob, atau yang instansinya belum disebut) yang "
       "diplot di TPS dan kabar terakhirnya dari posnya masih baru. Yang berkabar dari tempat "
       "lain dihitung meninggalkan TPS-nya. Bila separuh TPS tidak lagi memerlukan petugas dan "
       "separuh petugas kembali, yang dihitung ialah yang sudah kembali."),
    *OFFICER_FEEDS, limits=_list_checkin_limits,
)  # fmt: skip
_EMPTY_STATIONS = explain(
    N_("TPS yang diketahui tanpa petugas: tidak ada yang diplot, atau yang diplot belum tiba "
       "sesudah batas tiba, bergeser, atau kembali sebelum TPS tutup. Tanpa kabar sesudah tiba "
       "tidak dihitung kosong; TPS yang kotaknya sudah di PPK tidak memerlukan "
       "siapa pun. Kecamatan tanpa plotting tidak dinilai."),
    *OFFICER_FEEDS, limits=_list_checkin_limits,
)  # fmt: skip
_BELOW_PATTERN = explain(
    N_("TPS yang bagian petugasnya kurang dari pola untuk kerawanannya; petugas yang memegang "
       "beberapa TPS dibagi rata. Menurut yang diplot, bukan yang hadir."),
    *OFFICER_FEEDS, limits=_list_pattern_limits,
)  # fmt: skip
_SILENT = explain(
    N_("Petugas yang sudah pernah melapor dari posnya, lalu diam lebih lama dari batas."),
    *OFFICER_FEEDS, limits=_list_checkin_limits,
)  # fmt: skip
_RESERVE = explain(
    N_("Cadangan dan patroli menurut plotting; siap: kabar terakhirnya masih baru."),
    *OFFICER_FEEDS, limits=_list_checkin_limits,
)  # fmt: skip
_AREAS = explain(
    N_("Perlu menurut pola, diplot menurut perintah terakhir, hadir menurut lapor diri. Wilayah "
       "tanpa plotting dikosongkan, bukan nol."),
    *OFFICER_FEEDS,
    limits=lambda election: (*_list_pattern_limits(election), *_list_checkin_limits(election)),
)  # fmt: skip
_CHECKED_IN = explain(
    N_("Petugas yang pernah lapor diri. Tanpa plotting tidak dapat dikatakan siapa yang kurang."),
    *OFFICER_FEEDS,
)  # fmt: skip
_UNLISTED_OFFICERS = explain(
    N_("Petugas yang lapor diri tetapi tidak ada di plotting, atau tidak ada di daftar dan "
       "plotting."),
    *OFFICER_FEEDS,
)  # fmt: skip
_STAGES = explain(
    N_("Tahapan menurut jadwal (tahapan.csv, dari peraturan KPU); tanggal mulai dan akhirnya "
       "ikut."),
)  # fmt: skip
_DONE = explain(
    N_("Giat yang dilaporkan terlaksana, dari semua giat yang pernah disebut. Baris dengan id, "
       "hari, giat, dan kecamatan yang sama adalah satu giat."),
    "activities", limits=_list_activity_limits,
)  # fmt: skip
_SOP = explain(
    N_("Butir SOP dari tahap yang sudah mulai. Selesai: ada giat terlaksana yang menyebut butir "
       "itu, dan setiap TPS sudah sampai pada fase yang dituntut butir itu (misalnya semua kotak "
       "di PPK); sebelum itu berjalan. Sebagian: hanya fungsi dan jenis giatnya cocok. Daftar "
       "butir dan fasenya: sop.csv."),
    "activities", "tps",
)  # fmt: skip
_JOINT = explain(N_("Giat yang menyebut mitra, menurut lembaga."), "activities")
_CASES = explain(
    N_("Kasus netralitas menurut kabar terakhir; laporan nihil bukan kasus. Terbuka: belum "
       "selesai dan bukan tidak terbukti. Umur dihitung sejak LP Propam, atau kabar pertama."),
    "neutrality", limits=_list_target_limits,
)  # fmt: skip
SITUATION: dict[str, ExplanationBuilder] = {"personel": _PRESENT}
PERSONNEL: dict[str, ExplanationBuilder] = {
    "diplot": explain(
        N_("Polisi menurut perintah plotting terakhir, tiap orang sekali, dibanding kebutuhan "
           "menurut pola polisi-TPS-linmas dan kerawanan TPS, dibulatkan ke atas per wilayah."),
        *OFFICER_FEEDS, limits=_list_pattern_limits,
    ),
    "hadir": _PRESENT,
    "tanpa_petugas": _EMPTY_STATIONS,
    "bawah_pola": _BELOW_PATTERN,
    "tanpa_kabar": _SILENT,
    "cadangan": _RESERVE,
    "lapor_diri": _CHECKED_IN,
    "kurva_personel": explain(
        N_("Petugas yang hadir dan TPS tanpa petugas pada tiap saat, dengan aturan yang sama."),
        *OFFICER_FEEDS, limits=_list_checkin_limits,
    ),
    "personel_kecamatan": _AREAS,
    "personel_polsek": _AREAS,
    "personel_instansi": _AREAS,
    "personel_kabar": _CHECKED_IN,
    "lapor_petugas": explain(
        N_("Semua lapor diri petugas ini, yang terbaru dahulu, juga yang kemudian diperbaiki."),
        "personnel",
    ),
    "perintah_petugas": explain(
        N_("Semua plotting dan perintah petugas ini; yang terbaru menggantikan yang lama."),
        "postings",
    ),
    "daftar_tanpa_petugas": _EMPTY_STATIONS,
    "daftar_bawah_pola": _BELOW_PATTERN,
    "daftar_belum_lapor": explain(
        N_("Petugas dari daftar atau plotting yang belum pernah lapor diri."),
        *OFFICER_FEEDS, limits=_list_checkin_limits,
    ),
    "daftar_tanpa_kabar": _SILENT,
    "daftar_cadangan": _RESERVE,
    "daftar_tanpa_plotting": _UNLISTED_OFFICERS,
    "daftar_luar_daftar": _UNLISTED_OFFICERS,
    "daftar_tps_asing": explain(
        N_("Baris plotting yang menyebut TPS yang tidak ada di daftar."), *OFFICER_FEEDS,
    ),
}  # fmt: skip
ACTIVITIES: dict[str, ExplanationBuilder] = {
    "tahap_kini": _STAGES,
    "tahap_nanti": _STAGES,
    "semua_tahap": _STAGES,
    "giat": _DONE,
    "giat_matriks": _DONE,
    "agenda": _DONE,
    "lewat": explain(
        N_("Giat yang direncanakan, waktunya lewat, dan sampai batas tidak ada kabar terlaksana "
           "atau batal."),
        "activities", limits=_list_activity_limits,
    ),
    "latihan": explain(
        N_("Giat jenis latihan Sispamkota; terlaksana dari yang disebut."), "activities",
    ),
    "sop": _SOP,
    "sop_baris": _SOP,
    "giat_bersama": _JOINT,
    "mitra": _JOINT,
    "giat_asing": explain(
        N_("Giat yang menyebut tahap, butir SOP, atau kecamatan yang tidak ada di daftar."),
        "activities",
    ),
}  # fmt: skip
NEUTRALITY: dict[str, ExplanationBuilder] = {
    "kasus": _CASES,
    "lampau": _CASES,
    "kelas": explain(
        N_("Kasus yang kelasnya (ringan, sedang, berat) sudah ditetapkan gelar perkara."),
        "neutrality", limits=_list_target_limits,
    ),
    "akhir": _CASES,
    "netral_kelas": _CASES,
    "netral_kasus": _CASES,
}  # fmt: skip
