"""Explanations of the figures that count TPS and voters present."""

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
from situasi.presentation.numbers import format_percent

_STATION_FEEDS = ("tps",)


def _explain_doubted(election: Election) -> Explanation:
    rule = election.rules.tps
    return Explanation(
        _(
            "Hitungan yang turun, melebihi DPT, melonjak, sama di banyak TPS sedesa, jauh dari "
            "median kecamatan, atau berdigit kembar (hanya bila ada sebab lain). Ditandai, tidak "
            "diubah."
        ),
        (
            (_("melebihi DPT perkiraan"), f"× {i18n.format_number(rule.estimated_list_factor, 2)}"),
            (_("melonjak dalam 1 jam"), format_percent(100 * rule.max_hourly_share)),
            (_("sama di"), _("{n} TPS").format(n=i18n.format_number(rule.min_repeats))),
            (_("jauh dari median"), format_percent(100 * rule.outlier_share)),
            (
                _("median dari sedikitnya"),
                _("{n} TPS").format(n=i18n.format_number(rule.outlier_min_tps)),
            ),
        ),
        _STATION_FEEDS,
    )


def _explain_curve(election: Election) -> Explanation:
    rule = election.rules.turnout
    text = _("Tiap 15 menit: hadir dibagi DPT dari TPS yang sudah melapor sampai saat itu. Garis "
             "titik: perkiraan, andaian laju kedatangan dikali partisipasi {label}.")  # fmt: skip
    return Explanation(
        text.format(label=rule.reference_label),
        tuple((format_clock(at), format_percent(100 * share)) for at, share in rule.curve),
        _STATION_FEEDS,
    )


def _explain_areas(election: Election) -> Explanation:
    low = i18n.format_number(election.rules.turnout.low_margin_points)
    return Explanation(
        _("Tiap kecamatan: hitungan terbaru TPS-nya; pembagi selalu disebut. Rendah: tertinggal "
          "dari kabupaten lebih dari ambang."),
        ((_("rendah"), _("{n} poin").format(n=low)),),
        _STATION_FEEDS,
    )  # fmt: skip


def _list_deadline_limits(election: Election) -> tuple[tuple[str, str], ...]:
    rule = election.rules.tps
    return (
        *((label("fase", due.fase), format_clock(due.at)) for due in rule.phase_deadlines),
        (_("hitungan tiap"), format_minutes(rule.count_interval)),
        (_("kelonggaran"), format_minutes(rule.count_grace)),
    )


def _explain_late(election: Election) -> Explanation:
    others = ", ".join(
        f"{step.responsible} {format_minutes(step.after)}"
        for step in election.rules.tps.escalation
        if step.after
    )
    first_responsible = election.rules.tps.escalation[0].responsible
    text = _("TPS yang laporannya (fase atau hitungan) sudah jatuh tempo dan belum datang; "
             "terlambat dihitung sejak jatuh tempo yang pertama terlewat. Yang mencari: {first}, "
             "lalu {others}.")  # fmt: skip
    return Explanation(
        text.format(first=first_responsible, others=others),
        _list_deadline_limits(election),
        _STATION_FEEDS,
    )


def _explain_phase(election: Election) -> Explanation:
    return Explanation(
        _("Fase terjauh yang sudah dicapai sedikitnya separuh TPS. Hitungan pemilih berarti TPS "
          "sudah dibuka. Baris: TPS yang terlambat, tak terjangkau, atau diragukan."),
        _list_deadline_limits(election),
        _STATION_FEEDS,
    )  # fmt: skip


def _explain_all(election: Election) -> Explanation:
    return Explanation(
        _("Semua TPS di daftar, masing-masing dalam tepat satu keadaan: tak terjangkau, "
          "terlambat, diragukan, ditunggu, lapor, atau belum waktunya, menurut yang pertama "
          "berlaku."),
        _list_deadline_limits(election),
        _STATION_FEEDS,
    )  # fmt: skip


_TURNOUT = explain(
    N_("Pemilih hadir dibagi DPT dari TPS yang melapor saja. ≈ berarti DPT sebagian TPS itu "
       "perkiraan."),
    *_STATION_FEEDS,
)  # fmt: skip
_MOVING_BOXES = explain(
    N_("Kotak yang sudah dilaporkan bergeser dan belum dilaporkan tiba di PPK atau KPU."),
    *_STATION_FEEDS,
)  # fmt: skip
SITUATION: dict[str, ExplanationBuilder] = {"partisipasi": _TURNOUT, "tps": _explain_phase}
TURNOUT: dict[str, ExplanationBuilder] = {
    "hadir": explain(
        N_("Jumlah hitungan terbaru tiap TPS menurut saat dihitung; baris kemudian dengan id "
           "yang sama memperbaikinya. TPS tanpa laporan tidak dihitung nol: ia tidak ikut. "
           "Hitungan yang diragukan ikut dijumlah seperti dilaporkan, dan disebut. Total desa "
           "atau kecamatan tidak ikut dijumlah."),
        *_STATION_FEEDS,
    ),
    "tingkat": _TURNOUT,
    "batas": explain(
        N_("Batas bawah: hadir yang dilaporkan dibagi DPT seluruh TPS, seolah di TPS lain tidak "
           "ada yang datang. Batas atas: seolah di TPS lain seluruh DPT datang. Bukan perkiraan."),
        *_STATION_FEEDS,
    ),
    "senyap": explain(
        N_("TPS yang belum pernah melaporkan jumlah pemilih hadir."),
        *_STATION_FEEDS,
    ),
    "lain": explain(
        N_("Pemilih DPTb dan DPK pada hitungan terbaru TPS yang memisahkannya; TPS lain tidak "
           "memisahkan, bukan nol."),
        *_STATION_FEEDS,
    ),
    "ragu": _explain_doubted,
    "angka_kurva": _explain_curve,
    "menurut_kecamatan": _explain_areas,
    "belum_jumlah": _explain_late,
    "total_lingkup": explain(
        N_("Total yang dilaporkan desa atau kecamatan, di samping jumlah hitungan TPS-nya pada "
           "saat itu. Tidak dijumlahkan dengan hitungan TPS."),
        *_STATION_FEEDS,
    ),
}  # fmt: skip
STATIONS: dict[str, ExplanationBuilder] = {
    "buka": explain(
        N_("TPS yang belum ada kabar dibuka: tidak ada laporan fase dibuka atau sesudahnya, dan "
           "tidak ada hitungan pemilih. Tidak berarti TPS itu tutup."),
        *_STATION_FEEDS,
    ),
    "terlambat": _explain_late,
    "tak_terjangkau": explain(
        N_("TPS yang menurut kabar terakhir tidak dapat dihubungi, dan belum melapor sesudahnya."),
        *_STATION_FEEDS,
    ),
    "diragukan": _explain_doubted,
    "kotak": _MOVING_BOXES,
    "kotak_jalan": _MOVING_BOXES,
    "tiba": explain(
        N_("Kotak yang dilaporkan tiba di PPK atau KPU. Baris: TPS yang kotaknya belum tiba."),
        *_STATION_FEEDS,
    ),
    "riwayat": explain(
        N_("Semua laporan TPS ini, yang kemudian diperbaiki juga."),
        *_STATION_FEEDS,
    ),
    "semua_tps": _explain_all,
}  # fmt: skip
