"""Explanations of the figures that count TPS and voters present."""

from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import N_, label
from situasi.presentation.explanations.model import (
    ExplanationBuilder,
    Limits,
    explain,
    format_clock,
    format_minutes,
)
from situasi.presentation.numbers import format_percent


def _list_doubt_limits(election: Election) -> Limits:
    rule = election.rules.tps
    return (
        (_("melebihi DPT perkiraan"), f"× {format_number(rule.estimated_list_factor, 2)}"),
        (_("melonjak dalam 1 jam"), format_percent(100 * rule.max_hourly_share)),
        (_("sama di"), format_counts(_("{n} TPS"), n=rule.min_repeats)),
        (_("jauh dari median"), format_percent(100 * rule.outlier_share)),
        (_("median dari sedikitnya"), format_counts(_("{n} TPS"), n=rule.outlier_min_tps)),
    )


def _list_curve_limits(election: Election) -> Limits:
    curve = election.rules.turnout.curve
    return tuple((format_clock(at), format_percent(100 * share)) for at, share in curve)


def _list_low_limits(election: Election) -> Limits:
    points = election.rules.turnout.low_margin_points
    return ((_("rendah"), format_counts(_("{n} poin"), n=points)),)


def _list_deadline_limits(election: Election) -> Limits:
    rule = election.rules.tps
    return (
        *((label("fase", due.fase), format_clock(due.at)) for due in rule.phase_deadlines),
        (_("hitungan tiap"), format_minutes(rule.count_interval)),
        (_("kelonggaran"), format_minutes(rule.count_grace)),
    )


def _name_responsible(election: Election) -> dict[str, str]:
    steps = election.rules.tps.escalation
    others = [f"{step.responsible} {format_minutes(step.after)}" for step in steps if step.after]
    return {"first": steps[0].responsible, "others": ", ".join(others)}


_DOUBTED = explain(
    N_("Hitungan yang turun, melebihi DPT, melonjak, sama di banyak TPS sedesa, jauh dari "
       "median kecamatan, atau berdigit kembar (hanya bila ada sebab lain). Ditandai, tidak "
       "diubah."),
    "tps", limits=_list_doubt_limits,
)  # fmt: skip
_LATE = explain(
    N_("TPS yang laporannya (fase atau hitungan) sudah jatuh tempo dan belum datang; "
       "terlambat dihitung sejak jatuh tempo yang pertama terlewat. TPS tak terjangkau dihitung "
       "tersendiri, tidak sebagai terlambat. Yang mencari: {first}, "
       "lalu {others}."),
    "tps", limits=_list_deadline_limits, values=_name_responsible,
)  # fmt: skip
_PHASE = explain(
    N_("Fase terjauh yang sudah dicapai sedikitnya separuh TPS. Hitungan pemilih berarti TPS "
       "sudah dibuka. Baris: TPS yang terlambat, tak terjangkau, atau diragukan."),
    "tps", limits=_list_deadline_limits,
)  # fmt: skip
_TURNOUT = explain(
    N_("Pemilih hadir dibagi DPT dari TPS yang melapor saja. Bila sebagian hitungan lama: pada "
       "jam terakhir yang dilaporkan sedikitnya separuh TPS, tanpa hitungan lama, yang membuatnya "
       "terlalu rendah. ≈ berarti DPT sebagian TPS itu perkiraan."),
    "tps",
)  # fmt: skip
_MOVING_BOXES = explain(
    N_(
        "Semua kotak yang belum dilaporkan tiba di PPK atau KPU: di jalan, di PPS, masih di TPS, "
        "dan yang TPS-nya belum memberi kabar. Bersama yang sudah tiba jumlahnya seluruh TPS. "
        "Sejak: saat keadaan itu dilaporkan; di TPS sejak penghitungan selesai."
    ),
    "tps",
)
SITUATION: dict[str, ExplanationBuilder] = {"partisipasi": _TURNOUT, "tps": _PHASE}
TURNOUT: dict[str, ExplanationBuilder] = {
    "hadir": explain(
        N_("Jumlah hitungan terbaru tiap TPS menurut saat dihitung; baris kemudian dengan id "
           "yang sama memperbaikinya. TPS tanpa laporan tidak dihitung nol: ia tidak ikut. "
           "Hitungan yang diragukan ikut dijumlah seperti dilaporkan, dan disebut. Total desa "
           "atau kecamatan tidak ikut dijumlah."),
        "tps",
    ),
    "tingkat": _TURNOUT,
    "batas": explain(
        N_("Batas bawah: hadir yang dilaporkan dibagi DPT seluruh TPS, seolah di TPS lain tidak "
           "ada yang datang. Batas atas: seolah di TPS lain seluruh DPT datang, dan di TPS "
           "berhitungan lama seluruh sisanya. Bukan perkiraan."),
        "tps",
    ),
    "senyap": explain(N_("TPS yang belum pernah melaporkan jumlah pemilih hadir."), "tps"),
    "lain": explain(
        N_("Pemilih DPTb dan DPK pada hitungan terbaru TPS yang memisahkannya; TPS lain tidak "
           "memisahkan, bukan nol."),
        "tps",
    ),
    "ragu": _DOUBTED,
    "angka_kurva": explain(
        N_("Tiap 15 menit: hadir dibagi DPT dari TPS yang sudah melapor sampai saat itu. Garis "
           "titik: andaian laju kedatangan dikali partisipasi {label}; bukan perkiraan akhir hari, "
           "yang digambar sebagai kipas dari titik terakhir."),
        "tps", limits=_list_curve_limits,
        values=lambda election: {"label": election.rules.turnout.reference_label},
    ),
    "menurut_kecamatan": explain(
        N_("Tiap kecamatan: hitungan terbaru TPS-nya; pembagi selalu disebut. Dibandingkan hanya "
           "pada jam yang sama: jam terakhir yang sudah dilaporkan separuh TPS. Hitungan yang "
           "lebih lama ditandai jamnya dan tidak dibandingkan. Rendah: tertinggal dari kabupaten "
           "pada jam itu lebih dari ambang."),
        "tps", limits=_list_low_limits,
    ),
    "tetangga": explain(
        N_("Kecamatan yang dipilih, yang berbatasan dengannya, dan kabupaten, semuanya pada jam "
           "hitungan yang sama; yang hitungannya lebih lama tidak dibandingkan. Selisih: poin di "
           "atas kecamatan yang dipilih. Lampau: {label} dan past_turnout.csv; lampau kini: ≈ "
           "menurut laju andaian."),
        "tps", limits=_list_curve_limits,
        values=lambda election: {"label": election.rules.turnout.reference_label},
    ),
    "tps_kecamatan": explain(
        N_("Semua TPS kecamatan ini: hitungan terbaru dibagi DPT-nya, yang terendah dahulu. Yang "
           "belum menghitung ada di akhir, bukan nol."),
        "tps",
    ),
    "belum_jumlah": _LATE,
    "total_lingkup": explain(
        N_("Total yang dilaporkan desa atau kecamatan, di samping jumlah hitungan TPS-nya pada "
           "saat itu. Tidak dijumlahkan dengan hitungan TPS."),
        "tps",
    ),
}  # fmt: skip
STATIONS: dict[str, ExplanationBuilder] = {
    "buka": explain(
        N_("TPS yang belum ada kabar dibuka: tidak ada laporan fase dibuka atau sesudahnya, dan "
           "tidak ada hitungan pemilih. Tidak berarti TPS itu tutup."),
        "tps",
    ),
    "terlambat": _LATE,
    "tak_terjangkau": explain(
        N_("TPS yang menurut kabar terakhir tidak dapat dihubungi, dan belum melapor sesudahnya."),
        "tps",
    ),
    "diragukan": _DOUBTED,
    "kotak": _MOVING_BOXES,
    "kotak_jalan": _MOVING_BOXES,
    "tiba": explain(
        N_("Kotak yang dilaporkan tiba di PPK atau KPU. Baris: TPS yang kotaknya sudah tiba."),
        "tps",
    ),
    "riwayat": explain(N_("Semua laporan TPS ini, yang kemudian diperbaiki juga."), "tps"),
    "semua_tps": explain(
        N_("Semua TPS di daftar, masing-masing dalam tepat satu keadaan: tak terjangkau, "
           "terlambat, diragukan, ditunggu, lapor, atau belum waktunya, menurut yang pertama "
           "berlaku."),
        "tps", limits=_list_deadline_limits,
    ),
}  # fmt: skip
