"""The tables of Kejadian, readable and to take along."""

from __future__ import annotations

import pandas as pd

from situasi import words
from situasi.analysis.casework import Casework
from situasi.board import current as board
from situasi.labels import label
from situasi.screen import incidents_words as say
from situasi.screen import tables
from situasi.screen.page import View
from situasi.words import _


def listed(cases: pd.DataFrame, found: Casework, view: View) -> pd.DataFrame:
    """Cases with what a reader looks for first."""
    late = {row.case: say.overdue(row) for row in found.overdue.itertuples()}
    table = pd.DataFrame(
        {
            _("tingkat"): [say.weight(level) for level in cases["tingkat"]],
            _("kabar"): [say.moment(at, view.at.at) for at in cases["known_at"]],
            _("jenis"): [label("jenis", code) for code in cases["jenis"]],
            _("status"): [label("status", code) for code in cases["status"]],
            _("lewat waktu"): [late.get(case, "") for case in cases["case"]],
            _("tempat"): [say.place(row) for row in cases.itertuples()],
            _("terjadi"): [say.happened(row, view.at.at) for row in cases.itertuples()],
            _("laporan"): cases["gabungan"].to_numpy(),
            _("uraian"): cases["uraian"].to_numpy(),
            _("id"): cases["id"].to_numpy(),
        },
        dtype="object",
    )
    return tables.marked(table, cases["latihan"].reset_index(drop=True))


def overdue(found: Casework, view: View) -> pd.DataFrame:
    """What is late, by how long, and whose it is."""
    late = found.overdue
    table = pd.DataFrame(
        {
            _("lewat"): [say.span(time) for time in late["late"]],
            _("menunggu"): [say.step(step) for step in late["step"]],
            _("ditugaskan"): [_unit(unit) for unit in late["ditugaskan"]],
            _("tingkat"): [say.weight(level) for level in late["tingkat"]],
            _("jenis"): [label("jenis", code) for code in late["jenis"]],
            _("tempat"): [say.place(row) for row in late.itertuples()],
            _("batas"): [say.moment(due, view.at.at) for due in late["due_at"]],
            _("id"): late["id"].to_numpy(),
        },
        dtype="object",
    )
    return tables.marked(table, late["latihan"].reset_index(drop=True))


def _unit(unit: object) -> str:
    return unit if isinstance(unit, str) else _("belum ditugaskan")


def stretch(found: Casework, step: str, view: View) -> pd.DataFrame:
    """How long a step took or has been waited for, in each case, the longest first."""
    lived = found.lives.reindex(found.shown["case"]).reset_index()
    cases = found.shown.reset_index(drop=True)
    took = lived[step].fillna(pd.Timestamp(found.at)) - lived["start"]
    table = pd.DataFrame(
        {
            _("lama"): [say.span(time) for time in took],
            _("keadaan"): [_state(start, end) for start, end in zip(lived["start"], lived[step],
                                                                   strict=True)],
            _("dilaporkan"): [say.moment(at, view.at.at) for at in lived["start"]],
            _("tingkat"): [say.weight(level) for level in cases["tingkat"]],
            _("jenis"): [label("jenis", code) for code in cases["jenis"]],
            _("tempat"): [say.place(row) for row in cases.itertuples()],
            _("status"): [label("status", code) for code in cases["status"]],
            _("id"): cases["id"],
        },
        dtype="object",
    )  # fmt: skip
    order = took.sort_values(ascending=False, kind="stable").index
    return tables.marked(table, cases["latihan"]).loc[order]


def _state(start: pd.Timestamp, end: pd.Timestamp) -> str:
    if pd.isna(end):
        return _("belum")
    return _("sejak laporan pertama") if end <= start else _("tercapai")


def pairs(found: Casework) -> pd.DataFrame:
    """The probable pairs with their reasons."""
    by_case = found.cases.set_index("case")
    one, other = (by_case.loc[[getattr(pair, side) for pair in found.twins]]
                  for side in ("first", "second"))  # fmt: skip
    table = pd.DataFrame(
        {
            _("nilai"): [words.number(pair.score) for pair in found.twins],
            _("laporan pertama"): one["id"].to_numpy(),
            _("laporan kedua"): other["id"].to_numpy(),
            _("jenis"): [label("jenis", code) for code in one["jenis"]],
            _("tempat"): [say.place(row) for row in one.itertuples()],
            _("alasan"): [", ".join(say.reasons(pair.reasons)) for pair in found.twins],
        },
        dtype="object",
    )
    return tables.marked(table, one["latihan"].reset_index(drop=True))


def kinds(found: Casework) -> pd.DataFrame:
    """Kinds by kecamatan with their sums; a dash where nobody reported."""
    register = board().register
    table = found.kinds.rename(columns=register.name_of)
    if "" in table:
        table = table.rename(columns={"": _("seluruh kabupaten")})
    table.insert(0, _("jumlah"), found.kinds.sum(axis=1))
    table = table.astype("object").where(table.notna(), "–")
    table.insert(0, _("jenis"), [label("jenis", code) for code in table.index])
    return table.reset_index(drop=True)


def strangers(found: Casework) -> pd.DataFrame:
    """Merges that name a case which is not known."""
    odd = found.strangers
    table = pd.DataFrame(
        {
            _("waktu"): tables.clock(odd["occurred_at"]),
            _("tindakan"): odd["tindakan"],
            _("kasus"): odd["kasus"],
            _("ke"): odd["ke"],
            _("alasan"): odd["alasan_gabung"],
            _("pelapor"): odd["pelapor"],
        }
    )
    return tables.marked(table, odd["latihan"])
