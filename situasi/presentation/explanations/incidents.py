"""Explanations of the figures that count incident reports."""

from __future__ import annotations

from situasi.analysis.situation.priority_score import FLOOR_BY_STATE, PARTS, POINTS_FOR_FULL
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import N_, label
from situasi.presentation.explanations.model import (
    Explanation,
    ExplanationBuilder,
    explain,
    format_minutes,
)

_CASE_FEEDS = ("incidents", "merges")


def _explain_last_report(election: Election) -> Explanation:
    return Explanation(
        _("Saat laporan kejadian terbaru diketahui posko, bukan saat kejadiannya. Baru: yang "
          "diketahui dalam 1 jam terakhir. Baris: semua laporan menurut saringan."),
        ((_("boleh mendahului jam"), format_minutes(election.thresholds.future_tolerance)),),
        ("incidents",),
    )  # fmt: skip


def _explain_situasi(election: Election) -> Explanation:
    return Explanation(
        _("Keadaan massa yang dinyatakan petugas; tidak pernah disimpulkan dari bobot laporan. "
          "Kuning dan merah berlaku sampai kasusnya ditutup atau dinyatakan ulang. Hijau (juga "
          "dari laporan nihil) berlaku terbatas; sesudah itu: belum dinyatakan."),
        ((_("hijau berlaku"), format_minutes(election.thresholds.situasi_valid)),),
        ("incidents",),
    )  # fmt: skip


def _explain_priority(election: Election) -> Explanation:
    rules = election.rules
    weights = tuple(
        (label("perhatian", part), i18n.format_number(rules.priority_weights[part]))
        for part in PARTS
    )
    points = tuple(
        (label("tingkat", None if code == "belum" else code),
         i18n.format_number(rules.priority_tingkat_weights[code], 1))
        for code in (*reversed(TINGKAT), "belum")
    )  # fmt: skip
    text = _("Jumlah empat bagian, masing-masing 0 sampai bobotnya. Kejadian: jumlah poin kejadian "
             "terbuka, penuh pada {full} poin; kuning mengisi sedikitnya {half} %, merah penuh. "
             "Fase: bagian TPS yang terlambat atau tak terjangkau dari yang wajib melapor. "
             "Partisipasi: poin di bawah kabupaten, penuh pada {low} poin. Personel: bagian TPS "
             "tanpa petugas. Bagian yang belum diketahui tidak ikut; nilainya dihitung dari bobot "
             "yang dapat dinilai.")  # fmt: skip
    return Explanation(
        text.format(
            full=i18n.format_number(POINTS_FOR_FULL),
            half=i18n.format_number(100 * FLOOR_BY_STATE["kuning"]),
            low=i18n.format_number(2 * rules.turnout.low_margin_points),
        ),
        (*weights, *points),
        ("incidents", "tps", "postings", "personnel"),
    )


def _explain_areas(election: Election) -> Explanation:
    valid = format_minutes(election.thresholds.situasi_valid)
    return Explanation(
        _("Semua ukuran peta menurut kecamatan, menurut saringan dan saat yang sama dengan peta. "
          "Kecamatan tanpa kabar apa pun dikosongkan, bukan nol."),
        ((_("hijau berlaku"), valid),),
        ("incidents", "tps", "postings", "personnel"),
    )  # fmt: skip


def _list_service_limits(election: Election) -> tuple[tuple[str, str], ...]:
    """Return limits such as "tinggi: 15 · 30 · 240 menit": verified, handled and closed."""
    limits = []
    for code in (*reversed(TINGKAT), "belum"):
        level = election.rules.service_levels[code]
        spans = "/".join(
            format_minutes(span).split(" ")[0] for span in (level.verify, level.handle)
        )
        name = label("tingkat", None if code == "belum" else code)
        limits.append((name, f"{spans}/{format_minutes(level.close)}"))
    return tuple(limits)


def _explain_overdue(election: Election) -> Explanation:
    return Explanation(
        _("Kejadian terbuka yang langkah berikutnya (verifikasi, penanganan, penutupan) melewati "
          "batas menurut bobotnya, dihitung sejak pertama dilaporkan."),
        _list_service_limits(election),
        _CASE_FEEDS,
    )  # fmt: skip


def _explain_steps(election: Election) -> Explanation:
    return Explanation(
        _("Waktu sejak pertama dilaporkan sampai langkah itu. Median menurut Kaplan–Meier: yang "
          "masih menunggu ikut dihitung sebagai belum, bukan ditinggalkan. Yang langkahnya sudah "
          "disebut pada laporan pertama tidak dihitung: lamanya tidak diketahui."),
        _list_service_limits(election),
        _CASE_FEEDS,
    )  # fmt: skip


def _explain_duplicates(election: Election) -> Explanation:
    rules = election.rules.duplicates
    names = {
        "tps": _("TPS yang sama"), "near": _("titik berdekatan"), "desa": _("desa yang sama"),
        "kecamatan": _("kecamatan yang sama"), "kind": _("jenis sama"),
        "akin": _("jenis serumpun"), "time": _("waktu berdekatan"), "words": _("kata mirip"),
    }  # fmt: skip
    points = tuple(
        (names[criterion], i18n.format_number(n)) for criterion, n in rules.criterion_points.items()
    )
    text = _("Pasangan laporan yang mirip: poin untuk tempat (yang terbaik dari TPS, jarak, desa, "
             "kecamatan), jenis, waktu, dan kata. Ditunjukkan sejak {score} poin; papan tidak "
             "pernah menggabung sendiri.")  # fmt: skip
    return Explanation(
        text.format(score=i18n.format_number(rules.min_score)),
        (
            (_("jarak"), f"{i18n.format_number(rules.max_km, 1)} km"),
            (_("selisih waktu"), format_minutes(rules.max_interval)),
            *points,
        ),
        _CASE_FEEDS,
    )


_OPEN = explain(
    N_("Kejadian yang kabar terakhirnya belum selesai dan bukan tidak terbukti, menurut "
       "saringan. Laporan yang digabung dihitung satu; nihil tidak dihitung. Yang belum dinilai "
       "bobotnya disebut tersendiri."),
    *_CASE_FEEDS,
)  # fmt: skip
_ALL = explain(
    N_("Semua kejadian menurut saringan, yang sudah ditutup juga; yang digabung dihitung satu."),
    *_CASE_FEEDS,
)  # fmt: skip
_NEW = explain(
    N_("Kejadian yang pertama kali diketahui posko sesudah saat taklimat."),
    *_CASE_FEEDS,
)  # fmt: skip
_WORSENED = explain(
    N_("Yang lebih berat daripada saat taklimat: tingkat naik, situasi naik, lewat batas waktu, "
       "TPS menjadi tanpa petugas, atau pelaporan TPS menjadi terlambat, tak terjangkau, atau "
       "diragukan."),
    "incidents", "merges", "tps", "postings", "personnel",
)  # fmt: skip
_CLOSED = explain(
    N_("Kejadian yang sesudah saat taklimat menjadi selesai atau tidak terbukti, atau yang semua "
       "barisnya ditarik."),
    *_CASE_FEEDS,
)  # fmt: skip
_SILENT = explain(
    N_("Sumber, kecamatan, dan TPS yang pada saat taklimat diam, kini masih diam, dan di "
       "antaranya tidak berkabar."),
    "incidents", "tps", "personnel",
)  # fmt: skip
SITUATION: dict[str, ExplanationBuilder] = {
    "terbuka": _OPEN,
    "situasi": _explain_situasi,
    "terakhir": _explain_last_report,
    "nilai": _explain_priority,
    "angka_peta": _explain_areas,
    "angka_garis": explain(
        N_("Kejadian menurut waktu terjadinya, bukan waktu dilaporkan, per potong waktu. Yang "
           "jamnya tidak diketahui tidak digambar."),
        *_CASE_FEEDS,
    ),
    "tanpa_lokasi": explain(
        N_("Kejadian terbuka yang tidak dapat digambar di peta: titiknya tidak dilaporkan."),
        *_CASE_FEEDS,
    ),
    "semua_laporan": _ALL,
}  # fmt: skip
INCIDENTS: dict[str, ExplanationBuilder] = {
    "terbuka": _OPEN,
    "lewat": _explain_overdue,
    "diverifikasi": _explain_steps,
    "ditangani": _explain_steps,
    "selesai": _explain_steps,
    "ganda": _explain_duplicates,
    "pasangan": _explain_duplicates,
    "jenis_kecamatan": explain(
        N_("Kejadian menurut jenis dan kecamatan, menurut saringan; yang digabung dihitung satu, "
           "nihil tidak dihitung."),
        *_CASE_FEEDS,
    ),
    "gabung_asing": explain(
        N_("Keputusan gabung yang menyebut laporan yang tidak ada di papan."),
        "merges",
    ),
    "daftar": _ALL,
}  # fmt: skip
CHANGES: dict[str, ExplanationBuilder] = {
    name: rule
    for keys, rule in (
        (("baru", "daftar_baru"), _NEW),
        (("memburuk", "daftar_memburuk"), _WORSENED),
        (("selesai", "daftar_selesai"), _CLOSED),
        (("diam", "daftar_diam"), _SILENT),
    )
    for name in keys
}
