"""Explanations of forecast, alerts, redeployment, hotspots and exercises."""

from __future__ import annotations

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import N_, label
from situasi.presentation.alerts import format_level
from situasi.presentation.explanations.model import (
    Explanation,
    ExplanationBuilder,
    explain,
    format_minutes,
)
from situasi.presentation.numbers import format_percent

_CASE_FEEDS = ("incidents", "merges")
_OFFICER_FEEDS = ("roster", "postings", "personnel")
_ALERT_FEEDS = ("incidents", "merges", "tps", *_OFFICER_FEEDS)


def _explain_forecast(election: Election) -> Explanation:
    rule = election.rules.forecast
    return Explanation(
        _(
            "Perkiraan: TPS yang melapor diteruskan menurut andaian laju yang dibetulkan dari hari "
            "ini; TPS diam dianggap seperti TPS sekecamatannya; kabupaten adalah jumlah kecamatan. "
            "Selangnya dikalibrasi pada hari buatan (outlook.toml). Di sampingnya: penskalaan TPS "
            "yang melapor, dan yang sudah hadir dibagi DPT."
        ),
        (
            (_("selang"), format_percent(rule.confidence_percent)),
            (
                _("sedikitnya per kecamatan"),
                _("{n} TPS").format(n=i18n.format_number(rule.min_tps)),
            ),
            (_("sedikitnya dari semua TPS"), format_percent(100 * rule.min_tps_share)),
        ),
        ("tps",),
    )


def _explain_alerts(election: Election) -> Explanation:
    levels = [format_level(election.alerts, index) for index in range(len(election.alerts.levels))]
    return Explanation(
        _("Dicari dari laporan oleh aturan di alerts.toml; ambang tiap aturan tersebut pada "
          "rinciannya. Satu sebab di satu kecamatan adalah satu peringatan, yang baru lagi hanya "
          "bila derajatnya naik. Lama sampai dilihat dan ditindak: sejak peringatan timbul."),
        ((_("derajat"), " < ".join(levels)),),
        _ALERT_FEEDS,
    )  # fmt: skip


def _list_pattern_limits(election: Election) -> tuple[tuple[str, str], ...]:
    return tuple(
        (label("kerawanan", kind), f"{pattern.polri}-{pattern.tps}-{pattern.linmas}")
        for kind, pattern in election.rules.staffing_patterns.by_kerawanan.items()
    )


def _explain_short_stations(election: Election) -> Explanation:
    return Explanation(
        _("TPS yang bagian petugasnya kurang dari pola, menurut mereka yang tidak diketahui absen. "
          "Perlu: kekurangan per kelompok TPS (sedesa atau seperintah), dibulatkan ke atas."),
        _list_pattern_limits(election),
        _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_available_officers(election: Election) -> Explanation:
    rule = election.rules.redeployment
    stays = tuple(
        (_("tinggal, {what}").format(what=label("penugasan", duty)), format_percent(100 * share))
        for duty, share in rule.retained_shares.items()
    )
    agencies = ", ".join(label("instansi", agency) for agency in rule.agencies)
    return Explanation(
        _("Petugas yang diketahui hadir dan boleh digeser: cadangan dan patroli di luar bagian "
          "yang harus tinggal, dan yang lebih dari pola di TPS-nya."),
        (*stays, (_("instansi"), agencies)),
        _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_en_route(election: Election) -> Explanation:
    return Explanation(
        _("Petugas yang baru diperintahkan ke tempat lain dan belum berkabar sejak itu: ditunggu, "
          "belum dihitung kurang."),
        ((_("ditunggu"), format_minutes(election.rules.redeployment.en_route_grace)),),
        _OFFICER_FEEDS,
    )  # fmt: skip


def _explain_plan(election: Election) -> Explanation:
    rule = election.rules.redeployment
    return Explanation(
        _(
            "Rencana yang menghapus kekurangan paling berat dahulu, lalu menempuh km paling "
            "sedikit, tanpa membuat TPS asal kurang dari pola. Jarak adalah perkiraan: "
            "antartitik tengah desa atau kecamatan."
        ),
        (
            (_("kecepatan andaian"), f"{i18n.format_number(rule.speed_kmh)} km/jam"),
            (
                _("TPS kosong"),
                _("{n} poin").format(n=i18n.format_number(rule.shortfall_points["empty"])),
            ),
            (
                _("dekat kejadian berat"),
                _("{n} poin").format(n=i18n.format_number(rule.shortfall_points["incident"])),
            ),
        ),
        (*_OFFICER_FEEDS, "incidents"),
    )


def _explain_incident_rate(election: Election) -> Explanation:
    rule = election.rules.risk
    text = _("Kejadian per {n} TPS dan jam, diperhalus: laju kabupaten pada jam itu dikali faktor "
             "kecamatan (Gamma–Poisson), agar satu kejadian di kecamatan kecil tidak menjadikannya "
             "terburuk. Jam yang belum tiba atau tanpa kabar dikosongkan, bukan nol. Nihil, yang "
             "digabung, dan yang tidak terbukti tidak dihitung.")  # fmt: skip
    return Explanation(
        text.format(n=i18n.format_number(rule.per_tps)),
        (
            (_("selang"), format_percent(100 * rule.credible_share)),
            (_("sedikitnya"), _("{n} kejadian").format(n=i18n.format_number(rule.min_incidents))),
        ),
        _CASE_FEEDS,
    )


def _explain_clusters(election: Election) -> Explanation:
    rule = election.rules.clusters
    return Explanation(
        _("Kejadian yang berdekatan tempat dan waktu lebih banyak daripada yang wajar: dibanding "
          "hari acak dengan jumlah kejadian yang sama pada tiap waktu (Kulldorff). p: bagian hari "
          "acak yang sama padatnya."),
        (
            (_("p paling tinggi"), i18n.format_number(rule.significance_level, 2)),
            (_("sedikitnya"), _("{n} kejadian").format(n=i18n.format_number(rule.min_incidents))),
            (_("paling jauh ke belakang"), format_minutes(rule.max_duration)),
        ),
        _CASE_FEEDS,
    )  # fmt: skip


_RESPONSE_TIMES = explain(
    N_("Waktu sejak laporan skenario tersimpan sampai langkah staf tersimpan, menurut jam orang. "
       "Diketahui: dipahami di layar, atau langkah pertama. Batas tiap langkah tertulis pada "
       "skenario. Langkah yang masih terbuka dihitung, bukan ditinggalkan; median menurut "
       "Kaplan–Meier."),
    *_CASE_FEEDS,
)  # fmt: skip
FORECAST: dict[str, ExplanationBuilder] = {
    "angka_akhir": _explain_forecast,
    "ketepatan": explain(
        N_("Perkiraan pada jam itu, seperti yang diketahui saat itu, di samping angka akhir "
           "kecamatan yang semua TPS-nya sudah menyebut akhirnya."),
        "tps",
    ),
    "ketelitian": explain(
        N_("Diuji pada hari buatan yang tidak dipakai waktu kalibrasi: berapa dari seratus "
           "kebenaran di dalam selang, dan kesalahan rata-rata tiap cara dalam poin DPT. Tidak "
           "berasal dari laporan hari ini."),
    ),
}  # fmt: skip
ALERTS: dict[str, ExplanationBuilder] = {
    **dict.fromkeys(
        ("peringatan_terbuka", "peringatan_baru", "peringatan_dilihat", "peringatan_ditindak",
         "terbuka", "selesai"),
        _explain_alerts,
    ),
    "peringatan_baris": explain(
        N_("Laporan, TPS, petugas, atau sumber yang menjadi sebab peringatan ini, sejak kapan, "
           "dan apakah sebabnya masih ada."),
        *_ALERT_FEEDS,
    ),
}  # fmt: skip
REDEPLOYMENT: dict[str, ExplanationBuilder] = {
    "kosong": explain(
        N_("TPS yang diketahui tidak ada seorang pun: tidak ada yang diplot, atau yang diplot "
           "belum tiba, bergeser, atau kembali. Petugas yang baru diperintahkan ke sana ditunggu "
           "dahulu."),
        *_OFFICER_FEEDS,
    ),
    "kurang": _explain_short_stations,
    "perlu": _explain_short_stations,
    "kekurangan": _explain_short_stations,
    "siap": _explain_available_officers,
    "menuju": _explain_en_route,
    "langkah": _explain_plan,
    "banding_geser": _explain_plan,
    "putusan_rencana": _explain_plan,
}  # fmt: skip
HOTSPOTS: dict[str, ExplanationBuilder] = {
    "padat": _explain_incident_rate, "padat_baris": _explain_incident_rate,
    **{f"gugus_{n}": _explain_clusters for n in range(9)},
}  # fmt: skip
EXERCISES: dict[str, ExplanationBuilder] = dict.fromkeys(
    ("kasus", "reaksi", "diketahui", "diverifikasi", "ditugaskan", "ditutup"),
    _RESPONSE_TIMES,
)
