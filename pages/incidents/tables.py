"""The tables of Kejadian, readable and to take along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from situasi.analysis.situation.worklist import Worklist
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.rules import RiskRules
from situasi.ui.tables.columns import Column, moments, number, span, text, vague
from situasi.ui.tables.table_view import Table, table
from situasi.ui.wording import incidents as say

_PLACE = 250  # pixels: kecamatan and desa of most


def listed(cases: pd.DataFrame, overdue: pd.DataFrame) -> Table:
    """Cases with what a reader looks for first. overdue: of the casework."""
    late = overdue.set_index("case").reindex(cases["case"])
    return table(
        {
            _("tingkat"): _weights(cases["tingkat"]),
            _("kabar"): moments(cases["known_at"]),
            _("jenis"): [label("jenis", code) for code in cases["jenis"]],
            _("tempat"): _places(cases),
            _("status"): [label("status", code) for code in cases["status"]],
            _("terjadi"): vague(cases["occurred_at"], cases["precision"]),
            _("lewat waktu"): span(late["late"]),
            _("menunggu"): [
                say.step(step) if isinstance(step, str) else "" for step in late["step"]
            ],
            _("laporan"): number(cases["gabungan"]),
            _("uraian"): cases["uraian"],
            _("id"): cases["id"],
        },
        cases["latihan"],
    )


def overdue(late: pd.DataFrame) -> Table:
    """What is late, by how long, and whose it is."""
    return table(
        {
            _("lewat"): span(late["late"]),
            _("menunggu"): [say.step(step) for step in late["step"]],
            _("jenis"): [label("jenis", code) for code in late["jenis"]],
            _("tempat"): _places(late),
            _("ditugaskan"): [say.unit(unit) for unit in late["ditugaskan"]],
            _("tingkat"): _weights(late["tingkat"]),
            _("batas"): moments(late["due_at"]),
            _("id"): late["id"],
        },
        late["latihan"],
    )


def _weights(levels: Iterable[object]) -> Column:
    """Words of weight, on a screen with their sign."""
    codes = [level if isinstance(level, str) else None for level in levels]
    return text([label("tingkat", code) for code in codes], [say.weight(code) for code in codes])


def _places(rows: pd.DataFrame) -> Column:
    return text([say.place(row) for row in rows.itertuples()], widest=_PLACE)


def stretch(found: Worklist, step: str) -> Table:
    """How long a step took or has been waited for, in each case, the longest first."""
    lived = found.case_milestones.reindex(found.selected_cases["case"]).reset_index()
    took = lived[step].fillna(pd.Timestamp(found.at)) - lived["start"]
    order = took.sort_values(ascending=False, kind="stable").index
    lived, cases = lived.loc[order], found.selected_cases.reset_index(drop=True).loc[order]
    return table(
        {
            _("lama"): span(took.loc[order]),
            _("keadaan"): [_state(start, end) for start, end in zip(lived["start"], lived[step],
                                                                   strict=True)],
            _("dilaporkan"): moments(lived["start"]),
            _("tingkat"): _weights(cases["tingkat"]),
            _("jenis"): [label("jenis", code) for code in cases["jenis"]],
            _("tempat"): _places(cases),
            _("status"): [label("status", code) for code in cases["status"]],
            _("id"): cases["id"],
        },
        cases["latihan"],
    )  # fmt: skip


def _state(start: pd.Timestamp, end: pd.Timestamp) -> str:
    if pd.isna(end):
        return _("belum")
    return _("sejak laporan pertama") if end <= start else _("tercapai")


def pairs(found: Worklist) -> Table:
    """The probable pairs with their reasons."""
    by_case = found.cases.set_index("case")
    one, other = (by_case.loc[[getattr(pair, side) for pair in found.duplicate_candidates]]
                  for side in ("first", "second"))  # fmt: skip
    return table(
        {
            _("nilai"): number(round(pair.score) for pair in found.duplicate_candidates),
            _("laporan pertama"): one["id"],
            _("laporan kedua"): other["id"],
            _("jenis"): [label("jenis", code) for code in one["jenis"]],
            _("tempat"): _places(one),
            _("alasan"): [", ".join(say.reasons(pair)) for pair in found.duplicate_candidates],
        },
        one["latihan"].to_numpy() | other["latihan"].to_numpy(),
    )


def kinds(found: Worklist) -> Table:
    """Kinds by kecamatan with their sums; missing where nobody reported."""
    register = board().register
    names = {
        area: register.name_of(str(area)) if area else _("seluruh kabupaten")
        for area in found.kind_counts
    }
    return table(
        {
            _("jenis"): [label("jenis", code) for code in found.kind_counts.index],
            _("jumlah"): number(found.kind_counts.sum(axis=1)),
            **{name: number(found.kind_counts[area]) for area, name in names.items()},
        },
        bool(found.selected_cases["latihan"].any()),
    )


def rates(cells: pd.DataFrame, rules: RiskRules, made_up: bool) -> Table:
    """Each kecamatan and hour of analysis.risk.cells, those with the highest rate first."""
    order = cells.sort_values(["rate", "hour"], ascending=[False, True], kind="stable")
    heard = order["rate"].notna()
    return table(
        {
            _("kecamatan"): [board().register.name_of(code) for code in order["kecamatan"]],
            _("jam"): moments(order["hour"]),
            _("dilaporkan"): number(order["count"]),
            _("per {per} TPS per jam").format(per=rules.per_tps):
                number(order["rate"], 1, estimated=True),
            _("paling rendah"): number(order["low"], 1, estimated=True),
            _("paling tinggi"): number(order["high"], 1, estimated=True),
            _("kabupaten jam itu"): number(order["common"].where(heard), 1, estimated=True),
            _("keterangan"): [_cell(row) for row in order.itertuples()],
        },
        made_up,
    )  # fmt: skip


def _cell(row: Any) -> str:
    if pd.isna(row.rate):
        return _("belum ada kabar")
    said = [_("jelas di atas kabupaten")] if row.above else []
    return ", ".join([*said, *([_("selang lebar")] if row.wide else [])])


def strangers(found: Worklist) -> Table:
    """Merges that name a case which is not known."""
    odd = found.orphan_merges
    return table(
        {
            _("waktu"): moments(odd["occurred_at"]),
            _("tindakan"): odd["tindakan"],
            _("kasus"): odd["kasus"],
            _("ke"): odd["ke"],
            _("alasan"): odd["alasan_gabung"],
            _("pelapor"): odd["pelapor"],
        },
        odd["latihan"],
    )
