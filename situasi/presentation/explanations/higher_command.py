"""Explanations of the figures of a higher command: sums over the rollups of its kabupaten."""

from __future__ import annotations

from collections.abc import Callable

from situasi.common.i18n import _
from situasi.domain.higher_command import HigherCommand
from situasi.domain.labels import N_
from situasi.presentation.explanations.model import Explanation, explain, format_minutes

HigherCommandExplanationBuilder = Callable[[HigherCommand], Explanation]


def _format_sum_rule(rule_text: str) -> str:
    """Return the rule with the sentence that holds for every sum."""
    return rule_text + " " + _(
        "Jumlah atas kabupaten yang memberi tahu; bila ada yang belum, ditulis ≥. Belum ada "
        "laporan bukan nol."
    )  # fmt: skip


def _explain_reporting(command: HigherCommand) -> Explanation:
    return Explanation(
        _("Melapor: pernah ada yang datang dari kabupaten itu. Senyap: pada jam pemantauan tidak "
          "ada yang datang lebih lama dari batasnya; angkanya tetap salinan terakhir. Pada latihan "
          "dan saat lampau dihitung dari kabar terbaru."),
        (
            (_("senyap setelah"), format_minutes(command.silent_after)),
            (_("dipantau"), f"{command.watch_from:%H.%M}–{command.watch_until:%H.%M}"),
        ),
    )  # fmt: skip


def _explain_incidents(_command: HigherCommand) -> Explanation:
    return Explanation(
        _format_sum_rule(
            _(
                "Kejadian hari pemungutan yang belum selesai dan tidak terbantah. Serius: tingkat "
                "tinggi atau situasi merah."
            )
        ),
        feeds=("incidents", "merges"),
    )


def _explain_situasi(command: HigherCommand) -> Explanation:
    return Explanation(
        _format_sum_rule(
            _(
                "Kecamatan menurut situasi yang terakhir dinyatakan. Situasi sebuah wilayah adalah "
                "yang terberat di dalamnya. Hijau yang lama tidak dinyatakan lagi tidak berlaku."
            )
        ),
        ((_("hijau berlaku"), format_minutes(command.situasi_valid)),),
        ("incidents",),
    )


def _explain_stations(_command: HigherCommand) -> Explanation:
    return Explanation(
        _format_sum_rule(
            _(
                "TPS yang menyebut fase atau hitungan pemilih, dari semua TPS kabupaten itu. Di "
                "mana daftar TPS tidak dikenal di sini, setiap TPS yang disebut terhitung."
            )
        ),
        feeds=("tps",),
    )


def _explain_turnout(_command: HigherCommand) -> Explanation:
    return Explanation(
        _format_sum_rule(
            _(
                "Pemilih hadir menurut hitungan terakhir tiap TPS, dibagi DPT TPS itu juga; hanya "
                "TPS yang DPT-nya dikenal di sini masuk persentase."
            )
        ),
        feeds=("tps",),
    )


def _explain_officers(command: HigherCommand) -> Explanation:
    return Explanation(
        _format_sum_rule(
            _(
                "Petugas Polri yang diplot di TPS, dan dari mereka yang menurut kabar terakhirnya "
                "ada di tempat."
            )
        ),
        ((_("kabar berlaku"), format_minutes(command.checkin_valid)),),
        ("postings", "personnel"),
    )


def _explain_units(command: HigherCommand) -> Explanation:
    return Explanation(
        _("Satu baris satu kabupaten (atau provinsi), dari rekap yang dihitung di basis data atas "
          "baris yang telah sampai ke sini. Salinan: kapan yang terakhir sampai. Cara hitung tiap "
          "kolom: klik angkanya di atas."),
        _explain_reporting(command).limits,
        ("incidents", "tps", "postings", "personnel"),
    )  # fmt: skip


HIGHER_COMMAND: dict[str, HigherCommandExplanationBuilder] = {
    "wilayah": _explain_units,
    "lapor": _explain_reporting,
    "terbuka": _explain_incidents,
    "situasi": _explain_situasi,
    "tps": _explain_stations,
    "partisipasi": _explain_turnout,
    "personel": _explain_officers,
    "serius": explain(
        N_("Kejadian terbuka hari pemungutan yang bertingkat tinggi atau bersituasi merah, yang "
           "terbaru diketahui di atas; dari tiap kabupaten paling banyak enam."),
        "incidents", "merges",
    ),
}  # fmt: skip
