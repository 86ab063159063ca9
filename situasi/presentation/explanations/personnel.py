"""Explanations of the figures that count officers, activities and neutrality cases."""

from __future__ import annotations

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import N_, label
from situasi.presentation.explanations.model import (
    Explanation,
    ExplanationBuilder,
    explain,
    format_clock,
    format_minutes,
)

_OFFICER_FEEDS = ("roster", "postings", "personnel")
_ACTIVITY_FEEDS = ("activities",)


def _list_pattern_limits(election: Election) -> tuple[tuple[str, str], ...]:
    """Return limits such as "kurang rawan 2-8-16", and the source of the pattern."""
    rule = election.rules.staffing_patterns
    return (
        *(
            (label("kerawanan", kind), f"{pattern.polri}-{pattern.tps}-{pattern.linmas}")
            for kind, pattern in rule.by_kerawanan.items()
        ),
        (_("belum dinilai: seperti"), label("kerawanan", rule.default_kerawanan)),
        (_("dasar"), rule.basis),
    )


def _list_checkin_limits(election: Election) -> tuple[tuple[str, str], ...]:
    rule = election.rules.personnel
    return (
        (_("tiba paling lambat"), format_clock(rule.arrive_by)),
        (_("lapor berkala tiap"), format_minutes(rule.report_interval)),
    )


def _explain_present(election: Election) -> Explanation:
    return Explanation(
        _("Petugas polisi (Polri, BKO Polda, Brimob, atau yang instansinya belum disebut) yang "
          "diplot di TPS dan kabar terakhirnya dari posnya masih baru. Yang berkabar dari tempat "
          "lain dihitung meninggalkan TPS-nya."),
        _list_checkin_limits(election),
        _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_posted(election: Election) -> Explanation:
    return Explanation(
        _("Polisi menurut perintah plotting terakhir, tiap orang sekali, dibanding kebutuhan "
          "menurut pola polisi-TPS-linmas dan kerawanan TPS, dibulatkan ke atas per wilayah."),
        _list_pattern_limits(election),
        _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_empty_stations(election: Election) -> Explanation:
    return Explanation(
        _("TPS yang diketahui tanpa petugas: tidak ada yang diplot, atau yang diplot belum tiba "
          "sesudah batas tiba, bergeser, atau kembali sebelum TPS tutup. Tanpa kabar sesudah tiba "
          "tidak dihitung kosong. Kecamatan tanpa plotting tidak dinilai."),
        _list_checkin_limits(election),
        _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_below_pattern(election: Election) -> Explanation:
    return Explanation(
        _("TPS yang bagian petugasnya kurang dari pola untuk kerawanannya; petugas yang memegang "
          "beberapa TPS dibagi rata. Menurut yang diplot, bukan yang hadir."),
        _list_pattern_limits(election),
        _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_silent(election: Election) -> Explanation:
    return Explanation(
        _("Petugas yang sudah pernah melapor dari posnya, lalu diam lebih lama dari batas."),
        _list_checkin_limits(election),
        _OFFICER_FEEDS,
    )


def _explain_reserve(election: Election) -> Explanation:
    return Explanation(
        _("Cadangan dan patroli menurut plotting; siap: kabar terakhirnya masih baru."),
        _list_checkin_limits(election),
        _OFFICER_FEEDS,
    )


def _explain_areas(election: Election) -> Explanation:
    return Explanation(
        _("Perlu menurut pola, diplot menurut perintah terakhir, hadir menurut lapor diri. Wilayah "
          "tanpa plotting dikosongkan, bukan nol."),
        (*_list_pattern_limits(election), *_list_checkin_limits(election)),
        _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_not_checked_in(election: Election) -> Explanation:
    return Explanation(
        _("Petugas dari daftar atau plotting yang belum pernah lapor diri."),
        _list_checkin_limits(election), _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_curve(election: Election) -> Explanation:
    return Explanation(
        _("Petugas yang hadir dan TPS tanpa petugas pada tiap saat, dengan aturan yang sama."),
        _list_checkin_limits(election),
        _OFFICER_FEEDS,
    )


def _explain_done(election: Election) -> Explanation:
    return Explanation(
        _("Giat yang dilaporkan terlaksana, dari semua giat yang pernah disebut. Baris dengan id, "
          "hari, giat, dan kecamatan yang sama adalah satu giat."),
        _list_activity_limits(election),
        _ACTIVITY_FEEDS,
    )  # fmt: skip


def _list_activity_limits(election: Election) -> tuple[tuple[str, str], ...]:
    hours = i18n.format_number(election.rules.activity_report_due.total_seconds() / 3600)
    return ((_("kabar ditunggu"), _("{n} jam").format(n=hours)),)


def _explain_lapsed(election: Election) -> Explanation:
    return Explanation(
        _("Giat yang direncanakan, waktunya lewat, dan sampai batas tidak ada kabar terlaksana "
          "atau batal."),
        _list_activity_limits(election),
        _ACTIVITY_FEEDS,
    )  # fmt: skip


def _list_target_limits(election: Election) -> tuple[tuple[str, str], ...]:
    days = i18n.format_number(election.rules.neutrality_target.days)
    return ((_("target"), _("{n} hari").format(n=days)),)


def _explain_cases(election: Election) -> Explanation:
    return Explanation(
        _("Kasus netralitas menurut kabar terakhir; laporan nihil bukan kasus. Terbuka: belum "
          "selesai dan bukan tidak terbukti. Umur dihitung sejak LP Propam, atau kabar pertama."),
        _list_target_limits(election),
        ("neutrality",),
    )  # fmt: skip


def _explain_classes(election: Election) -> Explanation:
    return Explanation(
        _("Kasus yang kelasnya (ringan, sedang, berat) sudah ditetapkan gelar perkara."),
        _list_target_limits(election),
        ("neutrality",),
    )


_CHECKED_IN = explain(
    N_("Petugas yang pernah lapor diri. Tanpa plotting tidak dapat dikatakan siapa yang kurang."),
    *_OFFICER_FEEDS,
)  # fmt: skip
_UNLISTED_OFFICERS = explain(
    N_("Petugas yang lapor diri tetapi tidak ada di plotting, atau tidak ada di daftar dan "
       "plotting."),
    *_OFFICER_FEEDS,
)  # fmt: skip
_STAGES = explain(
    N_("Tahapan menurut jadwal (tahapan.csv, dari peraturan KPU); tanggal mulai dan akhirnya "
       "ikut."),
)  # fmt: skip
_SOP = explain(
    N_("Butir SOP dari tahap yang sudah mulai. Selesai: ada giat terlaksana yang menyebut butir "
       "itu. Sebagian: hanya fungsi dan jenis giatnya cocok. Daftar butir: sop.csv."),
    *_ACTIVITY_FEEDS,
)  # fmt: skip
_JOINT = explain(N_("Giat yang menyebut mitra, menurut lembaga."), *_ACTIVITY_FEEDS)
SITUATION: dict[str, ExplanationBuilder] = {"personel": _explain_present}
PERSONNEL: dict[str, ExplanationBuilder] = {
    "diplot": _explain_posted,
    "hadir": _explain_present,
    "tanpa_petugas": _explain_empty_stations,
    "bawah_pola": _explain_below_pattern,
    "tanpa_kabar": _explain_silent,
    "cadangan": _explain_reserve,
    "lapor_diri": _CHECKED_IN,
    "kurva_personel": _explain_curve,
    "personel_kecamatan": _explain_areas,
    "personel_polsek": _explain_areas,
    "personel_instansi": _explain_areas,
    "personel_kabar": _CHECKED_IN,
    "daftar_tanpa_petugas": _explain_empty_stations,
    "daftar_bawah_pola": _explain_below_pattern,
    "daftar_belum_lapor": _explain_not_checked_in,
    "daftar_tanpa_kabar": _explain_silent,
    "daftar_cadangan": _explain_reserve,
    "daftar_tanpa_plotting": _UNLISTED_OFFICERS,
    "daftar_luar_daftar": _UNLISTED_OFFICERS,
    "daftar_tps_asing": explain(
        N_("Baris plotting yang menyebut TPS yang tidak ada di daftar."),
        *_OFFICER_FEEDS,
    ),
}  # fmt: skip
ACTIVITIES: dict[str, ExplanationBuilder] = {
    "tahap_kini": _STAGES,
    "tahap_nanti": _STAGES,
    "semua_tahap": _STAGES,
    "giat": _explain_done,
    "giat_matriks": _explain_done,
    "agenda": _explain_done,
    "lewat": _explain_lapsed,
    "latihan": explain(
        N_("Giat jenis latihan Sispamkota; terlaksana dari yang disebut."),
        *_ACTIVITY_FEEDS,
    ),
    "sop": _SOP,
    "sop_baris": _SOP,
    "giat_bersama": _JOINT,
    "mitra": _JOINT,
    "giat_asing": explain(
        N_("Giat yang menyebut tahap, butir SOP, atau kecamatan yang tidak ada di daftar."),
        *_ACTIVITY_FEEDS,
    ),
}  # fmt: skip
NEUTRALITY: dict[str, ExplanationBuilder] = {
    "kasus": _explain_cases,
    "lampau": _explain_cases,
    "kelas": _explain_classes,
    "akhir": _explain_cases,
    "netral_kelas": _explain_cases,
    "netral_kasus": _explain_cases,
}
