"""Rules of the figures of a command above: sums of the roll-ups of its kabupaten."""

from __future__ import annotations

from collections.abc import Callable

from situasi.common.i18n import _
from situasi.domain.higher_command import HigherCommand
from situasi.presentation.explanations.model import Why, minutes

AboveRule = Callable[[HigherCommand], Why]


def _sum(said: str) -> str:
    """What holds of every sum."""
    return said + " " + _(
        "Jumlah atas kabupaten yang memberi tahu; bila ada yang belum, ditulis ≥. Belum ada "
        "laporan bukan nol."
    )  # fmt: skip


def _heard(command: HigherCommand) -> Why:
    return Why(
        _("Melapor: pernah ada yang datang dari kabupaten itu. Senyap: pada jam pemantauan tidak "
          "ada yang datang lebih lama dari batasnya; angkanya tetap salinan terakhir. Pada latihan "
          "dan saat lampau dihitung dari kabar terbaru."),
        (
            (_("senyap setelah"), minutes(command.silent_after)),
            (_("dipantau"), f"{command.watch_from:%H.%M}–{command.watch_until:%H.%M}"),
        ),
    )  # fmt: skip


def _incidents(_command: HigherCommand) -> Why:
    return Why(
        _sum(_("Kejadian hari pemungutan yang belum selesai dan tidak terbantah. Serius: tingkat "
               "tinggi atau situasi merah.")),
        feeds=("incidents", "merges"),
    )  # fmt: skip


def _states(command: HigherCommand) -> Why:
    return Why(
        _sum(_("Kecamatan menurut situasi yang terakhir dinyatakan. Situasi sebuah wilayah adalah "
               "yang terberat di dalamnya. Hijau yang lama tidak dinyatakan lagi tidak berlaku.")),
        ((_("hijau berlaku"), minutes(command.situasi_valid)),),
        ("incidents",),
    )  # fmt: skip


def _stations(_command: HigherCommand) -> Why:
    return Why(
        _sum(_("TPS yang menyebut fase atau hitungan pemilih, dari semua TPS kabupaten itu. Di "
               "mana daftar TPS tidak dikenal di sini, setiap TPS yang disebut terhitung.")),
        feeds=("tps",),
    )  # fmt: skip


def _turnout(_command: HigherCommand) -> Why:
    return Why(
        _sum(_("Pemilih hadir menurut hitungan terakhir tiap TPS, dibagi DPT TPS itu juga; hanya "
               "TPS yang DPT-nya dikenal di sini masuk persentase.")),
        feeds=("tps",),
    )  # fmt: skip


def _officers(command: HigherCommand) -> Why:
    return Why(
        _sum(_("Petugas Polri yang diplot di TPS, dan dari mereka yang menurut kabar terakhirnya "
               "ada di tempat.")),
        ((_("kabar berlaku"), minutes(command.word_every)),),
        ("postings", "personnel"),
    )  # fmt: skip


def _grave(_command: HigherCommand) -> Why:
    return Why(
        _("Kejadian terbuka hari pemungutan yang bertingkat tinggi atau bersituasi merah, yang "
          "terbaru diketahui di atas; dari tiap kabupaten paling banyak enam."),
        feeds=("incidents", "merges"),
    )  # fmt: skip


def _whole(command: HigherCommand) -> Why:
    return Why(
        _("Satu baris satu kabupaten (atau provinsi), dari rekap yang dihitung di basis data atas "
          "baris yang telah sampai ke sini. Salinan: kapan yang terakhir sampai. Cara hitung tiap "
          "kolom: klik angkanya di atas."),
        _heard(command).limits,
        ("incidents", "tps", "postings", "personnel"),
    )  # fmt: skip


ABOVE: dict[str, AboveRule] = {
    "wilayah": _whole,
    "lapor": _heard,
    "terbuka": _incidents,
    "situasi": _states,
    "tps": _stations,
    "partisipasi": _turnout,
    "personel": _officers,
    "serius": _grave,
}
