"""Rules of the figures that count TPS and the voters present there."""

from __future__ import annotations

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.election import Election
from situasi.domain.labels import label
from situasi.presentation.explanations.model import Rule, Why, clock, minutes
from situasi.presentation.numbers import percent

_TPS = ("tps",)


def _heads(_election: Election) -> Why:
    return Why(
        _("Jumlah hitungan terbaru tiap TPS menurut saat dihitung; baris kemudian dengan id yang "
          "sama memperbaikinya. TPS tanpa laporan tidak dihitung nol: ia tidak ikut. Hitungan "
          "yang diragukan ikut dijumlah seperti dilaporkan, dan disebut. Total desa atau "
          "kecamatan tidak ikut dijumlah."),
        feeds=_TPS,
    )  # fmt: skip


def _rate(_election: Election) -> Why:
    return Why(
        _("Pemilih hadir dibagi DPT dari TPS yang melapor saja. ≈ berarti DPT sebagian TPS itu "
          "perkiraan."),
        feeds=_TPS,
    )  # fmt: skip


def _bounds(_election: Election) -> Why:
    return Why(
        _("Batas bawah: hadir yang dilaporkan dibagi DPT seluruh TPS, seolah di TPS lain tidak ada "
          "yang datang. Batas atas: seolah di TPS lain seluruh DPT datang. Bukan perkiraan."),
        feeds=_TPS,
    )  # fmt: skip


def _untold(_election: Election) -> Why:
    return Why(_("TPS yang belum pernah melaporkan jumlah pemilih hadir."), feeds=_TPS)


def _apart(_election: Election) -> Why:
    return Why(
        _("Pemilih DPTb dan DPK pada hitungan terbaru TPS yang memisahkannya; TPS lain tidak "
          "memisahkan, bukan nol."),
        feeds=_TPS,
    )  # fmt: skip


def _doubted(election: Election) -> Why:
    rule = election.rules.tps
    return Why(
        _("Hitungan yang turun, melebihi DPT, melonjak, sama di banyak TPS sedesa, jauh dari "
          "median kecamatan, atau berdigit kembar (hanya bila ada sebab lain). Ditandai, tidak "
          "diubah."),
        (
            (_("melebihi DPT perkiraan"), f"× {i18n.format_number(rule.estimated_list_factor, 2)}"),
            (_("melonjak dalam 1 jam"), percent(100 * rule.max_hourly_share)),
            (_("sama di"), _("{n} TPS").format(n=i18n.format_number(rule.min_repeats))),
            (_("jauh dari median"), percent(100 * rule.outlier_share)),
            (_("median dari sedikitnya"), _("{n} TPS").format(n=i18n.format_number(rule.outlier_min_tps))),
        ),
        _TPS,
    )  # fmt: skip


def _curve(election: Election) -> Why:
    rule = election.rules.turnout
    said = _("Tiap 15 menit: hadir dibagi DPT dari TPS yang sudah melapor sampai saat itu. Garis "
             "titik: perkiraan, andaian laju kedatangan dikali partisipasi {label}.")  # fmt: skip
    return Why(
        said.format(label=rule.reference_label),
        tuple((clock(at), percent(100 * share)) for at, share in rule.curve),
        _TPS,
    )


def _areas(election: Election) -> Why:
    low = i18n.format_number(election.rules.turnout.low_margin_points)
    return Why(
        _("Tiap kecamatan: hitungan terbaru TPS-nya; pembagi selalu disebut. Rendah: tertinggal "
          "dari kabupaten lebih dari ambang."),
        ((_("rendah"), _("{n} poin").format(n=low)),),
        _TPS,
    )  # fmt: skip


def _totals(_election: Election) -> Why:
    return Why(
        _("Total yang dilaporkan desa atau kecamatan, di samping jumlah hitungan TPS-nya pada saat "
          "itu. Tidak dijumlahkan dengan hitungan TPS."),
        feeds=_TPS,
    )  # fmt: skip


def _dues(election: Election) -> tuple[tuple[str, str], ...]:
    rule = election.rules.tps
    return (
        *((label("fase", due.fase), clock(due.at)) for due in rule.phase_deadlines),
        (_("hitungan tiap"), minutes(rule.count_interval)),
        (_("kelonggaran"), minutes(rule.count_grace)),
    )


def _late(election: Election) -> Why:
    chase = ", ".join(
        f"{one.responsible} {minutes(one.after)}"
        for one in election.rules.tps.escalation
        if one.after
    )
    first = election.rules.tps.escalation[0].responsible
    said = _("TPS yang laporannya (fase atau hitungan) sudah jatuh tempo dan belum datang; "
             "terlambat dihitung sejak jatuh tempo yang pertama terlewat. Yang mencari: {first}, "
             "lalu {others}.")  # fmt: skip
    return Why(said.format(first=first, others=chase), _dues(election), _TPS)


def _phase(election: Election) -> Why:
    return Why(
        _("Fase terjauh yang sudah dicapai sedikitnya separuh TPS. Hitungan pemilih berarti TPS "
          "sudah dibuka. Baris: TPS yang terlambat, tak terjangkau, atau diragukan."),
        _dues(election),
        _TPS,
    )  # fmt: skip


def _unopened(_election: Election) -> Why:
    return Why(
        _("TPS yang belum ada kabar dibuka: tidak ada laporan fase dibuka atau sesudahnya, dan "
          "tidak ada hitungan pemilih. Tidak berarti TPS itu tutup."),
        feeds=_TPS,
    )  # fmt: skip


def _unreachable(_election: Election) -> Why:
    return Why(
        _("TPS yang menurut kabar terakhir tidak dapat dihubungi, dan belum melapor sesudahnya."),
        feeds=_TPS,
    )


def _moving(_election: Election) -> Why:
    return Why(
        _("Kotak yang sudah dilaporkan bergeser dan belum dilaporkan tiba di PPK atau KPU."),
        feeds=_TPS,
    )


def _arrived(_election: Election) -> Why:
    return Why(
        _("Kotak yang dilaporkan tiba di PPK atau KPU. Baris: TPS yang kotaknya belum tiba."),
        feeds=_TPS,
    )


def _every(election: Election) -> Why:
    return Why(
        _("Semua TPS di daftar, masing-masing dalam tepat satu keadaan: tak terjangkau, "
          "terlambat, diragukan, ditunggu, lapor, atau belum waktunya, menurut yang pertama "
          "berlaku."),
        _dues(election),
        _TPS,
    )  # fmt: skip


def _history(_election: Election) -> Why:
    return Why(_("Semua laporan TPS ini, yang kemudian diperbaiki juga."), feeds=_TPS)


SITUATION: dict[str, Rule] = {"partisipasi": _rate, "tps": _phase}
TURNOUT: dict[str, Rule] = {
    "hadir": _heads, "tingkat": _rate, "batas": _bounds, "senyap": _untold, "lain": _apart,
    "ragu": _doubted, "angka_kurva": _curve, "menurut_kecamatan": _areas, "belum_jumlah": _late,
    "total_lingkup": _totals,
}  # fmt: skip
STATIONS: dict[str, Rule] = {
    "buka": _unopened, "terlambat": _late, "tak_terjangkau": _unreachable, "diragukan": _doubted,
    "kotak": _moving, "kotak_jalan": _moving, "tiba": _arrived, "riwayat": _history,
    "semua_tps": _every,
}  # fmt: skip
