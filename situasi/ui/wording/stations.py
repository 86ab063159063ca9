"""Texts about one TPS: its name, the owed report, who asks for it, why a count is doubted."""

from typing import Any

import pandas as pd

from situasi.board import current_board as board
from situasi.common.formats import format_number, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import place_names


def format_name(code: str) -> str:
    """Return a name like 'TPS 003 Munggu, Muara Kuang'."""
    return place_names.format_station(board().register, code)


def format_owed_report(fase: str | None, hour: pd.Timestamp) -> str:
    """Return the name of the missing report."""
    if fase != "hadir":
        return label("fase", fase)
    local = hour.tz_convert(board().register.election.zone)
    return _("jumlah hadir {time}").format(time=format_time(local))


def format_chaser(chaser: str | None, kecamatan: str) -> str:
    """Return who asks for a report: a Polsek by its name."""
    return place_names.format_owner(board().register, chaser, kecamatan)


def format_dpt(voters: Any, estimated: bool) -> str:
    """Return the number of voters in DPT, marked if it is a perkiraan; "" where unknown."""
    if pd.isna(voters):
        return ""
    return ("≈ " if estimated else "") + format_number(int(voters))


def format_anomaly(kind: str) -> str:
    """Return the name of a kind of anomaly."""
    return {
        "turun": _("turun"),
        "melebihi": _("melebihi daftar pemilih"),
        "melonjak": _("melonjak"),
        "seragam": _("sama di banyak TPS sedesa"),
        "menjauh": _("jauh dari TPS sekecamatan"),
        "kembar": _("angka kembar"),
    }[kind]


def format_anomalies(kinds: str) -> str:
    """Return the reasons of build_station_table (`doubts`) in words."""
    return "; ".join(format_anomaly(kind) for kind in kinds.split(", ") if kind)


def format_anomaly_reason(kind: str, reference: float, estimated: bool) -> str:
    """Return one reason with the number that the count was compared with."""
    number = format_number(reference, 1 if kind == "menjauh" else 0)
    voters = ("≈ " if estimated else "") + number
    return {
        "turun": _("turun dari {n}").format(n=number),
        "melebihi": _("melebihi {n} pemilih di daftar").format(n=voters),
        "melonjak": _("melonjak dari {n}").format(n=number),
        "seragam": _("sama di {n} TPS sedesa pada jam itu").format(n=number),
        "menjauh": _("jauh dari median kecamatan {n} %").format(n=number),
        "kembar": _("angka kembar, di samping alasan lain"),
    }[kind]
