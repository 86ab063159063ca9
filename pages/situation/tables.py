"""The rows behind the key figures of Situasi, as tables that people read."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.situation.area_summary import AreaSummary, find_phases_reached
from situasi.analysis.situation.overview import Overview
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.ui import session
from situasi.ui.tables.columns import bounds, moments, number, part, percent, span
from situasi.ui.tables.table_view import Table, table


def areas(found: Overview, day: AreaSummary) -> Table:
    """Each kecamatan by all measures of the map."""
    codes = list(found.crowd_states["kecamatan"])
    opened = cases.count_by_kecamatan(found.open_cases)
    scores = day.priority_scores.set_index("kecamatan").loc[codes]
    rates, gaps = day.turnout.loc[codes], day.coverage_gaps.loc[codes]
    furthest = find_phases_reached(day.phases).loc[codes]
    return table(
        {
            _("kecamatan"): _names(codes),
            _("situasi"): [_state(state) for state in found.crowd_states["situasi"]],
            _("kejadian terbuka"): number(
                opened.get(code, 0) if code in opened or code in found.reporting_kecamatan else None
                for code in codes
            ),
            _("nilai"): number(scores["score"], 1),
            _("partisipasi"): percent(rates["rate"], estimated=rates["told_estimated"]),
            _("fase terjauh"): [label("fase", fase) for fase in furthest["fase"]],
            _("TPS di fase itu"): part(
                furthest["by"].where(furthest["fase"].notna()), furthest["tps"], _("TPS")
            ),
            _("personel hadir"): number(gaps["present"].where(gaps["known"])),
            _("personel perlu"): number(gaps["required"], estimated=True),
        },
        session.picture().snapshot.rehearsal,
    )


def states(found: Overview) -> Table:
    """The situasi of each kecamatan, and when it was stated."""
    return table(
        {
            _("kecamatan"): _names(found.crowd_states["kecamatan"]),
            _("situasi"): [_state(state) for state in found.crowd_states["situasi"]],
            _("dinyatakan"): moments(found.crowd_states["stated_at"]),
        },
        session.picture().snapshot.rehearsal,
    )


def _state(state: object) -> str:
    return label("situasi", state) if isinstance(state, str) else _("belum dinyatakan")


def turnout(day: AreaSummary, codes: list[str]) -> Table:
    """Heads and rates of each kecamatan, with what they are of."""
    rows = day.turnout.loc[codes]
    return table(
        {
            _("kecamatan"): _names(rows.index),
            _("partisipasi TPS yang melapor"): percent(
                rows["rate"], estimated=rows["told_estimated"]
            ),
            _("hadir"): number(rows["heads"].where(rows["told"] > 0)),
            _("TPS melapor"): part(rows["told"], rows["tps"], _("TPS")),
            _("batas seluruhnya"): bounds(rows["least"], rows["most"], rows["estimated"]),
            _("DPT"): number(rows["dpt"], estimated=rows["estimated"]),
        },
        _made_up(day),
    )


def late(tps: pd.DataFrame) -> Table:
    """The TPS that are late, out of reach or doubted, the latest first."""
    rows = tps[tps["state"].isin(["terlambat", "tak_terjangkau", "diragukan"])]
    rows = rows.sort_values(["late_min", "code"], ascending=[False, True], na_position="last")
    return table(
        {
            _("kecamatan"): _names(rows["kecamatan"]),
            _("desa"): _names(rows["desa"]),
            _("TPS"): [f"{nomor:03d}" for nomor in rows["nomor"]],
            _("keadaan lapor"): [label("lapor", state) for state in rows["state"]],
            _("terlambat"): span(pd.to_timedelta(rows["late_min"], "min")),
            _("dicari oleh"): rows["chaser"],
            _("fase"): [label("fase", fase) for fase in rows["fase"]],
            _("terakhir melapor"): moments(rows["last_at"]),
        },
        rows["latihan"],
    )


def gaps(day: AreaSummary, codes: list[str]) -> Table:
    """Required, posted and present officers of each kecamatan."""
    rows = day.coverage_gaps.loc[codes]
    known = rows["known"]
    return table(
        {
            _("kecamatan"): _names(rows.index),
            _("perlu menurut pola"): number(rows["required"], estimated=True),
            _("ditempatkan"): number(rows["posted"].where(known)),
            _("hadir"): number(rows["present"].where(known)),
            _("TPS tanpa petugas"): number(rows["absent"].where(known)),
            _("TPS"): number(rows["tps"]),
        },
        _made_up(day),
    )


def feeds(found: Overview) -> Table:
    """Each feed that is expected to speak, and when it last did."""
    return table(
        {
            _("sumber"): [label("feed", feed.feed) for feed in found.feed_states],
            _("laporan terakhir"): moments(feed.last_known_at for feed in found.feed_states),
            _("keadaan"): [
                _("senyap")
                if feed.is_silent
                else _("melapor")
                if feed.last_known_at
                else _("belum melapor")
                for feed in found.feed_states
            ],
        },
        session.picture().snapshot.rehearsal,
    )


def slots(found: Overview) -> Table:
    """The timeline as numbers: how many incidents of each weight happened in each slot."""
    past = found.slots[found.slots.index <= found.at]
    weights = {label("tingkat", code): number(past[code]) for code in reversed(TINGKAT)}
    return table(
        {
            _("pukul"): moments(past.index),
            **weights,
            label("tingkat", None): number(past["belum"]),
            _("jumlah"): number(past.sum(axis=1)),
        },
        bool(found.selected_cases["latihan"].any()),
    )


def _names(codes: Iterable[str]) -> list[str]:
    return [board().register.name_of(code) for code in codes]


def _made_up(day: AreaSummary) -> bool:
    return bool(day.stations["latihan"].any())
