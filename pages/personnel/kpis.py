"""The key figures of Personel: posted, present, and where nobody is."""

from __future__ import annotations

from collections.abc import Callable

from pages.personnel import lists
from pages.personnel.data import Work
from situasi.analysis.personnel.officers import UNKNOWN
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card, build_estimate, build_ratio, build_ratio_of_estimate
from situasi.ui.tables import personnel as readable
from situasi.ui.tables.table_view import Table


def figures(found: Work) -> list[Kpi]:
    """Where nobody is posted, only what the check-ins alone can tell."""
    every = found.coverage.officers
    if every.empty:
        return []
    ready = lists.rows_of(found.coverage, "cadangan")
    here = KpiValue(int((ready["state"] == "hadir").sum()) if len(ready) else None)
    reserve = Kpi("cadangan", _reserve_card(found), _list(found, "cadangan"), (here,))
    if not found.coverage.has_postings:
        said = KpiValue(int(every["checkin"].notna().sum()))
        told = _list(found, "luar_daftar")
        return [Kpi("lapor_diri", _checked_in_card(found), told, (said,)), reserve]
    row = found.total

    def counted(name: str, *, estimated: bool = False) -> tuple[KpiValue]:
        return (KpiValue(int(row[name]), is_estimated=estimated),)

    return [
        Kpi("diplot", _posted_card(found), lambda: _at_tps(found), counted("posted")),
        Kpi("hadir", _present_card(found), lambda: _at_tps(found, "hadir"), counted("present")),
        Kpi("tanpa_petugas", _absent_card(found), _list(found, "tanpa_petugas"),
               counted("absent")),
        Kpi("bawah_pola", _below_card(found), _list(found, "bawah_pola"),
               counted("below", estimated=True)),
        Kpi("tanpa_kabar", _silent_card(found), lambda: _at_tps(found, "tanpa_kabar"),
               counted("tanpa_kabar")),
        reserve,
    ]  # fmt: skip


def _list(found: Work, code: str) -> Callable[[], Table]:
    return lambda: lists.table_of(found.coverage, code)


def _at_tps(found: Work, state: str | None = None) -> Table:
    rows = lists.at_tps(found.coverage)
    chosen = rows if state is None else rows[rows["state"] == state]
    return readable.build_officers_table(chosen, found.coverage.postings)


def _of(whole: int) -> str:
    return _("dari {n}").format(n=i18n.format_number(whole))


def _posted_card(found: Work) -> Card:
    row = found.total
    unknown = int((lists.at_tps(found.coverage)["group"] == UNKNOWN).sum())
    without = len(found.kecamatan) - int(found.kecamatan["known"].sum())
    notes = [
        _("{n} kecamatan belum ada plotting").format(n=i18n.format_number(without))
        if without
        else "",
        _("{n} belum disebut instansinya").format(n=i18n.format_number(unknown)) if unknown else "",
    ]
    note = " · ".join(filter(None, notes)) or _("untuk {n} TPS").format(n=i18n.number(row["tps"]))
    value = build_ratio_of_estimate(i18n.format_number(row["posted"]), _("perlu"),
                        f"≈ {i18n.format_number(row['required'])}")  # fmt: skip
    return Card(_("Polisi diplot di TPS"), value, note)


def _present_card(found: Work) -> Card:
    row = found.total
    states = {
        _("belum tiba"): row["belum_tiba"],
        _("tanpa kabar"): row["tanpa_kabar"],
        _("ditunggu"): row["ditunggu"],
        _("meninggalkan TPS"): row["bergeser"],
        _("kembali"): row["kembali"],
    }
    said = " · ".join(
        f"{i18n.format_number(count)} {name}" for name, count in states.items() if count
    )
    value = build_ratio(i18n.format_number(row["present"]), _of(row["posted"]))
    return Card(_("Hadir di TPS"), value, said or _("semua hadir"))


def _absent_card(found: Work) -> Card:
    row = found.total
    notes = [_("{n} tanpa plotting").format(n=i18n.format_number(row["uncovered"]))]
    if not found.coverage.is_arrival_due:
        clock = f"{board().register.election.rules.personnel.arrive_by:%H.%M}"
        notes.append(_("kehadiran dinilai sejak {time}").format(time=clock))
    elif row["released"]:
        notes.append(_("{n} TPS selesai dijaga").format(n=i18n.format_number(row["released"])))
    unknown = int((found.coverage.tps["state"] == "tidak_diketahui").sum())
    if unknown:
        notes.append(_("{n} TPS belum ada plotting").format(n=i18n.format_number(unknown)))
    value = build_ratio(i18n.format_number(row["absent"]), _of(row["tps"]))
    return Card(_("TPS tanpa petugas"), value, " · ".join(notes), alarm=bool(row["absent"]))


def _below_card(found: Work) -> Card:
    row = found.total
    assumed = int(found.coverage.tps["assumed"].sum())
    note = _("menurut yang diplot")
    if assumed:
        note = _("kerawanan {n} TPS belum dinilai").format(n=i18n.format_number(assumed))
    return Card(
        _("TPS di bawah pola"),
        build_ratio(build_estimate(f"≈ {i18n.format_number(row['below'])}"), _of(row["tps"])),
        note,
    )


def _silent_card(found: Work) -> Card:
    row = found.total
    minutes = int(board().register.election.rules.personnel.report_interval.total_seconds() // 60)
    note = _("tanpa lapor lebih dari {n} menit; {tps} TPS").format(
        n=i18n.format_number(minutes), tps=i18n.format_number(row["silent"])
    )
    came = row["present"] + row["tanpa_kabar"]
    if not came:
        return Card(_("Tanpa kabar"), "–", _("tidak ada yang sedang di TPS"))
    value = build_ratio(
        i18n.format_number(row["tanpa_kabar"]),
        _("dari {n} yang tiba").format(n=i18n.format_number(came)),
    )
    return Card(_("Tanpa kabar"), value, note)


def _reserve_card(found: Work) -> Card:
    rows = lists.rows_of(found.coverage, "cadangan")
    if rows.empty:
        return Card(_("Cadangan dan patroli"), "–", _("belum ada plotting"))
    ready = int((rows["state"] == "hadir").sum())
    duty = rows["duty"].value_counts()
    note = _("{reserve} cadangan · {patrol} patroli").format(
        reserve=i18n.format_number(int(duty.get("cadangan", 0))),
        patrol=i18n.format_number(int(duty.get("patroli", 0))),
    )
    value = build_ratio(
        i18n.format_number(ready), _("siap dari {n}").format(n=i18n.format_number(len(rows)))
    )
    return Card(_("Cadangan dan patroli"), value, note)


def _checked_in_card(found: Work) -> Card:
    every = found.coverage.officers
    said = every["checkin"].notna()
    there = int((every["state"] == "hadir").sum())
    return Card(
        _("Petugas yang lapor diri"),
        i18n.format_number(int(said.sum())),
        _("{n} hadir menurut kabar terakhir").format(n=i18n.format_number(there)),
    )
