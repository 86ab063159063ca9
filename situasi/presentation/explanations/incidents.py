"""Explanations of the figures that count incident reports."""

from situasi.analysis.rank_ranges import WEIGHT_DOUBT
from situasi.analysis.situation.priority_score import FLOOR_BY_STATE, PARTS, POINTS_FOR_FULL
from situasi.common.formats import format_number
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import N_, label
from situasi.presentation.explanations.model import (
    CASE_FEEDS,
    ExplanationBuilder,
    Limits,
    explain,
    format_minutes,
)

_AREA_FEEDS = ("incidents", "tps", "postings", "personnel")
_LEVELS = (*reversed(TINGKAT), "belum")


def _format_level(code: str) -> str:
    return label("tingkat", None if code == "belum" else code)


def _list_future_limits(election: Election) -> Limits:
    return ((_("boleh mendahului jam"), format_minutes(election.thresholds.future_tolerance)),)


def _list_situasi_limits(election: Election) -> Limits:
    return ((_("hijau berlaku"), format_minutes(election.thresholds.situasi_valid)),)


def _list_priority_limits(election: Election) -> Limits:
    weights, points = election.rules.priority_weights, election.rules.priority_tingkat_weights
    return (
        *((label("perhatian", part), format_number(weights[part])) for part in PARTS),
        *((_format_level(code), format_number(points[code], 1)) for code in _LEVELS),
    )


def _format_priority_values(election: Election) -> dict[str, str]:
    return {
        "full": format_number(POINTS_FOR_FULL),
        "half": format_number(100 * FLOOR_BY_STATE["kuning"]),
        "low": format_number(2 * election.rules.turnout.low_margin_points),
        "doubt": format_number(100 * WEIGHT_DOUBT),
    }


def _list_service_limits(election: Election) -> Limits:
    """Return limits such as "tinggi 15/30/240 menit": verified, handled and closed."""
    limits = []
    for code in _LEVELS:
        level = election.rules.service_levels[code]
        verify, handle = (format_minutes(at).split(" ")[0] for at in (level.verify, level.handle))
        limits.append((_format_level(code), f"{verify}/{handle}/{format_minutes(level.close)}"))
    return tuple(limits)


def _list_duplicate_limits(election: Election) -> Limits:
    rules = election.rules.duplicates
    names = {
        "tps": _("TPS yang sama"), "near": _("titik berdekatan"), "desa": _("desa yang sama"),
        "kecamatan": _("kecamatan yang sama"), "kind": _("jenis sama"),
        "akin": _("jenis serumpun"), "time": _("waktu berdekatan"), "words": _("kata mirip"),
    }  # fmt: skip
    return (
        (_("jarak"), f"{format_number(rules.max_km, 1)} km"),
        (_("selisih waktu"), format_minutes(rules.max_interval)),
        *((names[code], format_number(n)) for code, n in rules.criterion_points.items()),
    )


_OPEN = explain(
    N_("Kejadian yang kabar terakhirnya belum selesai dan bukan tidak terbukti, menurut "
       "saringan. Laporan yang digabung dihitung satu; nihil tidak dihitung. Yang belum dinilai "
       "bobotnya disebut tersendiri."),
    *CASE_FEEDS,
)  # fmt: skip
_ALL = explain(
    N_("Semua kejadian menurut saringan, yang sudah ditutup juga; yang digabung dihitung satu."),
    *CASE_FEEDS,
)
_STEPS = explain(
    N_("Waktu sejak pertama dilaporkan sampai langkah itu. Median menurut Kaplan–Meier: yang "
       "masih menunggu ikut dihitung sebagai belum, bukan ditinggalkan. Yang langkahnya sudah "
       "disebut pada laporan pertama tidak dihitung: lamanya tidak diketahui."),
    *CASE_FEEDS, limits=_list_service_limits,
)  # fmt: skip
_DUPLICATES = explain(
    N_("Pasangan laporan yang mirip: poin untuk tempat (yang terbaik dari TPS, jarak, desa, "
       "kecamatan), jenis, waktu, dan kata. Ditunjukkan sejak {score} poin; papan tidak "
       "pernah menggabung sendiri."),
    *CASE_FEEDS, limits=_list_duplicate_limits,
    values=lambda election: {"score": format_number(election.rules.duplicates.min_score)},
)  # fmt: skip
_NEW = explain(N_("Kejadian yang pertama kali diketahui posko sesudah saat taklimat."), *CASE_FEEDS)
_WORSENED = explain(
    N_("Yang lebih berat daripada saat taklimat: tingkat naik, situasi naik, lewat batas waktu, "
       "TPS menjadi tanpa petugas, atau pelaporan TPS menjadi terlambat, tak terjangkau, atau "
       "diragukan."),
    "incidents", "merges", "tps", "postings", "personnel",
)  # fmt: skip
_CLOSED = explain(
    N_("Kejadian yang sesudah saat taklimat menjadi selesai atau tidak terbukti, atau yang semua "
       "barisnya ditarik."),
    *CASE_FEEDS,
)  # fmt: skip
_SILENT = explain(
    N_("Sumber, kecamatan, dan TPS yang pada saat taklimat diam, kini masih diam, dan di "
       "antaranya tidak berkabar."),
    "incidents", "tps", "personnel",
)  # fmt: skip
SITUATION: dict[str, ExplanationBuilder] = {
    "terbuka": _OPEN,
    "situasi": explain(
        N_("Keadaan massa yang dinyatakan petugas; tidak pernah disimpulkan dari bobot laporan. "
           "Kuning dan merah berlaku sampai kasusnya ditutup atau dinyatakan ulang. Hijau (juga "
           "dari laporan nihil) berlaku terbatas; sesudah itu: belum dinyatakan."),
        "incidents", limits=_list_situasi_limits,
    ),
    "terakhir": explain(
        N_("Saat laporan kejadian terbaru diketahui posko, bukan saat kejadiannya. Baru: yang "
           "diketahui dalam 1 jam terakhir. Baris: semua laporan menurut saringan."),
        "incidents", limits=_list_future_limits,
    ),
    "nilai": explain(
        N_("Jumlah empat bagian, masing-masing 0 sampai bobotnya. Kejadian: jumlah poin kejadian "
           "terbuka, penuh pada {full} poin; kuning mengisi sedikitnya {half} %, merah penuh. "
           "Fase: bagian TPS yang terlambat atau tak terjangkau dari yang wajib melapor. "
           "Partisipasi: poin di bawah kabupaten, penuh pada {low} poin. Personel: bagian TPS "
           "tanpa petugas. Bagian yang belum diketahui tidak ikut; nilainya dihitung dari bobot "
           "yang dapat dinilai. Bobot dan poin adalah usulan: di samping peringkat berdiri "
           "peringkat terbaik dan terburuk bila masing-masing bergeser {doubt} %."),
        *_AREA_FEEDS, limits=_list_priority_limits, values=_format_priority_values,
    ),
    "angka_peta": explain(
        N_("Semua ukuran peta menurut kecamatan, menurut saringan dan saat yang sama dengan peta. "
           "Kecamatan tanpa kabar apa pun dikosongkan, bukan nol. Sel TPS berdiri di letak "
           "menurut daftarnya; tanpa itu (bergaris putus) di median titik lapor diri dan "
           "pembukaan pertama tiap pelapor di sana, kecuali yang separuhnya lebih dari 500 m "
           "darinya atau sama di dua desa; tanpa itu di sekitar desanya."),
        *_AREA_FEEDS, limits=_list_situasi_limits,
    ),
    "angka_garis": explain(
        N_("Kejadian menurut waktu terjadinya, bukan waktu dilaporkan, per potong waktu. Yang "
           "jamnya tidak diketahui tidak digambar."),
        *CASE_FEEDS,
    ),
    "tanpa_lokasi": explain(
        N_("Kejadian terbuka yang tidak dapat digambar di peta: titiknya tidak dilaporkan."),
        *CASE_FEEDS,
    ),
    "semua_laporan": _ALL,
}  # fmt: skip
INCIDENTS: dict[str, ExplanationBuilder] = {
    "terbuka": _OPEN,
    "lewat": explain(
        N_("Kejadian terbuka yang langkah berikutnya (verifikasi, penanganan, penutupan) melewati "
           "batas menurut bobotnya, dihitung sejak pertama dilaporkan."),
        *CASE_FEEDS, limits=_list_service_limits,
    ),
    "diverifikasi": _STEPS,
    "ditangani": _STEPS,
    "selesai": _STEPS,
    "ganda": _DUPLICATES,
    "pasangan": _DUPLICATES,
    "jenis_kecamatan": explain(
        N_("Kejadian menurut jenis dan kecamatan, menurut saringan; yang digabung dihitung satu, "
           "nihil tidak dihitung."),
        *CASE_FEEDS,
    ),
    "gabung_asing": explain(
        N_("Keputusan gabung yang menyebut laporan yang tidak ada di papan."), "merges",
    ),
    "daftar": _ALL,
}  # fmt: skip
CHANGES: dict[str, ExplanationBuilder] = {
    **dict.fromkeys(("baru", "daftar_baru"), _NEW),
    **dict.fromkeys(("memburuk", "daftar_memburuk"), _WORSENED),
    **dict.fromkeys(("selesai", "daftar_selesai"), _CLOSED),
    **dict.fromkeys(("diam", "daftar_diam"), _SILENT),
}
