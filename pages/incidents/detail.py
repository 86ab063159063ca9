"""One case: what is known of it, its history, and what it was merged with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.incidents import actions as incidents_actions
from pages.incidents import markup as incidents_markup
from pages.incidents import panels as incidents_panels
from pages.incidents.actions import steps_bar
from situasi.analysis.situation.worklist import CaseDetail, Worklist, find_case_detail
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import page_layout
from situasi.ui.components import history, markup
from situasi.ui.components.history import Told
from situasi.ui.page_layout import View
from situasi.ui.wording import incidents as say

# A sender can tell of one case ten thousand times, and a group can be as large.
MOST_ROWS, MOST_BONDS = 200, 100


def detail_panel(found: Worklist, view: View) -> None:
    """The case that the address names."""
    shown = find_case_detail(found, incidents_panels.looked_at() or "")
    with markup.bar():
        page_layout.section(_("Rincian"))
        st.button(
            _("Kembali ke yang lewat waktu"),
            on_click=incidents_panels.look_at,
            args=(None,),
            type="tertiary",
        )
    if shown is None:
        markup.empty(_("Laporan ini tidak dikenal pada saat yang ditampilkan."))
        return
    _head(shown, view)
    steps_bar(shown.members, shown.case["status"], bool(shown.case["latihan"]))
    with st.container(height=320, border=False, key="riwayat"):
        newest = shown.rows.head(MOST_ROWS)
        history.history([_told(row, shown, view) for row in newest.itertuples()])
    _say_if_more(len(newest), len(shown.rows), _("{n} dari {all} laporan, yang terbaru"))
    if len(shown.effective_merges):
        _bonds(shown, view)


def _say_if_more(n: int, every: int, said: str) -> None:
    """That not all is shown. said: with {n} and {all}."""
    if n < every:
        st.caption(said.format(n=i18n.format_number(n), all=i18n.format_number(every)))


def _head(shown: CaseDetail, view: View) -> None:
    head = shown.case
    tingkat = head["tingkat"] if isinstance(head["tingkat"], str) else None
    late = "" if shown.overdue_row is None else say.overdue(shown.overdue_row)
    title = label("jenis", head["jenis"])
    if head["latihan"]:
        title = f"{title} · " + _("LATIHAN")
    incidents_markup.case(tingkat, title, say.place(head), late, _facts(shown, view))


def _facts(shown: CaseDetail, view: View) -> list[tuple[str, str]]:
    """What is known; what nobody stated says so where it is awaited, else it is left out."""
    head = shown.case
    unit = head["ditugaskan"]
    facts = [
        (_("Status"), label("status", head["status"])),
        (_("Tingkat"), label("tingkat", head["tingkat"])),
        (_("Situasi"), label("situasi", head["situasi"])),
        (_("Terjadi"), say.happened(head, view.at.at)),
        (_("Diketahui"), say.moment(head["first_known"], view.at.at)),
        (_("Ditugaskan"), say.unit(unit)),
        (_("Rujukan"), label("rujukan", head["rujukan"])),
        (_("Keandalan sumber dan isi"), say.grade(head) or _("belum dinilai")),
        (_("Id"), _ids(shown.members["id"])),
    ]
    return [(name, value) for name, value in facts if value]


def _ids(every: pd.Series) -> str:
    named = ", ".join(every.head(MOST_BONDS))
    more = len(every) - MOST_BONDS
    return named if more <= 0 else _("{named} dan {n} lagi").format(
        named=named, n=i18n.format_number(more)
    )  # fmt: skip


def _told(row: Any, shown: CaseDetail, view: View) -> Told:
    """One row: who told it, and what it added."""
    at = view.at.at
    notes = [row.id] if len(shown.members) > 1 else []
    if (row.known_at - row.told).total_seconds() >= 300:
        notes.append(_("diketahui {time}").format(time=say.moment(row.known_at, at)))
    if isinstance(row.tingkat, str):
        notes.append(_("tingkat {word}").format(word=label("tingkat", row.tingkat)))
    if isinstance(row.situasi, str):
        notes.append(_("situasi {word}").format(word=label("situasi", row.situasi)))
    if grade := say.grade(row):
        notes.append(_("nilai sumber {grade}").format(grade=grade))
    if isinstance(row.ditugaskan, str):
        notes.append(_("ditugaskan {unit}").format(unit=row.ditugaskan))
    if isinstance(row.rujukan, str):
        notes.append(_("dirujuk ke {to}").format(to=label("rujukan", row.rujukan)))
    if isinstance(row.sumber, str):
        notes.append(row.sumber)
    return Told(
        when=say.moment(row.told, at),
        status=label("status", row.status),
        who=say.reporter(row.pelapor),
        text=row.uraian or "",
        note="".join(f" · {note}" for note in notes),
        doubt=row.flags or "",
    )


def _bonds(shown: CaseDetail, view: View) -> None:
    """What holds the group together, each with the way back."""
    page_layout.section(_("Gabungan {n} laporan").format(n=i18n.format_number(len(shown.members))))
    name_of = dict(zip(shown.members["case"], shown.members["id"], strict=True))
    listed = shown.effective_merges.head(MOST_BONDS)
    for bond in listed.itertuples():
        _bond(bond, name_of, view)
    _say_if_more(len(listed), len(shown.effective_merges), _("{n} dari {all} penggabungan"))
    incidents_actions.note(view)


def _bond(bond: Any, name_of: Mapping[str, str], view: View) -> None:
    with markup.bar():
        incidents_markup.line(
            _("{one} dan {other} · {time} · {who}: {why}").format(
                one=name_of[bond.kasus],
                other=name_of[bond.ke],
                time=say.moment(bond.occurred_at, view.at.at),
                who=bond.pelapor or "",
                why=bond.alasan_gabung or "",
            )
        )
        if incidents_actions.allowed(view):
            incidents_actions.decision("pisah", _("Pisahkan"), bond.kasus, bond.ke, bond.latihan)
