"""Rules of the figures that look ahead: the outlook, alerts, moves, hot places, drills."""

from __future__ import annotations

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import label
from situasi.presentation.explanations.model import Rule, Why, minutes
from situasi.presentation.numbers import percent

_CASES = ("incidents", "merges")
_OFFICERS = ("roster", "postings", "personnel")
_ALERTED = ("incidents", "merges", "tps", *_OFFICERS)


def _outlook(election: Election) -> Why:
    rule = election.rules.forecast
    return Why(
        _("Perkiraan: TPS yang melapor diteruskan menurut andaian laju yang dibetulkan dari hari "
          "ini; TPS diam dianggap seperti TPS sekecamatannya; kabupaten adalah jumlah kecamatan. "
          "Selangnya dikalibrasi pada hari buatan (outlook.toml). Di sampingnya: penskalaan TPS "
          "yang melapor, dan yang sudah hadir dibagi DPT."),
        (
            (_("selang"), percent(rule.confidence_percent)),
            (_("sedikitnya per kecamatan"), _("{n} TPS").format(n=i18n.format_number(rule.min_tps))),
            (_("sedikitnya dari semua TPS"), percent(100 * rule.min_tps_share)),
        ),
        ("tps",),
    )  # fmt: skip


def _scored(_election: Election) -> Why:
    return Why(
        _("Perkiraan pada jam itu, seperti yang diketahui saat itu, di samping angka akhir "
          "kecamatan yang semua TPS-nya sudah menyebut akhirnya."),
        feeds=("tps",),
    )  # fmt: skip


def _tested(_election: Election) -> Why:
    return Why(
        _("Diuji pada hari buatan yang tidak dipakai waktu kalibrasi: berapa dari seratus "
          "kebenaran di dalam selang, dan kesalahan rata-rata tiap cara dalam poin DPT. Tidak "
          "berasal dari laporan hari ini."),
    )  # fmt: skip


def _alerts(election: Election) -> Why:
    names = election.alerts.level_names.get(i18n.current_language(), {})
    said = " < ".join(names.get(level, level) for level in election.alerts.levels)
    return Why(
        _("Dicari dari laporan oleh aturan di alerts.toml; ambang tiap aturan tersebut pada "
          "rinciannya. Satu sebab di satu kecamatan adalah satu peringatan, yang baru lagi hanya "
          "bila derajatnya naik. Lama sampai dilihat dan ditindak: sejak peringatan timbul."),
        ((_("derajat"), said),),
        _ALERTED,
    )  # fmt: skip


def _alerted_rows(_election: Election) -> Why:
    return Why(
        _("Laporan, TPS, petugas, atau sumber yang menjadi sebab peringatan ini, sejak kapan, dan "
          "apakah sebabnya masih ada."),
        feeds=_ALERTED,
    )  # fmt: skip


def _patterns(election: Election) -> tuple[tuple[str, str], ...]:
    return tuple(
        (label("kerawanan", kind), f"{one.polri}-{one.tps}-{one.linmas}")
        for kind, one in election.rules.staffing_patterns.by_kerawanan.items()
    )


def _empty(_election: Election) -> Why:
    return Why(
        _("TPS yang diketahui tidak ada seorang pun: tidak ada yang diplot, atau yang diplot belum "
          "tiba, bergeser, atau kembali. Petugas yang baru diperintahkan ke sana ditunggu dahulu."),
        feeds=_OFFICERS,
    )  # fmt: skip


def _short(election: Election) -> Why:
    return Why(
        _("TPS yang bagian petugasnya kurang dari pola, menurut mereka yang tidak diketahui absen. "
          "Perlu: kekurangan per kelompok TPS (sedesa atau seperintah), dibulatkan ke atas."),
        _patterns(election),
        _OFFICERS,
    )  # fmt: skip


def _free(election: Election) -> Why:
    rule = election.rules.redeployment
    stays = tuple(
        (_("tinggal, {what}").format(what=label("penugasan", duty)), percent(100 * share))
        for duty, share in rule.retained_shares.items()
    )
    agencies = ", ".join(label("instansi", one) for one in rule.agencies)
    return Why(
        _("Petugas yang diketahui hadir dan boleh digeser: cadangan dan patroli di luar bagian "
          "yang harus tinggal, dan yang lebih dari pola di TPS-nya."),
        (*stays, (_("instansi"), agencies)),
        _OFFICERS,
    )  # fmt: skip


def _coming(election: Election) -> Why:
    return Why(
        _("Petugas yang baru diperintahkan ke tempat lain dan belum berkabar sejak itu: ditunggu, "
          "belum dihitung kurang."),
        ((_("ditunggu"), minutes(election.rules.redeployment.en_route_grace)),),
        _OFFICERS,
    )  # fmt: skip


def _plan(election: Election) -> Why:
    rule = election.rules.redeployment
    return Why(
        _("Rencana yang menghapus kekurangan paling berat dahulu, lalu menempuh km paling sedikit, "
          "tanpa membuat TPS asal kurang dari pola. Jarak adalah perkiraan: antartitik tengah "
          "desa atau kecamatan."),
        (
            (_("kecepatan andaian"), f"{i18n.format_number(rule.speed_kmh)} km/jam"),
            (_("TPS kosong"), _("{n} poin").format(n=i18n.format_number(rule.shortfall_points["empty"]))),
            (_("dekat kejadian berat"),
             _("{n} poin").format(n=i18n.format_number(rule.shortfall_points["incident"]))),
        ),
        (*_OFFICERS, "incidents"),
    )  # fmt: skip


def _dense(election: Election) -> Why:
    rule = election.rules.risk
    said = _("Kejadian per {n} TPS dan jam, diperhalus: laju kabupaten pada jam itu dikali faktor "
             "kecamatan (Gamma–Poisson), agar satu kejadian di kecamatan kecil tidak menjadikannya "
             "terburuk. Jam yang belum tiba atau tanpa kabar dikosongkan, bukan nol. Nihil, yang "
             "digabung, dan yang tidak terbukti tidak dihitung.")  # fmt: skip
    return Why(
        said.format(n=i18n.format_number(rule.per_tps)),
        (
            (_("selang"), percent(100 * rule.credible_share)),
            (_("sedikitnya"), _("{n} kejadian").format(n=i18n.format_number(rule.min_incidents))),
        ),
        _CASES,
    )


def _cluster(election: Election) -> Why:
    rule = election.rules.clusters
    return Why(
        _("Kejadian yang berdekatan tempat dan waktu lebih banyak daripada yang wajar: dibanding "
          "hari acak dengan jumlah kejadian yang sama pada tiap waktu (Kulldorff). p: bagian hari "
          "acak yang sama padatnya."),
        (
            (_("p paling tinggi"), i18n.format_number(rule.significance_level, 2)),
            (_("sedikitnya"), _("{n} kejadian").format(n=i18n.format_number(rule.min_incidents))),
            (_("paling jauh ke belakang"), minutes(rule.max_duration)),
        ),
        _CASES,
    )  # fmt: skip


def _reactions(_election: Election) -> Why:
    return Why(
        _("Waktu sejak laporan skenario tersimpan sampai langkah staf tersimpan, menurut jam "
          "orang. Diketahui: dipahami di layar, atau langkah pertama. Batas tiap langkah tertulis "
          "pada skenario. Langkah yang masih terbuka dihitung, bukan ditinggalkan; median menurut "
          "Kaplan–Meier."),
        feeds=_CASES,
    )  # fmt: skip


OUTLOOK: dict[str, Rule] = {
    "angka_akhir": _outlook, "ketepatan": _scored, "ketelitian": _tested,
}  # fmt: skip
ALERTS: dict[str, Rule] = {
    **dict.fromkeys(
        ("peringatan_terbuka", "peringatan_baru", "peringatan_dilihat", "peringatan_ditindak",
         "terbuka", "selesai"),
        _alerts,
    ),
    "peringatan_baris": _alerted_rows,
}  # fmt: skip
MOVES: dict[str, Rule] = {
    "kosong": _empty, "kurang": _short, "perlu": _short, "kekurangan": _short, "siap": _free,
    "menuju": _coming, "langkah": _plan, "banding_geser": _plan, "putusan_rencana": _plan,
}  # fmt: skip
HOT: dict[str, Rule] = {
    "padat": _dense, "padat_baris": _dense,
    **{f"gugus_{n}": _cluster for n in range(9)},
}  # fmt: skip
DRILLS: dict[str, Rule] = dict.fromkeys(
    ("kasus", "reaksi", "diketahui", "diverifikasi", "ditugaskan", "ditutup"),
    _reactions,
)
