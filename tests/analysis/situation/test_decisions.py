"""What waits for a decision: each matter once, the most urgent first, with its limit."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from situasi.analysis.as_of import AsOfView
from situasi.analysis.personnel.coverage import compute_coverage
from situasi.analysis.situation import decisions
from situasi.analysis.situation.critical import find_critical_cases
from situasi.analysis.situation.decisions import GRAVE, MAX_AREAS
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import FEEDS, SITUASI, STATUS, TINGKAT
from situasi.domain.register import Register
from tests import queries
from tests.builders import incident, report, rows_of, wib
from tests.builders import incidents as rows_with


def found(register: Register, *rows: dict[str, Any], at: str = "10.00", **more: Any) -> Any:
    frames = {name: rows_of(feed) for name, feed in FEEDS.items()}
    known = {**frames, "incidents": rows_with(*rows), **more}
    return queries.run(decisions.find_decisions, known, register, wib(at))


def of_cases(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["kind"] == GRAVE]


def test_a_grave_report_waits_with_its_next_step_and_the_limit_of_that(register: Register) -> None:
    limits = register.election.rules.service_levels["tinggi"]
    row = of_cases(found(register, incident(id="A", tingkat="tinggi", desa="16.10.04.2001"))).iloc[
        0
    ]
    assert row["step"] == "diverifikasi"
    assert row["since"] == wib("08.00")
    assert row["due_at"] - row["since"] == limits.verify
    assert (row["kecamatan"], row["place_code"]) == ("16.10.04", "16.10.04.2001")
    assert not row["is_handled"]


def test_what_somebody_works_on_comes_after_what_nobody_has(register: Register) -> None:
    table = found(
        register,
        incident(id="A", tingkat="tinggi", at="06.00", ditugaskan="Satreskrim"),
        incident(id="B", tingkat="tinggi", at="07.00", status="ditangani"),
        incident(id="C", tingkat="tinggi", at="09.00"),
    )
    cases = of_cases(table)
    assert cases["key"].iloc[0].startswith("C|")
    assert sorted(cases["is_handled"]) == [False, True, True]
    named = decisions.assign_holders(table, {cases["key"].iloc[0]: "Iptu Rahmat"}, {})
    by_case = named.set_index("key")["holder"]
    assert by_case[cases["key"].iloc[0]] == "Iptu Rahmat"
    assert "Satreskrim" in set(by_case.dropna())


def test_a_fresh_grave_report_that_nobody_has_stands_before_what_is_longer_overdue(
    register: Register,
) -> None:
    old = [incident(id=f"A{n}", tingkat="tinggi", at=f"0{n}.00") for n in range(1, 8)]
    fresh = incident(id="B", tingkat="tinggi", at="03.00", known="09.58")
    named = decisions.assign_holders(found(register, *old, fresh), {}, {})
    assert named["key"].iloc[0].startswith("B|")  # it began long ago, and was not known
    first = str(named["key"].iloc[0])
    held = decisions.assign_holders(found(register, *old, fresh), {first: "Iptu Rahmat"}, {})
    assert held["key"].iloc[0].startswith("A7|")
    assert held.loc[held["kind"] == GRAVE, "key"].iloc[-1] == first


def test_a_grave_report_that_is_late_is_not_listed_twice(register: Register) -> None:
    table = found(register, incident(id="A", tingkat="tinggi", at="02.00"), at="12.00")
    assert len(of_cases(table)) == 1
    assert "lewat_waktu" not in set(table["kind"])


def test_silence_of_many_kecamatan_is_one_line_that_counts_them(register: Register) -> None:
    # One word that a TPS is open shows that the others of the register are silent.
    word = rows_of(
        feed_schemas.TPS,
        report(id="T", desa="16.10.04.2012", tps="001", fase="dibuka", at="07.00"),
    )
    table = found(register, tps=word)
    silent = table[table["kind"] == "belum_dibuka"]
    assert len(silent) == 1
    assert silent["area_count"].iloc[0] > MAX_AREAS
    assert silent["count"].iloc[0] >= len(register.tps) - 1
    assert silent["member"].iloc[0] is None


def open_but(register: Register, *waiting: tuple[str, int], later: str | None = None) -> Any:
    """Every TPS opened at 06.40 but the first so many of these kecamatan; those `later`, if ever,
    all but the first of each."""
    codes = list(register.tps["code"])
    late = [[c for c in codes if c.startswith(f"{area}.")][:n] for area, n in waiting]
    times = {
        **dict.fromkeys(codes, "06.40"),
        **{code: later if n else None for group in late for n, code in enumerate(group)},
    }
    rows = [
        report(id=code, desa=code.rpartition(".")[0], tps=code[-3:], fase="dibuka", at=at)
        for code, at in times.items()
        if at
    ]
    return rows_of(feed_schemas.TPS, *rows)


def test_a_few_in_each_of_many_kecamatan_are_one_matter_together(register: Register) -> None:
    table = found(register, tps=open_but(register, ("16.10.04", 3), ("16.10.05", 4)), at="08.00")
    row = table[table["kind"] == "belum_dibuka"].iloc[0]
    assert (row["count"], row["area_count"], row["kecamatan"]) == (7, 2, "16.10.05")
    assert (row["level"], row["is_summed"]) == (decisions.MIN_LEVEL, True)
    alone = found(register, tps=open_but(register, ("16.10.05", 4)), at="08.00")
    assert "belum_dibuka" not in set(alone["kind"])


def test_what_matters_in_one_place_stands_before_what_only_matters_together(
    register: Register,
) -> None:
    """Though it is late for a shorter time: boxes on the road before reports of the morning."""
    box = report(id="K", desa="16.10.07.1016", tps="003", fase="kotak_bergeser", at="14.00")
    word = pd.concat([open_but(register), rows_of(feed_schemas.TPS, box)], ignore_index=True)
    old = [
        incident(id=f"I{n}", tingkat="sedang", at="02.00", desa=f"16.10.0{4 + n % 3}.2001",
                 kecamatan=f"16.10.0{4 + n % 3}", uraian=f"perkara {n}")
        for n in range(6)
    ]  # fmt: skip
    kinds = list(found(register, *old, tps=word, at="20.00")["kind"])
    assert kinds.index("kotak") < kinds.index("lewat_waktu")


def test_what_an_alert_once_was_is_no_matter_of_now(register: Register) -> None:
    """It keeps its level; of nine TPS that were late one is left, as in many a kecamatan."""
    word = open_but(register, ("16.10.05", 9), later="07.50")
    before = found(register, tps=word, at="07.40")
    assert "belum_dibuka" in set(before["kind"])
    assert "belum_dibuka" not in set(found(register, tps=word, at="08.00")["kind"])


def test_a_tps_without_an_officer_waits_until_its_box_is_at_the_ppk(register: Register) -> None:
    """The count, and the box, need somebody as the voting did; who left after it is not missed."""
    place = {"kecamatan": "16.10.04", "desa": "16.10.04.2012", "tps": "001", "petugas": "P-1"}
    order = rows_of(
        feed_schemas.POSTINGS,
        report(**place, id="P", penugasan="tps", instansi="polri", at="05.00"),
    )
    duty = rows_of(
        feed_schemas.PERSONNEL,
        report(**place, id="A", checkin="tiba_di_tps", at="06.10"),
        report(**place, id="B", checkin="kembali", at="12.30"),
    )
    box = {"kecamatan": "16.10.04", "desa": "16.10.04.2012", "tps": "002"}
    arrived = rows_of(feed_schemas.TPS, report(**box, id="K", fase="kotak_tiba_ppk", at="15.30"))
    frames = {name: rows_of(feed) for name, feed in FEEDS.items()}
    known = {**frames, "postings": order, "personnel": duty, "tps": arrived}
    rest = {name: rows for name, rows in known.items() if name != "incidents"}
    others = len(register.tps[register.tps["kecamatan"] == "16.10.04"]) - 1
    for at, count in (("12.50", others + 1), ("13.30", others), ("16.00", others - 1)):
        view = AsOfView(known, wib(at))
        tps = queries.run(compute_coverage, view, register, wib(at)).tps
        row = found(register, **rest, at=at).set_index("kind").loc["tanpa_petugas"]
        assert row["count"] == tps["absent"].sum() == count, at


def test_sources_that_are_silent_are_of_the_whole_area_and_of_no_kecamatan(
    register: Register,
) -> None:
    row = found(register, at="10.00").set_index("kind").loc["sumber_senyap"]
    assert (row["count"], row["area_count"], row["kecamatan"]) == (3, 1, None)


def test_nothing_known_and_nothing_due_asks_for_nothing(register: Register) -> None:
    table = found(register, at="03.00")
    assert list(table.columns) == list(decisions.COLUMNS)
    assert of_cases(table).empty
    assert decisions.assign_holders(of_cases(table), {}, {}).empty


CASE = st.tuples(
    st.sampled_from("ABCDE"),
    st.integers(0, 23),
    st.sampled_from([*TINGKAT, None]),
    st.sampled_from([*SITUASI, None]),
    st.sampled_from(STATUS),
    st.sampled_from(["Satreskrim", None]),
)


@given(some=st.lists(CASE, max_size=8))
def test_every_open_grave_case_is_on_it_once_and_no_other(
    register: Register, some: list[Any]
) -> None:
    rows = [
        incident(id=name, at=f"0{n % 10}.{tens * 2:02}", tingkat=tingkat, situasi=situasi,
                 status=status, ditugaskan=unit)
        for n, (name, tens, tingkat, situasi, status, unit) in enumerate(some)
    ]  # fmt: skip
    frames = {name: rows_of(feed) for name, feed in FEEDS.items()} | {"incidents": rows_with(*rows)}
    grave = queries.run(find_critical_cases, frames, register, wib("12.00"))
    table = of_cases(found(register, *rows, at="12.00"))
    assert sorted(table["key"]) == sorted(grave["case"])
    assert (table["due_at"] > table["since"]).all()
