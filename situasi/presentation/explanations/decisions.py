"""Explanations of forecast, alerts, redeployment, hotspots and exercises."""

from situasi.analysis.rank_ranges import WEIGHT_DOUBT
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.feed_schemas import KERAWANAN
from situasi.domain.labels import N_, label
from situasi.presentation.alerts import format_level
from situasi.presentation.explanations.model import (
    CASE_FEEDS,
    OFFICER_FEEDS,
    ExplanationBuilder,
    Limits,
    explain,
    format_minutes,
    list_patterns,
)
from situasi.presentation.numbers import format_percent

_ALERT_FEEDS = (*CASE_FEEDS, "tps", *OFFICER_FEEDS)


def _list_forecast_limits(election: Election) -> Limits:
    rule = election.rules.forecast
    return (
        (_("selang"), format_percent(rule.confidence_percent)),
        (_("sedikitnya per kecamatan"), format_counts(_("{n} TPS"), n=rule.min_tps)),
        (_("sedikitnya dari semua TPS"), format_percent(100 * rule.min_tps_share)),
    )


def _list_alert_limits(election: Election) -> Limits:
    levels = [format_level(election.alerts, index) for index in range(len(election.alerts.levels))]
    return ((_("derajat"), " < ".join(levels)),)


def _list_availability_limits(election: Election) -> Limits:
    rule = election.rules.redeployment
    return (
        *((_("tinggal, {what}").format(what=label("penugasan", duty)), format_percent(100 * share))
          for duty, share in rule.retained_shares.items()),
        (_("instansi"), ", ".join(label("instansi", agency) for agency in rule.agencies)),
    )  # fmt: skip


def _list_en_route_limits(election: Election) -> Limits:
    return ((_("ditunggu"), format_minutes(election.rules.redeployment.en_route_grace)),)


def _list_point_limits(election: Election) -> Limits:
    """Return the points of a shortfall, and how far they move for the ranks in brackets."""
    text, points = _("{n} poin"), election.rules.redeployment.shortfall_points
    names = {
        "empty": _("TPS kosong"), "incident": _("dekat kejadian berat"),
        **{level: label("kerawanan", level) for level in KERAWANAN},
    }  # fmt: skip
    return (
        *((name, format_counts(text, n=points[code])) for code, name in names.items()),
        (
            _("peringkat terbaik–terburuk: bila tiap poin (usulan) bergeser"),
            f"±{format_number(100 * WEIGHT_DOUBT)} %",
        ),
    )


def _list_short_limits(election: Election) -> Limits:
    return (*list_patterns(election), *_list_point_limits(election))


def _list_plan_limits(election: Election) -> Limits:
    speed = format_number(election.rules.redeployment.speed_kmh)
    return ((_("kecepatan andaian"), f"{speed} km/jam"), *_list_point_limits(election))


def _list_count_limits(election: Election) -> Limits:
    rule = election.rules.counts
    return (
        (_("ditandai: peluang kebetulan paling tinggi"), format_percent(100 * rule.marked_chance)),
        (_("sedikitnya"), format_counts(_("{n} kejadian"), n=rule.min_count)),
        *((_("dihitung bersama"), format_minutes(size * rule.step)) for size in rule.window_steps),
        (_("dipanggil sampai"), format_minutes(rule.fresh_for)),
    )  # fmt: skip


_ALERTS = explain(
    N_("Dicari dari laporan oleh aturan di alerts.toml; ambang tiap aturan tersebut pada "
       "rinciannya. Satu sebab di satu kecamatan adalah satu peringatan, yang baru lagi hanya "
       "bila derajatnya naik. Lama sampai dilihat dan ditindak: sejak peringatan timbul."),
    *_ALERT_FEEDS, limits=_list_alert_limits,
)  # fmt: skip
_ALERT_GROUPS = explain(
    N_("Peringatan terbuka, satu baris sebuah Polsek: derajat dan sebab dari yang terberat, "
       "banyaknya, dan berapa yang belum dilihat seorang pun. Pilih satu baris untuk melihat "
       "dan menindak peringatannya satu per satu, atau menandainya dilihat sekaligus."),
    *_ALERT_FEEDS, limits=_list_alert_limits,
)  # fmt: skip
_SHORT_STATIONS = explain(
    N_("TPS yang bagian petugasnya kurang dari pola, menurut mereka yang tidak diketahui absen. "
       "Perlu: kekurangan per kelompok TPS (sedesa atau seperintah), dibulatkan ke atas."),
    *OFFICER_FEEDS, "incidents", limits=_list_short_limits,
)  # fmt: skip
_PLAN = explain(
    N_("Rencana yang menghapus kekurangan paling berat dahulu, lalu menempuh km paling "
       "sedikit, tanpa membuat TPS asal kurang dari pola. Jarak adalah perkiraan: "
       "antartitik tengah desa (letak TPS-nya menurut daftar atau lapor diri pertama, bila "
       "diketahui) atau kecamatan."),
    *OFFICER_FEEDS, "incidents", limits=_list_plan_limits,
)  # fmt: skip
_INCIDENT_COUNTS = explain(
    N_("Kejadian menurut jam terjadinya, tiap kecamatan dan setengah jam. Yang biasa: irama "
       "kecamatan lain pada jam itu, dikali TPS dan faktor kecamatan itu sendiri dari kejadian "
       "sebelumnya hari ini (Gamma–Poisson). Peluang kebetulan (binomial negatif) dikali banyaknya "
       "kecamatan dan setengah jam sehari: paling sering sekian panggilan semu sehari, meski "
       "dilihat terus. Nihil, yang digabung, dan yang tidak terbukti tidak dihitung; jam tanpa "
       "kabar dikosongkan, bukan nol."),
    *CASE_FEEDS, limits=_list_count_limits,
)  # fmt: skip
_RESPONSE_TIMES = explain(
    N_("Waktu sejak laporan skenario tersimpan sampai langkah staf tersimpan, menurut jam orang. "
       "Diketahui: dipahami di layar, atau langkah pertama. Batas tiap langkah tertulis pada "
       "skenario. Langkah yang masih terbuka dihitung, bukan ditinggalkan; median menurut "
       "Kaplan–Meier."),
    *CASE_FEEDS,
)  # fmt: skip
FORECAST: dict[str, ExplanationBuilder] = {
    "angka_akhir": explain(
        N_("Perkiraan: TPS yang melapor diteruskan menurut andaian laju yang dibetulkan dari hari "
           "ini; TPS diam dianggap seperti TPS sekecamatannya; kabupaten adalah jumlah kecamatan. "
           "Selangnya dari hari pemungutan suara yang nyata di negara lain dan, bila ada, dari "
           "hari di sini (outlook.toml); partisipasi pemilihan lampau ikut ditimbang. Di "
           "sampingnya: penskalaan TPS yang melapor, dan yang sudah hadir dibagi DPT."),
        "tps", limits=_list_forecast_limits,
    ),
    "ketepatan": explain(
        N_("Perkiraan pada jam itu, seperti yang diketahui saat itu, di samping angka akhir "
           "kecamatan yang semua TPS-nya sudah menyebut akhirnya."),
        "tps",
    ),
    "ketelitian": explain(
        N_("Diuji pada hari pemungutan suara yang nyata, satu per satu dikeluarkan dari "
           "kalibrasinya: berapa dari seratus kebenaran di dalam selang (rata-rata hari, dan hari "
           "terburuk), dan kesalahan rata-rata tiap cara dalam poin DPT. Jamnya: hari itu "
           "dijadikan 07.00 sampai 13.00. Tidak berasal dari laporan hari ini."),
    ),
}  # fmt: skip
ALERTS: dict[str, ExplanationBuilder] = {
    **dict.fromkeys(
        ("peringatan_terbuka", "peringatan_baru", "peringatan_dilihat", "peringatan_ditindak",
         "sepolsek", "selesai"),
        _ALERTS,
    ),
    "terbuka": _ALERT_GROUPS,
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
        *OFFICER_FEEDS, "incidents", limits=_list_point_limits,
    ),
    "kurang": _SHORT_STATIONS,
    "perlu": _SHORT_STATIONS,
    "kekurangan": _SHORT_STATIONS,
    "siap": explain(
        N_("Petugas yang diketahui hadir dan boleh digeser: cadangan dan patroli di luar bagian "
           "yang harus tinggal, dan yang lebih dari pola di TPS-nya."),
        *OFFICER_FEEDS, limits=_list_availability_limits,
    ),
    "menuju": explain(
        N_("Petugas yang baru diperintahkan ke tempat lain dan belum berkabar sejak itu: ditunggu, "
           "belum dihitung kurang."),
        *OFFICER_FEEDS, limits=_list_en_route_limits,
    ),
    "langkah": _PLAN,
    "banding_geser": _PLAN,
    "putusan_rencana": _PLAN,
}  # fmt: skip
HOTSPOTS: dict[str, ExplanationBuilder] = dict.fromkeys(
    ("padat", "padat_baris", *(f"lebih_{n}" for n in range(9))), _INCIDENT_COUNTS
)
EXERCISES: dict[str, ExplanationBuilder] = dict.fromkeys(
    ("kasus", "reaksi", "diketahui", "diverifikasi", "ditugaskan", "ditutup"), _RESPONSE_TIMES
)
