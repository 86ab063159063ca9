"""The KPIs of Personel: posted and present officers, and TPS without officers."""

from collections.abc import Callable, Mapping

from pages.personnel import lists
from pages.personnel.data import PersonnelData
from situasi.analysis.personnel.coverage import is_end_of_duty
from situasi.analysis.personnel.officers import UNKNOWN
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card, build_estimate, build_ratio, build_ratio_of_estimate
from situasi.ui.tables import personnel
from situasi.ui.tables.table_view import Table


def build_kpis(data: PersonnelData) -> list[Kpi]:
    """Build the KPIs; without postings only those from check-ins."""
    officers = data.coverage.officers
    if officers.empty:
        return []
    reserves = lists.select_rows(data.coverage, "cadangan")
    ready = KpiValue(int((reserves["state"] == "hadir").sum()) if len(reserves) else None)
    reserve = Kpi(
        "cadangan", _build_reserve_card(data), _make_list_opener(data, "cadangan"), (ready,)
    )
    if not data.coverage.has_postings:
        count = KpiValue(int(officers["checkin"].notna().sum()))
        opener = _make_list_opener(data, "luar_daftar")
        return [Kpi("lapor_diri", _build_checked_in_card(data), opener, (count,)), reserve]
    silent = KpiValue(int(data.total["tanpa_kabar"]))
    return [
        _build_posted_kpi(data),
        _build_present_kpi(data),
        _build_absent_kpi(data),
        _build_below_kpi(data),
        Kpi("tanpa_kabar", _build_silent_card(data),
            lambda: _build_posted_table(data, "tanpa_kabar"), (silent,)),
        reserve,
    ]  # fmt: skip


def _make_list_opener(data: PersonnelData, code: str) -> Callable[[], Table]:
    return lambda: lists.build_list_table(data.coverage, code)


def _build_posted_table(data: PersonnelData, state: str | None = None) -> Table:
    rows = lists.select_police_at_tps(data.coverage)
    selected = rows if state is None else rows[rows["state"] == state]
    return personnel.build_officers_table(selected, data.coverage.postings)


def _format_total(total: int) -> str:
    return format_counts(_("dari {n}"), n=total)


def _build_posted_kpi(data: PersonnelData) -> Kpi:
    row = data.total
    unknown = int((lists.select_police_at_tps(data.coverage)["group"] == UNKNOWN).sum())
    without = len(data.kecamatan) - int(data.kecamatan["known"].sum())
    notes = [
        format_counts(_("{n} kecamatan belum ada plotting"), n=without) if without else "",
        format_counts(_("{n} belum disebut instansinya"), n=unknown) if unknown else "",
    ]
    note = " · ".join(filter(None, notes)) or format_counts(_("untuk {n} TPS"), n=row["tps"])
    value = build_ratio_of_estimate(format_number(row["posted"]), _("perlu"),
                        f"≈ {format_number(row['required'])}")  # fmt: skip
    card, count = Card(_("Polisi diplot di TPS"), value, note), KpiValue(int(row["posted"]))
    return Kpi("diplot", card, lambda: _build_posted_table(data), (count,))


def _build_present_kpi(data: PersonnelData) -> Kpi:
    row = data.total
    if is_end_of_duty(row):
        return _build_returned_kpi(data)
    others = {
        _("belum tiba"): "belum_tiba",
        _("tanpa kabar"): "tanpa_kabar",
        _("ditunggu"): "ditunggu",
        _("meninggalkan TPS"): "bergeser",
        _("kembali"): "kembali",
    }
    card = _build_duty_card(data, _("Hadir di TPS"), "present", others, _("semua hadir"))
    count = KpiValue(int(row["present"]))
    return Kpi("hadir", card, lambda: _build_posted_table(data, "hadir"), (count,))


def _build_returned_kpi(data: PersonnelData) -> Kpi:
    """Build the KPI that follows at the end of duty: who is home, and of whom nobody knows."""
    others = {
        _("masih di TPS"): "present",
        _("tanpa kabar"): "tanpa_kabar",
        _("meninggalkan TPS"): "bergeser",
        _("tidak pernah melapor"): "belum_tiba",
    }
    card = _build_duty_card(data, _("Sudah kembali"), "kembali", others, _("semua sudah kembali"))
    count = KpiValue(int(data.total["present"]), _("hadir"))
    return Kpi("hadir", card, lambda: _build_posted_table(data), (count,))


def _build_duty_card(
    data: PersonnelData, title: str, state: str, others: Mapping[str, str], everybody: str
) -> Card:
    """Build the card of those in a state; others: by name; everybody: where there are none."""
    row = data.total
    parts = [f"{format_number(row[code])} {name}" for name, code in others.items() if row[code]]
    value = build_ratio(format_number(row[state]), _format_total(row["posted"]))
    return Card(title, value, " · ".join(parts) or everybody)


def _build_absent_kpi(data: PersonnelData) -> Kpi:
    row = data.total
    notes = [format_counts(_("{n} tanpa plotting"), n=row["uncovered"])]
    if not data.coverage.is_arrival_due:
        clock = f"{board().register.election.rules.personnel.arrive_by:%H.%M}"
        notes.append(_("kehadiran dinilai sejak {time}").format(time=clock))
    elif row["released"]:
        notes.append(format_counts(_("{n} TPS selesai dijaga"), n=row["released"]))
    if row["awaited"]:
        notes.append(format_counts(_("{n} menunggu yang di jalan"), n=row["awaited"]))
    unknown = int((data.coverage.tps["state"] == "tidak_diketahui").sum())
    if unknown:
        notes.append(format_counts(_("{n} TPS belum ada plotting"), n=unknown))
    value = build_ratio(format_number(row["absent"]), _format_total(row["tps"]))
    card = Card(_("TPS tanpa petugas"), value, " · ".join(notes), is_alarm=bool(row["absent"]))
    count = KpiValue(int(row["absent"]))
    return Kpi("tanpa_petugas", card, _make_list_opener(data, "tanpa_petugas"), (count,))


def _build_below_kpi(data: PersonnelData) -> Kpi:
    row = data.total
    assumed = int(data.coverage.tps["assumed"].sum())
    # Pergeseran counts those who are absent as well: the two numbers differ.
    note = _("menurut yang diplot")
    if assumed:
        note += " · " + format_counts(_("kerawanan {n} TPS belum dinilai"), n=assumed)
    estimate = build_estimate(f"≈ {format_number(row['below'])}")
    card = Card(_("TPS di bawah pola"), build_ratio(estimate, _format_total(row["tps"])), note)
    count = KpiValue(int(row["below"]), is_estimated=True)
    return Kpi("bawah_pola", card, _make_list_opener(data, "bawah_pola"), (count,))


def _build_silent_card(data: PersonnelData) -> Card:
    row = data.total
    minutes = int(board().register.election.rules.personnel.report_interval.total_seconds() // 60)
    note = format_counts(
        _("tanpa lapor lebih dari {n} menit; {tps} TPS"), n=minutes, tps=row["silent"]
    )
    arrived = row["present"] + row["tanpa_kabar"]
    if not arrived:
        return Card(_("Tanpa kabar"), "–", _("tidak ada yang sedang di TPS"))
    if is_end_of_duty(row):  # most of those who arrived are home
        arrived += row["kembali"]
    value = build_ratio(
        format_number(row["tanpa_kabar"]),
        format_counts(_("dari {n} yang tiba"), n=arrived),
    )
    return Card(_("Tanpa kabar"), value, note)


def _build_reserve_card(data: PersonnelData) -> Card:
    rows = lists.select_rows(data.coverage, "cadangan")
    if rows.empty:
        return Card(_("Cadangan dan patroli"), "–", _("belum ada plotting"))
    ready = int((rows["state"] == "hadir").sum())
    duty = rows["duty"].value_counts()
    note = format_counts(
        _("{reserve} cadangan · {patrol} patroli"),
        reserve=int(duty.get("cadangan", 0)),
        patrol=int(duty.get("patroli", 0)),
    )
    value = build_ratio(format_number(ready), format_counts(_("siap dari {n}"), n=len(rows)))
    return Card(_("Cadangan dan patroli"), value, note)


def _build_checked_in_card(data: PersonnelData) -> Card:
    officers = data.coverage.officers
    checked_in = officers["checkin"].notna()
    present = int((officers["state"] == "hadir").sum())
    return Card(
        _("Petugas yang lapor diri"),
        format_number(int(checked_in.sum())),
        format_counts(_("{n} hadir menurut kabar terakhir"), n=present),
    )
