"""Explanations of the figures of a higher command: sums over the rollups of its kabupaten."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from situasi.common.i18n import _
from situasi.domain.higher_command import HigherCommand
from situasi.domain.labels import N_
from situasi.presentation.alerts import format_critical
from situasi.presentation.explanations.model import (
    CASE_FEEDS,
    Explanation,
    ExplanationBuilder,
    Limits,
    explain,
    format_clock,
    format_minutes,
)


def _explain_sum(
    rule: str, *feeds: str, limits: Callable[[Any], Limits] = lambda _command: ()
) -> ExplanationBuilder:
    """Return the builder of an explanation, with the sentence that holds for every sum."""
    explain_part = explain(rule, *feeds, limits=limits)

    def build(command: HigherCommand) -> Explanation:
        part = explain_part(command)
        text = _("Jumlah atas kabupaten yang memberi tahu; bila ada yang belum, ditulis ≥. Belum "
                 "ada laporan bukan nol.")  # fmt: skip
        return replace(part, rule=f"{part.rule} {text}")

    return build


def _list_reporting_limits(command: HigherCommand) -> Limits:
    hours = f"{format_clock(command.watch_from)}–{format_clock(command.watch_until)}"
    return ((_("senyap setelah"), format_minutes(command.silent_after)), (_("dipantau"), hours))


def _list_critical_limits(command: HigherCommand) -> Limits:
    return ((_("berat"), format_critical(command.critical)),)


HIGHER_COMMAND: dict[str, ExplanationBuilder] = {
    "wilayah": explain(
        N_("Satu baris satu kabupaten (atau provinsi), dari rekap yang dihitung di basis data atas "
           "baris yang telah sampai ke sini. Salinan: kapan yang terakhir sampai. Cara hitung tiap "
           "kolom: klik angkanya di atas."),
        "incidents", "tps", "postings", "personnel", limits=_list_reporting_limits,
    ),
    "lapor": explain(
        N_("Melapor: pernah ada yang datang dari kabupaten itu. Senyap: pada jam pemantauan tidak "
           "ada yang datang lebih lama dari batasnya; angkanya tetap salinan terakhir. Pada "
           "latihan dan saat lampau dihitung dari kabar terbaru."),
        limits=_list_reporting_limits,
    ),
    "terbuka": _explain_sum(
        N_("Kejadian hari pemungutan yang belum selesai dan tidak terbantah. Serius: laporan "
           "berat yang masih terbuka, hari apa pun mulainya."),
        *CASE_FEEDS,
        limits=_list_critical_limits,
    ),
    "situasi": _explain_sum(
        N_("Kecamatan menurut situasi yang terakhir dinyatakan. Situasi sebuah wilayah adalah "
           "yang terberat di dalamnya. Hijau yang lama tidak dinyatakan lagi tidak berlaku."),
        "incidents",
        limits=lambda command: ((_("hijau berlaku"), format_minutes(command.situasi_valid)),),
    ),
    "tps": _explain_sum(
        N_("TPS yang menyebut fase atau hitungan pemilih, dari semua TPS kabupaten itu. Di mana "
           "daftar TPS tidak dikenal di sini, setiap TPS yang disebut terhitung."),
        "tps",
    ),
    "partisipasi": _explain_sum(
        N_("Pemilih hadir menurut hitungan terakhir tiap TPS, dibagi DPT TPS itu juga; hanya TPS "
           "yang DPT-nya dikenal di sini masuk persentase. Bila sebagian TPS baru menyampaikan "
           "hitungan jam lebih awal, dibandingkan jam terakhir yang dicapai separuh TPS; yang "
           "lebih awal dari itu ditandai dengan jamnya."),
        "tps",
    ),
    "personel": _explain_sum(
        N_("Petugas Polri yang diplot di TPS, dan dari mereka yang menurut kabar terakhirnya ada "
           "di tempat."),
        "postings", "personnel",
        limits=lambda command: ((_("kabar berlaku"), format_minutes(command.checkin_valid)),),
    ),
    "serius": explain(
        N_("Laporan berat yang masih terbuka, hari apa pun mulainya; yang terbaru diketahui di "
           "atas, dari tiap kabupaten paling banyak enam. Yang berat adalah yang mengganggu layar "
           "kabupaten itu sendiri (rules.toml)."),
        *CASE_FEEDS,
        limits=_list_critical_limits,
    ),
}  # fmt: skip
